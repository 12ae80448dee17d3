/** An exchange of its own for measuring: a fresh data folder, the bench plan, every process on one core. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchPlan, benchSecrets } from './bench-plan.ts'
import { weighAbove } from './weight.ts'

export const SIP = '127.0.0.1:9060'
const HTTP = '127.0.0.1:9080'
/** Below the ports that the system gives out to whoever asks for any. */
const RTP = '10000-19999'
const PROCESSES = ['switch', 'media-0', 'office'] as const

export interface BenchExchange {
  readonly data: string
  /** Of the supervisor; the others are its children. */
  readonly pid: number
  /** Ends it; its data stays. */
  end(): Promise<void>
  /** Ends it and clears its data away. */
  stop(): Promise<void>
}

/** The command that starts it, for measuring the start itself. */
export function command(data: string): string[] {
  const up = ['up', '--plan', join(data, 'plan.yaml'), '--data', data, '--sip', SIP, '--http', HTTP, '--rtp', RTP]
  return [join(import.meta.dirname, '../../bin/switchroom'), ...up]
}

export function prepareData(recorded: boolean): string {
  const data = mkdtempSync(join(tmpdir(), 'switchroom-bench-'))
  mkdirSync(data, { recursive: true, mode: 0o700 })
  writeFileSync(join(data, 'plan.yaml'), benchPlan(recorded))
  writeFileSync(join(data, 'secrets.json'), JSON.stringify(benchSecrets()), { mode: 0o600 })
  return data
}

export async function startExchange(data: string, core: number): Promise<BenchExchange> {
  const child = spawn('taskset', ['-c', String(core), ...command(data)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await running(child)
  // What starts late (the last media process, the first reading of the log) is not to be measured as load.
  await new Promise(done => setTimeout(done, 4000))
  const weight = weighAbove(() => PROCESSES.flatMap(name => pidOf(data, name)))
  const end = async (): Promise<void> => {
    weight.stop()
    const ended = new Promise(done => child.once('exit', done))
    child.kill('SIGTERM')
    await ended
  }
  return {
    data,
    pid: child.pid!,
    end,
    async stop() {
      await end()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

function pidOf(data: string, name: (typeof PROCESSES)[number]): number[] {
  try {
    return [Number(readFileSync(join(data, 'run', `${name}.pid`), 'utf8'))]
  } catch {
    return []
  }
}

/** CPU ms that each process has used since it started. */
export function cpuMs(data: string): Record<(typeof PROCESSES)[number], number> {
  const of = (name: (typeof PROCESSES)[number]): number => {
    const [pid] = pidOf(data, name)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // USER_HZ is 100 for programs.
    return (Number(fields[11]) + Number(fields[12])) * 10
  }
  return { switch: of('switch'), 'media-0': of('media-0'), office: of('office') }
}

function running(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('Ctrl-C ends it')) resolve()
    })
    child.once('exit', code => reject(new Error(`the exchange ended with code ${code} before it ran:\n${text}`)))
  })
}
