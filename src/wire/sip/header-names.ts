/** Canonical header names, compact forms (RFC 3261 §7.3.3 and the IANA registry) and which headers are comma-separated lists. */

import type { FieldCheck } from './check-field.ts'
import { fieldCheck } from './check-field.ts'

export interface HeaderKind {
  readonly name: string
  /** Its fields may be combined with commas (§7.3.1), so each element becomes a field of its own. */
  readonly list: boolean
  /** A second one makes the message malformed (RFC 4475 §3.3.8, §3.3.9). */
  readonly once: boolean
  /** The header's bit in the parser's set of headers seen; 0 for those that it does not count. */
  readonly bit: number
  /** What the message parser checks at once; null leaves it to whoever reads the header. */
  readonly check: FieldCheck | null
}

/** Lists. Not here although commas occur in them: Date, WWW-Authenticate, Authorization and their kin (§7.3.1), Authentication-Info. */
const LISTS =
  'Accept Accept-Contact Accept-Encoding Accept-Language Accept-Resource-Priority Alert-Info Allow Allow-Events Call-Info Contact ' +
  'Content-Encoding Content-Language Diversion Error-Info Feature-Caps Geolocation Geolocation-Error History-Info In-Reply-To ' +
  'P-Access-Network-Info P-Asserted-Identity P-Asserted-Service P-Associated-URI P-Called-Party-ID P-Early-Media ' +
  'P-Media-Authorization P-Preferred-Identity P-Preferred-Service P-Visited-Network-ID Path Permission-Missing Policy-Contact ' +
  'Proxy-Require Reason Recv-Info Record-Route Reject-Contact Remote-Party-ID Request-Disposition Require Resource-Priority ' +
  'Resource-Share Route Security-Client Security-Server Security-Verify Service-Route Supported Suppress-If-Match Trigger-Consent ' +
  'Unsupported User-to-User Via Warning'

const SINGLES =
  'Answer-Mode Authentication-Info Authorization Content-Disposition Content-ID Date Identity Identity-Info Info-Package Join ' +
  'MIME-Version Max-Breadth Organization P-Answer-State P-Charging-Function-Addresses P-Charging-Vector P-Served-User P-User-Database ' +
  'Priority Privacy Proxy-Authenticate Proxy-Authorization RAck RSeq Replaces Reply-To Require-Consent SIP-ETag SIP-If-Match Server ' +
  'Session-ID Subscription-State Subject Timestamp User-Agent WWW-Authenticate'

/** Headers that may stand only once. */
const ONCE =
  'From To Call-ID CSeq Max-Forwards Content-Length Content-Type Expires Min-Expires Event Refer-To Referred-By Session-Expires Min-SE Retry-After ' +
  'Content-Transfer-Encoding Target-Dialog'

const COMPACT: Record<string, string> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
}

const onceNames = ONCE.split(' ')
const VIA_BIT = 1 << 30

/** By the spelling met on the wire; the usual ones need one look. */
const kinds = new Map<string, HeaderKind>()
const byLower = new Map<string, HeaderKind>()

function learn(names: string, list: boolean, once: boolean): void {
  for (const name of names.split(' ')) {
    if (byLower.has(name.toLowerCase())) continue
    const bit = name === 'Via' ? VIA_BIT : once ? 1 << onceNames.indexOf(name) : 0
    const kind: HeaderKind = { name, list, once, bit, check: fieldCheck(name) }
    kinds.set(name, kind)
    kinds.set(name.toLowerCase(), kind)
    byLower.set(name.toLowerCase(), kind)
  }
}
learn(ONCE, false, true)
learn(LISTS, true, false)
learn(SINGLES, false, false)
for (const [letter, name] of Object.entries(COMPACT)) {
  const kind = kinds.get(name)!
  kinds.set(letter, kind)
  kinds.set(letter.toUpperCase(), kind)
  byLower.set(letter, kind)
}

/** What is known about a header, by any spelling. Undefined for an unknown one: see `canonicalName`. */
export function headerKind(spelling: string): HeaderKind | undefined {
  return kinds.get(spelling) ?? byLower.get(spelling.toLowerCase())
}

/**
 * The name under which a header is found in a message: the registered spelling, or for an unknown header every part
 * between hyphens with a capital first letter (`X-Call-Note`, whether it came as `x-call-note` or `X-CALL-NOTE`).
 */
export function canonicalName(spelling: string): string {
  const kind = headerKind(spelling)
  if (kind !== undefined) return kind.name
  return spelling
    .split('-')
    .map(part => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('-')
}

/** The bits of the headers that every message must have (§8.1.1; Max-Forwards is forgiven, as RFC 2543 had none). */
export const MANDATORY: readonly { readonly name: string; readonly bit: number }[] = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map(name => ({
  name,
  bit: kinds.get(name)!.bit,
}))
