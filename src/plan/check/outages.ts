/**
 * RES-02, OUT-06: for every single thing whose failure leaves the office without a trunk, or a site without the outside, the
 * plan says what happens. A treatment is an entry under `outage:`, what the provider does by contract (`on-failure`), or what a
 * department wants done (`if-office-is-cut-off`).
 */
import type { CompiledPlan } from '../compiled.ts'
import type { Failure } from './failures.ts'
import type { Findings } from './findings.ts'

export function outageFindings(plan: CompiledPlan, failures: readonly Failure[], findings: Findings): void {
  if (plan.trunks.size === 0) return
  const single = failures.filter(f => f.kind !== 'pair' && f.trunks.size > 0 && !treated(plan, f))
  const whole = single.filter(f => f.trunks.size === plan.trunks.size)
  const [first] = whole
  if (first !== undefined)
    findings.add(
      'no-outage-treatment',
      'warning',
      first.path,
      `When ${whole.map(f => f.name).join(' or ')} fails, no trunk is left, and the plan does not say where calls go then.`,
      "Write it under 'outage:', for instance { if: all trunks down, then: calls out refused with all-lines-busy }, ask the provider what it does on failure ('on-failure:'), or let a second trunk depend on something else.",
    )
  for (const failure of single) {
    if (failure.kind !== 'site' || whole.includes(failure)) continue
    const lines = Object.entries(plan.source.lines).flatMap(([n, l]) => (l.trunk !== undefined && failure.trunks.has(l.trunk) ? [n] : []))
    if (lines.length === 0) continue
    findings.add(
      'no-outage-treatment',
      'warning',
      failure.path,
      `When ${failure.name} is cut off, its lines (${lines.join(', ')}) are cut too, and the plan does not say where their calls go then.`,
      `Write it under 'outage:', for instance { if: ${failure.name} cut off, then: lines to on-call mobiles }.`,
    )
  }
}

function treated(plan: CompiledPlan, failure: Failure): boolean {
  if ((failure.world.treatments ?? []).length > 0) return true
  if (plan.source.outage.some(o => /all trunks|no trunk/.test(o.if))) return true
  const providers = new Set([...failure.trunks].map(t => plan.source.trunks[t]?.provider))
  for (const id of providers) if (id !== undefined && plan.source.providers[id]?.['on-failure'] !== undefined) return true
  return Object.values(plan.source.departments).some(d => d['if-office-is-cut-off'] !== undefined)
}
