/**
 * What can fail, one thing at a time: a trunk, a link, a provider, a site, a UPS; and what that takes with it. A site that
 * survives alone keeps its telephones; one that does not loses them with its last link.
 */
import type { CompiledPlan } from '../compiled.ts'
import { isOutage } from '../outages.ts'
import type { SupposedWorld } from './supposed-world.ts'

export interface Failure {
  /** 'link isp-a', 'site main'. */
  readonly name: string
  readonly kind: 'trunk' | 'link' | 'provider' | 'site' | 'ups' | 'pair'
  readonly trunks: ReadonlySet<string>
  readonly accounts: ReadonlySet<string>
  /** Where it stands in the plan. */
  readonly path: string
  readonly world: SupposedWorld
}

interface Failed {
  readonly links: readonly string[]
  readonly trunks: readonly string[]
  readonly power: string | null
}

export function singleFailures(plan: CompiledPlan): readonly Failure[] {
  const out: Failure[] = []
  const trunks = [...plan.trunks.values()]
  const byLinks = (links: readonly string[]): string[] => trunks.filter(t => t.link !== null && links.includes(t.link)).map(t => t.id)
  const add = (kind: Failure['kind'], id: string, path: string, failed: Failed, accounts: readonly string[]): void => {
    const world = { trunksDown: failed.trunks, away: accounts, treatments: treatmentsOf(plan, failed) }
    out.push({ name: `${kind} ${id}`, kind, trunks: new Set(failed.trunks), accounts: new Set(accounts), path, world })
  }
  for (const { id } of trunks) add('trunk', id, `trunks.${id}`, { links: [], trunks: [id], power: null }, [])
  for (const link of Object.keys(plan.source.links))
    add('link', link, `links.${link}`, { links: [link], trunks: byLinks([link]), power: null }, [])
  for (const id of Object.keys(plan.source.providers)) {
    const its = trunks.filter(t => plan.source.trunks[t.id]?.provider === id).map(t => t.id)
    add('provider', id, `providers.${id}`, { links: [], trunks: its, power: null }, [])
  }
  for (const site of plan.sites.values()) {
    const its = trunks.filter(t => t.site === site.id || (t.link !== null && site.links.includes(t.link))).map(t => t.id)
    add('site', site.id, `sites.${site.id}`, { links: site.links, trunks: its, power: null }, accountsLost(plan, site.id))
  }
  for (const [id, ups] of Object.entries(plan.source.power)) {
    const feeds = new Set(ups.feeds ?? [])
    const its = trunks.filter(t => feeds.has(t.id) || (t.link !== null && feeds.has(t.link))).map(t => t.id)
    const devices = [...plan.accounts.values()].filter(a => a.device !== null && feeds.has(a.device)).map(a => a.username)
    add('ups', id, `power.${id}`, { links: [...feeds], trunks: its, power: id }, devices)
  }
  return out
}

/** Telephones of a site that is cut off, unless it goes on alone; those of the first site are with the exchange itself. */
function accountsLost(plan: CompiledPlan, site: string): string[] {
  if (plan.source.sites[site]?.['survives-alone'] === true || site === plan.home.id) return []
  return [...plan.accounts.values()].filter(a => a.site.id === site).map(a => a.username)
}

/** Treatments of the plan that speak of these failures. */
function treatmentsOf(plan: CompiledPlan, failed: Failed): number[] {
  if (plan.outages.length === 0) return []
  const seen = {
    linkDown: (link: string) => failed.links.includes(link),
    trunkDown: (trunk: string) => failed.trunks.includes(trunk),
    powerLow: (ups: string) => failed.power === ups,
  }
  return plan.outages.flatMap(o => (isOutage(plan, o, seen) ? [o.index] : []))
}

/** Every two of them at once; those that together take no more than one of them took are left out. */
export function pairsOf(failures: readonly Failure[]): readonly Failure[] {
  const out: Failure[] = []
  for (const [i, a] of failures.entries())
    for (const b of failures.slice(i + 1)) {
      const trunks = [...new Set([...a.trunks, ...b.trunks])]
      const accounts = [...new Set([...a.accounts, ...b.accounts])]
      if (sameSize(a, trunks, accounts) || sameSize(b, trunks, accounts)) continue
      out.push({
        name: `${a.name} and ${b.name}`,
        kind: 'pair',
        trunks: new Set(trunks),
        accounts: new Set(accounts),
        path: a.path,
        world: {
          trunksDown: trunks,
          away: accounts,
          treatments: [...new Set([...(a.world.treatments ?? []), ...(b.world.treatments ?? [])])],
        },
      })
    }
  return out
}

function sameSize(one: Failure, trunks: readonly string[], accounts: readonly string[]): boolean {
  return one.trunks.size === trunks.length && one.accounts.size === accounts.length
}
