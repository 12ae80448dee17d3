/** Requests as they leave: Via, Max-Forwards; and the two that are made from another request: ACK and CANCEL. */
import { type HeaderField, header, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import type { Hop, HostPort } from '../flow.ts'

const VIA_NAMES: Record<Hop['transport'], string> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' }

export function viaFor(hop: Hop, sentBy: HostPort, branch: string): HeaderField {
  const host = sentBy.host.includes(':') ? `[${sentBy.host}]` : sentBy.host
  // rport also over streams: it costs nothing and tells us how NAT sees us (RFC 3581 §3).
  return { name: 'Via', value: `SIP/2.0/${VIA_NAMES[hop.transport]} ${host}:${sentBy.port};branch=${branch};rport` }
}

const MAX_FORWARDS: HeaderField = { name: 'Max-Forwards', value: '70' }

/** The message with Via on top, Max-Forwards and User-Agent where it has none, and the headers of this hop. */
export function addressed(message: SipRequest, via: HeaderField, more: readonly HeaderField[] | undefined, product: string): SipRequest {
  const headers: HeaderField[] = [via]
  let hops = false
  let agent = product === ''
  for (const h of message.headers) {
    if (h.name === 'Max-Forwards') hops = true
    else if (h.name === 'User-Agent') agent = true
  }
  if (!hops) headers.push(MAX_FORWARDS)
  for (const h of message.headers) headers.push(h)
  if (more) for (const h of more) headers.push(h)
  if (!agent) headers.push({ name: 'User-Agent', value: product })
  return { kind: 'request', method: message.method, uri: message.uri, headers, body: message.body }
}

/** ACK to a non-2xx final response (RFC 3261 §17.1.1.3): hop by hop, same branch, To of the response. */
export function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  return derived(invite, 'ACK', header(response, 'To'), undefined)
}

/** CANCEL (RFC 3261 §9.1): everything of the INVITE that names it. */
export function cancelFor(invite: SipRequest, more: readonly HeaderField[] | undefined): SipRequest {
  return derived(invite, 'CANCEL', undefined, more)
}

function derived(invite: SipRequest, method: string, to: string | undefined, more: readonly HeaderField[] | undefined): SipRequest {
  const headers: HeaderField[] = []
  let via = false
  for (const h of invite.headers) {
    switch (h.name) {
      case 'Via':
        if (!via) headers.push(h)
        via = true
        break
      case 'Max-Forwards':
      case 'Route':
      case 'From':
      case 'Call-ID':
        headers.push(h)
        break
      case 'To':
        headers.push(to === undefined ? h : { name: 'To', value: to })
        break
      case 'CSeq':
        headers.push({ name: 'CSeq', value: `${h.value.slice(0, h.value.indexOf(' '))} ${method}` })
        break
      default:
    }
  }
  if (more) for (const h of more) headers.push(h)
  return { kind: 'request', method, uri: invite.uri, headers, body: NO_BODY }
}
