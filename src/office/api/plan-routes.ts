/** Changes of the plan over HTTP: handed in and applied by those who may configure, approved by those whom the plan names. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  type Actor,
  approversOf,
  type ChangeEvent,
  type Governance,
  mayApply,
  mayApprove,
  mayCheck,
  mayOverride,
  mayRefuse,
  type PlanChange,
} from '../../operations/plan-change.ts'
import type { OfficeStore } from '../../store/office-store.ts'
import { type Acting, type PlanDesk, PlanRefusal } from '../plan-desk.ts'
import type { Api } from './api.ts'
import { type Caller, callerIn, requireRight } from './guard.ts'
import { Change, ChangeId, type ChangeSummary, NewChange, Note, PlanOverview, Reason, Rollback, Told, When } from './plan-schemas.ts'
import { ApiProblem } from './problems.ts'
import { AuditVerification, Problem } from './schemas.ts'

type Language = 'en' | 'ru' | 'kk'

export interface PlanDeps {
  readonly store: OfficeStore
  readonly desk: PlanDesk
  readonly governance: () => Governance
  readonly revisions: () => readonly number[]
}

/** A plan of an office of 10,000 is a few megabytes. */
const MOST_BYTES = 64 * 1024 * 1024
const SHOWN = 100

export function planRoutes(app: Api, { store, desk, governance, revisions }: PlanDeps): void {
  const configuring = (request: FastifyRequest): Caller => {
    const caller = callerIn(request)
    requireRight(caller, 'configure')
    return caller
  }
  /** Who may configure, and who approves. */
  const concerned = (request: FastifyRequest): Caller => {
    const caller = callerIn(request)
    const { person } = caller.viewer
    if (person === null || !governance().approvers.includes(person)) requireRight(caller, 'configure')
    return caller
  }
  const shown = (change: PlanChange, caller: Caller, language: Language = 'en'): Change =>
    view(change, actingOf(caller).by, governance(), language)
  const response = { 200: Change, '4xx': Problem, '5xx': Problem }

  app.get(
    '/api/plan',
    {
      schema: {
        summary: 'The revision in force, changes of the plan, newest first',
        tags: ['plan'],
        response: { 200: PlanOverview, '4xx': Problem },
      },
    },
    async request => {
      concerned(request)
      const office = governance()
      return {
        revision: office.revision,
        approvers: [...office.approvers],
        changes: store.planChanges.list(SHOWN).map(summaryOf),
        revisions: revisions()
          .toReversed()
          .slice(0, SHOWN)
          .map(revision => {
            const change = store.planChanges.ofRevision(revision)
            return { revision, change: change?.id ?? null, appliedAt: change?.appliedAt ?? null, why: change?.why ?? '' }
          }),
      }
    },
  )

  app.post(
    '/api/plan/changes',
    { bodyLimit: MOST_BYTES, schema: { summary: 'Propose a plan; it is checked at once', tags: ['plan'], body: NewChange, response } },
    async request => {
      const caller = configuring(request)
      return shown(await said(desk.propose(request.body.files, request.body.why, actingOf(caller))), caller)
    },
  )

  app.get(
    '/api/plan/changes/:id',
    {
      schema: {
        summary: 'One change: findings, differences, what happened',
        tags: ['plan'],
        params: ChangeId,
        querystring: Told,
        response,
      },
    },
    async request => {
      const caller = concerned(request)
      return shown(await said(async () => desk.get(request.params.id)), caller, request.query.language)
    },
  )

  app.post(
    '/api/plan/changes/:id/check',
    { schema: { summary: 'Check again, against the revision in force now', tags: ['plan'], params: ChangeId, response } },
    async request => {
      const caller = configuring(request)
      return shown(await said(desk.check(request.params.id, actingOf(caller))), caller)
    },
  )

  app.post(
    '/api/plan/changes/:id/approve',
    { config: { personal: true }, schema: { summary: 'Approve', tags: ['plan'], params: ChangeId, body: Note, response } },
    async request => {
      const caller = concerned(request)
      return shown(await said(async () => desk.approve(request.params.id, request.body.note, actingOf(caller))), caller)
    },
  )

  app.post(
    '/api/plan/changes/:id/refuse',
    { schema: { summary: 'Refuse, or take back', tags: ['plan'], params: ChangeId, body: Reason, response } },
    async request => {
      const caller = concerned(request)
      return shown(await said(async () => desk.refuse(request.params.id, request.body.why, actingOf(caller))), caller)
    },
  )

  app.post(
    '/api/plan/changes/:id/override',
    {
      config: { personal: true },
      schema: { summary: 'Take the errors of the check upon oneself', tags: ['plan'], params: ChangeId, body: Reason, response },
    },
    async request => {
      const caller = configuring(request)
      return shown(await said(async () => desk.override(request.params.id, request.body.why, actingOf(caller))), caller)
    },
  )

  app.post(
    '/api/plan/changes/:id/apply',
    { schema: { summary: 'Apply, now or at a time', tags: ['plan'], params: ChangeId, body: When, response } },
    async request => {
      const caller = configuring(request)
      return shown(await said(desk.apply(request.params.id, request.body.at, actingOf(caller))), caller)
    },
  )

  app.post(
    '/api/plan/changes/:id/unschedule',
    { schema: { summary: 'Wait for no time any more', tags: ['plan'], params: ChangeId, body: Reason, response } },
    async request => {
      const caller = configuring(request)
      return shown(await said(async () => desk.unschedule(request.params.id, request.body.why, actingOf(caller))), caller)
    },
  )

  app.post(
    '/api/plan/rollback',
    { schema: { summary: 'Put an older revision in force again, at once', tags: ['plan'], body: Rollback, response } },
    async request => {
      const caller = configuring(request)
      return shown(await said(desk.rollBack(request.body.to, request.body.why, actingOf(caller))), caller)
    },
  )

  app.get(
    '/api/plan/changes/:id/files',
    {
      schema: {
        summary: 'The text of a change',
        tags: ['plan'],
        params: ChangeId,
        response: { 200: z.object({ files: z.array(z.object({ name: z.string(), text: z.string() })) }), '4xx': Problem },
      },
    },
    async request => {
      concerned(request)
      return { files: desk.textsOf(request.params.id) }
    },
  )

  app.get(
    '/api/plan/verification',
    {
      schema: {
        summary: 'Check the hash chain of the record of changes',
        tags: ['plan'],
        response: { 200: AuditVerification, '4xx': Problem },
      },
    },
    async request => {
      requireRight(callerIn(request), 'see-audit')
      return { ...store.planChanges.verify() }
    },
  )
}

function actingOf({ viewer, asker, local }: Caller): Acting {
  return { by: { user: viewer.user, person: viewer.person, via: local ? 'machine' : 'console' }, address: asker.address }
}

/** What the desk refuses, as a problem. */
async function said<T>(work: Promise<T> | (() => Promise<T>)): Promise<T> {
  try {
    return await (typeof work === 'function' ? work() : work)
  } catch (error) {
    if (!(error instanceof PlanRefusal)) throw error
    const code = error.code === 'unknown-change' || error.code === 'unknown-revision' ? 'not-found' : error.code
    const errors = error.work?.problems
      .slice(0, 200)
      .map(p => ({ path: `${p.place.file}:${p.place.line}:${p.place.column}`, message: `${p.message} ${p.remedy}`.trim() }))
    throw new ApiProblem(code, error.message, errors ? { errors } : {})
  }
}

function summaryOf(c: PlanChange): ChangeSummary {
  return {
    id: c.id,
    state: c.state,
    author: c.author,
    why: c.why,
    proposedAt: c.proposedAt,
    base: c.base,
    rollbackTo: c.rollbackTo,
    errors: c.errors,
    warnings: c.warnings,
    approvals: c.approvals.map(a => ({ ...a })),
    override: c.override === null ? null : { ...c.override },
    scheduledFor: c.scheduledFor,
    revision: c.revision,
    appliedAt: c.appliedAt,
    postChecks: c.postChecks.map(p => ({ ...p })),
  }
}

function view(c: PlanChange, asker: Actor, office: Governance, language: Language): Change {
  const checked = c.history.findLast(h => h.event.type === 'checked')?.event
  const found = checked?.type === 'checked' ? checked : null
  const why = (refusal: { readonly message: string } | null): string | null => refusal?.message ?? null
  return {
    ...summaryOf(c),
    findings: (found?.findings ?? []).map(f => ({ ...f, place: { ...f.place } })),
    situations: found?.situations ?? 0,
    proven: found?.proven === true,
    differences: differencesIn(found, language),
    summary: [...(found?.summary ?? [])],
    history: c.history.map(({ at, event }) => ({ at, type: event.type, by: 'by' in event ? event.by : null, text: textOf(event) })),
    approvers: [...approversOf(c, office)],
    may: {
      check: why(mayCheck(c)),
      approve: why(mayApprove(c, asker, office)),
      refuse: why(mayRefuse(c, asker, office)),
      override: why(mayOverride(c, asker)),
      apply: why(mayApply(c, office)),
    },
    waitsFor: mayApply(c, office)?.code ?? null,
  }
}

/** One for each sentence of that language; where there is none, as they were worked out. */
function differencesIn(found: Extract<ChangeEvent, { type: 'checked' }> | null, language: Language): Change['differences'] {
  const told = found?.told?.[language]
  if (told === undefined) return (found?.differences ?? []).map(({ text }) => ({ text }))
  return told.map(text => ({ text }))
}

function textOf(event: ChangeEvent): string {
  switch (event.type) {
    case 'proposed':
      return event.rollbackTo === null ? event.why : `back to revision ${event.rollbackTo}: ${event.why}`
    case 'checked':
      if (event.proven)
        return `not checked anew: it was in force before; ${event.differences.length} differences of behaviour from revision ${event.base}`
      return `${event.errors} errors, ${event.warnings} warnings, ${event.differences.length} differences of behaviour from revision ${event.base}`
    case 'approved':
      return event.note
    case 'refused':
    case 'overridden':
    case 'unscheduled':
    case 'apply-failed':
      return event.why
    case 'scheduled':
      return new Date(event.at).toISOString()
    case 'applying':
      return `revision ${event.revision}`
    case 'applied':
      return [
        `revision ${event.revision}`,
        ...event.changes,
        ...(event.callsOnOlder > 0 ? [`${event.callsOnOlder} calls go on by the plan before`] : []),
      ].join('; ')
    case 'post-checked':
      return event.checks.map(c => `${c.ok ? (c.warning ? 'take note' : 'good') : 'NOT GOOD'}: ${c.detail}`).join('; ')
    case 'rolled-back':
      return `revision ${event.revision} (change ${event.change}): ${event.why}`
  }
}
