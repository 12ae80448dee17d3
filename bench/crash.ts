/**
 * kill -9 at random moments of calls being set up, held and torn down: what was lost, and for how long nobody answered.
 *
 *   node bench/crash.ts [--times 50] [--only switch,media-0,office] [--port 31500]
 */
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { TestExchange } from '../test/real/exchange.ts'
import { BusyOffice, lost, type Seen, wrongRecords } from './crash/office.ts'

type Victim = 'switch' | 'media-0' | 'office'

const sleep = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

export interface Figures {
  readonly victim: Victim
  readonly kills: number
  readonly calls: number
  /** Up at the moment of a kill. */
  readonly upAtKill: number
  readonly lost: readonly string[]
  /** Being set up at a kill, and not answered afterwards. */
  readonly setUpsFailed: number
  readonly setUpsAtKill: number
  readonly wrong: readonly string[]
  /** Until the switch answers OPTIONS, or media and office are there again. Sorted. */
  readonly awayMs: readonly number[]
  /** Longest silence of each call that was up at a kill. Sorted. */
  readonly gapsMs: readonly number[]
}

export async function crashes(office: BusyOffice, victim: Victim, times: number): Promise<Figures> {
  const { x } = office
  const from = office.seen.length
  const fromSeq = x.events().at(-1)?.seq ?? 0
  const away: number[] = []
  const up = new Set<Seen>()
  const setUps = new Set<Seen>()
  office.start()
  await sleep(2500)
  for (let i = 0; i < times; i++) {
    await sleep(2000 + Math.random() * 1500)
    for (const s of office.seen.slice(from)) {
      if (s.call.state === 'up') up.add(s)
      else if (s.call.state !== 'over') setUps.add(s)
    }
    away.push(await killed(x, victim))
  }
  await sleep(500)
  await office.quiet()
  await sleep(500)
  const seen = office.seen.slice(from)
  const slack = Math.max(...away) + 3000
  const events = x.events().filter(e => e.seq > fromSeq)
  const say = (s: Seen, what: string): string => `${s.from} at ${new Date(s.dialledAt).toISOString()}: ${what}`
  return {
    victim,
    kills: times,
    calls: seen.length,
    upAtKill: up.size,
    setUpsAtKill: setUps.size,
    lost: seen.flatMap(s => (lost(s) === null ? [] : [say(s, lost(s)!)])),
    setUpsFailed: [...setUps].filter(s => s.call.upAt === null).length,
    wrong: wrongRecords(seen, events, slack),
    awayMs: away.sort((a, b) => a - b),
    gapsMs: [...up]
      .filter(s => !s.held)
      .flatMap(s => s.voices.map(v => Math.round(v.longestGapMs)))
      .sort((a, b) => a - b),
  }
}

async function killed(x: TestExchange, victim: Victim): Promise<number> {
  if (victim !== 'switch') return x.kill(victim)
  const pid = Number(readFileSync(join(x.data, 'run', 'switch.pid'), 'utf8'))
  const began = performance.now()
  process.kill(pid, 'SIGKILL')
  await sleep(10)
  return answersOptions(x.options.port, began)
}

/** Asks until it answers; ms since `began`. */
async function answersOptions(port: number, began: number): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>(done => socket.bind(0, '127.0.0.1', done))
  let answeredAt = 0
  socket.on('error', () => {})
  socket.on('message', () => {
    answeredAt ||= performance.now()
  })
  for (let n = 0; answeredAt === 0 && n < 4000; n++) {
    const id = `${Math.random()}`.slice(2)
    socket.send(
      `OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${id};rport\r\nMax-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1>;tag=${id}\r\nTo: <sip:127.0.0.1>\r\nCall-ID: ${id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
      port,
      '127.0.0.1',
      () => {},
    )
    await sleep(5)
  }
  socket.close()
  return Math.round(answeredAt - began)
}

function row(f: Figures): string {
  const at = (list: readonly number[], q: number): string =>
    String(Math.round(list[Math.min(list.length - 1, Math.floor(list.length * q))] ?? 0))
  const three = (list: readonly number[]): string => `${at(list, 0)} / ${at(list, 0.5)} / ${at(list, 0.95)} / ${at(list, 1)}`
  return `| ${f.victim} | ${f.kills} | ${f.calls} | ${f.upAtKill} | ${f.lost.length} | ${f.setUpsAtKill} | ${f.setUpsFailed} | ${f.wrong.length} | ${three(f.awayMs)} | ${three(f.gapsMs)} |`
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { times: { type: 'string', default: '50' }, only: { type: 'string' }, port: { type: 'string', default: '31500' } },
  })
  const office = await BusyOffice.open(Number(values.port))
  try {
    const victims = (values.only?.split(',') ?? ['switch', 'media-0', 'office']) as Victim[]
    const all: Figures[] = []
    for (const victim of victims) all.push(await crashes(office, victim, Number(values.times)))
    console.log(
      '| killed | times | calls made | up at a kill | of them lost | in set-up at a kill | of them not answered | wrong records | back after ms (least/median/p95/most) | longest silence of calls up and not held ms (least/median/p95/most) |',
    )
    console.log('|---|---|---|---|---|---|---|---|---|---|')
    for (const f of all) console.log(row(f))
    for (const f of all) for (const w of [...f.lost, ...f.wrong]) console.log(`${f.victim}: ${w}`)
  } finally {
    await office.close()
  }
}
