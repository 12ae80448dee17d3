/**
 * Spans of time in words: "Mon-Fri 09:00-18:00", "Saturdays 14:00-18:00", "on 31 Dec 2026 13:00-18:00".
 * What comes back every week is said once; days that differ are named, holidays as such when they can be told.
 */
import { zoned } from './hours.ts'
import type { Language } from './schema/scalars.ts'
import type { TimeSpan } from './time-classes.ts'

export interface SpanOptions {
  /** The time that was looked at; what fills it is "at any time". Else from the first span to the end of the last. */
  readonly fromMs?: number
  readonly untilMs?: number
  /** The name of the holiday on a local date ('2026-12-16'), or null. */
  readonly holiday?: (date: string) => string | null
}

const DAY_MS = 86_400_000
const MOST_NAMED = 4

/** A span as it recurs: weekday and time of its beginning, days until its end, and the time of that. */
interface Shape {
  readonly day: number
  readonly from: number
  readonly days: number
  readonly to: number
}

interface Placed extends Shape {
  readonly date: Temporal.PlainDate
  readonly fromMs: number
  readonly untilMs: number
}

/** `spans` in order, not touching. */
export function describeSpans(spans: readonly TimeSpan[], timezone: string, language: Language, options: SpanOptions = {}): string {
  const w = WORDS[language]
  const first = spans[0]
  const last = spans.at(-1)
  if (first === undefined || last === undefined) return w.never
  const fromMs = options.fromMs ?? first.fromMs
  const untilMs = options.untilMs ?? last.untilMs
  if (spans.length === 1 && first.fromMs <= fromMs && first.untilMs >= untilMs) return w.always
  const placed = spans.map(s => place(s, timezone))
  const weekly = regular(placed, fromMs, untilMs)
  // What the edges of the time looked at have cut looks odd and is not.
  const cut = (s: Placed): boolean => weekly.size > 0 && s.days < 7 && (s.fromMs <= fromMs || s.untilMs >= untilMs)
  const odd = placed.filter(s => !weekly.has(shapeKey(s)) && !cut(s))
  if (weekly.size === 0) return listed(odd, fromMs, untilMs, timezone, language)

  const missing = missingDays(weekly, placed, fromMs, untilMs, timezone)
  const parts = [week([...weekly.values()], language)]
  const { holiday } = options
  // A holiday makes spans longer or shorter on its own day and the one before.
  const near = (date: Temporal.PlainDate, days: number): boolean => {
    if (holiday === undefined) return false
    for (let i = 0; i <= Math.min(days, 10); i++) if (holiday(date.add({ days: i }).toString()) !== null) return true
    return false
  }
  const oddDays = odd.filter(s => !near(s.date, s.days))
  const missingOwn = missing.filter(date => !near(date, 1) && !odd.some(s => covers(s, date)))
  if (odd.some(s => near(s.date, s.days))) parts.push(w.andHolidays)
  else if (missing.some(date => near(date, 0))) parts.push(w.exceptHolidays)
  if (oddDays.length > 0) parts.push(w.and + listed(oddDays, fromMs, untilMs, timezone, language))
  if (missingOwn.length > 0) parts.push(w.except + dates(missingOwn, language))
  return parts.join(', ').replaceAll(`, ${w.and}`, ` ${w.and}`).replaceAll(`, ${w.andHolidays}`, ` ${w.andHolidays}`)
}

/** '28 Nov 2026 15:00' in the zone's time, with the weekday: "Sat 28 Nov 2026 15:00". */
export function momentWords(ms: number, timezone: string, language: Language): string {
  const z = zoned(ms, timezone)
  return `${WORDS[language].days[z.dayOfWeek - 1]} ${dateWords(z.toPlainDate(), language)} ${time(z.hour * 60 + z.minute)}`
}

function place(span: TimeSpan, timezone: string): Placed {
  const from = zoned(span.fromMs, timezone)
  const to = zoned(span.untilMs, timezone)
  let end = to.toPlainDate()
  let minutes = to.hour * 60 + to.minute
  const date = from.toPlainDate()
  if (minutes === 0 && Temporal.PlainDate.compare(end, date) > 0) {
    end = end.subtract({ days: 1 })
    minutes = 1440
  }
  return {
    day: from.dayOfWeek - 1,
    from: from.hour * 60 + from.minute,
    days: date.until(end, { largestUnit: 'days' }).days,
    to: minutes,
    date,
    fromMs: span.fromMs,
    untilMs: span.untilMs,
  }
}

function shapeKey(s: Shape): string {
  return `${s.day} ${s.from} ${s.days} ${s.to}`
}

/** Shapes that come back in most of the weeks. */
function regular(placed: readonly Placed[], fromMs: number, untilMs: number): ReadonlyMap<string, Shape> {
  const weeks = (untilMs - fromMs) / (7 * DAY_MS)
  const counts = new Map<string, { shape: Shape; count: number }>()
  if (weeks < 2) return new Map()
  for (const s of placed) {
    if (s.days >= 7) continue
    const known = counts.get(shapeKey(s))
    if (known === undefined) counts.set(shapeKey(s), { shape: s, count: 1 })
    else known.count++
  }
  return new Map([...counts].filter(([, c]) => c.count >= 0.6 * weeks).map(([key, c]) => [key, c.shape]))
}

/** Days on which something regular did not begin. */
function missingDays(
  weekly: ReadonlyMap<string, Shape>,
  placed: readonly Placed[],
  fromMs: number,
  untilMs: number,
  timezone: string,
): readonly Temporal.PlainDate[] {
  const begun = new Set(placed.map(s => `${s.date.toString()} ${shapeKey(s)}`))
  const out: Temporal.PlainDate[] = []
  const last = zoned(untilMs, timezone).toPlainDate()
  // The first and the last day may be cut.
  for (
    let date = zoned(fromMs, timezone).toPlainDate().add({ days: 1 });
    Temporal.PlainDate.compare(date, last) < 0;
    date = date.add({ days: 1 })
  )
    for (const [key, shape] of weekly)
      if (
        shape.day === date.dayOfWeek - 1 &&
        !begun.has(`${date.toString()} ${key}`) &&
        Temporal.PlainDate.compare(date.add({ days: shape.days }), last) < 0
      ) {
        out.push(date)
        break
      }
  return out
}

function covers(s: Placed, date: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(s.date, date) <= 0 && Temporal.PlainDate.compare(s.date.add({ days: s.days }), date) >= 0
}

/** "Mon-Fri 09:00-18:00, Sat 10:00-14:00". */
function week(shapes: readonly Shape[], language: Language): string {
  const w = WORDS[language]
  const byTimes = new Map<string, number[]>()
  const sorted = [...shapes].sort((a, b) => a.day - b.day || a.from - b.from)
  const perDay = new Map<number, string[]>()
  for (const s of sorted) {
    const end = s.days <= 1 && (s.days === 0 || s.to <= s.from) ? time(s.to) : `${w.days[(s.day + s.days) % 7]} ${time(s.to)}`
    perDay.set(s.day, [...(perDay.get(s.day) ?? []), `${time(s.from)}-${end}`])
  }
  for (const [day, times] of perDay) {
    const text = times.join(w.andTimes)
    byTimes.set(text, [...(byTimes.get(text) ?? []), day])
  }
  if (byTimes.size === 1 && perDay.size === 1) {
    const [day] = perDay.keys()
    return `${w.onDays[day!]} ${[...byTimes.keys()][0]}`
  }
  return [...byTimes].map(([times, days]) => `${dayList(days, w)} ${times}`).join(', ')
}

function dayList(days: readonly number[], w: Words): string {
  if (days.length === 7) return w.daily
  const runs: [number, number][] = []
  for (const d of days) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] === d - 1) run[1] = d
    else runs.push([d, d])
  }
  return runs.map(([a, b]) => (a === b ? w.days[a]! : b === a + 1 ? `${w.days[a]}, ${w.days[b]}` : `${w.days[a]}-${w.days[b]}`)).join(', ')
}

/** Spans that do not recur, by date; many of them by their number and the first. */
function listed(spans: readonly Placed[], fromMs: number, untilMs: number, timezone: string, language: Language): string {
  const w = WORDS[language]
  const one = (s: Placed): string => {
    const open = s.untilMs >= untilMs && s.untilMs - s.fromMs > DAY_MS
    if (open && s.fromMs <= fromMs) return w.always
    if (open) return w.since.replace('{date}', moment(s.fromMs, timezone, language))
    if (s.fromMs <= fromMs && s.days > 0) return w.until.replace('{date}', moment(s.untilMs, timezone, language))
    if (s.days === 0 || (s.days === 1 && s.to <= s.from))
      return s.from === 0 && s.to === 1440 && s.days === 0
        ? w.onDate.replace('{date}', dateWords(s.date, language))
        : `${w.onDate.replace('{date}', dateWords(s.date, language))} ${time(s.from)}-${time(s.to)}`
    return w.fromTo.replace('{from}', moment(s.fromMs, timezone, language)).replace('{to}', moment(s.untilMs, timezone, language))
  }
  if (spans.length <= MOST_NAMED) return spans.map(one).join(', ')
  return w.times.replace('{count}', String(spans.length)).replace('{first}', one(spans[0]!))
}

function dates(list: readonly Temporal.PlainDate[], language: Language): string {
  const w = WORDS[language]
  const named = list.slice(0, MOST_NAMED).map(d => dateWords(d, language))
  const more = list.length - named.length
  return named.join(', ') + (more > 0 ? w.more.replace('{count}', String(more)) : '')
}

function moment(ms: number, timezone: string, language: Language): string {
  const z = zoned(ms, timezone)
  const date = dateWords(z.toPlainDate(), language)
  return z.hour === 0 && z.minute === 0 ? date : `${date} ${time(z.hour * 60 + z.minute)}`
}

function dateWords(date: Temporal.PlainDate, language: Language): string {
  const w = WORDS[language]
  if (w.months === null) return `${two(date.day)}.${two(date.month)}.${date.year}`
  return `${date.day} ${w.months[date.month - 1]} ${date.year}`
}

function time(minutes: number): string {
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n)
}

interface Words {
  readonly days: readonly string[]
  readonly onDays: readonly string[]
  readonly months: readonly string[] | null
  readonly daily: string
  readonly always: string
  readonly never: string
  readonly andHolidays: string
  readonly exceptHolidays: string
  readonly and: string
  readonly andTimes: string
  readonly except: string
  readonly onDate: string
  readonly since: string
  readonly until: string
  readonly fromTo: string
  readonly times: string
  readonly more: string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
    onDays: ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'],
    months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
    daily: 'daily',
    always: 'at any time',
    never: 'never',
    andHolidays: 'and on holidays',
    exceptHolidays: 'except on holidays',
    and: 'and ',
    andTimes: ' and ',
    except: 'except on ',
    onDate: 'on {date}',
    since: 'from {date} on',
    until: 'until {date}',
    fromTo: 'from {from} to {to}',
    times: '{count} times, first {first}',
    more: ' and {count} more days',
  },
  ru: {
    days: ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс'],
    onDays: ['по понедельникам', 'по вторникам', 'по средам', 'по четвергам', 'по пятницам', 'по субботам', 'по воскресеньям'],
    months: null,
    daily: 'ежедневно',
    always: 'в любое время',
    never: 'никогда',
    andHolidays: 'и в праздники',
    exceptHolidays: 'кроме праздников',
    and: 'и ',
    andTimes: ' и ',
    except: 'кроме ',
    onDate: '{date}',
    since: 'начиная с {date}',
    until: 'до {date}',
    fromTo: 'с {from} до {to}',
    times: '{count} раз, впервые {first}',
    more: ' и ещё {count} дн.',
  },
  kk: {
    days: ['дс', 'сс', 'ср', 'бс', 'жм', 'сб', 'жс'],
    onDays: [
      'дүйсенбі күндері',
      'сейсенбі күндері',
      'сәрсенбі күндері',
      'бейсенбі күндері',
      'жұма күндері',
      'сенбі күндері',
      'жексенбі күндері',
    ],
    months: null,
    daily: 'күн сайын',
    always: 'кез келген уақытта',
    never: 'ешқашан',
    andHolidays: 'және мереке күндері',
    exceptHolidays: 'мереке күндерінен басқа',
    and: 'және ',
    andTimes: ' және ',
    except: 'мына күндерден басқа: ',
    onDate: '{date}',
    since: '{date} бастап',
    until: '{date} дейін',
    fromTo: '{from} – {to}',
    times: '{count} рет, алғашқысы {first}',
    more: ' және тағы {count} күн',
  },
}
