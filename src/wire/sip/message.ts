/** SIP messages as values (RFC 3261 §7). Header names are canonical ('Via', not 'v'); list headers hold one value per field. */
export interface HeaderField {
  readonly name: string
  /** Unfolded, trimmed; for list headers (Via, Route, Contact, Supported …) one element of the list. */
  readonly value: string
}

export interface SipRequest {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
  readonly headers: readonly HeaderField[]
  readonly body: Uint8Array
}

export interface SipResponse {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
  readonly headers: readonly HeaderField[]
  readonly body: Uint8Array
}

export type SipMessage = SipRequest | SipResponse

/** The first value of a header, by canonical name. */
export function header(message: SipMessage, name: string): string | undefined {
  const headers = message.headers
  for (let i = 0; i < headers.length; i++) if (headers[i]!.name === name) return headers[i]!.value
  return undefined
}

/** Every value of a header, in order. */
export function headerValues(message: SipMessage, name: string): string[] {
  const out: string[] = []
  for (const h of message.headers) if (h.name === name) out.push(h.value)
  return out
}

export const NO_BODY: Uint8Array = new Uint8Array(0)
