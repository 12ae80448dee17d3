/**
 * What has left by each outgoing rule today, for guards against fraud (OUT-05): calls now, and talk since midnight of the office.
 * Counted from the changes of call states; the sum of finished calls is kept as a fact, so that a restart forgives nothing.
 */
import type { CallState, Leg } from '../call/call-state.ts'
import type { Clock } from '../kernel/clock.ts'

export interface KeptUse {
  get(): string | undefined
  set(value: string): void
}

interface Sums {
  /** The office's local date. */
  readonly day: string
  /** Finished talk, ms, by rule. */
  readonly talkMs: Record<string, number>
  /** When the calls of the last hour began, by rule, oldest first. */
  readonly begun: Record<string, number[]>
}

const HOUR_MS = 3_600_000

interface Running {
  readonly rule: number
  /** When it was answered; null while it rings. */
  sinceMs: number | null
}

export class OutgoingUse {
  private readonly clock: Clock
  private readonly kept: KeptUse
  /** Midnight before a moment, and its date, where the office is. */
  private readonly dayOf: (ms: number) => { readonly day: string; readonly startMs: number; readonly endMs: number }
  private today: ReturnType<OutgoingUse['dayOf']>
  private sums: Sums
  private readonly running = new Map<string, Running>()

  constructor(clock: Clock, kept: KeptUse, timezone: string) {
    this.clock = clock
    this.kept = kept
    this.dayOf = dayIn(timezone)
    this.today = this.dayOf(clock.nowMs())
    const known = kept.get()
    const sums = known === undefined ? null : (JSON.parse(known) as Sums)
    this.sums = sums?.day === this.today.day ? sums : { day: this.today.day, talkMs: {}, begun: sums?.begun ?? {} }
  }

  of(rule: number): { readonly todayMs: number; readonly atOnce: number; readonly lastHourCalls: number } {
    const now = this.clock.nowMs()
    this.turnDay(now)
    let todayMs = this.sums.talkMs[rule] ?? 0
    let atOnce = 0
    for (const call of this.running.values()) {
      if (call.rule !== rule) continue
      atOnce++
      if (call.sinceMs !== null) todayMs += Math.max(0, now - Math.max(call.sinceMs, this.today.startMs))
    }
    return { todayMs, atOnce, lastHourCalls: this.lastHour(rule, now).length }
  }

  changed(before: CallState | null, after: CallState): void {
    if (before?.legs === after.legs) return
    for (const id in after.legs) {
      const leg = after.legs[id]!
      if (leg.rule !== null && leg !== before?.legs[id]) this.legChanged(leg, leg.rule, before === null, after.bridgedAt)
    }
  }

  /** `folded`: of a call out of the log; then it is up since it was bridged. */
  private legChanged(leg: Leg, rule: number, folded: boolean, bridgedAt: number | null): void {
    const now = this.clock.nowMs()
    if (leg.phase === 'over') {
      const call = this.running.get(leg.id)
      if (!this.running.delete(leg.id) || call!.sinceMs === null) return
      this.turnDay(now)
      const talkMs = now - Math.max(call!.sinceMs, this.today.startMs)
      this.sums.talkMs[rule] = (this.sums.talkMs[rule] ?? 0) + Math.max(0, talkMs)
      this.kept.set(JSON.stringify(this.sums))
      return
    }
    const known = this.running.get(leg.id)
    if (known === undefined && !folded) {
      this.sums.begun[rule] = [...this.lastHour(rule, now), now]
      this.kept.set(JSON.stringify(this.sums))
    }
    const call = known ?? { rule, sinceMs: null }
    if (leg.phase === 'up') call.sinceMs ??= (folded ? bridgedAt : null) ?? now
    this.running.set(leg.id, call)
  }

  private lastHour(rule: number, now: number): readonly number[] {
    return (this.sums.begun[rule] ?? []).filter(at => at > now - HOUR_MS)
  }

  private turnDay(now: number): void {
    if (now >= this.today.startMs && now < this.today.endMs) return
    this.today = this.dayOf(now)
    if (this.sums.day !== this.today.day) this.sums = { day: this.today.day, talkMs: {}, begun: this.sums.begun }
  }
}

function dayIn(timezone: string): OutgoingUse['dayOf'] {
  return ms => {
    const date = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone).toPlainDate()
    const start = (d: Temporal.PlainDate): number => d.toZonedDateTime(timezone).epochMilliseconds
    return { day: date.toString(), startMs: start(date), endMs: start(date.add({ days: 1 })) }
  }
}
