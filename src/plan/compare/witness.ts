/** The call that shows a difference, told for both plans. It is played again through the decision function, not remembered. */
import type { CompiledPlan, NodeKey } from '../compiled.ts'
import { decode } from '../decide/journey.ts'
import { enter, next } from '../decide.ts'
import type { Step } from '../decision.ts'
import { reasonText } from '../reasons.ts'
import type { Language } from '../schema/scalars.ts'
import { momentWords } from '../time-words.ts'
import { tookMs, type Witness } from './lockstep.ts'
import type { Naming } from './naming.ts'
import { PHRASES } from './phrases.ts'
import { type Side, SupposedPlan } from './supposed.ts'
import { otherwiseWords } from './words.ts'

export interface WitnessTold {
  readonly from: string
  readonly to: string
  readonly atMs: number
  /** In the office's time. */
  readonly at: string
  /** What comes of each step until the plans part. */
  readonly outcomes: readonly string[]
  /** What is supposed of the world at the last step, '' for nothing. */
  readonly while: string
  /** Reasons of each plan's last step. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** Where each plan has the call then. */
  readonly places: { readonly before: NodeKey; readonly after: NodeKey }
}

export function replay(before: CompiledPlan, after: CompiledPlan, names: Naming, witness: Witness, language: Language): WitnessTold {
  const last = {
    before: playReal(new SupposedPlan(before, 'before', null), 'before', witness),
    after: playReal(new SupposedPlan(after, 'after', names), 'after', witness),
  }
  const told = (step: Step): readonly string[] => step.reasons.map(r => reasonText(r, language))
  return {
    from: witness.call.from,
    to: witness.call.dialled,
    atMs: witness.atMs,
    at: momentWords(witness.atMs, after.office.timezone, language),
    outcomes: witness.path.map(p => (p.outcome.was === 'keys' ? `key ${p.outcome.keys}` : p.outcome.was)),
    while: witness.supposed === null ? '' : otherwiseWords(witness.supposed.otherwise, PHRASES[language], { before, after }),
    before: told(last.before),
    after: told(last.after),
    places: { before: decode(last.before.position).n, after: decode(last.after.position).n },
  }
}

/** With calendars that go on, so that the reasons name true times; unless the call would outlast the moment it stands for. */
function playReal(one: SupposedPlan, side: Side, witness: Witness): Step {
  const still = play(one, side, witness, one.plan)
  const real = play(one, side, witness, one.original)
  return decode(real.position).n === decode(still.position).n && real.action.do === still.action.do ? real : still
}

/** The step at which the plans part, in one of them. */
export function play(one: SupposedPlan, side: Side, witness: Witness, plan = one.plan): Step {
  one.atMs = witness.atMs
  const last = witness.path.length
  one.supposed = last === 0 ? (witness.supposed?.supposed ?? {}) : {}
  let step = enter(plan, one.factsAt(witness.atMs), witness.call.origin(side), witness.call.dialled)
  let atMs = witness.atMs
  for (const [i, { outcome }] of witness.path.entries()) {
    atMs += tookMs(step.action, outcome)
    one.supposed = i === last - 1 ? (witness.supposed?.supposed ?? {}) : {}
    step = next(plan, one.factsAt(atMs), step.position, outcome)
  }
  return step
}
