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
