/** When something holds, told by the calendars that decide it: "office open", "office open and it is Erlan's turn". */
import type { TimeClass } from '../time-classes.ts'

export interface CalendarState {
  /** 'hours:office', 'rota:support'. */
  readonly calendar: string
  /** 'open', 'closed', or whose turn it is. */
  readonly state: string
}

export type Condition =
  /** All of these. */
  | { readonly is: 'all'; readonly of: readonly CalendarState[] }
  /** It depends on more calendars than a label can hold. */
  | { readonly is: 'sometimes' }

/** What tells the classes of `held` from the others of `seen`; null when it holds in all of them. */
export function conditionOf(classes: readonly TimeClass[], seen: ReadonlySet<number>, held: ReadonlySet<number>): Condition | null {
  if (held.size === seen.size) return null
  const first = classes[held.values().next().value!]!
  const states: CalendarState[] = [...first.states].map(([calendar, state]) => ({ calendar, state }))
  const tells = (chosen: readonly CalendarState[]): boolean => {
    for (const i of seen) if (chosen.every(s => classes[i]!.states.get(s.calendar) === s.state) !== held.has(i)) return false
    return true
  }
  for (const one of states) if (tells([one])) return { is: 'all', of: [one] }
  for (const [i, one] of states.entries())
    for (const two of states.slice(i + 1)) if (tells([one, two])) return { is: 'all', of: [one, two] }
  return tells(states) ? { is: 'all', of: states } : { is: 'sometimes' }
}
