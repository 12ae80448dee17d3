/** What the mixer and the transcoder need of a codec. Stateful: one per direction and stream. 16-bit mono throughout. */
import type { AgreedCodec } from './leg-media.ts'

export interface AudioDecoder {
  /** Sample rate of what comes out. */
  readonly hz: number
  /** Decodes `payload[offset, end)` into `pcm`; returns how many samples, 0 for what cannot be decoded. */
  decode(payload: Uint8Array, offset: number, end: number, pcm: Int16Array): number
  /** Fills in for `samples` lost ones; returns how many were made. */
  conceal(pcm: Int16Array, samples: number): number
}

export interface AudioEncoder {
  readonly hz: number
  /** Encodes the first `samples` of `pcm` into `packet` from `offset`; returns bytes written. Opus takes only 2.5, 5, 10, 20, 40, 60 ms. */
  encode(pcm: Int16Array, samples: number, packet: Uint8Array, offset: number): number
}

/** Opus is native or WebAssembly and so comes from the edge. */
export interface OpusFactory {
  decoder(hz: 8000 | 16000 | 48000): AudioDecoder
  encoder(hz: 8000 | 16000 | 48000): AudioEncoder
}

/** RTP clock ticks for `samples` at `hz` of real sound. */
export function ticksOf(codec: AgreedCodec, samples: number, hz: number): number {
  return Math.round((samples * codec.clockHz) / hz)
}

/** Makes coders for agreed codecs. */
export interface CodecFactory {
  encoder(codec: AgreedCodec): AudioEncoder | null
  decoder(codec: AgreedCodec): AudioDecoder | null
}
