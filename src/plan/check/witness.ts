/** Witnesses: made from the way to a flaw, told again through the live decision function. */
import type { CompiledPlan } from '../compiled.ts'
import { enter, next } from '../decide.ts'
import type { Action, Outcome, Reason, Step } from '../decision.ts'
import { zoned } from '../hours.ts'
import type { Witness, WitnessStep } from './finding.ts'
import type { Way } from './flaw.ts'
import { factsIn, type SupposedWorld } from './supposed-world.ts'

export interface ToldStep {
  readonly atMs: number
  /** Local date and time of the office. */
  readonly clock: string
  /** What came of the step before, in words; '' for the first. */
  readonly came: string
  /** What is not well at this moment, in words; '' when all is. */
  readonly world: string
  readonly step: Step
  readonly action: Action
  readonly reasons: readonly Reason[]
}

/** The first step of `way` is the entering. A calendar that turns on the way sets the clock for all of it. */
export function witnessOf(origin: Witness['origin'], dialled: string, atMs: number, way: Way): Witness {
  const steps: WitnessStep[] = []
  let startMs = atMs
  let sinceMs = 0
  for (let w: Way | null = way; w !== null; w = w.next) {
    if (steps.length > 0) sinceMs += w.afterMs
    if (w.atMs !== null) startMs = w.atMs - sinceMs
    steps.push({ world: w.world, afterMs: steps.length === 0 ? 0 : w.afterMs, outcome: steps.length === 0 ? null : w.outcome })
  }
  return { origin, dialled, startMs, steps }
}

/** Plays a witness. Its steps are those of the live decision function at these moments in these worlds. */
export function replayWitness(plan: CompiledPlan, witness: Witness): readonly ToldStep[] {
  const told: ToldStep[] = []
  let atMs = witness.startMs
  let step: Step | null = null
  for (const { world, afterMs, outcome } of witness.steps) {
    atMs += afterMs
    const facts = factsIn(world, atMs)
    step =
      step === null || outcome === null ? enter(plan, facts, witness.origin, witness.dialled) : next(plan, facts, step.position, outcome)
    told.push({
      atMs,
      clock: clockOf(atMs, plan.office.timezone),
      came: outcome === null ? '' : cameOf(outcome),
      world: worldInWords(world),
      step,
      action: step.action,
      reasons: step.reasons,
    })
  }
  return told
}

/** As lines of text, for a terminal. */
export function tellWitness(plan: CompiledPlan, witness: Witness): readonly string[] {
  const out: string[] = []
  let day = ''
  for (const step of replayWitness(plan, witness)) {
    const [date, time] = step.clock.split(' ') as [string, string]
    if (date !== day) out.push(date)
    day = date
    const circumstances = [step.came, step.world].filter(t => t !== '').join('; ')
    if (circumstances !== '') out.push(`${time}  (${circumstances})`)
    step.reasons.forEach((r, i) => {
      out.push(`${i === 0 && circumstances === '' ? time : ' '.repeat(8)}  ${r.text}`)
    })
    out.push(`${' '.repeat(8)}  → ${inShort(step.action)}`)
  }
  return out
}

function clockOf(ms: number, timezone: string): string {
  return zoned(ms, timezone).toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
}

function cameOf(outcome: Outcome): string {
  switch (outcome.was) {
    case 'keys':
      return `the caller presses ${outcome.keys}`
    case 'silence':
      return 'the caller presses nothing'
    case 'failed':
      return `the call fails with ${outcome.status}`
    case 'finished':
      return 'heard to the end'
    case 'no-answer':
      return 'nobody answers'
    case 'waiting':
      return 'while the call waits'
    default:
      return outcome.was
  }
}

const QUEUE_WORDS = { full: 'is full', long: 'would take very long', nobody: 'has nobody logged in' } as const

function worldInWords(world: SupposedWorld): string {
  const words: string[] = []
  const list = (names: readonly (string | number)[]): string =>
    names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
  if (world.away?.length) words.push(`${list(world.away)} away`)
  if (world.busy?.length) words.push(`${list(world.busy)} busy`)
  if (world.trunksDown?.length) words.push(`${list(world.trunksDown)} down`)
  if (world.trunksFull?.length) words.push(`${list(world.trunksFull)} full`)
  for (const [id, how] of Object.entries(world.queues ?? {})) words.push(`the queue ${id} ${QUEUE_WORDS[how]}`)
  for (const [id, how] of Object.entries(world.overrides ?? {})) words.push(`hours '${id}' ${how} by hand`)
  for (const [who, set] of Object.entries(world.forwards ?? {})) words.push(`${who} has set ${forwardInWords(set)}`)
  if (world.treatments?.length) words.push(`outage treatment ${list(world.treatments.map(i => i + 1))} in force`)
  if (world.spent?.length) words.push(`the limit of rule ${list(world.spent.map(i => i + 1))} is reached`)
  return words.join('; ')
}

function forwardInWords(set: NonNullable<SupposedWorld['forwards']>[string]): string {
  if (set.doNotDisturb === true) return 'do not disturb'
  const [when, to] = Object.entries(set)[0] ?? ['', '']
  return `forwarding (${when}) to ${String(to)}`
}

function inShort(action: Action): string {
  switch (action.do) {
    case 'ring':
      return `rings ${action.targets.map(t => t.outside?.number ?? t.account).join(', ') || 'nobody'} for up to ${action.forMs / 1000} s`
    case 'dial-out':
      return `leaves by ${action.attempts.map(a => a.trunk).join(', then ')}`
    case 'announce':
      return `speaks ${action.prompts.join(', ')}`
    case 'menu':
      return `menu ${action.menu}`
    case 'voicemail':
      return `voicemail ${action.box}`
    case 'echo':
      return 'echo test'
    case 'end':
      return `ends (${action.status}${action.prompts.length > 0 ? `, says ${action.prompts.join(', ')}` : ', without a word'})`
  }
}
