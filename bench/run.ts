/**
 * `npm run bench`: what one core carries. Starts an exchange of its own on core 0, loads it from core 1 with the tool that measured
 * the peers, and writes a table with their figures beside ours.
 *
 *   node bench/run.ts [--only cps,media,recorded,delay,mem,register,start,overload] [--out FILE] [--reps 3] [--smoke]
 *
 * The machine must have two cores and nothing else to do: ratios to the calibration of the same run are what can be compared.
 * `--smoke` only shows that everything works together: a few calls and registrations, within seconds.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { command, cpuMs, prepareData, startExchange } from './load/bench-exchange.ts'
import { type Figures, LoadTool } from './load/load-tool.ts'
import { table } from './load/targets.ts'

const CORE = 0
const PARTS = ['start', 'mem', 'delay', 'register', 'cps', 'overload', 'media', 'recorded'] as const
type Part = (typeof PARTS)[number]

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join(',') },
    out: { type: 'string', default: join(import.meta.dirname, 'results', 'latest.md') },
    reps: { type: 'string', default: '3' },
    smoke: { type: 'boolean', default: false },
  },
})

const tool = LoadTool.find(CORE)
if (typeof tool === 'string') {
  console.log(`bench: not run, ${tool}`)
  process.exit(process.env['CI'] === 'true' ? 1 : 0)
}
if (options.smoke) await smoke(tool)
else await measureAll(tool)

async function smoke(tool: LoadTool): Promise<void> {
  const exchange = await startExchange(prepareData(false), CORE)
  try {
    const calls = await tool.load(['--rate', '10', '--duration', '2', '--warmup', '0'])
    const registrations = await tool.load(['--rate', '20', '--duration', '2', '--warmup', '0'], 'register')
    const fine = [calls, registrations].every(r => number(r, 'failed') === 0 && number(r, 'ok') > 0)
    console.log(
      `bench smoke: ${number(calls, 'ok')} calls, ${number(registrations, 'ok')} registrations, ${fine ? 'all well' : 'with failures'}`,
    )
    if (!fine) process.exitCode = 1
  } finally {
    await exchange.stop()
  }
}

async function measureAll(tool: LoadTool): Promise<void> {
  const wanted = new Set(options.only.split(',') as Part[])
  const figures = new Map<string, number>()
  const reps = ['--reps', options.reps]
  const before = await tool.calibrate()
  const load = loadavg()[0]!
  if (load > 0.5) console.log(`bench: the machine is not idle (load ${load.toFixed(1)}): take the figures as a lower bound`)

  if (wanted.has('start')) {
    // The first start makes certificate and code cache; what counts is every later one.
    const data = prepareData(false)
    await (await startExchange(data, CORE)).end()
    set('start', (await tool.measure('coldstart', 'start', reps, command(data)))[0], 'median_ms')
  }
  const exchange = await startExchange(prepareData(false), CORE)
  const pids = [`--pids=${exchange.pid}`]
  try {
    if (wanted.has('mem')) {
      const [mem] = await tool.measure('mem', 'mem', [...pids, '--calls', '500'])
      set('idle', mem, 'idle_pss_mb')
      set('kb-per-call', mem, 'kb_per_call_pss')
    }
    if (wanted.has('delay')) {
      const [delay] = await tool.measure('delay', 'delay', [...pids, ...reps])
      setPair('invite', delay, 'inv_uac_to_inv_uas')
      setPair('ringing', delay, 'ring180_uas_to_uac')
    }
    if (wanted.has('register'))
      set('register', (await tool.measure('register', 'register', [...pids, ...reps, '--lo', '500']))[0], 'max_per_s_sustained')
    if (wanted.has('cps')) await measureCalls(tool, pids, reps, exchange.data)
    if (wanted.has('overload')) await measureOverload(tool)
    if (wanted.has('media')) {
      const [hundred] = await tool.measure('media', 'media', [...pids, ...reps, '--calls', '100'])
      set('rtp-p50', hundred, 'lat_p50_ms')
      set('rtp-p99', hundred, 'lat_p99_ms')
      const [most] = await tool.measure('mediamax', 'mediamax', [...pids, ...reps, '--lo', '200'])
      set('media-max', most, 'max_calls')
      const calls = most?.['calls']
      if (typeof calls === 'number') figures.set('media-cpu', number(most!, 'pbx_cpu_pct') / calls)
    }
  } finally {
    await exchange.stop()
  }
  if (wanted.has('recorded')) {
    const recording = await startExchange(prepareData(true), CORE)
    try {
      for (const r of await tool.measure('media', 'recorded', [`--pids=${recording.pid}`, ...reps, '--calls', '50,100,200']))
        set(`rec-${number(r, 'calls')}`, r, 'pbx_cpu_pct')
    } finally {
      await recording.stop()
    }
  }
  const after = await tool.calibrate()
  write(figures, before, after, load)

  async function measureCalls(t: LoadTool, pid: readonly string[], repeats: readonly string[], data: string): Promise<void> {
    const [calls] = await t.measure('cps', 'cps', [...pid, ...repeats, '--lo', '60'])
    set('cps', calls, 'max_per_s_sustained')
    // At half the highest rate: what a call costs when nothing waits for anything.
    const rate = Math.max(20, Math.round((figures.get('cps') ?? 100) / 2))
    const start = cpuMs(data)
    const run = await t.load(['--rate', String(rate), '--duration', '15', '--warmup', '1'])
    // The office is still reading the log.
    await new Promise(done => setTimeout(done, 3000))
    const end = cpuMs(data)
    const used = end.switch - start.switch + end['media-0'] - start['media-0'] + end.office - start.office
    figures.set('cpu-per-call', used / Math.max(1, number(run, 'attempted')))
  }

  async function measureOverload(t: LoadTool): Promise<void> {
    const most = figures.get('cps')
    if (most === undefined) return
    const run = await t.load(['--rate', String(2 * most), '--duration', '20', '--warmup', '5'])
    figures.set('overload', (100 * number(run, 'achieved_per_s')) / most)
  }

  function set(id: string, from: Figures | undefined, name: string): void {
    const value = from?.[name]
    if (typeof value === 'number') figures.set(id, value)
    else console.log(`bench: no figure for ${id}: ${JSON.stringify(from)}`)
  }

  function setPair(id: string, from: Figures | undefined, name: string): void {
    const [p50, p99] = String(from?.[name]).split('/').map(Number)
    if (p50 !== undefined && p50 >= 0) figures.set(`${id}-p50`, p50)
    if (p99 !== undefined && p99 >= 0) figures.set(`${id}-p99`, p99)
  }
}

type Speed = Awaited<ReturnType<LoadTool['calibrate']>>

function write(figures: ReadonlyMap<string, number>, before: Speed, after: Speed, load: number): void {
  const speed = (s: Speed): string => `UDP pair ${(s.udpNs / 1000).toFixed(1)} µs, loop ${s.loopNs.toFixed(2)} ns`
  const text = [
    `Measured ${new Date().toISOString().slice(0, 16)}Z on one core of ${cpus()[0]?.model ?? 'an unknown processor'}; load of the machine ${load.toFixed(1)}.`,
    `Calibration before: ${speed(before)}; after: ${speed(after)}.`,
    '',
    table(figures),
    '',
  ].join('\n')
  mkdirSync(dirname(options.out), { recursive: true })
  writeFileSync(options.out, text)
  console.log(`\n${text}\nwritten to ${options.out}`)
}

function number(from: Figures, name: string): number {
  const value = from[name]
  return typeof value === 'number' ? value : Number.NaN
}
