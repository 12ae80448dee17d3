/** Signing in and out, who one is, choosing a password. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { rightsOf } from '../../access/rights.ts'
import { accessPlan, type OfficePlan } from '../office-plan.ts'
import { ABSOLUTE_MS, IDLE_MS, type Sessions, type SignedIn } from '../sessions.ts'
import type { Api } from './api.ts'
import { askerOf, callerIn, cookieName, setSessionCookie } from './guard.ts'
import { ChangePassword, Me, Problem, SignIn } from './schemas.ts'

export interface SessionDeps {
  readonly sessions: Sessions
  readonly plan: () => OfficePlan
  readonly secure: boolean
  readonly passwordChanged: (user: string) => void
}

export function sessionRoutes(app: Api, { sessions, plan, secure, passwordChanged }: SessionDeps): void {
  app.post(
    '/api/session',
    {
      config: { open: true, rateLimit: { max: 60, timeWindow: 60_000 } },
      schema: { summary: 'Sign in', tags: ['session'], body: SignIn, response: { 200: Me, '4xx': Problem } },
    },
    async (request, reply) => {
      const { user, password, code } = request.body
      const signedIn = await sessions.signIn(user, password, code, askerOf(request))
      setSessionCookie(reply, signedIn.id, ABSOLUTE_MS / 1000, secure)
      return me(signedIn, plan())
    },
  )

  app.delete(
    '/api/session',
    {
      config: { beforePasswordChange: true },
      schema: { summary: 'Sign out', tags: ['session'], response: { 204: z.null(), '4xx': Problem } },
    },
    async (request, reply: FastifyReply) => {
      const caller = callerIn(request)
      sessions.signOut(caller.signedIn, caller.asker)
      return reply.clearCookie(cookieName(secure), { path: '/', secure }).code(204).send(null)
    },
  )

  app.get(
    '/api/me',
    {
      config: { beforePasswordChange: true },
      schema: { summary: 'Who is signed in', tags: ['session'], response: { 200: Me, '4xx': Problem } },
    },
    async request => me(callerIn(request).signedIn, plan()),
  )

  app.post(
    '/api/me/password',
    {
      config: { beforePasswordChange: true, rateLimit: { max: 20, timeWindow: 60_000 } },
      schema: {
        summary: 'Choose another password; all other sessions end',
        tags: ['session'],
        body: ChangePassword,
        response: { 200: Me, '4xx': Problem },
      },
    },
    async request => {
      const { signedIn, asker } = callerIn(request)
      await sessions.changePassword(signedIn, request.body.old, request.body.new, asker)
      passwordChanged(signedIn.user.user)
      return me({ ...signedIn, user: { ...signedIn.user, mustChange: false } }, plan())
    },
  )
}

function me({ user, session }: SignedIn, plan: OfficePlan): Me {
  const person = plan.people.find(known => known.id === user.person)
  return {
    user: user.user,
    name: person?.name ?? user.name,
    person: user.person,
    extension: person?.extension ?? null,
    administrator: user.administrator,
    approves: user.person !== null && plan.approvers.includes(user.person),
    mustChangePassword: user.mustChange,
    rights: user.mustChange ? [] : rightsOf(accessPlan(plan), user, Date.now()),
    idleUntilAt: Math.min(session.seenAt + IDLE_MS, session.expiresAt),
    expiresAt: session.expiresAt,
    office: { name: plan.office.name, timezone: plan.office.timezone, languages: [...plan.office.languages] },
  }
}
