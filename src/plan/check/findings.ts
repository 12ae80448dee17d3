/** Findings as they come, each place and code once; how many other calls meet the same is counted. */
import type { CompiledPlan } from '../compiled.ts'
import { inOrder, type Severity } from '../problem.ts'
import type { ProblemCode } from '../problem-codes.ts'
import type { Finding, Witness } from './finding.ts'

export class Findings {
  private readonly plan: CompiledPlan
  private readonly list = new Map<string, { readonly finding: Finding; readonly odd: number; readonly from: Set<string> }>()

  constructor(plan: CompiledPlan) {
    this.plan = plan
  }

  add(
    code: ProblemCode,
    severity: Severity,
    path: string,
    message: string,
    remedy: string,
    witness?: () => Witness,
    from = '',
    odd = 0,
  ): void {
    const key = `${code}|${path}`
    const known = this.list.get(key)
    if (known !== undefined) {
      known.from.add(from)
      if (odd >= known.odd) return
    }
    const place = this.plan.place(path)
    const finding = { code, severity, place, message, remedy }
    this.list.set(key, {
      finding: witness === undefined ? finding : { ...finding, witness: witness() },
      odd,
      from: known?.from ?? new Set([from]),
    })
  }

  inOrder(): readonly Finding[] {
    return inOrder([...this.list.values()].map(({ finding, from }) => (from.size > 1 ? { ...finding, more: from.size - 1 } : finding)))
  }
}
