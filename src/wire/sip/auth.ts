/**
 * Challenges and credentials (RFC 3261 §20.44, §20.7; RFC 7616; RFC 8760): WWW-Authenticate, Proxy-Authenticate,
 * Authorization, Proxy-Authorization. Only syntax: the arithmetic of digests is the sip layer's.
 */
import type { Fault, Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { isToken, skip, skipBlanks, TOKEN } from './chars.ts'
import { percentDecode } from './escaping.ts'
import { quote, quotedEnd, unquote } from './quoted-string.ts'

export interface DigestChallenge {
  readonly scheme: 'Digest'
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  /** As written, e.g. `SHA-256`, `MD5-sess`; absent means MD5. */
  readonly algorithm?: string
  /** Empty for a peer of RFC 2069. */
  readonly qop: readonly string[]
  readonly stale: boolean
  readonly domain?: string
  readonly userhash?: boolean
}

export interface DigestCredentials {
  readonly scheme: 'Digest'
  readonly username: string
  readonly realm: string
  readonly nonce: string
  /** Exactly as sent: the digest was made over it. */
  readonly uri: string
  readonly response: string
  readonly algorithm?: string
  readonly cnonce?: string
  readonly opaque?: string
  readonly qop?: string
  /** Eight hexadecimal digits. */
  readonly nc?: string
  readonly userhash?: boolean
}

/** A scheme that is not spoken here, with what follows it. */
export interface OtherAuth {
  readonly scheme: 'other'
  readonly name: string
  readonly rest: string
}

export function parseChallenge(value: string): Result<DigestChallenge | OtherAuth> {
  const split = splitScheme(value)
  if (!split.ok) return split
  if (split.value.scheme === 'other') return ok(split.value)
  const p = split.value.params
  const realm = p.get('realm')
  const nonce = p.get('nonce')
  if (realm === undefined || nonce === undefined) return fault('sip-bad-challenge', 'a Digest challenge needs realm and nonce')
  const qop = p.get('qop')
  return ok({
    scheme: 'Digest',
    realm,
    nonce,
    ...some('opaque', p.get('opaque')),
    ...some('algorithm', p.get('algorithm')),
    qop: qop === undefined ? [] : qop.split(',').flatMap(q => (q.trim() === '' ? [] : [q.trim()])),
    stale: p.get('stale')?.toLowerCase() === 'true',
    ...some('domain', p.get('domain')),
    ...flag('userhash', p.get('userhash')),
  })
}

export function parseCredentials(value: string): Result<DigestCredentials | OtherAuth> {
  const split = splitScheme(value)
  if (!split.ok) return split
  if (split.value.scheme === 'other') return ok(split.value)
  const p = split.value.params
  const username = p.get('username') ?? extended(p.get('username*'))
  const realm = p.get('realm')
  const nonce = p.get('nonce')
  const uri = p.get('uri')
  const response = p.get('response')
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined || response === undefined)
    return fault('sip-bad-credentials', 'Digest credentials need username, realm, nonce, uri and response')
  const nc = p.get('nc')
  if (nc !== undefined && !/^[0-9a-fA-F]{8}$/.test(nc)) return fault('sip-bad-credentials', 'nc must have eight hexadecimal digits')
  return ok({
    scheme: 'Digest',
    username,
    realm,
    nonce,
    uri,
    response,
    ...some('algorithm', p.get('algorithm')),
    ...some('cnonce', p.get('cnonce')),
    ...some('opaque', p.get('opaque')),
    ...some('qop', p.get('qop')),
    ...some('nc', nc),
    ...flag('userhash', p.get('userhash')),
  })
}

export function printChallenge(c: DigestChallenge | OtherAuth): string {
  if (c.scheme === 'other') return printOther(c)
  let out = `Digest realm=${quote(c.realm)},nonce=${quote(c.nonce)}`
  if (c.domain !== undefined) out += `,domain=${quote(c.domain)}`
  if (c.opaque !== undefined) out += `,opaque=${quote(c.opaque)}`
  if (c.stale) out += ',stale=true'
  if (c.algorithm !== undefined) out += `,algorithm=${tokenOrQuoted(c.algorithm)}`
  if (c.qop.length > 0) out += `,qop=${quote(c.qop.join(','))}`
  if (c.userhash !== undefined) out += `,userhash=${c.userhash}`
  return out
}

/** algorithm, qop and nc stand unquoted in credentials (RFC 7616 §3.4). */
export function printCredentials(c: DigestCredentials | OtherAuth): string {
  if (c.scheme === 'other') return printOther(c)
  let out = `Digest username=${quote(c.username)},realm=${quote(c.realm)},nonce=${quote(c.nonce)},uri=${quote(c.uri)},response=${quote(c.response)}`
  if (c.algorithm !== undefined) out += `,algorithm=${tokenOrQuoted(c.algorithm)}`
  if (c.cnonce !== undefined) out += `,cnonce=${quote(c.cnonce)}`
  if (c.opaque !== undefined) out += `,opaque=${quote(c.opaque)}`
  if (c.qop !== undefined) out += `,qop=${tokenOrQuoted(c.qop)}`
  if (c.nc !== undefined) out += `,nc=${c.nc}`
  if (c.userhash !== undefined) out += `,userhash=${c.userhash}`
  return out
}

function printOther(c: OtherAuth): string {
  return c.rest === '' ? c.name : `${c.name} ${c.rest}`
}

function tokenOrQuoted(text: string): string {
  return isToken(text) ? text : quote(text)
}

type Split = OtherAuth | { readonly scheme: 'Digest'; readonly params: ReadonlyMap<string, string> }

function splitScheme(value: string): Result<Split> {
  const at = skipBlanks(value, 0)
  const end = skip(value, at, TOKEN)
  if (end === at) return fault('sip-bad-auth', 'an authentication scheme must stand first', at)
  const name = value.slice(at, end)
  if (name.toLowerCase() !== 'digest') return ok({ scheme: 'other', name, rest: value.slice(end).trim() })
  const params = authParams(value, end)
  return params.ok ? ok({ scheme: 'Digest', params: params.value }) : params
}

/** `name=value` separated by commas; a name that stands twice is refused, for which of the two was meant nobody can tell. */
export function authParams(text: string, at: number): Result<ReadonlyMap<string, string>, Fault> {
  const out = new Map<string, string>()
  at = skipBlanks(text, at)
  while (at < text.length) {
    if (text.charCodeAt(at) === 44) {
      at = skipBlanks(text, at + 1)
      continue
    }
    const nameEnd = skip(text, at, TOKEN)
    const name = text.slice(at, nameEnd).toLowerCase()
    const equals = skipBlanks(text, nameEnd)
    if (name === '' || text.charCodeAt(equals) !== 61) return fault('sip-bad-auth', 'an authentication parameter must read name=value', at)
    const from = skipBlanks(text, equals + 1)
    let end: number
    if (text.charCodeAt(from) === 34) {
      end = quotedEnd(text, from)
      if (end < 0) return fault('sip-unclosed-quote', `${name} is not closed`, from)
    } else {
      end = text.indexOf(',', from)
      if (end < 0) end = text.length
    }
    if (out.has(name)) return fault('sip-bad-auth', `${name} stands twice`, at)
    out.set(name, unquote(text.slice(from, end).trimEnd()))
    at = skipBlanks(text, end)
    if (at < text.length && text.charCodeAt(at) !== 44)
      return fault('sip-bad-auth', 'authentication parameters are separated by commas', at)
  }
  return ok(out)
}

/** ext-value of RFC 8187 (`UTF-8''J%C3%A4s%C3%B8n`), RFC 7616 §3.4. */
function extended(text: string | undefined): string | undefined {
  const m = text === undefined ? null : /^UTF-8'[^']*'(.*)$/i.exec(text)
  return m === null ? undefined : percentDecode(m[1]!)
}

function some<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: string })
}

function flag<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: boolean } {
  return value === undefined ? {} : ({ [key]: value.toLowerCase() === 'true' } as { [P in K]: boolean })
}
