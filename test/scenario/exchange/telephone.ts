/**
 * A telephone (or a provider's end of a trunk) on the fake network: registers, rings, answers or not, calls, holds, transfers.
 * A little over 400 lines: all that one telephone can do.
 */
import type { Random } from '../../../src/kernel/clock.ts'
import type { TimerQueue } from '../../../src/kernel/timer-queue.ts'
import type { LegMedia } from '../../../src/media/leg-media.ts'
import type { LocalMedia, LocalOffer, MediaProfile } from '../../../src/media/media-profile.ts'
import { acceptAnswer, makeAnswer, makeOffer } from '../../../src/media/offer-answer.ts'
import { readOffer } from '../../../src/media/remote-offer.ts'
import { answerChallenge } from '../../../src/sip/digest/digest-client.ts'
import type { DigestServer } from '../../../src/sip/digest/digest-server.ts'
import type { Endpoint, ServerTransaction } from '../../../src/sip/endpoint/contract.ts'
import { createEndpoint } from '../../../src/sip/endpoint/endpoint.ts'
import type { Hop } from '../../../src/sip/flow.ts'
import type { LegConfig, Legs } from '../../../src/sip/leg/contract.ts'
import { createLegs } from '../../../src/sip/leg/legs.ts'
import type { InviteFacts, LegCommand, LegNotice } from '../../../src/sip/leg.ts'
import { type HeaderField, header, NO_BODY, type SipRequest, type SipResponse } from '../../../src/wire/sip/message.ts'
import type { FakeNetwork } from '../sip/fake-network.ts'

/** What it needs of a network: the fake one, or real sockets. */
export type Street = Pick<FakeNetwork, 'clock' | 'random' | 'join'>

/** What it does with a call. */
export type Mood =
  | { readonly is: 'answers'; readonly afterMs?: number; readonly hangsUpAfterMs?: number; readonly early?: boolean; readonly sdp?: string }
  | { readonly is: 'rings' }
  | { readonly is: 'says'; readonly status: number; readonly afterMs?: number }
  /** Not a word, as if the cable were cut. */
  | { readonly is: 'silent' }

export interface TelephoneOptions {
  readonly network: Street
  readonly timers: TimerQueue
  readonly host: string
  readonly exchange: Hop
  /** Account at the exchange; also the user part of its own URIs. */
  readonly username: string
  readonly password: string
  readonly mood?: Mood
  readonly profile?: MediaProfile
  readonly legConfig?: Partial<LegConfig>
}

export interface DialOptions {
  readonly from?: { readonly display?: string; readonly uri: string }
  readonly offerless?: boolean
  /** Instead of its own offer. */
  readonly sdp?: string
  readonly headers?: readonly HeaderField[]
  readonly reliable?: 'supported' | 'required' | 'off'
  readonly hangsUpAfterMs?: number
}

/** One call of a telephone. */
export interface PhoneCall {
  readonly id: string
  readonly incoming: boolean
  readonly invite: InviteFacts | null
  readonly local: LocalMedia
  state: 'trying' | 'ringing' | 'up' | 'over'
  /** Provisional statuses heard, in order. */
  readonly progress: number[]
  /** The final status of an outgoing call. */
  status: number | null
  /** Who ended it, as the leg says. */
  endedBy: string | null
  /** SDP in a 1xx. */
  early: boolean
  media: LegMedia | null
  readonly notices: LegNotice[]
  hangsUpAfterMs: number | null
  offered: LocalOffer | null
  sdps: number
  lastSdp: string | null
  /** When it saw the answer and the end. */
  upAt: number | null
  overAt: number | null
}

const PROFILE: MediaProfile = { kind: 'rtp', codecs: ['PCMA', 'PCMU'], dtmf: 'rfc4733' }

export class Telephone {
  readonly calls: PhoneCall[] = []
  mood: Mood
  /** Decides anew for each call that comes in. */
  whim: ((call: PhoneCall) => Mood) | null = null
  /** By dialled user, for providers: who is called decides what happens. */
  readonly moods = new Map<string, Mood>()
  /** How REGISTER is answered when this is a provider. */
  registerStatus = 200
  optionsStatus = 200
  /** A provider that wants a password for registrations and calls. */
  demands: DigestServer | null = null
  readonly host: string
  readonly username: string
  readonly endpoint: Endpoint
  readonly legs: Legs
  readonly network: Street
  /** Hears of every call that comes in. */
  onCall: (call: PhoneCall) => void = () => {}
  /** Bodies of NOTIFY requests outside of calls. */
  readonly notified: string[] = []
  private readonly o: TelephoneOptions
  private readonly random: Random
  private readonly callId: string
  private cseq = 0
  private count = 0
  private port = 4000
  private readonly byLeg = new Map<string, PhoneCall>()

  constructor(options: TelephoneOptions) {
    this.o = options
    this.host = options.host
    this.username = options.username
    this.network = options.network
    this.random = options.network.random
    this.mood = options.mood ?? { is: 'rings' }
    this.callId = this.random.hex(8)
    const { network, timers } = options
    const io = network.join(options.host, (bytes, flow) => {
      if (this.mood.is !== 'silent') this.endpoint.receive(bytes, flow)
    })
    this.endpoint = createEndpoint({
      timers,
      clock: network.clock,
      random: network.random,
      io,
      config: { product: '' },
      user: { request: tx => this.request(tx) },
    })
    this.legs = createLegs({
      endpoint: this.endpoint,
      timers,
      clock: network.clock,
      random: network.random,
      contactFor: () => this.contact,
      authenticate: (challenge, request) => this.answer(challenge, request),
      ...(options.legConfig ? { config: options.legConfig } : {}),
      notify: (leg, notice) => this.notice(leg, notice),
    })
  }

  /** REGISTER; the callback hears the final status. Expiry 0 unregisters. */
  register(expiresS = 3600, done: (response: SipResponse) => void = () => {}): void {
    const { exchange } = this.o
    const aor = `sip:${this.username}@switchroom`
    const request: SipRequest = {
      kind: 'request',
      method: 'REGISTER',
      uri: `sip:${exchange.host}`,
      headers: [
        { name: 'From', value: `<${aor}>;tag=${this.random.hex(4)}` },
        { name: 'To', value: `<${aor}>` },
        { name: 'Call-ID', value: this.callId },
        { name: 'CSeq', value: `${++this.cseq} REGISTER` },
        { name: 'Contact', value: `<${this.contact}>;expires=${expiresS}` },
      ],
      body: NO_BODY,
    }
    this.endpoint.request(
      request,
      [exchange],
      { response: r => r.status >= 200 && done(r) },
      { authenticate: (challenge, sent) => this.answer(challenge, sent), nextSeq: () => ++this.cseq },
    )
  }

  /** SUBSCRIBE to what becomes of somebody; the callback hears the final status. */
  subscribe(event: string, resource: string, expiresS = 3600, done: (response: SipResponse) => void = () => {}): void {
    const { exchange } = this.o
    const request: SipRequest = {
      kind: 'request',
      method: 'SUBSCRIBE',
      uri: `sip:${resource}@${exchange.host}`,
      headers: [
        { name: 'From', value: `<sip:${this.username}@switchroom>;tag=${this.random.hex(4)}` },
        { name: 'To', value: `<sip:${resource}@switchroom>` },
        { name: 'Call-ID', value: this.random.hex(8) },
        { name: 'CSeq', value: `${++this.cseq} SUBSCRIBE` },
        { name: 'Contact', value: `<${this.contact}>` },
        { name: 'Event', value: event },
        { name: 'Expires', value: String(expiresS) },
      ],
      body: NO_BODY,
    }
    this.endpoint.request(
      request,
      [exchange],
      { response: r => r.status >= 200 && done(r) },
      { authenticate: (challenge, sent) => this.answer(challenge, sent), nextSeq: () => ++this.cseq },
    )
  }

  dial(number: string, options: DialOptions = {}): PhoneCall {
    const call = this.begin(`${this.username}-${this.count++}`, null)
    call.hangsUpAfterMs = options.hangsUpAfterMs ?? null
    const offer = options.offerless === true ? null : makeOffer(call.local, this.profile)
    call.offered = offer
    if (offer) this.said(call, offer.sdp)
    const { exchange } = this.o
    const user = number === '' ? '' : `${encodeURIComponent(number).replace(/%2B/g, '+')}@`
    this.legs.command(call.id, {
      do: 'invite',
      requestUri: `sip:${user}${exchange.host}`,
      from: options.from ?? { uri: `sip:${this.username}@switchroom` },
      to: { uri: `sip:${user}switchroom` },
      hops: [exchange],
      credentials: { username: this.username, password: this.o.password },
      ...(offer ? { sdp: options.sdp ?? offer.sdp } : {}),
      ...(options.headers ? { headers: options.headers } : {}),
      ...(options.reliable ? { reliableProvisional: options.reliable } : {}),
    })
    return call
  }

  hangUp(call: PhoneCall): void {
    this.legs.command(call.id, { do: 'hang-up' })
  }

  command(call: PhoneCall, command: LegCommand): void {
    this.legs.command(call.id, command)
  }

  /** A re-INVITE with another direction: 'sendonly' holds, 'sendrecv' takes back. */
  redirect(call: PhoneCall, direction: 'sendonly' | 'sendrecv' | 'inactive'): void {
    const offer = makeOffer({ ...call.local, sessionVersion: 1 + call.sdps }, this.profile, {
      direction,
      ...(call.lastSdp === null ? {} : { previous: call.lastSdp }),
      ...(call.media === null ? {} : { agreed: call.media }),
    })
    call.offered = offer
    this.said(call, offer.sdp)
    this.legs.command(call.id, { do: 'offer', sdp: offer.sdp })
  }

  /** Calls that are not over. */
  get open(): PhoneCall[] {
    return this.calls.filter(c => c.state !== 'over')
  }

  /** The latest call that came in. */
  get rung(): PhoneCall | undefined {
    return this.calls.findLast(c => c.incoming)
  }

  private get contact(): string {
    const { transport } = this.o.exchange
    return `sip:${this.username}@${this.host}:5060${transport === 'udp' ? '' : `;transport=${transport}`}`
  }

  private get profile(): MediaProfile {
    return this.o.profile ?? PROFILE
  }

  private request(tx: ServerTransaction): void {
    const { request } = tx
    if (this.demands !== null && (request.method === 'INVITE' || request.method === 'REGISTER')) {
      const how = request.method === 'INVITE' ? 'proxy' : 'www'
      const now = this.network.clock.nowMs()
      if (this.demands.verify(request, how, now).is !== 'proven') {
        tx.respond(how === 'proxy' ? 407 : 401, { headers: this.demands.challenge(how, now) })
        return
      }
    }
    switch (request.method) {
      case 'INVITE':
        this.legs.incoming(tx, `${this.username}-${this.count++}`)
        return
      case 'OPTIONS':
        tx.respond(this.optionsStatus)
        return
      case 'REGISTER':
        tx.respond(this.registerStatus, {
          headers: this.registerStatus === 200 ? [{ name: 'Contact', value: `${header(request, 'Contact')};expires=3600` }] : [],
        })
        return
      case 'NOTIFY':
        this.notified.push(new TextDecoder().decode(request.body))
        tx.respond(200)
        return
      default:
        tx.respond(405)
    }
  }

  private begin(id: string, invite: InviteFacts | null): PhoneCall {
    this.port = this.port >= 60_000 ? 4000 : this.port + 2
    const call: PhoneCall = {
      id,
      incoming: invite !== null,
      invite,
      local: {
        leg: id,
        address: this.host,
        port: this.port,
        sessionId: String(this.port),
        sessionVersion: 1,
        srtpSeed: Buffer.from(this.random.hex(60), 'hex').toString('base64'),
      },
      state: 'trying',
      progress: [],
      status: null,
      endedBy: null,
      early: false,
      media: null,
      notices: [],
      hangsUpAfterMs: null,
      offered: null,
      sdps: 0,
      lastSdp: null,
      upAt: null,
      overAt: null,
    }
    this.calls.push(call)
    this.byLeg.set(id, call)
    if (invite !== null) this.onCall(call)
    return call
  }

  private notice(leg: string, notice: LegNotice): void {
    const call = notice.is === 'offered' ? this.begin(leg, notice.invite) : this.byLeg.get(leg)
    if (!call) return
    if (notice.is !== 'snapshot') call.notices.push(notice)
    const now = this.network.clock.nowMs()
    if (notice.is === 'answered' || notice.is === 'confirmed') call.upAt ??= now
    if (notice.is === 'failed' || notice.is === 'ended') call.overAt ??= now
    switch (notice.is) {
      case 'offered':
        this.offered(call, notice.sdp)
        return
      case 'progress':
        call.state = 'ringing'
        call.progress.push(notice.status)
        if (notice.sdp !== undefined) {
          call.early = true
          this.take(call, notice.sdp)
        }
        return
      case 'answered':
        call.state = 'up'
        call.status = 200
        if (notice.needsAnswer && notice.sdp !== undefined) this.reply(call, notice.sdp)
        else if (notice.sdp !== undefined) this.take(call, notice.sdp)
        this.endLater(call)
        return
      case 'confirmed':
        call.state = 'up'
        if (notice.sdp !== undefined) this.take(call, notice.sdp)
        this.endLater(call)
        return
      case 'failed':
        call.state = 'over'
        call.status = notice.status
        return
      case 'ended':
        call.state = 'over'
        call.endedBy = notice.by
        return
      case 'offer':
        if (notice.sdp === undefined) {
          const offer = makeOffer({ ...call.local, sessionVersion: 1 + call.sdps }, this.profile)
          call.offered = offer
          this.said(call, offer.sdp)
          this.legs.command(leg, { do: 'answer', sdp: offer.sdp })
        } else this.reply(call, notice.sdp)
        return
      case 'offer-answered':
        this.take(call, notice.sdp)
        return
      default:
    }
  }

  private offered(call: PhoneCall, sdp: string | undefined): void {
    const mood = this.moods.get(call.invite!.dialled) ?? this.whim?.(call) ?? this.mood
    const say = (command: LegCommand): void => this.legs.command(call.id, command)
    const later = (ms: number, run: () => void): void => {
      if (ms === 0) run()
      else this.o.timers.set(this.network.clock.nowMs() + ms, () => call.state !== 'over' && run())
    }
    // Nobody hears it: after three minutes a telephone stops ringing by itself.
    later(180_000, () => call.state !== 'up' && say({ do: 'reject', status: 480 }))
    if (mood.is === 'silent') return
    if (mood.is === 'says') {
      later(mood.afterMs ?? 0, () => say({ do: 'reject', status: mood.status }))
      return
    }
    call.state = 'ringing'
    const answer = sdp === undefined ? null : this.answerTo(call, sdp)
    if (sdp !== undefined && answer === null) {
      say({ do: 'reject', status: 488 })
      return
    }
    const early = mood.is === 'answers' && mood.early === true && answer !== null
    say(early ? { do: 'progress', status: 183, sdp: answer! } : { do: 'progress', status: 180 })
    if (mood.is === 'rings') return
    call.hangsUpAfterMs = mood.hangsUpAfterMs ?? null
    later(mood.afterMs ?? 0, () => {
      if (answer !== null) say({ do: 'accept', sdp: mood.sdp ?? answer })
      else {
        call.offered = makeOffer(call.local, this.profile)
        this.said(call, call.offered.sdp)
        say({ do: 'accept', sdp: call.offered.sdp })
      }
    })
  }

  private endLater(call: PhoneCall): void {
    if (call.hangsUpAfterMs === null) return
    const ms = call.hangsUpAfterMs
    call.hangsUpAfterMs = null
    this.o.timers.set(this.network.clock.nowMs() + ms, () => this.hangUp(call))
  }

  private reply(call: PhoneCall, sdp: string): void {
    const answer = this.answerTo(call, sdp)
    this.legs.command(call.id, answer === null ? { do: 'refuse-offer', status: 488 } : { do: 'answer', sdp: answer })
  }

  private answerTo(call: PhoneCall, sdp: string): string | null {
    const read = readOffer(sdp)
    const made = read.ok ? makeAnswer({ ...call.local, sessionVersion: 1 + call.sdps }, this.profile, read.value) : null
    if (!made?.ok) return null
    call.media = made.value.media
    this.said(call, made.value.sdp)
    return made.value.sdp
  }

  private take(call: PhoneCall, sdp: string): void {
    if (call.offered === null) return
    const media = acceptAnswer(call.offered, sdp)
    if (media.ok) call.media = media.value
  }

  private said(call: PhoneCall, sdp: string): void {
    call.sdps++
    call.lastSdp = sdp
  }

  private answer(challenge: SipResponse, request: SipRequest): readonly HeaderField[] | null {
    if (header(request, 'Authorization') !== undefined && !/stale=true/i.test(header(challenge, 'WWW-Authenticate') ?? '')) return null
    const credentials = { username: this.username, password: this.o.password }
    const answer = answerChallenge(challenge, request, credentials, [], this.random)
    return answer.is === 'retry' ? answer.headers : null
  }
}
