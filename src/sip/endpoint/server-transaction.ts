/** Drives one server transaction machine and is the handle its user holds. */

import { NO_BODY, type SipRequest } from '../../wire/sip/message.ts'
import { serializeMessage } from '../../wire/sip/serialize-message.ts'
import type { Flow, Hop } from '../flow.ts'
import type { DelayTimers, TimerOwner } from '../transaction/delay-timers.ts'
import { type InviteServer, startInviteServer, stepInviteServer } from '../transaction/invite-server.ts'
import { type Effect, type ServerInput, type Step, TERMINATED, type TimerName } from '../transaction/machine.ts'
import { NamedTimers } from '../transaction/named-timers.ts'
import { type NonInviteServer, startNonInviteServer, stepNonInviteServer } from '../transaction/non-invite-server.ts'
import type { TransactionOptions } from '../transaction/timer-values.ts'
import type { EndpointConfig, EndpointOptions, RespondOptions, ServerObserver, ServerTransaction } from './contract.ts'
import type { ResponseRoute } from './response-route.ts'
import { responseTo } from './responses.ts'

/** What a transaction needs of the endpoint it lives in. */
export interface ServerHome {
  readonly options: EndpointOptions
  readonly config: EndpointConfig
  readonly delays: DelayTimers
  readonly unreliable: TransactionOptions
  readonly reliable: TransactionOptions
  /** Takes over what is left of it: repeating its final response. False: it has to do that itself. */
  settle(transaction: LiveServerTransaction, response: Uint8Array): boolean
  forgetServer(transaction: LiveServerTransaction): void
}

/** An INVITE of a former process: what was sent last is not known any more. */
const REVIVED: InviteServer = { name: 'proceeding', last: null }

export class LiveServerTransaction implements ServerTransaction, TimerOwner<TimerName> {
  request: SipRequest
  readonly flow: Flow
  readonly source: Hop
  readonly behindNat: boolean
  /** Where the endpoint filed it. */
  readonly key: string
  readonly merge: string
  readonly glance: string
  /** Bytes of the request: a retransmission has as many. */
  readonly length: number
  answered = false
  /** Status of the final response, 0 before. */
  finalStatus = 0
  private readonly home: ServerHome
  private readonly o: TransactionOptions
  private state: InviteServer | NonInviteServer
  private readonly timers: NamedTimers<TimerName>
  private observer: ServerObserver | null = null
  private tag = ''
  private ended = false

  constructor(
    home: ServerHome,
    request: SipRequest,
    flow: Flow,
    route: ResponseRoute,
    key: string,
    merge: string,
    glance: string,
    length: number,
    revivedTag = '',
  ) {
    this.home = home
    this.request = request
    this.flow = flow
    this.source = route.hop
    this.behindNat = route.behindNat
    this.key = key
    this.merge = merge
    this.glance = glance
    this.length = length
    this.tag = revivedTag
    this.o = flow.transport === 'udp' ? home.unreliable : home.reliable
    this.timers = new NamedTimers<TimerName>(home.delays, this)
    if (revivedTag !== '') {
      this.state = REVIVED
      return
    }
    const first: Step<InviteServer | NonInviteServer> =
      request.method === 'INVITE' ? startInviteServer(home.config.tryingAfterMs) : startNonInviteServer(this.o)
    this.state = first.state
    this.run(first.effects)
  }

  get toTag(): string {
    if (this.tag === '') this.tag = this.home.options.random.hex(6)
    return this.tag
  }

  get accepted(): boolean {
    return this.state.name === 'accepted'
  }

  observe(observer: ServerObserver): void {
    this.observer = observer
  }

  respond(status: number, options?: RespondOptions): Uint8Array {
    if (this.answered) return NO_BODY
    if (options?.toTag !== undefined && this.tag === '') this.tag = options.toTag
    const response = responseTo(this.request, status, status > 100 ? this.toTag : '', this.home.config.product, options)
    const bytes = serializeMessage(response)
    if (status >= 200) {
      this.answered = true
      this.finalStatus = status
    }
    this.feed({ kind: 'respond', status, bytes })
    // The transaction lives on for half a minute to absorb retransmissions; what it was about is not needed for that.
    if (this.answered) {
      this.release()
      if (this.state.name === 'completed' && this.request.method !== 'INVITE' && this.home.settle(this, bytes)) this.end()
    }
    return bytes
  }

  private release(): void {
    this.request = { kind: 'request', method: this.request.method, uri: '', headers: [], body: NO_BODY }
    this.observer = null
  }

  resend(bytes: Uint8Array): void {
    this.home.options.io.send(this.source, bytes)
  }

  retransmitted(): void {
    this.feed({ kind: 'request' })
  }

  acknowledged(): void {
    this.feed({ kind: 'ack' })
  }

  cancelled(cancel: SipRequest): void {
    if (this.answered) return
    if (this.observer?.cancelled) this.observer.cancelled(cancel)
    else this.respond(487)
  }

  private feed(input: ServerInput): void {
    const s = this.state
    if (s.name === 'terminated') return
    const step: Step<InviteServer | NonInviteServer> =
      this.request.method === 'INVITE'
        ? stepInviteServer(s as InviteServer, input, this.o)
        : stepNonInviteServer(s as NonInviteServer, input, this.o)
    this.state = step.state
    this.run(step.effects)
    if (step.state.name === 'terminated') this.end()
  }

  private end(): void {
    if (this.ended) return
    this.ended = true
    this.state = TERMINATED
    this.timers.clear()
    this.home.forgetServer(this)
  }

  due(timer: TimerName): void {
    this.timers.fired(timer)
    this.feed({ kind: 'timer', timer })
  }

  private run(effects: readonly Effect[]): void {
    for (const e of effects) {
      // A send that fails at once may have ended it within this very loop.
      if (this.ended) return
      switch (e.do) {
        case 'send':
          this.home.options.io.send(this.source, e.bytes, this.failed)
          break
        case 'send-trying':
          this.respond(100)
          break
        case 'start':
          this.timers.start(e.timer, e.ms)
          break
        case 'stop':
          this.timers.stop(e.timer)
          break
        case 'report':
          if (e.what === 'transport-error') this.observer?.transportFailed?.()
          break
        default:
      }
    }
  }

  private readonly failed = (): void => this.feed({ kind: 'transport-error' })
}
