/** The time compared, cut only where a calendar changes that somebody asks. */
import type { CompiledPlan } from '../compiled.ts'
import { type Calendar, calendarsOf, type TimeClass, type TimeSpan, timeClasses } from '../time-classes.ts'

interface Then<L> {
  readonly look: L
  readonly spans: readonly TimeSpan[]
}

/**
 * Looks at one moment of each class of time, and only the calendars that were asked divide the time. Looking at a new moment may
 * show that further calendars are asked.
 */
export function everyTime<L extends { readonly asked: ReadonlyMap<string, string> }>(
  lookAt: (atMs: number) => L,
  years: Years,
): readonly Then<L>[] {
  const looks: L[] = [lookAt(years.fromMs)]
  const asked = new Set(looks[0]!.asked.keys())
  for (;;) {
    const classes = years.classes([...asked])
    const out: Then<L>[] = []
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
export class Years {
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

/** All of these spans as one list. */
export function united(lists: readonly (readonly TimeSpan[])[]): readonly TimeSpan[] {
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

/** The name of a public holiday that some hours of the plans keep. */
export function holidaysOf(before: CompiledPlan, after: CompiledPlan): (date: string) => string | null {
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
