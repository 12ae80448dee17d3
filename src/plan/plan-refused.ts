/** The refusal of a plan as an exception for callers at the edge. */
import { type PlanProblem, type PlanText, renderProblems } from './problem.ts'

/** The plan cannot be applied; the message is the rendered list of problems, ready to show. */
export class PlanRefused extends Error {
  readonly problems: readonly PlanProblem[]
  constructor(problems: readonly PlanProblem[], files: readonly PlanText[]) {
    super(renderProblems(problems, files))
    this.problems = problems
  }
}
