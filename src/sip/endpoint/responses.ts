/** Responses made from the request they answer (RFC 3261 §8.2.6). */
import { type HeaderField, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { statusPhrase } from '../../wire/sip/status-phrases.ts'
import { tagIn } from '../dialog/tags.ts'
import type { RespondOptions } from './contract.ts'

/** `toTag` is added to To when the request has none there; not to 100 (§8.2.6.2). */
export function responseTo(request: SipRequest, status: number, toTag: string, product: string, options?: RespondOptions): SipResponse {
  const headers: HeaderField[] = []
  for (const h of request.headers) {
    switch (h.name) {
      case 'Via':
      case 'From':
      case 'Call-ID':
      case 'CSeq':
        headers.push(h)
        break
      case 'To':
        headers.push(status > 100 && tagIn(h.value) === '' ? { name: 'To', value: `${h.value};tag=${toTag}` } : h)
        break
      case 'Timestamp':
        if (status === 100) headers.push(h)
        break
      default:
    }
  }
  if (options?.headers) for (const h of options.headers) headers.push(h)
  if (product !== '' && status >= 200) headers.push({ name: 'Server', value: product })
  return { kind: 'response', status, reason: options?.reason ?? statusPhrase(status), headers, body: options?.body ?? NO_BODY }
}

/** A response that nobody sent: time-out and transport failure are told to users as 408 and 503 (§8.1.3.1). */
export function localResponse(request: SipRequest, status: number): SipResponse {
  return responseTo(request, status, '', '')
}
