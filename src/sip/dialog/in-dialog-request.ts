/** Requests inside a dialog (RFC 3261 §12.2.1.1). */
import { type HeaderField, NO_BODY, type SipRequest } from '../../wire/sip/message.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import { hasParam } from '../../wire/sip/params.ts'
import { quote } from '../../wire/sip/quoted-string.ts'
import { parseSipUri } from '../../wire/sip/uri.ts'
import type { NameAddr } from '../leg.ts'
import type { Dialog } from './dialog.ts'

export interface RequestParts {
  readonly method: string
  readonly seq: number
  readonly headers?: readonly HeaderField[]
  readonly body?: Uint8Array
}

export function requestIn(dialog: Dialog, parts: RequestParts): SipRequest {
  const { uri, routes } = routing(dialog.routeSet, dialog.remoteTarget)
  const headers: HeaderField[] = []
  for (const route of routes) headers.push({ name: 'Route', value: route })
  headers.push(
    { name: 'From', value: tagged(dialog.local, dialog.localTag) },
    { name: 'To', value: tagged(dialog.remote, dialog.remoteTag) },
    { name: 'Call-ID', value: dialog.callId },
    { name: 'CSeq', value: `${parts.seq} ${parts.method}` },
  )
  if (parts.headers) for (const h of parts.headers) headers.push(h)
  return { kind: 'request', method: parts.method, uri, headers, body: parts.body ?? NO_BODY }
}

export interface Routing {
  readonly uri: string
  readonly routes: readonly string[]
}

/** Loose routing keeps the target in the Request-URI; a strict first router gets its own URI there and the target last (§12.2.1.1). */
export function routing(routeSet: readonly string[], target: string): Routing {
  const first = routeSet[0]
  if (first === undefined) return { uri: target, routes: routeSet }
  const address = parseNameAddr(first)
  if (!address.ok) return { uri: target, routes: routeSet }
  const uri = parseSipUri(address.value.uri)
  if (!uri.ok || hasParam(uri.value.params, 'lr')) return { uri: target, routes: routeSet }
  return { uri: address.value.uri, routes: [...routeSet.slice(1), `<${target}>`] }
}

export function tagged(address: NameAddr, tag: string): string {
  const text = addressText(address)
  return tag === '' ? text : `${text};tag=${tag}`
}

export function addressText(address: NameAddr): string {
  return address.display === undefined || address.display === '' ? `<${address.uri}>` : `${quote(address.display)} <${address.uri}>`
}
