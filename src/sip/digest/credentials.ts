/** The Digest credentials that are meant for us, among those of a request (RFC 3261 §22.3: told apart by realm). */
import { type DigestCredentials, parseCredentials } from '../../wire/sip/auth.ts'
import type { SipRequest } from '../../wire/sip/message.ts'

export function credentialsFor(
  request: SipRequest,
  name: 'Authorization' | 'Proxy-Authorization',
  realm: string,
): DigestCredentials | 'malformed' | undefined {
  let broken = false
  for (const h of request.headers) {
    if (h.name !== name) continue
    const read = parseCredentials(h.value)
    if (!read.ok) broken = true
    else if (read.value.scheme === 'Digest' && read.value.realm === realm) return read.value
  }
  return broken ? 'malformed' : undefined
}
