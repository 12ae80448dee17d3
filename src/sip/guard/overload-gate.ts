/**
 * Adaptive admission of new calls. The one measure is how long a message waits before it is read: a standing wait means that more
 * comes in than is done, whatever the reason. The admitted rate is lowered in proportion, raised in small steps, and forgotten
 * when nobody asks for more. Only initial INVITEs pass this gate; whatever belongs to a call that is up, and registrations, never do.
 */
import type { Random } from '../../kernel/clock.ts'

export interface OverloadOptions {
  /** A wait that lasts through a whole window and exceeds this is overload. */
  readonly targetDelayMs: number
  /** Beyond this nothing new is admitted until the queue has drained: what waits there is already late. */
  readonly panicDelayMs: number
  readonly windowMs: number
  /** A window lasts until it has this many measurements: one pause of the machine is not a standing queue. */
  readonly windowSamples: number
  /** So many windows in a row must show a standing wait before the first call is refused: a longer pause of the machine is none either. */
  readonly windowsToBegin: number
  /** So many calls per second are admitted whatever is measured: a pause of the machine is no reason to refuse a lone call. */
  readonly floorPerS: number
  readonly retryAfterS: { readonly least: number; readonly most: number }
}

const OVERLOAD: OverloadOptions = {
  targetDelayMs: 60,
  panicDelayMs: 600,
  windowMs: 150,
  windowSamples: 3,
  windowsToBegin: 3,
  floorPerS: 20,
  retryAfterS: { least: 2, most: 10 },
}

export type Admission = { readonly admit: true } | { readonly admit: false; readonly retryAfterS: number }

const ADMIT: Admission = { admit: true }

export class OverloadGate {
  private readonly options: OverloadOptions
  private readonly random: Random
  /** Calls per second; infinite when there is no overload. */
  private limit = Number.POSITIVE_INFINITY
  private tokens = 0
  private filledAt = 0
  private floorTokens = Number.POSITIVE_INFINITY
  private floorFilledAt = 0
  private windowFrom = Number.NEGATIVE_INFINITY
  private least = Number.POSITIVE_INFINITY
  private samples = 0
  private latest = 0
  private latestAt = Number.NEGATIVE_INFINITY
  private offered = 0
  private admitted = 0
  /** Smoothed, per second. */
  private offeredPerS = 0
  private admittedPerS = 0
  private refusedTotal = 0
  private quietWindows = 0
  private loadedWindows = 0
  private best = 0
  private cutAgainAt = Number.NEGATIVE_INFINITY

  constructor(random: Random, options: Partial<OverloadOptions> = {}) {
    this.options = { ...OVERLOAD, ...options }
    this.random = random
  }

  /** A measurement of the waiting time of a message in our queues (socket buffer and event loop), a few per window. */
  observe(delayMs: number, nowMs: number): void {
    if (this.windowFrom === Number.NEGATIVE_INFINITY) this.windowFrom = nowMs
    this.latest = delayMs
    this.latestAt = nowMs
    if (delayMs < this.least) this.least = delayMs
    this.samples++
    if (nowMs - this.windowFrom >= this.options.windowMs && this.samples >= this.options.windowSamples) this.turn(nowMs)
  }

  /** May one more call be set up? Every refusal is to be answered with 503 and the Retry-After given, and costs nearly nothing. */
  admit(nowMs: number): Admission {
    this.offered++
    if (this.limit === Number.POSITIVE_INFINITY && this.latest < this.options.panicDelayMs) {
      this.admitted++
      return ADMIT
    }
    if (!this.panicking(nowMs)) {
      if (nowMs > this.filledAt) {
        // A twentieth of a second of burst: enough to be fair to bunched arrivals, too little to build a queue.
        const burst = Math.max(1, this.limit / 20)
        this.tokens = Math.min(burst, this.tokens + ((nowMs - this.filledAt) / 1000) * this.limit)
        this.filledAt = nowMs
      }
      if (this.tokens >= 1) {
        this.tokens--
        this.admitted++
        return ADMIT
      }
    }
    if (this.withinFloor(nowMs)) {
      this.admitted++
      return ADMIT
    }
    this.refusedTotal++
    return { admit: false, retryAfterS: this.retryAfter() }
  }

  /** Drawn on only where the call would be refused; half a second of it may be saved up. */
  private withinFloor(nowMs: number): boolean {
    const { floorPerS } = this.options
    const since = Math.max(0, nowMs - this.floorFilledAt)
    this.floorTokens = Math.min(floorPerS / 2, this.floorTokens + (since / 1000) * floorPerS)
    this.floorFilledAt = nowMs
    if (this.floorTokens < 1) return false
    this.floorTokens--
    return true
  }

  /** True while calls may be refused: worth looking at an INVITE before parsing it. */
  get shedding(): boolean {
    return this.limit !== Number.POSITIVE_INFINITY || this.latest >= this.options.panicDelayMs
  }

  get limitPerS(): number {
    return this.limit
  }

  get refused(): number {
    return this.refusedTotal
  }

  private panicking(nowMs: number): boolean {
    // A measurement that is itself old says nothing: without the time limit, a lost probe would shut the exchange.
    return this.latest >= this.options.panicDelayMs && nowMs - this.latestAt < 2000
  }

  private turn(nowMs: number): void {
    const { targetDelayMs, floorPerS } = this.options
    const seconds = (nowMs - this.windowFrom) / 1000
    const weight = Math.min(1, seconds / 0.5)
    this.offeredPerS += (this.offered / seconds - this.offeredPerS) * weight
    this.admittedPerS += (this.admitted / seconds - this.admittedPerS) * weight
    const standing = this.least
    this.windowFrom = nowMs
    this.least = Number.POSITIVE_INFINITY
    this.samples = 0
    this.offered = 0
    this.admitted = 0

    // What this machine has done of late, forgotten by half in ten seconds.
    this.best = Math.max(this.best * 0.5 ** (seconds / 10), this.admittedPerS)
    this.loadedWindows = standing > targetDelayMs ? this.loadedWindows + 1 : 0
    if (standing > targetDelayMs) {
      this.quietWindows = 0
      if (this.limit === Number.POSITIVE_INFINITY && this.loadedWindows < this.options.windowsToBegin) return
      // One cut per queue: until what stands there now is served, its length says nothing about the new rate.
      if (nowMs < this.cutAgainAt) return
      this.cutAgainAt = nowMs + standing
      const excess = Math.min(1, (standing - targetDelayMs) / (8 * targetDelayMs))
      const from = this.limit === Number.POSITIVE_INFINITY ? this.admittedPerS : Math.min(this.limit, this.admittedPerS * 1.2 + floorPerS)
      // A machine that is slow because others use it gets no faster by idling: never below half of what it lately managed.
      this.limit = Math.max(floorPerS, this.best / 2, from * (0.97 - 0.25 * excess))
      this.filledAt = Math.max(this.filledAt, nowMs - 10)
      return
    }
    if (this.limit === Number.POSITIVE_INFINITY) return
    // An empty queue says that the limit is far too low, not a little: whoever began too low must not refuse for ten seconds.
    if (standing < targetDelayMs / 8) this.limit += Math.max(4, this.limit * 0.08)
    else if (standing < targetDelayMs / 2) this.limit += Math.max(1, this.limit * 0.02)
    // Nobody has asked for more than half of what would be admitted, for three seconds: the storm is over.
    this.quietWindows = this.offeredPerS < this.limit / 2 ? this.quietWindows + 1 : 0
    if (this.quietWindows * this.options.windowMs >= 3000) this.limit = Number.POSITIVE_INFINITY
  }

  /** Spread, so that the refused do not come back together (RFC 3261 §21.5.4). */
  private retryAfter(): number {
    const { least, most } = this.options.retryAfterS
    return least + Math.floor(this.random.fraction() * (most - least + 1))
  }
}
