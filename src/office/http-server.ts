/** The HTTP server put together: security headers, cookies, limits, errors as problems, routes, the console's files. */
import { readFileSync } from 'node:fs'
import type { ServerOptions } from 'node:https'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import websocket from '@fastify/websocket'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { byHandRoutes } from './api/by-hand-routes.ts'
import { type CallDeps, callRoutes } from './api/call-routes.ts'
import { guard } from './api/guard.ts'
import { type LiveDeps, liveRoutes } from './api/live-routes.ts'
import { type OfficeDeps, officeRoutes } from './api/office-routes.ts'
import { type PlanDeps, planRoutes } from './api/plan-routes.ts'
import { ApiProblem, asProblem, problemBody } from './api/problems.ts'
import { type PromptDeps, promptRoutes } from './api/prompt-routes.ts'
import { type RecordingDeps, recordingRoutes } from './api/recording-routes.ts'
import { type SessionDeps, sessionRoutes } from './api/session-routes.ts'
import { userRoutes } from './api/user-routes.ts'
import { serveConsole } from './console-files.ts'
import type { LocalDoor } from './local-door.ts'

export interface ServerDeps
  extends Omit<CallDeps, 'switchLink'>,
    LiveDeps,
    RecordingDeps,
    Omit<PlanDeps, 'store'>,
    Omit<PromptDeps, 'store'>,
    Omit<SessionDeps, 'plan'>,
    Omit<OfficeDeps, 'plan'> {
  readonly officePlan: OfficeDeps['plan']
  readonly door: LocalDoor
  readonly tls: { readonly certPath: string; readonly keyPath: string } | null
  readonly logger: FastifyBaseLogger
  /** Folder of the built console. */
  readonly consolePath: string
}

export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const { secure } = deps
  const https: ServerOptions | null = deps.tls && {
    cert: readFileSync(deps.tls.certPath),
    key: readFileSync(deps.tls.keyPath),
    minVersion: 'TLSv1.2',
  }
  const app = fastify({
    loggerInstance: deps.logger,
    // Addresses of pages hold numbers and names that were searched for: only the route is logged, below.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    // Every schema is zod: the compilers that fastify would load for JSON Schema are 10 MB that nobody uses.
    schemaController: {
      compilersFactory: { buildValidator: () => validatorCompiler, buildSerializer: () => serializerCompiler },
    } as object,
    ...(https === null ? {} : { https }),
  }).withTypeProvider<ZodTypeProvider>() as unknown as FastifyInstance
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  // A request without a body may still say application/json.
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parse(request, body as string, done),
  )
  reportProblems(app)
  await app.register(helmet, headers(deps))
  await app.register(cookie)
  await app.register(rateLimit, {
    global: false,
    // At the machine itself there is no address.
    keyGenerator: request => request.ip ?? 'this machine',
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  })
  await app.register(websocket, { options: { maxPayload: 4096 } })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Switchroom', version: deps.version, description: 'The office telephone exchange: calls, recordings, people.' },
    },
    transform: jsonSchemaTransform,
  })
  guard(app, deps.sessions, deps.plan, secure, deps.door)
  const api = app.withTypeProvider<ZodTypeProvider>()
  sessionRoutes(api, { ...deps, plan: deps.officePlan })
  callRoutes(api, deps)
  recordingRoutes(api, deps)
  userRoutes(api, { store: deps.store, plan: deps.officePlan })
  officeRoutes(api, { ...deps, plan: deps.officePlan })
  planRoutes(api, deps)
  byHandRoutes(api, deps)
  promptRoutes(api, deps)
  liveRoutes(api, deps)
  app.get('/api/openapi.json', { config: { open: true }, schema: { hide: true } } as object, async () => app.swagger())
  await serveConsole(app, deps.consolePath)
  return app
}

function reportProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = asProblem(error)
    if (problem.status >= 500 && problem.code === 'internal')
      request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
    if (problem.more.retryAfterS !== undefined) void reply.header('retry-after', problem.more.retryAfterS)
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .serializer((body: unknown) => JSON.stringify(body))
      .send(problemBody(problem))
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    request.log.debug({ method, route: routeOptions.url ?? 'none', status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request')
  })
}

function tooMany(ttlMs: number): ApiProblem {
  const seconds = Math.ceil(ttlMs / 1000)
  return new ApiProblem('too-many-attempts', `wait ${seconds} s before the next attempt`, { retryAfterS: seconds })
}

function headers({ secure, wsPort, wssPort }: Pick<ServerDeps, 'secure' | 'wsPort' | 'wssPort'>) {
  // The telephone in the page speaks to the switch's WebSocket: same host, other port.
  const switchSocket = (scheme: string, port: number | null) => (request: { headers: { host?: string | undefined } }) =>
    port === null ? "'self'" : `${scheme}://${URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? 'localhost'}:${port}`
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // The component library writes style elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:', 'data:'],
        workerSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'", 'blob:', switchSocket('ws', wsPort), switchSocket('wss', wssPort)],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : (false as const),
    crossOriginEmbedderPolicy: false,
    frameguard: { action: 'deny' as const },
    referrerPolicy: { policy: 'no-referrer' as const },
  }
}
