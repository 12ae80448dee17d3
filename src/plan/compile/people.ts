/** People and rooms as places where a call can be. */
import type { Account, NodeKey, PersonNode, Rights, Site } from '../compiled.ts'
import { CALL_CLASSES } from '../schema/call-classes.ts'
import type { Plan } from '../schema/plan-schema.ts'
import type { Path } from '../source.ts'
import type { Accounts } from './accounts.ts'
import { resolveFallbacks } from './fallbacks.ts'
import type { Names } from './names.ts'
import type { Workbench } from './workbench.ts'

const NO_SKILLS: ReadonlyMap<string, number> = new Map()

export type SiteOf = (person: string | null, device: string | null) => Site

/** A person's site: their own, their extension's range's, their department's, else the first of the office. */
export function siteFinder(
  bench: Workbench,
  sites: ReadonlyMap<string, Site>,
  home: Site,
  rangeSite: (extension: string) => string | null,
): SiteOf {
  const { people, devices, departments } = bench.plan
  return (personId, deviceId) => {
    const person = personId === null ? undefined : people[personId]
    const device = deviceId === null ? undefined : devices[deviceId]
    const extension = person?.extension ?? device?.extension
    const id =
      device?.site ?? person?.site ?? (extension === undefined ? null : rangeSite(extension)) ?? departments[person?.department ?? '']?.site
    return sites.get(id ?? '') ?? home
  }
}

export function compilePeople(bench: Workbench, names: Names, accounts: Accounts, siteOf: SiteOf, nodes: Map<NodeKey, PersonNode>): void {
  const { people, departments, voicemail, defaults, roles } = bench.plan
  const officeBox = boxOf(defaults['on-no-answer'], voicemail) ?? boxOf(defaults['on-busy'], voicemail)
  const rolesOf = new Map<string, string[]>()
  for (const [id, role] of Object.entries(roles))
    for (const who of role['held-by'] ?? []) rolesOf.set(who, [...(rolesOf.get(who) ?? []), id])
  for (const [id, person] of Object.entries(people)) {
    const path: Path = ['people', id]
    const site = siteOf(id, null)
    if (person.site !== undefined) bench.known(person.site, bench.plan.sites, 'site', [...path, 'site'])
    if (person.department !== undefined) bench.known(person.department, departments, 'department', [...path, 'department'])
    const box =
      person.voicemail !== undefined && bench.known(person.voicemail, voicemail, 'voicemail box', [...path, 'voicemail'])
        ? `voicemail:${person.voicemail}`
        : null
    const own = resolveFallbacks(names, person, path)
    const forward = person.forward ?? {}
    nodes.set(`person:${id}`, {
      kind: 'person',
      is: 'person',
      key: `person:${id}`,
      id,
      name: person.name,
      place: bench.place(...path),
      extension: person.extension ?? '',
      accounts: accounts.ofPerson.get(id) ?? [],
      department: person.department ?? null,
      site,
      language: person.language ?? null,
      mobile: bench.number(person.mobile, [...path, 'mobile'], site.habit),
      skills: person.skills === undefined ? NO_SKILLS : new Map(Object.entries(person.skills)),
      shows: bench.number(person.shows, [...path, 'shows'], site.habit),
      hidesNumber: person['hides-number'] ?? false,
      rights: rightsOf(person['may-call'] ?? departments[person.department ?? '']?.['may-call']),
      mayForward: person['may-forward'] ?? defaults['may-forward'],
      box: box ?? officeBox,
      roles: rolesOf.get(id) ?? [],
      callsAtOnce: person['calls-at-once'] ?? defaults['calls-at-once'],
      ringForMs: person['ring-for'] ?? defaults['ring-for'],
      fallbacks: {
        busy: own.busy ?? box,
        noAnswer: own.noAnswer ?? box,
        unreachable: own.unreachable ?? box,
        rejected: own.rejected ?? box,
      },
      forward: {
        always: names.resolve(forward.always, [...path, 'forward', 'always']),
        busy: names.resolve(forward.busy, [...path, 'forward', 'busy']),
        noAnswer: names.resolve(forward['no-answer'], [...path, 'forward', 'no-answer']),
        unreachable: names.resolve(forward.unreachable, [...path, 'forward', 'unreachable']),
      },
    })
  }
  for (const [id, device] of Object.entries(bench.plan.devices)) {
    if (device.site !== undefined) bench.known(device.site, bench.plan.sites, 'site', ['devices', id, 'site'])
    if (device.person === undefined && device.extension !== undefined)
      nodes.set(`room:${id}`, room(bench, names, accounts.byUser.get(accounts.ofRoom.get(id) ?? ''), siteOf, id, device))
  }
}

function room(
  bench: Workbench,
  names: Names,
  account: Account | undefined,
  siteOf: SiteOf,
  id: string,
  device: Plan['devices'][string],
): PersonNode {
  const path: Path = ['devices', id]
  const { defaults } = bench.plan
  return {
    kind: 'person',
    is: 'room',
    key: `room:${id}`,
    id,
    name: device.name ?? id,
    place: bench.place(...path),
    extension: device.extension ?? '',
    accounts: account === undefined ? [] : [account.username],
    department: null,
    site: siteOf(null, id),
    language: null,
    mobile: null,
    skills: NO_SKILLS,
    shows: bench.number(device.shows, [...path, 'shows']),
    hidesNumber: false,
    rights: rightsOf(device['may-call']),
    mayForward: 'no',
    box: null,
    roles: [],
    callsAtOnce: device['calls-at-once'] ?? defaults['calls-at-once'],
    ringForMs: device['ring-for'] ?? defaults['ring-for'],
    fallbacks: resolveFallbacks(names, device, path),
    forward: { always: null, busy: null, noAnswer: null, unreachable: null },
  }
}

/** 'voicemail office' → its key, when there is such a box. */
function boxOf(destination: string | undefined, boxes: Plan['voicemail']): NodeKey | null {
  const id = /^voicemail (\S+)$/.exec(destination ?? '')?.[1]
  return id !== undefined && boxes[id] !== undefined ? `voicemail:${id}` : null
}

function rightsOf(may: Plan['people'][string]['may-call']): Rights {
  if (may === undefined) return { ceiling: null, exactly: null }
  if (Array.isArray(may)) return { ceiling: null, exactly: new Set(['internal', ...may] as const) }
  return { ceiling: CALL_CLASSES.indexOf(may), exactly: null }
}
