/**
 * Digest access authentication, server side (RFC 3261 §22, RFC 7616, RFC 8760).
 * Unknown user and wrong password take the same path: every name gets a secret to be measured against, real or invented.
 */
import { timingSafeEqual } from 'node:crypto'
import type { DigestCredentials } from '../../wire/sip/auth.ts'
import type { HeaderField, SipRequest } from '../../wire/sip/message.ts'
import { credentialsFor } from './credentials.ts'
import { ALGORITHMS, algorithmNamed, type DigestAlgorithm, digestResponse, ha1 } from './digest-hash.ts'
import { type Nonce, NonceBook } from './nonce-book.ts'

/** What is kept of a password: itself, or H(A1) per algorithm for this realm. */
export type DigestSecret = { readonly password: string } | { readonly ha1: Readonly<Partial<Record<DigestAlgorithm, string>>> }

export interface DigestSecrets {
  secretOf(username: string, realm: string): DigestSecret | undefined
}

/** 'www': we are the user agent or registrar asked (401); 'proxy': we stand before it (407). */
export type DigestRole = 'www' | 'proxy'

export interface DigestServerOptions {
  readonly realm: string
  readonly secrets: DigestSecrets
  /** Random. */
  readonly key: string
  /** Offered in this order; default SHA-256, then MD5. */
  readonly algorithms?: readonly DigestAlgorithm[]
  readonly nonceLifetimeMs?: number
  /** Nonces whose counts are remembered (about 100 bytes each). */
  readonly rememberedNonces?: number
  /** Accept responses without qop (RFC 2069), each nonce once. Default true: old telephones. */
  readonly allowWithoutQop?: boolean
}

export type DigestVerdict =
  | { readonly is: 'proven'; readonly username: string }
  /** No credentials for our realm: challenge. */
  | { readonly is: 'absent' }
  /** The password was right, the nonce is too old or was used: challenge with stale=true. */
  | { readonly is: 'stale'; readonly username: string }
  /** Wrong password or unknown name, indistinguishably: challenge, and count it against the source. */
  | { readonly is: 'wrong'; readonly username: string }
  /** Credentials that cannot be read: 400. */
  | { readonly is: 'malformed' }

export class DigestServer {
  readonly realm: string
  private readonly options: DigestServerOptions
  private readonly algorithms: readonly DigestAlgorithm[]
  private readonly nonces: NonceBook

  constructor(options: DigestServerOptions) {
    this.options = options
    this.realm = options.realm
    this.algorithms = options.algorithms ?? ALGORITHMS
    this.nonces = new NonceBook({
      key: options.key,
      lifetimeMs: options.nonceLifetimeMs ?? 300_000,
      remembered: options.rememberedNonces ?? 65_536,
    })
  }

  /**
   * The challenge headers for a 401 or 407, strongest algorithm first (RFC 8760 §2.3). All share one nonce, so that a client that
   * reads only the first line and answers in the algorithm it knows succeeds as well.
   */
  challenge(role: DigestRole, nowMs: number, stale = false): HeaderField[] {
    const name = role === 'www' ? 'WWW-Authenticate' : 'Proxy-Authenticate'
    const nonce = this.nonces.issue(nowMs)
    const tail = stale ? ',stale=true' : ''
    const out: HeaderField[] = []
    for (const algorithm of this.algorithms)
      out.push({ name, value: `Digest realm="${this.realm}",nonce="${nonce}",algorithm=${algorithm},qop="auth"${tail}` })
    return out
  }

  verify(request: SipRequest, role: DigestRole, nowMs: number): DigestVerdict {
    const found = credentialsFor(request, role === 'www' ? 'Authorization' : 'Proxy-Authorization', this.realm)
    if (found === undefined) return { is: 'absent' }
    if (found === 'malformed') return { is: 'malformed' }
    return this.judge(found, request.method, request.uri, nowMs)
  }

  /** The same on parsed credentials. */
  judge(c: DigestCredentials, method: string, requestUri: string, nowMs: number): DigestVerdict {
    const algorithm = algorithmNamed(c.algorithm)
    if (algorithm === undefined || !this.algorithms.includes(algorithm)) return { is: 'malformed' }
    let count: number | null = null
    if (c.qop !== undefined) {
      if (c.qop.toLowerCase() !== 'auth' || c.nc === undefined || c.cnonce === undefined) return { is: 'malformed' }
      count = Number.parseInt(c.nc, 16)
    } else if (this.options.allowWithoutQop === false) return { is: 'malformed' }

    const secret = this.options.secrets.secretOf(c.username, this.realm)
    const key = this.keyOf(c.username, secret, algorithm)
    const qop = count === null ? undefined : { qop: 'auth' as const, nc: c.nc!, cnonce: c.cnonce! }
    const expected = digestResponse(algorithm, key, method, { nonce: c.nonce, uri: c.uri, ...(qop && { qop }) })
    const nonce = this.nonces.read(c.nonce)
    const right = sameHex(expected, c.response) && secret !== undefined && sameTarget(c.uri, requestUri)
    if (!right) return { is: 'wrong', username: c.username }
    return this.fresh(nonce, count, nowMs) ? { is: 'proven', username: c.username } : { is: 'stale', username: c.username }
  }

  private fresh(nonce: Nonce | undefined, count: number | null, nowMs: number): boolean {
    return nonce !== undefined && this.nonces.spend(nonce, count, nowMs)
  }

  /** One hash for everybody, so that neither a missing user nor the form of the secret shows in the time taken. */
  private keyOf(username: string, secret: DigestSecret | undefined, algorithm: DigestAlgorithm): string {
    const password = secret !== undefined && 'password' in secret ? secret.password : this.options.key
    const computed = ha1(algorithm, username, this.realm, password)
    if (secret !== undefined && 'ha1' in secret) return secret.ha1[algorithm] ?? computed
    return computed
  }
}

/** Compares in time that depends on neither string's content. */
function sameHex(expected: string, given: string): boolean {
  const a = Buffer.from(expected, 'latin1')
  const b = Buffer.from(given.toLowerCase(), 'latin1')
  return b.length === a.length && timingSafeEqual(a, b)
}

/**
 * The digest URI must name what is asked for (RFC 7616 §3.4.6), or a captured answer would open other doors. Proxies on the way
 * rewrite hosts and parameters of a Request-URI, hence only the user part decides when the two are not equal.
 */
function sameTarget(digestUri: string, requestUri: string): boolean {
  return digestUri === requestUri || userOf(digestUri) === userOf(requestUri)
}

function userOf(uri: string): string {
  const colon = uri.indexOf(':')
  const at = uri.indexOf('@')
  if (at < 0) return ''
  const user = uri.slice(colon + 1, at)
  const end = user.search(/[:;]/)
  const bare = end < 0 ? user : user.slice(0, end)
  if (!bare.includes('%')) return bare
  try {
    return decodeURIComponent(bare)
  } catch {
    return bare
  }
}

/** For callers that keep H(A1) instead of passwords. */
export function secretFromPassword(username: string, realm: string, password: string): DigestSecret {
  return { ha1: { MD5: ha1('MD5', username, realm, password), 'SHA-256': ha1('SHA-256', username, realm, password) } }
}
