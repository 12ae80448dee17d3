/** Which plan a command is about: a file or folder given, or what the exchange on a data folder runs. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CompiledPlan } from '../plan/compiled.ts'
import { planOrRefusal } from '../plan/plan-or-refusal.ts'
import { PlanRefused } from '../plan/plan-refused.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { readPlanFiles } from '../store/plan-files.ts'
import { latestRevision, revisionFolder } from '../store/plan-revisions.ts'
import { dataFolder } from './options.ts'
import { UsageError } from './usage-error.ts'

export interface PlanArgument {
  /** A YAML file or a folder of them; it goes before `data`. */
  readonly path: string | undefined
  readonly data: string | undefined
}

/** The compiled plan, of revision 0 when it is not an exchange's. Null: it was refused, and stderr says why. */
export function planFrom(argument: PlanArgument): CompiledPlan | null {
  const { folder, revision } = located(argument)
  try {
    return planOrRefusal(readPlanFiles(folder), revision).plan
  } catch (error) {
    if (!(error instanceof PlanRefused)) throw error
    console.error(error.message)
    return null
  }
}

function located({ path, data }: PlanArgument): { readonly folder: string; readonly revision: number } {
  if (path !== undefined) {
    if (!existsSync(resolve(path))) throw new UsageError(`there is no plan at ${path}`, 'give a YAML file or a folder of them')
    return { folder: resolve(path), revision: 0 }
  }
  const plans = dataPaths(dataFolder(data)).plans
  const revision = latestRevision(plans)
  if (revision === 0) throw new UsageError('which plan?', 'give a YAML file, or the --data DIR of an exchange that has one')
  return { folder: revisionFolder(plans, revision), revision }
}
