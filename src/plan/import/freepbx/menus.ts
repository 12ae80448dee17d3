/** IVRs → menus; announcements → services that speak. Recordings are sound and no words: each waits for its text. */
import type { DraftValue } from '../draft.ts'
import { type Conversion, seconds } from './conversion.ts'
import type { Destinations } from './destinations.ts'

export function nameMenus(c: Conversion): void {
  for (const row of c.table('ivr_details')) {
    const id = row['id'] ?? ''
    c.menus.set(id, c.ids.of(row['name'] || row['description'] || '', `menu-${id}`))
  }
  for (const row of c.table('announcement')) {
    const id = row['announcement_id'] ?? row['id'] ?? ''
    c.announcements.set(id, c.ids.of(row['description'] ?? '', `announcement-${id}`))
  }
}

export function convertMenus(c: Conversion, destinations: Destinations): void {
  for (const row of c.table('ivr_details')) {
    const old = row['id'] ?? ''
    const id = c.menus.get(old)!
    if (c.draft.has('menus', id)) continue
    const about = `IVR ${row['name'] || old}`
    const keys: Record<string, DraftValue> = {}
    for (const entry of c.table('ivr_entries')) {
      if (entry['ivr_id'] !== old) continue
      const selection = entry['selection'] ?? ''
      const to = destinations.of(entry['dest'], about)
      if (/^[0-9*#]$/.test(selection) && to !== null) keys[selection] = to
      else if (!['t', 'i'].includes(selection)) c.note('left-out', about, `the choice '${selection}': a key is one of 0-9, * and #.`)
    }
    const old2 = (selection: string): string | undefined =>
      c.table('ivr_entries').find(e => e['ivr_id'] === old && e['selection'] === selection)?.['dest']
    const silence = destinations.of(row['timeout_destination'] || old2('t'), about) ?? 'hang-up'
    const wrong = destinations.of(row['invalid_destination'] || old2('i'), about) ?? silence
    const again = Math.min(5, Math.max(0, Number.parseInt(row['invalid_loops'] ?? '0', 10) || 0))
    const [words, remark] = wordsOf(c, row['announcement'] ?? '', about)
    c.draft.set(
      'menus',
      id,
      {
        say: words,
        keys,
        extensions: dialsThrough(row['directdial'] ?? '') ? 'dial-through' : undefined,
        'on-silence': { after: seconds(row['timeout_time'], 60) ?? '10s', to: silence },
        'on-wrong-key': { again, to: wrong },
      },
      remark,
    )
  }
}

function dialsThrough(directdial: string): boolean {
  return /^(?:ext-local|CHECKED|yes|true|1)$/i.test(directdial)
}

export function convertAnnouncements(c: Conversion, destinations: Destinations): void {
  for (const row of c.table('announcement')) {
    const id = c.announcements.get(row['announcement_id'] ?? row['id'] ?? '')!
    if (c.draft.has('services', id)) continue
    const about = `announcement ${row['description'] ?? ''}`
    const [words, remark] = wordsOf(c, row['recording_id'] ?? '', about)
    const answer = row['noanswer'] === '1' || row['noanswer'] === 'yes' ? 'no' : undefined
    c.draft.set(
      'services',
      id,
      {
        name: row['description'] || undefined,
        does: 'announce',
        say: words,
        afterwards: destinations.of(row['post_dest'], about) ?? 'hang-up',
        answer: answer === 'no' ? false : undefined,
      },
      remark,
    )
  }
}

function wordsOf(c: Conversion, recording: string, about: string): readonly [words: string, remark: string] {
  const row = c.table('recordings').find(r => r['id'] === recording)
  const name = row?.['displayname'] || row?.['filename'] || recording
  c.note('decide', about, `its words were a recording${name === '' ? '' : ` ('${name}')`}: write them into the plan, or upload the sound.`)
  return [`… ${name}`.trim(), `decide: the words of the recording '${name}'`]
}
