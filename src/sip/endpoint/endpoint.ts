/**
 * The message layer of one SIP element: bytes in, transactions matched and driven, requests handed to whoever claims them,
 * responses to whoever asked (RFC 3261 §17, §18, §8.2). Sans-IO: time, randomness and the way out are given.
 */

import { header, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { parseMessage, type SipFault } from '../../wire/sip/parse-message.ts'
import { serializeMessage } from '../../wire/sip/serialize-message.ts'
import { branchOf, parseVia, type Via } from '../../wire/sip/via.ts'
import { tagIn } from '../dialog/tags.ts'
import type { Flow, Hop } from '../flow.ts'
import { HopMemory } from '../locate/hop-memory.ts'
import { DelayTimers } from '../transaction/delay-timers.ts'
import type { TransactionOptions } from '../transaction/timer-values.ts'
import { Attempts, type AttemptsHome } from './attempts.ts'
import { Branches, hash } from './branch.ts'
import { addressed, viaFor } from './client-messages.ts'
import { clientKey, type LiveClientTransaction } from './client-transaction.ts'
import type {
  ClientObserver,
  ClientRequest,
  Endpoint,
  EndpointConfig,
  EndpointOptions,
  RequestHandler,
  RequestOptions,
  ServerTransaction,
} from './contract.ts'
import { DEFAULT_CONFIG } from './defaults.ts'
import { checkRequest, type Refusal } from './request-checks.ts'
import { responseRoute, withReceived } from './response-route.ts'
import { responseTo } from './responses.ts'
import { LiveServerTransaction, type ServerHome } from './server-transaction.ts'
import { SettledResponses } from './settled-responses.ts'
import { glanceKey, mergeKey, serverKey } from './transaction-key.ts'

export function createEndpoint(options: EndpointOptions): Endpoint {
  return new LiveEndpoint(options)
}

class LiveEndpoint implements Endpoint, ServerHome, AttemptsHome {
  readonly options: EndpointOptions
  readonly config: EndpointConfig
  readonly reliable: TransactionOptions
  readonly unreliable: TransactionOptions
  readonly branches: Branches
  readonly delays: DelayTimers
  readonly hopMemory = new HopMemory()
  private readonly settled: SettledResponses
  private readonly handlers: RequestHandler[] = []
  private readonly servers = new Map<string, LiveServerTransaction>()
  /** Server transactions over UDP by a glance at their raw bytes. */
  private readonly glances = new Map<string, LiveServerTransaction>()
  private readonly merges = new Map<string, LiveServerTransaction>()
  private readonly clients = new Map<string, LiveClientTransaction>()
  /** The flow of the response in hand. */
  private arrival: Flow | null = null

  constructor(options: EndpointOptions) {
    this.options = options
    this.config = { ...DEFAULT_CONFIG, ...options.config }
    const { t1, t2, t4 } = this.config
    this.reliable = { t1, t2, t4, reliable: true }
    this.unreliable = { t1, t2, t4, reliable: false }
    this.settled = new SettledResponses(64 * t1)
    this.branches = new Branches(options.random)
    this.delays = new DelayTimers(options.timers, options.clock)
  }

  get size(): number {
    return this.servers.size + this.clients.size
  }

  attach(handler: RequestHandler): void {
    this.handlers.push(handler)
  }

  // --- in

  receive(bytes: Uint8Array, flow: Flow): void {
    const glance = flow.transport === 'udp' ? glanceKey(bytes) : ''
    if (glance !== '') {
      const known = this.glances.get(glance)
      if (known && known.length === bytes.length && sameSource(known.flow, flow)) {
        known.retransmitted()
        return
      }
      const said = known ? null : this.settled.find(glance, flow, this.options.clock.nowMs())
      if (said !== null) {
        this.options.io.send(said.hop, said.response)
        return
      }
    }
    const early = this.options.user.early?.(bytes, flow) ?? 'go'
    if (early !== 'go') {
      if (early !== 'drop') this.options.io.send(hopOf(flow), early)
      return
    }
    const parsed = parseMessage(bytes)
    if (!parsed.ok) this.receiveFault(parsed.error, flow)
    else if (parsed.value.kind === 'response') this.receiveResponse(parsed.value, flow)
    else this.receiveRequest(parsed.value, flow, glance, bytes)
  }

  /** A request that can be answered gets its 4xx without state; everything else gets silence. */
  private receiveFault(fault: SipFault, flow: Flow): void {
    this.options.user.garbage?.(fault.code, flow)
    const partial = fault.partial
    if (fault.status === undefined || partial === null || partial.kind !== 'request' || partial.method === 'ACK') return
    const via = parseVia(header(partial, 'Via') ?? '')
    if (!via.ok) return
    this.refuseStateless(partial, via.value, flow, { status: fault.status })
  }

  private receiveResponse(response: SipResponse, flow: Flow): void {
    const via = parseVia(header(response, 'Via') ?? '')
    if (!via.ok) return
    const method = cseqMethod(response)
    const transaction = this.clients.get(clientKey(branchOf(via.value), method))
    if (transaction && transaction.request.method === method) {
      this.arrival = flow
      transaction.receive(response)
      this.arrival = null
      return
    }
    for (const handler of this.handlers) if (handler.stray?.(response, flow)) return
  }

  private receiveRequest(request: SipRequest, flow: Flow, glance: string, bytes: Uint8Array): void {
    const top = header(request, 'Via')
    const parsed = parseVia(top ?? '')
    if (!parsed.ok) return
    const via = parsed.value
    const key = serverKey(request, via, request.method)
    const known = this.servers.get(key)
    if (request.method === 'ACK') {
      this.receiveAck(request, flow, known)
      return
    }
    if (known) {
      known.retransmitted()
      return
    }
    for (const handler of this.handlers) if (handler.absorb?.(request, flow)) return
    const route = responseRoute(via, flow)
    if (request.method === 'CANCEL') {
      const invite = this.servers.get(serverKey(request, via, 'INVITE'))
      const cancel = this.open(request, via, flow, route, key, '', glance, bytes)
      // §9.2: the same To tag as the INVITE's responses.
      if (invite) cancel.respond(200, { toTag: invite.toTag })
      else cancel.respond(481)
      invite?.cancelled(request)
      return
    }
    const verdict = this.options.user.gate?.(request, flow) ?? 'go'
    if (verdict === 'drop') return
    if (verdict !== 'go') {
      this.refuseStateless(request, via, flow, verdict)
      return
    }
    const refusal = this.check(request, top!)
    if (refusal) {
      this.refuseStateless(request, via, flow, refusal)
      return
    }
    const merge = tagIn(header(request, 'To')) === '' ? mergeKey(request) : ''
    if (merge !== '' && this.isMerged(merge)) {
      this.refuseStateless(request, via, flow, { status: 482, reason: 'Merged Request' })
      return
    }
    this.offer(this.open(request, via, flow, route, key, merge, glance, bytes))
  }

  private check(request: SipRequest, top: string): Refusal | null {
    const refusal = checkRequest(request, this.config)
    if (refusal) return refusal
    return request.method === 'INVITE' && this.branches.isLoop(request, top) ? { status: 482 } : null
  }

  /** §8.2.2.2. A challenged request does not count: some phones try again under the same CSeq. */
  private isMerged(merge: string): boolean {
    const other = this.merges.get(merge)
    return other !== undefined && other.finalStatus !== 401 && other.finalStatus !== 407
  }

  private receiveAck(request: SipRequest, flow: Flow, known: LiveServerTransaction | undefined): void {
    if (known && !known.accepted) {
      known.acknowledged()
      return
    }
    for (const handler of this.handlers) if (handler.ack?.(request, flow)) return
  }

  private open(
    request: SipRequest,
    via: Via,
    flow: Flow,
    route: ReturnType<typeof responseRoute>,
    key: string,
    merge: string,
    glance: string,
    bytes: Uint8Array,
  ): LiveServerTransaction {
    const transaction = new LiveServerTransaction(this, withReceived(request, via, flow), flow, route, key, merge, glance, bytes.length)
    this.servers.set(key, transaction)
    if (glance !== '') this.glances.set(glance, transaction)
    if (merge !== '') this.merges.set(merge, transaction)
    return transaction
  }

  private offer(transaction: LiveServerTransaction): void {
    for (const handler of this.handlers) if (handler.request(transaction)) return
    this.options.user.request(transaction)
  }

  /** One response, no memory: the To tag is made from the request, so that a retransmission gets the same (RFC 3261 §8.2.7). */
  private refuseStateless(request: SipRequest, via: Via, flow: Flow, refusal: Refusal): void {
    const response = responseTo(
      withReceived(request, via, flow),
      refusal.status,
      hash(`${header(request, 'Call-ID')}${branchOf(via)}`),
      '',
      refusal,
    )
    this.options.io.send(responseRoute(via, flow).hop, serializeMessage(response))
  }

  // --- out

  request(message: SipRequest, hops: readonly Hop[], observer: ClientObserver, options: RequestOptions = {}): ClientRequest {
    const attempts = new Attempts(this, message, hops, observer, options)
    attempts.start()
    return attempts
  }

  demote(hop: Hop): void {
    this.hopMemory.failed(hop, this.options.clock.nowMs())
  }

  revive(invite: SipRequest, flow: Flow, toTag: string): ServerTransaction | null {
    const via = parseVia(header(invite, 'Via') ?? '')
    if (!via.ok) return null
    const key = serverKey(invite, via.value, 'INVITE')
    const transaction = new LiveServerTransaction(this, invite, flow, responseRoute(via.value, flow), key, mergeKey(invite), '', 0, toTag)
    this.servers.set(key, transaction)
    this.merges.set(transaction.merge, transaction)
    return transaction
  }

  resume(invite: SipRequest, hop: Hop, observer: ClientObserver, options: RequestOptions = {}, again = false): ClientRequest {
    const via = parseVia(header(invite, 'Via') ?? '')
    const bare: SipRequest = { ...invite, headers: invite.headers.filter(h => h.name !== 'Via' && h.name !== 'Max-Forwards') }
    const attempts = new Attempts(this, bare, [hop], observer, options)
    if (via.ok) attempts.resume(invite, hop, branchOf(via.value), again)
    return attempts
  }

  sendAck(message: SipRequest, hop: Hop): Uint8Array {
    const via = viaFor(hop, this.options.io.sentBy(hop), this.branches.make(message))
    const bytes = serializeMessage(addressed(message, via, undefined, ''))
    this.options.io.send(hop, bytes)
    return bytes
  }

  resend(bytes: Uint8Array, hop: Hop): void {
    this.options.io.send(hop, bytes)
  }

  // --- for the transactions that live here

  arrivedBy(hop: Hop): Hop {
    const flow = this.arrival
    if (flow === null || flow.transport !== hop.transport) return hop
    if (flow.transport === 'udp') return hop.flow ? hop : { ...hop, flow: { ...flow, remote: { host: hop.host, port: hop.port } } }
    return hop.flow?.connection === flow.connection ? hop : { ...hop, flow }
  }

  forgetServer(t: LiveServerTransaction): void {
    if (this.servers.get(t.key) === t) this.servers.delete(t.key)
    if (t.glance !== '' && this.glances.get(t.glance) === t) this.glances.delete(t.glance)
    if (t.merge !== '' && this.merges.get(t.merge) === t) this.merges.delete(t.merge)
  }

  settle(t: LiveServerTransaction, response: Uint8Array): boolean {
    return t.glance !== '' && this.settled.keep(t.glance, t.flow, t.source, response, this.options.clock.nowMs())
  }

  rememberClient(t: LiveClientTransaction): void {
    this.clients.set(t.key, t)
  }

  forgetClient(t: LiveClientTransaction): void {
    if (this.clients.get(t.key) === t) this.clients.delete(t.key)
  }
}

function sameSource(a: Flow, b: Flow): boolean {
  return a.remote.port === b.remote.port && a.remote.host === b.remote.host
}

function hopOf(flow: Flow): Hop {
  return { transport: flow.transport, host: flow.remote.host, port: flow.remote.port, flow }
}

function cseqMethod(response: SipResponse): string {
  const value = header(response, 'CSeq') ?? ''
  return value.slice(value.lastIndexOf(' ') + 1)
}
