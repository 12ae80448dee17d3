/**
 * Timers of a few fixed lengths, by the hundred thousand. Nearly every timer of SIP runs for one of a dozen durations (T1 and its
 * doubles, T4, 64·T1), so those of one duration fall due in the order they were started: a plain queue for each duration makes
 * starting and stopping O(1), and the shared heap holds one entry per duration instead of one per timer.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { Timer, TimerQueue } from '../../kernel/timer-queue.ts'

export interface TimerOwner<Name extends string> {
  due(name: Name): void
}

export interface DelayTimer<Name extends string> {
  readonly name: Name
  readonly at: number
  /** Null once stopped or fired. */
  owner: TimerOwner<Name> | null
  readonly lane: Lane
}

/** All timers of one duration, earliest first. Kept only while it has any: peers choose some durations. */
interface Lane {
  readonly ms: number
  entries: DelayTimer<string>[]
  head: number
  live: number
  alarm: Timer | null
}

export class DelayTimers {
  private readonly queue: TimerQueue
  private readonly clock: Clock
  private readonly lanes = new Map<number, Lane>()

  constructor(queue: TimerQueue, clock: Clock) {
    this.queue = queue
    this.clock = clock
  }

  start<Name extends string>(ms: number, name: Name, owner: TimerOwner<Name>): DelayTimer<Name> {
    let lane = this.lanes.get(ms)
    if (!lane) {
      lane = { ms, entries: [], head: 0, live: 0, alarm: null }
      this.lanes.set(ms, lane)
    }
    const timer: DelayTimer<Name> = { name, at: this.clock.nowMs() + ms, owner, lane }
    lane.entries.push(timer as unknown as DelayTimer<string>)
    lane.live++
    if (lane.alarm === null) this.arm(lane)
    return timer
  }

  stop(timer: DelayTimer<string>): void {
    if (timer.owner === null) return
    timer.owner = null
    const { lane } = timer
    if (--lane.live > 0) return
    this.queue.cancel(lane.alarm)
    lane.alarm = null
    lane.entries = []
    lane.head = 0
    if (this.lanes.get(lane.ms) === lane) this.lanes.delete(lane.ms)
  }

  /** Durations in use. */
  get size(): number {
    return this.lanes.size
  }

  private arm(lane: Lane): void {
    lane.alarm = null
    while (lane.head < lane.entries.length && lane.entries[lane.head]!.owner === null) lane.head++
    const first = lane.entries[lane.head]
    if (!first) {
      if (this.lanes.get(lane.ms) === lane) this.lanes.delete(lane.ms)
      return
    }
    lane.alarm = this.queue.set(first.at, () => this.fire(lane))
  }

  private fire(lane: Lane): void {
    const now = this.clock.nowMs()
    // Not null while it runs: timers started meanwhile must not arm it a second time.
    while (lane.head < lane.entries.length) {
      const timer = lane.entries[lane.head]!
      const { owner } = timer
      if (owner !== null) {
        if (timer.at > now) break
        lane.head++
        timer.owner = null
        lane.live--
        owner.due(timer.name)
      } else lane.head++
    }
    if (lane.head > 1024 && lane.head * 2 > lane.entries.length) {
      lane.entries = lane.entries.slice(lane.head)
      lane.head = 0
    }
    this.arm(lane)
  }
}
