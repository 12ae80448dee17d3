/** What the switch asks of its database. `store/LogStore` is the real one; tests have one in memory, and both pass one contract test. */
import type { CallEvent, LoggedEvent } from '../call/events.ts'
import type { Admitted } from '../store/log-store.ts'

export interface SwitchLog {
  /** Queues an event; it is durable after the next `commit`. Returns its place in the log. */
  append(at: number, call: string, event: CallEvent): number
  /** Nothing of the call is left to be done: all its ends were told. */
  closed(call: string): void
  putBinding(id: string, data: unknown): void
  removeBinding(id: string): void
  /** Makes everything queued durable, or throws and keeps it queued. */
  commit(): void
  readonly dirty: boolean
  readonly lastSeq: number
  /** Every committed event of every call that is not closed, call by call in order. */
  openCalls(): Iterable<{ readonly call: string; readonly events: readonly LoggedEvent[] }>
  eventsOf(call: string): readonly LoggedEvent[]
  bindings(): readonly unknown[]
  admit(a: Admitted): void
  /** Those that have not run out; the others are forgotten. */
  admitted(nowMs: number): readonly Admitted[]
  fact(name: string): string | undefined
  setFact(name: string, value: string): void
}
