/**
 * What an endpoint needs from the edge (`EndpointIo`), tells its user (`EndpointUser`, `RequestHandler`) and offers
 * (`Endpoint`). An endpoint is one SIP element's message layer: transactions, matching, routing of responses, fail-over.
 */
import type { Clock, Random } from '../../kernel/clock.ts'
import type { TimerQueue } from '../../kernel/timer-queue.ts'
import type { HeaderField, SipRequest, SipResponse } from '../../wire/sip/message.ts'
import type { Flow, Hop, HostPort } from '../flow.ts'
import type { SipTimers } from '../transaction/timer-values.ts'

/** The way out, implemented by `net/` (real sockets) and by tests (a fake network). */
export interface EndpointIo {
  /**
   * Sends one message. `hop.flow` is used when still open, else host and port (a connection is opened or reused).
   * `failed` is called, later or at once, when the message certainly did not leave: refused, no route, connection lost
   * before it was written (RFC 3261 §18.4). The bytes belong to the endpoint, which may send them again: do not change them.
   */
  send(hop: Hop, bytes: Uint8Array, failed?: () => void): void
  /** What to write into Via for a request towards this hop (RFC 3261 §18.1.1). */
  sentBy(hop: Hop): HostPort
  /** The same place over a congestion-controlled transport, when it is known to listen there (RFC 3261 §18.1.1); else null. */
  congestionSafe?(hop: Hop): Hop | null
}

/** Verdict on a request before any state is made for it. */
export type GateVerdict = 'go' | 'drop' | { readonly status: number; readonly reason?: string; readonly headers?: readonly HeaderField[] }

/** One who may claim requests: legs, subscriptions … Asked in order of attachment, before `EndpointUser.request`. */
export interface RequestHandler {
  /** True: this handler has taken the transaction and will answer it. */
  request(transaction: ServerTransaction): boolean
  /** An ACK that belongs to no non-2xx response, so acknowledges a 2xx (RFC 3261 §13.3.1.4). True: taken. */
  ack?(request: SipRequest, flow: Flow): boolean
  /** A response without a client transaction: a 2xx sent again after Timer M or after our restart. True: taken. */
  stray?(response: SipResponse, flow: Flow): boolean
  /** Before a transaction is made for a new request: true swallows it (a retransmission from before our restart). */
  absorb?(request: SipRequest, flow: Flow): boolean
}

export interface EndpointUser {
  /**
   * The first look at bytes that no known transaction absorbed, before they are parsed: refusing here is the cheapest way.
   * Bytes given back are sent to where these came from.
   */
  early?(bytes: Uint8Array, flow: Flow): 'go' | 'drop' | Uint8Array
  /** Overload, bans, rate limits: consulted for every new request except ACK and CANCEL. Absent: everything may come in. */
  gate?(request: SipRequest, flow: Flow): GateVerdict
  /** Requests that no attached handler claimed: REGISTER, OPTIONS, SUBSCRIBE, MESSAGE, new INVITEs … */
  request(transaction: ServerTransaction): void
  /** Bytes that are no SIP message: for counting, and for banning scanners. */
  garbage?(code: string, flow: Flow): void
}

export interface EndpointOptions {
  readonly timers: TimerQueue
  readonly clock: Clock
  readonly random: Random
  readonly io: EndpointIo
  readonly user: EndpointUser
  readonly config?: Partial<EndpointConfig>
}

export interface EndpointConfig extends SipTimers {
  /** Methods we serve: Allow in 405 and OPTIONS. */
  readonly allow: readonly string[]
  /** Option tags we understand in Require: everything else is 420. */
  readonly supported: readonly string[]
  /** Server and User-Agent header. Empty: none. */
  readonly product: string
  /** 100 Trying goes out when an INVITE has no response after this long (RFC 3261 §17.2.1). 0: at once. */
  readonly tryingAfterMs: number
  /** A datagram above this is sent over a congestion-safe transport where there is one. Bytes. */
  readonly datagramLimit: number
}

export interface RespondOptions {
  readonly reason?: string
  /** Beyond Via, From, To, Call-ID, CSeq, Content-Length, Server, which the endpoint writes. */
  readonly headers?: readonly HeaderField[]
  readonly body?: Uint8Array
  /** Default: the tag that this transaction already used, else a random one. None is added to 100. */
  readonly toTag?: string
}

export interface ServerTransaction {
  /** After the final response only the method is left of it: take what you need before. */
  readonly request: SipRequest
  readonly flow: Flow
  /** Where responses go (RFC 3261 §18.2.2, RFC 3581): also a good first guess for requests to the peer. */
  readonly source: Hop
  /** True when the topmost Via named another address than the packets came from. */
  readonly behindNat: boolean
  /** The tag this transaction puts into To; chosen at first use. */
  readonly toTag: string
  /** A final response was given. */
  readonly answered: boolean
  /** Sends a response. After a final one further calls are ignored. Returns the bytes sent (a 2xx to INVITE is for its caller to repeat); none when ignored. */
  respond(status: number, options?: RespondOptions): Uint8Array
  /** Sends bytes again the way the responses went: 2xx to INVITE (RFC 3261 §13.3.1.4), reliable 1xx (RFC 3262 §3). */
  resend(bytes: Uint8Array): void
  /** INVITE: who hears of CANCEL and the missing ACK. Without an observer the endpoint answers 487 by itself. */
  observe(observer: ServerObserver): void
}

export interface ServerObserver {
  /** CANCEL came while no final response was given (already answered 200). Answer the INVITE with 487. */
  cancelled?(cancel: SipRequest): void
  /** The response could not be sent. */
  transportFailed?(): void
}

export interface ClientObserver {
  /**
   * Every response, provisional and final, 100 included; more than one 2xx for an INVITE. `hop` is where it came from
   * (with the flow filled in). `local` means that nobody sent it: 408 for time-out, 503 for transport failure on the last hop.
   */
  response(response: SipResponse, hop: Hop, local: boolean): void
  /** The request goes out once more as another transaction: over the next hop, or with credentials. Told in the same turn. */
  again?(): void
  /** Nothing more will come: the last transaction of this request is gone. */
  done?(): void
}

export interface RequestOptions {
  /** Called with a 401/407 and the request it answers: the headers to add for another try, or null to hand the response on. */
  readonly authenticate?: (challenge: SipResponse, request: SipRequest) => readonly HeaderField[] | null
  /** Gives the CSeq number of another try (default: one more). */
  readonly nextSeq?: () => number
  /** The request is about to be sent to this hop: the headers that depend on it (Contact, for example). */
  readonly headersFor?: (hop: Hop) => readonly HeaderField[]
}

export interface ClientRequest {
  /** The request as last sent, without Via. */
  readonly request: SipRequest
  readonly hop: Hop
  /** INVITE: CANCEL now, or as soon as a provisional response allows it (RFC 3261 §9.1). Ends in a final response at the latest after 64·T1. */
  cancel(headers?: readonly HeaderField[]): void
  /** As it is on the wire, Via included; null when nothing is under way. */
  sent(): SipRequest | null
}

export interface Endpoint {
  /** One datagram, or one message of a stream, with CRLF keep-alives and STUN already taken out. The endpoint keeps `bytes`. */
  receive(bytes: Uint8Array, flow: Flow): void
  attach(handler: RequestHandler): void
  /**
   * Sends a request over the first hop that works (RFC 3263 §4.3). `message` carries From (with tag), To, Call-ID, CSeq and whatever
   * else it wants, but no Via, Max-Forwards only if not 70, no Content-Length.
   */
  request(message: SipRequest, hops: readonly Hop[], observer: ClientObserver, options?: RequestOptions): ClientRequest
  /** Takes up an INVITE that a process before this one received and never finally answered; `invite` has its topmost Via completed. */
  revive(invite: SipRequest, flow: Flow, toTag: string): ServerTransaction | null
  /**
   * Takes up an INVITE that a process before this one sent: `invite` as it was on the wire. `again`: no response to it is known, perhaps
   * it never left, so it is sent as a retransmission would be.
   */
  resume(invite: SipRequest, hop: Hop, observer: ClientObserver, options?: RequestOptions, again?: boolean): ClientRequest
  /** A hop that somebody found silent: requests with another choice try it last for a while. */
  demote(hop: Hop): void
  /** Sends without a transaction: ACK to a 2xx. Adds Via. Returns the bytes for repeating. */
  sendAck(message: SipRequest, hop: Hop): Uint8Array
  /** Sends bytes made earlier again. */
  resend(bytes: Uint8Array, hop: Hop): void
  readonly config: EndpointConfig
  /** Transactions alive. */
  readonly size: number
}
