/**
 * Is the office open at an instant, and until when: SCH-01. Exact in the site's time zone, also on the days when clocks
 * change and on 29 February. A day is worked out once, then answers are two comparisons.
 */
import type HolidaysLibrary from 'date-holidays'
import { parseDays, parseSpans, type Span } from './schema/calendar-words.ts'

export interface HoursInput {
  readonly days: Readonly<Record<string, string>>
  readonly timezone: string
  readonly holidays: HolidayCalendar | null
  /** '2026-12-31' or '12-31' → spans. */
  readonly except: Readonly<Record<string, string>>
}

export interface HolidayCalendar {
  readonly country: string
  readonly region: string | null
  /** Only holidays whose name holds one of these; null: all public ones. */
  readonly only: readonly string[] | null
  /** Hours on holidays; closed when there are none. */
  readonly hours: readonly Span[]
}

export interface HoursAnswer {
  readonly open: boolean
  /** What decided: the week's hours, a public holiday, or an exception. */
  readonly because: 'week' | 'holiday' | 'exception'
  /** The holiday's name, or the exception's date. */
  readonly detail: string
  /** Epoch ms at which this answer may change (end of the span, or of the day). */
  readonly untilMs: number
}

interface Day {
  readonly startMs: number
  readonly endMs: number
  /** Open from/to, in order, not touching. */
  readonly open: readonly { readonly fromMs: number; readonly toMs: number }[]
  readonly because: HoursAnswer['because']
  readonly detail: string
}

export interface Hours {
  at(ms: number): HoursAnswer
  /** Local date at an instant, '2026-12-31'. */
  dateAt(ms: number): string
  readonly timezone: string
}

export function compileHours(input: HoursInput): Hours {
  const week: (readonly Span[])[] = [[], [], [], [], [], [], []]
  for (const [key, text] of Object.entries(input.days)) for (const d of parseDays(key) ?? []) week[d] = parseSpans(text) ?? []
  const except = new Map(Object.entries(input.except).map(([day, text]) => [day, parseSpans(text) ?? []]))
  const days = new Map<string, Day>()
  let last: Day | null = null

  function spansOf(date: Temporal.PlainDate): {
    readonly spans: readonly Span[]
    readonly because: HoursAnswer['because']
    readonly detail: string
  } {
    const iso = date.toString()
    const own = except.get(iso) ?? except.get(iso.slice(5))
    if (own !== undefined) return { spans: own, because: 'exception', detail: iso }
    const holiday = input.holidays === null ? null : holidayOn(input.holidays, iso)
    if (holiday !== null) return { spans: input.holidays!.hours, because: 'holiday', detail: holiday }
    return { spans: week[date.dayOfWeek - 1]!, because: 'week', detail: '' }
  }

  function workOut(date: Temporal.PlainDate): Day {
    const iso = date.toString()
    const known = days.get(iso)
    if (known !== undefined) return known
    const startMs = date.toZonedDateTime(input.timezone).epochMilliseconds
    const endMs = date.add({ days: 1 }).toZonedDateTime(input.timezone).epochMilliseconds
    const today = spansOf(date)
    const moments: { fromMs: number; toMs: number }[] = []
    const before = date.subtract({ days: 1 })
    for (const span of spansOf(before).spans)
      if (span.to > 1440) moments.push({ fromMs: startMs, toMs: instant(before, span.to, input.timezone) })
    for (const span of today.spans)
      moments.push({ fromMs: instant(date, span.from, input.timezone), toMs: Math.min(endMs, instant(date, span.to, input.timezone)) })
    moments.sort((a, b) => a.fromMs - b.fromMs)
    const open: { fromMs: number; toMs: number }[] = []
    for (const m of moments) {
      const previous = open.at(-1)
      if (m.toMs <= m.fromMs) continue
      if (previous !== undefined && m.fromMs <= previous.toMs) previous.toMs = Math.max(previous.toMs, m.toMs)
      else open.push(m)
    }
    const day: Day = { startMs, endMs, open, because: today.because, detail: today.detail }
    if (days.size > 1_000) days.clear()
    days.set(iso, day)
    return day
  }

  return {
    timezone: input.timezone,
    dateAt: ms => zoned(ms, input.timezone).toPlainDate().toString(),
    at(ms) {
      if (last === null || ms < last.startMs || ms >= last.endMs) last = workOut(zoned(ms, input.timezone).toPlainDate())
      const day = last
      for (const span of day.open) {
        if (ms < span.fromMs) return { open: false, because: day.because, detail: day.detail, untilMs: span.fromMs }
        if (ms < span.toMs) return { open: true, because: day.because, detail: day.detail, untilMs: span.toMs }
      }
      return { open: false, because: day.because, detail: day.detail, untilMs: day.endMs }
    },
  }
}

export function zoned(ms: number, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(timezone)
}

/** Wall-clock `minutes` after midnight of `date` → epoch ms. In a gap the later moment is meant, in a repeated hour the earlier. */
export function instant(date: Temporal.PlainDate, minutes: number, timezone: string): number {
  const day = minutes >= 1440 ? date.add({ days: Math.floor(minutes / 1440) }) : date
  const m = minutes % 1440
  return day.toZonedDateTime({ timeZone: timezone, plainTime: new Temporal.PlainTime(Math.floor(m / 60), m % 60) }).epochMilliseconds
}

/** Days of a year that are public holidays, by country and region: worked out once for the whole process, as they never change. */
const years = new Map<string, ReadonlyMap<string, string>>()

/** What has been worked out so far, to be kept with a revision (`kept-plan.ts`). */
export function holidayYears(): IterableIterator<readonly [string, ReadonlyMap<string, string>]> {
  return years.entries()
}

/** What was kept with a revision: these years need not be worked out, nor the library be loaded for them. */
export function rememberHolidays(key: string, days: Iterable<readonly [string, string]>): void {
  if (!years.has(key)) years.set(key, new Map(days))
}

function holidayOn(calendar: HolidayCalendar, iso: string): string | null {
  const key = `${calendar.country}/${calendar.region ?? ''}/${iso.slice(0, 4)}`
  let year = years.get(key)
  if (year === undefined) {
    year = holidaysOf(calendar.country, calendar.region, Number(iso.slice(0, 4)))
    if (years.size > 500) years.clear()
    years.set(key, year)
  }
  const name = year.get(iso)
  if (name === undefined) return null
  if (calendar.only !== null && !calendar.only.some(part => name.toLowerCase().includes(part.toLowerCase()))) return null
  return name
}

/** The days of two hundred countries are 36 MB in memory: they are loaded when a plan's hours name holidays, and not before. */
let library: typeof HolidaysLibrary | null = null
function holidayLibrary(): typeof HolidaysLibrary {
  if (library === null) {
    const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)
    const loaded = require('date-holidays') as typeof HolidaysLibrary | { readonly default: typeof HolidaysLibrary }
    library = 'default' in loaded ? loaded.default : loaded
  }
  return library
}

export function holidaysOf(country: string, region: string | null, year: number): ReadonlyMap<string, string> {
  const out = new Map<string, string>()
  const Holidays = holidayLibrary()
  const calendar = region === null ? new Holidays(country) : new Holidays(country, region)
  for (const h of calendar.getHolidays(year)) {
    if (h.type !== 'public') continue
    // `date` is local wall time ('2026-03-08 00:00:00', sometimes with an offset); multi-day holidays have later ends.
    const first = Temporal.PlainDate.from(h.date.slice(0, 10))
    const length = Math.max(1, Math.round((h.end.getTime() - h.start.getTime()) / 86_400_000))
    for (let i = 0; i < length && i < 31; i++) {
      const iso = first.add({ days: i }).toString()
      if (!out.has(iso)) out.set(iso, h.name)
    }
  }
  return out
}

export function hasHolidays(country: string): boolean {
  for (const known of years.keys()) if (known.startsWith(`${country}/`)) return true
  const Holidays = holidayLibrary()
  return Object.hasOwn(new Holidays().getCountries(), country)
}
