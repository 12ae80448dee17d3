/** The bindings in memory, by AOR, by connection and by GRUU, each change mirrored into the store. */
import { type Timer, TimerQueue } from '../../kernel/timer-queue.ts'
import type { Flow } from '../flow.ts'
import type { Binding, BindingStore } from './binding.ts'
import { isStream } from './reach.ts'

export interface Entry {
  binding: Binding
  /** False once its connection is closed; a UDP contact is always worth trying. */
  open: boolean
  timer: Timer | null
}

export class LocationTable {
  private readonly store: BindingStore
  private readonly expired: (entry: Entry) => void
  private readonly byAor = new Map<string, Entry[]>()
  private readonly byConnection = new Map<string, Set<Entry>>()
  private readonly byGruu = new Map<number, Entry>()
  private readonly timers = new TimerQueue()
  private count = 0

  constructor(store: BindingStore, expired: (entry: Entry) => void) {
    this.store = store
    this.expired = expired
    // After a restart every connection is gone; what came by one has to come again.
    for (const binding of store.loadAll()) this.insert(binding, !isStream(binding.flow.transport))
  }

  of(aor: string): readonly Entry[] {
    return this.byAor.get(aor) ?? NONE
  }

  put(binding: Binding, before: Entry | undefined): void {
    if (before === undefined) this.insert(binding, true)
    else {
      this.unindex(before)
      before.binding = binding
      before.open = true
      this.index(before)
      if (before.timer !== null && binding.expiresAt < before.timer.at) this.schedule(before)
    }
    this.store.put(binding)
  }

  remove(entry: Entry): void {
    const { aor, id } = entry.binding
    const list = this.byAor.get(aor)
    if (list === undefined) return
    const rest = list.filter(e => e !== entry)
    if (rest.length === list.length) return
    if (rest.length === 0) this.byAor.delete(aor)
    else this.byAor.set(aor, rest)
    this.unindex(entry)
    this.timers.cancel(entry.timer)
    entry.timer = null
    this.count--
    this.store.remove(aor, id)
  }

  /** Marks everything that came by a connection as unreachable, and says what. */
  closed(flow: Flow): Entry[] {
    if (flow.connection === '') return []
    const entries = [...(this.byConnection.get(flow.connection) ?? NONE)]
    this.byConnection.delete(flow.connection)
    for (const entry of entries) entry.open = false
    return entries
  }

  byGruuId(id: number): Entry | undefined {
    return this.byGruu.get(id)
  }

  due(nowMs: number): void {
    this.timers.due(nowMs)
  }

  nextAt(): number {
    return this.timers.nextAt()
  }

  *all(): IterableIterator<Entry> {
    for (const list of this.byAor.values()) yield* list
  }

  get size(): number {
    return this.count
  }

  private insert(binding: Binding, open: boolean): void {
    const entry: Entry = { binding, open, timer: null }
    const list = this.byAor.get(binding.aor)
    if (list === undefined) this.byAor.set(binding.aor, [entry])
    else list.push(entry)
    this.count++
    this.index(entry)
    this.schedule(entry)
  }

  /** One timer per binding, not one per refresh: a timer that comes too early is set again. */
  private schedule(entry: Entry): void {
    this.timers.cancel(entry.timer)
    const at = entry.binding.expiresAt
    entry.timer = this.timers.set(at, () => {
      entry.timer = null
      if (entry.binding.expiresAt > at) this.schedule(entry)
      else {
        this.remove(entry)
        this.expired(entry)
      }
    })
  }

  private index(entry: Entry): void {
    const { flow, gruuId } = entry.binding
    if (gruuId !== undefined) this.byGruu.set(gruuId, entry)
    if (!entry.open || flow.connection === '') return
    const there = this.byConnection.get(flow.connection)
    if (there === undefined) this.byConnection.set(flow.connection, new Set([entry]))
    else there.add(entry)
  }

  private unindex(entry: Entry): void {
    const { flow, gruuId } = entry.binding
    if (gruuId !== undefined && this.byGruu.get(gruuId) === entry) this.byGruu.delete(gruuId)
    const there = this.byConnection.get(flow.connection)
    if (there?.delete(entry) && there.size === 0) this.byConnection.delete(flow.connection)
  }
}

const NONE: readonly Entry[] = []
