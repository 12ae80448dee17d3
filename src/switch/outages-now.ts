/**
 * Which of the plan's outage treatments are in force, as far as trunks and providers show it: those that begin by themselves.
 */
import type { Clock } from '../kernel/clock.ts'
import type { CompiledPlan, Treatment } from '../plan/compiled.ts'
import { type Failures, isOutage } from '../plan/outages.ts'

/** Trunks register and answer their first probes first. */
const SETTLING_MS = 10_000

interface Watched {
  /** Since when its conditions hold; null while they do not. */
  sinceMs: number | null
  /** Since when they hold no more, while the treatment goes on. */
  overMs: number | null
  inForce: boolean
}

export class OutagesNow {
  private readonly clock: Clock
  private readonly isUp: (trunk: string) => boolean
  private readonly changed: (treatment: Treatment, begun: boolean) => void
  private plan: CompiledPlan
  private watched = new Map<string, Watched>()
  private readonly startedAt: number

  constructor(plan: CompiledPlan, clock: Clock, isUp: (trunk: string) => boolean, changed: (treatment: Treatment, begun: boolean) => void) {
    this.plan = plan
    this.clock = clock
    this.isUp = isUp
    this.changed = changed
    this.startedAt = clock.nowMs()
  }

  /** Another plan: a treatment that is written as before goes on as before. */
  apply(plan: CompiledPlan): void {
    this.plan = plan
  }

  /** Known by what it says: a call may follow an older plan than the one that is watched. */
  inForce(treatment: Treatment | undefined): boolean {
    return treatment !== undefined && this.watched.get(keyOf(treatment))?.inForce === true
  }

  /** Once a second. */
  look(): void {
    const now = this.clock.nowMs()
    if (now - this.startedAt < SETTLING_MS) return
    const failures = this.failures()
    const seen = new Map<string, Watched>()
    for (const treatment of this.plan.outages) {
      if (treatment.confirm.length > 0) continue
      const key = keyOf(treatment)
      const was = this.watched.get(key) ?? { sinceMs: null, overMs: null, inForce: false }
      seen.set(key, this.step(treatment, was, isOutage(this.plan, treatment, failures), now))
    }
    this.watched = seen
  }

  private step(treatment: Treatment, was: Watched, holds: boolean, now: number): Watched {
    if (holds) {
      const sinceMs = was.sinceMs ?? now
      const inForce = was.inForce || now - sinceMs >= treatment.forMs
      if (inForce && !was.inForce) this.changed(treatment, true)
      return { sinceMs, overMs: null, inForce }
    }
    if (!was.inForce) return { sinceMs: null, overMs: null, inForce: false }
    const overMs = was.overMs ?? now
    const goesOn = treatment.returnAfterMs === null || now - overMs < treatment.returnAfterMs
    if (!goesOn) this.changed(treatment, false)
    return goesOn ? { sinceMs: null, overMs, inForce: true } : { sinceMs: null, overMs: null, inForce: false }
  }

  private failures(): Failures {
    // A trunk that is down says nothing certain about its link: links and power are told of once they are measured.
    return { linkDown: () => false, trunkDown: trunk => !this.isUp(trunk), powerLow: () => false }
  }
}

function keyOf(treatment: Treatment): string {
  return `${treatment.text} → ${JSON.stringify(treatment.effect)}`
}
