/** Trunks and the rules by which calls leave. */

import type { OutgoingRule, Site, Trunk } from '../compiled.ts'
import type { CallClass } from '../schema/call-classes.ts'
import type { Path } from '../source.ts'
import type { Names } from './names.ts'
import type { Workbench } from './workbench.ts'

export function compileTrunks(bench: Workbench, names: Names, sites: ReadonlyMap<string, Site>): Map<string, Trunk> {
  const trunks = new Map<string, Trunk>()
  for (const [id, trunk] of Object.entries(bench.plan.trunks)) {
    const path: Path = ['trunks', id]
    const [host, port] = hostAndPort(trunk.host)
    if (port > 65_535) bench.problem('bad-host', [...path, 'host'], `There is no port ${port}.`, 'A port is at most 65535.')
    if (trunk.provider !== undefined) bench.known(trunk.provider, bench.plan.providers, 'provider', [...path, 'provider'])
    if (trunk.link !== undefined) bench.known(trunk.link, bench.plan.links, 'link', [...path, 'link'])
    if (trunk.site !== undefined) bench.known(trunk.site, bench.plan.sites, 'site', [...path, 'site'])
    const login = trunk.register ?? trunk.login ?? null
    const byAddress = trunk['by-address']
    const may = trunk['may-show']
    trunks.set(id, {
      id,
      name: trunk.name ?? id,
      host,
      port,
      transport: trunk.transport,
      proxy: trunk.proxy ?? null,
      register:
        trunk.register === undefined
          ? null
          : {
              user: trunk.register.user,
              secret: trunk.register.password,
              realm: trunk.register.realm ?? null,
              expiresS: Math.round((trunk.register.expires ?? 600_000) / 1_000),
            },
      login: login === null ? null : { user: login.user, secret: login.password, realm: login.realm ?? null },
      incoming: trunk.incoming === undefined ? null : { user: trunk.incoming.user, secret: trunk.incoming.password },
      sources: byAddress === undefined ? [] : byAddress === true ? [host] : byAddress,
      channels: trunk.channels,
      link: trunk.link ?? null,
      site: trunk.site ?? null,
      media: {
        kind: trunk.srtp === 'required' ? 'sdes' : trunk.srtp === 'optional' ? 'sdes-optional' : 'rtp',
        codecs: trunk.codecs ?? ['PCMA', 'PCMU', 'G722', 'opus'],
        dtmf: trunk.dtmf ?? 'rfc4733',
        latch: byAddress === undefined,
      },
      numberForm: trunk['number-form'],
      prefix: trunk.prefix ?? '',
      country: sites.get(trunk.site ?? '')?.habit.country ?? bench.plan.office.country,
      shows: bench.number(trunk.shows, [...path, 'shows']),
      mayShow:
        may === undefined ? null : may === 'any' ? 'any' : new Set(may.flatMap((n, i) => bench.number(n, [...path, 'may-show', i]) ?? [])),
      passesCaller: trunk['passes-caller'] ?? false,
      trustsIdentity: trunk['trusts-identity'] ?? true,
      emergency: trunk.emergency ?? true,
      otherwise: names.resolve(trunk.otherwise, [...path, 'otherwise']),
      checkEveryMs: trunk['check-every'] ?? 30_000,
      place: bench.place(...path),
    })
  }
  return trunks
}

function hostAndPort(text: string): readonly [string, number] {
  const m = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text)
  return m === null ? [text, 0] : [m[1]!.replace(/^\[|\]$/g, ''), m[2] === undefined ? 0 : Number(m[2])]
}

const OWN_SITE = 'own-site'

export function compileOutgoing(bench: Workbench): OutgoingRule[] {
  const { outgoing, trunks, hours, people, departments, devices, roles } = bench.plan
  return outgoing.rules.map((rule, index) => {
    const path: Path = ['outgoing', 'rules', index]
    const who = new Set<string>()
    const inDepartments = new Set<string>()
    if (typeof rule.who !== 'string')
      rule.who.forEach((word, i) => {
        const id = word.replace(/^department /, '')
        if (word === id && people[id] !== undefined) who.add(`person:${id}`)
        else if (word === id && devices[id] !== undefined) who.add(`room:${id}`)
        else if (word === id && roles[id] !== undefined) who.add(`role:${id}`)
        else if (bench.known(id, [departments, people], 'person or department', [...path, 'who', i])) inDepartments.add(id)
      })
    const by = rule.by === undefined ? [] : rule.by === 'any' ? Object.keys(trunks) : rule.by.filter(trunk => trunk !== OWN_SITE)
    if (rule.by !== undefined && rule.by !== 'any')
      rule.by.forEach((trunk, i) => {
        if (trunk !== OWN_SITE) bench.known(trunk, trunks, 'trunk', [...path, 'by', i])
      })
    if (rule.during !== undefined) bench.known(rule.during, hours, 'hours', [...path, 'during'])
    if (rule.guard?.hours !== undefined) bench.known(rule.guard.hours, hours, 'hours', [...path, 'guard', 'hours'])
    return {
      index,
      classes: new Set<CallClass | 'emergency'>(rule.calls),
      who: typeof rule.who === 'string' ? rule.who : who,
      departments: inDepartments,
      trunks: by,
      ownSiteFirst: rule.by !== undefined && rule.by !== 'any' && rule.by.includes(OWN_SITE),
      starting: rule.starting ?? [],
      during: rule.during ?? null,
      guard:
        rule.guard === undefined
          ? null
          : {
              perDayMs: rule.guard['per-day'] ?? null,
              atOnce: rule.guard['at-once'] ?? null,
              perHour: rule.guard['per-hour'] ?? null,
              hours: rule.guard.hours ?? null,
              spend: moneyOf(rule.guard.spend),
            },
      shows: rule.shows === 'last-line' ? 'last-line' : bench.number(rule.shows, [...path, 'shows']),
      pin: rule.pin ?? null,
      place: bench.place(...path),
    }
  })
}

function moneyOf(text: string | undefined): { readonly amount: number; readonly currency: string } | null {
  const m = /^(\S+) ([A-Z]{3})/.exec(text ?? '')
  return m === null ? null : { amount: Number(m[1]), currency: m[2]! }
}
