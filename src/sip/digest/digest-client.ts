/**
 * Digest access authentication, client side: answers the challenges of a 401 or 407 (RFC 3261 §22.2–22.3, RFC 7616 §3.4, RFC 8760 §2.4).
 * State is plain JSON, one per realm and server, so that nonces and their counts serve further requests without a new challenge.
 */
import type { Random } from '../../kernel/clock.ts'
import { parseChallenge, printCredentials } from '../../wire/sip/auth.ts'
import { type HeaderField, headerValues, type SipResponse } from '../../wire/sip/message.ts'
import type { Credentials } from '../leg.ts'
import { ALGORITHMS, algorithmNamed, type DigestAlgorithm, digestResponse, ha1 } from './digest-hash.ts'

/** One challenge taken up. */
export interface ChallengeState {
  readonly header: 'Authorization' | 'Proxy-Authorization'
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  readonly algorithm: DigestAlgorithm
  readonly qop: boolean
  /** How often the nonce has been used. */
  readonly count: number
}

export type ClientAnswer =
  /** Send the request again with `headers` (higher CSeq, new branch). Keep `state` for later requests. */
  | { readonly is: 'retry'; readonly headers: readonly HeaderField[]; readonly state: readonly ChallengeState[] }
  /** The same password was refused for a nonce that was not stale, or nothing here can be answered: give up. */
  | { readonly is: 'refused'; readonly why: 'wrong-password' | 'no-algorithm' | 'no-challenge' | 'wrong-realm' }

/** Answers the challenges in `response`. `before`: what the refused request already carried. */
export function answerChallenge(
  response: SipResponse,
  request: { readonly method: string; readonly uri: string },
  credentials: Credentials,
  before: readonly ChallengeState[],
  random: Random,
): ClientAnswer {
  const name = response.status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate'
  const header = response.status === 407 ? 'Proxy-Authorization' : 'Authorization'
  const values = headerValues(response, name)
  if (values.length === 0) return { is: 'refused', why: 'no-challenge' }
  const byRealm = new Map<string, { state: ChallengeState; stale: boolean }>()
  let foreign = false
  for (const value of values) {
    const challenge = parseChallenge(value)
    if (!challenge.ok || challenge.value.scheme !== 'Digest') continue
    const { realm, nonce, opaque, qop, stale } = challenge.value
    if (credentials.realm !== undefined && credentials.realm !== realm) {
      foreign = true
      continue
    }
    const algorithm = algorithmNamed(challenge.value.algorithm)
    if (algorithm === undefined || (qop.length > 0 && !qop.some(q => q.toLowerCase() === 'auth'))) continue
    const better = byRealm.get(realm)
    if (better !== undefined && ALGORITHMS.indexOf(better.state.algorithm) <= ALGORITHMS.indexOf(algorithm)) continue
    const state: ChallengeState = {
      header,
      realm,
      nonce,
      ...(opaque !== undefined && { opaque }),
      algorithm,
      qop: qop.length > 0,
      count: 0,
    }
    byRealm.set(realm, { state, stale })
  }
  if (byRealm.size === 0) return { is: 'refused', why: foreign ? 'wrong-realm' : 'no-algorithm' }
  const kept = before.filter(b => b.header !== header || !byRealm.has(b.realm))
  for (const { state, stale } of byRealm.values()) {
    const used = before.find(b => b.header === header && b.realm === state.realm)
    // RFC 3261 §22.1: an answer to this challenge was just refused, the next would be as well. A nonce that had served before may have
    // grown old without the server saying so; that deserves one more try.
    if (used !== undefined && !stale && (used.count <= 1 || used.nonce === state.nonce)) return { is: 'refused', why: 'wrong-password' }
    kept.push(state)
  }
  return { is: 'retry', ...authorize(kept, request, credentials, random) }
}

/** Authorization headers for a request from challenges known already; counts go up. */
export function authorize(
  states: readonly ChallengeState[],
  request: { readonly method: string; readonly uri: string },
  credentials: Credentials,
  random: Random,
): { readonly headers: readonly HeaderField[]; readonly state: readonly ChallengeState[] } {
  const state = states.map(s => ({ ...s, count: s.count + 1 }))
  return { state, headers: state.map(s => ({ name: s.header, value: authorizationValue(s, request, credentials, random) })) }
}

function authorizationValue(
  s: ChallengeState,
  request: { readonly method: string; readonly uri: string },
  credentials: Credentials,
  random: Random,
): string {
  const key = ha1(s.algorithm, credentials.username, s.realm, credentials.password)
  const qop = s.qop ? { qop: 'auth' as const, nc: s.count.toString(16).padStart(8, '0'), cnonce: random.hex(8) } : undefined
  const response = digestResponse(s.algorithm, key, request.method, { nonce: s.nonce, uri: request.uri, ...(qop && { qop }) })
  return printCredentials({
    scheme: 'Digest',
    username: credentials.username,
    realm: s.realm,
    nonce: s.nonce,
    uri: request.uri,
    response,
    algorithm: s.algorithm,
    ...qop,
    ...(s.opaque !== undefined && { opaque: s.opaque }),
  })
}
