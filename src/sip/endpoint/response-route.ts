/** Where responses to a request go (RFC 3261 §18.2.2, RFC 3581 §4) and how its Via is completed (§18.2.1). */

import { isAddress, sameHost } from '../../wire/sip/host.ts'
import type { SipRequest } from '../../wire/sip/message.ts'
import { markReceived, printVia, rportOf, type Via } from '../../wire/sip/via.ts'
import type { Flow, Hop } from '../flow.ts'

export interface ResponseRoute {
  readonly hop: Hop
  /** The top Via named another place than the packets came from: a NAT, most likely. */
  readonly behindNat: boolean
}

/**
 * Over streams: the connection, else sent-by's port at the source address. Over UDP: the source port when rport was asked for or
 * when sent-by is not where the packets came from (an address behind a NAT is of no use to us), else sent-by's port.
 * maddr is not followed: it would let anyone aim our responses at a third party.
 */
export function responseRoute(via: Via, flow: Flow): ResponseRoute {
  const secure = flow.transport === 'tls' || flow.transport === 'wss'
  const sentByPort = via.port ?? (secure ? 5061 : 5060)
  const sameAddress = sameHost(via.host, flow.remote.host)
  // A host name says nothing about NAT.
  const behindNat = !sameAddress && isAddress(via.host)
  if (flow.transport !== 'udp') {
    const hop: Hop = { transport: flow.transport, host: flow.remote.host, port: sentByPort, flow }
    return { hop, behindNat }
  }
  const symmetric = rportOf(via) !== undefined || behindNat
  const port = symmetric ? flow.remote.port : sentByPort
  return { hop: { transport: 'udp', host: flow.remote.host, port, flow: withPort(flow, port) }, behindNat }
}

function withPort(flow: Flow, port: number): Flow {
  return port === flow.remote.port ? flow : { ...flow, remote: { host: flow.remote.host, port } }
}

/** The request with its topmost Via completed. */
export function withReceived(request: SipRequest, via: Via, flow: Flow): SipRequest {
  const marked = markReceived(via, flow.remote.host, flow.remote.port)
  const headers = request.headers.slice()
  const at = headers.findIndex(h => h.name === 'Via')
  const value = printVia(marked)
  if (headers[at]!.value === value) return request
  headers[at] = { name: 'Via', value }
  return { kind: 'request', method: request.method, uri: request.uri, headers, body: request.body }
}
