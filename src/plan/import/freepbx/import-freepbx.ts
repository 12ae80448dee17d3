/**
 * A FreePBX backup → a plan that loads: people, boxes, groups, queues, menus, announcements, hours, lines, trunks, outgoing rules.
 * First everything gets its word, so that any destination can be read; then it is written. What stays behind is told.
 */
import { ok, type Result } from '../../../kernel/result.ts'
import type { Imported } from '../imported.ts'
import { type OfficeFacts, rangesFor, SECTIONS, writeOffice, writeOutage } from '../office-frame.ts'
import { type Backup, readBackup, type Unzip } from './backup.ts'
import { Conversion } from './conversion.ts'
import { Destinations } from './destinations.ts'
import { convertGroups, convertQueues, nameGroups } from './groups.ts'
import { convertConditions, nameConditions } from './hours.ts'
import { convertAnnouncements, convertMenus, nameMenus } from './menus.ts'
import { convertLines, convertOutgoing, convertTrunks } from './outside.ts'
import { convertPeople, nameExtensions } from './people.ts'

export interface FreepbxOffice extends Omit<OfficeFacts, 'timezone'> {
  /** Null: the backup's own. */
  readonly timezone: string | null
}

export function importFreepbx(bytes: Uint8Array, unzip: Unzip, office: FreepbxOffice): Result<Imported> {
  const backup = readBackup(bytes, unzip)
  if (!backup.ok) return backup
  return ok(convert(backup.value, { ...office, timezone: office.timezone ?? timezoneOf(backup.value) }))
}

function convert(backup: Backup, office: OfficeFacts): Imported {
  const c = new Conversion(backup, office)
  for (const what of backup.damage) c.note('left-out', 'the backup', `${what}: what stood there is lost.`)
  nameExtensions(c)
  nameGroups(c)
  nameConditions(c)
  nameMenus(c)
  const found = {
    extensions: c.people.size,
    'ring groups': c.groups.size,
    queues: c.queues.size,
    menus: c.menus.size,
    'time conditions': c.conditions.size,
    announcements: c.announcements.size,
    trunks: c.table('trunks').length,
    'inbound routes': c.table('incoming').length,
  }
  if (c.people.size === 0) return { text: null, secrets: {}, notes: c.notes, found, problems: [noPeople(backup)] }
  const owner = c.people.values().next().value!
  const destinations = new Destinations(c)
  convertPeople(c, destinations)
  convertGroups(c, destinations)
  convertQueues(c, destinations)
  convertConditions(c, destinations)
  convertMenus(c, destinations)
  convertAnnouncements(c, destinations)
  const { numbers, anyLine } = convertLines(c, destinations, owner)
  const trunks = convertTrunks(c, anyLine)
  convertOutgoing(c, trunks, owner)
  writeOutage(c.draft, [...trunks.values()])
  writeOffice(c.draft, office, owner, numbers[0] ?? null)
  c.note('decide', 'office', 'the first extension was taken as the owner of the plan.')
  defaults(c)
  c.draft.set(
    'voicemail',
    'office',
    { name: 'Office', tell: [owner], keep: '90 days' },
    'decide: who hears of messages that nobody else is told of',
  )
  ranges(c)
  leftBehind(c)
  return { text: c.draft.print(SECTIONS), secrets: c.secrets, problems: [], notes: c.notes, found }
}

function defaults(c: Conversion): void {
  const ring = Number(c.table('freepbx_settings').find(r => r['keyword'] === 'RINGTIMER')?.['value'])
  c.draft.set('defaults', 'ring-for', `${ring > 0 && ring <= 3_600 ? ring : 15}s`)
  c.draft.set(
    'defaults',
    'calls-at-once',
    2,
    'call waiting was on for everyone, as FreePBX has it from the start; 1: who is on a call is busy',
  )
  c.draft.set('defaults', 'on-no-answer', 'voicemail office', 'decide: what follows for those who have no box of their own')
  c.draft.set('defaults', 'on-busy', 'voicemail office')
  // Callers may wait in a queue, or for a group that rings one after the other, longer than the usual 90 s.
  c.draft.set('defaults', 'longest-ringing', '10min')
  c.note('changed', 'extensions', "calls that reached nobody and had no voicemail ended; now the office's box takes them.")
}

function ranges(c: Conversion): void {
  const by = (what: string): string[] => [...c.numbers].flatMap(([number, about]) => (about.startsWith(what) ? [number] : []))
  const uses = new Map([
    ['people', by('extension')],
    ['groups', by('ring group')],
    ['queues', by('queue')],
  ])
  c.draft.set('numbering', 'ranges', rangesFor(uses, c.office.country), 'decide: what each range is for, whose it is, what is kept free')
}

/** Modules whose tables were seen and are not carried over. */
const BEHIND: Readonly<Record<string, string>> = {
  meetme: 'conference rooms',
  parkplus: 'parking lots',
  paging_config: 'paging groups',
  miscapps: 'miscellaneous applications',
  disa: 'DISA: calling out from outside with a password is a door for fraud',
  callback: 'callbacks',
  vmblast: 'voicemail blasting groups',
  setcid: 'rules that rewrite the caller',
  language_incoming: 'changes of language',
  directory_details: 'directories by name',
  fax_users: 'fax users',
  queueprio: 'queue priorities',
}

function leftBehind(c: Conversion): void {
  for (const [table, what] of Object.entries(BEHIND)) {
    const count = c.table(table).length
    if (count > 0)
      c.note('left-out', what.split(':')[0]!, `${count} in the backup${what.includes(':') ? ';' + what.slice(what.indexOf(':') + 1) : ''}.`)
  }
}

function timezoneOf(backup: Backup): string {
  const rows = backup.tables.get('freepbx_settings') ?? []
  const zone = rows.find(r => r['keyword'] === 'PHPTIMEZONE')?.['value'] ?? ''
  try {
    if (zone !== '') return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    // An unknown zone is no zone.
  }
  return 'Asia/Almaty'
}

function noPeople(backup: Backup): Imported['problems'][number] {
  return {
    code: 'no-people',
    severity: 'error',
    place: { file: 'backup', line: 1, column: 1, path: '' },
    message: `The backup holds no extensions${backup.damage.length > 0 ? `: ${backup.damage.join('; ')}` : ''}.`,
    remedy: 'Make the backup with the Core module in it.',
  }
}
