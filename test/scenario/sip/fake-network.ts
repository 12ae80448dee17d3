/** A network in virtual time: seeded loss, duplication and delay for datagrams; streams keep order and lose nothing until they are cut. */
import { type Clock, type Random, seededRandom } from '../../../src/kernel/clock.ts'
import { TimerQueue } from '../../../src/kernel/timer-queue.ts'
import type { EndpointIo } from '../../../src/sip/endpoint/contract.ts'
import type { Flow, Hop, HostPort } from '../../../src/sip/flow.ts'

export interface Weather {
  readonly loss: number
  readonly duplicate: number
  readonly minDelayMs: number
  readonly maxDelayMs: number
}

export const CALM: Weather = { loss: 0, duplicate: 0, minDelayMs: 5, maxDelayMs: 5 }
/** Delays differ, so messages overtake each other. */
export const STORM: Weather = { loss: 0.15, duplicate: 0.1, minDelayMs: 1, maxDelayMs: 700 }

export interface Packet {
  readonly at: number
  readonly from: string
  readonly to: string
  readonly bytes: Uint8Array
}

type Receive = (bytes: Uint8Array, flow: Flow) => void

export class FakeNetwork {
  /** Packets under way. */
  private readonly timers = new TimerQueue()
  private readonly processes = new Set<TimerQueue>()
  readonly random: Random
  readonly clock: Clock
  /** Everything sent, lost packets too. */
  readonly sent: Packet[] = []
  weather: Weather
  /** Test's own censor: true loses the packet. */
  drop: (packet: Packet) => boolean = () => false
  private now: number
  private readonly start: number
  private readonly nodes = new Map<string, Receive>()
  private readonly refused = new Set<string>()
  private streamAt = 0

  constructor(seed = 1, weather: Weather = CALM, startAt = 1_700_000_000_000) {
    this.now = startAt
    this.start = startAt
    this.random = seededRandom(seed)
    this.weather = weather
    this.clock = { nowMs: () => this.now }
  }

  get elapsedMs(): number {
    return this.now - this.start
  }

  join(host: string, receive: Receive): EndpointIo {
    this.nodes.set(host, receive)
    return {
      send: (hop, bytes, failed) => this.carry(host, hop, bytes, failed),
      sentBy: (): HostPort => ({ host, port: 5060 }),
    }
  }

  /** Sending to this host fails as a refused connection does. */
  refuse(host: string): void {
    this.refused.add(host)
  }

  private carry(from: string, hop: Hop, bytes: Uint8Array, failed?: () => void): void {
    const packet: Packet = { at: this.elapsedMs, from, to: hop.host, bytes }
    this.sent.push(packet)
    if (this.refused.has(hop.host) || !this.nodes.has(hop.host)) {
      if (failed && this.refused.has(hop.host)) this.timers.set(this.now + 1, failed)
      return
    }
    if (this.drop(packet)) return
    if (hop.transport !== 'udp') {
      this.streamAt = Math.max(this.streamAt, this.now + this.weather.minDelayMs)
      this.deliver(packet, hop, this.streamAt)
      return
    }
    if (this.random.fraction() < this.weather.loss) return
    this.deliver(packet, hop, this.now + this.delay())
    if (this.random.fraction() < this.weather.duplicate) this.deliver(packet, hop, this.now + this.delay())
  }

  private delay(): number {
    const { minDelayMs, maxDelayMs } = this.weather
    return minDelayMs + Math.floor(this.random.fraction() * (maxDelayMs - minDelayMs + 1))
  }

  private deliver(packet: Packet, hop: Hop, at: number): void {
    const connection = hop.transport === 'udp' ? '' : [packet.from, packet.to].sort().join('-')
    const flow: Flow = {
      transport: hop.transport,
      local: { host: packet.to, port: 5060 },
      remote: { host: packet.from, port: 5060 },
      connection,
    }
    this.timers.set(at, () => this.nodes.get(packet.to)?.(packet.bytes, flow))
  }

  /** A process begins: its timers run with the network's time. */
  begin(): TimerQueue {
    const timers = new TimerQueue()
    this.processes.add(timers)
    return timers
  }

  /** A process is killed: nothing of it runs any more. */
  kill(timers: TimerQueue): void {
    this.processes.delete(timers)
  }

  /** Timers that living processes still wait for, and packets under way. */
  get pending(): number {
    let n = this.timers.size
    for (const p of this.processes) n += p.size
    return n
  }

  /** Lets time pass. */
  run(ms: number): void {
    const end = this.now + ms
    for (let next = this.next(); next.nextAt() <= end; next = this.next()) {
      this.now = Math.max(this.now, next.nextAt())
      next.due(this.now)
    }
    this.now = end
  }

  private next(): TimerQueue {
    let first = this.timers
    for (const p of this.processes) if (p.nextAt() < first.nextAt()) first = p
    return first
  }

  /** Virtual time at which each message that a test cares for was sent, counted from the start. */
  times(match: (packet: Packet) => boolean): number[] {
    return this.sent.filter(match).map(p => p.at)
  }
}

export function firstLine(packet: Packet): string {
  const text = new TextDecoder().decode(packet.bytes)
  return text.slice(0, text.indexOf('\r\n'))
}
