/** Who may sign in: made, reset and shut out by those who may configure. Passwords are one-time ones until their owner chose another. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { hashPassword } from '../../access/password-hash.ts'
import { readablePassword } from '../../access/password-policy.ts'
import type { OfficeStore } from '../../store/office-store.ts'
import type { User as StoredUser } from '../../store/office-store-users.ts'
import type { OfficePlan } from '../office-plan.ts'
import type { Api } from './api.ts'
import { type Caller, callerIn, requireRight } from './guard.ts'
import { ApiProblem } from './problems.ts'
import { NewUser, OneTimePassword, Problem, UserChange, Users } from './schemas.ts'

const UserName = z.object({ user: z.string().min(1).max(100) })

export interface UserDeps {
  readonly store: OfficeStore
  readonly plan: () => OfficePlan
}

export function userRoutes(app: Api, { store, plan }: UserDeps): void {
  const audit = (caller: Caller, action: string, user: string, details: Record<string, unknown> = {}): void => {
    store.audit.append({ at: Date.now(), who: caller.viewer.user, action, object: `user:${user}`, address: caller.asker.address, details })
  }
  const configuring = (caller: Caller): Caller => {
    requireRight(caller, 'configure')
    return caller
  }
  const find = (user: string): StoredUser => {
    const found = store.users.find(user)
    if (!found) throw new ApiProblem('not-found', `there is no user ${user}`)
    return found
  }

  app.get(
    '/api/users',
    { schema: { summary: 'Who may sign in', tags: ['users'], response: { 200: Users, '4xx': Problem } } },
    async request => {
      configuring(callerIn(request))
      const users = store.users.list()
      const taken = new Set(users.map(user => user.person))
      return {
        users: users.map(({ user, name, person, administrator, mustChange, disabled, otpSecret }) => ({
          user,
          name,
          person,
          administrator,
          disabled,
          mustChangePassword: mustChange,
          secondFactor: otpSecret !== null,
        })),
        withoutUser: plan()
          .people.filter(person => !taken.has(person.id))
          .map(({ id, name }) => ({ person: id, name })),
      }
    },
  )

  app.post(
    '/api/users',
    { schema: { summary: 'Let somebody sign in', tags: ['users'], body: NewUser, response: { 201: OneTimePassword, '4xx': Problem } } },
    async (request, reply) => {
      const caller = configuring(callerIn(request))
      const { user, person, administrator } = request.body
      const known = plan().people.find(one => one.id === person)
      if (person !== null && !known) throw new ApiProblem('not-found', `the plan has no person ${person}: add them there first`)
      if (store.users.find(user))
        throw new ApiProblem('user-exists', `there is a user ${user} already; choose another name, or give that one a new password`)
      const { password, hash } = await oneTime()
      store.db.transaction(() => {
        store.users.add({ user, name: request.body.name ?? known?.name ?? user, person, administrator, hash, mustChange: true }, Date.now())
        audit(caller, 'user.created', user, { person, administrator })
      })
      return reply.code(201).send({ user, oneTimePassword: password })
    },
  )

  app.post(
    '/api/users/:user/one-time-password',
    {
      schema: {
        summary: 'A new one-time password; all sessions of the user end',
        tags: ['users'],
        params: UserName,
        response: { 200: OneTimePassword, '4xx': Problem },
      },
    },
    async request => {
      const caller = configuring(callerIn(request))
      const { user } = find(request.params.user)
      const { password, hash } = await oneTime()
      store.db.transaction(() => {
        store.users.setPassword(user, hash, true, Date.now())
        store.users.endSessionsOf(user, '')
        audit(caller, 'password.reset', user)
      })
      return { user, oneTimePassword: password }
    },
  )

  app.patch(
    '/api/users/:user',
    {
      schema: {
        summary: 'Shut out, let in again, change rights',
        tags: ['users'],
        params: UserName,
        body: UserChange,
        response: { 204: z.null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const caller = configuring(callerIn(request))
      const { user, administrator, disabled } = find(request.params.user)
      const flags = { administrator: request.body.administrator ?? administrator, disabled: request.body.disabled ?? disabled }
      const others = store.users.list().some(other => other.user !== user && other.administrator && !other.disabled)
      if (administrator && !disabled && !others && (flags.disabled || !flags.administrator))
        throw new ApiProblem('last-administrator', `${user} is the last administrator: make another one first`)
      store.db.transaction(() => {
        store.users.setFlags(user, flags)
        if (request.body.secondFactor === false) store.users.setOtp(user, null)
        if (flags.disabled) store.users.endSessionsOf(user, '')
        audit(caller, 'user.changed', user, { ...request.body })
      })
      return reply.code(204).send(null)
    },
  )
}

async function oneTime(): Promise<{ password: string; hash: string }> {
  const password = readablePassword(randomBytes(24).toString('hex'))
  return { password, hash: await hashPassword(password) }
}
