/**
 * One request of a user, however often it must be sent: over the next hop after 503, time-out or transport failure
 * (RFC 3263 §4.3), over a congestion-safe transport when it is large and back (RFC 3261 §18.1.1), and again with credentials
 * after 401/407 (§22). Each try is a transaction of its own with a branch of its own.
 */
import type { Timer } from '../../kernel/timer-queue.ts'
import { type HeaderField, header, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { serializeMessage } from '../../wire/sip/serialize-message.ts'
import type { Hop } from '../flow.ts'
import type { HopMemory } from '../locate/hop-memory.ts'
import type { Branches } from './branch.ts'
import { addressed, cancelFor, viaFor } from './client-messages.ts'
import { type ClientEvents, type ClientHome, LiveClientTransaction } from './client-transaction.ts'
import type { ClientObserver, ClientRequest, EndpointConfig, RequestOptions } from './contract.ts'
import { localResponse } from './responses.ts'

/** A challenge is answered at most this often: a stale nonce and one more. */
const MAX_CHALLENGES = 3

export interface AttemptsHome extends ClientHome {
  readonly branches: Branches
  readonly config: EndpointConfig
  /** The connection a response came by, for the hop that is told to the user. */
  arrivedBy(hop: Hop): Hop
  /** Which hops failed lately: they are tried last, by whatever request comes next. */
  readonly hopMemory: HopMemory
}

export class Attempts implements ClientRequest, ClientEvents {
  request: SipRequest
  private readonly home: AttemptsHome
  private readonly hops: readonly Hop[]
  private readonly observer: ClientObserver
  private options: RequestOptions
  private index = 0
  private challenges = 0
  private current: LiveClientTransaction | null = null
  private live = 0
  private provisional = false
  private finished = false
  /** A large request was moved from UDP to a stream: on failure it goes back (RFC 3261 §18.1.1). */
  private moved = false
  private cancelling: { readonly headers: readonly HeaderField[] | undefined; sent: boolean } | null = null
  private giveUp: Timer | null = null

  constructor(home: AttemptsHome, message: SipRequest, hops: readonly Hop[], observer: ClientObserver, options: RequestOptions) {
    this.home = home
    this.request = message
    this.hops = hops.length > 1 ? home.hopMemory.order(hops, home.options.clock.nowMs()) : hops
    this.observer = observer
    this.options = options
  }

  get hop(): Hop {
    return this.current?.hop ?? this.hops[this.index] ?? NOWHERE
  }

  start(): void {
    const hop = this.hops[this.index]
    if (hop === undefined) {
      this.finish(localResponse(this.request, 503), true)
      this.observer.done?.()
      return
    }
    this.attempt(hop, true)
  }

  /** The INVITE is on its way already, sent by another process. */
  resume(sent: SipRequest, hop: Hop, branch: string, again: boolean): void {
    if (again) {
      this.launch(sent, serializeMessage(sent), hop, branch)
      return
    }
    this.live++
    this.provisional = true
    this.current = new LiveClientTransaction(this.home, this, sent, NO_BODY, hop, branch, true)
  }

  sent(): SipRequest | null {
    return this.current?.request ?? null
  }

  private attempt(hop: Hop, mayMove: boolean): void {
    const { home } = this
    const branch = home.branches.make(this.request)
    const sent = this.printed(hop, branch)
    if (mayMove && hop.transport === 'udp' && sent.bytes.length > home.config.datagramLimit) {
      const safe = home.options.io.congestionSafe?.(hop)
      if (safe) {
        this.moved = true
        const large = this.printed(safe, branch)
        this.launch(large.request, large.bytes, safe, branch)
        return
      }
    }
    this.moved = false
    this.launch(sent.request, sent.bytes, hop, branch)
  }

  private printed(hop: Hop, branch: string): { request: SipRequest; bytes: Uint8Array } {
    const { options, config } = this.home
    const request = addressed(this.request, viaFor(hop, options.io.sentBy(hop), branch), this.options.headersFor?.(hop), config.product)
    return { request, bytes: serializeMessage(request) }
  }

  private launch(request: SipRequest, bytes: Uint8Array, hop: Hop, branch: string): void {
    this.live++
    this.provisional = false
    const transaction = new LiveClientTransaction(this.home, this, request, bytes, hop, branch)
    // It may have failed at once, and the next attempt be under way already.
    if (transaction.name !== 'terminated') this.current = transaction
  }

  cancel(headers?: readonly HeaderField[]): void {
    if (this.finished || this.cancelling || this.request.method !== 'INVITE') return
    this.cancelling = { headers, sent: false }
    if (this.provisional) this.sendCancel()
  }

  private sendCancel(): void {
    const { home, current, cancelling } = this
    if (!current || !cancelling || cancelling.sent) return
    cancelling.sent = true
    const cancel = cancelFor(current.request, cancelling.headers)
    const branch = current.key
    this.giveUp = home.options.timers.set(home.options.clock.nowMs() + 64 * home.config.t1, () => {
      this.giveUp = null
      // RFC 3261 §9.1: no final response within 64·T1 after CANCEL: the INVITE is considered cancelled.
      if (this.finished) return
      this.finish(localResponse(this.request, 487), true)
      current.abandon()
    })
    new LiveClientTransaction(home, SILENT, cancel, serializeMessage(cancel), current.hop, branch)
  }

  response(response: SipResponse, transaction: LiveClientTransaction): void {
    const { status } = response
    if (status !== 503) this.home.hopMemory.answered(transaction.hop)
    if (status < 200) {
      this.provisional = true
      this.current = transaction
      if (!this.finished) this.observer.response(response, this.home.arrivedBy(transaction.hop), false)
      if (this.cancelling) this.sendCancel()
      return
    }
    if (status < 300 || this.finished) {
      if (status >= 300) return
      this.finish(response, false, transaction.hop)
      return
    }
    if (!this.cancelling) {
      if ((status === 401 || status === 407) && this.tryCredentials(response, transaction.hop)) return
      if (status === 503 && this.tryNextHop()) return
    }
    this.finish(response, false, transaction.hop)
  }

  failed(what: 'timeout' | 'transport-error', transaction: LiveClientTransaction): void {
    if (this.finished) return
    if (!this.cancelling) {
      if (this.moved && what === 'transport-error') {
        const hop = this.hops[this.index]!
        this.attempt(hop, false)
        return
      }
      if (this.tryNextHop()) return
    }
    const status = this.cancelling ? 487 : what === 'timeout' ? 408 : 503
    this.finish(localResponse(this.request, status), true, transaction.hop)
  }

  gone(): void {
    this.live--
    if (this.live > 0) return
    this.home.options.timers.cancel(this.giveUp)
    this.giveUp = null
    this.current = null
    this.observer.done?.()
  }

  private finish(response: SipResponse, local: boolean, hop: Hop = this.hop): void {
    this.finished = true
    const asked = this.request
    // Kept for half a minute after a 2xx, for the ones of other forks: without what it asked.
    this.request = { kind: 'request', method: asked.method, uri: '', headers: [], body: NO_BODY }
    this.options = NO_OPTIONS
    this.home.options.timers.cancel(this.giveUp)
    this.giveUp = null
    this.observer.response(response, local ? hop : this.home.arrivedBy(hop), local)
  }

  private tryNextHop(): boolean {
    if (this.index + 1 >= this.hops.length) return false
    this.home.hopMemory.failed(this.hops[this.index]!, this.home.options.clock.nowMs())
    this.index++
    this.attempt(this.hops[this.index]!, true)
    this.observer.again?.()
    return true
  }

  private tryCredentials(challenge: SipResponse, hop: Hop): boolean {
    if (!this.options.authenticate || this.challenges >= MAX_CHALLENGES) return false
    const added = this.options.authenticate(challenge, this.request)
    if (!added || added.length === 0) return false
    this.challenges++
    this.request = withCredentials(this.request, added, this.options.nextSeq?.())
    this.attempt(hop, true)
    this.observer.again?.()
    return true
  }
}

const NO_OPTIONS: RequestOptions = {}

/** Told when there was no hop to begin with. */
const NOWHERE: Hop = { transport: 'udp', host: '', port: 0 }

const SILENT: ClientEvents = { response() {}, failed() {}, gone() {} }

/** The request with another CSeq and these credentials in place of older ones of the same header. */
function withCredentials(request: SipRequest, added: readonly HeaderField[], seq: number | undefined): SipRequest {
  const cseq = Number.parseInt(header(request, 'CSeq') ?? '0', 10)
  const headers: HeaderField[] = []
  for (const h of request.headers) {
    if (h.name === 'CSeq') headers.push({ name: 'CSeq', value: `${seq ?? cseq + 1} ${request.method}` })
    else if (!((h.name === 'Authorization' || h.name === 'Proxy-Authorization') && added.some(a => a.name === h.name))) headers.push(h)
  }
  headers.push(...added)
  return { kind: 'request', method: request.method, uri: request.uri, headers, body: request.body }
}
