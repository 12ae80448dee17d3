/** The peer renegotiates: re-INVITE (RFC 3261 §14.2), UPDATE (RFC 3311 §5.2), and our answers to every kind of offer. */
import { header, headerValues, type SipRequest } from '../../wire/sip/message.ts'
import { contactUri, retargeted } from '../dialog/dialog.ts'
import { awaitAck } from './incoming.ts'
import { answerInAck, answerInPrack } from './outgoing.ts'
import { SDP_TYPE, sdpBytes, sessionBody } from './session-body.ts'
import { grantSession, tooShort, type Wanted, wantedIn } from './session-timer.ts'
import { snapshotOf } from './snapshot.ts'
import type { LegState } from './state.ts'
import type { Turn } from './turn.ts'

const ACCEPT_SDP = { headers: [{ name: 'Accept', value: 'application/sdp' }] }

export function reinvited(turn: Turn, tx: number, request: SipRequest, seq: number): void {
  const { s, o } = turn
  if (s.serverInvite !== null) {
    turn.respond(tx, 500, { headers: [turn.shortWait()] })
    return
  }
  if (s.phase === 'calling' || s.phase === 'owing' || s.unacknowledged || (s.ours && !s.ours.resting) || s.owed) {
    turn.respond(tx, 491)
    return
  }
  const body = sessionBody(request)
  if (body === 'unsupported') {
    turn.respond(tx, 415, ACCEPT_SDP)
    return
  }
  const short = tooShort(request, o.config.minSessionS)
  if (short) {
    turn.respond(tx, 422, { headers: short })
    return
  }
  learn(turn, request)
  s.serverInvite = tx
  s.serverSeq = seq
  s.owed = { in: 'reinvite', tx, seq, target: contactUri(request), offerless: body.sdp === undefined }
  turn.notice(body.sdp === undefined ? { is: 'offer' } : { is: 'offer', sdp: body.sdp })
}

export function updated(turn: Turn, tx: number, request: SipRequest, remoteTag: string): void {
  const { s, o } = turn
  const body = sessionBody(request)
  if (body === 'unsupported') {
    turn.respond(tx, 415, ACCEPT_SDP)
    return
  }
  const short = tooShort(request, o.config.minSessionS)
  if (short) {
    turn.respond(tx, 422, { headers: short })
    return
  }
  if (body.sdp !== undefined) {
    // RFC 3311 §5.2: 500 while we owe an answer, 491 while we wait for one.
    if (s.owed) {
      turn.respond(tx, 500, { headers: [turn.shortWait()] })
      return
    }
    if (waitingForAnswer(s)) {
      turn.respond(tx, 491)
      return
    }
    learn(turn, request)
    s.owed = { in: 'update', tx, target: contactUri(request), remoteTag }
    turn.notice({ is: 'offer', sdp: body.sdp })
    return
  }
  learn(turn, request)
  acceptUpdate(turn, tx, contactUri(request), remoteTag, null)
}

function waitingForAnswer(s: LegState): boolean {
  if (s.ours && !s.ours.resting && (s.ours.method === 'INVITE' || s.ours.sdp !== null)) return true
  if (s.unacknowledged?.offers || s.reliable?.offers) return true
  return s.phase === 'calling' && !s.forks.some(f => f.agreed)
}

/** The session wishes of the request in hand are settled with its 2xx. */
function learn(turn: Turn, request: SipRequest): void {
  const { s } = turn
  const wanted: Wanted | null = wantedIn(request)
  s.wantedSession = wanted
  if (header(request, 'Allow') !== undefined) s.peerAllows = headerValues(request, 'Allow')
  if (header(request, 'Supported') !== undefined) s.peerSupports = headerValues(request, 'Supported')
}

function acceptUpdate(turn: Turn, tx: number, target: string | undefined, remoteTag: string, sdp: string | null): void {
  const { s } = turn
  const dialog = s.dialog?.remoteTag === remoteTag ? s.dialog : s.forks.find(f => f.dialog.remoteTag === remoteTag)?.dialog
  if (!dialog) {
    turn.respond(tx, 481)
    return
  }
  const next = retargeted(dialog, target)
  turn.keep(next)
  const established = s.phase === 'up' || s.phase === 'accepted'
  const headers = [...turn.introduction(next.contact), ...(established ? refreshed(turn) : [])]
  if (sdp !== null) {
    headers.push(SDP_TYPE)
    s.localSdp = sdp
  }
  turn.respond(tx, 200, sdp === null ? { headers } : { headers, body: sdpBytes(sdp) })
  if (next !== dialog && established) turn.notice({ is: 'snapshot', snapshot: snapshotOf(s)! })
}

/** A refresh that says nothing of sessions leaves a running one without its timer (RFC 4028 §9: the UAS need not use one). */
function refreshed(turn: Turn): ReturnType<typeof grantSession> {
  return grantSession(turn, turn.s.wantedSession)
}

export function answer(turn: Turn, sdp: string): void {
  const { s } = turn
  const owed = s.owed
  if (!owed) return
  switch (owed.in) {
    case 'invite':
      // The answer to the offer in the INVITE travels with `progress` or `accept`.
      return
    case '2xx':
      answerInAck(turn, sdp)
      return
    case 'reliable-1xx':
      answerInPrack(turn, owed.remoteTag, owed.rseq, sdp)
      return
    case 'prack':
      s.owed = null
      s.localSdp = sdp
      turn.respond(owed.tx, 200, { headers: [SDP_TYPE], body: sdpBytes(sdp) })
      return
    case 'update':
      s.owed = null
      acceptUpdate(turn, owed.tx, owed.target, owed.remoteTag, sdp)
      return
    case 'reinvite': {
      s.owed = null
      s.serverInvite = null
      s.inviteSeq = owed.seq
      s.localSdp = sdp
      s.dialog = retargeted(s.dialog!, owed.target)
      const headers = [
        ...turn.introduction(s.dialog.contact),
        { name: 'Supported', value: turn.o.supported.join(', ') },
        ...refreshed(turn),
        SDP_TYPE,
      ]
      turn.respond(owed.tx, 200, { headers, body: sdpBytes(sdp) }, '2xx')
      awaitAck(turn, owed.seq, false, owed.offerless)
      return
    }
    case 'reinvite-2xx':
      s.owed = null
      s.localSdp = sdp
      s.ours = null
      turn.stop('answer-due')
      turn.ack(s.dialog!, owed.seq, sdp)
      turn.notice({ is: 'snapshot', snapshot: snapshotOf(s)! })
      return
  }
}

/** The session stays as it was (RFC 3261 §14.2). */
export function refuseOffer(turn: Turn, status: number): void {
  const { s } = turn
  const owed = s.owed
  if (!owed) return
  const code = status >= 400 ? status : 488
  switch (owed.in) {
    case 'invite':
    case '2xx':
    case 'reliable-1xx':
      // Refusing the first offer is ending the leg: `reject` or `hang-up`.
      return
    case 'prack':
    case 'update':
      s.owed = null
      turn.respond(owed.tx, code)
      return
    case 'reinvite':
      s.owed = null
      s.serverInvite = null
      turn.respond(owed.tx, code)
      return
    case 'reinvite-2xx':
      // An offer in a 2xx cannot be refused: the present session description is the answer.
      if (s.localSdp !== null) answer(turn, s.localSdp)
      return
  }
}
