/**
 * What two plans do differently: CHK-04. Behaviour, not text: both are asked the same questions through the one decision
 * function, about every number, line and class of calls, at every time of the year ahead at which either may decide otherwise,
 * with every outcome. What differs alike is told in one sentence, and each sentence has a call that shows it.
 */
import { callsToCompare } from './compare/calls.ts'
import { boundsOf } from './compare/deviations.ts'
import { type Difference, type DifferenceKind, Lockstep, type Looked } from './compare/lockstep.ts'
import { naming } from './compare/naming.ts'
import { PHRASES } from './compare/phrases.ts'
import { type Unchanged, unchanged } from './compare/unchanged.ts'
import { unheard } from './compare/unheard.ts'
import { replay, type WitnessTold } from './compare/witness.ts'
import { sameSentence, sentence, subjectName, subjectOf } from './compare/words.ts'
import type { CompiledPlan, NodeKey } from './compiled.ts'
import { zoned } from './hours.ts'
import type { Language } from './schema/scalars.ts'
import { type Calendar, calendarsOf, type TimeClass, type TimeSpan, timeClasses } from './time-classes.ts'
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

interface Then {
  readonly look: Looked
  readonly spans: readonly TimeSpan[]
}

/**
 * Looks at one moment of each class of time, and only the calendars that were asked divide the time. Looking at a new moment may
 * show that further calendars are asked.
 */
function everyTime(lookAt: (atMs: number) => Looked, years: Years): readonly Then[] {
  const looks: Looked[] = [lookAt(years.fromMs)]
  const asked = new Set(looks[0]!.asked.keys())
  for (;;) {
    const classes = years.classes([...asked])
    const out: Then[] = []
    let missing: TimeClass | null = null
    for (const one of classes) {
      const look = looks.find(l => [...l.asked].every(([calendar, state]) => one.states.get(calendar) === state))
      if (look === undefined) {
        missing = one
        break
      }
      out.push({ look, spans: one.spans })
    }
    if (missing === null) return out
    const look = lookAt(missing.atMs)
    looks.push(look)
    for (const calendar of look.asked.keys()) asked.add(calendar)
  }
}

/** Both plans' calendars over the time compared, cut as far as anybody asks. */
class Years {
  readonly fromMs: number
  readonly untilMs: number
  private readonly calendars: ReadonlyMap<string, Calendar>
  private readonly known = new Map<string, readonly TimeClass[]>()

  constructor(before: CompiledPlan, after: CompiledPlan, fromMs: number, untilMs: number) {
    this.fromMs = fromMs
    this.untilMs = untilMs
    const side = (name: string, plan: CompiledPlan): [string, Calendar][] =>
      calendarsOf(plan).map(c => [`${name} ${c.key}`, { key: `${name} ${c.key}`, at: (ms: number) => c.at(ms) }])
    this.calendars = new Map([...side('before', before), ...side('after', after)])
  }

  classes(keys: readonly string[]): readonly TimeClass[] {
    const sorted = [...keys].sort()
    const name = sorted.join('\n')
    let classes = this.known.get(name)
    if (classes === undefined) {
      classes = timeClasses(
        sorted.map(key => this.calendars.get(key)!),
        this.fromMs,
        this.untilMs,
      )
      this.known.set(name, classes)
    }
    return classes
  }

  /** Hours that somebody's hand may bring where the calendar never does. */
  byHand(): ReadonlyMap<string, readonly ('open' | 'closed')[]> {
    const out = new Map<string, readonly ('open' | 'closed')[]>()
    for (const key of this.calendars.keys()) {
      if (!key.startsWith('before hours:')) continue
      const states = new Set(this.classes([key]).map(c => c.states.get(key)))
      const never = (['open', 'closed'] as const).filter(s => !states.has(s))
      if (never.length > 0) out.set(key.slice('before hours:'.length), never)
    }
    return out
  }
}

function united(lists: readonly (readonly TimeSpan[])[]): readonly TimeSpan[] {
  if (lists.length === 1) return lists[0]!
  const all = lists.flat().sort((a, b) => a.fromMs - b.fromMs)
  const out: { fromMs: number; untilMs: number }[] = []
  for (const span of all) {
    const last = out.at(-1)
    if (last !== undefined && span.fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, span.untilMs)
    else out.push({ ...span })
  }
  return out
}

function covers(spans: readonly TimeSpan[], whole: readonly TimeSpan[]): boolean {
  return whole.every(w => spans.some(s => s.fromMs <= w.fromMs && s.untilMs >= w.untilMs))
}

/** The name of a public holiday that some hours of the plans keep. */
function holidaysOf(before: CompiledPlan, after: CompiledPlan): (date: string) => string | null {
  const known = new Map<string, string | null>()
  return date => {
    let name = known.get(date)
    if (name === undefined) {
      name = null
      for (const hours of [...before.hours.values(), ...after.hours.values()]) {
        const noon = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: hours.timezone, plainTime: '12:00' }).epochMilliseconds
        const answer = hours.at(noon)
        if (answer.because === 'holiday') name = answer.detail
      }
      known.set(date, name)
    }
    return name
  }
}

export { subjectName }
