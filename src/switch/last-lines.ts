/** By which of our lines each client last spoke with us (OUT-01): kept for plans with a rule that shows it. */
import type { CallState } from '../call/call-state.ts'
import type { CompiledPlan } from '../plan/compiled.ts'

export interface KeptLines {
  get(number: string): string | undefined
  set(number: string, line: string): void
}

export class LastLines {
  private readonly kept: KeptLines
  private wanted: boolean

  constructor(plan: CompiledPlan, kept: KeptLines) {
    this.kept = kept
    this.wanted = shows(plan)
  }

  apply(plan: CompiledPlan): void {
    this.wanted = shows(plan)
  }

  /** E.164 → the line, in E.164. */
  of(number: string): string | null {
    return this.wanted ? (this.kept.get(number) ?? null) : null
  }

  changed(before: CallState | null, after: CallState): void {
    if (!this.wanted || after.direction !== 'in' || after.bridgedAt === null || before === null || before.bridgedAt !== null) return
    const { from, to } = after
    if (from.number.startsWith('+') && to.number.startsWith('+') && this.kept.get(from.number) !== to.number)
      this.kept.set(from.number, to.number)
  }
}

function shows(plan: CompiledPlan): boolean {
  return plan.outgoing.some(rule => rule.shows === 'last-line')
}
