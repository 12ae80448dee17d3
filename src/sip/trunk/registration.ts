/**
 * Our registration at a provider (RFC 3261 §10.2, RFC 5626 §4.5): a pure machine over JSON states. Its driver sends what `effects` say,
 * feeds every final response back (also the local 408 and 503 of the transaction layer), and comes back at `state.nextAt`.
 */
import type { Random } from '../../kernel/clock.ts'
import { parseContact } from '../../wire/sip/contact.ts'
import { parseDelta } from '../../wire/sip/delta-seconds.ts'
import { type HeaderField, header, headerValues, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { parseRetryAfter } from '../../wire/sip/retry-after.ts'
import { sameUri } from '../../wire/sip/same-uri.ts'
import { answerChallenge, authorize, type ChallengeState } from '../digest/digest-client.ts'
import type { Credentials } from '../leg.ts'

export interface RegistrationSettings {
  /** Request-URI: `sip:provider.example`. */
  readonly registrar: string
  /** To and From: `sip:100200@provider.example`. */
  readonly aor: string
  /** Our Contact URI, as the provider can reach it. */
  readonly contact: string
  readonly credentials: Credentials
  readonly expiresS: number
  /** Given: outbound (RFC 5626) is offered with this instance, `urn:uuid:…`. */
  readonly instance?: string
}

export type RegistrationPhase = 'stopped' | 'registering' | 'registered' | 'waiting' | 'unregistering'

export interface RegistrationState {
  readonly phase: RegistrationPhase
  readonly callId: string
  readonly fromTag: string
  readonly cseq: number
  /** What the provider asks at least, once it said so. */
  readonly expiresS: number
  readonly challenges: readonly ChallengeState[]
  /** Tries within this attempt that were answered by 401, 407 or 423. */
  readonly tries: number
  readonly failures: number
  /** Epoch milliseconds until which the provider keeps our contact; 0: not registered. */
  readonly until: number
  /** When to come back; 0: not at all. */
  readonly nextAt: number
  /** What was reported last. */
  readonly reported: 'up' | 'down' | 'nothing'
}

export type RegistrationInput =
  | { readonly is: 'start' }
  | { readonly is: 'response'; readonly response: SipResponse }
  | { readonly is: 'time' }
  /** The connection is gone, or our address has changed. */
  | { readonly is: 'flow-lost' | 'network-changed' }
  /** New settings were applied: they are in `settings` already. */
  | { readonly is: 'changed' }
  | { readonly is: 'stop' }

export type RegistrationTrouble = 'wrong-credentials' | 'refused' | 'unreachable' | 'busy' | 'protocol' | 'flow-lost'

export type RegistrationEffect =
  /** Without Via; the endpoint adds it. `nonce` use is already counted. */
  | { readonly do: 'send'; readonly request: SipRequest }
  | { readonly do: 'report'; readonly up: true; readonly until: number }
  | { readonly do: 'report'; readonly up: false; readonly why: RegistrationTrouble; readonly status: number; readonly retryAt: number }
  /** The provider wants the flow kept alive (RFC 5626 §4.4). */
  | { readonly do: 'keep-alive'; readonly everyMs: number }

export interface RegistrationStep {
  readonly state: RegistrationState
  readonly effects: readonly RegistrationEffect[]
}

/** Waits after failures: doubled from `base` to `most`, each drawn between half and whole (RFC 5626 §4.5). */
const NETWORK_WAIT = { baseMs: 15_000, mostMs: 300_000 }
/** A provider that says no means it; asking often brings bans. */
const REFUSED_WAIT = { baseMs: 300_000, mostMs: 3_600_000 }
const TRIES = 4
const UNREGISTER_MS = 5000

export function idleRegistration(settings: RegistrationSettings, random: Random): RegistrationState {
  return {
    phase: 'stopped',
    callId: random.hex(16),
    fromTag: random.hex(8),
    cseq: Math.floor(random.fraction() * 10_000),
    expiresS: settings.expiresS,
    challenges: [],
    tries: 0,
    failures: 0,
    until: 0,
    nextAt: 0,
    reported: 'nothing',
  }
}

export function stepRegistration(
  state: RegistrationState,
  input: RegistrationInput,
  settings: RegistrationSettings,
  nowMs: number,
  random: Random,
): RegistrationStep {
  switch (input.is) {
    case 'start':
      return state.phase === 'stopped' || state.phase === 'unregistering'
        ? send(attempt(state), settings, state.expiresS, nowMs, random)
        : stay(state)
    case 'stop':
      if (state.phase === 'stopped' || state.phase === 'unregistering') return stay(state)
      if (state.until <= nowMs && state.phase !== 'registering') return stay(stopped(state))
      return send({ ...attempt(state), phase: 'unregistering' }, settings, 0, nowMs, random)
    case 'changed': {
      const fresh = { ...attempt(state), challenges: [], failures: 0, expiresS: settings.expiresS }
      return state.phase === 'stopped' || state.phase === 'unregistering'
        ? stay(fresh)
        : send(fresh, settings, fresh.expiresS, nowMs, random)
    }
    case 'flow-lost':
    case 'network-changed': {
      if (state.phase !== 'registered' && state.phase !== 'waiting') return stay(state)
      // Spread over a second: all trunks lose their flows at once when a line fails.
      const nextAt = nowMs + Math.floor(random.fraction() * 1000)
      const next = { ...state, phase: 'waiting' as const, failures: 0, nextAt, until: 0 }
      return input.is === 'flow-lost' ? down(next, 'flow-lost', 0) : stay(next)
    }
    case 'time':
      if (state.nextAt === 0 || nowMs < state.nextAt) return stay(state)
      if (state.phase === 'unregistering') return stay(stopped(state))
      if (state.phase === 'registered' || state.phase === 'waiting') return send(attempt(state), settings, state.expiresS, nowMs, random)
      return stay({ ...state, nextAt: 0 })
    case 'response':
      return onResponse(state, input.response, settings, nowMs, random)
  }
}

function onResponse(
  state: RegistrationState,
  response: SipResponse,
  settings: RegistrationSettings,
  nowMs: number,
  random: Random,
): RegistrationStep {
  if (response.status < 200 || Number.parseInt(header(response, 'CSeq') ?? '', 10) !== state.cseq) return stay(state)
  if (state.phase !== 'registering' && state.phase !== 'unregistering') return stay(state)
  const { status } = response
  if ((status === 401 || status === 407) && state.tries < TRIES) {
    const answer = answerChallenge(
      response,
      { method: 'REGISTER', uri: settings.registrar },
      settings.credentials,
      state.challenges,
      random,
    )
    if (answer.is === 'retry') {
      // Counted up again when it is sent: hand the challenge over as not yet used.
      const challenges = answer.state.map(c => ({ ...c, count: c.count - 1 }))
      const expiresS = state.phase === 'unregistering' ? 0 : state.expiresS
      return send({ ...state, challenges, tries: state.tries + 1 }, settings, expiresS, nowMs, random)
    }
    if (state.phase === 'unregistering') return stay(stopped(state))
    return failed({ ...state, challenges: [] }, 'wrong-credentials', response, REFUSED_WAIT, nowMs, random)
  }
  if (state.phase === 'unregistering') return stay(stopped(state))
  if (status < 300) return registered(state, response, settings, nowMs, random)
  if (status === 423 && state.tries < TRIES) {
    const least = parseDelta(header(response, 'Min-Expires'))
    if (least !== undefined && least > state.expiresS && least <= 86_400)
      return send({ ...state, expiresS: least, tries: state.tries + 1 }, settings, least, nowMs, random)
    return failed(state, 'protocol', response, REFUSED_WAIT, nowMs, random)
  }
  if (status === 408 || status === 480) return failed(state, 'unreachable', response, NETWORK_WAIT, nowMs, random)
  if (status >= 500 && status < 600) return failed(state, status === 503 ? 'unreachable' : 'busy', response, NETWORK_WAIT, nowMs, random)
  return failed(
    { ...state, challenges: [] },
    status === 401 || status === 407 ? 'wrong-credentials' : 'refused',
    response,
    REFUSED_WAIT,
    nowMs,
    random,
  )
}

function registered(
  state: RegistrationState,
  response: SipResponse,
  settings: RegistrationSettings,
  nowMs: number,
  random: Random,
): RegistrationStep {
  const grantedS = granted(response, settings.contact) ?? state.expiresS
  if (grantedS <= 0) return failed(state, 'protocol', response, NETWORK_WAIT, nowMs, random)
  const until = nowMs + grantedS * 1000
  const effects: RegistrationEffect[] = [{ do: 'report', up: true, until }]
  const flowTimer = parseDelta(header(response, 'Flow-Timer'))
  // RFC 5626 §4.4: between 80 and 100 % of the time given.
  if (flowTimer !== undefined && flowTimer > 0)
    effects.push({ do: 'keep-alive', everyMs: Math.floor(flowTimer * 1000 * (0.8 + 0.15 * random.fraction())) })
  const next: RegistrationState = {
    ...state,
    phase: 'registered',
    tries: 0,
    failures: 0,
    until,
    nextAt: nowMs + refreshAfterMs(grantedS, random),
    reported: 'up',
  }
  return { state: next, effects }
}

/** Short registrations are renewed at half time, long ones at nine tenths: there is always time for two more tries. */
export function refreshAfterMs(grantedS: number, random: Random): number {
  const share = grantedS <= 120 ? 0.5 : grantedS >= 1200 ? 0.9 : 0.8
  return Math.floor(grantedS * 1000 * share * (0.95 + 0.05 * random.fraction()))
}

/** Our own contact among those listed; what others registered is not ours. */
function granted(response: SipResponse, contact: string): number | undefined {
  const expires = parseDelta(header(response, 'Expires'))
  const all = headerValues(response, 'Contact')
  for (const value of all) {
    const c = parseContact(value)
    if (c.ok && c.value !== '*' && sameUri(c.value.uri, contact)) return c.value.expiresS ?? expires
  }
  // Providers rewrite contacts; a single one can only be ours.
  const only = all.length === 1 ? parseContact(all[0]!) : undefined
  return (only?.ok && only.value !== '*' ? only.value.expiresS : undefined) ?? expires
}

function send(state: RegistrationState, settings: RegistrationSettings, expiresS: number, nowMs: number, random: Random): RegistrationStep {
  const about = { method: 'REGISTER', uri: settings.registrar }
  const auth = authorize(state.challenges, about, settings.credentials, random)
  const cseq = state.cseq + 1
  const instance = settings.instance === undefined ? '' : `;+sip.instance="<${settings.instance}>";reg-id=1`
  const headers: HeaderField[] = [
    { name: 'From', value: `<${settings.aor}>;tag=${state.fromTag}` },
    { name: 'To', value: `<${settings.aor}>` },
    { name: 'Call-ID', value: state.callId },
    { name: 'CSeq', value: `${cseq} REGISTER` },
    { name: 'Contact', value: `<${settings.contact}>;expires=${expiresS}${instance}` },
    { name: 'Expires', value: String(expiresS) },
    { name: 'Supported', value: 'path' },
    ...(settings.instance === undefined ? [] : [{ name: 'Supported', value: 'outbound' }]),
    ...auth.headers,
  ]
  const unregistering = state.phase === 'unregistering'
  const next: RegistrationState = {
    ...state,
    phase: unregistering ? 'unregistering' : 'registering',
    cseq,
    challenges: auth.state,
    nextAt: unregistering ? nowMs + UNREGISTER_MS : 0,
  }
  return { state: next, effects: [{ do: 'send', request: { kind: 'request', ...about, headers, body: NO_BODY } }] }
}

function failed(
  state: RegistrationState,
  why: RegistrationTrouble,
  response: SipResponse,
  wait: { baseMs: number; mostMs: number },
  nowMs: number,
  random: Random,
): RegistrationStep {
  const doubled = Math.min(wait.mostMs, wait.baseMs * 2 ** Math.min(state.failures, 20))
  const asked = retryAfterMs(response)
  const waitMs = Math.max(asked, Math.floor(doubled * (0.5 + 0.5 * random.fraction())))
  const kept = why !== 'wrong-credentials' && why !== 'refused' && state.until > nowMs
  const planned = nowMs + waitMs
  // The registration from before still holds: one more try shortly before it ends, and no alarm until then.
  const nextAt = kept && asked === 0 && state.until - 2000 > nowMs + 2000 ? Math.min(planned, state.until - 2000) : planned
  const next: RegistrationState = { ...state, phase: 'waiting', tries: 0, failures: state.failures + 1, nextAt }
  return kept && state.until > nextAt ? stay(next) : down({ ...next, until: 0 }, why, response.status)
}

function down(state: RegistrationState, why: RegistrationTrouble, status: number): RegistrationStep {
  return { state: { ...state, reported: 'down' }, effects: [{ do: 'report', up: false, why, status, retryAt: state.nextAt }] }
}

function retryAfterMs(response: SipResponse): number {
  const value = header(response, 'Retry-After')
  const read = value === undefined ? undefined : parseRetryAfter(value)
  return read?.ok ? Math.min(read.value.seconds, 3600) * 1000 : 0
}

function attempt(state: RegistrationState): RegistrationState {
  return { ...state, phase: 'registering', tries: 0 }
}

function stopped(state: RegistrationState): RegistrationState {
  return { ...state, phase: 'stopped', nextAt: 0, until: 0, tries: 0, failures: 0, reported: 'nothing' }
}

function stay(state: RegistrationState): RegistrationStep {
  return { state, effects: [] }
}
