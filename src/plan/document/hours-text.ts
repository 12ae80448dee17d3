/** Opening hours as people write them, read off the compiled calendar: "Mon–Fri 09:00–18:00, Sat 10:00–14:00". */
import { type Hours, zoned } from '../hours.ts'
import type { Say } from './say.ts'

const DAY_MS = 86_400_000
/** A week day that is a holiday this week is looked for in the weeks after. */
const WEEKS = 8

export function weekText(hours: Hours, fromMs: number, say: Say): string {
  const days = Array.from({ length: 7 }, () => null as string | null)
  let date = zoned(fromMs, hours.timezone).toPlainDate()
  for (let n = 0; n < WEEKS * 7 && days.includes(null); n++, date = date.add({ days: 1 })) {
    const d = date.dayOfWeek - 1
    if (days[d] === null) days[d] = dayText(hours, date, say, true)
  }
  const runs: { first: number; last: number; text: string }[] = []
  for (const [d, text] of days.entries()) {
    const last = runs.at(-1)
    if (text !== null && last?.text === text) last.last = d
    else runs.push({ first: d, last: d, text: text ?? say('hours-closed-all') })
  }
  const closed = say('hours-closed-all')
  if (runs.length === 1) return runs[0]!.text
  const open = runs.filter(r => r.text !== closed)
  return (open.length === 0 ? runs : open)
    .map(r => `${say.weekday(r.first)}${r.first === r.last ? '' : `–${say.weekday(r.last)}`} ${r.text}`)
    .join(', ')
}

export interface OddDay {
  readonly dateMs: number
  /** The holiday's name; '' for an exception that the plan makes by itself. */
  readonly name: string
  readonly text: string
}

/** Days on which holidays or exceptions change the week, soonest first. */
export function oddDays(hours: Hours, fromMs: number, most: number, say: Say, daysAhead = 365): readonly OddDay[] {
  const odd: OddDay[] = []
  let date = zoned(fromMs, hours.timezone).toPlainDate()
  for (let n = 0; n < daysAhead && odd.length < most; n++, date = date.add({ days: 1 })) {
    const noon = date.toZonedDateTime(hours.timezone).epochMilliseconds + DAY_MS / 2
    const answer = hours.at(noon)
    if (answer.because === 'week') continue
    odd.push({
      dateMs: noon,
      name: answer.because === 'holiday' ? answer.detail.replace(/ \([^()]*\)$/, '') : '',
      text: dayText(hours, date, say, false) ?? '',
    })
  }
  return odd
}

/** '09:00–18:00'. Null when the day is an odd one and `usual` was asked for. */
function dayText(hours: Hours, date: Temporal.PlainDate, say: Say, usual: boolean): string | null {
  const start = date.toZonedDateTime(hours.timezone).epochMilliseconds
  const end = date.add({ days: 1 }).toZonedDateTime(hours.timezone).epochMilliseconds
  const spans: string[] = []
  for (let at = start; at < end; ) {
    const answer = hours.at(at)
    if (usual && answer.because !== 'week') return null
    const until = Math.min(Math.max(answer.untilMs, at + 1), end)
    if (answer.open && at === start && until === end) return say('hours-all-day')
    if (answer.open) spans.push(`${clock(at, hours)}–${until === end ? '24:00' : clock(until, hours)}`)
    at = until
  }
  return spans.length === 0 ? say('hours-closed-all') : spans.join(', ')
}

function clock(ms: number, hours: Hours): string {
  return zoned(ms, hours.timezone).toPlainTime().toString({ smallestUnit: 'minute' })
}
