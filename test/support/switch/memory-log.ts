/** The switch's log in memory: passes the same contract test as `LogStore`. */
import type { CallEvent, LoggedEvent } from '../../../src/call/events.ts'
import type { Admitted } from '../../../src/store/log-store.ts'
import type { SwitchLog } from '../../../src/switch/switch-log.ts'

type Write =
  | { readonly kind: 'event'; readonly logged: LoggedEvent }
  | { readonly kind: 'closed'; readonly call: string }
  | { readonly kind: 'binding'; readonly id: string; readonly data: string | null }

export class MemoryLog implements SwitchLog {
  /** What is durable, in order. */
  readonly events: LoggedEvent[] = []
  /** Hears of each event as it is appended. */
  watch: (call: string, event: CallEvent) => void = () => {}
  /** While true a commit fails as on a full disk. */
  failing = false
  /** Called around each commit that writes something: where a test kills the process. */
  onCommit: (when: 'before' | 'after') => void = () => {}
  private queue: Write[] = []
  private seq = 0
  private readonly calls = new Map<string, LoggedEvent[]>()
  private readonly open = new Set<string>()
  private readonly kept = new Map<string, string>()
  private readonly facts = new Map<string, string>()
  private readonly guests = new Map<string, Admitted>()

  append(at: number, call: string, event: CallEvent): number {
    const seq = ++this.seq
    this.queue.push({ kind: 'event', logged: { seq, at, call, event } })
    this.watch(call, event)
    return seq
  }

  closed(call: string): void {
    this.queue.push({ kind: 'closed', call })
  }

  putBinding(id: string, data: unknown): void {
    this.queue.push({ kind: 'binding', id, data: JSON.stringify(data) })
  }

  removeBinding(id: string): void {
    this.queue.push({ kind: 'binding', id, data: null })
  }

  commit(): void {
    if (this.queue.length === 0) return
    if (this.failing) throw new Error('the disk is full')
    this.onCommit('before')
    const writes = this.queue
    this.queue = []
    for (const w of writes) this.write(w)
    if (writes.length > 0) this.onCommit('after')
  }

  private write(w: Write): void {
    if (w.kind === 'binding') {
      if (w.data === null) this.kept.delete(w.id)
      else this.kept.set(w.id, w.data)
      return
    }
    if (w.kind === 'closed') {
      this.open.delete(w.call)
      return
    }
    // As a database would: what is read back is JSON, not the object that was written.
    const logged: LoggedEvent = { ...w.logged, event: JSON.parse(JSON.stringify(w.logged.event)) as CallEvent }
    const { call, event } = logged
    this.events.push(logged)
    const list = this.calls.get(call)
    if (list) list.push(logged)
    else this.calls.set(call, [logged])
    if (event.type === 'call.started') this.open.add(call)
  }

  get dirty(): boolean {
    return this.queue.length > 0
  }

  get lastSeq(): number {
    return this.seq
  }

  get callIds(): IterableIterator<string> {
    return this.calls.keys()
  }

  *openCalls(): Generator<{ readonly call: string; readonly events: readonly LoggedEvent[] }> {
    for (const call of [...this.open]) yield { call, events: this.eventsOf(call) }
  }

  eventsOf(call: string): readonly LoggedEvent[] {
    return this.calls.get(call) ?? []
  }

  bindings(): readonly unknown[] {
    return [...this.kept.values()].map(data => JSON.parse(data) as unknown)
  }

  admit(a: Admitted): void {
    this.guests.set(a.username, a)
  }

  admitted(nowMs: number): readonly Admitted[] {
    for (const [name, a] of this.guests) if (a.expiresAt <= nowMs) this.guests.delete(name)
    return [...this.guests.values()]
  }

  fact(name: string): string | undefined {
    return this.facts.get(name)
  }

  setFact(name: string, value: string): void {
    this.facts.set(name, value)
  }

  /** The process behind is killed: what was not committed is gone. */
  lose(): void {
    this.queue = []
    this.seq = this.events.at(-1)?.seq ?? 0
  }
}
