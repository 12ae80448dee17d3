/** A peer without a mind of its own: says exactly what a test makes it say, right or wrong. */

import type { EndpointIo } from '../../../src/sip/endpoint/contract.ts'
import { responseTo } from '../../../src/sip/endpoint/responses.ts'
import type { Hop } from '../../../src/sip/flow.ts'
import { type HeaderField, header, NO_BODY, type SipMessage, type SipRequest, type SipResponse } from '../../../src/wire/sip/message.ts'
import { parseMessage } from '../../../src/wire/sip/parse-message.ts'
import { serializeMessage } from '../../../src/wire/sip/serialize-message.ts'
import type { FakeNetwork } from './fake-network.ts'

export interface Say {
  readonly tag?: string
  readonly sdp?: string
  readonly headers?: readonly HeaderField[]
  readonly contact?: string
}

export class Puppet {
  readonly host: string
  readonly heard: SipMessage[] = []
  /** Called for everything heard. */
  onMessage: (m: SipMessage) => void = () => {}
  private readonly io: EndpointIo
  private readonly peer: string
  private branches = 0

  constructor(network: FakeNetwork, host: string, peer: string) {
    this.host = host
    this.peer = peer
    this.io = network.join(host, bytes => {
      const parsed = parseMessage(bytes)
      if (!parsed.ok) throw new Error(parsed.error.message)
      this.heard.push(parsed.value)
      this.onMessage(parsed.value)
    })
  }

  private get hop(): Hop {
    return { transport: 'udp', host: this.peer, port: 5060 }
  }

  requests(method: string): SipRequest[] {
    return this.heard.filter((m): m is SipRequest => m.kind === 'request' && m.method === method)
  }

  responses(method: string): SipResponse[] {
    return this.heard.filter((m): m is SipResponse => m.kind === 'response' && (header(m, 'CSeq') ?? '').endsWith(method))
  }

  say(message: SipMessage): void {
    this.io.send(this.hop, serializeMessage(message))
  }

  raw(text: string): void {
    this.io.send(this.hop, new TextEncoder().encode(text))
  }

  reply(request: SipRequest, status: number, say: Say = {}): void {
    const headers: HeaderField[] = [{ name: 'Contact', value: `<${say.contact ?? `sip:puppet@${this.host}`}>` }, ...(say.headers ?? [])]
    if (say.sdp !== undefined) headers.push({ name: 'Content-Type', value: 'application/sdp' })
    const body = say.sdp === undefined ? NO_BODY : new TextEncoder().encode(say.sdp)
    this.say(responseTo(request, status, say.tag ?? 'puppet', '', { headers, body }))
  }

  /** A request with these headers under a fresh branch (or a given one). */
  request(
    method: string,
    uri: string,
    headers: readonly [string, string][],
    body = '',
    branch = `z9hG4bKpuppet${++this.branches}`,
  ): SipRequest {
    const fields: HeaderField[] = [{ name: 'Via', value: `SIP/2.0/UDP ${this.host}:5060;branch=${branch};rport` }]
    for (const [name, value] of headers) fields.push({ name, value })
    const message: SipRequest = { kind: 'request', method, uri, headers: fields, body: new TextEncoder().encode(body) }
    this.say(message)
    return message
  }

  invite(more: readonly [string, string][] = [], sdp?: string, callId = 'puppet-call', seq = 1): SipRequest {
    const headers: [string, string][] = [
      ['Max-Forwards', '70'],
      ['From', `<sip:puppet@${this.host}>;tag=puppet`],
      ['To', `<sip:bob@${this.peer}>`],
      ['Call-ID', callId],
      ['CSeq', `${seq} INVITE`],
      ['Contact', `<sip:puppet@${this.host}>`],
      ...more,
    ]
    if (sdp !== undefined) headers.push(['Content-Type', 'application/sdp'])
    return this.request('INVITE', `sip:bob@${this.peer}`, headers, sdp)
  }

  /** A request in the dialog that `response` (ours to its INVITE) opened. */
  inDialog(method: string, response: SipResponse, seq: number, more: readonly [string, string][] = [], body = ''): SipRequest {
    return this.request(
      method,
      `sip:bob@${this.peer}`,
      [
        ['Max-Forwards', '70'],
        ['From', header(response, 'From')!],
        ['To', header(response, 'To')!],
        ['Call-ID', header(response, 'Call-ID')!],
        ['CSeq', `${seq} ${method}`],
        ['Contact', `<sip:puppet@${this.host}>`],
        ...more,
      ],
      body,
    )
  }
}
