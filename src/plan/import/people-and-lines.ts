/**
 * Two spreadsheets, of people and of lines, become a plan that can be checked: `switchroom import csv`. Everything wrong with the
 * rows is told at once, with file, line and column; what spreadsheets do not say is left as a remark that begins with 'decide'.
 * A little over 400 lines: two kinds of rows that name each other are read in one pass.
 */
import { emergencyNumbersOf, outsideNumber } from '../normalise.ts'
import { didYouMean, hasErrors, type PlanProblem } from '../problem.ts'
import type { ProblemCode } from '../problem-codes.ts'
import type { CallClass } from '../schema/call-classes.ts'
import { person as personForm } from '../schema/people.ts'
import type { Language } from '../schema/scalars.ts'
import { byColumn, type Columns, LINE_COLUMNS, PEOPLE_COLUMNS, type Row } from './columns.ts'
import { type CsvField, parseCsv } from './csv.ts'
import { Draft, type DraftValue } from './draft.ts'
import type { Imported, ImportNote } from './imported.ts'
import { Ids } from './names.ts'
import { type OfficeFacts, rangesFor, SECTIONS, writeOffice, writeOutage, writeOutgoing } from './office-frame.ts'
import { openingHours } from './opening-hours.ts'
import { readText } from './text.ts'

export interface TableFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export function importTables(people: TableFile, lines: TableFile | null, office: OfficeFacts): Imported {
  const tables = new Tables(office)
  tables.people(people)
  if (lines !== null) tables.lines(lines)
  return tables.finish()
}

interface ReadPerson {
  readonly id: string
  readonly name: string
  readonly extension: string
  readonly department: string | null
}

const RIGHTS: Readonly<Record<string, CallClass>> = {
  internal: 'internal',
  local: 'local',
  national: 'national',
  mobile: 'mobile',
  international: 'international',
  premium: 'premium',
  внутренние: 'internal',
  местные: 'local',
  город: 'local',
  межгород: 'national',
  мобильные: 'mobile',
  международные: 'international',
}
const LANGUAGES: Readonly<Record<string, Language>> = {
  en: 'en',
  english: 'en',
  английский: 'en',
  ru: 'ru',
  russian: 'ru',
  русский: 'ru',
  kk: 'kk',
  kz: 'kk',
  kazakh: 'kk',
  казахский: 'kk',
  қазақша: 'kk',
}
const YES = /^(?:yes|y|x|1|\+|да|д|иә)$/i

class Tables {
  private readonly office: OfficeFacts
  private readonly draft: Draft
  private readonly ids = new Ids()
  private readonly problems: PlanProblem[] = []
  private readonly notes: ImportNote[] = []
  private readonly staff: ReadPerson[] = []
  /** Department's name in lower case → its id. */
  private readonly departments = new Map<string, { readonly id: string; readonly name: string; lead: string | null }>()
  /** Hours as written → their id; null where they never close. */
  private readonly hours = new Map<string, string | null>()
  private readonly numbers: string[] = []
  private someoneCallsAbroad = false
  private readonly emergency: ReadonlySet<string>

  constructor(office: OfficeFacts) {
    this.office = office
    this.emergency = new Set(emergencyNumbersOf(office.country))
    this.draft = new Draft([
      `The telephone plan of ${office.name}, begun from spreadsheets. Remarks that begin with 'decide' are questions to you:`,
      'answer them, remove them, and run `switchroom check` until it has nothing to say.',
    ])
  }

  people(file: TableFile): void {
    const seen = new Map<string, { readonly field: CsvField; readonly name: string }>()
    const rows = this.read(file, PEOPLE_COLUMNS, ['name', 'extension'])
    for (const row of rows) {
      const { name, extension } = row
      if (name === undefined || extension === undefined) {
        const lacking = name === undefined ? 'name' : 'extension'
        this.problem(
          file,
          name ?? extension ?? { text: '', line: row.line, column: 1 },
          'missing',
          `This row has no ${lacking}.`,
          'Fill it in, or remove the row.',
        )
        continue
      }
      const number = extension.text.replace(/[\s.-]/g, '')
      if (!this.extension(file, extension, number, name.text, seen)) continue
      const department = row.department === undefined ? null : this.department(row.department.text)
      const id = this.ids.of(name.text, `person-${number}`)
      this.staff.push({ id, name: name.text, extension: number, department: department?.id ?? null })
      if (department !== null && row.lead !== undefined && YES.test(row.lead.text)) department.lead ??= id
      const mayCall = this.word(file, row['may-call'], RIGHTS, 'a right')
      if (mayCall === 'international' || mayCall === 'premium') this.someoneCallsAbroad = true
      this.draft.set('people', id, {
        name: name.text,
        extension: number,
        department: department?.id,
        mobile: this.mobile(file, row.mobile),
        email: this.email(file, row.email),
        language: this.word(file, row.language, LANGUAGES, 'a language'),
        'may-call': mayCall,
      })
    }
    if (rows.length === 0 && !hasErrors(this.problems))
      this.problem(
        file,
        { text: '', line: 1, column: 1 },
        'no-people',
        'There are no people below the first line.',
        'One row for each person.',
      )
  }

  lines(file: TableFile): void {
    const seen = new Map<string, CsvField>()
    for (const row of this.read(file, LINE_COLUMNS, ['number'])) {
      if (row.number === undefined) {
        this.problem(file, { text: '', line: row.line, column: 1 }, 'missing', 'This row has no number.', 'Fill it in, or remove the row.')
        continue
      }
      const number = outsideNumber(row.number.text, { country: this.office.country, area: this.office.area })?.e164
      if (number === undefined) {
        this.problem(
          file,
          row.number,
          'bad-number',
          `'${row.number.text}' is no telephone number of ${this.office.country}.`,
          'Write it in full, with + and country code.',
        )
        continue
      }
      const twin = seen.get(number)
      if (twin !== undefined) {
        this.problem(file, row.number, 'duplicate-number', `${number} is already in line ${twin.line}.`, 'Remove one of the two rows.')
        continue
      }
      seen.set(number, row.number)
      this.line(file, row, number)
    }
  }

  finish(): Imported {
    const found = { people: this.staff.length, departments: this.departments.size, lines: this.numbers.length }
    if (hasErrors(this.problems)) return { text: null, secrets: {}, problems: this.problems, notes: [], found }
    const owner = this.staff.find(p => [...this.departments.values()].some(d => d.lead === p.id)) ?? this.staff[0]!
    writeOffice(this.draft, this.office, owner.id, this.numbers[0] ?? null)
    const extensions = this.staff.map(p => p.extension)
    this.draft.set(
      'numbering',
      'ranges',
      rangesFor(
        new Map([
          ['people', extensions],
          ['voicemail', []],
        ]),
        this.office.country,
      ),
      'decide: what each range is for, whose it is, what is kept free',
    )
    this.draft.set(
      'defaults',
      'on-no-answer',
      'voicemail office',
      'decide: what follows when somebody does not answer (on-no-answer, on-busy, on-unreachable of each person)',
    )
    this.draft.set('defaults', 'on-busy', 'voicemail office')
    for (const d of this.departments.values()) this.draft.set('departments', d.id, { name: d.name, lead: d.lead ?? undefined })
    this.draft.set('voicemail', 'office', { name: 'Office', tell: [owner.id], keep: '90 days' })
    this.draft.set(
      'trunks',
      'provider',
      {
        host: 'sip.provider.example',
        register: { user: this.numbers[0]?.slice(1) ?? 'account', password: 'secret:provider' },
        channels: 10,
      },
      'decide: the provider’s host, user and channels; its password goes to the secret store under this name',
    )
    writeOutage(this.draft, ['provider'])
    writeOutgoing(this.draft, ['provider'], this.someoneCallsAbroad ? 'allowed' : [owner.id])
    this.note('decide', 'office', `${owner.name} was taken as the owner of the plan.`)
    this.note('decide', 'trunks', 'spreadsheets do not say how calls reach the world: put the provider in.')
    if (this.numbers.length === 0) this.note('decide', 'lines', 'no lines were given: nobody outside can call this office.')
    return { text: this.draft.print(SECTIONS), secrets: {}, problems: this.problems, notes: this.notes, found }
  }

  private read<Name extends string>(file: TableFile, columns: Columns<Name>, required: readonly NoInfer<Name>[]): readonly Row<Name>[] {
    const csv = parseCsv(readText(file.bytes))
    if (csv.unclosed !== null)
      this.problem(
        file,
        { text: '', ...csv.unclosed },
        'syntax',
        'A double quote opens here and nothing closes it.',
        'Close it, or write a quote inside a value twice.',
      )
    const { rows, problems } = byColumn(csv.rows, columns, required, file.name)
    this.problems.push(...problems)
    return rows
  }

  private extension(
    file: TableFile,
    field: CsvField,
    number: string,
    name: string,
    seen: Map<string, { readonly field: CsvField; readonly name: string }>,
  ): boolean {
    if (!/^\d{2,8}$/.test(number)) {
      this.problem(file, field, 'bad-extension', `'${field.text}' is no extension.`, 'An extension is 2 to 8 digits.')
      return false
    }
    if (this.emergency.has(number)) {
      this.problem(
        file,
        field,
        'emergency-shadowed',
        `${number} is an emergency number in ${this.office.country}: nobody can have it as an extension.`,
        `Give ${name} another extension.`,
      )
      return false
    }
    const twin = seen.get(number)
    if (twin !== undefined) {
      this.problem(
        file,
        field,
        'duplicate-number',
        `${number} is already the extension of ${twin.name} (line ${twin.field.line}).`,
        'Give one of them another extension.',
      )
      return false
    }
    for (const [other, { name: whose, field: at }] of seen)
      if (number.startsWith(other) || other.startsWith(number)) {
        this.problem(
          file,
          field,
          'ambiguous-prefix',
          `${number} and ${other} (${whose}, line ${at.line}) begin alike: a telephone that sends digits as they are pressed would ring the shorter one.`,
          'Use extensions of one length.',
        )
        return false
      }
    seen.set(number, { field, name })
    return true
  }

  private line(file: TableFile, row: Row<keyof typeof LINE_COLUMNS>, number: string): void {
    const to = row.to === undefined ? null : this.destination(file, row.to)
    const ownerPerson = row.owner === undefined ? null : this.somebody(file, row.owner)
    const during = row.during === undefined ? null : this.opening(file, row.during)
    const otherwise = row.otherwise === undefined ? null : this.destination(file, row.otherwise)
    if (row.otherwise !== undefined && during === null && (row.during === undefined || this.hours.get(row.during.text) === null))
      this.problem(
        file,
        row.otherwise,
        'never-otherwise',
        'This never comes: the line has no hours.',
        "Fill in 'hours', or leave this empty.",
      )
    const fallback = this.staff[0]?.id ?? 'nobody'
    const department = [...this.departments.values()].find(d => d.id === to)
    const owner =
      ownerPerson ?? department?.lead ?? this.staff.find(p => p.id === to)?.id ?? this.staff.find(p => p.department === to)?.id ?? fallback
    const remarks: string[] = []
    if (row.to === undefined) remarks.push('decide: where calls to this line go')
    if (row.owner === undefined) remarks.push('decide: who is answerable for its missed calls')
    if (during !== null && row.otherwise === undefined) remarks.push('decide: what callers meet outside these hours')
    for (const remark of remarks) this.note('decide', `line ${number}`, remark.slice('decide: '.length))
    this.numbers.push(number)
    const value: DraftValue = {
      name: row.name?.text,
      to: to ?? fallback,
      during: during ?? undefined,
      otherwise: during === null ? undefined : (otherwise ?? 'voicemail office'),
      owner,
      language: this.word(file, row.language, LANGUAGES, 'a language'),
    }
    this.draft.set('lines', number, value, ...remarks)
  }

  private department(name: string): { readonly id: string; readonly name: string; lead: string | null } {
    const key = name.toLowerCase()
    let department = this.departments.get(key)
    if (department === undefined) {
      department = { id: this.ids.of(name, 'department'), name, lead: null }
      this.departments.set(key, department)
    }
    return department
  }

  private somebody(file: TableFile, field: CsvField): string | null {
    const wanted = field.text.toLowerCase()
    const found = this.staff.filter(p => p.extension === wanted || p.name.toLowerCase() === wanted || p.id === wanted)
    if (found.length === 1) return found[0]!.id
    if (found.length > 1)
      this.problem(
        file,
        field,
        'ambiguous-name',
        `${found.length} people are called '${field.text}'.`,
        `Write the extension: ${found.map(p => p.extension).join(' or ')}.`,
      )
    else
      this.problem(
        file,
        field,
        'dangling-reference',
        `Nobody among the people is called '${field.text}' or has that extension.`,
        didYouMean(
          wanted,
          this.staff.map(p => p.name.toLowerCase()),
        ) || 'Write the name as the people’s table does, or the extension.',
      )
    return null
  }

  private destination(file: TableFile, field: CsvField): string | null {
    const wanted = field.text.toLowerCase()
    if (/^(?:voicemail|голосовая почта|автоответчик|дауыстық пошта)(?: office)?$/.test(wanted)) return 'voicemail office'
    if (/^(?:hang-up|отбой)$/.test(wanted)) return 'hang-up'
    const department = this.departments.get(wanted) ?? [...this.departments.values()].find(d => d.id === wanted)
    if (department !== undefined) return department.id
    if (this.staff.some(p => p.extension === wanted || p.name.toLowerCase() === wanted || p.id === wanted))
      return this.somebody(file, field)
    const names = [...this.staff.map(p => p.name.toLowerCase()), ...this.departments.keys(), 'voicemail']
    this.problem(
      file,
      field,
      'dangling-reference',
      `There is no person or department '${field.text}'.`,
      didYouMean(wanted, names) || 'Write a name, an extension, a department, or voicemail.',
    )
    return null
  }

  private opening(file: TableFile, field: CsvField): string | null {
    const known = this.hours.get(field.text)
    if (known !== undefined) return known
    const read = openingHours(field.text)
    if (read === null)
      this.problem(
        file,
        field,
        'bad-hours',
        `'${field.text}' cannot be read as opening hours.`,
        "Write for instance 'mon-fri 09:00-18:00, sat 10:00-14:00' or '24/7'.",
      )
    let id: string | null = null
    if (read !== null && read !== 'always') {
      const n = [...this.hours.values()].filter(h => h !== null).length + 1
      id = n === 1 ? 'office' : `office-${n}`
      this.draft.set('hours', id, { ...read, holidays: this.office.country })
    }
    this.hours.set(field.text, id)
    return id
  }

  private mobile(file: TableFile, field: CsvField | undefined): string | undefined {
    if (field === undefined) return undefined
    const number = outsideNumber(field.text, { country: this.office.country, area: this.office.area })
    if (number !== null) return number.e164
    this.problem(
      file,
      field,
      'bad-number',
      `'${field.text}' is no telephone number.`,
      'Write it as the country does, or with + and country code.',
    )
    return undefined
  }

  private email(file: TableFile, field: CsvField | undefined): string | undefined {
    if (field === undefined || personForm.shape.email.safeParse(field.text).success) return field?.text
    this.problem(file, field, 'bad-email', `'${field.text}' is no e-mail address.`, 'Correct it, or leave it empty.')
    return undefined
  }

  private word<T extends string>(
    file: TableFile,
    field: CsvField | undefined,
    words: Readonly<Record<string, T>>,
    what: string,
  ): T | undefined {
    if (field === undefined) return undefined
    const key = field.text.toLowerCase()
    if (Object.hasOwn(words, key)) return words[key]
    this.problem(
      file,
      field,
      'unknown-value',
      `'${field.text}' is not ${what} that is known here.`,
      didYouMean(key, Object.keys(words)) || `One of: ${[...new Set(Object.values(words))].join(', ')}.`,
    )
    return undefined
  }

  private note(kind: ImportNote['kind'], about: string, text: string): void {
    this.notes.push({ kind, about, text })
  }

  private problem(file: TableFile, at: CsvField, code: ProblemCode, message: string, remedy: string): void {
    this.problems.push({ code, severity: 'error', place: { file: file.name, line: at.line, column: at.column, path: '' }, message, remedy })
  }
}
