/**
 * How one side's media shall be described: by kind of peer (a phone, a trunk, a browser), as the plan or the account says.
 * All values that need randomness or ports are the caller's: the same input gives the same SDP.
 */
import type { CodecName, Direction, LegMedia } from './leg-media.ts'

export interface MediaProfile {
  /**
   * - `rtp`: we offer plain RTP; an offer that insists on encryption (SAVP with keys or a fingerprint) is still accepted.
   * - `sdes`: encryption is required, offered as RTP/SAVP with keys in the SDP (RFC 4568).
   * - `sdes-optional`: offered as RTP/AVP with keys (opportunistic, RFC 8643); plain is accepted.
   * - `webrtc`: DTLS-SRTP with ICE-lite, BUNDLE and rtcp-mux (RFC 8829), encryption required.
   */
  readonly kind: 'rtp' | 'sdes' | 'sdes-optional' | 'webrtc'
  /** In order of preference, at least one. */
  readonly codecs: readonly CodecName[]
  /**
   * `rfc4733`: telephone-event is offered and accepted; where the peer has none, tones are listened for.
   * `info`: digits come by SIP INFO, telephone-event is still agreed when the peer offers it.
   * `in-band`: telephone-event is neither offered nor accepted; tones are listened for.
   */
  readonly dtmf: 'rfc4733' | 'info' | 'in-band'
  /** Whether packets may come from elsewhere than the SDP says (NAT). Default true; false for trunks by address. */
  readonly latch?: boolean
  /** Packet time that we ask for, ms. Default 20. */
  readonly ptimeMs?: number
  /** Offer and accept comfort noise (RFC 3389) with 8 kHz codecs. Default false for offers; accepted whenever offered. */
  readonly comfortNoise?: boolean
}

/** Our end of one leg's media. Stays the same for the leg's life, but for `sessionVersion`. */
export interface LocalMedia {
  readonly leg: string
  /** The address that goes into the SDP (what the peer can reach). */
  readonly address: string
  /** Where the media process binds, when that differs from `address` (public address in front of a NAT). */
  readonly bindAddress?: string
  /** Even. */
  readonly port: number
  /** o= line (RFC 8866 §5.2): decimal digits. */
  readonly sessionId: string
  /** To be raised by one whenever the SDP we send differs from the one before. */
  readonly sessionVersion: number
  /** Base64 of at least 44 random bytes: the SDES master key and salt of every suite are drawn from it. */
  readonly srtpSeed?: string
  /** For WebRTC: our ICE credentials (ufrag ≥ 4, password ≥ 22 characters). */
  readonly ice?: { readonly ufrag: string; readonly pwd: string }
  /** Addresses from which this peer's signalling came (behind NAT not those of its SDP): media from there is believed sooner. */
  readonly signalledFrom?: readonly string[]
  /** `sha-256 AB:CD:…` of the media process's DTLS certificate. Needed for WebRTC and for DTLS-SRTP phones. */
  readonly fingerprint?: string
}

/** A codec with the payload type that an SDP gave it. JSON. */
export interface OfferedCodec {
  readonly name: CodecName
  readonly type: number
  readonly clockHz: number
  readonly channels: number
}

/** What the caller keeps of an offer that it sent, until the answer comes. JSON, so that it survives a restart in the log. */
export interface LocalOffer {
  readonly sdp: string
  readonly local: LocalMedia
  readonly profile: MediaProfile
  readonly direction: Direction
  readonly codecs: readonly OfferedCodec[]
  readonly dtmf: readonly { readonly type: number; readonly clockHz: number }[]
  readonly comfortNoiseType: number | null
  /** Which m-line carries the voice. */
  readonly audioIndex: number
}

export interface AnsweredOffer {
  readonly sdp: string
  readonly media: LegMedia
}

/** The direction as seen from the other side. */
export function mirrored(direction: Direction): Direction {
  return direction === 'sendonly' ? 'recvonly' : direction === 'recvonly' ? 'sendonly' : direction
}

/** What both wishes allow, seen from our side: `theirs` must be mirrored already (RFC 3264 §6.1). */
export function commonDirection(a: Direction, b: Direction): Direction {
  const sends = (a === 'sendrecv' || a === 'sendonly') && (b === 'sendrecv' || b === 'sendonly')
  const receives = (a === 'sendrecv' || a === 'recvonly') && (b === 'sendrecv' || b === 'recvonly')
  return sends ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive'
}
