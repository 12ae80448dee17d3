/**
 * The year ahead, cut where some calendar changes. A call's decisions depend only on the calendars that it asks, so the year is
 * cut for these alone: an office with forty rotas has no forty-fold product of turns.
 */
import type { CompiledPlan } from '../compiled.ts'
import { type Calendar, calendarsOf, timeClasses } from '../time-classes.ts'

interface Turn {
  readonly fromMs: number
  readonly state: string
}

/** A moment that stands for all at which the asked calendars stand like this. */
export interface Moment {
  readonly spans: readonly { readonly fromMs: number; readonly untilMs: number }[]
  readonly atMs: number
  readonly states: ReadonlyMap<string, string>
}

/** What follows a state of some calendars within the year, and the first moment at which it does. */
interface Follows {
  readonly atMs: number
  readonly states: ReadonlyMap<string, string>
}

export class Year {
  readonly fromMs: number
  readonly untilMs: number
  private readonly plan: CompiledPlan
  private readonly turns = new Map<string, readonly Turn[]>()
  private readonly moments = new Map<string, readonly Moment[]>()
  private readonly following = new Map<string, ReadonlyMap<string, readonly Follows[]>>()

  constructor(plan: CompiledPlan, fromMs: number) {
    this.plan = plan
    this.fromMs = fromMs
    this.untilMs = yearAfter(fromMs, plan.office.timezone)
  }

  /** How a calendar stands at a moment of the year. */
  state(key: string, ms: number): string {
    const turns = this.turnsOf(key)
    let low = 0
    let high = turns.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (turns[middle]!.fromMs <= ms) low = middle
      else high = middle - 1
    }
    return turns[low]?.state ?? ''
  }

  /** Moments that stand for all of the year, as far as these calendars go. */
  classes(keys: readonly string[]): readonly Moment[] {
    const name = [...keys].sort().join()
    let known = this.moments.get(name)
    if (known === undefined) {
      const calendars = [...keys].sort().map(key => this.calendar(key))
      known = timeClasses(calendars, this.fromMs, this.untilMs)
      this.moments.set(name, known)
    }
    return known
  }

  /** What can come directly after the way these calendars stand at `ms`. */
  after(keys: readonly string[], ms: number): readonly Follows[] {
    const sorted = [...keys].sort()
    const name = sorted.join()
    let known = this.following.get(name)
    if (known === undefined) this.following.set(name, (known = this.changes(sorted)))
    return known.get(sorted.map(key => this.state(key, ms)).join('|')) ?? []
  }

  private changes(keys: readonly string[]): ReadonlyMap<string, readonly Follows[]> {
    const moments = [...new Set(keys.flatMap(key => this.turnsOf(key).map(t => t.fromMs)))].sort((a, b) => a - b)
    const out = new Map<string, Map<string, Follows>>()
    let before: string | null = null
    for (const atMs of moments) {
      const states = new Map(keys.map(key => [key, this.state(key, atMs)]))
      const now = [...states.values()].join('|')
      if (before !== null && now !== before) {
        let follows = out.get(before)
        if (follows === undefined) out.set(before, (follows = new Map()))
        if (!follows.has(now)) follows.set(now, { atMs, states })
      }
      before = now
    }
    return new Map([...out].map(([state, follows]) => [state, [...follows.values()]]))
  }

  private calendar(key: string): Calendar {
    const turns = this.turnsOf(key)
    let i = 0
    return {
      key,
      at: ms => {
        if (turns[i] === undefined || turns[i]!.fromMs > ms) i = 0
        while (i + 1 < turns.length && turns[i + 1]!.fromMs <= ms) i++
        return { state: turns[i]!.state, untilMs: turns[i + 1]?.fromMs ?? this.untilMs }
      },
    }
  }

  private turnsOf(key: string): readonly Turn[] {
    const known = this.turns.get(key)
    if (known !== undefined) return known
    const [calendar] = calendarsOf(this.plan, [key])
    const turns: Turn[] = []
    if (calendar !== undefined)
      for (let at = this.fromMs; at < this.untilMs; ) {
        const { state, untilMs } = calendar.at(at)
        if (turns.at(-1)?.state !== state) turns.push({ fromMs: at, state })
        at = untilMs > at ? untilMs : at + 60_000
      }
    if (turns.length === 0) turns.push({ fromMs: this.fromMs, state: '' })
    this.turns.set(key, turns)
    return turns
  }
}

function yearAfter(ms: number, timezone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(timezone).add({ years: 1 }).epochMilliseconds
}
