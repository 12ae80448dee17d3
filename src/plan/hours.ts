/**
 * Is the office open at an instant, and until when: SCH-01. Exact in the site's time zone, also on the days when clocks
 * change and on 29 February. A day is worked out once; after that an answer is a look into a table and two comparisons.
 */
import type HolidaysLibrary from 'date-holidays'
import { parseDayRange, parseDays, parseMoved, parseSpans, type Span } from './schema/calendar-words.ts'
import { dayNumber, isoDay, weekday, type Zone, zoneOf } from './zone.ts'

export interface HoursInput {
  readonly days: Readonly<Record<string, string>>
  readonly timezone: string
  readonly holidays: HolidayCalendar | null
  /** '2026-12-31', '12-31' for every year, or '2026-12-28 to 2027-01-08' → spans. A single day goes before a range, a range before every year's. */
  readonly except: Readonly<Record<string, string>>
  /** '2026-05-16' → 'works as mon' or 'closed': holidays that the state moves. */
  readonly moved?: Readonly<Record<string, string>>
}

export interface HolidayCalendar {
  readonly country: string
  readonly region: string | null
  /** Only holidays whose name holds one of these; null: all public ones. */
  readonly only: readonly string[] | null
  /** Hours on holidays; closed when there are none. */
  readonly hours: readonly Span[]
  /** Hours on a working day before a holiday; null: as on any other. */
  readonly before?: readonly Span[] | null
}

export interface HoursAnswer {
  readonly open: boolean
  /** What decided: the week's hours, a public holiday, or an exception. */
  readonly because: 'week' | 'holiday' | 'exception'
  /** The holiday's name, or the exception's date. */
  readonly detail: string
  /** Epoch ms of the next moment at which another answer holds; more than a year ahead when there is none in sight. */
  readonly untilMs: number
}

export interface Hours {
  /** The answer is shared: whoever asks again within it gets the same object. */
  at(ms: number): HoursAnswer
  /** Local date at an instant, '2026-12-31'. */
  dateAt(ms: number): string
  readonly timezone: string
}

interface Piece {
  readonly open: boolean
  readonly because: HoursAnswer['because']
  readonly detail: string
  untilMs: number
}

/** A day cut into pieces, in order and without gaps; where clocks jump over a whole day it has none. */
interface Day {
  readonly startMs: number
  readonly endMs: number
  readonly pieces: readonly Piece[]
  /** Whether the last piece knows where it ends: perhaps days later. */
  settled: boolean
}

interface Rule {
  readonly spans: readonly Span[]
  readonly because: HoursAnswer['because']
  readonly detail: string
}

/** How far is looked for a change that may never come. */
const AHEAD_DAYS = 400
const KEPT_DAYS = 2_000

export function compileHours(input: HoursInput): Hours {
  const zone = zoneOf(input.timezone)
  const ruleOfDay = rules(input)
  const known = new Map<number, Rule>()
  /** Every day is asked for twice: for itself, and for what runs over midnight. */
  const ruleOf = (day: number): Rule => {
    let rule = known.get(day)
    if (rule === undefined) {
      if (known.size > 8) known.clear()
      known.set(day, (rule = ruleOfDay(day)))
    }
    return rule
  }
  const days = new Map<number, Day>()

  function dayAt(number: number): Day {
    let day = days.get(number)
    if (day === undefined) {
      day = workOut(zone, number, ruleOf)
      if (days.size > KEPT_DAYS) days.clear()
      days.set(number, day)
    }
    return day
  }

  /** Joins the last piece of a day with what follows it, as long as the answer is the same. */
  function settle(number: number, day: Day): void {
    const last = day.pieces.at(-1)!
    const alike: { readonly day: Day; readonly piece: Piece }[] = [{ day, piece: last }]
    let untilMs = day.endMs
    for (let n = number + 1; n < number + AHEAD_DAYS; n++) {
      const next = dayAt(n)
      const first = next.pieces[0]
      if (first === undefined) continue
      if (first.open !== last.open || first.because !== last.because || first.detail !== last.detail) break
      untilMs = first.untilMs
      if (next.pieces.length > 1 || next.settled) break
      alike.push({ day: next, piece: first })
    }
    for (const { day: d, piece } of alike) {
      piece.untilMs = untilMs
      d.settled = true
    }
  }

  return {
    timezone: input.timezone,
    dateAt: ms => isoDay(zone.dayOf(ms)),
    at(ms) {
      const number = zone.dayOf(ms)
      const day = dayAt(number)
      const { pieces } = day
      let i = 0
      while (i < pieces.length - 1 && ms >= pieces[i]!.untilMs) i++
      if (i === pieces.length - 1 && !day.settled) settle(number, day)
      return pieces[i]!
    },
  }
}

/** What decides on a day: an exception, a moved day, a holiday, the day before one, the week. */
function rules(input: HoursInput): (day: number) => Rule {
  const week: (readonly Span[])[] = [[], [], [], [], [], [], []]
  const named = Object.entries(input.days).map(([key, text]) => ({ days: parseDays(key) ?? [], spans: parseSpans(text) ?? [] }))
  // A day of its own goes before a stretch of days: 'mon-fri' and 'wed'.
  for (const { days, spans } of named.sort((a, b) => b.days.length - a.days.length)) for (const d of days) week[d] = spans
  const single = new Map<string, readonly Span[]>()
  const ranges: { readonly first: number; readonly last: number; readonly spans: readonly Span[] }[] = []
  for (const [key, text] of Object.entries(input.except)) {
    const range = parseDayRange(key)
    const spans = parseSpans(text) ?? []
    if (range === null) single.set(key, spans)
    else ranges.push({ first: dayNumber(range.first), last: dayNumber(range.last), spans })
  }
  const moved = new Map(Object.entries(input.moved ?? {}).map(([day, text]) => [day, parseMoved(text)]))
  const { holidays } = input
  const holiday = (day: number): string | null => (holidays === null ? null : holidayOn(holidays, isoDay(day)))
  const closed: readonly Span[] = []

  return day => {
    const iso = isoDay(day)
    const own = single.get(iso) ?? ranges.find(r => day >= r.first && day <= r.last)?.spans ?? single.get(iso.slice(5))
    if (own !== undefined) return { spans: own, because: 'exception', detail: iso }
    const as = moved.get(iso)
    if (as === 'closed') return { spans: closed, because: 'exception', detail: iso }
    if (as === undefined || as === null) {
      const name = holiday(day)
      if (name !== null) return { spans: holidays!.hours, because: 'holiday', detail: name }
    }
    const usual = week[as ?? weekday(day)]!
    const before = holidays?.before ?? null
    if (before !== null && usual.length > 0 && holiday(day + 1) !== null && !moved.has(isoDay(day + 1)))
      return { spans: before, because: 'exception', detail: iso }
    return as === undefined || as === null
      ? { spans: usual, because: 'week', detail: '' }
      : { spans: usual, because: 'exception', detail: iso }
  }
}

function workOut(zone: Zone, number: number, ruleOf: (day: number) => Rule): Day {
  const startMs = zone.startOf(number)
  const endMs = zone.startOf(number + 1)
  const { spans, because, detail } = ruleOf(number)
  const moments: { readonly fromMs: number; readonly toMs: number }[] = []
  for (const span of ruleOf(number - 1).spans)
    if (span.to > 1440) moments.push({ fromMs: startMs, toMs: Math.min(endMs, zone.instant(number, span.to - 1440)) })
  for (const span of spans)
    moments.push({ fromMs: zone.instant(number, span.from), toMs: span.to >= 1440 ? endMs : zone.instant(number, span.to) })
  moments.sort((a, b) => a.fromMs - b.fromMs)
  const pieces: Piece[] = []
  let at = startMs
  const until = (ms: number, open: boolean): void => {
    if (ms <= at) return
    const last = pieces.at(-1)
    if (last?.open === open) last.untilMs = ms
    else pieces.push({ open, because, detail, untilMs: ms })
    at = ms
  }
  for (const { fromMs, toMs } of moments) {
    if (toMs <= fromMs) continue
    until(fromMs, false)
    until(toMs, true)
  }
  until(endMs, false)
  return { startMs, endMs, pieces, settled: pieces.length === 0 }
}

export function zoned(ms: number, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(timezone)
}

/** Wall-clock `minutes` after midnight of `date` → epoch ms. In a gap the later moment is meant, in a repeated hour the earlier. */
export function instant(date: Temporal.PlainDate, minutes: number, timezone: string): number {
  return zoneOf(timezone).instant(dayNumber(date.toString()), minutes)
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
