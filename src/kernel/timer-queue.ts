/**
 * Timers without a clock: a binary heap of deadlines that the edge drives.
 * `nextAt` says when to come back, `due` runs everything up to a moment in order of deadline, then of creation.
 * Cancelling is O(1): the entry stays in the heap, dead, until it surfaces.
 */
export interface Timer {
  readonly at: number
  readonly order: number
  run: (() => void) | null
}

export class TimerQueue {
  private readonly heap: Timer[] = []
  private order = 0
  private live = 0

  /** Runs `run` at epoch milliseconds `at` (or at the next `due` if that has passed). */
  set(at: number, run: () => void): Timer {
    const timer: Timer = { at, order: this.order++, run }
    this.heap.push(timer)
    this.live++
    this.up(this.heap.length - 1)
    return timer
  }

  cancel(timer: Timer | null | undefined): void {
    if (!timer || timer.run === null) return
    timer.run = null
    this.live--
    if (this.heap.length > 64 && this.live < this.heap.length / 4) this.compact()
  }

  /** The earliest deadline, or `Infinity`. */
  nextAt(): number {
    while (this.heap.length > 0 && this.heap[0]!.run === null) this.pop()
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** Runs every timer due at or before `now`, also those that timers set on the way. */
  due(now: number): void {
    while (this.nextAt() <= now) {
      const timer = this.pop()
      const run = timer.run
      timer.run = null
      this.live--
      run?.()
    }
  }

  /** How many timers are waiting: tests use it to show that nothing leaks. */
  get size(): number {
    return this.live
  }

  private compact(): void {
    const alive = this.heap.filter(t => t.run !== null)
    this.heap.length = 0
    for (const t of alive) {
      this.heap.push(t)
      this.up(this.heap.length - 1)
    }
  }

  private before(a: Timer, b: Timer): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order)
  }

  private up(i: number): void {
    const item = this.heap[i]!
    while (i > 0) {
      const p = (i - 1) >> 1
      const parent = this.heap[p]!
      if (!this.before(item, parent)) break
      this.heap[i] = parent
      i = p
    }
    this.heap[i] = item
  }

  private pop(): Timer {
    const top = this.heap[0]!
    const last = this.heap.pop()!
    if (this.heap.length > 0) {
      let i = 0
      for (;;) {
        let c = 2 * i + 1
        if (c >= this.heap.length) break
        if (c + 1 < this.heap.length && this.before(this.heap[c + 1]!, this.heap[c]!)) c++
        if (!this.before(this.heap[c]!, last)) break
        this.heap[i] = this.heap[c]!
        i = c
      }
      this.heap[i] = last
    }
    return top
  }
}
