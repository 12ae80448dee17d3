/** Opus: the native build where there is one for this machine, else WebAssembly. Loaded when first wanted would cost a call its first words, hence at start. */
import type { AudioDecoder, AudioEncoder, OpusFactory } from '../media/audio-codec.ts'

/** Bits per second for speech at 16 kHz. */
const BITRATE = 24_000
const MAX_PAYLOAD_BYTES = 1275

export async function loadOpus(): Promise<OpusFactory | null> {
  return (await native()) ?? (await webAssembly())
}

async function native(): Promise<OpusFactory | null> {
  try {
    const { Decoder, Encoder } = await import('@evan/opus')
    const factory: OpusFactory = {
      decoder(hz) {
        const d = new Decoder({ channels: 1, sample_rate: hz })
        return decoder(hz, payload => d.decode(payload))
      },
      encoder(hz) {
        const e = new Encoder({ channels: 1, sample_rate: hz, application: 'voip' })
        e.bitrate = BITRATE
        e.complexity = 5
        e.inband_fec = true
        e.packet_loss = 5
        return encoder(hz, frame => e.encode(frame))
      },
    }
    factory.decoder(16000)
    return factory
  } catch {
    return null
  }
}

async function webAssembly(): Promise<OpusFactory | null> {
  try {
    const { default: OpusScript } = await import('opusscript')
    return {
      decoder(hz) {
        const d = new OpusScript(hz, 1, OpusScript.Application.VOIP)
        return decoder(hz, payload => d.decode(Buffer.from(payload)))
      },
      encoder(hz) {
        const e = new OpusScript(hz, 1, OpusScript.Application.VOIP)
        e.setBitrate(BITRATE)
        return encoder(hz, frame => e.encode(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength), frame.byteLength / 2))
      },
    }
  } catch {
    return null
  }
}

function decoder(hz: number, decode: (payload: Uint8Array) => Uint8Array): AudioDecoder {
  const read = (payload: Uint8Array, pcm: Int16Array): number => {
    try {
      const out = decode(payload)
      const samples = Math.min(out.byteLength >> 1, pcm.length)
      const v = new DataView(out.buffer, out.byteOffset, out.byteLength)
      for (let i = 0; i < samples; i++) pcm[i] = v.getInt16(2 * i, true)
      return samples
    } catch {
      return 0
    }
  }
  return {
    hz,
    decode: (payload, offset, end, pcm) => (end > offset ? read(payload.subarray(offset, end), pcm) : 0),
    conceal(pcm, samples) {
      // These bindings offer no loss concealment; a faint nothing keeps both clocks together.
      pcm.fill(0, 0, samples)
      return samples
    },
  }
}

function encoder(hz: number, encode: (frame: Int16Array) => Uint8Array): AudioEncoder {
  return {
    hz,
    encode(pcm, samples, packet, offset) {
      try {
        const out = encode(pcm.subarray(0, samples))
        if (out.length > MAX_PAYLOAD_BYTES || offset + out.length > packet.length) return 0
        packet.set(out, offset)
        return out.length
      } catch {
        return 0
      }
    },
  }
}
