/** The voice codecs: payload types (RFC 3551 §6), RTP clocks, and how SDP writes them. */
import type { CodecName } from './leg-media.ts'

export interface CodecFacts {
  readonly name: CodecName
  /** As written in a=rtpmap. */
  readonly encoding: string
  /** Static payload type, or our favourite dynamic one. */
  readonly type: number
  readonly isStatic: boolean
  /** RTP clock; G.722 says 8000 for historical reasons (RFC 3551 §4.5.2). */
  readonly clockHz: number
  readonly channels: number
  /** Real sample rate of the sound. */
  readonly audioHz: number
  readonly fmtp: string | null
}

export const codecFacts: Readonly<Record<CodecName, CodecFacts>> = {
  PCMU: { name: 'PCMU', encoding: 'PCMU/8000', type: 0, isStatic: true, clockHz: 8000, channels: 1, audioHz: 8000, fmtp: null },
  PCMA: { name: 'PCMA', encoding: 'PCMA/8000', type: 8, isStatic: true, clockHz: 8000, channels: 1, audioHz: 8000, fmtp: null },
  G722: { name: 'G722', encoding: 'G722/8000', type: 9, isStatic: true, clockHz: 8000, channels: 1, audioHz: 16000, fmtp: null },
  opus: {
    name: 'opus',
    encoding: 'opus/48000/2',
    type: 107,
    isStatic: false,
    clockHz: 48000,
    channels: 2,
    audioHz: 48000,
    fmtp: 'minptime=10;useinbandfec=1',
  },
  L16: { name: 'L16', encoding: 'L16/16000', type: 112, isStatic: false, clockHz: 16000, channels: 1, audioHz: 16000, fmtp: null },
}

/** Our favourite payload types for what is not a codec. */
export const telephoneEventType = 101
export const telephoneEvent48Type = 110
export const comfortNoiseType = 13

/** The codec of an rtpmap, or of a static type without one; null when it is none of ours. */
export function codecOf(type: number, encoding: string | null, clockHz: number, channels: number): CodecName | null {
  if (encoding === null) return type === 0 ? 'PCMU' : type === 8 ? 'PCMA' : type === 9 ? 'G722' : null
  switch (encoding.toUpperCase()) {
    case 'PCMU':
      return clockHz === 8000 && channels === 1 ? 'PCMU' : null
    case 'PCMA':
      return clockHz === 8000 && channels === 1 ? 'PCMA' : null
    case 'G722':
      // Some peers write 16000, against RFC 3551 §4.5.2; the RTP clock is 8000 all the same.
      return (clockHz === 8000 || clockHz === 16000) && channels === 1 ? 'G722' : null
    case 'OPUS':
      return clockHz === 48000 ? 'opus' : null
    case 'L16':
      return (clockHz === 8000 || clockHz === 16000) && channels === 1 ? 'L16' : null
    default:
      return null
  }
}
