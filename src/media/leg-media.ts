/** One leg's media as agreed by offer/answer: all that the media process needs to know. JSON. */
import type { SrtpSuiteName } from '../wire/srtp/suite.ts'

export type CodecName = 'PCMU' | 'PCMA' | 'G722' | 'opus' | 'L16'

export interface AgreedCodec {
  readonly name: CodecName
  /** RTP payload type used towards the peer and expected from it (they may differ, RFC 3264 §6.1). */
  readonly sendType: number
  readonly receiveType: number
  readonly clockHz: number
  readonly channels: number
  readonly ptimeMs: number
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

export interface LegMedia {
  readonly leg: string
  /** Our address and even RTP port; RTCP on port+1 unless `rtcpMux`. */
  readonly local: { readonly address: string; readonly port: number }
  /** Where the SDP says the peer listens; null before it is known. Packets may come from elsewhere (NAT): see latching. */
  readonly remote: { readonly address: string; readonly port: number; readonly rtcpPort: number } | null
  readonly rtcpMux: boolean
  /** What we do towards the peer: 'recvonly' sends nothing. */
  readonly direction: Direction
  readonly codec: AgreedCodec | null
  /** telephone-event payload types, null when not agreed. */
  readonly dtmf: { readonly sendType: number; readonly receiveType: number; readonly clockHz: number } | null
  readonly comfortNoiseType: number | null
  readonly srtp:
    | { readonly kind: 'none' }
    | {
        readonly kind: 'sdes'
        readonly suite: SrtpSuite /** base64 key‖salt */
        readonly localKey: string
        readonly remoteKey: string | null
      }
    | { readonly kind: 'dtls'; readonly role: 'active' | 'passive'; readonly remoteFingerprint: string | null }
  readonly ice: {
    readonly localUfrag: string
    readonly localPwd: string
    readonly remoteUfrag: string | null
    readonly remotePwd: string | null
  } | null
  /** Whether a source other than `remote` may be latched: true for phones that may sit behind NAT, false for trunks by address. */
  readonly latch: boolean
  /** Addresses that signalling came from: a source there is believed sooner than a stranger (NAT), see `latch.ts`. */
  readonly expected?: readonly string[]
  /** Listen for DTMF tones in the audio (peer has no telephone-event). */
  readonly inBandDtmf: boolean
}

export type SrtpSuite = SrtpSuiteName
