/** One real timer for the whole timer queue of the switch. */
import type { Clock } from '../kernel/clock.ts'
import type { TimerQueue } from '../kernel/timer-queue.ts'

export class TimerDriver {
  private readonly timers: TimerQueue
  private readonly clock: Clock
  private handle: NodeJS.Timeout | null = null
  private armedFor = Number.POSITIVE_INFINITY

  constructor(timers: TimerQueue, clock: Clock) {
    this.timers = timers
    this.clock = clock
  }

  /** After anything that may have set a timer: makes sure that we wake for the earliest. */
  rearm(): void {
    const at = this.timers.nextAt()
    // Waking a little early costs less than setting a real timer for every SIP timer.
    if (at >= this.armedFor) return
    if (this.handle) clearTimeout(this.handle)
    if (at === Number.POSITIVE_INFINITY) {
      this.handle = null
      this.armedFor = at
      return
    }
    this.armedFor = at
    this.handle = setTimeout(() => this.wake(), Math.max(0, Math.min(at - this.clock.nowMs(), 2_000_000_000)))
  }

  private wake(): void {
    this.handle = null
    this.armedFor = Number.POSITIVE_INFINITY
    this.timers.due(this.clock.nowMs())
    this.rearm()
  }
}
