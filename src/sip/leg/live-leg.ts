/** Drives one leg machine: runs its effects on the endpoint, keeps what must be sent again, brings timers and answers back as inputs. */
import type { SipRequest } from '../../wire/sip/message.ts'
import type { Dialog } from '../dialog/dialog.ts'
import type { ClientObserver, ClientRequest, RequestOptions, ServerTransaction } from '../endpoint/contract.ts'
import type { Hop } from '../flow.ts'
import type { LegId, LegNotice } from '../leg.ts'
import type { DelayTimers, TimerOwner } from '../transaction/delay-timers.ts'
import { NamedTimers } from '../transaction/named-timers.ts'
import type { LegsOptions } from './contract.ts'
import { nextSeq, step } from './machine.ts'
import { inviteHead, ringingSnapshot, snapshotOf, transactionHead } from './snapshot.ts'
import type { LegEffect, LegInput, LegOptions, LegState, LegTimer, Purpose } from './state.ts'

export interface LegHome {
  readonly delays: DelayTimers
  readonly snapshotRinging: boolean
  readonly options: LegsOptions
  readonly machine: LegOptions
  /** The leg has got its local tag. */
  filed(leg: LiveLeg, localTag: string): void
  /** Over, and no late message is expected any more. */
  gone(leg: LiveLeg): void
  /** Over, and everything that it asked of its peer (BYE) has been answered or given up. */
  heardOut(leg: LiveLeg): void
  /** From live to lingering. */
  finished(leg: LiveLeg): void
}

interface Sent {
  readonly bytes: Uint8Array
  readonly hop: Hop
}

const decoder = new TextDecoder('utf-8')

export class LiveLeg implements TimerOwner<LegTimer> {
  readonly id: LegId
  state: LegState
  localTag = ''
  /** Index entry for retransmitted INVITEs from before a restart. */
  originalKey = ''
  private readonly home: LegHome
  private readonly inputs: LegInput[] = []
  private running = false
  private removed = false
  private finished = false
  private readonly timers: NamedTimers<LegTimer>
  private readonly transactions = new Map<number, ServerTransaction>()
  private nextTransaction = 1
  private invite: ClientRequest | null = null
  /** Client requests that may still hear something. */
  private open = 0
  /** Requests but INVITE without a final response. */
  private asking = 0
  private heardOut = false
  /** The INVITE as last told in a snapshot. */
  private told: SipRequest | null = null
  private acks: Map<string, Sent> | null = null
  private kept1xx: Uint8Array | null = null
  private kept2xx: Uint8Array | null = null
  private replyTo: Hop | null = null

  constructor(home: LegHome, id: LegId, state: LegState) {
    this.home = home
    this.id = id
    this.state = state
    this.timers = new NamedTimers<LegTimer>(home.delays, this)
  }

  /** Takes a request of the peer's under a number that the machine can speak of. */
  take(transaction: ServerTransaction, revived = false): number {
    const n = this.nextTransaction++
    this.transactions.set(n, transaction)
    if (transaction.request.method === 'INVITE') {
      this.replyTo = transaction.source
      transaction.observe({
        cancelled: cancel => this.feed({ kind: 'cancelled', tx: n, cancel }),
        ...(revived ? { transportFailed: () => this.feed({ kind: 'unreachable', tx: n }) } : {}),
      })
    }
    return n
  }

  keepPending(bytes: Uint8Array, hop: Hop): void {
    this.kept2xx = bytes
    this.replyTo = hop
  }

  /** The INVITE of a call restored after a restart came again: its 2xx, if still unacknowledged, goes out again. */
  repeatSuccess(): void {
    this.resend(this.kept2xx)
  }

  feed(input: LegInput): void {
    this.inputs.push(input)
    if (this.running) return
    this.running = true
    try {
      for (let next = this.inputs.shift(); next; next = this.inputs.shift()) {
        const done = step(this.state, next, this.home.machine)
        this.state = done.state
        if (this.localTag === '') this.file()
        for (const effect of done.effects) this.run(effect)
        if (this.home.snapshotRinging) this.tellRinging(next)
      }
    } finally {
      this.running = false
    }
    this.tidy()
  }

  /** What another process needs to let the call ring on: as soon as an INVITE is in, and before ours leaves. */
  private tellRinging(input: LegInput): void {
    const { phase, dialog } = this.state
    if (input.kind === 'incoming' && phase === 'incoming' && dialog) {
      const head = transactionHead(input.request)
      this.tell({
        is: 'snapshot',
        snapshot: { ...snapshotOf(this.state)!, ringing: { invite: head, offers: this.state.peerOffered, flow: input.flow } },
      })
    }
    if (phase === 'calling') this.tellCalling()
  }

  /** Each try, over another hop or with credentials, is a transaction of its own. */
  private tellCalling(): void {
    if (!this.invite) return
    const sent = this.invite.sent()
    if (!sent || sent === this.told) return
    this.told = sent
    const { hop } = this.invite
    this.tell({ is: 'snapshot', snapshot: ringingSnapshot(this.state, inviteHead(sent), hop, this.home.options.contactFor(hop)) })
  }

  /** Hears the rest of an INVITE that another process sent, or may have sent: then it goes out `again`. */
  resume(sent: SipRequest, hop: Hop, again: boolean): void {
    this.told = sent
    this.open++
    this.invite = this.home.options.endpoint.resume(
      sent,
      hop,
      this.observer({ for: 'invite', attempt: 1 }),
      this.requestOptions({ for: 'invite', attempt: 1 }, null),
      again,
    )
    this.told = this.invite.sent()
  }

  private file(): void {
    const tag = this.state.dialog?.localTag ?? this.state.invite?.localTag ?? ''
    if (tag === '') return
    this.localTag = tag
    this.home.filed(this, tag)
  }

  private tidy(): void {
    if (this.state.phase !== 'over') return
    if (!this.finished) {
      this.finished = true
      // What lingers for half a minute after each call is what the garbage collector has to walk through.
      this.told = null
      this.invite = null
      this.home.finished(this)
    }
    if (this.asking === 0 && !this.heardOut) {
      this.heardOut = true
      this.home.heardOut(this)
    }
    if (this.open > 0 || this.removed) return
    this.removed = true
    this.acks = null
    this.home.gone(this)
  }

  private run(effect: LegEffect): void {
    const { options } = this.home
    switch (effect.do) {
      case 'request':
        this.request(effect)
        return
      case 'cancel':
        this.invite?.cancel(effect.headers)
        return
      case 'ack':
        this.acks ??= new Map()
        this.acks.set(effect.key, { bytes: options.endpoint.sendAck(effect.request, effect.hop), hop: effect.hop })
        return
      case 'ack-again': {
        const ack = this.acks?.get(effect.key)
        if (ack) options.endpoint.resend(ack.bytes, ack.hop)
        return
      }
      case 'respond':
        this.respond(effect)
        return
      case 'resend':
        this.resend(effect.what === '1xx' ? this.kept1xx : this.kept2xx)
        return
      case 'drop':
        if (effect.what === '1xx') this.kept1xx = null
        else this.kept2xx = null
        return
      case 'notice':
        this.tell(effect.notice)
        return
      case 'start':
        this.timers.start(effect.timer, effect.ms)
        return
      case 'stop':
        this.timers.stop(effect.timer)
        return
    }
  }

  private tell(notice: LegNotice): void {
    this.home.options.notify(this.id, notice)
  }

  private resend(bytes: Uint8Array | null): void {
    if (bytes && this.replyTo) this.home.options.endpoint.resend(bytes, this.replyTo)
  }

  private respond(effect: LegEffect & { readonly do: 'respond' }): void {
    const transaction = this.transactions.get(effect.tx)
    if (!transaction) return
    if (effect.status >= 200) this.transactions.delete(effect.tx)
    const bytes = transaction.respond(effect.status, effect.options)
    if (effect.keep === '1xx') this.kept1xx = bytes
    if (effect.keep !== '2xx') return
    this.kept2xx = bytes
    const snapshot = this.state.phase === 'accepted' ? snapshotOf(this.state) : null
    if (snapshot) this.tell({ is: 'snapshot', snapshot: { ...snapshot, pending2xx: decoder.decode(bytes) } })
  }

  private request(effect: LegEffect & { readonly do: 'request' }): void {
    const { purpose, dialog } = effect
    this.open++
    if (purpose.for !== 'invite') this.asking++
    const observer = this.observer(purpose)
    const handle = this.home.options.endpoint.request(effect.request, effect.hops, observer, this.requestOptions(purpose, dialog))
    if (purpose.for === 'invite') this.invite = handle
  }

  private observer(purpose: Purpose): ClientObserver {
    const { options } = this.home
    const introduce = purpose.for === 'invite'
    return {
      response: (response, hop, local) => {
        if (!introduce && response.status >= 200) this.asking--
        this.feed({ kind: 'response', purpose, response, hop, local, contact: introduce ? options.contactFor(hop) : '' })
      },
      ...(introduce && this.home.snapshotRinging ? { again: () => this.tellCalling() } : {}),
      done: () => {
        this.open--
        if (!this.running) this.tidy()
      },
    }
  }

  private requestOptions(purpose: Purpose, dialog: Dialog | null): RequestOptions {
    const { options } = this.home
    const { credentials } = this.state
    return {
      ...(purpose.for === 'invite' ? { headersFor: (hop: Hop) => [{ name: 'Contact', value: `<${options.contactFor(hop)}>` }] } : {}),
      ...(credentials && options.authenticate
        ? { authenticate: (challenge, request) => options.authenticate!(challenge, request, credentials) }
        : {}),
      nextSeq: () => {
        const bumped = nextSeq(this.state, dialog)
        this.state = bumped.state
        return bumped.seq
      },
    }
  }

  due(timer: LegTimer): void {
    this.timers.fired(timer)
    this.feed({ kind: 'timer', timer })
  }
}
