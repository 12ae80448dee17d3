/** Plan files on disk: reading what a person wrote, and keeping every applied revision as it was. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { compile } from '../plan/compile.ts'
import { keepPlan } from '../plan/kept-plan.ts'
import { parsePlan } from '../plan/parse.ts'
import type { PlanText } from '../plan/problem.ts'
import { includesOf } from '../plan/source.ts'
import { keepParsed, latestRevision, readTexts, revisionFolder, writeRevision } from './plan-revisions.ts'

/** A file with what it includes, or every YAML file of a folder. Names are relative to the plan's folder. */
export function readPlanFiles(path: string): PlanText[] {
  const isFolder = statSync(path).isDirectory()
  const kept = isFolder ? readTexts(path) : null
  if (kept !== null) return kept
  const folder = isFolder ? path : dirname(path)
  const wanted = isFolder
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter(n => /\.ya?ml$/i.test(n))
        .sort()
    : [basename(path)]
  const files: PlanText[] = []
  const seen = new Set<string>()
  const add = (name: string): void => {
    const full = resolve(folder, name)
    if (seen.has(full) || !existsSync(full)) return
    seen.add(full)
    const text = readFileSync(full, 'utf8')
    files.push({ name: relative(folder, full), text })
    // Most files include none: a large plan is not read twice for that.
    if (/\.ya?ml$/i.test(name) && /\b(include|ical)\b/.test(text))
      for (const other of includesOf(text, name)) add(join(dirname(name), other))
  }
  for (const name of wanted) add(name)
  return files
}

/** Names as seen from the folder that holds all of them: what a plan includes from beside its own folder is kept with it. */
export function underOneRoof(texts: readonly PlanText[]): PlanText[] {
  const up = Math.max(0, ...texts.map(t => t.name.split(sep).filter(part => part === '..').length))
  if (up === 0) return [...texts]
  // Where the plan lies below that folder is nobody's business: any names will do that keep the includes right.
  const below = Array.from({ length: up }, (_, i) => (i === up - 1 ? 'plan' : `above-${up - 1 - i}`))
  return texts.map(t => ({ name: join(...below, t.name), text: t.text }))
}

export function sameTexts(a: readonly PlanText[], b: readonly PlanText[]): boolean {
  const key = (files: readonly PlanText[]): string =>
    JSON.stringify([...files].sort((x, y) => (x.name < y.name ? -1 : 1)).map(f => [f.name, f.text]))
  return key(a) === key(b)
}

/** Whether these texts of a plan's file were the last that `switchroom up` took from there. */
export function wasTaken(plans: string, texts: readonly PlanText[]): boolean {
  const path = join(plans, 'file.sha256')
  return existsSync(path) && readFileSync(path, 'utf8') === hashOf(texts)
}

export function noteTaken(plans: string, texts: readonly PlanText[]): void {
  writeFileSync(join(plans, 'file.sha256'), hashOf(texts))
}

function hashOf(texts: readonly PlanText[]): string {
  return createHash('sha256')
    .update(JSON.stringify(texts.map(t => [t.name, t.text])))
    .digest('hex')
}

/** Keeps these texts as a new revision unless the latest says the same; returns its number. Whoever calls has compiled them without an error. */
export function keepRevision(plans: string, files: readonly PlanText[], nowMs: number): number {
  const latest = latestRevision(plans)
  const texts = underOneRoof(files)
  const same = latest > 0 && sameTexts(texts, readPlanFiles(revisionFolder(plans, latest)))
  const revision = same ? latest : latest + 1
  if (!same) writeRevision(plans, revision, texts)
  prepareRevision(plans, revision, nowMs)
  return revision
}

/** Makes what a switch reads of a revision instead of its text. */
export function prepareRevision(plans: string, revision: number, nowMs: number): void {
  const folder = revisionFolder(plans, revision)
  const texts = readPlanFiles(folder)
  const parsed = parsePlan(texts)
  const { plan } = compile(parsed, revision)
  if (plan === null) return
  const year = new Date(nowMs).getUTCFullYear()
  keepParsed(folder, texts, keepPlan(parsed, plan, [year - 1, year, year + 1, year + 2]))
}
