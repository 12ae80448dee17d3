/** Ring groups → groups; queues with their agents → queues. */
import type { DraftValue } from '../draft.ts'
import { type Conversion, seconds } from './conversion.ts'
import type { Destinations } from './destinations.ts'

export function nameGroups(c: Conversion): void {
  for (const row of c.table('ringgroups')) {
    const number = row['grpnum'] ?? ''
    if (number !== '' && membersOf(c, row['grplist'] ?? '').length > 0)
      c.groups.set(number, c.ids.of(row['description'] ?? '', `group-${number}`))
  }
  for (const row of c.table('queues_config')) {
    const number = row['extension'] ?? ''
    if (number !== '') c.queues.set(number, c.ids.of(row['descr'] ?? '', `queue-${number}`))
  }
}

/** '201-202-87011112233#' → people, and outside numbers in full. */
function membersOf(c: Conversion, list: string): string[] {
  const out: string[] = []
  for (const item of list.split('-').map(m => m.trim())) {
    const who = item.endsWith('#') ? c.outside(item.slice(0, -1)) : (c.people.get(item) ?? null)
    if (who !== null && !out.includes(who)) out.push(who)
  }
  return out
}

export function convertGroups(c: Conversion, destinations: Destinations): void {
  for (const row of c.table('ringgroups')) {
    const old = row['grpnum'] ?? ''
    const about = `ring group ${old}`
    const id = c.groups.get(old)
    if (id === undefined) {
      if (old !== '') c.note('left-out', about, 'nobody of its list is among the extensions.')
      continue
    }
    if (c.draft.has('groups', id)) continue
    const list = row['grplist'] ?? ''
    const ring = membersOf(c, list)
    const lost = list.split('-').filter(m => m.trim() !== '').length - ring.length
    if (lost > 0)
      c.note(
        'left-out',
        about,
        `${lost} of its list: they are no extensions (other groups, queues or lines cannot be rung as one of several).`,
      )
    const after = destinations.of(row['postdest'], about) ?? 'voicemail office'
    const time = seconds(row['grptime']) ?? '20s'
    const { together, why } = strategyOf(row['strategy'] ?? '')
    if (why !== '') c.note('changed', about, why)
    if (row['needsconf'] === 'CHECKED')
      c.note('changed', about, 'outside members had to press 1 to take a call: a rota with accept-by asks for that.')
    if (row['annmsg_id'] !== undefined && !['', '0'].includes(row['annmsg_id']))
      c.note('left-out', about, 'the announcement before it rings.')
    if ((row['grppre'] ?? '') !== '')
      c.note('changed', about, `callers were shown with '${row['grppre']}' before their name: the line's name is shown instead.`)
    const total = Math.min(3_600, Number.parseInt(time, 10) * ring.length)
    c.draft.set('groups', id, {
      name: row['description'] || undefined,
      number: c.number(old, about),
      ring,
      ...(together ? { together: true, for: time } : { 'one-by-one': true, each: time, for: `${total}s` }),
      'on-no-answer': after,
      'on-busy': after,
      'on-unreachable': after,
    })
  }
}

function strategyOf(strategy: string): { readonly together: boolean; readonly why: string } {
  const base = strategy.replace(/-prim$/, '')
  const primary = strategy.endsWith('-prim') ? 'the first of its list no longer keeps the others from being rung when busy. ' : ''
  switch (base) {
    case 'ringall':
    case 'ringallv2':
    case '':
      return { together: true, why: primary }
    case 'hunt':
      return { together: false, why: primary }
    case 'memoryhunt':
      return { together: false, why: `${primary}it rang the first, then the first two, and so on: now one after the other.` }
    default:
      return { together: false, why: `${primary}its order was '${strategy}': now one after the other.` }
  }
}

/** FreePBX's names for the ways to ring agents. */
const ORDERS: Readonly<Record<string, string>> = {
  ringall: 'together',
  leastrecent: 'longest-idle',
  fewestcalls: 'fewest-calls',
  rrmemory: 'round-robin',
  rrordered: 'round-robin',
  linear: 'one-by-one',
}

export function convertQueues(c: Conversion, destinations: Destinations): void {
  const details = new Map<string, { members: string[]; settings: Map<string, string> }>()
  for (const row of c.table('queues_details')) {
    const id = row['id'] ?? ''
    const entry = details.get(id) ?? { members: [] as string[], settings: new Map<string, string>() }
    if (row['keyword'] === 'member') entry.members.push(row['data'] ?? '')
    else entry.settings.set(row['keyword'] ?? '', row['data'] ?? '')
    details.set(id, entry)
  }
  for (const row of c.table('queues_config')) {
    const old = row['extension'] ?? ''
    const id = c.queues.get(old)
    if (id === undefined || c.draft.has('queues', id)) continue
    const about = `queue ${old}`
    const { members, settings } = details.get(old) ?? { members: [] as string[], settings: new Map<string, string>() }
    const agents: Record<string, DraftValue> = {}
    for (const member of members) agent(c, about, member, agents)
    for (const dynamic of c.table('dynamic_agents'))
      if (dynamic['queue'] === old) {
        const who = c.people.get(dynamic['agent'] ?? '')
        if (who !== undefined) agents[who] ??= tier(dynamic['penalty'])
      }
    if (Object.keys(agents).length === 0) c.note('decide', about, 'nobody is named as its agent: name them, or calls go straight on.')
    const strategy = settings.get('strategy') ?? 'ringall'
    const order = ORDERS[strategy] ?? 'round-robin'
    if (ORDERS[strategy] === undefined) c.note('changed', about, `its order was '${strategy}': now round-robin.`)
    const each = seconds(settings.get('timeout'), 600) ?? '15s'
    const wait = seconds(row['maxwait'])
    const after = destinations.of(row['dest'], about) ?? 'voicemail office'
    if (wait === null) c.note('decide', about, 'callers waited in it without end: after 10 minutes they go on now.')
    const room = Number(settings.get('maxlen'))
    const says = [
      ...(/^(?:yes|true|1)$/i.test(settings.get('announce-position') ?? '') ? ['position'] : []),
      ...(/^(?:yes|true|1|once)$/i.test(settings.get('announce-holdtime') ?? '') ? ['expected-wait'] : []),
    ]
    const wrapUp = seconds(settings.get('wrapuptime'))
    if ((settings.get('weight') ?? '0') !== '0') c.note('left-out', about, `its weight ${settings.get('weight')} against other queues.`)
    if (!/^(?:0|none)?$/.test(row['ivr_id'] ?? '')) c.note('left-out', about, 'the menu that callers heard while they waited.')
    c.draft.set('queues', id, {
      name: row['descr'] || undefined,
      number: c.number(old, about),
      agents,
      ring: order === 'together' ? 'together' : `${order}, ${each} each`,
      says: says.length > 0 ? says : undefined,
      'room-for': Number.isInteger(room) && room > 0 ? room : undefined,
      'wrap-up': wrapUp ?? undefined,
      'on-waited': { after: wait ?? '10min', to: after },
      'on-full': room > 0 ? { to: after } : undefined,
      'on-nobody': { to: after },
    })
  }
}

/** 'Local/201@from-queue/n,0', 'PJSIP/201,1', 'SIP/201' */
function agent(c: Conversion, about: string, member: string, agents: Record<string, DraftValue>): void {
  const m = /^(?:Local|SIP|PJSIP|IAX2|Agent|DAHDI)\/(\+?\w+)(?:@[^,]*)?(?:,(\d+))?/i.exec(member.trim())
  const who = m === null ? undefined : c.people.get(m[1]!)
  if (who !== undefined) agents[who] ??= tier(m![2])
  else c.note('left-out', about, `its agent '${m?.[1] ?? member}' is no extension.`)
}

/** A penalty of 0 is the first tier. */
function tier(penalty: string | undefined): number {
  const n = Number(penalty)
  return Number.isInteger(n) && n > 0 ? Math.min(20, n + 1) : 1
}
