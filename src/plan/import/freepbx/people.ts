/** Extensions → people; mailboxes → boxes; passwords → the secret store. */
import type { DraftValue } from '../draft.ts'
import type { Row } from './backup.ts'
import type { Conversion } from './conversion.ts'
import type { Destinations } from './destinations.ts'

/** Names everyone, so that destinations can be read. */
export function nameExtensions(c: Conversion): void {
  const boxes = new Set(c.table('voicemail_boxes').map(b => b['box'] ?? ''))
  for (const user of c.table('users')) {
    const extension = user['extension'] ?? ''
    if (extension === '' || c.people.has(extension)) continue
    const id = c.ids.of(user['name'] ?? '', `person-${extension.toLowerCase().replace(/[^a-z0-9]/g, '') || 'unnamed'}`)
    c.people.set(extension, id)
    const voicemail = user['voicemail'] ?? ''
    if ((voicemail !== '' && voicemail !== 'novm' && voicemail !== 'disabled') || boxes.has(extension)) c.boxes.set(extension, id)
  }
  for (const box of boxes) if (!c.boxes.has(box)) c.boxes.set(box, c.ids.of(`box ${box}`, `box-${box}`))
}

export function convertPeople(c: Conversion, destinations: Destinations): void {
  const follow = new Map(c.table('findmefollow').map(r => [r['grpnum'] ?? '', r]))
  const done = new Set<string>()
  for (const user of c.table('users')) {
    const old = user['extension'] ?? ''
    const id = c.people.get(old)
    if (id === undefined || done.has(id)) continue
    done.add(id)
    const about = `extension ${old}`
    const value: Record<string, DraftValue | undefined> = {
      name: user['name'] || `Extension ${old}`,
      extension: c.number(old, about),
      voicemail: c.boxes.get(old),
      'ring-for': ringTime(user['ringtimer']),
      shows: c.outside(user['outboundcid'] ?? '') ?? undefined,
      'on-no-answer': destinations.of(user['noanswer_dest'], about) ?? undefined,
      'on-busy': destinations.of(user['busy_dest'], about) ?? undefined,
      'on-unreachable': destinations.of(user['chanunavail_dest'], about) ?? undefined,
    }
    followMe(c, follow.get(old), about, value)
    c.draft.set('people', id, value)
  }
  boxesOf(c)
  passwords(c)
  recordingSettings(c)
}

function ringTime(text: string | undefined): string | undefined {
  const n = Number(text)
  return Number.isInteger(n) && n > 0 && n <= 3_600 ? `${n}s` : undefined
}

/** Follow-me rings outside numbers after the desk: the first becomes the mobile, how it rings is for a person to say. */
function followMe(c: Conversion, row: Row | undefined, about: string, value: Record<string, DraftValue | undefined>): void {
  if (row === undefined) return
  const outside = (row['grplist'] ?? '').split('-').flatMap(n => (n.endsWith('#') ? (c.outside(n.slice(0, -1)) ?? []) : []))
  if (outside.length === 0) return
  value['mobile'] = outside[0]
  c.note(
    'decide',
    about,
    'it was followed to an outside number: that is the mobile now; whether it rings is said by a role, group or forward.',
  )
  if (outside.length > 1) c.note('left-out', about, `${outside.length - 1} more numbers of its follow-me list.`)
}

function boxesOf(c: Conversion): void {
  const details = new Map(c.table('voicemail_boxes').map(r => [r['box'] ?? '', r]))
  for (const [old, id] of c.boxes) {
    const row = details.get(old)
    const email = row?.['email'] ?? ''
    const person = c.people.get(old)
    const tell = [...(person === undefined ? [] : [person]), ...email.split('|').filter(e => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(e))]
    c.draft.set('voicemail', id, { name: row?.['name'] || undefined, tell: tell.length > 0 ? tell : undefined, keep: '90 days' })
    const pin = row?.['pin'] ?? ''
    if (pin !== '' && pin !== '-') c.secrets[`voicemail/${id}`] = pin
  }
}

/** One row for each setting of a device: the password stands under 'secret'. */
function passwords(c: Conversion): void {
  const technologies = new Map(c.table('devices').map(d => [d['id'] ?? '', d['tech'] ?? '']))
  for (const table of ['sip', 'iax', 'dahdi'])
    for (const row of c.table(table)) {
      const id = c.people.get(technologies.has(row['id'] ?? '') ? deviceUser(c, row['id']!) : (row['id'] ?? ''))
      if (id === undefined || row['keyword'] !== 'secret' || row['data'] === '') continue
      c.secrets[`people/${id}`] ??= row['data']!
    }
  for (const [device, tech] of technologies)
    if (tech !== '' && !['sip', 'pjsip', 'virtual'].includes(tech))
      c.note('left-out', `device ${device}`, `it is a ${tech.toUpperCase()} telephone: it needs a SIP gateway here.`)
}

function deviceUser(c: Conversion, device: string): string {
  return c.table('devices').find(d => d['id'] === device)?.['user'] || device
}

function recordingSettings(c: Conversion): void {
  const asks = c
    .table('users')
    .filter(u => /=(?:Always|force|yes)/i.test(u['recording'] ?? '') || /^(?:force|yes|always)$/i.test(u['recording_in_external'] ?? ''))
  if (asks.length > 0)
    c.note(
      'decide',
      'recording',
      `${asks.length} extensions were recorded always: a recording rule needs a purpose, a time to keep and those who may listen.`,
    )
}
