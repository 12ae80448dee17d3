/**
 * Every stream connection, by flow and by peer: framing, keep-alives, and the limits that keep one peer from using up all.
 * One sweep a second watches idle, slow and silent connections; no timer is kept per connection.
 */
import type { Flow, Hop, Transport } from '../sip/flow.ts'
import { DEFAULT_LIMITS, type MessageLimits, type SipFault } from '../wire/sip/parse-message.ts'
import { StreamFramer } from '../wire/sip/stream-framer.ts'
import type { Pipe } from './pipe.ts'
import type { FlowCloseReason } from './transport-types.ts'

export interface StreamLimits {
  readonly connections: number
  readonly connectionsPerSource: number
  /** Nothing at all read or written for this long: longer than the longest registration, which hangs on its connection. */
  readonly idleMs: number
  /** A new connection owes its first complete message, and a begun message its end, within this time. */
  readonly slowMs: number
  readonly backlogBytes: number
  /** RFC 5626 §4.4.1: a ping owes its pong within this time. */
  readonly pongMs: number
  /** WebSocket pings from our side: browsers cannot send any, and the middle boxes on their way close quiet connections. */
  readonly wsPingMs: number
  readonly message: MessageLimits
}

export const STREAM_LIMITS: StreamLimits = {
  connections: 10_000,
  connectionsPerSource: 500,
  idleMs: 2.5 * 3_600_000,
  slowMs: 10_000,
  backlogBytes: 1024 * 1024,
  pongMs: 10_000,
  wsPingMs: 30_000,
  message: DEFAULT_LIMITS,
}

export interface TableEvents {
  onMessage(bytes: Uint8Array, flow: Flow): void
  onClosed(flow: Flow, why: FlowCloseReason): void
  onGarbage(flow: Flow, fault: SipFault): void
  onPong(flow: Flow): void
}

interface Connection {
  readonly flow: Flow
  readonly pipe: Pipe
  readonly framer: StreamFramer | null
  readonly dialled: boolean
  openedAt: number
  activeAt: number
  /** First complete message seen. */
  spoken: boolean
  /** Since when a message has been incomplete, 0 when none is. */
  partialSince: number
  pingEveryMs: number
  pingedAt: number
  /** A pong is owed for the ping at `pingedAt`. */
  owed: boolean
  why: FlowCloseReason | null
}

const PING = Buffer.from('\r\n\r\n', 'latin1')
const PONG = Buffer.from('\r\n', 'latin1')

export class ConnectionTable {
  private readonly limits: StreamLimits
  private readonly events: TableEvents
  private readonly now: () => number
  private readonly prefix: string
  private serial = 0
  private readonly byId = new Map<string, Connection>()
  private readonly byPeer = new Map<string, Connection>()
  private readonly perSource = new Map<string, number>()

  /** `prefix` makes connection names unique across restarts, so that a stored flow never names a stranger's connection. */
  constructor(limits: StreamLimits, prefix: string, now: () => number, events: TableEvents) {
    this.limits = limits
    this.prefix = prefix
    this.now = now
    this.events = events
  }

  /** Takes a new connection; undefined (and closed) when there are too many. */
  add(pipe: Pipe, dialled: boolean): Flow | undefined {
    const source = pipe.remote.host
    const there = this.perSource.get(source) ?? 0
    if (source === '' || (!dialled && (this.byId.size >= this.limits.connections || there >= this.limits.connectionsPerSource))) {
      pipe.start({ data: () => {}, pong: () => {}, closed: () => {} })
      pipe.destroy()
      return undefined
    }
    const flow: Flow = {
      transport: pipe.transport,
      local: pipe.local,
      remote: pipe.remote,
      connection: `${this.prefix}${(++this.serial).toString(36)}`,
    }
    const now = this.now()
    const c: Connection = {
      flow,
      pipe,
      framer: pipe.whole ? null : new StreamFramer(this.limits.message),
      dialled,
      openedAt: now,
      activeAt: now,
      spoken: dialled,
      partialSince: 0,
      pingEveryMs: pipe.ping === undefined || dialled ? 0 : this.limits.wsPingMs,
      pingedAt: now,
      owed: false,
      why: null,
    }
    this.byId.set(flow.connection, c)
    this.byPeer.set(peerKey(flow.transport, flow.remote.host, flow.remote.port), c)
    this.perSource.set(source, there + 1)
    pipe.start({ data: bytes => this.data(c, bytes), pong: () => this.pong(c), closed: error => this.gone(c, error) })
    return flow
  }

  /** An open connection for a flow or to a hop's very address. */
  find(target: Flow | Hop): Flow | undefined {
    if ('connection' in target) return this.live(this.byId.get(target.connection))?.flow
    return this.live(this.byPeer.get(peerKey(target.transport, target.host, target.port)))?.flow
  }

  write(flow: Flow, bytes: Uint8Array): 'sent' | 'closed' | 'backlog' {
    const c = this.live(this.byId.get(flow.connection))
    if (c === undefined) return 'closed'
    if (c.pipe.backlogBytes > this.limits.backlogBytes) {
      this.close(c, 'slow')
      return 'backlog'
    }
    c.pipe.write(bytes)
    c.activeAt = this.now()
    return 'sent'
  }

  drop(flow: Flow, why: FlowCloseReason): void {
    const c = this.byId.get(flow.connection)
    if (c !== undefined) this.close(c, why)
  }

  keepAlive(flow: Flow, everyMs: number): void {
    const c = this.byId.get(flow.connection)
    if (c !== undefined) c.pingEveryMs = everyMs
  }

  /** Once a second. */
  sweep(): void {
    const now = this.now()
    const { idleMs, slowMs, pongMs } = this.limits
    for (const c of this.byId.values()) {
      if (c.why !== null) continue
      if ((!c.spoken && now - c.openedAt > slowMs) || (c.partialSince !== 0 && now - c.partialSince > slowMs)) this.close(c, 'slow')
      else if (c.owed && now - c.pingedAt > pongMs) this.close(c, 'idle')
      else if (now - c.activeAt > idleMs) this.close(c, 'idle')
      else if (c.pingEveryMs > 0 && !c.owed && now - c.pingedAt >= c.pingEveryMs) this.ping(c, now)
    }
  }

  closeAll(): void {
    for (const c of [...this.byId.values()]) {
      c.why ??= 'us'
      c.pipe.destroy()
    }
  }

  get size(): number {
    return this.byId.size
  }

  private data(c: Connection, bytes: Uint8Array): void {
    if (c.why !== null) return
    c.activeAt = this.now()
    // Whatever comes proves that the peer lives; a busy one may be late with its pong.
    c.owed = false
    if (c.framer === null) {
      this.whole(c, bytes)
      return
    }
    for (const item of c.framer.push(bytes)) {
      if (c.why !== null) return
      switch (item.is) {
        case 'message':
          c.spoken = true
          this.events.onMessage(item.bytes, c.flow)
          break
        case 'ping':
          c.pipe.write(PONG)
          break
        case 'pong':
          this.pong(c)
          break
        case 'broken':
          this.events.onGarbage(c.flow, item.fault)
          this.finish(c, 'garbage')
      }
    }
    c.partialSince = c.framer.heldBytes === 0 ? 0 : c.partialSince || c.activeAt
  }

  /** A WebSocket frame: a message, or CRLF keep-alives as some clients send them. */
  private whole(c: Connection, bytes: Uint8Array): void {
    if (bytes.length <= 4) {
      if (bytes.length === 4) c.pipe.write(PONG)
      else this.pong(c)
      return
    }
    c.spoken = true
    this.events.onMessage(bytes, c.flow)
  }

  private pong(c: Connection): void {
    c.owed = false
    c.activeAt = this.now()
    if (c.pingEveryMs > 0) this.events.onPong(c.flow)
  }

  private ping(c: Connection, now: number): void {
    c.pingedAt = now
    c.owed = true
    if (c.pipe.ping !== undefined) c.pipe.ping()
    else c.pipe.write(PING)
  }

  /** Lets a last answer out, then closes. */
  private finish(c: Connection, why: FlowCloseReason): void {
    if (c.why !== null) return
    c.why = why
    c.pipe.end()
    setTimeout(() => c.pipe.destroy(), 500).unref()
  }

  private close(c: Connection, why: FlowCloseReason): void {
    c.why ??= why
    c.pipe.destroy()
  }

  private gone(c: Connection, error: string): void {
    if (!this.byId.delete(c.flow.connection)) return
    const { transport, remote } = c.flow
    const key = peerKey(transport, remote.host, remote.port)
    if (this.byPeer.get(key) === c) this.byPeer.delete(key)
    const left = (this.perSource.get(remote.host) ?? 1) - 1
    if (left === 0) this.perSource.delete(remote.host)
    else this.perSource.set(remote.host, left)
    this.events.onClosed(c.flow, c.why ?? (error === '' ? 'peer' : 'error'))
  }

  private live(c: Connection | undefined): Connection | undefined {
    return c === undefined || c.why !== null ? undefined : c
  }
}

function peerKey(transport: Transport, host: string, port: number): string {
  return `${transport} ${host} ${port}`
}
