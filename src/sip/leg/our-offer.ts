/** We renegotiate, refresh or identify: re-INVITE (RFC 3261 §14.1), UPDATE (RFC 3311 §5.1, RFC 4028 §10), one at a time. */
import { type HeaderField, header } from '../../wire/sip/message.ts'
import { contactUri, type Dialog, retargeted } from '../dialog/dialog.ts'
import type { LegSnapshot } from '../leg.ts'
import { sayBye } from './farewell.ts'
import { numberOf } from './header-values.ts'
import { SDP_TYPE, sdpBytes, sessionBody } from './session-body.ts'
import { askSession, takeSession } from './session-timer.ts'
import { snapshotOf } from './snapshot.ts'
import type { LegInput, LegState, Renegotiation, WaitingOffer } from './state.ts'
import type { Turn } from './turn.ts'

const MAX_TRIES = 6
const ANSWER_DUE_MS = 20_000

/** Sends now if nothing is in the way, else as soon as nothing is: `pursue` runs at the end of every step. */
export function renegotiate(turn: Turn, offer: WaitingOffer): void {
  const { s } = turn
  // A session offer outranks a refresh, which it is too; the newest offer replaces one that still waits.
  if (s.waiting && s.waiting.why === 'offer' && offer.why !== 'offer') return
  s.waiting = offer
}

/** Starts what waits, when it may (RFC 3261 §14.1: no re-INVITE while another INVITE is in progress either way). */
export function pursue(turn: Turn): void {
  const { s } = turn
  const offer = s.waiting
  if (!offer || s.ours || s.owed || s.phase === 'over') return
  const method = methodFor(s, offer)
  if (!method) return
  s.waiting = null
  launch(turn, { id: turn.nextId(), method, why: offer.why, sdp: offer.sdp, headers: offer.headers, tries: 0, resting: false })
}

/** Null: not now. */
function methodFor(s: LegState, offer: WaitingOffer): 'INVITE' | 'UPDATE' | null {
  const updates = s.peerAllows.includes('UPDATE')
  if (s.phase === 'up') {
    if (s.serverInvite !== null || s.unacknowledged) return null
    return offer.why !== 'offer' && updates ? 'UPDATE' : 'INVITE'
  }
  // In an early dialog only UPDATE can, and only when the first offer is answered (RFC 3311 §5.1).
  const called = s.phase === 'incoming' && s.agreed && !s.reliable
  const calling = s.phase === 'calling' && !s.invite?.cancelled && s.forks.some(f => f.agreed)
  return (called || calling) && updates && offer.sdp !== null ? 'UPDATE' : null
}

/** The dialog that can be renegotiated: the leg's own, or the early one of a caller where offer and answer are complete. */
function dialogOf(s: LegState): Dialog | null {
  return s.dialog ?? s.forks.find(f => f.agreed)?.dialog ?? null
}

function snapshotIn(s: LegState, dialog: Dialog): LegSnapshot {
  return snapshotOf(s.dialog ? s : { ...s, dialog })!
}

function launch(turn: Turn, r: Renegotiation): void {
  const { s, o } = turn
  const dialog = dialogOf(s)
  if (!dialog) {
    s.waiting ??= { why: r.why, sdp: r.sdp, headers: r.headers }
    return
  }
  const headers: HeaderField[] = turn.introduction(dialog.contact)
  headers.push({ name: 'Supported', value: o.supported.join(', ') })
  if (s.session)
    headers.push(...askSession(Math.max(s.session.intervalS, s.minSessionS), s.minSessionS, s.session.refresher === 'us' ? 'uac' : 'uas'))
  if (r.sdp !== null) headers.push(SDP_TYPE)
  headers.push(...r.headers)
  s.ours = r
  if (r.sdp !== null && r.why === 'offer') s.localSdp = r.sdp
  turn.send(seq => ({ for: 'renegotiation', id: r.id, seq }), r.method, headers, r.sdp === null ? undefined : sdpBytes(r.sdp), dialog)
}

type Response = LegInput & { readonly kind: 'response' }

export function renegotiationResponse(turn: Turn, input: Response): void {
  const { s } = turn
  const { response, purpose } = input
  if (purpose.for !== 'renegotiation' || response.status < 200) return
  const seq = Number.parseInt(header(response, 'CSeq') ?? '', 10)
  const r = s.ours
  const isInvite = (header(response, 'CSeq') ?? '').endsWith('INVITE')
  const dialog = dialogOf(s)
  const late = s.phase === 'over' || !dialog || !r || r.id !== purpose.id
  if (late || (s.owed?.in === 'reinvite-2xx' && s.owed.seq === seq)) {
    // A repeated 2xx gets its ACK again; one that comes after the end is acknowledged all the same.
    if (isInvite && response.status < 300 && s.dialog && s.owed?.in !== 'reinvite-2xx') lateSuccess(turn, seq)
    return
  }
  if (response.status < 300) agreed(turn, r, input, seq, isInvite, dialog)
  else refused(turn, r, input)
}

function lateSuccess(turn: Turn, seq: number): void {
  const { s } = turn
  if (s.inviteSeq === seq && s.phase !== 'over') turn.ackAgain(s.dialog!.remoteTag, seq)
  else turn.ack(s.dialog!, seq, null)
}

function agreed(turn: Turn, r: Renegotiation, input: Response, seq: number, isInvite: boolean, before: Dialog): void {
  const { s } = turn
  const { response } = input
  const body = sessionBody(response)
  const sdp = body === 'unsupported' ? undefined : body.sdp
  const dialog = retargeted(before, contactUri(response))
  turn.keep(dialog)
  if (isInvite) s.inviteSeq = seq
  if (s.phase === 'up') takeSession(turn, response)
  if (isInvite && r.sdp === null && sdp !== undefined) {
    s.owed = { in: 'reinvite-2xx', seq }
    turn.start('answer-due', ANSWER_DUE_MS)
    turn.notice({ is: 'offer', sdp })
    return
  }
  s.ours = null
  if (isInvite) turn.ack(dialog, seq, null)
  if (r.why === 'offer' && sdp !== undefined) turn.notice({ is: 'offer-answered', sdp, snapshot: snapshotIn(s, dialog) })
  else if (s.dialog) turn.notice({ is: 'snapshot', snapshot: snapshotOf(s)! })
}

function refused(turn: Turn, r: Renegotiation, input: Response): void {
  const { s, o } = turn
  const { response, local } = input
  const { status } = response
  if (status === 491 && r.tries < MAX_TRIES) {
    // §14.1: who owns the Call-ID rests 2.1–4 s, the other 0–2 s, in steps of 10 ms.
    const rest = s.role === 'uac' ? 2100 + Math.floor(o.fraction() * 191) * 10 : Math.floor(o.fraction() * 201) * 10
    s.ours = { ...r, tries: r.tries + 1, resting: true }
    turn.start('rest', rest)
    return
  }
  const minimum = numberOf(response, 'Min-SE')
  if (status === 422 && minimum !== undefined && r.tries < MAX_TRIES && s.session) {
    s.minSessionS = Math.max(s.minSessionS, minimum)
    s.session = { ...s.session, intervalS: Math.max(s.session.intervalS, minimum) }
    launch(turn, { ...r, id: turn.nextId(), tries: r.tries + 1 })
    return
  }
  if (status === 500 && r.tries < MAX_TRIES && numberOf(response, 'Retry-After') !== undefined) {
    s.ours = { ...r, tries: r.tries + 1, resting: true }
    turn.start('rest', Math.min(10, numberOf(response, 'Retry-After')!) * 1000 + Math.floor(o.fraction() * 200) * 10)
    return
  }
  s.ours = null
  if (status === 481 || (status === 408 && r.method === 'INVITE') || (status === 408 && r.why === 'refresh')) {
    // The peer knows this dialog no more, or nobody answers: it is over (§12.2.1.2).
    sayBye(turn, local || status === 408 ? 'timeout' : 'peer')
    return
  }
  if (r.why === 'offer') {
    turn.notice({ is: 'offer-refused', status })
    return
  }
  if (r.why === 'refresh' && r.method === 'UPDATE' && (status === 405 || status === 501)) {
    s.peerAllows = s.peerAllows.filter(m => m !== 'UPDATE')
    refresh(turn)
  }
  // Other refusals of a refresh: the session's expiry decides.
}

/** The rest after 491 is over. */
export function rested(turn: Turn): void {
  const { s } = turn
  const r = s.ours
  if (!r?.resting) return
  s.ours = null
  // A newer offer takes the place of the one that was refused.
  if (s.waiting) return
  if (s.owed || s.serverInvite !== null || s.unacknowledged) {
    s.waiting = { why: r.why, sdp: r.sdp, headers: r.headers }
    return
  }
  launch(turn, { ...r, id: turn.nextId(), resting: false })
}

/** Half of the session interval is over and refreshing is ours (RFC 4028 §10). */
export function refresh(turn: Turn): void {
  const { s } = turn
  if (s.ours || s.waiting) return
  // By UPDATE without SDP where the peer takes it, else by a re-INVITE that offers what stands.
  renegotiate(turn, { why: 'refresh', sdp: s.peerAllows.includes('UPDATE') ? null : s.localSdp, headers: [] })
}
