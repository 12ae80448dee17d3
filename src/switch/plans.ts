/** The applied plan revisions: the latest decides new calls, a call in progress keeps the one it began with. */
import { createRequire } from 'node:module'
import { setImmediate } from 'node:timers/promises'
import type * as Applied from '../plan/applied-plan.ts'
import type { CompiledPlan } from '../plan/compiled.ts'
import { revivePlan } from '../plan/kept-plan.ts'
import type * as Files from '../store/plan-files.ts'
import { readParsed, readTexts, revisionFolder } from '../store/plan-revisions.ts'

export class Plans {
  private readonly folder: string
  private readonly kept = new Map<number, CompiledPlan>()
  private newest: number

  /** Throws `PlanRefused` when the revision has an error. */
  constructor(folder: string, latest: number) {
    this.folder = folder
    this.newest = latest
    this.of(latest)
  }

  get latest(): number {
    return this.newest
  }

  of(revision: number): CompiledPlan {
    let plan = this.kept.get(revision)
    if (!plan) {
      plan = this.read(revision)
      this.kept.set(revision, plan)
    }
    return plan
  }

  /** Reads a revision before it is applied, in steps between which calls are served: a plan of 10,000 telephones takes a third of a second. */
  async prepare(revision: number): Promise<void> {
    if (this.kept.has(revision)) return
    const folder = revisionFolder(this.folder, revision)
    const texts = readTexts(folder)
    await setImmediate()
    const parsed = texts === null ? null : readParsed(folder, texts)
    await setImmediate()
    this.kept.set(revision, (parsed === null ? null : revivePlan(parsed, revision)) ?? this.readText(revision))
    await setImmediate()
  }

  /** From now on new calls follow this revision. Throws and changes nothing when it cannot be read. */
  apply(revision: number): CompiledPlan {
    const plan = this.of(revision)
    this.newest = revision
    return plan
  }

  /** Revisions that no call follows any more are let go; read again should one be wanted. */
  keepOnly(wanted: ReadonlySet<number>): void {
    for (const revision of this.kept.keys()) if (revision !== this.newest && !wanted.has(revision)) this.kept.delete(revision)
  }

  private read(revision: number): CompiledPlan {
    const folder = revisionFolder(this.folder, revision)
    const texts = readTexts(folder)
    const parsed = texts === null ? null : readParsed(folder, texts)
    return (parsed === null ? null : revivePlan(parsed, revision)) ?? this.readText(revision)
  }

  /** The long way, by the text: after an update of the program. What reads YAML is loaded only then. */
  private readText(revision: number): CompiledPlan {
    const require = createRequire(import.meta.url)
    const { appliedPlan } = require('../plan/applied-plan.ts') as typeof Applied
    const { prepareRevision, readPlanFiles } = require('../store/plan-files.ts') as typeof Files
    const plan = appliedPlan(readPlanFiles(revisionFolder(this.folder, revision)), revision)
    prepareRevision(this.folder, revision, Date.now())
    return plan
  }
}
