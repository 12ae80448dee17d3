/** Sites with their dialling habits; an office that names none has one. */
import type { Site } from '../compiled.ts'
import type { Workbench } from './workbench.ts'

export function compileSites(bench: Workbench): { readonly sites: Map<string, Site>; readonly home: Site } {
  const { office, sites: written, trunks, links } = bench.plan
  const sites = new Map<string, Site>()
  for (const [id, site] of Object.entries(written)) {
    const path = ['sites', id]
    const habit = { country: site.country ?? office.country, area: site.area ?? office.area ?? '' }
    site.links?.forEach((link, i) => {
      bench.known(link, links, 'link', [...path, 'links', i])
    })
    site.trunks?.forEach((trunk, i) => {
      bench.known(trunk, trunks, 'trunk', [...path, 'trunks', i])
    })
    sites.set(id, {
      id,
      address: site.address ?? '',
      timezone: site.timezone ?? office.timezone,
      habit,
      links: site.links ?? [],
      trunks: site.trunks ?? [],
      shows: bench.number(site.shows, [...path, 'shows'], habit),
    })
  }
  const home = sites.values().next().value ?? {
    id: '',
    address: '',
    timezone: office.timezone,
    habit: bench.habit,
    links: [],
    trunks: [],
    shows: null,
  }
  return { sites, home }
}
