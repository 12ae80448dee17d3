/** A revision that was checked when it was applied, compiled again without the findings of `check`: a restarted switch has calls waiting. */
import { compile } from './compile.ts'
import type { CompiledPlan } from './compiled.ts'
import { parsePlan } from './parse.ts'
import { PlanRefused } from './plan-refused.ts'
import type { PlanText } from './problem.ts'

export function appliedPlan(files: readonly PlanText[], revision: number): CompiledPlan {
  const { plan, problems } = compile(parsePlan(files), revision)
  if (plan === null) throw new PlanRefused(problems, files)
  return plan
}
