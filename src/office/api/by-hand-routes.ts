/**
 * What people set by hand, over HTTP: hours opened and closed by those whom a code of the plan lets do so (SCH-04), one's own forwards
 * and do-not-disturb (CALL-01); anybody's by those who may configure. The switch keeps it and asks the plan; here it is recorded who did.
 */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ByHand, SettingView } from '../../operations/by-hand.ts'
import type { ForwardWhen, Setting } from '../../plan/decision.ts'
import type { OfficeStore } from '../../store/office-store.ts'
import { type SwitchLink, SwitchProblem } from '../switch-link.ts'
import type { Api } from './api.ts'
import { type Caller, callerIn } from './guard.ts'
import { ApiProblem } from './problems.ts'
import { Problem } from './schemas.ts'

export interface ByHandDeps {
  readonly store: OfficeStore
  readonly switchLink: Pick<SwitchLink, 'ask'>
}

/** Epoch milliseconds; null: hours until their calendar turns, the others until they are set otherwise. */
const Until = z.number().int().nullable().default(null)

const Hours = z.object({
  hours: z.array(
    z.object({
      id: z.string(),
      open: z.boolean(),
      calendar: z.enum(['open', 'closed']),
      byHand: z.object({ state: z.enum(['open', 'closed']), untilMs: z.number() }).nullable(),
      may: z.boolean(),
    }),
  ),
})
const HoursId = z.object({ id: z.string().min(1).max(100) })
const Override = z.object({ state: z.enum(['open', 'closed', 'calendar']), until: Until })

const OneForward = z.object({ to: z.string(), untilMs: z.number().nullable() }).nullable()
const Forwards = z.object({
  always: OneForward,
  busy: OneForward,
  noAnswer: OneForward,
  unreachable: OneForward,
  doNotDisturb: z.object({ untilMs: z.number().nullable() }).nullable(),
})
const PersonId = z.object({ person: z.string().min(1).max(100) })
const WHEN = { always: 'always', busy: 'busy', 'no-answer': 'noAnswer', unreachable: 'unreachable' } as const satisfies Record<
  string,
  ForwardWhen
>
const ForwardId = PersonId.extend({ when: z.enum(['always', 'busy', 'no-answer', 'unreachable']) })
const NewForward = z.object({ to: z.string().trim().min(1).max(64).nullable(), until: Until })
const NewDoNotDisturb = z.object({ on: z.boolean(), until: Until })

export function byHandRoutes(app: Api, { store, switchLink }: ByHandDeps): void {
  const asked = async (person: string | null, as: string | null): Promise<ByHand> =>
    (await switchLink.ask({ ask: 'by-hand', person, as })) as ByHand
  const set = async (caller: Caller, setting: Setting, as: string | null): Promise<void> => {
    const done = await switchLink.ask({ ask: 'set-by-hand', setting, as }).catch((error: unknown) => {
      if (error instanceof SwitchProblem && error.code === 'setting.not-allowed') throw new ApiProblem('not-allowed', error.message)
      throw error
    })
    const { setting: whole } = done as SettingView
    const { is, ...details } = whole
    store.audit.append({
      at: Date.now(),
      who: caller.viewer.user,
      action: `${is}.set`,
      object: whole.is === 'override' ? `hours:${whole.hours}` : `person:${whole.person}`,
      address: caller.asker.address,
      details,
    })
  }
  const hoursFor = async (as: string | null) => ({ hours: (await asked(null, as)).hours.map(one => ({ ...one })) })
  const personView = async (person: string) => {
    const found = (await asked(person, null)).person
    if (found === null) throw new ApiProblem('not-found', `the plan has no person '${person}'`)
    return { ...found }
  }

  app.get(
    '/api/hours',
    {
      schema: {
        summary: 'Hours as they are now, and what is open or closed by hand',
        tags: ['hours'],
        response: { 200: Hours, '4xx': Problem, '5xx': Problem },
      },
    },
    async request => {
      const caller = callerIn(request)
      return hoursFor(configures(caller) ? null : (caller.viewer.person ?? ''))
    },
  )

  app.put(
    '/api/hours/:id/override',
    {
      schema: {
        summary: 'Open or close hours by hand, or give them back to their calendar; an override always ends by itself',
        tags: ['hours'],
        params: HoursId,
        body: Override,
        response: { 200: Hours, '4xx': Problem, '5xx': Problem },
      },
    },
    async request => {
      const caller = callerIn(request)
      const as = configures(caller) ? null : caller.viewer.person
      if (as === null && !configures(caller)) throw new ApiProblem('not-allowed', 'your user name belongs to no person of the plan')
      const { state, until } = request.body
      const hours = request.params.id
      const open = state === 'calendar' ? null : state
      await set(caller, { is: 'override', hours, state: open, untilMs: open === null ? null : until }, as)
      return hoursFor(as)
    },
  )

  app.get(
    '/api/people/:person/forwards',
    {
      schema: {
        summary: 'Forwards and do-not-disturb that a person has set',
        tags: ['people'],
        params: PersonId,
        response: { 200: Forwards, '4xx': Problem, '5xx': Problem },
      },
    },
    async request => {
      ownOrConfigured(request, request.params.person)
      return personView(request.params.person)
    },
  )

  app.put(
    '/api/people/:person/forwards/:when',
    {
      schema: {
        summary: 'Forward a person’s calls, within what the plan lets them; `to` null ends it',
        tags: ['people'],
        params: ForwardId,
        body: NewForward,
        response: { 200: Forwards, '4xx': Problem, '5xx': Problem },
      },
    },
    async request => {
      const { person, when } = request.params
      const caller = ownOrConfigured(request, person)
      const { to, until } = request.body
      await set(caller, { is: 'forward', person, when: WHEN[when], to, untilMs: to === null ? null : until }, null)
      return personView(person)
    },
  )

  app.put(
    '/api/people/:person/do-not-disturb',
    {
      schema: {
        summary: 'Do not disturb a person',
        tags: ['people'],
        params: PersonId,
        body: NewDoNotDisturb,
        response: { 200: Forwards, '4xx': Problem, '5xx': Problem },
      },
    },
    async request => {
      const { person } = request.params
      const caller = ownOrConfigured(request, person)
      const { on, until } = request.body
      await set(caller, { is: 'do-not-disturb', person, on, untilMs: on ? until : null }, null)
      return personView(person)
    },
  )
}

function configures(caller: Caller): boolean {
  return caller.filter('configure').length > 0
}

function ownOrConfigured(request: FastifyRequest, person: string): Caller {
  const caller = callerIn(request)
  if (caller.viewer.person === person || configures(caller)) return caller
  throw new ApiProblem('not-allowed', 'these are somebody else’s calls: you may set your own')
}
