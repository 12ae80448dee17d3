/**
 * A FreePBX backup → the tables it holds, whatever the version wrote: up to 14 an archive of mysqldump files, from 15 on one JSON file
 * for each module; a bare dump as well. Only what a plan can use is kept; sound, history and messages are not read.
 */
import { fault, ok, type Result } from '../../../kernel/result.ts'
import { readSqlDump } from '../sql-dump.ts'
import { looksLikeTar, readTar } from '../tar.ts'
import { readText } from '../text.ts'

export type Row = Readonly<Record<string, string>>

export interface Backup {
  readonly tables: ReadonlyMap<string, readonly Row[]>
  /** As the backup names it, '' when it does not. */
  readonly version: string
  /** What could not be read although it was there. */
  readonly damage: readonly string[]
}

/** Undoes gzip; null when the bytes are no gzip or damaged. Given by whoever may use the library. */
export type Unzip = (bytes: Uint8Array) => Uint8Array | null

/** Tables that are read; the rest (history, sessions, modules' own settings) is passed over. */
const WANTED = new Set([
  'users',
  'devices',
  'sip',
  'pjsip',
  'iax',
  'dahdi',
  'incoming',
  'ringgroups',
  'queues_config',
  'queues_details',
  'timeconditions',
  'timegroups_groups',
  'timegroups_details',
  'ivr_details',
  'ivr_entries',
  'announcement',
  'daynight',
  'miscdests',
  'recordings',
  'trunks',
  'outbound_routes',
  'outbound_route_patterns',
  'outbound_route_trunks',
  'findmefollow',
  'freepbx_settings',
  'meetme',
  'parkplus',
  'paging_config',
  'miscapps',
  'disa',
  'callback',
  'vmblast',
  'setcid',
  'language_incoming',
  'directory_details',
  'fax_users',
  'queueprio',
  'voicemail_boxes',
  'dynamic_agents',
])

export function readBackup(bytes: Uint8Array, unzip: Unzip): Result<Backup> {
  const reading = new Reading(unzip)
  reading.file('', bytes, 0)
  if (reading.tables.size === 0)
    return fault(
      'no-backup',
      reading.damage.length > 0
        ? `This backup cannot be read: ${reading.damage.join('; ')}.`
        : 'This is no FreePBX backup: it is neither an archive with a database in it nor a database dump.',
    )
  return ok({ tables: reading.tables, version: reading.version, damage: reading.damage })
}

class Reading {
  readonly tables = new Map<string, Row[]>()
  readonly damage: string[] = []
  version = ''
  private readonly unzip: Unzip

  constructor(unzip: Unzip) {
    this.unzip = unzip
  }

  /** A file of whatever kind; archives are opened, three deep at most. */
  file(name: string, bytes: Uint8Array, depth: number): void {
    const what = name === '' ? 'the file' : name
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
      const plain = depth > 3 ? null : this.unzip(bytes)
      if (plain === null) this.damage.push(`${what} is compressed and damaged`)
      else this.file(name.replace(/\.gz$/, ''), plain, depth + 1)
      return
    }
    if (looksLikeTar(bytes)) {
      if (depth > 3) return
      const { files, damagedAt } = readTar(bytes)
      if (damagedAt !== null) this.damage.push(`${what} ends too early or is damaged at byte ${damagedAt}`)
      for (const f of files) if (isOfUse(f.name)) this.file(f.name, f.bytes, depth + 1)
      return
    }
    const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
    if (base === 'voicemail.conf') this.boxes(readText(bytes))
    else if (base === 'astdb') this.oldAgents(readText(bytes))
    else if (base === 'manifest') this.version = /"pbx_version";s:\d+:"([^"]*)"/.exec(readText(bytes))?.[1] ?? this.version
    else if (base.endsWith('.json')) this.json(what, base.slice(0, -'.json'.length), readText(bytes))
    else this.sql(what, readText(bytes))
  }

  private sql(what: string, text: string): void {
    const dump = readSqlDump(text, table => WANTED.has(table))
    if (dump.statements === 0) {
      if (what !== 'the file') this.damage.push(`${what} is no database dump`)
      return
    }
    if (dump.truncated) this.damage.push(`${what} ends in the middle of a statement`)
    for (const [table, rows] of dump.tables) this.add(table, rows)
  }

  private json(what: string, module: string, text: string): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      this.damage.push(`${what} is no whole JSON file`)
      return
    }
    if (!isMap(value)) return
    if (module === 'metadata') this.version = String(value['version'] ?? value['pbx_version'] ?? this.version)
    this.walk(module, module, value['configs'] ?? value, 0)
  }

  /** Lists of rows are found by the name they stand under; modules give some of them names of their own. */
  private walk(module: string, key: string, value: unknown, depth: number): void {
    if (depth > 6 || typeof value !== 'object' || value === null) return
    const table = ALIASES[`${module}.${key}`] ?? ALIASES[key] ?? key
    if (module === 'core' && key === 'Routing') {
      this.routing(items(value))
      return
    }
    if (key === 'QPENALTY' && isMap(value)) {
      this.agents(value)
      return
    }
    if (key === 'voicemailConf' && isMap(value)) {
      for (const [context, boxes] of Object.entries(value))
        if (context !== 'general' && context !== 'zonemessages' && isMap(boxes)) this.jsonBoxes(boxes)
      return
    }
    if (module === 'framework' && key === 'settings' && isMap(value)) {
      this.add(
        'freepbx_settings',
        Object.entries(value).map(([keyword, v]) => ({ keyword, value: scalar(v) })),
      )
      return
    }
    const rows = items(value)
    if (WANTED.has(table) && rows.length > 0 && rows.every(isMap)) {
      this.add(table, rows.map(row))
      return
    }
    if (Array.isArray(value)) {
      for (const item of value) this.walk(module, key, item, depth + 1)
      return
    }
    for (const [inner, child] of Object.entries(value)) this.walk(module, inner, child, depth + 1)
  }

  private routing(routes: readonly unknown[]): void {
    for (const [n, route] of routes.entries()) {
      if (!isMap(route)) continue
      const id = scalar(route['route_id'])
      this.add('outbound_routes', [{ ...row(route), seq: scalar(route['seq'] ?? n) }])
      this.add(
        'outbound_route_patterns',
        items(route['patterns'])
          .filter(isMap)
          .map(p => ({ ...row(p), route_id: id })),
      )
      const trunks = items(route['trunks'])
      this.add(
        'outbound_route_trunks',
        trunks.map((t, seq) => ({ route_id: id, trunk_id: scalar(isMap(t) ? t['trunk_id'] : t), seq: String(seq) })),
      )
    }
  }

  /** { '700/agents/201': '0' }: agents who may log in, with their penalty. */
  private agents(value: Readonly<Record<string, unknown>>): void {
    for (const [key, penalty] of Object.entries(value)) {
      const m = /^\/?(?:QPENALTY\/)?(\d+)\/agents\/(\w+)$/.exec(key)
      if (m !== null) this.add('dynamic_agents', [{ queue: m[1]!, agent: m[2]!, penalty: scalar(penalty) }])
    }
  }

  /** The Asterisk database as PHP wrote it: only the agents of queues are looked for. */
  private oldAgents(text: string): void {
    for (const m of text.matchAll(/"(?:\/?QPENALTY\/)?(\d+)\/agents\/(\w+)";s:\d+:"(\d+)"/g))
      this.add('dynamic_agents', [{ queue: m[1]!, agent: m[2]!, penalty: m[3]! }])
  }

  private boxes(text: string): void {
    let section = ''
    for (const line of text.split(/\r?\n/)) {
      const head = /^\s*\[([^\]]+)\]/.exec(line)
      if (head !== null) section = head[1]!
      const m = /^\s*(\d+)\s*=>?\s*([^;]*)/.exec(line)
      if (m === null || section === 'general' || section === 'zonemessages') continue
      const [pin = '', name = '', email = ''] = m[2]!.split(',').map(s => s.trim())
      this.add('voicemail_boxes', [{ box: m[1]!, pin, name, email }])
    }
  }

  private jsonBoxes(boxes: Readonly<Record<string, unknown>>): void {
    for (const [box, value] of Object.entries(boxes))
      if (isMap(value) && /^\d+$/.test(box))
        this.add('voicemail_boxes', [{ box, pin: scalar(value['pwd']), name: scalar(value['name']), email: scalar(value['email']) }])
  }

  private add(table: string, rows: readonly Row[]): void {
    const present = this.tables.get(table)
    if (present === undefined) this.tables.set(table, [...rows])
    else for (const r of rows) present.push(r)
  }
}

/** Names that modules give their tables in JSON. */
const ALIASES: Readonly<Record<string, string>> = {
  ivrs: 'ivr_details',
  'ivr.entries': 'ivr_entries',
  'ringgroups.groups': 'ringgroups',
  'core.Did': 'incoming',
  'announcement.announcements': 'announcement',
  'findmefollow.users': 'findmefollow',
  'conferences.conferences': 'meetme',
}

function isOfUse(name: string): boolean {
  return /(^|\/)modulejson\/[^/]+\.json$|^metadata\.json$|^manifest$|^astdb(\.gz)?$|(^|\/)voicemail\.conf$|\.sql(\.gz)?$/i.test(name)
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** PHP writes lists as lists or, where their keys have gaps, as maps from number to item. */
function items(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (isMap(value) && Object.keys(value).every(k => /^\d+$/.test(k))) return Object.values(value)
  return []
}

function row(value: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, scalar(v)]))
}

function scalar(value: unknown): string {
  return value === null || value === undefined || typeof value === 'object' ? '' : String(value)
}
