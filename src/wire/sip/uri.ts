/**
 * SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966). Values are unescaped; printing escapes what it must, so a user part
 * built from anything at all cannot break out of its place. Where a URI must come back exactly as it was given (remote
 * targets, digest `uri`) keep the text, not the value.
 */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { PASSWORD, URI_HEADER, URI_PARAM, USER } from './chars.ts'
import { percentDecode, percentEncode, wellEscaped } from './escaping.ts'
import { parseHost, printHost } from './host.ts'
import type { Param } from './params.ts'
import { NO_PARAMS } from './params.ts'

export interface SipUri {
  readonly scheme: 'sip' | 'sips'
  /** Unescaped; '' when there is none. */
  readonly user: string
  readonly password: string | null
  /** IPv6 without brackets. */
  readonly host: string
  readonly port: number | null
  /** Names in lower case, values unescaped. */
  readonly params: readonly Param[]
  /** The `?a=b&c=d` part, names as written. */
  readonly headers: readonly Param[]
}

export interface TelUri {
  readonly scheme: 'tel'
  /** As written, `+` and visual separators included. */
  readonly number: string
  readonly params: readonly Param[]
}

/** Any other scheme, lower case, and what follows its colon. */
export interface OtherUri {
  readonly scheme: 'other'
  readonly name: string
  readonly rest: string
}

export type Uri = SipUri | TelUri | OtherUri

export function sipUri(user: string, host: string, port: number | null = null, params: readonly Param[] = NO_PARAMS): SipUri {
  return { scheme: 'sip', user, password: null, host, port, params, headers: NO_PARAMS }
}

export function parseUri(text: string): Result<Uri> {
  const colon = text.indexOf(':')
  if (colon <= 0) return fault('sip-bad-uri', 'a URI needs a scheme and a colon', 0)
  const scheme = text.slice(0, colon)
  switch (scheme) {
    case 'sip':
    case 'sips':
      return parseSip(text, scheme)
    case 'tel':
      return parseTel(text)
    default:
      return parseForeign(text, scheme)
  }
}

/** `parseUri` for places where only sip or sips will do (Via-less targets, Route, Contact of a dialog). */
export function parseSipUri(text: string): Result<SipUri> {
  const uri = parseUri(text)
  if (!uri.ok) return uri
  if (uri.value.scheme !== 'sip' && uri.value.scheme !== 'sips') return fault('sip-wrong-scheme', 'a sip or sips URI is needed here', 0)
  return ok(uri.value)
}

function parseForeign(text: string, scheme: string): Result<Uri> {
  const name = scheme.toLowerCase()
  if (name === 'sip' || name === 'sips') return parseSip(text, name)
  if (name === 'tel') return parseTel(text)
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c <= 32 || c === 34 || c === 60 || c === 62 || c === 127)
      return fault('sip-bad-uri', 'a URI holds a character that must be escaped', i)
  }
  if (!/^[a-z][a-z0-9+.-]*$/.test(name)) return fault('sip-bad-uri', 'a URI scheme is made of letters, digits, + - .', 0)
  if (name.length + 1 === text.length) return fault('sip-bad-uri', 'a URI has nothing after its scheme', name.length)
  return ok({ scheme: 'other', name, rest: text.slice(name.length + 1) })
}

function parseSip(text: string, scheme: 'sip' | 'sips'): Result<SipUri> {
  let at = scheme.length + 1
  let user = ''
  let password: string | null = null
  // The user part may hold ; and ? (§25.1 user-unreserved), so the @ is looked for first; parameters and headers have none unescaped.
  const sign = text.indexOf('@', at)
  if (sign >= 0) {
    let userEnd = text.indexOf(':', at)
    if (userEnd < 0 || userEnd > sign) userEnd = sign
    else {
      if (!wellEscaped(text, userEnd + 1, sign, PASSWORD))
        return fault('sip-bad-uri', 'the password part holds a character that must be escaped', userEnd + 1)
      password = percentDecode(text.slice(userEnd + 1, sign))
    }
    if (userEnd === at) return fault('sip-bad-uri', 'the user part is empty', at)
    if (!wellEscaped(text, at, userEnd, USER)) return fault('sip-bad-uri', 'the user part holds a character that must be escaped', at)
    user = percentDecode(text.slice(at, userEnd))
    at = sign + 1
  }
  let hostEnd = at
  while (hostEnd < text.length) {
    const c = text.charCodeAt(hostEnd)
    if (c === 59 || c === 63) break
    hostEnd++
  }
  const place = parseHost(text.slice(at, hostEnd))
  if (place === null) return fault('sip-bad-uri', 'the host or port of a URI is not valid', at)
  if (hostEnd === text.length)
    return ok({ scheme, user, password, host: place.host, port: place.port, params: NO_PARAMS, headers: NO_PARAMS })
  let paramsEnd = text.indexOf('?', hostEnd)
  if (paramsEnd < 0) paramsEnd = text.length
  const params = parsePairs(text, hostEnd + 1, paramsEnd, ';', URI_PARAM, hostEnd < paramsEnd)
  if (params === null) return fault('sip-bad-uri', 'a URI parameter is not valid', hostEnd)
  const headers = parsePairs(text, paramsEnd + 1, text.length, '&', URI_HEADER, paramsEnd < text.length)
  if (headers === null) return fault('sip-bad-uri', 'a URI header is not valid', paramsEnd)
  return ok({ scheme, user, password, host: place.host, port: place.port, params, headers })
}

/** Reads `a=b;c` (or `a=b&c=d`) between two places; null when a name is empty or a character is out of place. */
function parsePairs(
  text: string,
  start: number,
  end: number,
  separator: ';' | '&',
  flag: number,
  present: boolean,
): readonly Param[] | null {
  if (!present) return NO_PARAMS
  const out: Param[] = []
  while (start <= end) {
    let stop = text.indexOf(separator, start)
    if (stop < 0 || stop > end) stop = end
    let equals = text.indexOf('=', start)
    if (equals < 0 || equals > stop) equals = stop
    if (equals === start || !wellEscaped(text, start, equals, flag)) return null
    const name = percentDecode(text.slice(start, equals))
    if (equals === stop) {
      if (separator === '&') return null
      out.push({ name: name.toLowerCase(), value: null })
    } else {
      if (separator === ';' && equals + 1 === stop) return null
      if (!wellEscaped(text, equals + 1, stop, flag)) return null
      out.push({ name: separator === ';' ? name.toLowerCase() : name, value: percentDecode(text.slice(equals + 1, stop)) })
    }
    start = stop + 1
  }
  return out
}

/** RFC 3966 §3: a global number begins with +; a local one should name its phone-context, which phones often leave out. */
function parseTel(text: string): Result<TelUri> {
  let end = text.indexOf(';')
  if (end < 0) end = text.length
  const number = text.slice(4, end)
  let digits = 0
  for (let i = 0; i < number.length; i++) {
    const c = number.charCodeAt(i)
    if ((c >= 48 && c <= 57) || c === 42 || c === 35 || (c >= 65 && c <= 70) || (c >= 97 && c <= 102)) digits++
    else if (!(c === 43 && i === 0) && c !== 45 && c !== 46 && c !== 40 && c !== 41)
      return fault('sip-bad-uri', 'a telephone number holds a character that it may not', 4 + i)
  }
  if (digits === 0) return fault('sip-bad-uri', 'a tel URI has no digits', 4)
  const params = parsePairs(text, end + 1, text.length, ';', URI_PARAM, end < text.length)
  if (params === null) return fault('sip-bad-uri', 'a tel URI parameter is not valid', end)
  return ok({ scheme: 'tel', number, params })
}

export function printUri(uri: Uri): string {
  switch (uri.scheme) {
    case 'other':
      return `${uri.name}:${uri.rest}`
    case 'tel':
      return `tel:${uri.number}${printPairs(uri.params, ';', ';', URI_PARAM)}`
    default: {
      const password = uri.password === null ? '' : `:${percentEncode(uri.password, PASSWORD)}`
      const user = uri.user === '' ? '' : `${percentEncode(uri.user, USER)}${password}@`
      return `${uri.scheme}:${user}${printHost(uri.host, uri.port)}${printPairs(uri.params, ';', ';', URI_PARAM)}${printPairs(uri.headers, '?', '&', URI_HEADER)}`
    }
  }
}

function printPairs(pairs: readonly Param[], first: string, next: string, flag: number): string {
  let out = ''
  for (let i = 0; i < pairs.length; i++) {
    const p = pairs[i]!
    out += (i === 0 ? first : next) + percentEncode(p.name, flag) + (p.value === null ? '' : `=${percentEncode(p.value, flag)}`)
  }
  return out
}
