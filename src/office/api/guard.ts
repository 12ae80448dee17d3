/**
 * Who is asking, and may they: runs before every route. Refuses what comes from another site, then finds the session behind
 * the cookie. Routes get a `Caller`, and ask it for rights.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AccessPlan, type Filter, filterFor, type Right, type Viewer } from '../../access/rights.ts'
import type { LocalDoor } from '../local-door.ts'
import type { Asker, Sessions, SignedIn } from '../sessions.ts'
import { ApiProblem } from './problems.ts'
import { CSRF_HEADER } from './schemas.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
  interface FastifyContextConfig {
    /** Answered without a session. */
    open?: boolean
    /** Answered also while the password must be changed. */
    beforePasswordChange?: boolean
    /** Somebody's own to say: at the machine, too, it wants that person's session. */
    personal?: boolean
  }
}

export interface Caller {
  readonly signedIn: SignedIn
  readonly viewer: Viewer
  readonly asker: Asker
  /** At the machine itself (`local-door.ts`). */
  readonly local: boolean
  filter(right: Right): Filter
}

export function cookieName(secure: boolean): string {
  return secure ? '__Host-switchroom' : 'switchroom'
}

export function guard(
  app: FastifyInstance,
  sessions: Sessions,
  plan: () => AccessPlan,
  secure: boolean,
  door: LocalDoor | null = null,
): void {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async request => {
    if (!request.url.startsWith('/api/')) return
    refuseCrossSite(request)
    const { config } = request.routeOptions
    const local = door?.isLocal(request) === true
    const signedIn = sessions.resume(request.cookies[cookieName(secure)]) ?? (local && !config.personal ? door.nameOf(request) : null)
    if (signedIn) request.caller = callerOf(signedIn, plan, askerOf(request), local)
    if (config.open || request.is404) return
    if (!signedIn && local && !config.personal)
      throw new ApiProblem('sign-in-required', 'say in whose name this is done: --as, and the name of a person of the plan or of a user')
    if (!signedIn) throw new ApiProblem('sign-in-required', 'sign in with your name and password')
    if (signedIn.user.mustChange && !config.beforePasswordChange)
      throw new ApiProblem('password-change-required', 'the one-time password must be replaced first: POST /api/me/password')
  })
}

/** The caller of a route that is not open: the hook above has made sure. */
export function callerIn(request: FastifyRequest): Caller {
  if (!request.caller) throw new ApiProblem('sign-in-required', 'sign in with your name and password')
  return request.caller
}

/** What may not be done at all is said plainly; what may be done to some things only is a matter of the filter. */
export function requireRight(caller: Caller, right: Right): Filter {
  const filter = caller.filter(right)
  if (filter.length === 0)
    throw new ApiProblem('not-allowed', `the right “${right}” is needed for this; the plan's access section grants it`)
  return filter
}

export function askerOf(request: FastifyRequest): Asker {
  return { address: request.ip ?? 'this machine', agent: request.headers['user-agent'] ?? '' }
}

export function setSessionCookie(reply: FastifyReply, id: string, maxAgeS: number, secure: boolean): void {
  void reply.setCookie(cookieName(secure), id, { path: '/', httpOnly: true, sameSite: 'strict', secure, maxAge: maxAgeS })
}

function callerOf(signedIn: SignedIn, plan: () => AccessPlan, asker: Asker, local: boolean): Caller {
  const { user, person, administrator } = signedIn.user
  const viewer: Viewer = { user, person, administrator }
  return { signedIn, viewer, asker, local, filter: right => filterFor(plan(), viewer, right, Date.now()) }
}

/**
 * The cookie is SameSite=Strict already. Beyond that: what changes something carries a header that no form of another site can
 * send, and the browser's own word on where a request comes from (Fetch Metadata, Origin) is believed.
 */
function refuseCrossSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new ApiProblem('cross-site', 'this interface answers only to pages of its own site')
  const { origin } = request.headers
  const unsafe = !['GET', 'HEAD', 'OPTIONS'].includes(request.method)
  const upgrade = request.headers.upgrade !== undefined
  if ((unsafe || upgrade) && origin !== undefined && hostOf(origin) !== request.headers.host)
    throw new ApiProblem('cross-site', 'this interface answers only to pages of its own site')
  if (unsafe && request.headers[CSRF_HEADER] === undefined)
    throw new ApiProblem('cross-site', `send the header ${CSRF_HEADER} with every request that changes something`)
}

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null
}
