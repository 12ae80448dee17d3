/** The called side until the call is up (RFC 3261 §13.3, RFC 3262 §3). */
import { type HeaderField, headerValues, type SipRequest } from '../../wire/sip/message.ts'
import type { LegCommand, ReasonValue } from '../leg.ts'
import { ended, over, sayBye } from './farewell.ts'
import { lists, rackOf, reasonHeaders, reasonOf } from './header-values.ts'
import { inviteFacts } from './invite-facts.ts'
import { SDP_TYPE, sdpBytes, sessionBody } from './session-body.ts'
import { grantSession, tooShort, wantedIn } from './session-timer.ts'
import { snapshotOf } from './snapshot.ts'
import type { LegInput } from './state.ts'
import type { Turn } from './turn.ts'

type Progress = LegCommand & { readonly do: 'progress' }
type Accept = LegCommand & { readonly do: 'accept' }
type Reject = LegCommand & { readonly do: 'reject' }

/** Proxies give up an INVITE that hears nothing for three minutes (RFC 3261 §13.3.1.1, §16.8). */
const KEEP_RINGING_MS = 60_000

export function incoming(turn: Turn, input: LegInput & { readonly kind: 'incoming' }): void {
  const { s, o } = turn
  const { request, tx, dialog } = input
  const body = sessionBody(request)
  const facts = inviteFacts(request, input.flow)
  const short = tooShort(request, o.config.minSessionS)
  if (!facts || body === 'unsupported' || short) {
    s.phase = 'over'
    if (!facts) turn.respond(tx, 400)
    else if (short) turn.respond(tx, 422, { headers: short })
    else turn.respond(tx, 415, { headers: [{ name: 'Accept', value: 'application/sdp' }] })
    return
  }
  s.phase = 'incoming'
  s.dialog = dialog
  s.serverInvite = tx
  s.serverSeq = dialog.remoteSeq
  s.inviteSeq = dialog.remoteSeq
  s.peerAllows = headerValues(request, 'Allow')
  s.peerSupports = headerValues(request, 'Supported')
  s.reliableWanted = lists(request, 'Require', '100rel') ? 'required' : lists(request, 'Supported', '100rel') ? 'supported' : 'off'
  s.wantedSession = wantedIn(request)
  s.nextRseq = 1 + Math.floor(o.fraction() * 0x7fff_0000)
  s.peerOffered = body.sdp !== undefined
  if (body.sdp !== undefined) s.owed = { in: 'invite' }
  turn.notice(body.sdp === undefined ? { is: 'offered', invite: facts } : { is: 'offered', invite: facts, sdp: body.sdp })
}

export function progress(turn: Turn, command: Progress): void {
  const { s } = turn
  if (s.phase !== 'incoming' || s.serverInvite === null || command.status >= 200) return
  if (command.status === 100) {
    turn.respond(s.serverInvite, 100)
    return
  }
  turn.start('keep-ringing', KEEP_RINGING_MS)
  // An offer may only stand in a reliable 1xx, and once answer and offer are complete no more SDP may follow (RFC 3262 §5).
  const sdp = s.agreed || (!s.peerOffered && s.reliableWanted === 'off') ? undefined : command.sdp
  const reliably =
    s.reliableWanted === 'required' ||
    (s.reliableWanted === 'supported' && sdp !== undefined && (!s.peerOffered || turn.o.config.reliableProvisional === 'with-sdp'))
  if (reliably && s.reliable) {
    // One at a time: the next goes out when PRACK has come (RFC 3262 §3).
    s.queued = [...s.queued, command]
    return
  }
  s.lastProgress = command.status
  const headers: HeaderField[] = [...turn.introduction(s.dialog!.contact), ...recordRoute(turn)]
  if (command.headers) headers.push(...command.headers)
  if (sdp !== undefined) {
    headers.push(SDP_TYPE)
    s.localSdp = sdp
  }
  const options = {
    headers,
    ...(command.reason === undefined ? {} : { reason: command.reason }),
    ...(sdp === undefined ? {} : { body: sdpBytes(sdp) }),
  }
  if (!reliably) {
    turn.respond(s.serverInvite, command.status, options)
    return
  }
  const rseq = s.nextRseq++
  headers.push({ name: 'Require', value: '100rel' }, { name: 'RSeq', value: String(rseq) })
  const { t1 } = turn.o.timers
  s.reliable = { rseq, carriesSdp: sdp !== undefined, offers: sdp !== undefined && !s.peerOffered, intervalMs: t1 }
  if (sdp !== undefined && s.peerOffered) {
    s.agreed = true
    s.owed = null
  }
  turn.respond(s.serverInvite, command.status, options, '1xx')
  turn.start('1xx', t1)
  turn.start('1xx-end', 64 * t1)
}

function recordRoute(turn: Turn): HeaderField[] {
  return turn.s.dialog!.routeSet.map(value => ({ name: 'Record-Route', value }))
}

export function resendReliable(turn: Turn): void {
  const r = turn.s.reliable
  if (!r) return
  const intervalMs = 2 * r.intervalMs
  turn.s.reliable = { ...r, intervalMs }
  turn.effects.push({ do: 'resend', what: '1xx' })
  turn.start('1xx', intervalMs)
}

/** No PRACK for 64·T1: the INVITE is refused (RFC 3262 §3). */
export function unpracked(turn: Turn): void {
  const { s } = turn
  if (s.serverInvite !== null) turn.respond(s.serverInvite, 504)
  s.serverInvite = null
  ended(turn, 'timeout')
}

export function pracked(turn: Turn, tx: number, request: SipRequest): void {
  const { s } = turn
  const rack = rackOf(request)
  const r = s.reliable
  if (!rack || !r || rack.rseq !== r.rseq || rack.cseq.seq !== s.serverSeq || rack.cseq.method !== 'INVITE') {
    turn.respond(tx, 481)
    return
  }
  const body = sessionBody(request)
  if (body === 'unsupported') {
    turn.respond(tx, 415, { headers: [{ name: 'Accept', value: 'application/sdp' }] })
    return
  }
  s.reliable = null
  turn.stop('1xx', '1xx-end')
  turn.effects.push({ do: 'drop', what: '1xx' })
  if (r.offers) {
    turn.respond(tx, 200)
    s.agreed = true
    if (body.sdp !== undefined) turn.notice({ is: 'offer-answered', sdp: body.sdp, snapshot: snapshotOf(s)! })
  } else if (body.sdp !== undefined && s.owed === null) {
    s.owed = { in: 'prack', tx }
    turn.notice({ is: 'offer', sdp: body.sdp })
  } else turn.respond(tx, 200)
  const [next, ...rest] = s.queued
  if (next) {
    s.queued = rest
    progress(turn, next)
  }
  const waiting = s.acceptWhenPracked
  if (waiting) accept(turn, waiting)
}

export function accept(turn: Turn, command: Accept): void {
  const { s } = turn
  if (s.phase !== 'incoming' || s.serverInvite === null) return
  if (s.reliable?.carriesSdp || s.queued.length > 0) {
    // A 2xx must not overtake an unacknowledged reliable 1xx with SDP (RFC 3262 §3).
    s.acceptWhenPracked = command
    return
  }
  s.acceptWhenPracked = null
  // A 1xx still unacknowledged is repeated no more, but its PRACK may come yet and is answered (RFC 3262 §3).
  turn.stop('1xx', '1xx-end', 'keep-ringing')
  turn.effects.push({ do: 'drop', what: '1xx' })
  const sdp = s.agreed ? null : command.sdp
  const headers = [...turn.introduction(s.dialog!.contact), { name: 'Supported', value: turn.o.supported.join(', ') }, ...recordRoute(turn)]
  headers.push(...grantSession(turn, s.wantedSession))
  if (command.headers) headers.push(...command.headers)
  if (sdp !== null) {
    headers.push(SDP_TYPE)
    s.localSdp = sdp
  }
  const tx = s.serverInvite
  s.serverInvite = null
  s.owed = s.owed?.in === 'invite' ? null : s.owed
  s.phase = 'accepted'
  turn.respond(tx, 200, sdp === null ? { headers } : { headers, body: sdpBytes(sdp) }, '2xx')
  awaitAck(turn, s.serverSeq, true, sdp !== null && !s.peerOffered)
  s.agreed = true
}

/** A 2xx is repeated until its ACK comes, over any transport (RFC 3261 §13.3.1.4). */
export function awaitAck(turn: Turn, seq: number, initial: boolean, offers: boolean): void {
  const { t1 } = turn.o.timers
  turn.s.unacknowledged = { seq, initial, offers, intervalMs: t1 }
  turn.start('2xx', t1)
  turn.start('2xx-end', 64 * t1)
}

export function resendSuccess(turn: Turn): void {
  const u = turn.s.unacknowledged
  if (!u) return
  const intervalMs = Math.min(2 * u.intervalMs, turn.o.timers.t2)
  turn.s.unacknowledged = { ...u, intervalMs }
  turn.effects.push({ do: 'resend', what: '2xx' })
  turn.start('2xx', intervalMs)
}

export function acknowledged(turn: Turn, ack: SipRequest, seq: number): void {
  const { s } = turn
  const u = s.unacknowledged
  if (!u || u.seq !== seq) return
  s.unacknowledged = null
  turn.stop('2xx', '2xx-end')
  turn.effects.push({ do: 'drop', what: '2xx' })
  const bye = s.byeWhenAcknowledged
  if (bye) {
    s.byeWhenAcknowledged = null
    sayBye(turn, 'us', bye.why)
    return
  }
  const body = sessionBody(ack)
  const sdp = u.offers && body !== 'unsupported' ? body.sdp : undefined
  if (u.initial) {
    s.phase = 'up'
    turn.notice(sdp === undefined ? { is: 'confirmed', snapshot: snapshotOf(s)! } : { is: 'confirmed', sdp, snapshot: snapshotOf(s)! })
  } else if (sdp !== undefined) turn.notice({ is: 'offer-answered', sdp, snapshot: snapshotOf(s)! })
  else turn.notice({ is: 'snapshot', snapshot: snapshotOf(s)! })
}

/** No ACK for 64·T1: the dialog stands, the session does not (RFC 3261 §13.3.1.4). */
export function unacknowledgedEnd(turn: Turn): void {
  sayBye(turn, turn.s.byeWhenAcknowledged ? 'us' : 'no-ack', turn.s.byeWhenAcknowledged?.why)
}

export function reject(turn: Turn, command: Reject): void {
  const { s } = turn
  if (s.phase !== 'incoming' || s.serverInvite === null) return
  const headers = [...(command.headers ?? []), ...reasonHeaders(command.why)]
  const status = command.status < 300 ? 480 : command.status
  turn.respond(s.serverInvite, status, command.reason === undefined ? { headers } : { headers, reason: command.reason })
  s.serverInvite = null
  ended(turn, 'us', command.why)
}

export function cancelledByPeer(turn: Turn, tx: number, cancel: SipRequest): void {
  const { s } = turn
  if (s.serverInvite !== tx) return
  turn.respond(tx, 487)
  s.serverInvite = null
  const why = reasonOf(cancel)
  if (s.phase === 'incoming') ended(turn, 'cancel', why)
  // A cancelled re-INVITE leaves the session as it was (RFC 3261 §14.2); the call layer's late answer finds nothing to answer.
  else if (s.owed?.in === 'reinvite') s.owed = null
}

/** A caller whose connection broke has given up by itself (RFC 3261 §17.1.4): nobody shall go on ringing for it. */
export function callerGone(turn: Turn, tx: number): void {
  if (turn.s.serverInvite === tx && turn.s.phase === 'incoming') ended(turn, 'transport')
}

/** `hang-up` before the final response. */
export function hangUpIncoming(turn: Turn, status: number | undefined, why: ReasonValue | undefined): void {
  const { s } = turn
  if (s.serverInvite === null) {
    over(turn, { is: 'ended', by: 'us' })
    return
  }
  reject(turn, why ? { do: 'reject', status: status ?? 480, why } : { do: 'reject', status: status ?? 480 })
}
