/** All legs of one endpoint: finds the leg that a message belongs to and gives it to its machine. */
import { header, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { parseMessage } from '../../wire/sip/parse-message.ts'
import { dialogFromRequest } from '../dialog/dialog.ts'
import { nextHop } from '../dialog/next-hop.ts'
import { tagIn } from '../dialog/tags.ts'
import type { RequestHandler, ServerTransaction } from '../endpoint/contract.ts'
import type { Flow } from '../flow.ts'
import type { LegCommand, LegId, LegSnapshot } from '../leg.ts'
import { DelayTimers } from '../transaction/delay-timers.ts'
import type { LegConfig, Legs, LegsOptions } from './contract.ts'
import { type LegHome, LiveLeg } from './live-leg.ts'
import { sdpBytes } from './session-body.ts'
import { FLOOR_S } from './session-timer.ts'
import { snapshotOf } from './snapshot.ts'
import { idleLeg, type LegOptions } from './state.ts'

const DEFAULTS: LegConfig = {
  sessionExpiresS: 1800,
  minSessionS: FLOOR_S,
  reliableProvisional: 'with-sdp',
  maxRingMs: 600_000,
  snapshotRinging: true,
}

/** Extensions that concern calls, of those that the endpoint supports. */
const LEG_EXTENSIONS = new Set(['100rel', 'timer', 'replaces', 'norefersub'])

export function createLegs(options: LegsOptions): Legs {
  const legs = new LiveLegs(options)
  options.endpoint.attach(legs)
  return legs
}

class LiveLegs implements Legs, LegHome, RequestHandler {
  readonly options: LegsOptions
  readonly machine: LegOptions
  readonly delays: DelayTimers
  readonly snapshotRinging: boolean
  private readonly byId = new Map<LegId, LiveLeg>()
  private readonly byTag = new Map<string, LiveLeg>()
  /** Restored incoming legs by Call-ID and From tag of their INVITE. */
  private readonly originals = new Map<string, LiveLeg>()
  /** Over, but a request of theirs has no answer yet. */
  private readonly unheard = new Set<LegId>()
  private live = 0

  constructor(options: LegsOptions) {
    this.options = options
    this.delays = new DelayTimers(options.timers, options.clock)
    const { config } = options.endpoint
    const leg = { ...DEFAULTS, ...options.config }
    this.snapshotRinging = leg.snapshotRinging
    this.machine = {
      timers: config,
      config: { ...leg, minSessionS: Math.max(FLOOR_S, leg.minSessionS) },
      allow: config.allow.join(', '),
      supported: config.supported.filter(t => LEG_EXTENSIONS.has(t)),
      fraction: () => options.random.fraction(),
      hex: n => options.random.hex(n),
      nextHop: dialog => nextHop(dialog, options.resolve),
    }
  }

  get size(): number {
    return this.live
  }

  get lingering(): number {
    return this.byTag.size - this.live
  }

  incoming(transaction: ServerTransaction, id: LegId): void {
    const contact = this.options.contactFor(transaction.source)
    const { request, source, behindNat, flow } = transaction
    const dialog = dialogFromRequest(request, { localTag: transaction.toTag, source, behindNat, contact })
    if (!dialog) {
      transaction.respond(400, { reason: 'Bad Contact, From or To' })
      return
    }
    const leg = this.create(id, 'uas')
    leg.feed({ kind: 'incoming', tx: leg.take(transaction), request, flow, dialog })
  }

  command(id: LegId, command: LegCommand): void {
    const known = this.byId.get(id)
    if (known) known.feed({ kind: 'command', command })
    else if (command.do === 'invite') this.create(id, 'uac').feed({ kind: 'command', command })
  }

  restore(id: LegId, snapshot: LegSnapshot, unheard?: { readonly sdp: string | null }): void {
    const { credentials, ringing } = snapshot
    const secret = credentials ? (this.options.credentialsFor?.(credentials.username, credentials.secretRef) ?? null) : null
    const leg = this.create(id, snapshot.role)
    if (snapshot.pending2xx !== undefined) leg.keepPending(Buffer.from(snapshot.pending2xx, 'utf8'), snapshot.hop)
    if (snapshot.role === 'uas' && !ringing) {
      leg.originalKey = `${snapshot.callId}|${snapshot.remoteTag}`
      this.originals.set(leg.originalKey, leg)
    }
    const invite = ringing ? parseMessage(Buffer.from(ringing.invite, 'utf8')) : null
    const request = invite?.ok && invite.value.kind === 'request' ? invite.value : null
    const revived = request && ringing?.flow ? this.options.endpoint.revive(request, ringing.flow, snapshot.localTag) : null
    leg.feed({ kind: 'restore', snapshot, credentials: secret, tx: revived ? leg.take(revived, true) : null })
    if (!request || snapshot.role !== 'uac') return
    const body = unheard && unheard.sdp !== null ? sdpBytes(unheard.sdp) : NO_BODY
    leg.resume(unheard ? { ...request, body } : request, snapshot.hop, unheard !== undefined)
  }

  awaits(id: LegId): boolean {
    return this.byId.has(id) || this.unheard.has(id)
  }

  snapshot(id: LegId): LegSnapshot | null {
    const leg = this.byId.get(id)
    return leg ? snapshotOf(leg.state) : null
  }

  private create(id: LegId, role: 'uac' | 'uas'): LiveLeg {
    const leg = new LiveLeg(this, id, idleLeg(role))
    this.byId.set(id, leg)
    this.live++
    return leg
  }

  // --- for the endpoint

  request(transaction: ServerTransaction): boolean {
    const { request, source } = transaction
    const tag = tagIn(header(request, 'To'))
    const leg = tag === '' ? undefined : this.byTag.get(tag)
    if (leg && sameCall(leg, request)) {
      if (!belongsToInvite(request)) return false
      leg.feed({ kind: 'request', tx: leg.take(transaction), request, hop: source })
      return true
    }
    if (!onlyInCalls(request.method) || (request.method === 'INVITE' && tag === '')) return false
    transaction.respond(481)
    return true
  }

  ack(request: SipRequest, _flow: Flow): boolean {
    const leg = this.byTag.get(tagIn(header(request, 'To')))
    if (!leg || !sameCall(leg, request)) return false
    leg.feed({ kind: 'ack', request })
    return true
  }

  stray(response: SipResponse, flow: Flow): boolean {
    if (response.status < 200 || response.status >= 300 || !(header(response, 'CSeq') ?? '').endsWith('INVITE')) return false
    const leg = this.byTag.get(tagIn(header(response, 'From')))
    if (!leg || !sameCall(leg, response)) return false
    leg.feed({ kind: 'stray', response, hop: { transport: flow.transport, host: flow.remote.host, port: flow.remote.port, flow } })
    return true
  }

  absorb(request: SipRequest): boolean {
    if (this.originals.size === 0 || request.method !== 'INVITE' || tagIn(header(request, 'To')) !== '') return false
    const leg = this.originals.get(`${header(request, 'Call-ID')}|${tagIn(header(request, 'From'))}`)
    if (!leg || leg.state.serverSeq !== Number.parseInt(header(request, 'CSeq') ?? '', 10)) return false
    leg.repeatSuccess()
    return true
  }

  // --- for the legs

  filed(leg: LiveLeg, localTag: string): void {
    this.byTag.set(localTag, leg)
  }

  heardOut(leg: LiveLeg): void {
    this.unheard.delete(leg.id)
    this.options.heardOut?.(leg.id)
  }

  finished(leg: LiveLeg): void {
    this.live--
    this.unheard.add(leg.id)
    if (this.byId.get(leg.id) === leg) this.byId.delete(leg.id)
  }

  gone(leg: LiveLeg): void {
    if (this.byTag.get(leg.localTag) === leg) this.byTag.delete(leg.localTag)
    if (leg.originalKey !== '') this.originals.delete(leg.originalKey)
  }
}

function sameCall(leg: LiveLeg, message: SipRequest | SipResponse): boolean {
  return header(message, 'Call-ID') === (leg.state.dialog?.callId ?? leg.state.invite?.callId)
}

/** Subscriptions may share a dialog with a call (RFC 5057); only that of REFER is the leg's. */
function belongsToInvite(request: SipRequest): boolean {
  switch (request.method) {
    case 'SUBSCRIBE':
    case 'MESSAGE':
    case 'PUBLISH':
    case 'REGISTER':
      return false
    case 'NOTIFY':
      return (header(request, 'Event') ?? '').startsWith('refer')
    default:
      return true
  }
}

/** Methods that make no sense without a call: unknown dialog, 481 (RFC 3261 §12.2.2). INVITE only with a To tag. */
function onlyInCalls(method: string): boolean {
  return method === 'INVITE' || method === 'BYE' || method === 'UPDATE' || method === 'PRACK' || method === 'INFO'
}
