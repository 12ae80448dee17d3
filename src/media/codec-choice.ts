/**
 * Which codecs to put where, so that two sides that share one use it and nothing is transcoded without need.
 *
 * The exchange offers to B before it answers A: B is offered what A can do first (in B's order of preference, then whatever else
 * B's profile allows), and A is answered with what B took. Where nothing is shared, each side gets its own favourite and the media
 * process translates.
 */
import type { CodecName, LegMedia } from './leg-media.ts'
import type { MediaProfile } from './media-profile.ts'

/**
 * The order of codecs to offer to B, when A can do `canA` (codecs of A's offer, or of A's agreed media).
 * Shared codecs come first, in the order of B's profile; the others of B's profile follow as the way out.
 */
export function offerOrder(canA: readonly CodecName[], profileB: MediaProfile): readonly CodecName[] {
  const shared = profileB.codecs.filter(c => canA.includes(c))
  if (shared.length === 0 || shared.length === profileB.codecs.length) return profileB.codecs
  return [...shared, ...profileB.codecs.filter(c => !canA.includes(c))]
}

/** The order of codecs for our answer to A, when B's codec is known (`agreedB`) or not yet (null). */
export function answerOrder(agreedB: CodecName | null, profileA: MediaProfile): readonly CodecName[] {
  if (agreedB === null || profileA.codecs[0] === agreedB) return profileA.codecs
  // B's codec goes first even if A's profile does not list it but A offers it: only then is transcoding avoided.
  return [agreedB, ...profileA.codecs.filter(c => c !== agreedB)]
}

/** Whether sound must be translated between two agreed legs. */
export function needsTranscoding(a: LegMedia, b: LegMedia): boolean {
  const x = a.codec
  const y = b.codec
  if (x === null || y === null) return false
  return x.name !== y.name || x.clockHz !== y.clockHz
}
