/** `switchroom import`: a plan begun from spreadsheets or from another exchange's backup, for a person to finish. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { type FreepbxOffice, importFreepbx } from '../plan/import/freepbx/import-freepbx.ts'
import { type Imported, importReport } from '../plan/import/imported.ts'
import type { OfficeFacts } from '../plan/import/office-frame.ts'
import { importTables, type TableFile } from '../plan/import/people-and-lines.ts'
import { readText } from '../plan/import/text.ts'
import { loadPlan } from '../plan/load.ts'
import { type PlanText, renderProblems } from '../plan/problem.ts'
import { UsageError } from './usage-error.ts'

const help = `switchroom import csv --people people.csv [--lines lines.csv] [--office NAME] [options]
switchroom import freepbx BACKUP [options]

  --out FILE        where the plan is written (default: plan.yaml; '-' for the terminal); never over a file that is there, unless --force
  --secrets FILE    where passwords found in the backup are written (default: beside the plan, FILE.secrets.json)
  --office NAME     the office's name
  --country KZ      its country: dialling habits and emergency numbers follow from it (default: KZ)
  --timezone ZONE   default: the backup's own, else Asia/Almaty
  --area 727        area code that local numbers leave out
  --language ru     languages of prompts, in order; may be given several times

Spreadsheets: comma, semicolon or tab; UTF-8 or Windows-1251; the first line names the columns.
  people: name, extension, department, mobile, email, language, may-call, lead     (or: ФИО, внутренний, отдел, мобильный, почта, язык, права, руководитель)
  lines:  number, name, to, hours, otherwise, owner, language                      (or: номер, название, куда, часы, иначе, ответственный, язык)

What needs a decision of yours stands in the plan behind 'decide:'. Exit code 0: written; 2: not.`

const options = {
  people: { type: 'string' },
  lines: { type: 'string' },
  out: { type: 'string' },
  secrets: { type: 'string' },
  office: { type: 'string' },
  country: { type: 'string' },
  timezone: { type: 'string' },
  area: { type: 'string' },
  language: { type: 'string', multiple: true },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
  if (values.help || positionals.length === 0) {
    console.log(help)
    return values.help ? 0 : 2
  }
  const out = values.out ?? 'plan.yaml'
  if (out !== '-' && existsSync(resolve(out)) && !values.force)
    throw new UsageError(`${out} is already there`, 'choose another --out, or say --force to write over it')
  const office = officeOf(values)
  if (positionals[0] === 'freepbx') return freepbx(positionals[1], { ...office, timezone: values.timezone ?? null }, out, values.secrets)
  if (positionals[0] !== 'csv')
    throw new UsageError(`nothing is known of '${positionals[0]}'`, 'switchroom import csv, or switchroom import freepbx BACKUP')
  if (values.people === undefined) throw new UsageError('whose telephones?', 'give --people people.csv')
  const people = tableFile(values.people)
  const lines = values.lines === undefined ? null : tableFile(values.lines)
  const read = [people, ...(lines === null ? [] : [lines])]
  return finish(importTables(people, lines, office), read, out, values.secrets)
}

function freepbx(path: string | undefined, office: FreepbxOffice, out: string, secrets: string | undefined): number {
  if (path === undefined) throw new UsageError('which backup?', 'switchroom import freepbx BACKUP.tar.gz')
  const file = tableFile(path)
  const read = importFreepbx(file.bytes, unzip, office)
  if (!read.ok) {
    console.error(`${file.name}: ${read.error.message}\nNothing was written.`)
    return 2
  }
  return finish(read.value, [file], out, secrets)
}

/** A backup of an office unpacks to some hundred megabytes at most; more is an attack on the disk or a mistake. */
const MOST_BYTES = 1 << 30

function unzip(bytes: Uint8Array): Uint8Array | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES })
  } catch {
    return null
  }
}

function officeOf(values: { readonly [key: string]: unknown }): OfficeFacts {
  const text = (name: string, otherwise: string): string => (typeof values[name] === 'string' ? values[name] : otherwise)
  const country = text('country', 'KZ').toUpperCase()
  if (!/^[A-Z]{2}$/.test(country)) throw new UsageError(`--country ${country}: not a country`, 'its two letters, such as KZ')
  const timezone = text('timezone', 'Asia/Almaty')
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone })
  } catch {
    throw new UsageError(`--timezone ${timezone}: there is no such time zone`, 'write it like Asia/Almaty')
  }
  const languages = (values['language'] as string[] | undefined) ?? ['ru']
  for (const language of languages)
    if (!['en', 'ru', 'kk'].includes(language)) throw new UsageError(`--language ${language}: not spoken here`, 'en, ru or kk')
  return { name: text('office', 'Our office'), country, timezone, languages: languages as OfficeFacts['languages'], area: text('area', '') }
}

function tableFile(path: string): TableFile {
  if (!existsSync(resolve(path))) throw new UsageError(`there is no file at ${path}`, 'give its path')
  return { name: basename(path), bytes: readFileSync(resolve(path)) }
}

/** Writes the plan and its passwords, tells what was found; nothing is written when something is wrong. */
function finish(imported: Imported, read: readonly TableFile[], out: string, secrets: string | undefined): number {
  const texts: PlanText[] = read.filter(f => /\.(?:csv|tsv|txt)$/i.test(f.name)).map(f => ({ name: f.name, text: readText(f.bytes) }))
  if (imported.problems.length > 0) console.error(renderProblems(imported.problems, texts, process.stderr.isTTY))
  if (imported.text === null) {
    console.error('Nothing was written.')
    return 2
  }
  if (out === '-') {
    console.log(imported.text)
    return 0
  }
  writeFileSync(resolve(out), imported.text)
  const report = importReport(imported, read.map(f => f.name).join(' and '))
  console.log(report)
  const wrote = [out]
  if (Object.keys(imported.secrets).length > 0) {
    const path = secrets ?? `${out.replace(/\.ya?ml$/i, '')}.secrets.json`
    writeFileSync(resolve(path), JSON.stringify(imported.secrets, null, 2), { mode: 0o600 })
    wrote.push(path)
  }
  if (imported.notes.length > 0) {
    const path = `${out.replace(/\.ya?ml$/i, '')}.import.txt`
    writeFileSync(resolve(path), report)
    wrote.push(path)
  }
  const { problems } = loadPlan([{ name: basename(out), text: imported.text }], 1)
  console.log(`Written: ${wrote.join(', ')}. ${verdict(problems)}`)
  return 0
}

function verdict(problems: ReturnType<typeof loadPlan>['problems']): string {
  const errors = problems.filter(p => p.severity === 'error').length
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
  if (errors > 0) return `The plan has ${count(errors, 'error')} to mend: see \`switchroom check\`.`
  return problems.length === 0
    ? 'The plan may be applied.'
    : `The plan may be applied; \`switchroom check\` has ${count(problems.length, 'remark')}.`
}
