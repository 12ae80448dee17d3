/** Equality of URIs (RFC 3261 §19.1.4, RFC 3966 §4). It is no equivalence: unknown parameters make it intransitive. */
import { sameHost } from './host.ts'
import type { Param } from './params.ts'
import type { SipUri, TelUri, Uri } from './uri.ts'
import { parseUri } from './uri.ts'

/** A URI that cannot be read equals only itself, letter by letter. */
export function sameUri(a: string, b: string): boolean {
  if (a === b) return true
  const x = parseUri(markReserved(a))
  const y = parseUri(markReserved(b))
  return x.ok && y.ok && sameParsedUri(x.value, y.value)
}

/** On values, where an escaped reserved character and a plain one look alike (`%3B` and `;` in a user part). */
function sameParsedUri(a: Uri, b: Uri): boolean {
  if (a.scheme === 'other') return b.scheme === 'other' && a.name === b.name && a.rest === b.rest
  if (a.scheme === 'tel') return b.scheme === 'tel' && sameTel(a, b)
  return (b.scheme === 'sip' || b.scheme === 'sips') && sameSip(a, b)
}

/**
 * Only characters outside the reserved set equal their escapes (§19.1.4). An escaped reserved one is moved to a private
 * code point, so that unescaping does not make it the plain character.
 */
function markReserved(text: string): string {
  if (text.indexOf('%') < 0) return text
  return text.replace(
    /%(3B|2F|3F|3A|40|26|3D|2B|24|2C)/gi,
    (_, hex: string) => `%EE%80%${(0x80 + (Number.parseInt(hex, 16) & 0x3f)).toString(16)}`,
  )
}

/** A URI with one of these never equals one without it. Unlisted parameters are compared only where both have them. */
const DECISIVE = ['user', 'ttl', 'method', 'maddr', 'transport']

function sameSip(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme || a.user !== b.user || a.password !== b.password || a.port !== b.port) return false
  if (!sameHost(a.host, b.host)) return false
  for (const name of DECISIVE) if ((find(a.params, name) === undefined) !== (find(b.params, name) === undefined)) return false
  return agree(a.params, b.params) && agree(b.params, a.params) && sameHeaders(a.headers, b.headers)
}

/** Both ways, since a name may wrongly stand twice on one side. */
function agree(a: readonly Param[], b: readonly Param[]): boolean {
  return a.every(p => {
    const q = find(b, p.name)
    return q === undefined || sameText(p.value, q.value)
  })
}

/** Headers are never ignored; their order is. */
function sameHeaders(a: readonly Param[], b: readonly Param[]): boolean {
  if (a.length !== b.length) return false
  const key = (h: Param): string => `${h.name.toLowerCase()}=${h.value ?? ''}`
  const sorted = b.map(key).sort()
  return a
    .map(key)
    .sort()
    .every((k, i) => k === sorted[i])
}

/** Visual separators do not count; every parameter does, in any order, without regard to case. */
function sameTel(a: TelUri, b: TelUri): boolean {
  if (digitsOf(a.number) !== digitsOf(b.number) || a.params.length !== b.params.length) return false
  return covers(a.params, b.params) && covers(b.params, a.params)
}

function covers(a: readonly Param[], b: readonly Param[]): boolean {
  return a.every(p => {
    const q = find(b, p.name)
    if (q === undefined) return false
    const isNumber = p.name === 'ext' || (p.name === 'phone-context' && p.value?.startsWith('+') === true)
    return isNumber ? digitsOf(p.value ?? '') === digitsOf(q.value ?? '') : sameText(p.value, q.value)
  })
}

function digitsOf(number: string): string {
  return number.replace(/[-.()]/g, '').toLowerCase()
}

function find(params: readonly Param[], name: string): Param | undefined {
  for (const p of params) if (p.name === name) return p
  return undefined
}

function sameText(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && a.toLowerCase() === b.toLowerCase())
}
