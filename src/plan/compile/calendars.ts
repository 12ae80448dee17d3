/** Hours and rotas with their time zones, holidays and feeds; and roles that people hold from a day on. */
import type { CompiledPlan, Site } from '../compiled.ts'
import { compileHours, type HolidayCalendar, type Hours, hasHolidays } from '../hours.ts'
import type { FeedEvent } from '../ical.ts'
import { compileRota, type LayerInput } from '../rota.ts'
import { turnBegins } from '../rota-layer.ts'
import { isDate, parseHandOver, parseMoment, parseSpans } from '../schema/calendar-words.ts'
import type { Plan } from '../schema/plan-schema.ts'
import type { Path } from '../source.ts'
import { dayNumber, zoneOf } from '../zone.ts'
import type { Workbench } from './workbench.ts'

type WrittenRota = Plan['rotas'][string]
type WrittenLayer = NonNullable<WrittenRota['layers']>[string]
type OfficeRota = NonNullable<ReturnType<CompiledPlan['rotas']['get']>>

/** The rota that stands for a role's dated assignments. No rota of the plan can have this name. */
export function assignmentsOf(role: string): string {
  return `roles.${role}`
}

/** All that decides whose turn it is, by rota: what the plan writes of it, and the hours it keeps to. Equal words, equal turns. */
export function writtenRotas(plan: Plan): Readonly<Record<string, unknown>> {
  const out: Record<string, unknown> = {}
  for (const [id, rota] of Object.entries(plan.rotas)) {
    const during = [rota, ...Object.values(rota.layers ?? {})].map(l => (l.during === undefined ? null : (plan.hours[l.during] ?? null)))
    out[id] = [rota, during]
  }
  for (const [id, role] of Object.entries(plan.roles)) if (role.assignments !== undefined) out[assignmentsOf(id)] = role.assignments
  return out
}

export function compileCalendars(
  bench: Workbench,
  sites: ReadonlyMap<string, Site>,
): { readonly hours: Map<string, Hours>; readonly rotas: Map<string, OfficeRota> } {
  const { plan } = bench
  const zone = (own: string | undefined, site: string | undefined, path: Path): string => {
    if (site !== undefined) bench.known(site, plan.sites, 'site', [...path, 'site'])
    return own ?? sites.get(site ?? '')?.timezone ?? plan.office.timezone
  }
  const hours = new Map<string, Hours>()
  for (const [id, written] of Object.entries(plan.hours)) {
    const path: Path = ['hours', id]
    hours.set(
      id,
      compileHours({
        days: written.days,
        timezone: zone(written.timezone, written.site, path),
        holidays: calendar(bench, written.holidays, [...path, 'holidays']),
        except: written.except ?? {},
        moved: written.moved ?? {},
      }),
    )
  }
  const rotas = new Map<string, OfficeRota>()
  for (const [id, written] of Object.entries(plan.rotas)) {
    const path: Path = ['rotas', id]
    const timezone = zone(written.timezone, written.site, path)
    const layers: LayerInput[] =
      written.layers === undefined
        ? [layerOf(bench, hours, written, written, timezone, '', path)]
        : Object.entries(written.layers).map(([name, layer]) =>
            layerOf(bench, hours, written, layer, timezone, name, [...path, 'layers', name]),
          )
    const rota = compileRota({ timezone, layers, overrides: overridesOf(bench, written, path) })
    rotas.set(id, { ...rota, reach: written.reach, acceptBy: written['accept-by'] ?? null, place: bench.place(...path) })
  }
  for (const [id, role] of Object.entries(plan.roles)) {
    if (role.assignments === undefined) continue
    const path: Path = ['roles', id, 'held-by']
    role.assignments.forEach((a, i) => {
      if (a.from !== undefined && a.until !== undefined && a.from >= a.until)
        bench.problem(
          'bad-date',
          [...path, i, 'until'],
          `${a.who} would hold this role until before it begins.`,
          'Exchange the two days, or correct one.',
        )
    })
    const rota = compileRota({
      timezone: plan.office.timezone,
      layers: role.assignments.map((a, i) => ({ name: String(i), holder: a.who, from: a.from ?? null, until: a.until ?? null })),
      together: true,
    })
    rotas.set(assignmentsOf(id), { ...rota, reach: role.reach ?? 'phone', acceptBy: null, place: bench.place(...path) })
  }
  return { hours, rotas }
}

function layerOf(
  bench: Workbench,
  hours: ReadonlyMap<string, Hours>,
  rota: WrittenRota,
  layer: WrittenLayer,
  timezone: string,
  name: string,
  path: Path,
): LayerInput {
  const known = layer.during === undefined || bench.known(layer.during, bench.plan.hours, 'hours', [...path, 'during'])
  const during = known ? (hours.get(layer.during ?? '') ?? null) : null
  if (layer.ical !== undefined) return { name, during, feed: feedPeople(bench, rota, layer.ical, [...path, 'ical']) }
  const { from = '', 'hand-over': handOver = '', turns = [] } = layer
  turns.forEach((who, i) => {
    onDuty(bench, rota, who, [...path, 'turns', i])
  })
  for (const [day, who] of Object.entries(layer.except ?? {})) {
    const at = [...path, 'except', day]
    if (!isDate(day))
      bench.problem('bad-date', at, `There is no day '${day}'.`, "Write the day as year-month-day, such as '2026-12-31'.", 'error', true)
    onDuty(bench, rota, who, at)
  }
  const except = Object.fromEntries(Object.entries(layer.except ?? {}).filter(([day]) => isDate(day)))
  return { name, during, from, handOver, turns, except, swaps: swapsOf(bench, layer, timezone, path) }
}

function swapsOf(bench: Workbench, layer: WrittenLayer, timezone: string, path: Path): readonly (readonly [string, string])[] {
  const handOver = parseHandOver(layer['hand-over'] ?? '')
  if (handOver === null) return []
  return (layer.swaps ?? []).map((swap, i) => {
    for (const word of ['turn', 'with'] as const)
      if (!turnBegins(zoneOf(timezone), layer.from!, handOver, swap[word]))
        bench.problem(
          'bad-swap',
          [...path, 'swaps', i, word],
          `No turn begins on ${swap[word]}: it is handed over ${layer['hand-over']}, from ${layer.from} on.`,
          'Write the day on which the turn begins, with its time when there are several a day.',
        )
    return [swap.turn, swap.with] as const
  })
}

function overridesOf(bench: Workbench, rota: WrittenRota, path: Path): NonNullable<WrittenRota['overrides']> {
  const at = (text: string): number => {
    const m = parseMoment(text)
    return m === null ? 0 : dayNumber(m.day) * 1440 + m.minutes
  }
  rota.overrides?.forEach((o, i) => {
    const here = [...path, 'overrides', i]
    onDuty(bench, rota, o.who, [...here, 'who'])
    if (o.layer !== undefined) bench.known(o.layer, rota.layers ?? {}, 'layer', [...here, 'layer'])
    if (at(o.until) <= at(o.from))
      bench.problem(
        'bad-date',
        [...here, 'until'],
        `${o.who} would stand in until before it begins.`,
        'Exchange the two moments, or correct one.',
      )
  })
  return rota.overrides ?? []
}

/** Somebody who may have a turn: there must be such a person, who can be reached where the rota says. */
function onDuty(bench: Workbench, rota: WrittenRota, who: string, at: Path): void {
  const { people } = bench.plan
  if (!bench.known(who, people, 'person', at)) return
  if (rota.reach !== 'phone' && people[who]!.mobile === undefined)
    bench.problem(
      'no-mobile',
      at,
      `${people[who]!.name} is to be reached by mobile but has none in the plan.`,
      `Add 'mobile:' to people.${who}.`,
    )
}

/** Titles of a feed's events → ids of people: by id, name or e-mail address, alone or within the title. */
function feedPeople(
  bench: Workbench,
  rota: WrittenRota,
  feed: { readonly file: string; readonly events: readonly FeedEvent[] },
  path: Path,
): FeedEvent[] {
  const people = Object.entries(bench.plan.people)
  const found = new Map<string, string | null>()
  const whoIs = (title: string): string | null => {
    const text = title.toLowerCase()
    const exact = people.find(([id, p]) => [id, p.name.toLowerCase(), p.email?.toLowerCase()].includes(text))
    if (exact !== undefined) return exact[0]
    const within = people.filter(
      ([, p]) => text.includes(p.name.toLowerCase()) || (p.email !== undefined && text.includes(p.email.toLowerCase())),
    )
    return within.length === 1 ? within[0]![0] : null
  }
  return feed.events.flatMap(event => {
    if (!found.has(event.who)) {
      const who = whoIs(event.who)
      found.set(event.who, who)
      if (who === null)
        bench.problem(
          'unknown-in-feed',
          path,
          `${feed.file} has an event '${event.who}' (line ${event.line}), which names none of the people of this plan, or several.`,
          "Title events with a person's name as the plan writes it; until then nobody is on duty there.",
          'warning',
        )
      else onDuty(bench, rota, who, path)
    }
    const who = found.get(event.who)
    return who == null ? [] : [{ ...event, who }]
  })
}

function calendar(
  bench: Workbench,
  written: NonNullable<Workbench['plan']['hours'][string]['holidays']> | undefined,
  path: Path,
): HolidayCalendar | null {
  if (written === undefined) return null
  const own: Exclude<typeof written, string> = typeof written === 'string' ? { country: written } : written
  if (!hasHolidays(own.country)) {
    bench.problem(
      'unknown-holidays',
      path,
      `The holidays of '${own.country}' are not known.`,
      "Write the two letters of a country, such as 'KZ'; add days of your own under 'except:'.",
    )
    return null
  }
  return {
    country: own.country,
    region: own.region ?? null,
    only: own.only ?? null,
    hours: own.hours === undefined ? [] : (parseSpans(own.hours) ?? []),
    before: own['day-before'] === undefined ? null : parseSpans(own['day-before']),
  }
}
