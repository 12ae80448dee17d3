/** Offers and answers of a call's legs: which codecs to put to whom, given what the other side can do (RFC 3264). */
import type { Result } from '../kernel/result.ts'
import { fault } from '../kernel/result.ts'
import { answerOrder, offerOrder } from '../media/codec-choice.ts'
import type { CodecName, Direction, LegMedia } from '../media/leg-media.ts'
import type { AnsweredOffer, LocalMedia, LocalOffer, MediaProfile } from '../media/media-profile.ts'
import { acceptAnswer, makeAnswer, makeOffer } from '../media/offer-answer.ts'
import { readOffer } from '../media/remote-offer.ts'
import type { Leg } from './call-state.ts'

/** The offer to a called leg: what the caller can do comes first, so that nothing is transcoded without need. */
export function offerTo(caller: Leg, local: LocalMedia, profile: MediaProfile): LocalOffer {
  return makeOffer(local, profile, { codecs: offerOrder(codecsOf(caller), profile) })
}

/** Codecs that a leg is known to speak: the agreed one, else those of its offer, else those of its profile. */
export function codecsOf(leg: Leg): readonly CodecName[] {
  if (leg.media?.codec) return [leg.media.codec.name]
  if (leg.offer === null) return leg.profile.codecs
  const read = readOffer(leg.offer)
  return read.ok && read.value.audio ? read.value.audio.codecs.map(c => c.name) : leg.profile.codecs
}

/** Our answer to an offer of this leg; `other` is the codec that the other side already speaks. */
export function answerTo(leg: Leg, offer: string, other: CodecName | null, direction: Direction = 'sendrecv'): Result<AnsweredOffer> {
  const read = readOffer(offer)
  if (!read.ok) return read
  return makeAnswer(versioned(leg), leg.profile, read.value, answerOrder(other, leg.profile), direction)
}

/** A new offer to a leg that is (or shall be) up. */
export function reoffer(leg: Leg, other: CodecName | null, direction: Direction = 'sendrecv'): LocalOffer {
  return makeOffer(versioned(leg), leg.profile, {
    direction,
    codecs: other === null ? leg.profile.codecs : offerOrder([other], leg.profile),
    ...(leg.answer === null ? {} : { previous: leg.answer }),
    ...(leg.media === null ? {} : { agreed: leg.media }),
  })
}

export function acceptFrom(leg: Leg, answer: string): Result<LegMedia> {
  if (leg.offered === null) return fault('media.no-offer', 'an answer came without an offer of ours')
  return acceptAnswer(leg.offered, answer)
}

/** The o= version rises with each SDP that we send (RFC 3264 §8). */
function versioned(leg: Leg): LocalMedia {
  return leg.sdpCount === 0 ? leg.local : { ...leg.local, sessionVersion: leg.local.sessionVersion + leg.sdpCount }
}
