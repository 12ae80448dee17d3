/** What is said to have failed, and what goes with it. */
import { fault, ok, type Result } from '../../kernel/result.ts'
import type { CompiledPlan } from '../compiled.ts'
import { didYouMean } from '../problem.ts'

export interface Failed {
  /** 'link isp-a', 'ups ups-main'. */
  readonly names: readonly string[]
  readonly links: ReadonlySet<string>
  readonly trunks: ReadonlySet<string>
  readonly sites: ReadonlySet<string>
  readonly power: ReadonlySet<string>
}

export interface Lost {
  readonly links: ReadonlySet<string>
  readonly trunks: ReadonlySet<string>
  readonly telephones: ReadonlySet<string>
  readonly also: ReadonlySet<string>
  readonly exchange: boolean
}

type Kind = 'link' | 'trunk' | 'provider' | 'site' | 'ups'

function known(plan: CompiledPlan): Readonly<Record<Kind, readonly string[]>> {
  return {
    link: Object.keys(plan.source.links),
    trunk: [...plan.trunks.keys()],
    provider: Object.keys(plan.source.providers),
    site: [...plan.sites.keys()].filter(id => id !== ''),
    ups: Object.keys(plan.source.power),
  }
}

/** "link isp-a down", "isp-a", "site branch cut off", "internet down". */
export function readFailures(plan: CompiledPlan, statements: readonly string[]): Result<Failed> {
  const all = known(plan)
  const parts = statements.flatMap(s => s.split(/\s*,\s*|\s+and\s+/)).filter(s => s.trim() !== '')
  const found: [Kind, string][] = []
  for (const part of parts) {
    const text = part.trim().replace(/\s+(?:is\s+)?(?:down|fails|failed|cut off|low|out|dies|dead)$/, '')
    if (text === 'internet' || text === 'office') {
      for (const link of all.link) found.push(['link', link])
      continue
    }
    const m = /^(?:(link|trunk|provider|site|ups|power)\s+)?(\S+)$/.exec(text)
    const kind = m?.[1] === 'power' ? 'ups' : (m?.[1] as Kind | undefined)
    const id = m?.[2] ?? text
    const kinds = (kind === undefined ? (Object.keys(all) as Kind[]) : [kind]).filter(k => all[k].includes(id))
    if (kinds.length === 0) {
      const names = kind === undefined ? Object.values(all).flat() : all[kind]
      return fault(
        'unknown-failure',
        `The plan has no ${kind ?? 'link, trunk, provider, site or UPS'} called '${id}'. ${didYouMean(id, names)}`.trim(),
      )
    }
    if (kinds.length > 1)
      return fault('ambiguous-failure', `'${id}' is ${kinds.map(k => `a ${k}`).join(' and ')}: write '${kinds[0]} ${id} down'.`)
    found.push([kinds[0]!, id])
  }
  if (found.length === 0) return fault('unknown-failure', "What fails? Write for instance 'link isp-a down'.")
  return ok(failedOf(plan, found))
}

export function singleFailures(plan: CompiledPlan): readonly Failed[] {
  const all = known(plan)
  return (Object.keys(all) as Kind[]).flatMap(kind => all[kind].map(id => failedOf(plan, [[kind, id]])))
}

function failedOf(plan: CompiledPlan, found: readonly (readonly [Kind, string])[]): Failed {
  const of = (kind: Kind): string[] => found.filter(([k]) => k === kind).map(([, id]) => id)
  const providers = new Set(of('provider'))
  const byProvider = [...plan.trunks.keys()].filter(t => providers.has(plan.source.trunks[t]?.provider ?? ''))
  return {
    names: found.map(([kind, id]) => `${kind} ${id}`),
    links: new Set(of('link')),
    trunks: new Set([...of('trunk'), ...byProvider]),
    sites: new Set(of('site')),
    power: new Set(of('ups')),
  }
}

/** Links of a site that is cut off, everything without power, telephones that reach the exchange by what is gone. */
export function lostWith(plan: CompiledPlan, failed: Failed): Lost {
  const feeds = new Set([...failed.power].flatMap(ups => plan.source.power[ups]?.feeds ?? []))
  const links = new Set(failed.links)
  for (const site of failed.sites) for (const link of plan.sites.get(site)?.links ?? []) links.add(link)
  for (const feed of feeds) if (plan.source.links[feed] !== undefined) links.add(feed)
  if (feeds.has('router')) for (const link of plan.home.links) links.add(link)
  const trunks = new Set(failed.trunks)
  for (const feed of feeds) if (plan.trunks.has(feed)) trunks.add(feed)
  const telephones = new Set<string>()
  const cutOff = (site: { readonly id: string; readonly links: readonly string[] }): boolean =>
    failed.sites.has(site.id) || (site.links.length > 0 && site.links.every(l => links.has(l)))
  for (const account of plan.accounts.values()) {
    const seat = account.device === null ? undefined : plan.source.devices[account.device]?.seat
    const remote = seat === 'remote'
    // Telephones of another site, and those at home, come to the exchange by the links of the office.
    if (remote ? plan.home.links.length > 0 && cutOff(plan.home) : account.site.id !== plan.home.id && cutOff(account.site))
      telephones.add(account.username)
    if (account.device !== null && feeds.has(account.device)) telephones.add(account.username)
  }
  const exchange = ['pbx', 'exchange', 'server'].some(word => feeds.has(word))
  const also = [...feeds].filter(f => !links.has(f) && !plan.trunks.has(f) && plan.source.devices[f] === undefined)
  return { links, trunks, telephones, also: new Set(also), exchange }
}

/** What depends on the internet, and what stays inside. */
export interface Dependencies {
  readonly links: readonly { readonly link: string; readonly trunks: readonly string[]; readonly sites: readonly string[] }[]
  /** Trunks of which the plan does not say by which link they run. */
  readonly unknown: readonly string[]
  readonly providers: readonly { readonly provider: string; readonly trunks: readonly string[] }[]
  readonly power: readonly { readonly ups: string; readonly feeds: readonly string[] }[]
  readonly remote: readonly string[]
  readonly inside: readonly string[]
}

export function dependencies(plan: CompiledPlan): Dependencies {
  const trunks = [...plan.trunks.values()]
  const remote = [...plan.accounts.values()].filter(
    a => a.site.id !== plan.home.id || (a.device !== null && plan.source.devices[a.device]?.seat === 'remote'),
  )
  return {
    links: Object.keys(plan.source.links).map(link => ({
      link,
      trunks: trunks.filter(t => t.link === link).map(t => t.id),
      sites: [...plan.sites.values()].filter(s => s.links.includes(link)).map(s => s.id),
    })),
    unknown: trunks.filter(t => t.link === null).map(t => t.id),
    providers: Object.keys(plan.source.providers).map(provider => ({
      provider,
      trunks: trunks.filter(t => plan.source.trunks[t.id]?.provider === provider).map(t => t.id),
    })),
    power: Object.entries(plan.source.power).map(([ups, p]) => ({ ups, feeds: p.feeds ?? [] })),
    remote: remote.map(a => a.username),
    inside: [...plan.accounts.values()].filter(a => !remote.includes(a)).map(a => a.username),
  }
}
