/** Reads the plan (through `plan-summary.ts` in a process of its own) and reads it again when its files change. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { latestRevision, revisionFolder } from '../store/plan-revisions.ts'
import { NO_PLAN, type OfficePlan } from './office-plan.ts'
import { version } from './version.ts'

const SUMMARY = fileURLToPath(new URL('plan-summary.ts', import.meta.url))
const LOOK_EVERY_MS = 5000

export class PlanSource {
  private readonly path: string | null
  private readonly revisions: string
  private readonly cachePath: string
  private readonly onProblem: (problem: Error) => void
  private readonly onPlan: (plan: OfficePlan) => void
  private plan: OfficePlan = NO_PLAN
  private stamp = ''
  private timer: NodeJS.Timeout | null = null
  /** Resolved once a plan was read or could not be. */
  readonly ready: Promise<void>

  /** `path`: a plan, or one of the folders under `revisions`: then the newest of them is followed. `cachePath` keeps what was read, so that a restart is not slowed down by a plan that has not changed. */
  constructor(
    path: string | null,
    revisions: string,
    cachePath: string,
    onProblem: (problem: Error) => void,
    onPlan: (plan: OfficePlan) => void = () => {},
  ) {
    this.path = path
    this.revisions = revisions
    this.cachePath = cachePath
    this.onProblem = onProblem
    this.onPlan = onPlan
    this.ready = this.look()
    if (path === null) return
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS)
    this.timer.unref()
  }

  /** The newest plan that could be read. */
  get current(): OfficePlan {
    return this.plan
  }

  /** Another revision is in force: the office follows when this resolves. */
  async reread(): Promise<void> {
    await this.ready
    await this.look()
  }

  close(): void {
    if (this.timer) clearInterval(this.timer)
  }

  private async look(): Promise<void> {
    const path = this.newest()
    if (path === null) return
    try {
      const stamp = `${path} ${stampOf(path)}`
      if (stamp === this.stamp) return
      // Noted first: a plan that cannot be read is read again when it changes, not every few seconds.
      this.stamp = stamp
      this.plan = this.cached(stamp) ?? this.keep(stamp, JSON.parse(await run(path)) as OfficePlan)
      this.onPlan(this.plan)
    } catch (error) {
      this.onProblem(error as Error)
    }
  }

  private newest(): string | null {
    const { path, revisions } = this
    if (path === null || resolve(dirname(path)) !== resolve(revisions)) return path
    const latest = latestRevision(revisions)
    return latest === 0 ? path : revisionFolder(revisions, latest)
  }

  private cached(stamp: string): OfficePlan | null {
    try {
      const kept = JSON.parse(readFileSync(this.cachePath, 'utf8')) as { stamp: string; version: string; plan: OfficePlan }
      // One that was kept before prompts were is read again.
      return kept.stamp === stamp && kept.version === version && kept.plan.prompts !== undefined ? kept.plan : null
    } catch {
      return null
    }
  }

  private keep(stamp: string, plan: OfficePlan): OfficePlan {
    writeFileSync(`${this.cachePath}.new`, JSON.stringify({ stamp, version, plan }), { mode: 0o600 })
    renameSync(`${this.cachePath}.new`, this.cachePath)
    return plan
  }
}

function run(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', SUMMARY, path],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`the plan could not be read: ${stderr.trim() || error.message}`))
        else resolve(stdout)
      },
    )
  })
}

/** Changes when any file of the plan does. */
function stampOf(path: string): string {
  const top = statSync(path)
  if (!top.isDirectory()) return `${top.mtimeMs} ${top.size}`
  const names = readdirSync(path, { encoding: 'utf8' }).filter(name => /\.ya?ml$/.test(name))
  return names.map(name => stampOf(join(path, name))).join(' ')
}
