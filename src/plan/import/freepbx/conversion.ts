/** What all parts of the conversion share: the backup's tables, the plan being written, who has which word, and what has to be told. */
import { emergencyNumbersOf, outsideNumber } from '../../normalise.ts'
import { Draft } from '../draft.ts'
import type { ImportNote } from '../imported.ts'
import { Ids } from '../names.ts'
import type { OfficeFacts } from '../office-frame.ts'
import type { Backup, Row } from './backup.ts'

export class Conversion {
  readonly office: OfficeFacts
  readonly draft: Draft
  readonly ids = new Ids()
  readonly notes: ImportNote[] = []
  readonly secrets: Record<string, string> = {}
  /** Extension → the person's word. */
  readonly people = new Map<string, string>()
  /** Number of a ring group or queue → its word. */
  readonly groups = new Map<string, string>()
  readonly queues = new Map<string, string>()
  /** Ids of the old tables → words of the plan. */
  readonly menus = new Map<string, string>()
  readonly announcements = new Map<string, string>()
  readonly conditions = new Map<string, string>()
  readonly switches = new Map<string, string>()
  /** Time group → hours. */
  readonly hours = new Map<string, string>()
  /** Old mailbox → box of the plan. */
  readonly boxes = new Map<string, string>()
  /** Callers whom the old system turned away. */
  readonly blocked = new Set<string>()
  readonly emergency: ReadonlySet<string>
  /** Every inside number that is taken, by whom. */
  readonly numbers = new Map<string, string>()
  /** Numbers that the old system had, and so nobody else may get. */
  private readonly kept: ReadonlySet<string>
  private readonly backup: Backup
  private readonly told = new Set<string>()

  constructor(backup: Backup, office: OfficeFacts) {
    this.backup = backup
    this.office = office
    this.emergency = new Set(emergencyNumbersOf(office.country))
    this.kept = new Set([
      ...this.table('users').map(r => r['extension'] ?? ''),
      ...this.table('ringgroups').map(r => r['grpnum'] ?? ''),
      ...this.table('queues_config').map(r => r['extension'] ?? ''),
    ])
    const version = backup.version === '' ? '' : ` ${backup.version}`
    this.draft = new Draft([
      `The telephone plan of ${office.name}, begun from a backup of FreePBX${version}. Remarks that begin with 'decide' are questions to you:`,
      'answer them, remove them, and run `switchroom check` until it has nothing to say.',
    ])
  }

  table(name: string): readonly Row[] {
    return this.backup.tables.get(name) ?? []
  }

  note(kind: ImportNote['kind'], about: string, text: string): void {
    const key = `${kind}|${about}|${text}`
    if (this.told.has(key)) return
    this.told.add(key)
    this.notes.push({ kind, about, text })
  }

  /** The same number; another one when it is an emergency number or taken. */
  number(wanted: string, about: string): string | undefined {
    if (!/^\d{2,8}$/.test(wanted)) {
      if (wanted !== '') this.note('left-out', about, `its number '${wanted}' is no inside number.`)
      return undefined
    }
    const free = (number: string): boolean => !this.emergency.has(number) && !this.numbers.has(number)
    let number = wanted
    for (let n = 1; n < 1_000 && !(free(number) && (number === wanted || !this.kept.has(number))); n++)
      number = String(Number(wanted) + n).padStart(wanted.length, '0')
    if (number !== wanted) {
      const why = this.emergency.has(wanted)
        ? `is an emergency number in ${this.office.country}`
        : `is already the number of ${this.numbers.get(wanted)}`
      this.note('changed', about, `${wanted} ${why}: it has ${number} now.`)
    }
    this.numbers.set(number, about)
    return number
  }

  /** A number of the outside world in full, or null. */
  outside(text: string): string | null {
    const cleaned = text.replace(/^.*<([^>]*)>.*$/, '$1').trim()
    return cleaned === '' ? null : (outsideNumber(cleaned, { country: this.office.country, area: this.office.area })?.e164 ?? null)
  }
}

/** A count of seconds as the plan writes it, within the bounds of ringing times; null when there is none. */
export function seconds(text: string | undefined, most = 3_600): string | null {
  const n = Math.floor(Number(text))
  return Number.isFinite(n) && n > 0 ? `${Math.min(n, most)}s` : null
}
