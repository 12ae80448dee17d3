/**
 * Whether the failures that are seen now are an outage that the plan speaks of. The live exchange asks it of its links, trunks and
 * power, the simulator of what is supposed; whether a treatment is then in force also needs its time and its confirmation.
 */
import { unreachable as impossible } from '../kernel/result.ts'
import type { CompiledPlan, OutageCondition, Treatment } from './compiled.ts'

export interface Failures {
  linkDown(link: string): boolean
  /** For whatever reason; a trunk whose link is down need not be named. */
  trunkDown(trunk: string): boolean
  /** The UPS is on battery and nearly empty. */
  powerLow(ups: string): boolean
}

/** All conditions of the treatment hold. */
export function isOutage(plan: CompiledPlan, treatment: Treatment, failures: Failures): boolean {
  return treatment.conditions.every(condition => holds(plan, condition, failures))
}

/** A trunk that cannot carry calls because it, or the link under it, has failed. */
export function trunkFailed(plan: CompiledPlan, id: string, failures: Failures): boolean {
  const link = plan.trunks.get(id)?.link ?? null
  return failures.trunkDown(id) || (link !== null && failures.linkDown(link))
}

function holds(plan: CompiledPlan, condition: OutageCondition, failures: Failures): boolean {
  const allDown = (links: readonly string[]): boolean => links.length > 0 && links.every(link => failures.linkDown(link))
  const allFailed = (trunks: readonly string[]): boolean => trunks.length > 0 && trunks.every(id => trunkFailed(plan, id, failures))
  switch (condition.is) {
    case 'link-down':
      return failures.linkDown(condition.link)
    case 'trunk-down':
      return trunkFailed(plan, condition.trunk, failures)
    case 'provider-down':
      return allFailed([...plan.trunks.keys()].filter(id => plan.source.trunks[id]?.provider === condition.provider))
    case 'site-cut-off':
      return allDown(plan.sites.get(condition.site)?.links ?? [])
    case 'office-cut-off':
      return allDown(Object.keys(plan.source.links))
    case 'all-trunks-down':
      return allFailed([...plan.trunks.keys()])
    case 'power-low':
      return failures.powerLow(condition.ups)
    default:
      return impossible(condition)
  }
}
