/** What one Contact value of a REGISTER asks for (RFC 3261 §10.2.1, RFC 5626 §4.1, RFC 5627 §4.1). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { parseContact } from '../../wire/sip/contact.ts'
import { hasParam, type Param } from '../../wire/sip/params.ts'
import { parseSipUri, type SipUri } from '../../wire/sip/uri.ts'

export interface ContactClaim {
  readonly uri: string
  readonly parsed: SipUri
  /** Equal for equal contacts. */
  readonly key: string
  /** The `expires` parameter, seconds. */
  readonly expiresS?: number
  /** Thousandths. */
  readonly q: number
  readonly instance?: string
  readonly regId?: number
}

export function parseContactClaim(value: string): Result<ContactClaim> {
  const contact = parseContact(value)
  if (!contact.ok) return contact
  if (contact.value === '*') return fault('sip-bad-address', 'the wildcard stands alone')
  const { uri, params, qThousandths, expiresS, instance, regId } = contact.value
  const parsed = parseSipUri(uri)
  if (!parsed.ok) return parsed
  // RFC 3261 §20.10: a malformed expires is taken for 3600.
  const seconds = expiresS ?? (hasParam(params, 'expires') ? 3600 : undefined)
  return ok({
    uri,
    parsed: parsed.value,
    key: contactKey(parsed.value),
    q: qThousandths,
    ...(seconds !== undefined && { expiresS: seconds }),
    ...(instance !== undefined && { instance }),
    ...(regId !== undefined && { regId }),
  })
}

/**
 * Equality of contacts as a string (RFC 3261 §19.1.4). The RFC lets a parameter present on one side only go unnoticed, which no key
 * can express; for telephones, which repeat their own contact to the letter, the stricter reading is the same.
 */
export function contactKey(uri: SipUri): string {
  const port = uri.port === null ? '' : ':' + uri.port
  const base = `${uri.scheme}:${uri.user}@${uri.host.toLowerCase()}${port}`
  if (uri.params.length === 0) return base
  if (uri.params.length === 1) return base + ';' + paramKey(uri.params[0]!)
  return base + ';' + uri.params.map(paramKey).sort().join(';')
}

function paramKey(p: Param): string {
  return p.value === null ? p.name : p.name + '=' + p.value.toLowerCase()
}
