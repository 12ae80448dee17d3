/** The applied plan revisions: the latest decides new calls, a call in progress keeps the one it began with. */

import { appliedPlan } from '../plan/applied-plan.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import { readPlanFiles, revisionFolder } from '../store/plan-files.ts'

export class Plans {
  private readonly folder: string
  private readonly kept = new Map<number, CompiledPlan>()
  readonly latest: number

  constructor(folder: string, latest: number) {
    this.folder = folder
    this.latest = latest
    this.of(latest)
  }

  of(revision: number): CompiledPlan {
    let plan = this.kept.get(revision)
    if (!plan) {
      plan = appliedPlan(readPlanFiles(revisionFolder(this.folder, revision)), revision)
      this.kept.set(revision, plan)
    }
    return plan
  }
}
