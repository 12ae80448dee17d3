/** Drives one client transaction machine: one request on one hop. */

import { NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { serializeMessage } from '../../wire/sip/serialize-message.ts'
import type { Hop } from '../flow.ts'
import type { DelayTimers, TimerOwner } from '../transaction/delay-timers.ts'
import { type InviteClient, startInviteClient, stepInviteClient } from '../transaction/invite-client.ts'
import type { ClientInput, Effect, Step, TimerName } from '../transaction/machine.ts'
import { NamedTimers } from '../transaction/named-timers.ts'
import { type NonInviteClient, startNonInviteClient, stepNonInviteClient } from '../transaction/non-invite-client.ts'
import type { TransactionOptions } from '../transaction/timer-values.ts'
import { ackFor } from './client-messages.ts'
import type { EndpointOptions } from './contract.ts'

export interface ClientHome {
  readonly options: EndpointOptions
  readonly delays: DelayTimers
  readonly unreliable: TransactionOptions
  readonly reliable: TransactionOptions
  rememberClient(transaction: LiveClientTransaction): void
  forgetClient(transaction: LiveClientTransaction): void
}

export interface ClientEvents {
  response(response: SipResponse, transaction: LiveClientTransaction): void
  failed(what: 'timeout' | 'transport-error', transaction: LiveClientTransaction): void
  gone(transaction: LiveClientTransaction): void
}

export class LiveClientTransaction implements TimerOwner<TimerName> {
  /** As sent, Via included; only the method once a 2xx has come. */
  request: SipRequest
  readonly hop: Hop
  readonly key: string
  private readonly home: ClientHome
  private readonly events: ClientEvents
  private readonly o: TransactionOptions
  private readonly timers: NamedTimers<TimerName>
  private state: InviteClient | NonInviteClient
  /** The ACK to a non-2xx, once made. */
  private ack: Uint8Array | null = null
  private ended = false

  constructor(home: ClientHome, events: ClientEvents, request: SipRequest, bytes: Uint8Array, hop: Hop, branch: string, resumed = false) {
    this.home = home
    this.events = events
    this.request = request
    this.hop = hop
    this.key = clientKey(branch, request.method)
    this.o = hop.transport === 'udp' ? home.unreliable : home.reliable
    this.timers = new NamedTimers<TimerName>(home.delays, this)
    if (resumed) {
      this.state = { name: 'proceeding' }
      home.rememberClient(this)
      return
    }
    const first: Step<InviteClient | NonInviteClient> =
      request.method === 'INVITE' ? startInviteClient(bytes, this.o) : startNonInviteClient(bytes, this.o)
    this.state = first.state
    home.rememberClient(this)
    this.run(first.effects)
  }

  get name(): string {
    return this.state.name
  }

  receive(response: SipResponse): void {
    this.feed({ kind: 'response', response })
  }

  /** Ends it without a word: a CANCEL that found no answer within 64·T1 (RFC 3261 §9.1). */
  abandon(): void {
    this.end()
  }

  private feed(input: ClientInput): void {
    const s = this.state
    if (s.name === 'terminated') return
    const step: Step<InviteClient | NonInviteClient> =
      this.request.method === 'INVITE'
        ? stepInviteClient(s as InviteClient, input, this.o)
        : stepNonInviteClient(s as NonInviteClient, input, this.o)
    this.state = step.state
    if (step.state.name === 'accepted' && this.request.uri !== '')
      this.request = { kind: 'request', method: this.request.method, uri: '', headers: [], body: NO_BODY }
    this.run(step.effects)
    if (step.state.name === 'terminated') this.end()
  }

  private end(): void {
    if (this.ended) return
    this.ended = true
    this.state = { name: 'terminated' }
    this.timers.clear()
    this.home.forgetClient(this)
    this.events.gone(this)
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
          this.home.options.io.send(this.hop, e.bytes, this.failed)
          break
        case 'ack':
          this.ack ??= serializeMessage(ackFor(this.request, e.response))
          this.home.options.io.send(this.hop, this.ack)
          break
        case 'deliver':
          this.events.response(e.response, this)
          break
        case 'report':
          if (e.what !== 'ack-timeout') this.events.failed(e.what, this)
          break
        case 'start':
          this.timers.start(e.timer, e.ms)
          break
        case 'stop':
          this.timers.stop(e.timer)
          break
        default:
      }
    }
  }

  private readonly failed = (): void => this.feed({ kind: 'transport-error' })
}

/** Branch and method (RFC 3261 §17.1.3): CANCEL shares the branch of its INVITE. */
export function clientKey(branch: string, method: string): string {
  return method === 'CANCEL' ? `${branch}|CANCEL` : branch
}
