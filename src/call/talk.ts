/** Two parties talking: bridging them, holds and renegotiations, digits. Renegotiation is answered here; it never crosses the exchange. */
import type { LegMedia } from '../media/leg-media.ts'
import type { Action } from '../plan/decision.ts'
import type { LegNotice } from '../sip/leg.ts'
import { ACCEPT_MS, accepts, isAsked } from './acceptance.ts'
import { answerCaller } from './answering.ts'
import type { Leg } from './call-state.ts'
import { endCall } from './ending.ts'
import { abandonHunt } from './hunt.ts'
import { acceptFrom, answerTo, reoffer } from './negotiation.ts'
import { completeTransfer } from './transfer.ts'
import type { Turn } from './turn.ts'

/** A called leg said 2xx. Gives back why its answer is of no use; the leg has failed then. */
export function calledAnswered(t: Turn, leg: Leg, notice: Extract<LegNotice, { is: 'answered' }>): string | null {
  if (leg.phase === 'over' || t.state.peer !== null || leg.decision !== t.state.decisions) {
    // It lost the race: somebody else answered, or the plan has gone on (RFC 3261 §13.2.2.4: ACK, then BYE).
    t.tell(leg.id, { do: 'hang-up', why: { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' } })
    return null
  }
  const media = notice.sdp === undefined ? null : acceptFrom(leg, notice.sdp)
  const agreed = media?.ok ? media.value : leg.media
  if (agreed === null) {
    t.tell(leg.id, { do: 'hang-up', why: { protocol: 'Q.850', cause: 88 } })
    return media && !media.ok ? media.error.code : 'no answer to our offer'
  }
  t.emit({ type: 'leg.answered', v: 1, leg: leg.id, snapshot: notice.snapshot, media: agreed })
  if (isAsked(t.state, t.leg(leg.id)!)) {
    t.timer('accept', t.world.nowMs + ACCEPT_MS)
    return null
  }
  abandonHunt(t, leg.id, 'cancelled')
  const { action } = t.state
  // An outside party that is recorded hears so first; the caller goes on waiting meanwhile (REC-05).
  if (action?.do === 'dial-out' && action.announcement && action.announcement.prompts.length > 0 && !t.state.announced) return null
  connect(t, t.leg(leg.id)!)
  return null
}

/** A digit of somebody who is asked to press one before they are connected. False when they are not. */
export function takesCall(t: Turn, id: string, digit: string): boolean {
  const leg = t.leg(id)
  const answer = leg === undefined ? null : accepts(t.state, leg, digit)
  if (answer === null) return false
  if (answer) {
    t.noTimer('accept')
    abandonHunt(t, id, 'cancelled')
    connect(t, leg!)
  }
  return true
}

/** Brings the caller and a called leg that is up together. */
export function connect(t: Turn, leg: Leg): void {
  const agreed = leg.media!
  if (!answerCaller(t, agreed.codec?.name ?? null)) {
    endCall(t, { outcome: 'failed', status: 488, cause: 88, reason: 'no common codec with the caller', by: null })
    return
  }
  t.emit({ type: 'call.bridged', v: 1, a: t.state.caller, b: leg.id })
  if (t.state.transfer) completeTransfer(t)
  startRecording(t, leg)
}

function startRecording(t: Turn, called: Leg): void {
  const action = t.state.action as Extract<Action, { do: 'ring' | 'dial-out' }>
  const target =
    action.do === 'ring' ? action.targets.find(x => x.account === called.account || x.also?.includes(called.account ?? '')) : undefined
  const decision = target?.recording === undefined ? action.recording : target.recording
  if (!decision || t.state.recordings.some(r => r.running)) return
  const recording = t.world.newRecordingId()
  const caller = t.caller
  const [left, right] = caller.side === 'left' ? [caller.party, called.party] : [called.party, caller.party]
  t.emit({
    type: 'recording.started',
    v: 1,
    recording,
    path: t.world.spoolPath(recording),
    decision,
    kind: 'call',
    left,
    right,
  })
}

/** The peer renegotiates, or asks us to. */
export function legOffers(t: Turn, leg: Leg, sdp: string | undefined): void {
  const other = otherCodec(t, leg)
  if (sdp === undefined) {
    const offer = reoffer(leg, other)
    t.emit({ type: 'media.offered', v: 1, leg: leg.id, offer })
    t.tell(leg.id, { do: 'answer', sdp: offer.sdp })
    return
  }
  const answer = answerTo(leg, sdp, other)
  if (!answer.ok) {
    t.tell(leg.id, { do: 'refuse-offer', status: 488 })
    return
  }
  t.emit({ type: 'media.agreed', v: 1, leg: leg.id, media: answer.value.media, held: isHold(answer.value.media), answer: answer.value.sdp })
  t.tell(leg.id, { do: 'answer', sdp: answer.value.sdp })
}

/** The answer to an offer of ours, wherever it was carried. */
export function legAnswers(t: Turn, leg: Leg, sdp: string): void {
  const media = acceptFrom(leg, sdp)
  if (media.ok) {
    t.emit({ type: 'media.agreed', v: 1, leg: leg.id, media: media.value, held: isHold(media.value) })
  } else if (leg.media === null) {
    endCall(t, { outcome: 'failed', status: 488, cause: 88, reason: media.error.code, by: leg.party })
  }
}

/** The peer listens no more: it has put us on hold (RFC 3264 §8.4). */
function isHold(media: LegMedia): boolean {
  return media.direction === 'recvonly' || media.direction === 'inactive'
}

function otherCodec(t: Turn, leg: Leg): NonNullable<LegMedia['codec']>['name'] | null {
  const id = leg.id === t.state.caller ? t.state.peer : t.state.caller
  return (id === null ? null : t.leg(id)?.media?.codec?.name) ?? null
}

/** A digit by INFO: passed on as sound events to the other side. */
export function digitByInfo(t: Turn, leg: Leg, digit: string): void {
  const other = leg.id === t.state.caller ? t.state.peer : leg.id === t.state.peer ? t.state.caller : null
  if (other !== null) t.effects.push({ do: 'send-dtmf', leg: other, digits: digit })
}
