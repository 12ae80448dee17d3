/** The ways a leg ends once it has a session: BYE from us, BYE from the peer (RFC 3261 §15). */
import type { SipRequest } from '../../wire/sip/message.ts'
import type { Dialog } from '../dialog/dialog.ts'
import type { LegNotice, ReasonValue } from '../leg.ts'
import { reasonHeaders, reasonOf } from './header-values.ts'
import type { LegTimer } from './state.ts'
import type { Turn } from './turn.ts'

const ALL_TIMERS: readonly LegTimer[] = [
  '2xx',
  '2xx-end',
  '1xx',
  '1xx-end',
  'keep-ringing',
  'ring-end',
  'answer-due',
  'rest',
  'refresh',
  'expiry',
]

export type EndedBy = Extract<LegNotice, { is: 'ended' }>['by']

/** The last notice; nothing that is still open stays so. */
export function over(turn: Turn, last: LegNotice): void {
  const { s } = turn
  if (s.phase === 'over') return
  closeOpenRequests(turn)
  s.phase = 'over'
  s.ours = null
  s.waiting = null
  s.reliable = null
  s.queued = []
  s.acceptWhenPracked = null
  s.unacknowledged = null
  s.byeWhenAcknowledged = null
  s.localSdp = null
  if (s.invite) {
    // It lingers for half a minute to acknowledge late 2xx: without what it said.
    const { sdp: _sdp, headers: _headers, credentials: _credentials, ...command } = s.invite.command
    s.invite = { ...s.invite, command }
  }
  turn.stop(...ALL_TIMERS)
  turn.effects.push({ do: 'drop', what: '1xx' }, { do: 'drop', what: '2xx' })
  turn.notice(last)
}

export function ended(turn: Turn, by: EndedBy, why?: ReasonValue): void {
  over(turn, why ? { is: 'ended', by, why } : { is: 'ended', by })
}

/** Requests of the peer's that nobody will answer any more get 487 (RFC 3261 §15.1.2 for INVITE). */
function closeOpenRequests(turn: Turn): void {
  const { s } = turn
  if (s.serverInvite !== null) turn.respond(s.serverInvite, 487)
  s.serverInvite = null
  dropOffer(turn)
  for (const refer of s.refers) if (refer.state === 'asked' && refer.tx !== null) turn.respond(refer.tx, 487)
  s.refers = []
}

/** An offer of the peer's that will get no answer. PRACK succeeds all the same: it also acknowledges (RFC 3262 §3). */
export function dropOffer(turn: Turn): void {
  const { s } = turn
  if (s.owed?.in === 'prack') turn.respond(s.owed.tx, 200)
  if (s.owed?.in === 'update') turn.respond(s.owed.tx, 487)
  s.owed = null
}

/** BYE in the leg's dialog, and the end. An unacknowledged 2xx of the peer's is acknowledged first (§13.2.2.4). */
export function sayBye(turn: Turn, by: EndedBy, why?: ReasonValue): void {
  const { s } = turn
  if (s.phase === 'over' || !s.dialog) return
  if (s.owed?.in === '2xx') turn.ack(s.dialog, s.inviteSeq, null)
  if (s.owed?.in === 'reinvite-2xx') turn.ack(s.dialog, s.owed.seq, s.localSdp)
  turn.send({ for: 'bye' }, 'BYE', reasonHeaders(why))
  ended(turn, by, why)
}

/** A dialog that we do not want: the 2xx of another fork, or one that crossed our CANCEL (§13.2.2.4, §9.1). */
export function ackAndBye(turn: Turn, dialog: Dialog, seq: number, why?: ReasonValue): void {
  turn.ack(dialog, seq, null)
  turn.send({ for: 'bye' }, 'BYE', reasonHeaders(why), undefined, dialog)
}

/** §15.1.2. In an early dialog of an incoming leg the INVITE is answered 487 as well. */
export function byeFromPeer(turn: Turn, tx: number, request: SipRequest): void {
  const { s } = turn
  turn.respond(tx, 200)
  const why = reasonOf(request)
  if (s.phase === 'calling') {
    // Our peer hangs up before we saw its 2xx (lost or overtaken): the INVITE has no future either.
    turn.effects.push({ do: 'cancel', headers: [] })
    s.invite = s.invite && { ...s.invite, cancelled: true }
    return
  }
  if (s.owed?.in === '2xx' && s.dialog) turn.ack(s.dialog, s.inviteSeq, null)
  ended(turn, 'peer', why)
}
