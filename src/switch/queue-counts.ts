/** How many calls wait in each queue: told from the changes of call states. */
import type { CallState } from '../call/call-state.ts'

export class QueueCounts {
  private readonly waiting = new Map<string, number>()

  /** Calls that wait there; `without`: one that is not to be counted. */
  of(queue: string, without: CallState | null): number {
    return (this.waiting.get(queue) ?? 0) - (without !== null && queueOf(without) === queue ? 1 : 0)
  }

  changed(before: CallState | null, after: CallState): void {
    const was = before === null ? null : queueOf(before)
    const now = queueOf(after)
    if (was === now) return
    if (was !== null) this.count(was, -1)
    if (now !== null) this.count(now, 1)
  }

  private count(queue: string, by: number): void {
    const n = (this.waiting.get(queue) ?? 0) + by
    if (n > 0) this.waiting.set(queue, n)
    else this.waiting.delete(queue)
  }
}

/** The queue in which a call waits now. */
function queueOf(call: CallState): string | null {
  if (call.ended !== null || call.peer !== null || call.action?.do !== 'ring') return null
  return call.action.queue?.id ?? null
}
