/**
 * A change of the plan (OPS-03, IN-09): proposed, checked, approved by somebody the plan names, applied now or at a time, looked at
 * afterwards, and taken back in one step. Its state is the fold of its events; the rules say what may happen next and to whom.
 * Nobody applies alone what only they have seen.
 */

/** Somebody who acts: a user of the console, or a person at the machine. */
export interface Actor {
  /** The name they signed in with, or were named by at the machine. */
  readonly user: string
  /** Who that is in the plan; null: nobody there. */
  readonly person: string | null
  readonly via: 'console' | 'machine' | 'exchange'
}

/** What a check or a comparison found, as it is kept with the change. */
export interface ChangeFinding {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'note'
  readonly place: { readonly file: string; readonly line: number; readonly column: number; readonly path: string }
  readonly message: string
  readonly remedy: string
  /** The call that shows it, told step by step; '' when none was needed. */
  readonly witness: string
}

export interface BehaviourDifference {
  readonly kind: string
  readonly subject: string
  readonly text: string
}

export interface PostCheck {
  readonly name: 'revision' | 'accounts' | 'trunks' | 'lines' | 'sound'
  readonly ok: boolean
  /** Nothing to go back for, but somebody should know. */
  readonly warning?: boolean | undefined
  readonly detail: string
}

export type ChangeEvent =
  | {
      readonly type: 'proposed'
      readonly by: Actor
      readonly why: string
      readonly base: number
      readonly rollbackTo: number | null
      readonly source: string
    }
  /** `base`: the revision in force, against which differences were worked out. What was approved against another base is void. */
  | {
      readonly type: 'checked'
      readonly by: Actor
      readonly base: number
      readonly findings: readonly ChangeFinding[]
      readonly errors: number
      readonly warnings: number
      readonly situations: number
      /** It was in force before and was not checked anew: somebody goes back to it. */
      readonly proven?: boolean
      readonly differences: readonly BehaviourDifference[]
      /** The differences as sentences in each language; those of an older record are in one. */
      readonly told?: Readonly<Partial<Record<'en' | 'ru' | 'kk', readonly string[]>>>
      readonly summary: readonly string[]
    }
  | { readonly type: 'approved'; readonly by: Actor; readonly note: string }
  | { readonly type: 'refused'; readonly by: Actor; readonly why: string }
  /** Errors of the check are known and taken upon oneself. */
  | { readonly type: 'overridden'; readonly by: Actor; readonly why: string }
  | { readonly type: 'scheduled'; readonly by: Actor; readonly at: number }
  | { readonly type: 'unscheduled'; readonly by: Actor; readonly why: string }
  /** Noted before the revision is written: after a crash it tells whose that revision is. */
  | { readonly type: 'applying'; readonly by: Actor; readonly revision: number }
  | {
      readonly type: 'applied'
      readonly by: Actor
      readonly revision: number
      readonly callsOnOlder: number
      readonly changes: readonly string[]
    }
  | { readonly type: 'apply-failed'; readonly why: string }
  | { readonly type: 'post-checked'; readonly checks: readonly PostCheck[] }
  /** Another change put an older revision in force again. */
  | { readonly type: 'rolled-back'; readonly by: Actor; readonly why: string; readonly change: number; readonly revision: number }

export interface LoggedChangeEvent {
  readonly change: number
  readonly at: number
  readonly event: ChangeEvent
}

export type ChangeState =
  | 'proposed'
  | 'checked'
  | 'approved'
  | 'refused'
  | 'scheduled'
  | 'applying'
  | 'applied'
  | 'post-checked'
  | 'post-check-failed'
  | 'rolled-back'

export interface PlanChange {
  readonly id: number
  readonly state: ChangeState
  readonly author: Actor
  readonly why: string
  readonly proposedAt: number
  /** The revision in force when it was last checked. */
  readonly base: number
  /** The older revision that it puts in force again. */
  readonly rollbackTo: number | null
  readonly errors: number
  readonly warnings: number
  readonly approvals: readonly { readonly by: Actor; readonly at: number; readonly note: string }[]
  readonly override: { readonly by: Actor; readonly at: number; readonly why: string } | null
  readonly scheduledFor: number | null
  /** The revision it became. */
  readonly revision: number | null
  readonly appliedAt: number | null
  readonly postChecks: readonly PostCheck[]
  readonly history: readonly LoggedChangeEvent[]
}

/** The state after one more event; null before `proposed`. */
export function foldChange(before: PlanChange | null, logged: LoggedChangeEvent): PlanChange {
  const { event, at } = logged
  if (event.type === 'proposed')
    return {
      id: logged.change,
      state: 'proposed',
      author: event.by,
      why: event.why,
      proposedAt: at,
      base: event.base,
      rollbackTo: event.rollbackTo,
      errors: 0,
      warnings: 0,
      approvals: [],
      override: null,
      scheduledFor: null,
      revision: null,
      appliedAt: null,
      postChecks: [],
      history: [logged],
    }
  if (before === null) throw new Error(`change ${logged.change} begins with '${event.type}'`)
  const change = { ...before, history: [...before.history, logged] }
  switch (event.type) {
    case 'checked':
      return {
        ...change,
        state: 'checked',
        base: event.base,
        errors: event.errors,
        warnings: event.warnings,
        approvals: [],
        override: null,
        scheduledFor: null,
      }
    case 'approved':
      return { ...change, state: 'approved', approvals: [...change.approvals, { by: event.by, at, note: event.note }] }
    case 'refused':
      return { ...change, state: 'refused', scheduledFor: null }
    case 'overridden':
      return { ...change, override: { by: event.by, at, why: event.why } }
    case 'scheduled':
      return { ...change, state: 'scheduled', scheduledFor: event.at }
    case 'unscheduled':
    case 'apply-failed':
      return { ...change, state: change.approvals.length > 0 ? 'approved' : 'checked', scheduledFor: null, revision: null }
    case 'applying':
      return { ...change, state: 'applying', revision: event.revision }
    case 'applied':
      return { ...change, state: 'applied', revision: event.revision, appliedAt: at, scheduledFor: null }
    case 'post-checked':
      return { ...change, state: event.checks.every(c => c.ok) ? 'post-checked' : 'post-check-failed', postChecks: event.checks }
    case 'rolled-back':
      return { ...change, state: 'rolled-back' }
  }
}

/** What the plan in force says of changes. */
export interface Governance {
  /** Revision in force. */
  readonly revision: number
  /** `office.approvers`, as persons. */
  readonly approvers: readonly string[]
  /** Everybody who may `configure`, as persons. */
  readonly configurers: readonly string[]
}

export interface Refusal {
  readonly code:
    | 'wrong-state'
    | 'own-change'
    | 'not-an-approver'
    | 'not-approved'
    | 'out-of-date'
    | 'errors-found'
    | 'no-errors'
    | 'not-allowed'
    | 'in-the-past'
  readonly message: string
}

/**
 * Who can approve: those whom the plan names, without the author. Where it names nobody, everybody else who may configure. Where
 * there is nobody else either, no one can, and no approval is waited for.
 */
export function approversOf(change: Pick<PlanChange, 'author'>, office: Governance): readonly string[] {
  const named = office.approvers.length > 0 ? office.approvers : office.configurers
  return named.filter(person => person !== change.author.person)
}

/** A rollback was approved when it was applied the first time: waiting for somebody would only prolong the trouble. */
export function needsApproval(change: Pick<PlanChange, 'author' | 'rollbackTo'>, office: Governance): boolean {
  if (change.rollbackTo !== null) return false
  return office.approvers.length > 0 || approversOf(change, office).length > 0
}

export function mayCheck(change: PlanChange): Refusal | null {
  return isOpen(change) ? null : wrongState(change, 'be checked again')
}

export function mayApprove(change: PlanChange, who: Actor, office: Governance): Refusal | null {
  if (change.state !== 'checked' && change.state !== 'approved') return wrongState(change, 'be approved')
  if (isSame(who, change.author))
    return {
      code: 'own-change',
      message: `${who.user} proposed change ${change.id}: somebody else must approve it (${namesOf(approversOf(change, office))})`,
    }
  if (who.person === null || !approversOf(change, office).includes(who.person))
    return {
      code: 'not-an-approver',
      message: `${who.user} is none of those who approve changes of this plan: ${namesOf(approversOf(change, office))} (office.approvers)`,
    }
  return outOfDate(change, office)
}

export function mayRefuse(change: PlanChange, who: Actor, office: Governance): Refusal | null {
  if (!isOpen(change)) return wrongState(change, 'be refused')
  const may =
    isSame(who, change.author) || (who.person !== null && [...approversOf(change, office), ...office.configurers].includes(who.person))
  return may
    ? null
    : { code: 'not-an-approver', message: `${who.user} neither proposed change ${change.id} nor approves changes of this plan` }
}

export function mayOverride(change: PlanChange, who: Actor): Refusal | null {
  if (!isOpen(change) || change.state === 'proposed') return wrongState(change, 'be overridden')
  if (change.errors === 0)
    return { code: 'no-errors', message: `the check found no error in change ${change.id}: there is nothing to override` }
  if (isSame(who, change.author))
    return {
      code: 'own-change',
      message: `${who.user} proposed change ${change.id}: somebody else who may configure must take its errors upon themselves`,
    }
  if (who.person === null) return { code: 'not-allowed', message: `an override is a named person's: ${who.user} is nobody in the plan` }
  return null
}

/** `nowMs`: for a time to apply at. */
export function mayApply(change: PlanChange, office: Governance): Refusal | null {
  if (change.state !== 'approved' && change.state !== 'scheduled' && change.state !== 'checked') return wrongState(change, 'be applied')
  const stale = outOfDate(change, office)
  if (stale !== null) return stale
  if (change.rollbackTo === null && change.errors > 0 && change.override === null)
    return {
      code: 'errors-found',
      message: `the check found ${change.errors === 1 ? 'an error' : `${change.errors} errors`} in change ${change.id}: mend it and propose anew, or let a named person override it with a reason (switchroom plan override ${change.id})`,
    }
  if (
    needsApproval(change, office) &&
    !change.approvals.some(a => a.by.person !== null && approversOf(change, office).includes(a.by.person))
  )
    return {
      code: 'not-approved',
      message:
        approversOf(change, office).length > 0
          ? `change ${change.id} waits for the approval of ${namesOf(approversOf(change, office))}`
          : `the plan names only ${change.author.person ?? change.author.user} as approver (office.approvers), who proposed change ${change.id}: somebody else must propose it`,
    }
  return null
}

/** How late a change may be applied that was due while the exchange was off. */
export const LATE_MS = 3_600_000

/** What becomes of a scheduled change now. */
export function due(change: PlanChange, nowMs: number): 'wait' | 'apply' | 'missed' {
  if (change.state !== 'scheduled' || change.scheduledFor === null || nowMs < change.scheduledFor) return 'wait'
  return nowMs - change.scheduledFor <= LATE_MS ? 'apply' : 'missed'
}

/** Neither in force nor given up. */
export function isOpen(change: PlanChange): boolean {
  return change.state === 'proposed' || change.state === 'checked' || change.state === 'approved' || change.state === 'scheduled'
}

function outOfDate(change: PlanChange, office: Governance): Refusal | null {
  if (change.base === office.revision) return null
  return {
    code: 'out-of-date',
    message: `change ${change.id} was checked against plan revision ${change.base}, but revision ${office.revision} is in force now: check it again (switchroom plan check ${change.id}), and take over what the other change brought`,
  }
}

function isSame(a: Actor, b: Actor): boolean {
  return a.person !== null && b.person !== null ? a.person === b.person : a.user.toLowerCase() === b.user.toLowerCase()
}

const STATES: Readonly<Record<ChangeState, string>> = {
  proposed: 'not checked yet',
  checked: 'checked, not approved',
  approved: 'approved',
  refused: 'refused',
  scheduled: 'waiting for its time',
  applying: 'being applied',
  applied: 'applied',
  'post-checked': 'applied and found good',
  'post-check-failed': 'applied, and something is wrong',
  'rolled-back': 'rolled back',
}

function wrongState(change: PlanChange, what: string): Refusal {
  return { code: 'wrong-state', message: `change ${change.id} cannot ${what}: it is ${STATES[change.state]}` }
}

function namesOf(people: readonly string[]): string {
  return people.length === 0 ? 'nobody' : people.join(', ')
}
