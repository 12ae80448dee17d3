/** Via (RFC 3261 §20.42, §18.2; rport RFC 3581; alias RFC 5923). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { isBlank, isToken, skip, skipBlanks, TOKEN, trimmed } from './chars.ts'
import { isIpv6, parseHost, printHost } from './host.ts'
import type { Param } from './params.ts'
import { NO_PARAMS, param, parseParams, printParams } from './params.ts'

export interface Via {
  /** Upper case: UDP, TCP, TLS, WS, WSS, SCTP, or whatever token stands there. */
  readonly transport: string
  /** sent-by, IPv6 without brackets. */
  readonly host: string
  readonly port: number | null
  /** In order, as written: branch, received, rport, maddr, ttl, alias, keep … */
  readonly params: readonly Param[]
}

const BRANCH_COOKIE = 'z9hG4bK'

export function parseVia(value: string): Result<Via> {
  // sent-protocol = "SIP" SLASH "2.0" SLASH transport, with blanks allowed around the slashes.
  let at = 0
  let transport: string
  if (value.startsWith('SIP/2.0/')) {
    at = 8
    const end = skip(value, at, TOKEN)
    transport = value.slice(at, end)
    at = end
  } else {
    const m = /^[ \t]*SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([^ \t;,/]+)/i.exec(value)
    if (m === null) return fault('sip-bad-via', 'a Via must begin with SIP/2.0/ and a transport', 0)
    transport = m[1]!
    at = m[0].length
  }
  if (!isToken(transport) || !isBlank(value.charCodeAt(at))) return fault('sip-bad-via', 'a Via needs a transport, a blank and a host', at)
  at = skipBlanks(value, at)
  let end = value.indexOf(';', at)
  if (end < 0) end = value.length
  const place = parseHost(trimmed(value, at, end)) ?? parseHost(value.slice(at, end).replace(/[ \t]+/g, ''))
  if (place === null) return fault('sip-bad-via', 'the host or port of a Via is not valid', at)
  const params = end === value.length ? ok(NO_PARAMS) : parseParams(value, end)
  if (!params.ok) return params
  return ok({ transport: transport.toUpperCase(), host: place.host, port: place.port, params: params.value })
}

export function printVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${printHost(via.host, via.port)}${printParams(via.params)}`
}

/** The branch, '' when there is none. */
export function branchOf(via: Via): string {
  return param(via.params, 'branch') ?? ''
}

/** Whether the branch names a transaction by itself (§17.2.3); the bare cookie (RFC 4475 §3.2.1) does not. */
export function hasMagicCookie(branch: string): boolean {
  return branch.length > BRANCH_COOKIE.length && branch.slice(0, 7).toLowerCase() === 'z9hg4bk'
}

/** `received` without the brackets that some put around IPv6 (RFC 5118 §4.5). */
export function receivedOf(via: Via): string | undefined {
  const received = param(via.params, 'received')
  return received?.startsWith('[') && received.endsWith(']') ? received.slice(1, -1) : received
}

/** The answered rport as a number; 0 when asked for but not filled in; undefined when absent. */
export function rportOf(via: Via): number | undefined {
  const text = param(via.params, 'rport')
  if (text === undefined) return undefined
  const n = Number(text)
  return text !== '' && Number.isInteger(n) && n > 0 && n < 65536 ? n : 0
}

/**
 * The topmost Via of a request as the server completes it (§18.2.1, RFC 3581 §4): `received` when the source differs from
 * sent-by or rport was asked for, and rport's value.
 */
export function markReceived(via: Via, sourceHost: string, sourcePort: number): Via {
  const wantsRport = via.params.some(p => p.name === 'rport')
  const params = via.params.filter(p => p.name !== 'received' && p.name !== 'rport')
  if (wantsRport || via.host !== sourceHost) params.push({ name: 'received', value: sourceHost })
  if (wantsRport) params.push({ name: 'rport', value: String(sourcePort) })
  return { ...via, params }
}

/** Where a response to this Via goes over an unreliable transport when no flow is left (§18.2.2, RFC 3581 §4). */
export function responseTarget(via: Via): { readonly host: string; readonly port: number } {
  const maddr = param(via.params, 'maddr')
  const received = receivedOf(via)
  const rport = rportOf(via)
  const fallback = via.port ?? (via.transport === 'TLS' || via.transport === 'WSS' ? 5061 : 5060)
  if (maddr !== undefined && maddr !== '') return { host: unbracket(maddr), port: fallback }
  return {
    host: received !== undefined && received !== '' ? received : via.host,
    port: received !== undefined && rport !== undefined && rport > 0 ? rport : fallback,
  }
}

function unbracket(host: string): string {
  return host.startsWith('[') && isIpv6(host.slice(1, -1)) ? host.slice(1, -1) : host
}
