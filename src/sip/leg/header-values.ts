/** Header values as legs want them: absent and malformed alike are "not there", since nothing in a call hangs on telling them apart. */
import { type HeaderField, header, headerValues, type SipMessage } from '../../wire/sip/message.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import { parseRAck, type RAck } from '../../wire/sip/rack.ts'
import { parseReason, printReason } from '../../wire/sip/reason.ts'
import { parseSessionExpires, type SessionExpires } from '../../wire/sip/session-expires.ts'
import type { NameAddr, ReasonValue } from '../leg.ts'

export function rackOf(message: SipMessage): RAck | null {
  const rack = parseRAck(header(message, 'RAck') ?? '')
  return rack.ok ? rack.value : null
}

export function sessionExpiresOf(message: SipMessage): SessionExpires | null {
  const value = header(message, 'Session-Expires')
  if (value === undefined) return null
  const parsed = parseSessionExpires(value)
  return parsed.ok && parsed.value.intervalS > 0 ? parsed.value : null
}

/** The number at the beginning of Retry-After, Min-SE, RSeq, Max-Forwards. */
export function numberOf(message: SipMessage, name: string): number | undefined {
  const value = header(message, name)
  if (value === undefined) return undefined
  const n = Number.parseInt(value, 10)
  return n >= 0 ? n : undefined
}

/** The first Reason (RFC 3326). */
export function reasonOf(message: SipMessage): ReasonValue | undefined {
  const value = header(message, 'Reason')
  const parsed = value === undefined ? null : parseReason(value)
  if (!parsed?.ok) return undefined
  const { protocol, cause, text } = parsed.value
  return text === undefined ? { protocol, cause: cause ?? 0 } : { protocol, cause: cause ?? 0, text }
}

export function reasonHeaders(why: ReasonValue | undefined): readonly HeaderField[] {
  return why ? [{ name: 'Reason', value: printReason({ ...why, params: [] }) }] : []
}

/** The addresses of a list header such as P-Asserted-Identity; those that cannot be read are left out. */
export function addressesOf(message: SipMessage, name: string): NameAddr[] {
  const out: NameAddr[] = []
  for (const value of headerValues(message, name)) {
    const parsed = parseNameAddr(value)
    if (parsed.ok) out.push(plainAddress(parsed.value))
  }
  return out
}

export function plainAddress(a: { readonly display?: string; readonly uri: string }): NameAddr {
  return a.display === undefined ? { uri: a.uri } : { display: a.display, uri: a.uri }
}

/** Whether a list header names a token, without regard to case. */
export function lists(message: SipMessage, name: string, token: string): boolean {
  for (const h of message.headers) if (h.name === name && h.value.toLowerCase() === token) return true
  return false
}
