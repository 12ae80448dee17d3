/**
 * Mixed sound into the bytes of a file: Ogg Opus (RFC 7845) or WAV. One or two channels; two people are never put together,
 * each keeps a channel.
 */
import { OggOpusWriter } from '../wire/audio/ogg-opus.ts'
import { wavHeader } from '../wire/audio/wav.ts'

export interface AudioSink {
  begin(): Uint8Array[]
  /** Interleaved when there are two channels. The sink does not keep `samples`. */
  take(samples: Int16Array): Uint8Array[]
  finish(): Uint8Array[]
  /** What the beginning of the file must be once its end is known; null when it stays as it is. */
  readonly head: Uint8Array | null
}

/** One or two interleaved channels, 20 ms at a time. From the edge: it is native or WebAssembly. */
export interface OpusFileEncoder {
  readonly hz: 8000 | 16000
  readonly channels: 1 | 2
  /** Samples at `hz` that come out of a decoder before the first that went in. */
  readonly lookaheadSamples: number
  /** The returned bytes are the caller's. */
  encode(interleaved: Int16Array): Uint8Array
}

const FRAME_MS = 20
const OPUS_HZ = 48_000

export class OpusSink implements AudioSink {
  readonly head = null
  private readonly encoder: OpusFileEncoder
  private readonly ogg: OggOpusWriter
  private readonly frame: Int16Array
  private filled = 0
  private samples = 0

  constructor(encoder: OpusFileEncoder, serial: number, comments: readonly string[]) {
    this.encoder = encoder
    const preSkip = (encoder.lookaheadSamples * OPUS_HZ) / encoder.hz
    this.ogg = new OggOpusWriter(
      serial,
      { channels: encoder.channels, preSkip, inputHz: encoder.hz, gain: 0 },
      { vendor: 'Switchroom', comments },
    )
    this.frame = new Int16Array((encoder.channels * encoder.hz * FRAME_MS) / 1000)
  }

  begin(): Uint8Array[] {
    return this.ogg.begin()
  }

  take(samples: Int16Array): Uint8Array[] {
    const out: Uint8Array[] = []
    for (let at = 0; at < samples.length; ) {
      const count = Math.min(samples.length - at, this.frame.length - this.filled)
      this.frame.set(samples.subarray(at, at + count), this.filled)
      this.filled += count
      at += count
      if (this.filled === this.frame.length) out.push(...this.encode())
    }
    this.samples += samples.length / this.encoder.channels
    return out
  }

  finish(): Uint8Array[] {
    const out: Uint8Array[] = []
    // The encoder holds back its lookahead: silence brings the last of the sound out, and the granule cuts the silence off.
    const tail = this.encoder.lookaheadSamples * this.encoder.channels
    for (let pushed = -this.filled; pushed < tail; pushed += this.frame.length) {
      this.frame.fill(0, Math.max(0, this.filled))
      out.push(...this.encode())
    }
    out.push(this.ogg.finish((this.samples * OPUS_HZ) / this.encoder.hz))
    return out
  }

  private encode(): Uint8Array[] {
    this.filled = 0
    return this.ogg.add(this.encoder.encode(this.frame))
  }
}

export class WavSink implements AudioSink {
  private readonly format: { readonly encoding: 'pcm16'; readonly clockHz: number; readonly channels: 1 | 2 }
  private bytes = 0

  constructor(clockHz: number, channels: 1 | 2) {
    this.format = { encoding: 'pcm16', clockHz, channels }
  }

  get head(): Uint8Array {
    return wavHeader(this.format, this.bytes)
  }

  begin(): Uint8Array[] {
    return [wavHeader(this.format, 0)]
  }

  take(samples: Int16Array): Uint8Array[] {
    const out = new Uint8Array(samples.length * 2)
    const view = new DataView(out.buffer)
    for (let i = 0; i < samples.length; i++) view.setInt16(2 * i, samples[i]!, true)
    this.bytes += out.length
    return [out]
  }

  finish(): Uint8Array[] {
    return []
  }
}
