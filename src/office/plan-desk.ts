/**
 * Where changes of the plan are handed in, checked, approved, applied and taken back. The rules are `operations/plan-change.ts`;
 * here are the folders, the child process that checks, the clock and the switch. A restart of the office loses nothing: what is
 * scheduled, half applied or not looked at yet is in the record.
 * A little over 400 lines: everything that a person may do with a change, in the order in which it is done.
 */
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PlanApplied, SwitchStatus } from '../operations/control-protocol.ts'
import {
  type Actor,
  type ChangeEvent,
  due,
  type Governance,
  mayApply,
  mayApprove,
  mayCheck,
  mayOverride,
  mayRefuse,
  type PlanChange,
  type PostCheck,
  type Refusal,
} from '../operations/plan-change.ts'
import type { PlanText } from '../plan/problem.ts'
import type { OfficeStore } from '../store/office-store.ts'
import { readPlanFiles, underOneRoof } from '../store/plan-files.ts'
import {
  dropRevision,
  isInside,
  latestRevision,
  revisionFolder,
  revisionsKept,
  writeRevision,
  writeTexts,
} from '../store/plan-revisions.ts'
import { Secrets } from '../store/secrets.ts'
import { settled, whatChanged } from './plan-aftercare.ts'
import type { Expected, PlanWork } from './plan-work.ts'
import { type SwitchLink, SwitchProblem } from './switch-link.ts'

export interface PlanDeskDeps {
  readonly store: OfficeStore
  /** DATA/plan */
  readonly plans: string
  readonly secrets: string
  readonly switchLink: Pick<SwitchLink, 'ask' | 'here'>
  /** What the plan in force says of changes. */
  readonly governance: () => Governance
  /** Another revision is in force: the office follows. Resolves when it does. */
  readonly planChanged: () => Promise<void>
  readonly sound: () => Promise<PostCheck>
  readonly problem: (error: unknown) => void
}

/** Somebody, and from where. */
export interface Acting {
  readonly by: Actor
  readonly address: string
}

export class PlanRefusal extends Error {
  readonly code: Refusal['code'] | 'plan-invalid' | 'unknown-change' | 'unknown-revision' | 'nothing-changes'
  /** Problems of a plan that cannot become one. */
  readonly work: Extract<PlanWork, { ok: false }> | null

  constructor(code: PlanRefusal['code'], message: string, work: PlanRefusal['work'] = null) {
    super(message)
    this.code = code
    this.work = work
  }
}

/** A check that takes longer has lost its way. */
const LONGEST_CHECK_MS = 600_000
const WORK = fileURLToPath(new URL('plan-work.ts', import.meta.url))
const LOOK_EVERY_MS = 1000
/** How long a switch that does not answer is waited for. */
const BACK_WITHIN_MS = 15_000
const OFFICE: Acting = { by: { user: 'exchange', person: null, via: 'exchange' }, address: 'local' }

export class PlanDesk {
  private readonly d: PlanDeskDeps
  private readonly ending = new AbortController()
  private timer: NodeJS.Timeout | null = null
  private closed = false
  /** One thing after another: two people never apply at once. The check of a large plan takes a minute: nobody who goes back waits for it. */
  private readonly turns = { checking: Promise.resolve() as Promise<unknown>, applying: Promise.resolve() as Promise<unknown> }
  private lastId = 0

  constructor(deps: PlanDeskDeps) {
    this.d = deps
  }

  /** Once the office knows the plan in force. */
  start(): void {
    this.recover()
    this.timer = setInterval(() => void this.inTurn('applying', () => this.runDue()).catch(this.d.problem), LOOK_EVERY_MS)
    this.timer.unref()
  }

  close(): void {
    this.closed = true
    // What is being checked for nobody any more ends with us.
    this.ending.abort()
    if (this.timer) clearInterval(this.timer)
  }

  get(change: number): PlanChange {
    const found = this.d.store.planChanges.get(change)
    if (found === null) throw new PlanRefusal('unknown-change', `there is no change ${change}`)
    return found
  }

  /** Keeps the texts and has them checked. What cannot become a plan is refused and leaves nothing behind. */
  async propose(texts: readonly PlanText[], why: string, who: Acting): Promise<PlanChange> {
    const inside = underOneRoof(texts)
    const outside = inside.find(t => !isInside(t.name))
    if (outside) throw new PlanRefusal('plan-invalid', `the file ${outside.name} has a name that cannot be kept: use plain relative names`)
    return this.inTurn('checking', () => this.handIn(inside, why, null, who))
  }

  /** Checks again, against the revision that is in force now. */
  check(id: number, who: Acting): Promise<PlanChange> {
    return this.inTurn('checking', async () => {
      refuse(mayCheck(this.get(id)))
      return this.look(id, who)
    })
  }

  approve(id: number, note: string, who: Acting): PlanChange {
    refuse(mayApprove(this.get(id), who.by, this.d.governance()))
    return this.record(id, { type: 'approved', by: who.by, note }, who)
  }

  refuse(id: number, why: string, who: Acting): PlanChange {
    refuse(mayRefuse(this.get(id), who.by, this.d.governance()))
    return this.record(id, { type: 'refused', by: who.by, why }, who)
  }

  override(id: number, why: string, who: Acting): PlanChange {
    refuse(mayOverride(this.get(id), who.by))
    return this.record(id, { type: 'overridden', by: who.by, why }, who)
  }

  /** Now, or at a time to come. */
  apply(id: number, at: number | null, who: Acting): Promise<PlanChange> {
    return this.inTurn('applying', async () => {
      refuse(mayApply(this.get(id), this.d.governance()))
      if (at === null) return this.putInForce(id, who)
      if (at < Date.now())
        throw new PlanRefusal('in-the-past', `${new Date(at).toISOString()} has passed: leave the time out to apply at once`)
      return this.record(id, { type: 'scheduled', by: who.by, at }, who)
    })
  }

  /** A scheduled change waits for somebody again. */
  unschedule(id: number, why: string, who: Acting): PlanChange {
    const change = this.get(id)
    if (change.state !== 'scheduled') throw new PlanRefusal('wrong-state', `change ${id} waits for no time`)
    return this.record(id, { type: 'unscheduled', by: who.by, why }, who)
  }

  /** An older revision in force again, under a number of its own: one step, at once. */
  rollBack(to: number, why: string, who: Acting): Promise<PlanChange> {
    return this.inTurn('applying', async () => {
      const { plans, store } = this.d
      const current = latestRevision(plans)
      if (to === current) throw new PlanRefusal('nothing-changes', `plan revision ${to} is in force`)
      if (!revisionsKept(plans).includes(to))
        throw new PlanRefusal('unknown-revision', `there is no plan revision ${to}; kept are ${revisionsKept(plans).join(', ')}`)
      const proposed = await this.handIn(readPlanFiles(revisionFolder(plans, to)), why, to, who)
      const applied = await this.putInForce(proposed.id, who)
      const undone = store.planChanges.ofRevision(current)
      if (
        undone &&
        undone.id !== applied.id &&
        (undone.state === 'applied' || undone.state === 'post-checked' || undone.state === 'post-check-failed')
      )
        this.record(undone.id, { type: 'rolled-back', by: who.by, why, change: applied.id, revision: applied.revision ?? 0 }, who)
      return this.get(applied.id)
    })
  }

  /** The texts of a proposal, or of a revision. */
  textsOf(id: number): PlanText[] {
    const folder = this.folderOf(id)
    return existsSync(folder) ? readPlanFiles(folder) : []
  }

  private async handIn(texts: readonly PlanText[], why: string, rollbackTo: number | null, who: Acting): Promise<PlanChange> {
    const id = this.nextId()
    const folder = this.folderOf(id)
    writeTexts(folder, texts)
    const known = rollbackTo === null ? '' : join(revisionFolder(this.d.plans, rollbackTo), 'parsed.json')
    if (known !== '' && existsSync(known)) copyFileSync(known, join(folder, 'parsed.json'))
    const base = latestRevision(this.d.plans)
    try {
      const done = await this.work(folder, base, rollbackTo !== null)
      if (!done.ok)
        throw new PlanRefusal(
          'plan-invalid',
          `this cannot become a plan: ${done.problems.filter(p => p.severity === 'error').length} errors; nothing was proposed`,
          done,
        )
      const source = texts[0]?.name ?? ''
      this.record(id, { type: 'proposed', by: who.by, why, base, rollbackTo, source }, who)
      return this.checked(id, base, done, who)
    } catch (error) {
      if (this.d.store.planChanges.get(id) === null) rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  private async look(id: number, who: Acting): Promise<PlanChange> {
    const base = latestRevision(this.d.plans)
    const done = await this.work(this.folderOf(id), base)
    if (!done.ok) throw new PlanRefusal('plan-invalid', `change ${id} cannot become a plan any more`, done)
    // It may have been applied or refused while it was looked at.
    refuse(mayCheck(this.get(id)))
    return this.checked(id, base, done, who)
  }

  private checked(id: number, base: number, done: Extract<PlanWork, { ok: true }>, who: Acting): PlanChange {
    const { findings, situations, proven, differences, told, summary, expected } = done
    writeFileSync(join(this.folderOf(id), 'expected.json'), JSON.stringify(expected), { mode: 0o600 })
    const of = (severity: string): number => findings.filter(f => f.severity === severity).length
    return this.record(
      id,
      {
        type: 'checked',
        by: who.by,
        base,
        findings,
        errors: of('error'),
        warnings: of('warning'),
        situations,
        proven,
        differences,
        told,
        summary,
      },
      who,
    )
  }

  /** The revision is written as a whole, then the switch is told; when it says no, the revision is taken back. */
  private async putInForce(id: number, who: Acting): Promise<PlanChange> {
    const { plans, switchLink } = this.d
    const folder = this.folderOf(id)
    const expected = this.expectedOf(id)
    const revision = latestRevision(plans) + 1
    if (!switchLink.here) throw new SwitchProblem('switch-away', 'the switch does not run: start it, then apply')
    const before = (await switchLink.ask({ ask: 'status' })) as SwitchStatus
    this.record(id, { type: 'applying', by: who.by, revision }, who)
    writeRevision(plans, revision, readPlanFiles(folder))
    if (existsSync(join(folder, 'parsed.json')))
      copyFileSync(join(folder, 'parsed.json'), join(revisionFolder(plans, revision), 'parsed.json'))
    // New telephones get a password made here.
    new Secrets(this.d.secrets).provide(expected.secrets)
    const applied = await this.tellSwitch(revision).catch((error: Error) => {
      dropRevision(plans, revision)
      this.record(id, { type: 'apply-failed', why: error.message }, who)
      throw error
    })
    const change = this.record(
      id,
      { type: 'applied', by: who.by, revision, callsOnOlder: applied.callsOnOlder, changes: whatChanged(applied) },
      who,
    )
    await this.d.planChanged()
    this.lookAfterwards(change, before)
    return change
  }

  /**
   * Throws when the switch will not have it. When it does not answer it is busy or being started again, and a started one follows
   * the newest revision on disk: what counts is what it says when it is back.
   */
  private async tellSwitch(revision: number): Promise<PlanApplied> {
    const { switchLink } = this.d
    try {
      return (await switchLink.ask({ ask: 'apply-plan', revision })) as PlanApplied
    } catch (error) {
      if (!(error instanceof SwitchProblem) || error.code !== 'switch-away') throw error
      for (const until = Date.now() + BACK_WITHIN_MS; Date.now() < until && !this.closed; await sleep(200)) {
        const status = await (switchLink.ask({ ask: 'status' }) as Promise<SwitchStatus>).catch(() => null)
        if (status !== null && status.planRevision !== revision) throw error
        if (status !== null) break
      }
      const none = { added: [], removed: [] }
      const accounts = { ...none, otherPassword: [] }
      return { revision, accounts, registrationsEnded: 0, trunks: { ...none, changed: [] }, callsOnOlder: 0 }
    }
  }

  private lookAfterwards(change: PlanChange, before: SwitchStatus | null): void {
    const { revision } = change
    if (revision === null) return
    const { switchLink, plans, problem, sound } = this.d
    const stillAsked = (): boolean => !this.closed && latestRevision(plans) === revision && this.get(change.id).state === 'applied'
    settled({ revision, expected: this.expectedOf(change.id), before, switchLink, sound, stillAsked }).then(checks => {
      if (checks === null || !stillAsked()) return
      this.record(change.id, { type: 'post-checked', checks }, OFFICE)
      const wrong = checks.filter(c => !c.ok).map(c => c.detail)
      if (wrong.length > 0)
        problem(new Error(`after change ${change.id} of the plan (revision ${revision}) not all is well: ${wrong.join('; ')}`))
    }, problem)
  }

  private async runDue(): Promise<void> {
    for (const change of this.d.store.planChanges.in('scheduled')) {
      const verdict = due(change, Date.now())
      if (verdict === 'wait') continue
      const when = new Date(change.scheduledFor ?? 0).toISOString()
      if (verdict === 'missed') {
        const why = `its time (${when}) passed more than an hour ago while the exchange was off: apply it now, or choose another time`
        this.record(change.id, { type: 'unscheduled', by: OFFICE.by, why }, OFFICE)
        continue
      }
      const refusal = mayApply(change, this.d.governance())
      if (refusal !== null) {
        this.record(change.id, { type: 'unscheduled', by: OFFICE.by, why: refusal.message }, OFFICE)
        continue
      }
      // While the switch is away it stays due.
      if (!this.d.switchLink.here) continue
      const by = change.history.findLast(h => h.event.type === 'scheduled')?.event
      await this.putInForce(change.id, by?.type === 'scheduled' ? { by: by.by, address: 'local' } : OFFICE).catch(this.d.problem)
    }
  }

  /** What a crash left, and revisions that came otherwise: `switchroom up` with a changed plan. */
  private recover(): void {
    const { plans, store } = this.d
    const latest = latestRevision(plans)
    for (const change of store.planChanges.in('applying')) {
      if (change.revision !== null && change.revision <= latest)
        this.record(
          change.id,
          {
            type: 'applied',
            by: change.author,
            revision: change.revision,
            callsOnOlder: 0,
            changes: ['the office was restarted meanwhile'],
          },
          OFFICE,
        )
      else this.record(change.id, { type: 'apply-failed', why: 'the office was restarted before the revision was written' }, OFFICE)
    }
    for (const revision of revisionsKept(plans)) {
      if (store.planChanges.ofRevision(revision) !== null) continue
      const id = this.nextId()
      const by: Actor = { user: 'command line', person: null, via: 'machine' }
      const why = revision === 1 ? 'the first start' : '`switchroom up` with a changed plan file'
      const source = readPlanFiles(revisionFolder(plans, revision))[0]?.name ?? ''
      this.record(id, { type: 'proposed', by, why, base: revision - 1, rollbackTo: null, source }, OFFICE)
      this.record(id, { type: 'applied', by, revision, callsOnOlder: 0, changes: [] }, OFFICE)
    }
    for (const change of store.planChanges.in('applied'))
      if (change.revision === latest && existsSync(this.folderOf(change.id))) this.lookAfterwards(change, null)
  }

  private record(id: number, event: ChangeEvent, who: Acting): PlanChange {
    const { store } = this.d
    const at = Date.now()
    return store.db.transaction(() => {
      const change = store.planChanges.append(id, at, event, who.address)
      const details = 'why' in event ? { why: event.why } : 'revision' in event ? { revision: event.revision } : {}
      if (event.type !== 'applying')
        store.audit.append({ at, who: who.by.user, action: `plan.${event.type}`, object: `change:${id}`, address: who.address, details })
      return change
    })
  }

  private expectedOf(id: number): Expected {
    const path = join(this.folderOf(id), 'expected.json')
    if (!existsSync(path)) return { at: Date.now(), accounts: 0, lines: [], secrets: [] }
    return JSON.parse(readFileSync(path, 'utf8')) as Expected
  }

  private folderOf(id: number): string {
    return join(this.d.plans, 'proposals', String(id).padStart(4, '0'))
  }

  private nextId(): number {
    this.lastId = Math.max(this.lastId + 1, this.d.store.planChanges.next())
    return this.lastId
  }

  private work(folder: string, base: number, proven = false): Promise<PlanWork> {
    const args = ['--disable-warning=ExperimentalWarning', WORK, folder, revisionFolder(this.d.plans, base), String(Date.now())]
    return new Promise((resolve, reject) => {
      const limits = { maxBuffer: 256 * 1024 * 1024, timeout: LONGEST_CHECK_MS, signal: this.ending.signal }
      execFile(process.execPath, proven ? [...args, 'proven'] : args, limits, (error, stdout, stderr) => {
        if (error) reject(new Error(`the plan could not be checked: ${stderr.trim() || error.message}`))
        else resolve(JSON.parse(stdout) as PlanWork)
      })
    })
  }

  private inTurn<T>(turn: 'checking' | 'applying', work: () => Promise<T>): Promise<T> {
    const mine = this.turns[turn].then(work, work)
    this.turns[turn] = mine.catch(() => {})
    return mine
  }
}

function refuse(refusal: Refusal | null): void {
  if (refusal !== null) throw new PlanRefusal(refusal.code, refusal.message)
}
