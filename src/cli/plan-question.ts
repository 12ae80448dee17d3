/** What commands that ask a plan have in common: which plan, in which language, at what time. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CompiledPlan } from '../plan/compiled.ts'
import type { Language } from '../plan/schema/scalars.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { latestRevision, revisionFolder } from '../store/plan-revisions.ts'
import { dataFolder } from './options.ts'
import { planFrom } from './plan-argument.ts'
import { UsageError } from './usage-error.ts'

/** A file, a folder, or '12' for revision 12 that the exchange on the data folder keeps. Null: refused, and stderr says why. */
export function planNamed(name: string, data: string | undefined): CompiledPlan | null {
  if (existsSync(resolve(name))) return planFrom({ path: name, data })
  if (!/^\d+$/.test(name))
    throw new UsageError(`there is no plan at ${name}`, 'give a YAML file, a folder of them, or the number of a revision')
  const plans = dataPaths(dataFolder(data)).plans
  const folder = revisionFolder(plans, Number(name))
  if (!existsSync(folder))
    throw new UsageError(`there is no revision ${name} in ${dataFolder(data)}`, `the newest one is ${latestRevision(plans)}`)
  return planFrom({ path: folder, data })
}

export function languageFrom(text: string | undefined): Language {
  if (text === undefined || text === 'en' || text === 'ru' || text === 'kk') return text ?? 'en'
  throw new UsageError(`--language ${text}: not spoken here`, 'en, ru or kk')
}

/** A moment in the office's time; now when nothing is given. */
export function momentFrom(text: string | undefined, timezone: string, option: string): number {
  if (text === undefined) return Date.now()
  try {
    return Temporal.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime(timezone).epochMilliseconds
  } catch {
    throw new UsageError(`${option} ${text}: not a date and time`, 'write it like 2026-12-31 or 2026-12-31T18:30')
  }
}
