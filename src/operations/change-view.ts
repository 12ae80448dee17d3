/** A change of the plan as people are shown it: by the console, and by `switchroom plan`. */
import type { Actor, ChangeFinding, ChangeState, PostCheck, Refusal } from './plan-change.ts'

export interface ChangeSummaryView {
  readonly id: number
  readonly state: ChangeState
  readonly author: Actor
  readonly why: string
  readonly proposedAt: number
  readonly base: number
  readonly rollbackTo: number | null
  readonly errors: number
  readonly warnings: number
  readonly approvals: readonly { readonly by: Actor; readonly at: number; readonly note: string }[]
  readonly override: { readonly by: Actor; readonly at: number; readonly why: string } | null
  readonly scheduledFor: number | null
  readonly revision: number | null
  readonly appliedAt: number | null
  readonly postChecks: readonly PostCheck[]
}

export interface ChangeView extends ChangeSummaryView {
  readonly findings: readonly ChangeFinding[]
  readonly situations: number
  /** Not checked anew: it was in force before. */
  readonly proven: boolean
  readonly differences: readonly { readonly text: string }[]
  readonly summary: readonly string[]
  readonly history: readonly { readonly at: number; readonly type: string; readonly by: Actor | null; readonly text: string }[]
  readonly approvers: readonly string[]
  readonly may: {
    readonly check: string | null
    readonly approve: string | null
    readonly refuse: string | null
    readonly override: string | null
    readonly apply: string | null
  }
  /** Why it cannot be applied yet, for programs; null when it can. */
  readonly waitsFor: Refusal['code'] | null
}

export interface PlanOverviewView {
  readonly revision: number
  readonly approvers: readonly string[]
  readonly changes: readonly ChangeSummaryView[]
  readonly revisions: readonly {
    readonly revision: number
    readonly change: number | null
    readonly appliedAt: number | null
    readonly why: string
  }[]
}
