/** Answering the caller: our 2xx (or early media) with the media that fits what the call is about to do. */
import type { CodecName } from '../media/leg-media.ts'
import { answerTo, reoffer } from './negotiation.ts'
import type { Turn } from './turn.ts'

/** Sends 200 to the caller unless it has one. False when its offer cannot be met: then the call ends with 488. */
export function answerCaller(t: Turn, other: CodecName | null): boolean {
  const caller = t.caller
  if (caller.phase === 'up') return true
  if (caller.phase === 'over') return false
  if (caller.answer !== null) {
    // Early media was agreed before: the 2xx repeats that answer (RFC 3261 §13.2.1).
    t.emit({ type: 'call.answered', v: 1, leg: caller.id, answer: caller.answer, media: caller.media, offered: null })
    t.tell(caller.id, { do: 'accept', sdp: caller.answer })
    return true
  }
  if (caller.offer === null) {
    const offer = reoffer(caller, other)
    t.emit({ type: 'call.answered', v: 1, leg: caller.id, answer: offer.sdp, media: null, offered: offer })
    t.tell(caller.id, { do: 'accept', sdp: offer.sdp })
    return true
  }
  const answer = answerTo(caller, caller.offer, other)
  if (!answer.ok) return false
  t.emit({ type: 'call.answered', v: 1, leg: caller.id, answer: answer.value.sdp, media: answer.value.media, offered: null })
  t.tell(caller.id, { do: 'accept', sdp: answer.value.sdp })
  return true
}

/** Gives an unanswered caller something to hear before the answer (183 with SDP). False when that cannot be. */
export function openEarly(t: Turn, other: CodecName | null, status = 183): boolean {
  const caller = t.caller
  if (caller.phase === 'up' || caller.answer !== null) return true
  if (caller.phase === 'over' || caller.offer === null) return false
  const answer = answerTo(caller, caller.offer, other)
  if (!answer.ok) return false
  t.emit({ type: 'media.agreed', v: 1, leg: caller.id, media: answer.value.media, held: false, answer: answer.value.sdp })
  t.tell(caller.id, { do: 'progress', status, sdp: answer.value.sdp })
  return true
}
