/** Which lines are a department's or a site's: what an outage of it concerns. */
import { e164 } from '../../kernel/e164.ts'
import type { NodeKey } from '../compiled.ts'
import type { Workbench } from './workbench.ts'

/** A department's lines: those that show as its number, and those whose owner works there. */
export function linesOfDepartment(bench: Workbench, id: string): ReadonlySet<string> {
  const { people, roles, departments, lines } = bench.plan
  const shown = departments[id]?.shows
  const out = new Set<string>()
  for (const [number, line] of Object.entries(lines)) {
    const owners = people[line.owner] === undefined ? (roles[line.owner]?.['held-by'] ?? []) : [line.owner]
    if (number === shown || line.to === id || owners.some(o => people[o]?.department === id)) out.add(number)
  }
  return out
}

/** A site's lines: the number it shows, those of its trunks, and those whose owner works there. */
export function linesOfSite(bench: Workbench, site: string): ReadonlySet<string> {
  const { people, roles, lines, sites, trunks } = bench.plan
  const first = Object.keys(sites)[0]
  const out = new Set<string>()
  for (const [number, line] of Object.entries(lines)) {
    const owners = people[line.owner] === undefined ? (roles[line.owner]?.['held-by'] ?? []) : [line.owner]
    const trunk = line.trunk === undefined ? undefined : trunks[line.trunk]?.site
    if (sites[site]?.shows === number || trunk === site || owners.some(o => (people[o]?.site ?? first) === site)) out.add(number)
  }
  return out
}

/** Lines by number → the place of their department's mobiles, for 'their mobiles'. */
export function mobilesOfLines(bench: Workbench): ReadonlyMap<string, NodeKey> {
  const out = new Map<string, NodeKey>()
  for (const [id, department] of Object.entries(bench.plan.departments))
    if (department['if-office-is-cut-off'] !== undefined)
      for (const number of linesOfDepartment(bench, id))
        if (!out.has(number) && e164(number) !== null) out.set(number, `outage:cut-off-${id}`)
  return out
}
