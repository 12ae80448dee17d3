/**
 * The live board for everyone who watches. Each viewer sees the calls that the rights table lets them see: first the whole
 * board, then what changed. Changes are gathered for a moment, so that a burst of events is one message.
 */
import { type Filter, permits } from '../access/rights.ts'
import type { CallProgress } from '../operations/call-record.ts'
import { liveCall } from '../operations/live-call.ts'
import type { LiveCall, LiveMessage } from './api/schemas.ts'

export interface Watcher {
  send(message: LiveMessage): void
  /** Rights as of now: asked anew for every message, so that a right that was taken away ends at once. */
  rights(): { readonly see: Filter; readonly end: Filter } | null
}

const GATHER_MS = 50

export class LiveFeed {
  private readonly board: () => readonly CallProgress[]
  private readonly watchers = new Map<Watcher, Set<string>>()
  private changed = new Map<string, CallProgress>()
  private timer: NodeJS.Timeout | null = null
  switchHere = false

  constructor(board: () => readonly CallProgress[]) {
    this.board = board
  }

  watch(watcher: Watcher): () => void {
    const calls = this.seenBy(watcher, this.board())
    this.watchers.set(watcher, new Set(calls.map(call => call.id)))
    watcher.send({ is: 'board', at: Date.now(), switchHere: this.switchHere, calls })
    return () => this.watchers.delete(watcher)
  }

  callsChanged(calls: readonly CallProgress[]): void {
    if (this.watchers.size === 0) return
    for (const call of calls) this.changed.set(call.record.id, call)
    this.timer ??= setTimeout(() => this.flush(), GATHER_MS)
  }

  presence(here: boolean): void {
    this.switchHere = here
    for (const watcher of this.watchers.keys()) watcher.send({ is: 'switch', at: Date.now(), here })
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer)
    this.watchers.clear()
  }

  private flush(): void {
    this.timer = null
    const changed = [...this.changed.values()]
    this.changed = new Map()
    const over = changed.filter(call => call.record.endedAt !== null).map(call => call.record.id)
    const going = changed.filter(call => call.record.endedAt === null)
    for (const [watcher, known] of this.watchers) {
      const calls = this.seenBy(watcher, going)
      // A call may also leave a viewer's board because it is no longer theirs to see.
      const visible = new Set(calls.map(call => call.id))
      const ended = [...over, ...going.map(call => call.record.id).filter(id => !visible.has(id))].filter(id => known.delete(id))
      for (const id of visible) known.add(id)
      if (calls.length > 0 || ended.length > 0) watcher.send({ is: 'change', at: Date.now(), calls, ended })
    }
  }

  private seenBy(watcher: Watcher, calls: readonly CallProgress[]): LiveCall[] {
    const rights = watcher.rights()
    return rights === null ? [] : visibleCalls(calls, rights.see, rights.end)
  }
}

export function visibleCalls(calls: readonly CallProgress[], see: Filter, end: Filter): LiveCall[] {
  return calls.flatMap(call => {
    const subject = {
      at: call.record.startedAt,
      people: call.people,
      queue: call.record.queue,
      group: call.record.group,
      box: null,
      heardBy: [],
    }
    if (!permits(see, subject)) return []
    const shown = liveCall(call)
    return [{ ...shown, ringing: [...shown.ringing], mayEnd: permits(end, subject) }]
  })
}
