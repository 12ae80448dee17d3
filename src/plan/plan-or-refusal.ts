/** A plan that may be applied, with the findings of `check`, or the refusal as an exception. */
import type { CompiledPlan } from './compiled.ts'
import { loadPlan } from './load.ts'
import { PlanRefused } from './plan-refused.ts'
import type { PlanProblem, PlanText } from './problem.ts'

/** Throws `PlanRefused` when there is an error; warnings come back with the plan. */
export function planOrRefusal(
  files: readonly PlanText[],
  revision: number,
): { readonly plan: CompiledPlan; readonly problems: readonly PlanProblem[] } {
  const { plan, problems } = loadPlan(files, revision)
  if (plan === null) throw new PlanRefused(problems, files)
  return { plan, problems }
}
