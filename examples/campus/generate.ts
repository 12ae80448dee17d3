/**
 * A university campus of any size, generated: the large office on which the plan's speed is measured.
 * The same options give the same text. It is written as people would write it: every department has a queue, a box, a lead,
 * lines of its own; every building a menu, an operator desk and the trunks of its telephone room.
 *
 *   node examples/campus/generate.ts [--extensions 10000] [--queues 500] [--lines 2000] [--seed 1] > campus.yaml
 */
import { parseArgs } from 'node:util'

export interface CampusSize {
  /** People and rooms together. */
  readonly extensions?: number
  /** One for each department. */
  readonly queues?: number
  /** Numbers that the outside world dials. */
  readonly lines?: number
  readonly seed?: number
}

/** The plan's text: 20 to 38,000 extensions, up to 1,000 departments of at least five people each. */
export function campusPlan(size: CampusSize = {}): string {
  const campus = lay(size)
  return [
    head(campus),
    sites(campus),
    numbering(campus),
    people(campus),
    devices(campus),
    departments(campus),
    roles(campus),
    calendars(campus),
    outside(campus),
    lines(campus),
    menus(campus),
    groups(campus),
    queues(campus),
    routes(campus),
    boxes(campus),
    keeping(campus),
  ].join('\n')
}

interface Person {
  readonly id: string
  readonly name: string
  readonly extension: string
  readonly mobile: string | null
}

interface Department {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly building: number
  readonly people: readonly Person[]
  readonly hours: string
}

interface Campus {
  readonly departments: readonly Department[]
  readonly buildings: number
  readonly rooms: number
  readonly lines: number
  readonly random: () => number
}

const PEOPLE_FROM = 20_000
const A_BUILDING_HAS = 1_000
const FIRST_LINE = 77_172_700_000

const WOMEN = words(
  'Aida Aigerim Ainur Aliya Alma Anara Anna Asel Asiya Balzhan Bayan Dana Dinara Elena Gulnara Irina Kamila Karina Laura Madina Maria Meruert Natalia Nazgul Olga Raushan Saltanat Saule Svetlana Tatiana Togzhan Zarina Zhanar Zhibek',
)
const MEN = words(
  'Adil Aidar Alexei Alibek Almas Andrei Arman Askar Bakyt Bauyrzhan Boris Daniyar Dauren Denis Erlan Galym Igor Ilyas Kairat Kanat Maksim Marat Nurlan Oleg Pavel Rinat Ruslan Sanzhar Sergei Serik Talgat Timur Viktor Yerbol Zhandos',
)
const FAMILIES = words(
  'Abdrakhmanov Abenov Akhmetov Amanov Aubakirov Baimukhanov Bekov Dzhaksybekov Esimov Ibragimov Iskakov Ivanov Kaliyev Kasymov Kenzhebekov Khasenov Kozlov Kuznetsov Mukhamedov Musin Nurlanov Nurpeisov Omarov Ospanov Petrov Rakhimov Sadykov Sarsenov Seitkali Smagulov Smirnov Suleimenov Tulegenov Umarov Utegenov Vasiliev Yesenov Zhakupov Zhumabekov Zubarev',
)
const SUBJECTS = words(
  'Algebra Anatomy Archaeology Architecture Astronomy Biochemistry Biology Botany Chemistry Economics Education Electronics Ethnology Forestry Geology Geography History Hydrology Informatics Journalism Law Linguistics Literature Logistics Management Mathematics Mechanics Medicine Metallurgy Mining Music Pharmacology Philosophy Physics Physiology Politics Psychology Sociology Statistics Zoology',
)
const OFFICES = words(
  'Accounts Admissions Archive Canteen Clinic Dormitory Grants Helpdesk Library Personnel Press Procurement Security Stores',
)
const HOURS: Readonly<Record<string, string>> = {
  office: '{ mon-fri: "09:00-18:00", holidays: KZ, except: { 2026-12-31: "09:00-13:00" } }',
  laboratories: '{ mon-fri: "08:30-12:30, 13:30-17:30", holidays: KZ }',
  library: '{ mon-fri: "08:00-22:00", sat: "10:00-20:00", sun: "10:00-18:00", holidays: KZ }',
  clinic: '{ mon-fri: "08:00-20:00", sat: "09:00-14:00" }',
  canteen: '{ mon-sat: "07:30-19:00", holidays: KZ }',
  desk: '{ mon-fri: "08:00-20:00", sat: "09:00-15:00", holidays: KZ }',
}
/** What a department of that name keeps for hours; the rest keep the office's. */
const HOURS_OF: Readonly<Record<string, string>> = {
  library: 'library',
  clinic: 'clinic',
  canteen: 'canteen',
  dormitory: 'always',
  security: 'always',
  helpdesk: 'library',
}

function lay(size: CampusSize): Campus {
  const extensions = Math.min(38_000, Math.max(20, size.extensions ?? 10_000))
  const rooms = Math.floor(extensions / 50)
  const staff = extensions - rooms
  const count = Math.max(1, Math.min(size.queues ?? Math.round(extensions / 20), Math.floor(staff / 5), 1_000))
  const random = generator(size.seed ?? 1)
  const taken = new Map<string, number>()
  const departments: Department[] = []
  let next = 0
  for (let index = 0; index < count; index++) {
    const members = Math.floor(((index + 1) * staff) / count) - next
    const subject = index % 4 === 3 ? OFFICES[(index >> 2) % OFFICES.length]! : SUBJECTS[(index - (index >> 2)) % SUBJECTS.length]!
    const id = numbered(subject.toLowerCase(), taken)
    const own = Array.from({ length: members }, (_, n) => person(next + n, random, taken))
    const round = /\d+$/.exec(id)?.[0]
    departments.push({
      index,
      id,
      name: round === undefined ? subject : `${subject} ${round}`,
      building: Math.floor(next / A_BUILDING_HAS),
      people: own,
      hours: HOURS_OF[subject.toLowerCase()] ?? (index % 5 === 1 ? 'laboratories' : 'office'),
    })
    next += members
  }
  return {
    departments,
    buildings: departments.at(-1)!.building + 1,
    rooms,
    lines: Math.max(1, size.lines ?? Math.round(extensions / 5)),
    random,
  }
}

function person(index: number, random: () => number, taken: Map<string, number>): Person {
  const woman = random() < 0.5
  const names = woman ? WOMEN : MEN
  const first = names[Math.floor(random() * names.length)]!
  const family = FAMILIES[Math.floor(random() * FAMILIES.length)]!
  const last = woman && /[vn]$/.test(family) ? `${family}a` : family
  return {
    id: numbered(`${first}-${last}`.toLowerCase(), taken),
    name: `${first} ${last}`,
    extension: String(PEOPLE_FROM + index),
    mobile: index % 4 === 0 ? `+7701${String(2_000_000 + ((index * 7919) % 7_000_000))}` : null,
  }
}

/** 'aida-sadykova', then 'aida-sadykova-2'. */
function numbered(id: string, taken: Map<string, number>): string {
  const n = (taken.get(id) ?? 0) + 1
  taken.set(id, n)
  return n === 1 ? id : `${id}-${n}`
}

function words(text: string): readonly string[] {
  return text.split(' ')
}

/** Mulberry32: small, and the same on every machine. */
function generator(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const each = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n)
const lead = (d: Department): Person => d.people[0]!
/** The departments of the first lines have numbers of their own; with few lines the others are reached through the menu. */
const lineOf = (n: number): string => `+${FIRST_LINE + n}`
const ownLine = (c: Campus, d: Department): string | null => (c.buildings + d.index < c.lines ? lineOf(c.buildings + d.index) : null)
const inBuilding = (c: Campus, b: number): readonly Department[] => c.departments.filter(d => d.building === b)
const trunkOf = (b: number): string => (b % 2 === 0 ? 'steppe' : 'kaztel')

function head(c: Campus): string {
  const [first, second] = [lead(c.departments[0]!), lead(c.departments[Math.min(1, c.departments.length - 1)]!)]
  return `# Generated by examples/campus/generate.ts: a campus of ${c.departments.length} departments in ${c.buildings} buildings.
plan: 1
office:
  name: Steppe University
  country: KZ
  timezone: Asia/Almaty
  languages: [ru, kk, en]
  area: "7172"
  owner: ${first.id}
  approvers: [${[...new Set([first.id, second.id])].join(', ')}]
  shows: "${lineOf(0)}"
defaults: { ring-for: 20s, on-no-answer: voicemail campus, on-busy: voicemail campus }`
}

function sites(c: Campus): string {
  const links = each(c.buildings).map(b => `  fibre-${b + 1}: { check: [gateway] }`)
  const list = each(c.buildings).map(
    b =>
      `  building-${b + 1}: { address: "Kabanbay Batyr ${b + 1}, Astana", area: "7172", networks: [10.${b + 10}.0.0/16], links: [fibre-${b + 1}, fibre-${((b + 1) % c.buildings) + 1}], trunks: [${trunkOf(b)}-${b + 1}] }`,
  )
  if (c.buildings === 1) links.push('  reserve: { check: [gateway] }')
  return ['links:', ...links, 'sites:', ...list.map(l => l.replace(/links: \[(\S+), \1\]/, 'links: [$1]'))].join('\n')
}

function numbering(c: Campus): string {
  const last = c.departments.at(-1)!.people.at(-1)!.extension
  const people = each(c.buildings).map(b => {
    const from = Number(inBuilding(c, b)[0]!.people[0]!.extension)
    const to = b + 1 === c.buildings ? Number(last) : Number(inBuilding(c, b + 1)[0]!.people[0]!.extension) - 1
    return `    "${from}-${to}": { for: people, purpose: Building ${b + 1}, site: building-${b + 1}, owner: head-${c.departments[0]!.id} }`
  })
  return `numbering:
  ranges:
${people.join('\n')}
    "60000-61999": { for: queues, purpose: Queues of departments }
    "62000-62999": { for: groups, purpose: Operators and secretaries }
    "63000-64999": { for: roles, purpose: Heads and duty }
    "65000-65999": { for: menus, purpose: Menus of buildings }
    "66000-67999": { for: voicemail, purpose: Boxes of departments }
    "68000-68999": { for: rooms, purpose: Lecture halls and doors }
    "69000-69099": { for: services, purpose: Announcements }
    "70000-79999": { reserved: Medical school }
  emergency: { numbers: ["112", "101", "102", "103"], tell: desk-1 }
  city-numbers: ["109", "1414"]`
}

function people(c: Campus): string {
  const rows = c.departments.flatMap(d =>
    d.people.map((p, n) => {
      const colleague = d.people[(n + 1) % d.people.length]!
      const more = [
        p.mobile === null ? '' : `, mobile: "${p.mobile}"`,
        n === 0 ? ', may-call: international' : '',
        n % 6 === 5 ? ', language: kk' : '',
        // Some ring a colleague first; every second one of these does not, so that nobody is sent round in a circle.
        n % 4 === 1 ? `, on-busy: ${colleague.id}` : '',
        n % 9 === 8 ? `, forward: { unreachable: ${d.id}-queue }` : '',
        n % 7 === 3 ? ', ring-for: 30s' : '',
      ].join('')
      return `  ${p.id}: { name: ${p.name}, extension: "${p.extension}", department: ${d.id}, voicemail: ${d.id}${more} }`
    }),
  )
  return ['people:', ...rows].join('\n')
}

function devices(c: Campus): string {
  const kinds = ['yealink-t54w', 'grandstream-grp2614', 'snom-d785', 'yealink-t31p']
  const desks = c.departments.flatMap(d =>
    d.people.flatMap((p, n) => {
      if (n % 3 !== 0) return []
      const index = Number(p.extension)
      const mac = `80:5e:c0:${[index >> 16, (index >> 8) & 255, index & 255].map(b => b.toString(16).padStart(2, '0')).join(':')}`
      return [`  ${p.id}-desk: { person: ${p.id}, kind: ${kinds[index % kinds.length]}, mac: "${mac}", seat: wired }`]
    }),
  )
  const rooms = each(c.rooms).map(
    n =>
      `  ${n % 3 === 2 ? 'door' : 'hall'}-${n + 1}: { kind: ${n % 3 === 2 ? 'door-phone' : 'gateway-fxs'}, name: ${n % 3 === 2 ? 'Door' : 'Hall'} ${n + 1}, extension: "${68_000 + n}", site: building-${(n % c.buildings) + 1}, may-call: internal }`,
  )
  return ['devices:', ...desks, ...rooms].join('\n')
}

function departments(c: Campus): string {
  const rows = c.departments.map(d => {
    const shown = ownLine(c, d)
    return `  ${d.id}: { name: ${d.name}, lead: ${lead(d).id}, site: building-${d.building + 1}${shown === null ? '' : `, shows: "${shown}"`}${d.index % 3 === 0 ? ', may-call: mobile' : ''} }`
  })
  return ['departments:', ...rows].join('\n')
}

function roles(c: Campus): string {
  const heads = c.departments.map(
    d =>
      `  head-${d.id}: { name: Head of ${d.name}, number: "${63_000 + d.index}", held-by: [${lead(d).id}], on-no-answer: voicemail ${d.id}, on-busy: voicemail ${d.id} }`,
  )
  const duty = rotasOf(c).map(
    ({ building, box }) =>
      `  duty-${building + 1}: { name: Duty of building ${building + 1}, number: "${64_000 + building}", rota: duty-${building + 1}, on-no-answer: voicemail ${box}, on-busy: voicemail ${box}, on-unreachable: voicemail ${box} }`,
  )
  return ['roles:', ...heads, ...duty].join('\n')
}

/** Each building has people on duty at night: those of its first department who have a mobile. */
function rotasOf(c: Campus): readonly { readonly building: number; readonly turns: readonly string[]; readonly box: string }[] {
  return each(c.buildings).flatMap(building => {
    const near = inBuilding(c, building)
    const turns = near
      .flatMap(d => d.people)
      .filter(p => p.mobile !== null)
      .slice(0, 4)
      .map(p => p.id)
    return [{ building, turns, box: near[0]!.id }]
  })
}

function calendars(c: Campus): string {
  const rotas = rotasOf(c).map(
    ({ building, turns }) =>
      `  duty-${building + 1}: { from: 2026-01-05, hand-over: mon 09:00, turns: [${turns.join(', ')}], reach: mobile, accept-by: "1" }`,
  )
  // A calendar that no line asks would be a left-over.
  const asked = new Set(['desk', ...c.departments.filter(d => ownLine(c, d) !== null).map(d => d.hours)])
  const hours = Object.entries(HOURS).flatMap(([id, spans]) => (asked.has(id) ? [`  ${id}: ${spans}`] : []))
  return `hours:
${hours.join('\n')}
rotas:
${rotas.join('\n')}`
}

function outside(c: Campus): string {
  const trunks = each(c.buildings).map(b =>
    b % 2 === 0
      ? `  ${trunkOf(b)}-${b + 1}: { provider: steppe, host: sip${b + 1}.steppe.example, register: { user: "${FIRST_LINE + b}", password: "secret:steppe-${b + 1}" }, channels: 120, link: fibre-${b + 1}, site: building-${b + 1} }`
      : `  ${trunkOf(b)}-${b + 1}: { provider: kaztel, host: 203.0.113.${b + 1}, by-address: true, channels: 60, link: fibre-${b + 1}, site: building-${b + 1}, number-form: e164 }`,
  )
  // An office with one building has a second way out all the same.
  if (c.buildings === 1)
    trunks.push(
      '  kaztel-reserve: { provider: kaztel, host: 203.0.113.200, by-address: true, channels: 30, link: reserve, number-form: e164 }',
    )
  const all = trunks.map(t => t.trim().split(':')[0]!)
  const [a, b] = [all.slice(0, 4), all.slice(-4).reverse()]
  return `trunks:
${trunks.join('\n')}
providers:
  steppe: { name: Steppe Telecom, sla: 99.95%, support: "24x7 +77172790000", hosted: Astana, recording: none, export: none, porting: 10 days, on-failure: redirects to the second fibre }
  kaztel: { name: Kaztel, sla: 99.9%, support: "24x7 +77272000000", hosted: Almaty, recording: none, export: none, porting: 10 days, on-failure: refuses }
outgoing:
  rules:
    - { calls: emergency, by: any }
    - { calls: [local, national], who: everyone, by: [${a.join(', ')}] }
    - { calls: mobile, who: everyone, by: [${b.join(', ')}] }
    - { calls: international, who: allowed, by: [${a.slice(0, 2).join(', ')}], guard: { per-day: 120min, at-once: 8 } }
  next-trunk-after: 4s`
}

function lines(c: Campus): string {
  const rows: string[] = []
  const add = (text: string): void => {
    if (rows.length < c.lines) rows.push(`  "${lineOf(rows.length)}": ${text}`)
  }
  for (const b of each(c.buildings)) add(`{ name: Building ${b + 1}, to: welcome-${b + 1}, owner: duty-${b + 1} }`)
  for (const d of c.departments)
    add(
      d.hours === 'always'
        ? `{ name: ${d.name}, to: ${d.id}-queue, owner: head-${d.id} }`
        : `{ name: ${d.name}, to: ${d.id}-queue, during: ${d.hours}, otherwise: ${d.index % 4 === 0 ? `night-${d.building + 1}` : `voicemail ${d.id}`}, owner: head-${d.id} }`,
    )
  // The rest are direct lines, department by department, of its lead and the people after.
  for (let n = 0; rows.length < c.lines; n++) {
    const before = rows.length
    for (const d of c.departments) {
      const p = d.people[n]
      if (p !== undefined) add(`{ name: ${p.name}, to: ${p.id}, owner: ${p.id} }`)
    }
    if (rows.length === before) break
  }
  return ['lines:', ...rows].join('\n')
}

function menus(c: Campus): string {
  const rows = each(c.buildings).map(b => {
    const near = inBuilding(c, b).slice(0, 8)
    const keys = near.map((d, n) => `"${n + 1}": ${d.id}-queue`)
    const spoken = near.map((d, n) => `${n + 1} for ${d.name}`).join(', ')
    return `  welcome-${b + 1}:
    number: "${65_000 + b}"
    say: "Steppe University, building ${b + 1}. Press ${spoken}, 0 for the operator."
    during: desk
    otherwise: night-${b + 1}
    keys: { ${keys.join(', ')}, "0": desk-${b + 1} }
    extensions: dial-through
    on-silence: { after: 5s, to: desk-${b + 1} }
    on-wrong-key: { again: 2, to: desk-${b + 1} }`
  })
  return ['menus:', ...rows].join('\n')
}

function groups(c: Campus): string {
  const desks = each(c.buildings).map(b => {
    const near = inBuilding(c, b)
    const ring = near.slice(0, 3).map(d => d.people[Math.min(2, d.people.length - 1)]!.id)
    return `  desk-${b + 1}: { name: Operators of building ${b + 1}, number: "${62_000 + b}", ring: [${ring.join(', ')}], together: true, for: 25s, on-no-answer: voicemail ${near[0]!.id}, on-busy: voicemail ${near[0]!.id} }`
  })
  const secretaries = c.departments
    .filter(d => d.index % 2 === 0)
    .map(d => {
      const ring = d.people.slice(0, 2).map(p => p.id)
      return `  ${d.id}-office: { name: Secretaries of ${d.name}, number: "${62_100 + d.index / 2}", ring: [${ring.join(', ')}], one-by-one: true, each: 12s, for: 24s, on-no-answer: voicemail ${d.id}, on-busy: voicemail ${d.id} }`
    })
  return ['groups:', ...desks, ...secretaries].join('\n')
}

function queues(c: Campus): string {
  const orders = ['longest-idle, 15s each', 'round-robin, 12s each', 'fewest-calls, 15s each', 'together']
  const rows = c.departments.map(d => {
    const agents = d.people.slice(0, 8).map((p, n) => `${p.id}: ${n < 4 ? 1 : 2}`)
    const then = d.index % 2 === 0 ? `${d.id}-office` : `voicemail ${d.id}`
    return `  ${d.id}-queue: { name: ${d.name}, number: "${60_000 + d.index}", agents: { ${agents.join(', ')} }, ring: "${orders[d.index % orders.length]}", room-for: 20, on-waited: { after: ${30 + 10 * (d.index % 4)}s, to: ${then} }, on-full: { to: voicemail ${d.id} }, on-nobody: { to: voicemail ${d.id} } }`
  })
  return ['queues:', ...rows].join('\n')
}

function routes(c: Campus): string {
  const rows = rotasOf(c).map(
    ({ building, box }) =>
      `  night-${building + 1}: { name: Night of building ${building + 1}, steps: [ { to: closed }, { to: duty-${building + 1}, for: 25s }, { to: voicemail ${box} } ] }`,
  )
  return `routes:
${rows.join('\n')}
services:
  closed: { name: Closed notice, number: "69000", does: announce, prompt: outside-hours }
  echo-test: { name: Echo test, number: "*43", does: echo }`
}

function boxes(c: Campus): string {
  const rows = c.departments.map(d => `  ${d.id}: { name: ${d.name}, number: "${66_001 + d.index}", tell: [${lead(d).id}], keep: 90 days }`)
  return ['voicemail:', `  campus: { name: Campus, number: "66000", tell: [${lead(c.departments[0]!).id}], keep: 90 days }`, ...rows].join(
    '\n',
  )
}

function keeping(c: Campus): string {
  const recorded = c.departments.filter(d => d.index % 50 === 3)
  const rules = recorded.map(
    d => `  - { record: calls in queue ${d.id}-queue, because: service quality, announce: yes, keep: 90 days, heard-by: [quality] }`,
  )
  return `recording:
${rules.join('\n')}${rules.length > 0 ? '\n' : ''}  - { record: on-demand, who: everyone, because: disputes, keep: 1 year, heard-by: [quality] }
access:
  quality: { who: [${lead(c.departments[0]!).id}], may: [search, listen] }
  admin: { who: [${lead(c.departments[0]!).id}], may: [configure, see-calls] }
`
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { extensions: { type: 'string' }, queues: { type: 'string' }, lines: { type: 'string' }, seed: { type: 'string' } },
  })
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
  const size = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, number(text)]))
  process.stdout.write(campusPlan(size))
}
