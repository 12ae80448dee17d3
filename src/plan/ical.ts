/**
 * A calendar feed (RFC 5545) as far as rotas need it: who has the telephone from when until when. The feed's text lies beside
 * the plan, so that a decision never waits for a network. What cannot be understood is told, never guessed.
 */
import { DAYS, isDate } from './schema/calendar-words.ts'
import { dayNumber, isoDay, weekday, type Zone, zoneOf } from './zone.ts'

/** Plain JSON: it is kept with a revision. */
export interface FeedEvent {
  /** The event's title: an id, a name or an address of somebody. */
  readonly who: string
  readonly start: WallTime
  /** On the wall: an event from nine to nine stays so when clocks change. */
  readonly minutes: number
  readonly repeat: Repeat | null
  /** Starts that are left out. */
  readonly without: readonly WallTime[]
  /** Line of the file. */
  readonly line: number
}

export interface WallTime {
  readonly day: string
  readonly minutes: number
  /** Null: the rota's own. */
  readonly zone: string | null
}

interface Repeat {
  readonly every: 'day' | 'week'
  readonly interval: number
  /** Monday is 0; empty: the day it began on. */
  readonly days: readonly number[]
  readonly weekStarts: number
  /** The last possible start. */
  readonly last: WallTime | null
  /** The last day, worked out from a count. */
  readonly lastDay: string | null
}

export interface Feed {
  readonly events: readonly FeedEvent[]
  readonly problems: readonly { readonly line: number; readonly message: string }[]
}

const MOST_EVENTS = 20_000

/** Never throws, whatever the text. */
export function readFeed(text: string): Feed {
  const problems: { line: number; message: string }[] = []
  const lines = unfolded(text)
  if (lines[0]?.name !== 'BEGIN' || lines[0].value.toUpperCase() !== 'VCALENDAR')
    return { events: [], problems: [{ line: 1, message: 'it is no calendar: it does not begin with BEGIN:VCALENDAR' }] }
  const raw: RawEvent[] = []
  let event: RawEvent | null = null
  /** Alarms and the like stand inside of events and have starts of their own. */
  let inside = 0
  for (const line of lines) {
    const value = line.value.toUpperCase()
    if (line.name === 'BEGIN') {
      if (event !== null) inside++
      else if (value === 'VEVENT') event = { line: line.line, properties: new Map(), without: [] }
    } else if (line.name === 'END') {
      if (event === null) continue
      if (inside > 0) inside--
      else {
        if (raw.length < MOST_EVENTS) raw.push(event)
        event = null
      }
    } else if (event !== null && inside === 0) {
      if (line.name === 'EXDATE') event.without.push(line)
      else if (!event.properties.has(line.name)) event.properties.set(line.name, line)
    }
  }
  if (event !== null) problems.push({ line: event.line, message: 'an event begins here and does not end' })
  const events: (FeedEvent & { readonly uid: string })[] = []
  const replaced: { readonly uid: string; readonly at: WallTime }[] = []
  for (const one of raw) {
    try {
      const uid = one.properties.get('UID')?.value ?? `line ${one.line}`
      const instance = one.properties.get('RECURRENCE-ID')
      if (instance !== undefined) replaced.push({ uid, at: timeOf(instance) })
      if (one.properties.get('STATUS')?.value.toUpperCase() === 'CANCELLED') continue
      events.push({ ...eventOf(one), uid })
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error
      problems.push({ line: error.line, message: error.message })
    }
  }
  return {
    events: events.map(({ uid, ...e }) => {
      const gone = e.repeat === null ? [] : replaced.filter(r => r.uid === uid).map(r => r.at)
      return gone.length === 0 ? e : { ...e, without: [...e.without, ...gone] }
    }),
    problems,
  }
}

/** When the event takes place, as far as it touches the span. */
export function occurrences(event: FeedEvent, own: Zone, fromMs: number, untilMs: number): { fromMs: number; untilMs: number }[] {
  const zone = event.start.zone === null ? own : zoneOf(event.start.zone)
  const first = dayNumber(event.start.day)
  const { repeat } = event
  const out: { fromMs: number; untilMs: number }[] = []
  const at = (day: number): void => {
    const begins = zone.instant(day, event.start.minutes)
    const ends = zone.instant(day, event.start.minutes + event.minutes)
    if (ends > fromMs && begins < untilMs && ends > begins && !gone.has(begins)) out.push({ fromMs: begins, untilMs: ends })
  }
  const momentOf = (t: WallTime): number => (t.zone === null ? own : zoneOf(t.zone)).instant(dayNumber(t.day), t.minutes)
  const gone = new Set(event.without.map(momentOf))
  if (repeat === null) {
    at(first)
    return out
  }
  const lastMs = repeat.last === null ? Number.POSITIVE_INFINITY : momentOf(repeat.last)
  const lastDay = repeat.lastDay === null ? Number.POSITIVE_INFINITY : dayNumber(repeat.lastDay)
  const begin = Math.max(first, zone.dayOf(fromMs) - Math.ceil(event.minutes / 1440) - 1)
  const end = Math.min(lastDay, zone.dayOf(untilMs) + 1)
  for (let day = begin; day <= end; day++) if (falls(repeat, first, day) && zone.instant(day, event.start.minutes) <= lastMs) at(day)
  return out
}

function falls(repeat: Repeat, first: number, day: number): boolean {
  if (day === first) return true
  if (repeat.every === 'day')
    return (day - first) % repeat.interval === 0 && (repeat.days.length === 0 || repeat.days.includes(weekday(day)))
  const weeks = weekOf(day, repeat.weekStarts) - weekOf(first, repeat.weekStarts)
  const days = repeat.days.length === 0 ? [weekday(first)] : repeat.days
  return weeks % repeat.interval === 0 && days.includes(weekday(day))
}

function weekOf(day: number, starts: number): number {
  return Math.floor((day + 3 - starts) / 7)
}

interface Line {
  readonly line: number
  readonly name: string
  readonly parameters: ReadonlyMap<string, string>
  readonly value: string
}

interface RawEvent {
  readonly line: number
  readonly properties: Map<string, Line>
  readonly without: Line[]
}

class NotUnderstood extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** Long lines are folded: what begins with a space goes on from the line before (RFC 5545 §3.1). */
function unfolded(text: string): Line[] {
  const out: { line: number; text: string }[] = []
  text.split(/\r?\n/).forEach((part, i) => {
    const last = out.at(-1)
    if (/^[ \t]/.test(part) && last !== undefined) last.text += part.slice(1)
    else if (part.trim() !== '') out.push({ line: i + 1, text: i === 0 ? part.replace(/^\uFEFF/, '') : part })
  })
  return out.flatMap(({ line, text: whole }) => {
    const m = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/.exec(whole)
    if (m === null) return []
    const parameters = new Map<string, string>()
    for (const p of m[2]!.matchAll(/;([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)/g)) parameters.set(p[1]!.toUpperCase(), p[2]!.replaceAll('"', ''))
    return [{ line, name: m[1]!.toUpperCase(), parameters, value: m[3]!.trim() }]
  })
}

function eventOf(raw: RawEvent): FeedEvent {
  const startLine = raw.properties.get('DTSTART')
  if (startLine === undefined) throw new NotUnderstood(raw.line, 'this event has no start (DTSTART)')
  const start = timeOf(startLine)
  const who = unescaped(raw.properties.get('SUMMARY')?.value ?? '').trim()
  if (who === '') throw new NotUnderstood(raw.line, 'this event names nobody (SUMMARY)')
  const minutes = lengthOf(raw, startLine, start)
  if (minutes <= 0) throw new NotUnderstood(raw.line, 'this event ends before it begins')
  const rule = raw.properties.get('RRULE')
  return {
    who,
    start,
    minutes,
    repeat: rule === undefined ? null : repeatOf(rule, start),
    without: raw.without.flatMap(line => line.value.split(',').map(value => timeOf({ ...line, value }))),
    line: raw.line,
  }
}

function lengthOf(raw: RawEvent, startLine: Line, start: WallTime): number {
  const endLine = raw.properties.get('DTEND')
  if (endLine !== undefined) {
    const end = timeOf(endLine)
    if (end.zone === start.zone) return (dayNumber(end.day) - dayNumber(start.day)) * 1440 + end.minutes - start.minutes
    // Two zones: what passes between them is what counts.
    const at = (t: WallTime): number => zoneOf(t.zone ?? 'UTC').instant(dayNumber(t.day), t.minutes)
    return Math.round((at(end) - at(start)) / 60_000)
  }
  const duration = raw.properties.get('DURATION')
  if (duration !== undefined) {
    const m = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?$/.exec(duration.value)
    if (m === null) throw new NotUnderstood(duration.line, `the duration '${duration.value}' cannot be read`)
    const [weeks, days, hours, minutes] = [m[1], m[2], m[3], m[4]].map(n => Number(n ?? 0)) as [number, number, number, number]
    return weeks * 10_080 + days * 1440 + hours * 60 + minutes
  }
  return isWholeDay(startLine) ? 1440 : 0
}

function isWholeDay(line: Line): boolean {
  return /^\d{8}$/.test(line.value)
}

function timeOf(line: Line): WallTime {
  const m = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z?))?$/.exec(line.value)
  const day = m === null ? '' : `${m[1]}-${m[2]}-${m[3]}`
  if (m === null || !isDate(day)) throw new NotUnderstood(line.line, `'${line.value}' is no moment`)
  const zone = m[6] === 'Z' ? 'UTC' : m[4] === undefined ? null : zoneName(line)
  return { day, minutes: Number(m[4] ?? 0) * 60 + Number(m[5] ?? 0), zone }
}

/** What Windows programs call zones, as far as offices here meet them. */
const WINDOWS: Readonly<Record<string, string>> = {
  'central asia standard time': 'Asia/Almaty',
  'west asia standard time': 'Asia/Tashkent',
  'qyzylorda standard time': 'Asia/Qyzylorda',
  'russian standard time': 'Europe/Moscow',
  'w. europe standard time': 'Europe/Berlin',
  'central european standard time': 'Europe/Warsaw',
  'gmt standard time': 'Europe/London',
  'turkey standard time': 'Europe/Istanbul',
  'eastern standard time': 'America/New_York',
  'pacific standard time': 'America/Los_Angeles',
}

function zoneName(line: Line): string | null {
  const written = line.parameters.get('TZID')
  if (written === undefined) return null
  // Some programs put their own name before it: /citadel.org/20210210_1/Europe/Berlin
  for (const name of [written, written.split('/').slice(-2).join('/'), WINDOWS[written.toLowerCase()] ?? '']) if (isZone(name)) return name
  throw new NotUnderstood(line.line, `the time zone '${written}' is not known`)
}

function isZone(name: string): boolean {
  try {
    if (name !== '') zoneOf(name)
    return name !== ''
  } catch {
    return false
  }
}

const WEEKDAYS = DAYS.map(d => d.slice(0, 2).toUpperCase())
const MOST_COUNTED = 5_000

function repeatOf(line: Line, start: WallTime): Repeat {
  const parts = new Map(line.value.split(';').map(p => [p.split('=')[0]!.toUpperCase(), (p.split('=')[1] ?? '').toUpperCase()] as const))
  const refuse = (why: string): NotUnderstood => new NotUnderstood(line.line, `it repeats in a way that is not understood here (${why})`)
  const freq = parts.get('FREQ')
  if (freq !== 'DAILY' && freq !== 'WEEKLY') throw refuse(`FREQ=${freq ?? ''}: only DAILY and WEEKLY are`)
  for (const name of parts.keys()) if (!['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST'].includes(name)) throw refuse(name)
  const number = (name: string, otherwise: number): number => {
    const text = parts.get(name)
    if (text !== undefined && !/^[1-9]\d{0,4}$/.test(text)) throw refuse(`${name}=${text}`)
    return text === undefined ? otherwise : Number(text)
  }
  const dayOf = (word: string): number => {
    const day = WEEKDAYS.indexOf(word)
    if (day < 0) throw refuse(`the day ${word}`)
    return day
  }
  const until = parts.get('UNTIL')
  const repeat: Repeat = {
    every: freq === 'DAILY' ? 'day' : 'week',
    interval: number('INTERVAL', 1),
    days: (parts.get('BYDAY') ?? '')
      .split(',')
      .filter(w => w !== '')
      .map(dayOf),
    weekStarts: dayOf(parts.get('WKST') ?? 'MO'),
    last: until === undefined ? null : untilOf({ ...line, value: until }),
    lastDay: null,
  }
  if (!parts.has('COUNT')) return repeat
  const count = number('COUNT', 1)
  if (count > MOST_COUNTED) throw refuse(`COUNT=${count}`)
  const first = dayNumber(start.day)
  let day = first
  for (let seen = 1; seen < count; ) if (falls(repeat, first, ++day)) seen++
  return { ...repeat, lastDay: isoDay(day) }
}

/** A day alone means all of it. */
function untilOf(line: Line): WallTime {
  const time = timeOf({ ...line, parameters: new Map() })
  return isWholeDay(line) ? { ...time, minutes: 1439 } : time
}

function unescaped(text: string): string {
  return text.replace(/\\([\\;,nN])/g, (_, c: string) => (c === 'n' || c === 'N' ? ' ' : c))
}
