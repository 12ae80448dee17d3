/**
 * What two plans do differently: CHK-04. Behaviour, not text: both are asked the same questions through the one decision
 * function, about every number, line and class of calls, at every time of the year ahead at which either may decide otherwise,
 * with every outcome. What differs alike is told in one sentence, and each sentence has a call that shows it.
 */
import { callsToCompare } from './compare/calls.ts'
import { boundsOf } from './compare/deviations.ts'
import { type Difference, type DifferenceKind, Lockstep } from './compare/lockstep.ts'
import { naming } from './compare/naming.ts'
import { PHRASES } from './compare/phrases.ts'
import { mayReach, type Unchanged, unchanged } from './compare/unchanged.ts'
import { unheard } from './compare/unheard.ts'
import { replay, type WitnessTold } from './compare/witness.ts'
import { sameSentence, sentence, subjectOf } from './compare/words.ts'
import { everyTime, holidaysOf, united, Years } from './compare/years.ts'
import type { CompiledPlan, NodeKey } from './compiled.ts'
import { zoned } from './hours.ts'
import type { Language } from './schema/scalars.ts'
import type { TimeSpan } from './time-classes.ts'
import { describeSpans } from './time-words.ts'

export interface CompareOptions {
  /** The time compared: from here a year ahead, unless said otherwise. */
  readonly fromMs: number
  readonly untilMs?: number
  readonly language?: Language
  /** Plays also what cannot have changed. */
  readonly everything?: boolean
}

const EVERYTHING: Unchanged = { rules: false, place: () => false }

export interface BehaviourChange {
  /** One sentence. */
  readonly text: string
  readonly kind: DifferenceKind | 'telephone' | 'trunk' | 'keeping' | 'rights' | 'on-demand'
  /** The first of `subjects`. */
  readonly subject: string
  /** All that it concerns: 'line:+7727…', 'number:201', 'calls:mobile', or a place of the plan. */
  readonly subjects: readonly string[]
  /** Times in words, '' for always. */
  readonly when: string
  /** A call that goes otherwise; null for what is no matter of a call's way. */
  readonly witness: WitnessTold | null
}

export interface Comparison {
  readonly changes: readonly BehaviourChange[]
  /** Pairs of decisions that were compared. */
  readonly situations: number
}

export function compareBehaviour(before: CompiledPlan, after: CompiledPlan, options: CompareOptions): Comparison {
  const language = options.language ?? 'en'
  const { fromMs } = options
  const timezone = after.office.timezone
  const untilMs = options.untilMs ?? zoned(fromMs, timezone).add({ years: 1 }).epochMilliseconds
  const names = naming(before, after)
  const years = new Years(before, after, fromMs, untilMs)
  const lockstep = new Lockstep(before, after, names, boundsOf(before, after, names, years.byHand()))
  const found = new Map<number, Set<readonly TimeSpan[]>>()
  const reached = new Map<NodeKey, Set<readonly TimeSpan[]>>()
  const add = <K>(map: Map<K, Set<readonly TimeSpan[]>>, key: K, spans: readonly TimeSpan[]): void => {
    const known = map.get(key)
    if (known === undefined) map.set(key, new Set([spans]))
    else known.add(spans)
  }
  for (const call of callsToCompare(before, after, names, options.everything === true ? EVERYTHING : unchanged(before, after)))
    for (const { look, spans } of everyTime(atMs => lockstep.compare(call, atMs), years)) {
      for (const index of look.found) add(found, index, spans)
      for (const place of look.places) add(reached, place, spans)
    }

  const plans = { before, after }
  const holiday = holidaysOf(before, after)
  // What holds when all is well is not told again for special cases.
  const general = new Set(lockstep.differences.filter(d => d.otherwise === null).map(generalMark))
  const byLine = new Set(lockstep.differences.filter(d => d.subject.is === 'call' && d.subject.call.is === 'line').map(lineMark))
  const groups = new Map<string, { readonly list: Difference[]; readonly when: string }>()
  for (const [index, difference] of lockstep.differences.entries()) {
    if (difference.otherwise !== null && general.has(generalMark(difference))) continue
    // A line called from inside goes where it goes from outside.
    if (difference.subject.is === 'call' && difference.subject.call.is === 'number' && byLine.has(lineMark(difference))) continue
    const spans = united([...(found.get(index) ?? [])])
    const always =
      difference.subject.is === 'place'
        ? covers(spans, united([...(reached.get(difference.subject.key) ?? [])]))
        : covers(spans, [{ fromMs, untilMs }])
    const when = always ? '' : describeSpans(spans, timezone, language, { fromMs, untilMs, holiday })
    const key = sameSentence(difference, when, language, plans)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { list: [difference], when })
    else group.list.push(difference)
  }
  const changes = [...groups.values()].map(({ list, when }): BehaviourChange => {
    const subjects = [...new Set(list.map(d => subjectOf(d.subject)))]
    return {
      text: sentence(list, when, language, plans),
      kind: list[0]!.kind,
      subject: subjects[0]!,
      subjects,
      when,
      witness: replay(before, after, names, list[0]!.witness, language),
    }
  })
  return { changes: [...changes, ...unheard(before, after, names, language)], situations: lockstep.situations }
}

/** "No change in behaviour." */
export function noChange(language: Language): string {
  return PHRASES[language].none
}

function lineMark(d: Difference): string {
  const number = d.subject.is === 'call' && (d.subject.call.is === 'line' || d.subject.call.is === 'number') ? d.subject.call.number : ''
  return JSON.stringify([d.kind, number, d.before, d.after, d.otherwise])
}

function generalMark(d: Difference): string {
  return JSON.stringify([d.kind, subjectOf(d.subject), d.before, d.after])
}

/**
 * Who comes to a place of a plan in the year ahead, and when: 'line:+7727…' and 'number:201' with their times. The plan is
 * compared with itself, so that these are the calls by which differences are found.
 */
export function whoReaches(plan: CompiledPlan, place: NodeKey, fromMs: number): ReadonlyMap<string, readonly TimeSpan[]> {
  const untilMs = zoned(fromMs, plan.office.timezone).add({ years: 1 }).epochMilliseconds
  const names = naming(plan, plan)
  const years = new Years(plan, plan, fromMs, untilMs)
  const lockstep = new Lockstep(plan, plan, names, boundsOf(plan, plan, names, new Map()))
  const out = new Map<string, readonly TimeSpan[]>()
  const may = mayReach(plan, place)
  for (const call of callsToCompare(plan, plan, names, { rules: true, place: key => key === undefined || !may.has(key) })) {
    if (call.about.is !== 'line' && call.about.is !== 'number') continue
    const subject = subjectOf({ is: 'call', call: call.about })
    for (const { look, spans } of everyTime(atMs => lockstep.compare(call, atMs), years))
      if (look.places.has(place)) out.set(subject, united([out.get(subject) ?? [], spans]))
  }
  return out
}

function covers(spans: readonly TimeSpan[], whole: readonly TimeSpan[]): boolean {
  return whole.every(w => spans.some(s => s.fromMs <= w.fromMs && s.untilMs >= w.untilMs))
}
