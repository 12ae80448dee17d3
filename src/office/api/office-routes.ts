/** The running system, the directory, the softphone's credentials, the audit log, the live feed. */
import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { RegistrationView, SwitchStatus } from '../../operations/control-protocol.ts'
import type { LogSource } from '../../store/log-reader.ts'
import type { OfficeStore } from '../../store/office-store.ts'
import type { OfficePlan } from '../office-plan.ts'
import { type SwitchLink, SwitchProblem } from '../switch-link.ts'
import type { Api } from './api.ts'
import { callerIn, requireRight } from './guard.ts'
import { ApiProblem } from './problems.ts'
import { AuditPage, AuditQuery, AuditVerification, Directory, Problem, Softphone, Status } from './schemas.ts'

export interface OfficeDeps {
  readonly store: OfficeStore
  readonly log: LogSource
  readonly position: () => number
  readonly switchLink: Pick<SwitchLink, 'ask' | 'here' | 'away'>
  readonly plan: () => OfficePlan
  readonly version: string
  readonly secure: boolean
  readonly wsPort: number | null
  readonly wssPort: number | null
}

/** Softphone credentials live as long as a working day's page; the console asks anew before. */
const SOFTPHONE_MS = 12 * 3_600_000
const startedAt = Date.now()

export function officeRoutes(app: Api, deps: OfficeDeps): void {
  const { store, log, switchLink, plan } = deps

  app.get(
    '/api/status',
    { schema: { summary: 'What runs, and how it is', tags: ['system'], response: { 200: Status, '4xx': Problem } } },
    async () => {
      const answer = await switchLink.ask({ ask: 'status' }).then(
        value => ({ status: value as SwitchStatus, away: null }),
        (error: Error) => ({ status: null, away: error.message }),
      )
      return {
        at: Date.now(),
        office: { version: deps.version, startedAt, memoryBytes: process.memoryUsage.rss() },
        switch: answer.status === null ? null : (structuredClone(answer.status) as Status['switch']),
        switchAway: answer.away,
        log: { upTo: log.head(), read: deps.position() },
        recordings: store.recordings.counts(),
      }
    },
  )

  app.get(
    '/api/directory',
    { schema: { summary: 'Who and what can be dialled', tags: ['office'], response: { 200: Directory, '4xx': Problem } } },
    async () => {
      const registrations = await switchLink.ask({ ask: 'registrations' }).then(
        value => value as readonly RegistrationView[],
        () => null,
      )
      const reachable = registrations && new Set(registrations.filter(one => one.reachable).map(one => one.account))
      const busy = new Set(
        store.calls
          .live()
          .flatMap(call => Object.values(call.legs).flatMap(leg => (leg.account && leg.answeredAt && !leg.endedAt ? [leg.account] : []))),
      )
      return {
        entries: plan().entries.map(({ accounts, ...entry }) => ({
          ...entry,
          registered: reachable === null || accounts.length === 0 ? null : accounts.some(account => reachable.has(account)),
          inCall: accounts.some(account => busy.has(account)),
        })),
      }
    },
  )

  app.post(
    '/api/softphone',
    {
      config: { rateLimit: { max: 30, timeWindow: 60_000 } },
      schema: {
        summary: 'Short-lived SIP credentials for the telephone in the page',
        tags: ['office'],
        response: { 200: Softphone, '4xx': Problem, '5xx': Problem },
      },
    },
    async request => {
      const { viewer, asker } = callerIn(request)
      const person = plan().people.find(known => known.id === viewer.person)
      const account = person?.accounts[0]
      if (!person || !account) throw new ApiProblem('no-extension', 'your user name belongs to no person with an extension in the plan')
      const expiresAt = Date.now() + SOFTPHONE_MS
      // The account's own name leads, so that the switch's logs stay readable; the rest makes it this page's alone.
      const username = `${account}~${randomBytes(6).toString('hex')}`
      const password = randomBytes(24).toString('base64url')
      await switchLink.ask({ ask: 'admit', account, username, password, expiresAt })
      store.audit.append({
        at: Date.now(),
        who: viewer.user,
        action: 'softphone.admitted',
        object: `account:${account}`,
        address: asker.address,
        details: { expiresAt },
      })
      const host = hostname(request)
      return {
        uri: `sip:${encodeURIComponent(account)}@${host}`,
        username,
        password,
        wsUrls: webSocketUrls(host, deps),
        displayName: person.name,
        extension: person.extension,
        expiresAt,
      }
    },
  )

  app.get(
    '/api/audit',
    {
      schema: {
        summary: 'The audit log, newest first',
        tags: ['audit'],
        querystring: AuditQuery,
        response: { 200: AuditPage, '4xx': Problem },
      },
    },
    async request => {
      requireRight(callerIn(request), 'see-audit')
      const { cursor, limit, ...query } = request.query
      const before = cursor === undefined ? undefined : Number(cursor)
      if (before !== undefined && !Number.isSafeInteger(before))
        throw new ApiProblem('bad-request', 'cursor: take the value of `next` of the page before')
      const entries = store.audit.list({ ...query, before, limit: limit + 1 })
      const page = entries.slice(0, limit)
      return {
        entries: page.map(entry => ({ ...entry, details: { ...entry.details } })),
        next: entries.length > limit ? String(page.at(-1)!.seq) : null,
      }
    },
  )

  app.get(
    '/api/audit/verification',
    {
      config: { rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: { summary: "Check the audit log's hash chain", tags: ['audit'], response: { 200: AuditVerification, '4xx': Problem } },
    },
    async request => {
      requireRight(callerIn(request), 'see-audit')
      return { ...store.audit.verify() }
    },
  )
}

/** As the browser knows us: it reaches the switch's WebSocket by the same name. */
function hostname(request: FastifyRequest): string {
  return URL.parse(`http://${request.headers.host ?? 'localhost'}`)?.hostname ?? 'localhost'
}

/** A page that came by TLS may open only wss. */
function webSocketUrls(host: string, { secure, wsPort, wssPort }: Pick<OfficeDeps, 'secure' | 'wsPort' | 'wssPort'>): string[] {
  const urls: string[] = []
  if (!secure && wsPort !== null) urls.push(`ws://${host}:${wsPort}`)
  if (wssPort !== null) urls.push(`wss://${host}:${wssPort}`)
  if (urls.length === 0) throw new SwitchProblem('switch-away', 'the exchange was started without a WebSocket port for browsers')
  return urls
}
