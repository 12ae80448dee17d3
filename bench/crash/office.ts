/** An exchange with telephones that call each other without pause, some in set-up, some talking, some held, some hanging up; and what became of each call. */
import type { LoggedEvent } from '../../src/call/events.ts'
import { systemRandom } from '../../src/net/system-random.ts'
import { TestExchange } from '../../test/real/exchange.ts'
import { type PhoneCall, Telephone } from '../../test/scenario/exchange/telephone.ts'
import { RealStreet, Voice } from './street.ts'

export const PAIRS = 10
const random = (from: number, to: number): number => from + systemRandom.fraction() * (to - from)
const sleep = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

/** One call as the telephones saw it. */
export interface Seen {
  readonly from: string
  readonly call: PhoneCall
  readonly dialledAt: number
  /** The other end, once it rang. */
  other: PhoneCall | undefined
  /** Who was to hang up, when. */
  endedBy: 'caller' | 'called' | null
  voices: readonly Voice[]
  /** Held for a while: then there was silence on purpose. */
  held: boolean
  done: boolean
}

export class BusyOffice {
  readonly x: TestExchange
  readonly seen: Seen[] = []
  private readonly street = new RealStreet()
  private readonly phones: Telephone[] = []
  private calling = true
  private loops: Promise<void>[] = []

  private constructor(x: TestExchange) {
    this.x = x
  }

  static async open(port: number): Promise<BusyOffice> {
    const people = Array.from({ length: 2 * PAIRS }, (_, i) => 200 + i)
    const plan = `plan: 1
office: { name: Crash Test, country: KZ, timezone: Asia/Almaty, languages: [en], owner: p200 }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: p200 } }
people:
${people.map(n => `  p${n}: { name: Person ${n}, extension: "${n}" }`).join('\n')}
recording:
  - { record: internal, because: quality of service, keep: 30 days, heard-by: [quality] }
access:
  quality: { who: [p200], may: [configure, search, listen, see-calls] }
`
    const x = await TestExchange.start({ plan, port, rtp: `${port + 100}-${port + 499}`, tag: 'bench-crash-' })
    const office = new BusyOffice(x)
    for (const n of people) {
      office.phones.push(
        new Telephone({
          network: office.street,
          timers: office.street.timers,
          host: `127.${(port >> 8) & 255}.${port & 255}.${n - 190}`,
          exchange: { transport: 'udp', host: '127.0.0.1', port },
          username: String(n),
          password: x.password(`p${n}`),
        }),
      )
    }
    await office.street.open()
    await Promise.all(office.phones.map(p => new Promise<void>(done => p.register(3600, () => done()))))
    return office
  }

  /** Telephones begin to call. */
  start(): void {
    for (let i = 0; i < PAIRS; i++) this.loops.push(this.talkWithoutPause(this.phones[2 * i]!, this.phones[2 * i + 1]!))
  }

  /** No new calls; resolves when all are over. */
  async quiet(): Promise<void> {
    this.calling = false
    await Promise.all(this.loops)
    this.loops = []
    this.calling = true
  }

  async close(): Promise<void> {
    this.street.close()
    await this.x.stop()
  }

  private async talkWithoutPause(a: Telephone, b: Telephone): Promise<void> {
    await sleep(random(0, 2000))
    while (this.calling) {
      await this.talk(a, b)
      await sleep(random(50, 400))
    }
  }

  private async talk(a: Telephone, b: Telephone): Promise<void> {
    b.mood = { is: 'answers', afterMs: random(20, 900) }
    const before = b.calls.length
    const call = a.dial(b.username)
    const seen: Seen = {
      from: a.username,
      call,
      dialledAt: Date.now(),
      other: undefined,
      endedBy: null,
      voices: [],
      held: false,
      done: false,
    }
    this.seen.push(seen)
    const within = async (ms: number, is: () => boolean): Promise<boolean> => {
      for (const end = Date.now() + ms; Date.now() < end; await sleep(10)) if (is()) return true
      return is()
    }
    await within(40_000, () => call.state === 'up' || call.state === 'over')
    const other = b.calls[before]
    seen.other = other
    if (call.state === 'up' && other) {
      await within(3000, () => other.state === 'up')
      seen.voices = [new Voice(call), new Voice(other)]
      await sleep(random(300, 1500))
      if (systemRandom.fraction() < 0.4) {
        seen.held = true
        const holder = systemRandom.fraction() < 0.5 ? ([a, call] as const) : ([b, other] as const)
        holder[0].redirect(holder[1], 'sendonly')
        await sleep(random(200, 800))
        holder[0].redirect(holder[1], 'sendrecv')
      }
      await sleep(random(300, 1500))
      // Ended by the exchange before its time: that is for the verdict.
      if (call.state === 'up' && other.state === 'up') {
        seen.endedBy = systemRandom.fraction() < 0.5 ? 'caller' : 'called'
        if (seen.endedBy === 'caller') a.hangUp(call)
        else b.hangUp(other)
      }
      await within(40_000, () => call.state === 'over' && other.state === 'over')
    }
    for (const v of seen.voices) v.close()
    seen.done = true
  }
}

/** What went wrong with a call: it hangs, or an end of one that was up saw anything but the hang-up that was meant. */
export function lost(s: Seen): string | null {
  if (s.call.state !== 'over') return 'the caller hangs'
  if (s.other !== undefined && s.other.state !== 'over') return 'the called telephone hangs'
  if (s.call.upAt === null) return null
  if (s.endedBy === null) return `ended by the exchange (${s.call.endedBy ?? s.other?.endedBy ?? 'nobody'})`
  const [hung, told] = s.endedBy === 'caller' ? [s.call, s.other!] : [s.other!, s.call]
  if (hung.endedBy !== 'us') return `the one who hung up saw ${hung.endedBy}`
  return told.endedBy === 'peer' ? null : `the other end saw ${told.endedBy ?? 'no end'}`
}

/** What the log says of each call, held against what the telephones saw. `slackMs`: how long the switch was away. */
export function wrongRecords(seen: readonly Seen[], events: readonly LoggedEvent[], slackMs: number): string[] {
  const wrong: string[] = []
  const byCall = new Map<string, LoggedEvent[]>()
  for (const e of events) byCall.set(e.call, [...(byCall.get(e.call) ?? []), e])
  const records = new Map<string, LoggedEvent[][]>()
  for (const list of byCall.values()) {
    const [first] = list
    if (first?.event.type !== 'call.started') continue
    const from = first.event.from.number
    records.set(from, [...(records.get(from) ?? []), list])
  }
  for (const from of new Set(seen.map(s => s.from))) {
    // One whose INVITE was never heard, however often repeated, can have no record.
    const mine = seen.filter(s => s.from === from && !(s.call.status === 408 && s.call.progress.length === 0))
    const theirs = records.get(from) ?? []
    if (mine.length !== theirs.length) {
      wrong.push(`${from}: ${mine.length} calls, ${theirs.length} records`)
      continue
    }
    for (const [i, s] of mine.entries()) {
      const record = theirs[i]!
      for (const w of wrongRecord(s, record, slackMs)) wrong.push(`${from}, call ${i} (${record[0]!.call}): ${w}`)
    }
  }
  return wrong
}

function wrongRecord(s: Seen, record: readonly LoggedEvent[], slackMs: number): string[] {
  const wrong: string[] = []
  const ends = record.filter(e => e.event.type === 'call.ended')
  const [end] = ends
  if (ends.length !== 1 || end?.event.type !== 'call.ended') return [`${ends.length} ends`]
  const answered = s.call.upAt !== null
  if (answered !== (end.event.outcome === 'answered'))
    wrong.push(`the caller ${answered ? 'was' : 'was not'} answered, the record says ${end.event.outcome}`)
  const bridged = record.find(e => e.event.type === 'call.bridged')
  if (answered && bridged) {
    const talkedMs = end.at - bridged.at
    // A hang-up in the switch's absence is heard with its next repetition: the other end knows when.
    const heardMs = Math.max(s.call.overAt ?? 0, s.other?.overAt ?? 0) - (s.call.upAt ?? 0)
    if (Math.abs(talkedMs - heardMs) > slackMs) wrong.push(`talked ${heardMs} ms, recorded as ${talkedMs} ms`)
    const by = s.endedBy === null ? null : s.endedBy === 'caller' ? s.from : String(Number(s.from) + 1)
    if (by !== null && end.event.by?.number !== by) wrong.push(`${by} hung up, the record says ${end.event.by?.number}`)
  }
  return wrong
}
