/** Days, dates and hours as a plan writes them. Apart from the schema, so that a switch that restarts reads them without loading it. */

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Minutes since midnight; `to` may be up to 24 h later than `from` (22:00-06:00 runs into the next day). */
export interface Span {
  readonly from: number
  readonly to: number
}

/** '09:00-18:00', '09:00-13:00, 14:00-18:00', 'closed', 'all day' → spans; null when it is none of these. */
export function parseSpans(text: string): readonly Span[] | null {
  const t = text.trim()
  if (t === 'closed') return []
  if (t === 'all day' || t === 'open') return [{ from: 0, to: 1440 }]
  const spans: Span[] = []
  for (const part of t.split(',')) {
    const m = /^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$/.exec(part)
    if (m === null) return null
    const [h1, m1, h2, m2] = [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4])]
    if (h1 > 23 || m1 > 59 || h2 > 24 || m2 > 59 || (h2 === 24 && m2 > 0)) return null
    const from = h1 * 60 + m1
    let to = h2 * 60 + m2
    if (to === from) return null
    if (to < from) to += 1440
    spans.push({ from, to })
  }
  spans.sort((a, b) => a.from - b.from)
  for (let i = 1; i < spans.length; i++) if (spans[i]!.from < spans[i - 1]!.to) return null
  return spans
}

/** 'mon-fri', 'sat', 'mon, wed', 'daily' → weekdays, Monday is 0; null when it is no such key. */
export function parseDays(key: string): readonly number[] | null {
  if (key === 'daily' || key === 'every-day') return [0, 1, 2, 3, 4, 5, 6]
  if (key === 'weekdays') return [0, 1, 2, 3, 4]
  if (key === 'weekend') return [5, 6]
  const days: number[] = []
  for (const part of key.split(',')) {
    const [a, b, more] = part.trim().split('-')
    const first = DAYS.indexOf(a as never)
    const last = b === undefined ? first : DAYS.indexOf(b as never)
    if (first < 0 || last < 0 || more !== undefined) return null
    for (let d = first; ; d = (d + 1) % 7) {
      days.push(d)
      if (d === last) break
    }
  }
  return days
}

/** Whether there is such a day: '2028-02-29'. */
export function isDate(text: string): boolean {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (m === null) return false
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])]
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}

/** '2026-12-28 to 2027-01-08' → its ends, or null when it is no range of days. */
export function parseDayRange(text: string): { readonly first: string; readonly last: string } | null {
  const m = /^(\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2})$/.exec(text.trim())
  if (m === null || !isDate(m[1]!) || !isDate(m[2]!) || m[1]! >= m[2]!) return null
  return { first: m[1]!, last: m[2]! }
}

/** 'works as mon' → the weekday (Monday is 0), 'closed' → itself; null when it is neither. */
export function parseMoved(text: string): number | 'closed' | null {
  if (text.trim() === 'closed') return 'closed'
  const m = /^works as ([a-z]{3})$/.exec(text.trim())
  const day = m === null ? -1 : DAYS.indexOf(m[1] as never)
  return day < 0 ? null : day
}

export interface HandOver {
  /** After how many days the pattern begins anew. */
  readonly everyDays: number
  /** Weekdays of the first week on which it is handed over, Monday is 0; null: each pattern's first day, whichever that is. */
  readonly weekdays: readonly number[] | null
  /** Minutes since midnight, in order. */
  readonly times: readonly number[]
}

/** 'mon 09:00', 'daily 08:00, 20:00', 'mon, thu 09:00', 'every 2 weeks mon 09:00', 'every 3 days 09:00'; null when it is none of these. */
export function parseHandOver(text: string): HandOver | null {
  const m = /^(?:every (\d{1,2}) (days|weeks),? ?)?(daily|(?:[a-z]{3}(?:(?:, ?|-)[a-z]{3})*))? ?(\d{2}:\d{2}(?:, ?\d{2}:\d{2})*)$/.exec(
    text.trim(),
  )
  if (m === null) return null
  const times = m[4]!.split(',').map(t => Number(t.trim().slice(0, 2)) * 60 + Number(t.trim().slice(3)))
  if (m[4]!.split(',').some(t => Number(t.trim().slice(0, 2)) > 23 || Number(t.trim().slice(3)) > 59)) return null
  if (times.some((t, i) => i > 0 && t <= times[i - 1]!)) return null
  const count = m[1] === undefined ? 1 : Number(m[1])
  if (count < 1) return null
  if (m[2] === 'days') return m[3] === undefined ? { everyDays: count, weekdays: null, times } : null
  if (m[3] === undefined) return null
  if (m[3] === 'daily') return m[2] === undefined ? { everyDays: 1, weekdays: null, times } : null
  const weekdays = parseDays(m[3])
  if (weekdays === null || new Set(weekdays).size < weekdays.length) return null
  // Every two weeks on two days: nobody could say which days are meant.
  if (count > 1 && weekdays.length > 1) return null
  return { everyDays: 7 * count, weekdays: [...weekdays].sort((a, b) => a - b), times }
}

/** '2026-12-31 09:00', or '2026-12-31' for its beginning → day and minutes; null when there is no such moment. */
export function parseMoment(text: string): { readonly day: string; readonly minutes: number } | null {
  const m = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2}))?$/.exec(text.trim())
  if (m === null || !isDate(m[1]!)) return null
  const [hour, minute] = [Number(m[2] ?? 0), Number(m[3] ?? 0)]
  return hour > 23 || minute > 59 ? null : { day: m[1]!, minutes: hour * 60 + minute }
}
