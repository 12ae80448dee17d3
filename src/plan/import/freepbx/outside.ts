/** Inbound routes → lines; trunks with their passwords → trunks; outbound routes → rules by class of call. */
import type { DraftValue } from '../draft.ts'
import { plainWords } from '../names.ts'
import { writeOutgoing } from '../office-frame.ts'
import type { Row } from './backup.ts'
import type { Conversion } from './conversion.ts'
import type { Destinations } from './destinations.ts'
import { type DialPattern, dialled, typicalNumbers } from './dial-patterns.ts'

/** The line numbers, first the one that is shown; `anyLine` is where calls to other numbers go. */
export function convertLines(
  c: Conversion,
  destinations: Destinations,
  owner: string,
): { readonly numbers: readonly string[]; readonly anyLine: string | null } {
  const numbers: string[] = []
  let anyLine: string | null = null
  for (const row of c.table('incoming')) {
    const did = row['extension'] ?? ''
    const about = `inbound route ${did === '' ? 'any DID' : did}${row['description'] ? ` (${row['description']})` : ''}`
    if ((row['cidnum'] ?? '') !== '') {
      callersOf(c, destinations, row, about)
      continue
    }
    const to = destinations.of(row['destination'], about)
    if (did === '') {
      anyLine = to
      continue
    }
    const number = c.outside(did)
    if (number === null) {
      c.note('left-out', about, 'its number cannot be read as a telephone number: put it in under lines, in full.')
      continue
    }
    if (numbers.includes(number)) {
      c.note('left-out', about, `${number} stands in the backup twice.`)
      continue
    }
    numbers.push(number)
    const person = [...c.people.values()].find(id => id === to)
    c.draft.set('lines', number, { name: row['description'] || undefined, to: to ?? 'voicemail office', owner: person ?? owner })
    if (to === null) c.note('decide', about, "it led nowhere: it leads to the office's box now.")
  }
  if (c.blocked.size > 0) c.draft.set('callers', 'blocked', [...c.blocked])
  if (numbers.length > 0) {
    c.draft.remark('lines', 'decide: who is answerable for the missed calls of each line (owner)')
    c.note('decide', 'lines', 'FreePBX knows no owner of a line: somebody has to answer for its missed calls.')
  }
  return { numbers, anyLine }
}

/** Routes for certain callers: those that end the call become blocked callers, those for withheld numbers are carried over. */
function callersOf(c: Conversion, destinations: Destinations, row: Row, about: string): void {
  const who = (row['cidnum'] ?? '').trim()
  const ends = /^app-blackhole,(?:hangup|busy|congestion|zapateller)/.test(row['destination'] ?? '')
  if (/^(?:anonymous|unknown|private|restricted|withheld|unavailable|blocked)$/i.test(who)) {
    const to = ends ? 'refuse' : destinations.of(row['destination'], about)
    if (to !== null && !c.draft.has('callers', 'anonymous')) c.draft.set('callers', 'anonymous', to)
    if ((row['extension'] ?? '') !== '')
      c.note('changed', about, 'it held for one number: now it holds for callers of every line who withhold their number.')
    return
  }
  // '_7701.' begins with 7701; '_7701XXXXXXX' does as well.
  const beginning = /^_?\+?(\d{3,14})[XZN.!]+$/i.exec(who)?.[1]
  const whole = beginning === undefined ? c.outside(who) : null
  const caller = beginning !== undefined ? beginningOf(c, beginning) : whole
  if (!ends || caller === null) {
    c.note('left-out', about, `it held for callers like '${who}' only.`)
    return
  }
  c.blocked.add(caller)
  c.note('changed', about, `callers like '${who}' are blocked on every line now.`)
}

/** The beginning of numbers as trunks announce them, in full: with the country's code, or with the digit that stands for it. */
function beginningOf(c: Conversion, digits: string): string | null {
  const zone7 = c.office.country === 'KZ' || c.office.country === 'RU'
  if (zone7) return /^[78]/.test(digits) ? `+7${digits.slice(1)}*` : null
  return c.office.country === 'US' || c.office.country === 'CA' ? `+${digits.startsWith('1') ? digits : `1${digits}`}*` : `+${digits}*`
}

/** Words of the trunks in the order of the old table, by their old ids. */
export function convertTrunks(c: Conversion, anyLine: string | null): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  for (const row of c.table('trunks')) {
    const old = row['trunkid'] ?? ''
    const name = row['name'] || row['channelid'] || old
    const about = `trunk ${name}`
    if (/^(?:on|yes|1)$/i.test(row['disabled'] ?? '')) {
      c.note('left-out', about, 'it was switched off.')
      continue
    }
    const facts = factsOf(c, row)
    if (facts === null) {
      c.note('left-out', about, `it is no SIP trunk (${row['tech'] ?? 'unknown'}).`)
      continue
    }
    const id = c.ids.of(name, `trunk-${old}`)
    ids.set(old, id)
    if (facts.password !== '') c.secrets[`trunks/${id}`] = facts.password
    const login = facts.user === '' ? undefined : { user: facts.user, password: `secret:trunks/${id}` }
    const channels = Number(row['maxchans'])
    const host = /^[A-Za-z0-9._-]+(?::\d{1,5})?$/.test(facts.host) ? facts.host : 'sip.provider.example'
    if (host !== facts.host) c.note('decide', about, "its host could not be read from the backup: 'host' is a stand-in.")
    if (!(channels > 0)) c.note('decide', about, 'how many calls it carries at once is not in the backup: 10 were taken.')
    const value: Record<string, DraftValue | undefined> = {
      host,
      transport: facts.transport === 'udp' ? undefined : facts.transport,
      register: facts.registers ? login : undefined,
      login: facts.registers ? undefined : login,
      'by-address': facts.registers ? undefined : true,
      channels: channels > 0 ? Math.min(channels, 10_000) : 10,
      prefix: /^[0-9*#+]{1,10}$/.test(row['dialoutprefix'] ?? '') ? row['dialoutprefix'] : undefined,
      shows: c.outside(row['outcid'] ?? '') ?? undefined,
      otherwise: anyLine ?? undefined,
    }
    c.draft.set('trunks', id, value)
  }
  if (ids.size === 0) {
    c.draft.set(
      'trunks',
      'provider',
      { host: 'sip.provider.example', 'by-address': true, channels: 10, otherwise: anyLine ?? undefined },
      'decide: no trunk could be carried over; this one is a stand-in',
    )
    c.note('decide', 'trunks', 'no trunk could be carried over: put the provider in.')
    ids.set('', 'provider')
  }
  return ids
}

interface TrunkFacts {
  readonly host: string
  readonly user: string
  readonly password: string
  readonly registers: boolean
  readonly transport: 'udp' | 'tcp' | 'tls'
}

function factsOf(c: Conversion, trunk: Row): TrunkFacts | null {
  const old = trunk['trunkid'] ?? ''
  const settings = (table: string, id: string): Map<string, string> =>
    new Map(c.table(table).flatMap(r => (r['id'] === id ? [[r['keyword'] ?? '', r['data'] ?? ''] as const] : [])))
  if (trunk['tech'] === 'pjsip') {
    const s = settings('pjsip', old)
    const port = s.get('sip_server_port') ?? ''
    const registers = s.get('registration') === 'send'
    return {
      host: (s.get('sip_server') ?? '') + (/^\d+$/.test(port) && port !== '5060' ? `:${port}` : ''),
      user: registers || /^(?:outbound|both)$/.test(s.get('authentication') ?? '') ? s.get('auth_username') || s.get('username') || '' : '',
      password: s.get('secret') ?? '',
      registers,
      transport: transportOf(s.get('transport') ?? ''),
    }
  }
  if (trunk['tech'] !== 'sip') return null
  const peer = settings('sip', `tr-peer-${old}`)
  const register = settings('sip', `tr-reg-${old}`).get('register') ?? ''
  // user[:password[:user of the digest]]@host[:port][/extension]
  const r = /^(?:\w+:\/\/)?([^:@]+)(?::([^:@]*))?(?::[^@]*)?@([^/:]+)(?::(\d+))?/.exec(register)
  const port = peer.get('port') ?? r?.[4] ?? ''
  return {
    host: (peer.get('host') ?? r?.[3] ?? '') + (/^\d+$/.test(port) && port !== '5060' ? `:${port}` : ''),
    user: r?.[1] ?? peer.get('username') ?? peer.get('defaultuser') ?? '',
    password: peer.get('secret') ?? peer.get('remotesecret') ?? r?.[2] ?? '',
    registers: r !== null,
    transport: transportOf(peer.get('transport') ?? ''),
  }
}

function transportOf(text: string): 'udp' | 'tcp' | 'tls' {
  return /tls/i.test(text) ? 'tls' : /tcp/i.test(text) && !/udp/i.test(text) ? 'tcp' : 'udp'
}

/** The old routes are asked, in their order, where typical numbers of each class would leave. */
export function convertOutgoing(c: Conversion, trunks: ReadonlyMap<string, string>, owner: string): void {
  const routes = [...c.table('outbound_routes')].sort((a, b) => Number(a['seq'] ?? 0) - Number(b['seq'] ?? 0))
  if (routes.length === 0 || trunks.has('')) {
    writeOutgoing(c.draft, [...trunks.values()], [owner])
    return
  }
  const patterns = new Map<string, DialPattern[]>()
  for (const p of c.table('outbound_route_patterns')) {
    const list = patterns.get(p['route_id'] ?? '') ?? []
    list.push({ prefix: p['match_pattern_prefix'] ?? '', match: p['match_pattern_pass'] ?? '', caller: p['match_cid'] ?? '' })
    patterns.set(p['route_id'] ?? '', list)
    if ((p['match_cid'] ?? '') !== '')
      c.note('left-out', `outbound route ${nameOf(routes, p['route_id'])}`, `patterns for callers like '${p['match_cid']}' only.`)
  }
  const prefix = outsidePrefix([...patterns.values()].flat())
  const by = (route: Row): string[] =>
    c
      .table('outbound_route_trunks')
      .filter(t => t['route_id'] === route['route_id'])
      .sort((a, b) => Number(a['seq'] ?? 0) - Number(b['seq'] ?? 0))
      .flatMap(t => trunks.get(t['trunk_id'] ?? '') ?? [])
  const rules: { calls: string[]; by: string[]; guard: boolean; pin: string | null }[] = []
  const missing: string[] = []
  for (const [callClass, numbers] of typicalNumbers(c.office)) {
    const route = routes.find(r =>
      numbers.some(n => patterns.get(r['route_id'] ?? '')?.some(p => dialled(p, prefix + n) || (prefix !== '' && dialled(p, n)))),
    )
    const leave = route === undefined ? [] : by(route)
    if (leave.length === 0) {
      missing.push(callClass)
      continue
    }
    const guard = callClass === 'international' || callClass === 'premium'
    const pin = pinOf(c, routes, route!)
    const same = rules.find(r => r.guard === guard && r.by.join() === leave.join() && r.pin === pin)
    if (same === undefined) rules.push({ calls: [callClass], by: leave, guard, pin })
    else same.calls.push(callClass)
  }
  const inTheWay = prefix !== '' && [...c.numbers.keys()].some(n => n.startsWith(prefix))
  if (inTheWay)
    c.note(
      'decide',
      'outgoing calls',
      `${prefix} was dialled before outside numbers, but extensions begin with it: numbers are dialled without it now.`,
    )
  else if (prefix !== '') c.draft.set('numbering', 'outside-prefix', prefix)
  c.draft.remark('outgoing', 'decide: who may call what. The old routes were asked where typical numbers of each class leave.')
  c.draft.set('outgoing', 'rules', [
    { calls: 'emergency', by: 'any' },
    ...rules.map(r => ({
      calls: r.calls,
      who: r.guard || r.pin !== null ? [owner] : 'everyone',
      by: r.by,
      pin: r.pin ?? undefined,
      guard: r.guard ? { 'per-day': '60min', 'at-once': 2 } : undefined,
    })),
  ])
  if (missing.length > 0) c.note('decide', 'outgoing calls', `no old route carried ${missing.join(', ')} calls: nobody may make them now.`)
  if (rules.some(r => r.guard))
    c.note('decide', 'outgoing calls', 'everyone could make dear calls: now those named in the rule, and 60 minutes a day.')
  for (const r of routes) {
    const about = `outbound route ${nameOf(routes, r['route_id'])}`
    if (!/^0?$/.test(r['time_group_id'] ?? '')) c.note('left-out', about, "its hours: say 'during:' in the rule.")
  }
}

/** A route's PIN lets those make its calls who have no right to; a list of PINs or anything else stays behind. */
function pinOf(c: Conversion, routes: readonly Row[], route: Row): string | null {
  const password = route['password'] ?? ''
  if (password === '') return null
  const name = nameOf(routes, route['route_id'])
  if (!/^\d{3,12}$/.test(password)) {
    c.note('left-out', `outbound route ${name}`, 'its set of PINs: rights are given to people here.')
    return null
  }
  const secret = `routes/${plainWords(name).join('-') || route['route_id']}`
  c.secrets[secret] = password
  c.note('changed', `outbound route ${name}`, 'its PIN was asked of everyone: now of those who have no right to such calls.')
  return `secret:${secret}`
}

function nameOf(routes: readonly Row[], id: string | undefined): string {
  return routes.find(r => r['route_id'] === id)?.['name'] || (id ?? '')
}

/** The digit before outside numbers, when every pattern has it as its prefix. */
function outsidePrefix(patterns: readonly DialPattern[]): string {
  const first = patterns[0]?.prefix ?? ''
  const long = patterns.filter(p => p.match.length > 3)
  return /^\d$/.test(first) && long.every(p => p.prefix === first) ? first : ''
}
