/** The digest computation itself (RFC 7616 §3.4, RFC 8760, RFC 2069 form for telephones that know no qop). */
import { hash } from 'node:crypto'

export type DigestAlgorithm = 'SHA-256' | 'MD5'

/** Strongest first: the order in which challenges are listed (RFC 8760 §2.1) and in which a client picks. */
export const ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-256', 'MD5']

/** The `response` parameters that enter the computation, unquoted. */
export interface DigestInputs {
  readonly nonce: string
  readonly uri: string
  /** Absent: the RFC 2069 form. */
  readonly qop?: { readonly qop: 'auth'; readonly nc: string; readonly cnonce: string }
}

export function algorithmNamed(name: string | undefined): DigestAlgorithm | undefined {
  if (name === undefined || name === 'MD5' || name === 'md5') return 'MD5'
  if (name === 'SHA-256') return 'SHA-256'
  const upper = name.toUpperCase()
  return upper === 'MD5' || upper === 'SHA-256' ? upper : undefined
}

function digestHash(algorithm: DigestAlgorithm, text: string): string {
  return hash(algorithm === 'MD5' ? 'md5' : 'sha256', text)
}

/** H(A1): all that a server need keep of a password, for one realm and algorithm. */
export function ha1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return digestHash(algorithm, `${username}:${realm}:${password}`)
}

export function digestResponse(algorithm: DigestAlgorithm, ha1Hex: string, method: string, p: DigestInputs): string {
  const ha2 = digestHash(algorithm, `${method}:${p.uri}`)
  if (p.qop === undefined) return digestHash(algorithm, `${ha1Hex}:${p.nonce}:${ha2}`)
  return digestHash(algorithm, `${ha1Hex}:${p.nonce}:${p.qop.nc}:${p.qop.cnonce}:${p.qop.qop}:${ha2}`)
}
