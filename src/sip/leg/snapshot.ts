/** A leg as the log keeps it, and back (`LegSnapshot`). */
import { NO_BODY, type SipRequest } from '../../wire/sip/message.ts'
import { printHead } from '../../wire/sip/serialize-message.ts'
import type { Dialog } from '../dialog/dialog.ts'
import type { Hop } from '../flow.ts'
import type { Credentials, LegSnapshot } from '../leg.ts'
import { armSession } from './session-timer.ts'
import type { LegState } from './state.ts'
import type { Turn } from './turn.ts'

/**
 * How far CSeq jumps on restoring: requests sent after the last snapshot (refreshes, INFO, NOTIFY) are not logged, and the peer
 * refuses what is not above the highest it has seen (RFC 3261 §12.2.2). Gaps are allowed.
 */
export const SEQ_JUMP = 100

/** Null before the leg has a dialog. */
export function snapshotOf(s: LegState): LegSnapshot | null {
  const d = s.dialog
  if (!d) return null
  return {
    role: s.role,
    callId: d.callId,
    localTag: d.localTag,
    remoteTag: d.remoteTag,
    localUri: d.local,
    remoteUri: d.remote,
    remoteTarget: d.remoteTarget,
    routeSet: d.routeSet,
    localSeq: d.localSeq,
    remoteSeq: d.remoteSeq,
    inviteSeq: s.inviteSeq,
    hop: d.hop,
    ourContact: d.contact,
    ...(s.session ? { session: s.session } : {}),
    peerAllows: s.peerAllows,
    peerSupports: s.peerSupports,
    ...(s.credentials ? { credentials: credentialsOf(s) } : {}),
    ...(d.behindNat ? { behindNat: true } : {}),
  }
}

function credentialsOf(s: LegState): { username: string; secretRef?: string } {
  const username = s.credentials!.username
  return s.secretRef === undefined ? { username } : { username, secretRef: s.secretRef }
}

const OF_TRANSACTION = new Set(['Via', 'Max-Forwards', 'Route', 'Record-Route', 'From', 'To', 'Call-ID', 'CSeq', 'Contact'])

/** What names an INVITE transaction, as text: enough to answer or cancel it, and nothing that must not be kept (credentials, SDP). */
export function transactionHead(invite: SipRequest): string {
  return printHead({ ...invite, headers: invite.headers.filter(h => OF_TRANSACTION.has(h.name)), body: NO_BODY })
}

/** Our INVITE without its body and without credentials: with the offer, which the log has elsewhere, it can be sent again as it was. */
export function inviteHead(sent: SipRequest): string {
  const headers = sent.headers.filter(h => h.name !== 'Authorization' && h.name !== 'Proxy-Authorization')
  return printHead({ ...sent, headers, body: NO_BODY })
}

/** An outgoing leg whose INVITE is under way: it has no dialog of its own yet. */
export function ringingSnapshot(s: LegState, sent: string, hop: Hop, contact: string): LegSnapshot {
  const i = s.invite!
  return {
    role: 'uac',
    callId: i.callId,
    localTag: i.localTag,
    remoteTag: '',
    localUri: i.command.from,
    remoteUri: i.command.to,
    remoteTarget: i.command.requestUri,
    routeSet: [],
    localSeq: i.seq,
    remoteSeq: -1,
    inviteSeq: i.seq,
    hop,
    ourContact: contact,
    peerAllows: [],
    peerSupports: [],
    ...(s.credentials ? { credentials: credentialsOf(s) } : {}),
    ringing: { invite: sent, offers: i.command.sdp !== undefined },
  }
}

/** A leg from its snapshot. `tx` names the revived INVITE of an incoming leg that rings. */
export function restored(turn: Turn, snapshot: LegSnapshot, credentials: Credentials | null, tx: number | null): void {
  if (snapshot.ringing && snapshot.role === 'uac') callAgain(turn, snapshot, credentials)
  else if (snapshot.ringing) ringAgain(turn, snapshot, tx)
  else establishAgain(turn, snapshot, credentials)
}

function dialogIn(snapshot: LegSnapshot): Dialog {
  return {
    callId: snapshot.callId,
    localTag: snapshot.localTag,
    remoteTag: snapshot.remoteTag,
    local: snapshot.localUri,
    remote: snapshot.remoteUri,
    remoteTarget: snapshot.remoteTarget,
    routeSet: snapshot.routeSet,
    localSeq: snapshot.localSeq + SEQ_JUMP,
    remoteSeq: snapshot.remoteSeq,
    hop: snapshot.hop,
    behindNat: snapshot.behindNat ?? false,
    contact: snapshot.ourContact,
  }
}

/** Our INVITE has no final response yet: its early dialogs are forgotten, its 2xx will make the dialog. */
function callAgain(turn: Turn, snapshot: LegSnapshot, credentials: Credentials | null): void {
  const { s, o } = turn
  const offers = snapshot.ringing!.offers
  s.phase = 'calling'
  s.credentials = credentials
  s.secretRef = snapshot.credentials?.secretRef
  s.invite = {
    // What the offer said is not kept; that there was one decides how the answer is read.
    command: {
      do: 'invite',
      requestUri: snapshot.remoteTarget,
      from: snapshot.localUri,
      to: snapshot.remoteUri,
      hops: [snapshot.hop],
      ...(offers ? { sdp: '' } : {}),
    },
    callId: snapshot.callId,
    localTag: snapshot.localTag,
    seq: snapshot.inviteSeq,
    attempt: 1,
    sessionExpiresS: o.config.sessionExpiresS,
    minSessionS: 0,
    cancelled: false,
    expired: false,
    resumed: true,
    refusedForks: [],
  }
  turn.start('ring-end', o.config.maxRingMs)
}

/** The peer's INVITE waits for our final response. Reliable 1xx are over: the RSeq used last is not known. */
function ringAgain(turn: Turn, snapshot: LegSnapshot, tx: number | null): void {
  const { s } = turn
  if (tx === null) {
    s.phase = 'over'
    return
  }
  s.phase = 'incoming'
  s.dialog = dialogIn(snapshot)
  s.serverInvite = tx
  s.serverSeq = snapshot.inviteSeq
  s.inviteSeq = snapshot.inviteSeq
  s.peerOffered = snapshot.ringing!.offers
  if (s.peerOffered) s.owed = { in: 'invite' }
  s.peerAllows = snapshot.peerAllows
  s.peerSupports = snapshot.peerSupports
}

function establishAgain(turn: Turn, snapshot: LegSnapshot, credentials: Credentials | null): void {
  const { s, o } = turn
  s.phase = 'up'
  s.dialog = dialogIn(snapshot)
  s.inviteSeq = snapshot.inviteSeq
  s.serverSeq = snapshot.role === 'uas' ? snapshot.inviteSeq : -1
  s.agreed = true
  s.peerAllows = snapshot.peerAllows
  s.peerSupports = snapshot.peerSupports
  s.credentials = credentials
  s.secretRef = snapshot.credentials?.secretRef
  if (snapshot.pending2xx !== undefined) {
    s.phase = 'accepted'
    s.unacknowledged = { seq: snapshot.inviteSeq, initial: true, offers: false, intervalMs: o.timers.t1 }
    turn.effects.push({ do: 'resend', what: '2xx' })
    turn.start('2xx', o.timers.t1)
    turn.start('2xx-end', 64 * o.timers.t1)
  }
  if (snapshot.session) {
    s.session = snapshot.session
    armSession(turn)
  }
}
