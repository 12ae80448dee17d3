/** What is asked of every request before its user sees it (RFC 3261 §8.2.1–8.2.3, §16.3; RFC 5393). */
import { type HeaderField, header, type SipRequest } from '../../wire/sip/message.ts'
import { tagIn } from '../dialog/tags.ts'
import type { EndpointConfig } from './contract.ts'
import { KNOWN_METHODS } from './defaults.ts'

export interface Refusal {
  readonly status: number
  readonly reason?: string
  readonly headers?: readonly HeaderField[]
}

export function checkRequest(request: SipRequest, config: EndpointConfig): Refusal | null {
  if (!config.allow.includes(request.method)) {
    const headers = [{ name: 'Allow', value: config.allow.join(', ') }]
    return { status: KNOWN_METHODS.has(request.method) ? 405 : 501, headers }
  }
  if (!knownScheme(request.uri)) return { status: 416 }
  if (request.method === 'INVITE' && tagIn(header(request, 'To')) === '') {
    // We are the last stop for requests to ourselves, but an INVITE goes on as a new leg: hops are counted across it (RFC 7332 §3).
    if (header(request, 'Max-Forwards') === '0') return { status: 483 }
    if (header(request, 'Max-Breadth') === '0') return { status: 440 }
  }
  return checkRequired(request, config)
}

/** 420 with Unsupported (§8.2.2.3). CANCEL and ACK never get here. */
function checkRequired(request: SipRequest, config: EndpointConfig): Refusal | null {
  let unsupported: HeaderField[] | null = null
  for (const h of request.headers) {
    if (h.name !== 'Require' && h.name !== 'Proxy-Require') continue
    if (config.supported.includes(h.value.toLowerCase())) continue
    unsupported ??= []
    unsupported.push({ name: 'Unsupported', value: h.value })
  }
  return unsupported ? { status: 420, headers: unsupported } : null
}

function knownScheme(uri: string): boolean {
  const c = uri.charCodeAt(0) | 32
  if (c !== 115 && c !== 116) return false
  const colon = uri.indexOf(':')
  const scheme = uri.slice(0, colon).toLowerCase()
  return scheme === 'sip' || scheme === 'sips' || scheme === 'tel'
}
