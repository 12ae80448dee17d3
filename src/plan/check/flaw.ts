/** Something wrong that an explored call met, before it is known which calls meet it. */
import type { Outcome } from '../decision.ts'
import type { Severity } from '../problem.ts'
import type { ProblemCode } from '../problem-codes.ts'
import type { SupposedWorld } from './supposed-world.ts'

export interface Flaw {
  readonly code: ProblemCode
  readonly severity: Severity
  /** Where in the plan, as 'groups.sales.on-busy'. */
  readonly path: string
  /** '{call}' stands for the calls that meet it. */
  readonly message: string
  readonly remedy: string
  /** How the call came here from where the flaw was noted; null: at once. */
  readonly way: Way | null
  /** It is one only for callers from outside. */
  readonly outside: boolean
}

/** Steps of a call, from one state on. */
export interface Way {
  readonly world: SupposedWorld
  readonly afterMs: number
  readonly outcome: Outcome
  /** The step happens at exactly this moment, when a calendar turns; null: whenever. */
  readonly atMs: number | null
  readonly next: Way | null
}

export function before(flaw: Flaw, world: SupposedWorld, outcome: Outcome, afterMs: number, atMs: number | null): Flaw {
  return { ...flaw, way: { world, afterMs, outcome, atMs, next: flaw.way } }
}

/** How much has to come together for it: of several calls that show a flaw, the plainest is told. */
export function oddness(way: Way | null): number {
  let odd = 0
  for (let w = way; w !== null; w = w.next) {
    odd += 1 + (w.atMs === null ? 0 : 4)
    for (const part in w.world) odd += ODD[part as keyof SupposedWorld]
  }
  return odd
}

const ODD: Readonly<Record<keyof SupposedWorld, number>> = {
  away: 1,
  busy: 1,
  queues: 2,
  trunksDown: 3,
  trunksFull: 3,
  treatments: 3,
  forwards: 6,
  spent: 6,
  overrides: 20,
}
