/** Plan files on disk: reading what a person wrote, and keeping every applied revision as it was. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { PlanText } from '../plan/problem.ts'
import { includesOf } from '../plan/source.ts'

/** A file with what it includes, or every YAML file of a folder. Names are relative to the plan's folder. */
export function readPlanFiles(path: string): PlanText[] {
  const folder = statSync(path).isDirectory() ? path : dirname(path)
  const wanted = statSync(path).isDirectory()
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
    for (const include of includesOf(text)) add(join(dirname(name), include))
  }
  for (const name of wanted) add(name)
  return files
}

export function latestRevision(plans: string): number {
  if (!existsSync(plans)) return 0
  return readdirSync(plans).reduce((most, n) => Math.max(most, /^\d{4,}$/.test(n) ? Number(n) : 0), 0)
}

export function revisionFolder(plans: string, revision: number): string {
  return join(plans, String(revision).padStart(4, '0'))
}

/** Keeps the plan at `path` as a new revision unless the latest says the same; returns its number. */
export function keepRevision(plans: string, path: string): number {
  const latest = latestRevision(plans)
  const now = readPlanFiles(path)
  if (latest > 0 && same(now, readPlanFiles(revisionFolder(plans, latest)))) return latest
  const folder = revisionFolder(plans, latest + 1)
  const source = statSync(path).isDirectory() ? path : dirname(path)
  for (const f of now) {
    mkdirSync(dirname(join(folder, f.name)), { recursive: true })
    cpSync(join(source, f.name), join(folder, f.name))
  }
  return latest + 1
}

function same(a: readonly PlanText[], b: readonly PlanText[]): boolean {
  const key = (files: readonly PlanText[]): string =>
    JSON.stringify([...files].sort((x, y) => (x.name < y.name ? -1 : 1)).map(f => [f.name, f.text]))
  return key(a) === key(b)
}
