/** Hours and rotas with their time zones and holidays. */
import type { CompiledPlan, Site } from '../compiled.ts'
import { compileHours, type HolidayCalendar, type Hours, hasHolidays } from '../hours.ts'
import { compileRota } from '../rota.ts'
import { isDate, parseSpans } from '../schema/calendar-words.ts'
import type { Path } from '../source.ts'
import type { Workbench } from './workbench.ts'

export function compileCalendars(
  bench: Workbench,
  sites: ReadonlyMap<string, Site>,
): { readonly hours: Map<string, Hours>; readonly rotas: Map<string, NonNullable<ReturnType<CompiledPlan['rotas']['get']>>> } {
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
      }),
    )
  }
  const rotas = new Map<string, NonNullable<ReturnType<CompiledPlan['rotas']['get']>>>()
  for (const [id, written] of Object.entries(plan.rotas)) {
    const path: Path = ['rotas', id]
    const check = (who: string, at: Path): void => {
      if (!bench.known(who, plan.people, 'person', at)) return
      if (written.reach !== 'phone' && plan.people[who]!.mobile === undefined)
        bench.problem(
          'no-mobile',
          at,
          `${plan.people[who]!.name} is to be reached by mobile but has none in the plan.`,
          `Add 'mobile:' to people.${who}.`,
        )
    }
    written.turns.forEach((who, i) => {
      check(who, [...path, 'turns', i])
    })
    for (const [day, who] of Object.entries(written.except ?? {})) {
      if (!isDate(day))
        bench.problem(
          'bad-date',
          [...path, 'except', day],
          `There is no day '${day}'.`,
          "Write the day as year-month-day, such as '2026-12-31'.",
          'error',
          true,
        )
      check(who, [...path, 'except', day])
    }
    const rota = compileRota({
      from: written.from,
      handOver: written['hand-over'],
      turns: written.turns,
      timezone: zone(written.timezone, written.site, path),
      except: written.except ?? {},
    })
    rotas.set(id, { ...rota, reach: written.reach, acceptBy: written['accept-by'] ?? null, place: bench.place(...path) })
  }
  return { hours, rotas }
}

function calendar(
  bench: Workbench,
  written: NonNullable<Workbench['plan']['hours'][string]['holidays']> | undefined,
  path: Path,
): HolidayCalendar | null {
  if (written === undefined) return null
  const own = typeof written === 'string' ? { country: written } : written
  if (!hasHolidays(own.country)) {
    bench.problem(
      'unknown-holidays',
      path,
      `The holidays of '${own.country}' are not known.`,
      "Write the two letters of a country, such as 'KZ'; add days of your own under 'except:'.",
    )
    return null
  }
  const more: Exclude<typeof written, string> = typeof written === 'string' ? { country: written } : written
  return {
    country: own.country,
    region: more.region ?? null,
    only: more.only ?? null,
    hours: more.hours === undefined ? [] : (parseSpans(more.hours) ?? []),
  }
}
