/**
 * What has left by each outgoing rule today, for guards against fraud (OUT-05): calls now, and talk since midnight of the office.
 * Counted from the changes of call states, for rules that have a guard and no others; what must not be forgiven by a restart is kept
 * as a fact. A rule is known by what it says, not by its place: another plan may have moved it.
 */
import type { CallState, Leg } from '../call/call-state.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CompiledPlan, OutgoingRule } from '../plan/compiled.ts'

export interface KeptUse {
  get(): string | undefined
  set(value: string): void
}

interface Sums {
  /** The office's local date. */
  readonly day: string
  /** Finished talk, ms, by rule. */
  readonly talkMs: Record<string, number>
  /** When the latest calls began, by rule, oldest first: as many as the guard's limit for an hour. */
  readonly begun: Record<string, number[]>
}

const HOUR_MS = 3_600_000

interface Running {
  readonly rule: string
  /** When it was answered; null while it rings. */
  sinceMs: number | null
}

export class OutgoingUse {
  private readonly clock: Clock
  private readonly planOf: (revision: number) => CompiledPlan
  private readonly kept: KeptUse
  /** Midnight before a moment, and its date, where the office is. */
  private readonly dayOf: (ms: number) => { readonly day: string; readonly startMs: number; readonly endMs: number }
  private today: ReturnType<OutgoingUse['dayOf']>
  private sums: Sums
  private readonly running = new Map<string, Running>()

  constructor(clock: Clock, planOf: (revision: number) => CompiledPlan, kept: KeptUse, timezone: string) {
    this.clock = clock
    this.planOf = planOf
    this.kept = kept
    this.dayOf = dayIn(timezone)
    this.today = this.dayOf(clock.nowMs())
    const known = kept.get()
    const sums = known === undefined ? null : (JSON.parse(known) as Sums)
    this.sums = sums?.day === this.today.day ? sums : { day: this.today.day, talkMs: {}, begun: sums?.begun ?? {} }
  }

  /** Asked of rules with a guard only. `lastHourCalls` counts no further than the guard's own limit. */
  of(rule: OutgoingRule): { readonly todayMs: number; readonly atOnce: number; readonly lastHourCalls: number } {
    const now = this.clock.nowMs()
    const key = keyOf(rule)
    this.turnDay(now)
    let todayMs = this.sums.talkMs[key] ?? 0
    let atOnce = 0
    for (const call of this.running.values()) {
      if (call.rule !== key) continue
      atOnce++
      if (call.sinceMs !== null) todayMs += Math.max(0, now - Math.max(call.sinceMs, this.today.startMs))
    }
    const lastHourCalls = (this.sums.begun[key] ?? []).filter(at => at > now - HOUR_MS).length
    return { todayMs, atOnce, lastHourCalls }
  }

  changed(before: CallState | null, after: CallState, folded: boolean): void {
    if (before?.legs === after.legs) return
    for (const id in after.legs) {
      const leg = after.legs[id]!
      if (leg.rule === null || leg === before?.legs[id]) continue
      const rule = this.planOf(after.revision).outgoing[leg.rule]
      if (rule !== undefined && rule.guard !== null) this.legChanged(leg, rule, folded, after.bridgedAt)
    }
  }

  /** `folded`: of a call out of the log; then it is up since it was bridged. */
  private legChanged(leg: Leg, rule: OutgoingRule, folded: boolean, bridgedAt: number | null): void {
    const now = this.clock.nowMs()
    const key = keyOf(rule)
    const known = this.running.get(leg.id)
    if (leg.phase === 'over') {
      if (known === undefined) return
      this.running.delete(leg.id)
      if (known.sinceMs === null) return
      this.turnDay(now)
      const talkMs = now - Math.max(known.sinceMs, this.today.startMs)
      this.sums.talkMs[key] = (this.sums.talkMs[key] ?? 0) + Math.max(0, talkMs)
      this.kept.set(JSON.stringify(this.sums))
      return
    }
    const limit = rule.guard!.perHour
    if (known === undefined && !folded && limit !== null) {
      this.sums.begun[key] = [...(this.sums.begun[key] ?? []), now].slice(-limit)
      this.kept.set(JSON.stringify(this.sums))
    }
    const call = known ?? { rule: key, sinceMs: null }
    if (leg.phase === 'up') call.sinceMs ??= (folded ? bridgedAt : null) ?? now
    this.running.set(leg.id, call)
  }

  private turnDay(now: number): void {
    if (now >= this.today.startMs && now < this.today.endMs) return
    this.today = this.dayOf(now)
    if (this.sums.day !== this.today.day) this.sums = { day: this.today.day, talkMs: {}, begun: this.sums.begun }
  }
}

function keyOf(rule: OutgoingRule): string {
  return `${[...rule.classes].sort().join('+')} ${rule.starting.join(',')}`.trim()
}

function dayIn(timezone: string): OutgoingUse['dayOf'] {
  return ms => {
    const date = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone).toPlainDate()
    const start = (d: Temporal.PlainDate): number => d.toZonedDateTime(timezone).epochMilliseconds
    return { day: date.toString(), startMs: start(date), endMs: start(date.add({ days: 1 })) }
  }
}
