/** Date (RFC 3261 §20.17): RFC 1123 dates, in GMT and nothing else. */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Epoch milliseconds, whole seconds. */
export function parseDate(value: string): Result<number> {
  const m = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (\S+)$/.exec(value)
  const month = m === null ? -1 : MONTHS.indexOf(m[2]!)
  if (m === null || month < 0) return fault('sip-bad-date', 'a date reads Sat, 13 Nov 2010 23:29:00 GMT', 0)
  if (m[7] !== 'GMT') return fault('sip-bad-date', 'the time zone of a Date is always GMT', value.length - m[7]!.length)
  const [day, year, hour, minute, second] = [m[1], m[3], m[4], m[5], m[6]].map(Number) as [number, number, number, number, number]
  const at = Date.UTC(year, month, day, hour, minute, second)
  const d = new Date(at)
  const exact = d.getUTCDate() === day && d.getUTCMonth() === month && d.getUTCHours() === hour && d.getUTCMinutes() === minute
  return exact && year >= 1000 ? ok(at) : fault('sip-bad-date', 'there is no such day or time', 0)
}

export function printDate(epochMs: number): string {
  const d = new Date(epochMs)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${DAYS[d.getUTCDay()]}, ${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${String(d.getUTCFullYear()).padStart(4, '0')}`
  return `${day} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} GMT`
}
