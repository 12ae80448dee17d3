/** One line of a rota: turns that follow one another, a calendar feed, or somebody who simply holds it. */
import { type FeedEvent, occurrences } from './ical.ts'
import type { LayerInput, StandIn } from './rota.ts'
import { type HandOver, parseHandOver, parseMoment } from './schema/calendar-words.ts'
import { dayNumber, isoDay, weekday, type Zone } from './zone.ts'

export interface Shift {
  readonly who: string
  readonly swapped: boolean
  /** Tells this turn from the next one, also when the same person has both. */
  readonly turn: string
}

export interface Layer {
  readonly name: string
  readonly people: readonly string[]
  /** Who is on duty; several only where a feed says so. */
  at(ms: number): readonly Shift[]
  /** Moments within the span at which that may change. */
  changes(fromMs: number, untilMs: number): readonly number[]
}

const NOBODY: readonly Shift[] = []

export function turnsLayer(
  name: string,
  zone: Zone,
  from: string,
  handOver: string,
  turns: readonly string[],
  except: Readonly<Record<string, string>>,
  swaps: readonly (readonly [string, string])[],
): Layer {
  const slots = slotsOf(zone, from, parseHandOver(handOver)!)
  const swapped = new Map<number, string>()
  const turnOf = (k: number): string => turns[k % turns.length]!
  for (const [a, b] of swaps) {
    const [one, other] = [slots.beginning(a), slots.beginning(b)]
    if (one === null || other === null) continue
    const [whoOne, whoOther] = [swapped.get(one) ?? turnOf(one), swapped.get(other) ?? turnOf(other)]
    swapped.set(one, whoOther)
    swapped.set(other, whoOne)
  }
  const dayOfTurn = (ms: number): number => {
    const day = zone.dayOf(ms)
    return ms < zone.instant(day, slots.dayBegins) ? day - 1 : day
  }
  return {
    name,
    people: [...new Set([...turns, ...Object.values(except)])],
    at(ms) {
      const k = slots.at(ms)
      if (k === null) return NOBODY
      const day = isoDay(dayOfTurn(ms))
      const own = Object.hasOwn(except, day) ? except[day] : undefined
      if (own !== undefined) return [{ who: own, swapped: true, turn: day }]
      return [{ who: swapped.get(k) ?? turnOf(k), swapped: swapped.has(k), turn: String(k) }]
    },
    changes(fromMs, untilMs) {
      const out = slots.starts(fromMs, untilMs)
      for (const day of Object.keys(except)) {
        const n = dayNumber(day)
        out.push(zone.instant(n, slots.dayBegins), zone.instant(n + 1, slots.dayBegins))
      }
      return out
    },
  }
}

/** Whether a turn of the layer begins at this moment ('2026-12-07', or with its time); for swaps. */
export function turnBegins(zone: Zone, from: string, handOver: HandOver, moment: string): boolean {
  return slotsOf(zone, from, handOver).beginning(moment) !== null
}

interface Slots {
  /** Which turn it is, counted from the first; null before it. */
  at(ms: number): number | null
  starts(fromMs: number, untilMs: number): number[]
  beginning(moment: string): number | null
  /** Minutes at which a day's first turn begins. */
  readonly dayBegins: number
}

function slotsOf(zone: Zone, from: string, { everyDays, weekdays, times }: HandOver): Slots {
  const firstDay = dayNumber(from)
  const days = weekdays ?? [0]
  // The first day on or after the beginning on which it is handed over, and the day from which the pattern counts.
  let begin = firstDay
  if (weekdays !== null) while (!weekdays.includes(weekday(begin))) begin++
  const anchor = weekdays === null ? firstDay : begin - weekday(begin)
  const perCycle = days.length * times.length
  const wall = (k: number): { readonly day: number; readonly minutes: number } => {
    const inCycle = ((k % perCycle) + perCycle) % perCycle
    const cycle = (k - inCycle) / perCycle
    return { day: anchor + cycle * everyDays + days[Math.floor(inCycle / times.length)]!, minutes: times[inCycle % times.length]! }
  }
  let first = 0
  while (wall(first).day < begin) first++
  /** Where clocks are put forward, two hand-overs may fall on the same moment or change places: the later one on the wall wins. */
  const startOf = (k: number): number => {
    const own = wall(k)
    let ms = zone.instant(own.day, own.minutes)
    for (let n = k + 1; ; n++) {
      const next = wall(n)
      if ((next.day - own.day) * 1440 + next.minutes - own.minutes > 180) return ms
      ms = Math.min(ms, zone.instant(next.day, next.minutes))
    }
  }
  const at = (ms: number): number => {
    let k = (Math.floor((zone.dayOf(ms) - anchor) / everyDays) + 1) * perCycle
    while (startOf(k) > ms) k--
    return k
  }
  return {
    dayBegins: times[0]!,
    at(ms) {
      const k = at(ms)
      return k < first ? null : k - first
    },
    starts(fromMs, untilMs) {
      const out: number[] = []
      for (let k = Math.max(first, at(fromMs)); ; k++) {
        const ms = startOf(k)
        if (ms >= untilMs) return out
        out.push(ms)
      }
    },
    beginning(moment) {
      const m = parseMoment(moment)
      if (m === null) return null
      const day = dayNumber(m.day)
      const minutes = moment.includes(':') ? m.minutes : times[0]!
      const k = at(zone.instant(day, minutes))
      const start = wall(k)
      return k >= first && start.day === day && start.minutes === minutes ? k - first : null
    },
  }
}

/** Where two events meet, who began last goes first. */
export function feedLayer(name: string, zone: Zone, feed: readonly FeedEvent[]): Layer {
  let known: { fromMs: number; untilMs: number; spans: readonly { fromMs: number; untilMs: number; who: string; event: number }[] } | null =
    null
  const within = (fromMs: number, untilMs: number) => {
    if (known === null || fromMs < known.fromMs || untilMs > known.untilMs)
      known = {
        fromMs,
        untilMs,
        spans: feed.flatMap((event, i) => occurrences(event, zone, fromMs, untilMs).map(o => ({ ...o, who: event.who, event: i }))),
      }
    return known.spans
  }
  return {
    name,
    people: [...new Set(feed.map(e => e.who))],
    at(ms) {
      return within(ms, ms + 1)
        .filter(s => ms >= s.fromMs && ms < s.untilMs)
        .sort((a, b) => b.fromMs - a.fromMs || b.event - a.event)
        .map(s => ({ who: s.who, swapped: false, turn: `${s.event} ${s.fromMs}` }))
    },
    changes: (fromMs, untilMs) => within(fromMs, untilMs).flatMap(s => [s.fromMs, s.untilMs]),
  }
}

export function heldLayer(name: string, zone: Zone, holder: string, from: string | null, until: string | null): Layer {
  const fromMs = from === null ? Number.NEGATIVE_INFINITY : zone.startOf(dayNumber(from))
  const untilMs = until === null ? Number.POSITIVE_INFINITY : zone.startOf(dayNumber(until))
  const shifts: readonly Shift[] = [{ who: holder, swapped: false, turn: holder }]
  return {
    name,
    people: [holder],
    at: ms => (ms >= fromMs && ms < untilMs ? shifts : NOBODY),
    changes: () => [fromMs, untilMs].filter(Number.isFinite),
  }
}

/** A layer within its hours, and with those who stand in. */
export function restricted(
  layer: Layer,
  during: NonNullable<LayerInput['during']> | null,
  overrides: readonly StandIn[],
  zone: Zone,
): Layer {
  if (during === null && overrides.length === 0) return layer
  const momentMs = (text: string): number => {
    const moment = parseMoment(text)
    return moment === null ? Number.NaN : zone.instant(dayNumber(moment.day), moment.minutes)
  }
  const standIns = overrides.map((o, i) => ({ who: o.who, fromMs: momentMs(o.from), untilMs: momentMs(o.until), turn: `instead ${i}` }))
  return {
    name: layer.name,
    people: [...new Set([...layer.people, ...standIns.map(s => s.who)])],
    at(ms) {
      // The one written last goes before those above it.
      const instead = standIns.findLast(s => ms >= s.fromMs && ms < s.untilMs)
      if (instead !== undefined) return [{ who: instead.who, swapped: true, turn: instead.turn }]
      return during === null || during.at(ms).open ? layer.at(ms) : NOBODY
    },
    changes(fromMs, untilMs) {
      const out = [...layer.changes(fromMs, untilMs), ...standIns.flatMap(s => [s.fromMs, s.untilMs])]
      if (during !== null) for (let at = during.at(fromMs).untilMs; at < untilMs; at = during.at(at).untilMs) out.push(at)
      return out
    },
  }
}
