/** Text → compiled plan, with every problem that reading, compiling and checking find. */
import { type CheckOptions, type CheckReport, check } from './check.ts'
import { compile } from './compile.ts'
import type { CompiledPlan } from './compiled.ts'
import { parsePlan } from './parse.ts'
import { hasErrors, inOrder, type PlanProblem, type PlanText } from './problem.ts'

export interface LoadedPlan {
  /** Null when there is an error among the problems. */
  readonly plan: CompiledPlan | null
  readonly problems: readonly PlanProblem[]
  /** What was proven of it; null when it could not be compiled. */
  readonly report: CheckReport | null
  /** What was read, even when a finding keeps it from being applied. */
  readonly compiled: CompiledPlan | null
}

/** The first file is the plan's main one; `includesOf` says which others it wants. Never throws. */
export function loadPlan(files: readonly PlanText[], revision: number, options: CheckOptions = {}): LoadedPlan {
  const { plan, problems: written } = compile(parsePlan(files), revision)
  if (plan === null) return { plan: null, problems: inOrder(written), report: null, compiled: null }
  const report = check(plan, options)
  // What reading the text has already found is told once, by whichever can show a call.
  const same = (a: PlanProblem, b: PlanProblem): boolean => a.code === b.code && a.place.path === b.place.path
  const problems = inOrder([...written.filter(w => !report.findings.some(f => same(w, f))), ...report.findings])
  return { plan: hasErrors(problems) ? null : plan, problems, report, compiled: plan }
}
