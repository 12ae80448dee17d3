/** Coders for agreed codecs, over the sound of `wire/audio`; Opus comes from the edge. Inside, sound is 8 or 16 kHz. */
import { decodeG711, encodeG711, type G711Law } from '../wire/audio/g711.ts'
import { G722Decoder, G722Encoder } from '../wire/audio/g722.ts'
import { decodeL16, encodeL16 } from '../wire/audio/l16.ts'
import type { AudioDecoder, AudioEncoder, CodecFactory, OpusFactory } from './audio-codec.ts'

export function voiceCodecs(opus: OpusFactory | null): CodecFactory {
  return {
    encoder(codec) {
      switch (codec.name) {
        case 'PCMU':
          return g711Encoder('mu')
        case 'PCMA':
          return g711Encoder('a')
        case 'L16':
          return linearEncoder(codec.clockHz)
        case 'opus':
          return opus?.encoder(16000) ?? null
        case 'G722':
          return g722Encoder()
      }
    },
    decoder(codec) {
      switch (codec.name) {
        case 'PCMU':
          return g711Decoder('mu')
        case 'PCMA':
          return g711Decoder('a')
        case 'L16':
          return linearDecoder(codec.clockHz)
        case 'opus':
          return opus?.decoder(16000) ?? null
        case 'G722':
          return g722Decoder()
      }
    },
  }
}

function g711Encoder(law: G711Law): AudioEncoder {
  return { hz: 8000, encode: (pcm, samples, packet, offset) => encodeG711(law, pcm, 0, samples, packet, offset) }
}

function g711Decoder(law: G711Law): AudioDecoder {
  const fade = new Concealment()
  return {
    hz: 8000,
    decode(payload, offset, end, pcm) {
      const samples = decodeG711(law, payload, offset, Math.min(end, offset + pcm.length), pcm)
      fade.remember(pcm, samples)
      return samples
    },
    conceal: (pcm, samples) => fade.fill(pcm, samples),
  }
}

function g722Encoder(): AudioEncoder {
  const coder = new G722Encoder()
  return { hz: 16000, encode: (pcm, samples, packet, offset) => coder.encode(pcm, 0, samples, packet, offset) }
}

function g722Decoder(): AudioDecoder {
  const coder = new G722Decoder()
  const fade = new Concealment()
  return {
    hz: 16000,
    decode(payload, offset, end, pcm) {
      const samples = coder.decode(payload, offset, Math.min(end, offset + (pcm.length >> 1)), pcm)
      fade.remember(pcm, samples)
      return samples
    },
    conceal: (pcm, samples) => fade.fill(pcm, samples),
  }
}

function linearEncoder(hz: number): AudioEncoder {
  return {
    hz,
    encode: (pcm, samples, packet, offset) => encodeL16(pcm, 0, Math.min(samples, (packet.length - offset - 32) >> 1), packet, offset),
  }
}

function linearDecoder(hz: number): AudioDecoder {
  const fade = new Concealment()
  return {
    hz,
    decode(payload, offset, end, pcm) {
      const samples = decodeL16(payload, offset, Math.min(end, offset + 2 * pcm.length), pcm)
      fade.remember(pcm, samples)
      return samples
    },
    conceal: (pcm, samples) => fade.fill(pcm, samples),
  }
}

/** Fills short losses with the last packet's sound, each time fainter: less audible than a hole. */
class Concealment {
  private readonly last = new Int16Array(960)
  private length = 0
  private gain = 0

  remember(pcm: Int16Array, samples: number): void {
    const n = Math.min(samples, this.last.length)
    for (let i = 0; i < n; i++) this.last[i] = pcm[i]!
    this.length = n
    this.gain = 1
  }

  fill(pcm: Int16Array, samples: number): number {
    this.gain *= 0.6
    const count = Math.min(samples, pcm.length)
    for (let i = 0; i < count; i++) pcm[i] = this.length === 0 ? 0 : this.last[i % this.length]! * this.gain
    return count
  }
}
