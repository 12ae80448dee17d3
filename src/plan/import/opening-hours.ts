/** Opening hours as people write them in a cell: 'mon-fri 09:00-18:00, sat 10-14', 'пн-пт 9:00-18:00; сб 10:00-14:00', '24/7'. */
import { parseDays, parseSpans } from '../schema/calendar-words.ts'

const DAY: Readonly<Record<string, string>> = {
  пн: 'mon',
  вт: 'tue',
  ср: 'wed',
  чт: 'thu',
  пт: 'fri',
  сб: 'sat',
  вс: 'sun',
  дс: 'mon',
  сс: 'tue',
  бс: 'thu',
  жм: 'fri',
  жс: 'sun',
  monday: 'mon',
  tuesday: 'tue',
  wednesday: 'wed',
  thursday: 'thu',
  friday: 'fri',
  saturday: 'sat',
  sunday: 'sun',
  будни: 'weekdays',
  выходные: 'weekend',
  ежедневно: 'daily',
  daily: 'daily',
  weekdays: 'weekdays',
  weekend: 'weekend',
}
const ALWAYS = /^(?:24 ?[/x] ?7|always|open|круглосуточно|всегда|тәулік бойы)$/i

/** Days → hours; 'always' when it never closes; null when it cannot be read. */
export function openingHours(text: string): Readonly<Record<string, string>> | 'always' | null {
  const whole = text.trim().toLowerCase()
  if (ALWAYS.test(whole)) return 'always'
  const out: Record<string, string> = {}
  let days = 'daily'
  // A part without days goes on with the days before it: 'mon-fri 09:00-13:00, 14:00-18:00'.
  for (const part of whole.split(/[;,\n]/).map(p => p.trim())) {
    if (part === '') continue
    const m = /^(?:([\p{L} .-]+?)\.?:? +)?((?:с )?\d.*)$/u.exec(part)
    if (m === null) return null
    if (m[1] !== undefined) {
      const named = daysOf(m[1])
      if (named === null) return null
      days = named
    }
    const span = spanOf(m[2]!)
    if (span === null) return null
    out[days] = out[days] === undefined ? span : `${out[days]}, ${span}`
  }
  if (Object.values(out).some(spans => parseSpans(spans) === null)) return null
  const seen = new Set<number>()
  for (const key of Object.keys(out))
    for (const day of parseDays(key)!) {
      if (seen.has(day)) return null
      seen.add(day)
    }
  return Object.keys(out).length === 0 ? null : out
}

function daysOf(text: string): string | null {
  const key = text
    .split('-')
    .map(day => {
      const d = day.trim().replace(/\.$/, '')
      return DAY[d] ?? d
    })
    .join('-')
  return parseDays(key) === null ? null : key
}

/** '9-18', '9.00 – 18.00', 'с 9 до 18' → '09:00-18:00' */
function spanOf(text: string): string | null {
  const m = /^(?:с )?(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|до|to)\s*(\d{1,2})(?:[:.](\d{2}))?$/.exec(text.trim())
  if (m === null) return null
  const span = `${m[1]!.padStart(2, '0')}:${m[2] ?? '00'}-${m[3]!.padStart(2, '0')}:${m[4] ?? '00'}`
  return parseSpans(span) === null ? null : span
}
