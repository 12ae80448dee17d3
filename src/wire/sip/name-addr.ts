/**
 * name-addr / addr-spec with header parameters (RFC 3261 §20.10, §25.1): From, To, Contact, Route, Record-Route, Path,
 * Refer-To, Referred-By, Reply-To, P-Asserted-Identity, Diversion, History-Info …
 */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { isBlank, skipBlanks, trimmed } from './chars.ts'
import type { Param } from './params.ts'
import { NO_PARAMS, param, parseParams, printParams } from './params.ts'
import { quote, quotedEnd, unquote } from './quoted-string.ts'
import { parseUri } from './uri.ts'

export interface NameAddr {
  /** Unquoted; absent when none was given. */
  readonly display?: string
  /** Exactly as written, without the angle brackets; `parseUri` takes it apart and has already accepted it. */
  readonly uri: string
  /** Header parameters (tag, q, expires …), not the URI's. */
  readonly params: readonly Param[]
}

export function parseNameAddr(value: string): Result<NameAddr> {
  let at = skipBlanks(value, 0)
  let display: string | undefined
  if (value.charCodeAt(at) === 34) {
    const end = quotedEnd(value, at)
    if (end < 0) return fault('sip-unclosed-quote', 'a display name is not closed', at)
    display = unquote(value.slice(at, end))
    at = skipBlanks(value, end)
    if (value.charCodeAt(at) !== 60) return fault('sip-bad-address', 'a quoted display name must be followed by <', at)
  }
  const open = display === undefined ? value.indexOf('<', at) : at
  if (open < 0) return parseAddrSpec(value, at)
  if (open > at) {
    const bad = badDisplayChar(value, at, open)
    if (bad >= 0) return fault('sip-bad-address', 'a display name with such a character must be quoted', bad)
    display = trimmed(value, at, open)
  }
  const close = value.indexOf('>', open)
  if (close < 0) return fault('sip-bad-address', 'an address has < but no >', open)
  const text = value.slice(open + 1, close)
  const uri = parseUri(text)
  if (!uri.ok) return fault(uri.error.code, uri.error.message, open + 1 + (uri.error.at ?? 0))
  const params = close + 1 === value.length ? ok(NO_PARAMS) : parseParams(value, close + 1)
  if (!params.ok) return params
  return ok(display === undefined ? { uri: text, params: params.value } : { display, uri: text, params: params.value })
}

/** Without brackets, what follows the first `;` are header parameters, and the URI may hold neither `,` nor `?` (§20). */
function parseAddrSpec(value: string, at: number): Result<NameAddr> {
  let semicolon = value.indexOf(';', at)
  if (semicolon < 0) semicolon = value.length
  const text = trimmed(value, at, semicolon)
  const uri = parseUri(text)
  if (!uri.ok) return fault(uri.error.code, uri.error.message, at + (uri.error.at ?? 0))
  if (text.indexOf('?') >= 0 || text.indexOf(',') >= 0)
    return fault('sip-bad-address', 'a URI with ? or , must stand in angle brackets', at)
  const params = semicolon === value.length ? ok(NO_PARAMS) : parseParams(value, semicolon)
  if (!params.ok) return params
  return ok({ uri: text, params: params.value })
}

/**
 * An unquoted display name is a row of tokens (§25.1). Phones also send bare UTF-8, brackets and apostrophes, which harm
 * nobody; a comma, semicolon, quote or control character would make the field ambiguous.
 */
function badDisplayChar(text: string, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === 44 || c === 59 || c === 34 || c === 92 || c === 62 || c === 127 || (c < 32 && !isBlank(c))) return i
  }
  return -1
}

/** Always with angle brackets, so that no URI parameter is taken for a header parameter. */
export function printNameAddr(address: NameAddr): string {
  const display = address.display === undefined ? '' : `${quote(address.display)} `
  return `${display}<${address.uri}>${printParams(address.params)}`
}

/** The tag of a From or To value; '' for an address of a peer that knows no tags (RFC 2543). */
export function tagOf(address: NameAddr): string {
  return param(address.params, 'tag') ?? ''
}
