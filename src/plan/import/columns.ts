/** The heads of a spreadsheet's columns, as English and Russian offices write them. */
import type { PlanProblem } from '../problem.ts'
import { didYouMean, nearest } from '../problem.ts'
import type { CsvField } from './csv.ts'

export type Columns<Name extends string> = Readonly<Record<Name, readonly string[]>>

export const PEOPLE_COLUMNS = {
  name: ['name', 'full name', 'employee', 'person', 'фио', 'ф.и.о.', 'имя', 'сотрудник', 'фамилия имя'],
  extension: [
    'extension',
    'ext',
    'ext.',
    'internal',
    'internal number',
    'внутренний',
    'внутренний номер',
    'вн. номер',
    'доб',
    'доб.',
    'добавочный',
  ],
  department: ['department', 'dept', 'team', 'отдел', 'подразделение', 'департамент'],
  mobile: ['mobile', 'cell', 'mobile number', 'мобильный', 'моб.', 'сотовый', 'мобильный номер', 'мобильный телефон'],
  email: ['email', 'e-mail', 'mail', 'почта', 'эл. почта', 'электронная почта'],
  language: ['language', 'lang', 'язык'],
  'may-call': ['may-call', 'may call', 'rights', 'права', 'может звонить', 'разрешено звонить'],
  lead: ['lead', 'head', 'manager', 'руководитель', 'начальник'],
} as const satisfies Columns<string>

export const LINE_COLUMNS = {
  number: ['number', 'line', 'did', 'phone', 'номер', 'линия', 'городской', 'городской номер', 'телефон'],
  name: ['name', 'title', 'название', 'имя', 'наименование'],
  to: ['to', 'destination', 'goes to', 'куда', 'направление', 'кому'],
  during: ['during', 'hours', 'opening hours', 'часы', 'часы работы', 'время работы'],
  otherwise: ['otherwise', 'else', 'closed', 'at night', 'иначе', 'вне часов', 'ночью', 'в нерабочее время'],
  owner: ['owner', 'responsible', 'ответственный', 'владелец'],
  language: ['language', 'lang', 'язык'],
} as const satisfies Columns<string>

/** A row's values by column. */
export type Row<Name extends string> = { readonly line: number } & { readonly [name in Name]?: CsvField }

/** The rows of a table whose first line names its columns; problems with what the head says. */
export function byColumn<Name extends string>(
  rows: readonly (readonly CsvField[])[],
  columns: Columns<Name>,
  required: readonly NoInfer<Name>[],
  file: string,
): { readonly rows: readonly Row<Name>[]; readonly problems: readonly PlanProblem[] } {
  const problems: PlanProblem[] = []
  const place = (field: CsvField, path = ''): PlanProblem['place'] => ({ file, line: field.line, column: field.column, path })
  const [head, ...body] = rows
  if (head === undefined)
    return {
      rows: [],
      problems: [
        {
          code: 'empty-plan',
          severity: 'error',
          place: { file, line: 1, column: 1, path: '' },
          message: 'The file holds nothing.',
          remedy: `Its first line names the columns, such as: ${required.join(', ')}.`,
        },
      ],
    }
  const byHead = new Map<string, Name>()
  for (const name of Object.keys(columns) as Name[]) for (const written of columns[name]) byHead.set(written, name)
  const at: (Name | null)[] = head.map(field => byHead.get(headForm(field.text)) ?? null)
  head.forEach((field, i) => {
    const name = at[i]
    if (name !== null && name !== undefined) {
      const first = at.indexOf(name)
      if (first !== i)
        problems.push({
          code: 'duplicate-key',
          severity: 'error',
          place: place(field),
          message: `'${field.text}' and '${head[first]!.text}' are both the column '${name}'.`,
          remedy: 'Keep one of the two.',
        })
      return
    }
    if (field.text === '') return
    const near = nearest(headForm(field.text), byHead.keys())
    const meant = near === null ? null : byHead.get(near)!
    // A misspelt head of a column that is not there otherwise would lose everything below it.
    const lost = meant !== null && !at.includes(meant)
    problems.push({
      code: 'unknown-key',
      severity: lost ? 'error' : 'warning',
      place: place(field),
      message: `The column '${field.text}' means nothing here${lost ? '' : '; it is left out'}.`,
      remedy: lost ? didYouMean(headForm(field.text), byHead.keys()) : `Columns that are read: ${Object.keys(columns).join(', ')}.`,
    })
  })
  for (const name of required)
    if (!at.includes(name))
      problems.push({
        code: 'missing',
        severity: 'error',
        place: place(head[0]!),
        message: `There is no column '${name}'.`,
        remedy: `Its head may be: ${columns[name].slice(0, 8).join(', ')}.`,
      })
  // Without its column every row would lack the same thing.
  if (required.some(name => !at.includes(name))) return { rows: [], problems }
  const out: Row<Name>[] = []
  for (const row of body) {
    if (row.every(f => f.text === '')) continue
    const over = row[head.length]
    if (row.length > head.length && row.slice(head.length).some(f => f.text !== ''))
      problems.push({
        code: 'bad-value',
        severity: 'error',
        place: place(over!),
        message: `This row has ${row.length} values, but there are ${head.length} columns.`,
        remedy: 'A value with the delimiter in it stands in double quotes.',
      })
    const values: Record<string, CsvField> = {}
    row.forEach((field, i) => {
      const name = at[i]
      if (name != null && field.text !== '' && values[name] === undefined) values[name] = field
    })
    out.push({ line: row[0]!.line, ...values } as Row<Name>)
  }
  return { rows: out, problems }
}

function headForm(text: string): string {
  return text
    .toLowerCase()
    .replace(/[_\s]+/g, ' ')
    .replace(/\s*[:*]$/, '')
    .trim()
}
