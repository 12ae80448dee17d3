/**
 * The leg machine: `step(state, input, options) → { state, effects }`, pure. What a kind of input means is told in the files
 * beside this one; here it is only decided who deals with it.
 */
import { unreachable } from '../../kernel/result.ts'
import { header, type SipRequest } from '../../wire/sip/message.ts'
import { type Dialog, inOrder, seen } from '../dialog/dialog.ts'
import { tagIn } from '../dialog/tags.ts'
import type { LegCommand } from '../leg.ts'
import { byeFromPeer, ended, sayBye } from './farewell.ts'
import { informed, notifyRefused, referProgress, referred, replyToRefer, sendInfo, sendRefer } from './in-call.ts'
import * as uas from './incoming.ts'
import { pursue, refresh, renegotiate, renegotiationResponse, rested } from './our-offer.ts'
import { cancel, invite, inviteResponse, strayTwoHundred } from './outgoing.ts'
import { answer, refuseOffer, reinvited, updated } from './peer-offer.ts'
import { restored } from './snapshot.ts'
import type { LegEffect, LegInput, LegOptions, LegState, LegTimer } from './state.ts'
import { Turn } from './turn.ts'

export interface LegStep {
  readonly state: LegState
  readonly effects: readonly LegEffect[]
}

export function step(state: LegState, input: LegInput, options: LegOptions): LegStep {
  const turn = new Turn(state, options)
  dispatch(turn, input)
  if (turn.s.waiting) pursue(turn)
  return { state: turn.s, effects: turn.effects }
}

function dispatch(turn: Turn, input: LegInput): void {
  switch (input.kind) {
    case 'command':
      if (turn.s.phase !== 'over') command(turn, input.command)
      return
    case 'incoming':
      uas.incoming(turn, input)
      return
    case 'request':
      request(turn, input)
      return
    case 'ack':
      uas.acknowledged(turn, input.request, cseq(input.request))
      return
    case 'cancelled':
      uas.cancelledByPeer(turn, input.tx, input.cancel)
      return
    case 'unreachable':
      uas.callerGone(turn, input.tx)
      return
    case 'response':
      response(turn, input)
      return
    case 'stray':
      strayTwoHundred(turn, input.response, input.hop)
      return
    case 'timer':
      if (turn.s.phase !== 'over') timer(turn, input.timer)
      return
    case 'restore':
      restored(turn, input.snapshot, input.credentials, input.tx)
      return
    default:
      unreachable(input)
  }
}

function command(turn: Turn, c: LegCommand): void {
  const { s } = turn
  switch (c.do) {
    case 'invite':
      if (s.phase === 'idle') invite(turn, c)
      return
    case 'progress':
      uas.progress(turn, c)
      return
    case 'accept':
      uas.accept(turn, c)
      return
    case 'reject':
      uas.reject(turn, c)
      return
    case 'answer':
      answer(turn, c.sdp)
      return
    case 'refuse-offer':
      refuseOffer(turn, c.status)
      return
    case 'offer':
      renegotiate(turn, { why: 'offer', sdp: c.sdp ?? null, headers: c.headers ?? [] })
      return
    case 'identify':
      s.identity = c.who
      // Before the answer it rides on the responses; afterwards UPDATE carries it to those who take one (RFC 4916 §4).
      if (s.phase === 'up' && s.peerAllows.includes('UPDATE')) renegotiate(turn, { why: 'identify', sdp: null, headers: [] })
      return
    case 'info':
      sendInfo(turn, c)
      return
    case 'refer-reply':
      replyToRefer(turn, c.refer, c.status)
      return
    case 'refer-progress':
      referProgress(turn, c.refer, c.status, c.reason, c.final)
      return
    case 'send-refer':
      sendRefer(turn, c)
      return
    case 'hang-up':
      hangUp(turn, c)
      return
    default:
      unreachable(c)
  }
}

function hangUp(turn: Turn, c: LegCommand & { readonly do: 'hang-up' }): void {
  const { s } = turn
  switch (s.phase) {
    case 'idle':
      ended(turn, 'us', c.why)
      return
    case 'calling':
      cancel(turn, c.why)
      return
    case 'incoming':
      uas.hangUpIncoming(turn, c.status, c.why)
      return
    case 'accepted':
      // The called side may not say BYE before the ACK (RFC 3261 §15).
      s.byeWhenAcknowledged ??= { why: c.why }
      return
    case 'owing':
    case 'up':
      sayBye(turn, 'us', c.why)
      return
    case 'over':
      return
    default:
      unreachable(s.phase)
  }
}

function request(turn: Turn, input: LegInput & { readonly kind: 'request' }): void {
  const { s } = turn
  const { request: r, tx } = input
  const dialog = dialogOf(turn, r)
  if (!dialog || s.phase === 'over') {
    turn.respond(tx, 481)
    return
  }
  const seq = cseq(r)
  if (!inOrder(dialog, seq)) {
    turn.respond(tx, 500, { headers: [turn.shortWait()] })
    return
  }
  turn.keep(heardAt(turn, seen(dialog, seq), input))
  switch (r.method) {
    case 'BYE':
      byeFromPeer(turn, tx, r)
      return
    case 'INVITE':
      reinvited(turn, tx, r, seq)
      return
    case 'UPDATE':
      updated(turn, tx, r, dialog.remoteTag)
      return
    case 'PRACK':
      uas.pracked(turn, tx, r)
      return
    case 'INFO':
      informed(turn, tx, r)
      return
    case 'REFER':
      referred(turn, tx, r, seq)
      return
    case 'NOTIFY':
      turn.respond(tx, 200)
      return
    case 'OPTIONS':
      turn.respond(tx, 200, {
        headers: [
          { name: 'Allow', value: turn.o.allow },
          { name: 'Supported', value: turn.o.supported.join(', ') },
        ],
      })
      return
    default:
      turn.respond(tx, 405, { headers: [{ name: 'Allow', value: turn.o.allow }] })
  }
}

function dialogOf(turn: Turn, r: SipRequest): Dialog | null {
  const { s } = turn
  const tag = tagIn(header(r, 'From'))
  if (s.dialog) return s.dialog.remoteTag === tag ? s.dialog : null
  return s.forks.find(f => f.dialog.remoteTag === tag)?.dialog ?? null
}

/** A phone whose NAT gave it another port, or that came back over a new connection, is met where it was last heard. */
function heardAt(turn: Turn, dialog: Dialog, input: LegInput & { readonly kind: 'request' }): Dialog {
  const { hop } = input
  const old = dialog.hop
  const moved = hop.host !== old.host || hop.port !== old.port || hop.flow?.connection !== old.flow?.connection
  return moved && (dialog.behindNat || hop.transport !== 'udp') && turn.s.phase !== 'calling' ? { ...dialog, hop } : dialog
}

function response(turn: Turn, input: LegInput & { readonly kind: 'response' }): void {
  const { purpose } = input
  const { status } = input.response
  switch (purpose.for) {
    case 'invite':
      inviteResponse(turn, input)
      return
    case 'renegotiation':
      renegotiationResponse(turn, input)
      return
    case 'notify':
      if (status >= 300) notifyRefused(turn, purpose.refer)
      return
    case 'info':
    case 'refer':
      // The peer does not know the dialog any more (RFC 5057 §5.1): there is nothing left to end but our side.
      if (status === 481 && !input.local && turn.s.phase !== 'over') sayBye(turn, 'peer')
      return
    case 'prack':
    case 'bye':
      return
    default:
      unreachable(purpose)
  }
}

function timer(turn: Turn, name: LegTimer): void {
  switch (name) {
    case '2xx':
      uas.resendSuccess(turn)
      return
    case '2xx-end':
      uas.unacknowledgedEnd(turn)
      return
    case '1xx':
      uas.resendReliable(turn)
      return
    case '1xx-end':
      uas.unpracked(turn)
      return
    case 'keep-ringing':
      uas.progress(turn, { do: 'progress', status: turn.s.lastProgress || 183 })
      return
    case 'ring-end':
      cancel(turn, undefined, true)
      return
    case 'answer-due':
      // The call layer never answered the peer's offer: its 2xx must not stay without an ACK.
      sayBye(turn, 'timeout')
      return
    case 'rest':
      rested(turn)
      return
    case 'refresh':
      refresh(turn)
      return
    case 'expiry':
      if (turn.s.dialog) sayBye(turn, 'session-timer', { protocol: 'SIP', cause: 408, text: 'Session Expired' })
      else ended(turn, 'session-timer')
      return
    default:
      unreachable(name)
  }
}

/** Another try of a request of ours takes the next CSeq of its dialog (after a challenge). */
export function nextSeq(state: LegState, dialog: Dialog | null): { state: LegState; seq: number } {
  if (!dialog) {
    const seq = state.invite!.seq + 1
    return { state: { ...state, invite: { ...state.invite!, seq } }, seq }
  }
  if (state.dialog?.remoteTag === dialog.remoteTag) {
    const seq = state.dialog.localSeq + 1
    return { state: { ...state, dialog: { ...state.dialog, localSeq: seq } }, seq }
  }
  const fork = state.forks.find(f => f.dialog.remoteTag === dialog.remoteTag)
  const seq = (fork?.dialog.localSeq ?? dialog.localSeq) + 1
  const forks = state.forks.map(f => (f === fork ? { ...f, dialog: { ...f.dialog, localSeq: seq } } : f))
  return { state: { ...state, forks }, seq }
}

function cseq(r: SipRequest): number {
  return Number.parseInt(header(r, 'CSeq') ?? '-1', 10)
}
