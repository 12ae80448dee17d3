/**
 * Nothing that was decided leaves the process before the log holds it (docs/adr/0003): what a turn of the event loop wants to send
 * waits here until the events of the same turn are committed, then goes out in order, media commands before SIP.
 *
 * One commit serves everything gathered since the last. While little is sent, that is one turn's, and it costs no waiting; from
 * about a hundred calls a second on, one is made every few milliseconds, so that the group grows with the load.
 */
import type { MediaCommand } from '../media/protocol.ts'
import type { Hop } from '../sip/flow.ts'

export interface OutboxDeps {
  /** Commits the log. May throw (disk full): then the calls go on all the same and `commitFailed` raises the alarm. */
  commit(): void
  commitFailed(error: unknown): void
  send(hop: Hop, bytes: Uint8Array, failed?: () => void): void
  /** All commands to one media process, in order. */
  media(node: string, commands: readonly MediaCommand[]): void
  /** After each flush. */
  flushed(): void
  nowMs(): number
  /** Runs it after so many ms; 0: at the end of this turn of the event loop. */
  later(ms: number, run: () => void): void
}

/** The longest that a message waits for company: far below what a caller or a SIP timer could notice. */
const GATHER_MS = 4
/** So many messages within the time make it worth while. */
const MANY = 40
const WITHIN_MS = 32

interface Outgoing {
  readonly hop: Hop
  readonly bytes: Uint8Array
  readonly failed: (() => void) | undefined
}

export class Outbox {
  private readonly deps: OutboxDeps
  private sip: Outgoing[] = []
  private readonly commands = new Map<string, MediaCommand[]>()
  private scheduled = false
  private held = true
  private flushedAt = 0
  /** Messages of the present period of time and of the one before. */
  private count = 0
  private before = 0
  private countFrom = 0

  constructor(deps: OutboxDeps) {
    this.deps = deps
  }

  /** The sockets are open: what a restarted switch already had to say goes out now. */
  open(): void {
    this.held = false
    this.flush()
  }

  send(hop: Hop, bytes: Uint8Array, failed?: () => void): void {
    this.sip.push({ hop, bytes, failed })
    this.schedule()
  }

  media(node: string, command: MediaCommand): void {
    const list = this.commands.get(node)
    if (list) list.push(command)
    else this.commands.set(node, [command])
    this.schedule()
  }

  /** Makes sure that a commit follows even when nothing is sent. */
  schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    const sinceMs = this.deps.nowMs() - this.flushedAt
    if (this.before + this.count >= MANY && sinceMs >= 0 && sinceMs < GATHER_MS) this.deps.later(GATHER_MS - sinceMs, this.flushNow)
    else this.deps.later(0, this.flushNow)
  }

  /** A message has been read: while there are few, what it led to does not wait for those that were read with it. */
  readOne(): void {
    if (this.scheduled && this.before + this.count < MANY) this.flush()
  }

  flush(): void {
    this.scheduled = false
    try {
      this.deps.commit()
    } catch (error) {
      this.deps.commitFailed(error)
    }
    if (this.held) return
    const { sip } = this
    this.sip = []
    this.meter(sip.length)
    for (const [node, commands] of this.commands) this.deps.media(node, commands)
    this.commands.clear()
    for (const s of sip) this.deps.send(s.hop, s.bytes, s.failed)
    this.deps.flushed()
  }

  private readonly flushNow = (): void => {
    if (this.scheduled) this.flush()
  }

  private meter(messages: number): void {
    const now = this.deps.nowMs()
    this.flushedAt = now
    const passedMs = now - this.countFrom
    if (passedMs >= WITHIN_MS || passedMs < 0) {
      this.before = passedMs < 2 * WITHIN_MS ? this.count : 0
      this.count = 0
      this.countFrom = now
    }
    this.count += messages
  }
}
