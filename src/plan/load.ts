/** Text → compiled plan, with every problem that reading, compiling and checking find. */
import { check } from './check.ts'
import { compile } from './compile.ts'
import type { CompiledPlan } from './compiled.ts'
import { parsePlan } from './parse.ts'
import { hasErrors, inOrder, type PlanProblem, type PlanText } from './problem.ts'

export interface LoadedPlan {
  /** Null when there is an error among the problems. */
  readonly plan: CompiledPlan | null
  readonly problems: readonly PlanProblem[]
}

/** The first file is the plan's main one; `includesOf` says which others it wants. Never throws. */
export function loadPlan(files: readonly PlanText[], revision: number): LoadedPlan {
  const compiled = compile(parsePlan(files), revision)
  if (compiled.plan === null) return { plan: null, problems: inOrder(compiled.problems) }
  const problems = inOrder([...compiled.problems, ...check(compiled.plan)])
  return { plan: hasErrors(problems) ? null : compiled.plan, problems }
}
