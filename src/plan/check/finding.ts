/** What the check found: a problem of the plan, and where a call shows it, that call step by step. */
import type { Origin, Outcome } from '../decision.ts'
import type { PlanProblem } from '../problem.ts'
import type { SupposedWorld } from './supposed-world.ts'

export interface Finding extends PlanProblem {
  readonly witness?: Witness
  /** How many other lines and numbers lead to the same. */
  readonly more?: number
}

/** A call that shows a finding. Plain data: `replayWitness` tells it again, step by step. */
export interface Witness {
  readonly origin: Origin
  readonly dialled: string
  readonly startMs: number
  /** The first step enters the call; each further one is what came of the step before, so long after it began. */
  readonly steps: readonly WitnessStep[]
}

export interface WitnessStep {
  readonly world: SupposedWorld
  readonly afterMs: number
  /** Null for the first. */
  readonly outcome: Outcome | null
}
