/**
 * The applied revisions of the plan on disk: DATA/plan/NNNN holds the text as it was, `revision.json` in which order its files
 * are read, and `parsed.json` what was read from them (`plan/kept-plan.ts`). A folder is written under another name and then
 * renamed: a revision is there as a whole or not at all. Nothing here reads YAML: a restarted switch has calls waiting.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KeptPlan } from '../plan/kept-plan.ts'
import type { PlanText } from '../plan/problem.ts'

interface RevisionFile {
  readonly v: 1
  /** In the order in which they are read. */
  readonly files: readonly string[]
}

interface ParsedFile {
  readonly v: 1
  /** Of the texts it was read from, and of the program that read them. */
  readonly of: string
  readonly kept: KeptPlan
}

export function latestRevision(plans: string): number {
  if (!existsSync(plans)) return 0
  return readdirSync(plans).reduce((most, n) => Math.max(most, /^\d{4,}$/.test(n) ? Number(n) : 0), 0)
}

export function revisionFolder(plans: string, revision: number): string {
  return join(plans, String(revision).padStart(4, '0'))
}

/** The revisions that are kept, oldest first. */
export function revisionsKept(plans: string): number[] {
  if (!existsSync(plans)) return []
  return readdirSync(plans)
    .filter(n => /^\d{4,}$/.test(n))
    .map(Number)
    .sort((a, b) => a - b)
}

/** Keeps `texts` as revision `revision`; throws when there is one already. */
export function writeRevision(plans: string, revision: number, texts: readonly PlanText[]): void {
  const folder = revisionFolder(plans, revision)
  if (existsSync(folder)) throw new Error(`plan revision ${revision} is kept already: ${folder}`)
  writeTexts(`${folder}.new`, texts)
  renameSync(`${folder}.new`, folder)
}

/** Takes back a revision that nobody has used. */
export function dropRevision(plans: string, revision: number): void {
  rmSync(revisionFolder(plans, revision), { recursive: true, force: true })
}

/** Texts with their order, as a folder of their own. */
export function writeTexts(folder: string, texts: readonly PlanText[]): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const t of texts) {
    if (!isInside(t.name)) throw new Error(`the plan's file ${t.name} would be kept outside of its folder`)
    mkdirSync(dirname(join(folder, t.name)), { recursive: true })
    writeFileSync(join(folder, t.name), t.text)
  }
  const revision: RevisionFile = { v: 1, files: texts.map(t => t.name) }
  writeFileSync(join(folder, 'revision.json'), JSON.stringify(revision))
}

/** What was kept there, in its order; null when the folder was not written by `writeTexts`. */
export function readTexts(folder: string): PlanText[] | null {
  const path = join(folder, 'revision.json')
  if (!existsSync(path)) return null
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as RevisionFile
  return files.filter(isInside).map(name => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

export function keepParsed(folder: string, texts: readonly PlanText[], kept: KeptPlan): void {
  const path = join(folder, 'parsed.json')
  const parsed: ParsedFile = { v: 1, of: stampOf(texts), kept }
  writeFileSync(`${path}.new`, JSON.stringify(parsed), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Null when nothing was kept, or from other texts, or by a program that may read them otherwise. */
export function readParsed(folder: string, texts: readonly PlanText[]): KeptPlan | null {
  try {
    const parsed = JSON.parse(readFileSync(join(folder, 'parsed.json'), 'utf8')) as ParsedFile
    return parsed.v === 1 && parsed.of === stampOf(texts) ? parsed.kept : null
  } catch {
    return null
  }
}

/** The texts and the program's way of reading them, as one short word. */
function stampOf(texts: readonly PlanText[]): string {
  const hash = createHash('sha256')
  for (const t of texts) hash.update(`${t.name}\n${t.text.length}\n`).update(t.text)
  return hash.update(readerStamp()).digest('hex')
}

/** Changes with every file of ours that turns text into a plan. */
function readerStamp(): string {
  const plan = fileURLToPath(new URL('../plan/', import.meta.url))
  const files = [
    'parse.ts',
    'source.ts',
    'plain-yaml.ts',
    'ical.ts',
    'kept-plan.ts',
    ...readdirSync(join(plan, 'schema')).map(n => join('schema', n)),
  ]
  return files
    .map(name => {
      const { mtimeMs, size } = statSync(join(plan, name))
      return `${name} ${mtimeMs} ${size}`
    })
    .join('\n')
}

/** Whether a file of that name stays inside its revision's folder, and beside what is kept there. */
export function isInside(name: string): boolean {
  if (['revision.json', 'parsed.json', 'expected.json'].includes(name)) return false
  return name !== '' && !name.startsWith('/') && !/^[A-Za-z]:/.test(name) && !name.split(/[/\\]/).includes('..')
}
