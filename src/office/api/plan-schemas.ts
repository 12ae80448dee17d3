/**
 * Changes of the plan as they cross the HTTP interface (OPS-03).
 *
 * | method, path | body | reply |
 * |---|---|---|
 * | GET /api/plan | | `PlanOverview` |
 * | POST /api/plan/changes | `NewChange` | `Change` |
 * | GET /api/plan/changes/:id | | `Change` |
 * | POST /api/plan/changes/:id/check | | `Change` |
 * | POST /api/plan/changes/:id/approve | `Note` | `Change` |
 * | POST /api/plan/changes/:id/refuse | `Reason` | `Change` |
 * | POST /api/plan/changes/:id/override | `Reason` | `Change` |
 * | POST /api/plan/changes/:id/apply | `When` | `Change` |
 * | POST /api/plan/changes/:id/unschedule | `Reason` | `Change` |
 * | POST /api/plan/rollback | `Rollback` | `Change` |
 * | GET /api/plan/verification | | `AuditVerification` |
 */
import { z } from 'zod'

const epochMs = z.number().int()
const why = z.string().trim().min(3, 'say why, in a few words').max(2000)

export const NewChange = z.object({
  why,
  /** The first is the plan's main file. */
  files: z
    .array(z.object({ name: z.string().min(1).max(300), text: z.string().max(30_000_000) }))
    .min(1)
    .max(500),
})
export const Reason = z.object({ why })
export const Note = z.object({ note: z.string().trim().max(2000).default('') }).default({ note: '' })
/** Null: now. */
export const When = z.object({ at: epochMs.nullable().default(null) }).default({ at: null })
export const Rollback = z.object({ to: z.number().int().min(1), why })
/** In which language differences are told, where they were worked out in it. */
export const Told = z.object({ language: z.enum(['en', 'ru', 'kk']).default('en') })
export const ChangeId = z.object({ id: z.coerce.number().int().min(1) })

const Actor = z.object({ user: z.string(), person: z.string().nullable(), via: z.enum(['console', 'machine', 'exchange']) })
const ChangeState = z.enum([
  'proposed',
  'checked',
  'approved',
  'refused',
  'scheduled',
  'applying',
  'applied',
  'post-checked',
  'post-check-failed',
  'rolled-back',
])
const EventType = z.enum([
  'proposed',
  'checked',
  'approved',
  'refused',
  'overridden',
  'scheduled',
  'unscheduled',
  'applying',
  'applied',
  'apply-failed',
  'post-checked',
  'rolled-back',
])
const PostCheck = z.object({
  name: z.enum(['revision', 'accounts', 'trunks', 'lines', 'sound']),
  ok: z.boolean(),
  warning: z.boolean().optional(),
  detail: z.string(),
})
const Finding = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  place: z.object({ file: z.string(), line: z.number(), column: z.number(), path: z.string() }),
  message: z.string(),
  remedy: z.string(),
  witness: z.string(),
})
const Difference = z.object({ text: z.string() })

export const ChangeSummary = z.object({
  id: z.number(),
  state: ChangeState,
  author: Actor,
  why: z.string(),
  proposedAt: epochMs,
  base: z.number(),
  rollbackTo: z.number().nullable(),
  errors: z.number(),
  warnings: z.number(),
  approvals: z.array(z.object({ by: Actor, at: epochMs, note: z.string() })),
  override: z.object({ by: Actor, at: epochMs, why: z.string() }).nullable(),
  scheduledFor: epochMs.nullable(),
  revision: z.number().nullable(),
  appliedAt: epochMs.nullable(),
  postChecks: z.array(PostCheck),
})
export type ChangeSummary = z.infer<typeof ChangeSummary>

export const Change = ChangeSummary.extend({
  /** What the latest check found, and what differs from the revision in force then. */
  findings: z.array(Finding),
  situations: z.number(),
  /** Not checked anew: it was in force before. */
  proven: z.boolean(),
  differences: z.array(Difference),
  summary: z.array(z.string()),
  /** One line for each thing that happened. */
  history: z.array(z.object({ at: epochMs, type: EventType, by: Actor.nullable(), text: z.string() })),
  /** Who can approve it. */
  approvers: z.array(z.string()),
  /** What the asker may do now; null, or why not. */
  may: z.object({
    check: z.string().nullable(),
    approve: z.string().nullable(),
    refuse: z.string().nullable(),
    override: z.string().nullable(),
    apply: z.string().nullable(),
  }),
  /** Why it cannot be applied yet, for programs; null when it can. */
  waitsFor: z
    .enum([
      'wrong-state',
      'own-change',
      'not-an-approver',
      'not-approved',
      'out-of-date',
      'errors-found',
      'no-errors',
      'not-allowed',
      'in-the-past',
    ])
    .nullable(),
})
export type Change = z.infer<typeof Change>

export const PlanOverview = z.object({
  /** In force; 0: none yet. */
  revision: z.number(),
  approvers: z.array(z.string()),
  changes: z.array(ChangeSummary),
  /** Revisions that can be put in force again, newest first. */
  revisions: z.array(z.object({ revision: z.number(), change: z.number().nullable(), appliedAt: epochMs.nullable(), why: z.string() })),
})
export type PlanOverview = z.infer<typeof PlanOverview>
