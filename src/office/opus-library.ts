/** Opus for finishing recordings: the native build where there is one for this machine, else WebAssembly. */
import type { AudioDecoder } from '../media/audio-codec.ts'
import type { OpusFileEncoder } from '../recording/audio-sinks.ts'

export interface OpusLibrary {
  decoder(hz: 8000 | 16000): AudioDecoder
  fileEncoder(hz: 8000 | 16000, channels: 1 | 2): OpusFileEncoder
}

/** Bits per second for two channels; half for one. Measured: at these, and told that it is any audio rather than one voice, the two channels stay apart. */
const BITRATE = { 8000: 32_000, 16000: 48_000 } as const
/** RFC 7845 §5.1: what encoders hold back, where the binding does not tell. 6.5 ms at 48 kHz. */
const USUAL_LOOKAHEAD_MS = 6.5

export async function loadOpusLibrary(): Promise<OpusLibrary> {
  return (await native()) ?? (await webAssembly())
}

/**
 * Keeps the native build loaded in the calling thread. Without that it is unmapped with the last thread that used it, while the
 * finalizers of its coders are still to run: the whole process dies of SIGSEGV when a finishing thread ends.
 */
export async function holdOpusLibrary(): Promise<void> {
  await import('@evan/opus').catch(() => null) // then there is nothing to unmap: see webAssembly
}

async function native(): Promise<OpusLibrary | null> {
  try {
    const { Decoder, Encoder } = await import('@evan/opus')
    const library: OpusLibrary = {
      decoder(hz) {
        const coder = new Decoder({ channels: 1, sample_rate: hz })
        return decoder(hz, payload => coder.decode(payload))
      },
      fileEncoder(hz, channels) {
        const coder = new Encoder({ channels, sample_rate: hz, application: 'audio' })
        coder.bitrate = (BITRATE[hz] * channels) / 2
        coder.complexity = 5
        const told = (coder as unknown as { lookahead?: number }).lookahead
        const lookaheadSamples = told ?? (USUAL_LOOKAHEAD_MS * hz) / 1000
        return { hz, channels, lookaheadSamples, encode: interleaved => coder.encode(interleaved).slice() }
      },
    }
    library.fileEncoder(8000, 2)
    return library
  } catch {
    return null
  }
}

async function webAssembly(): Promise<OpusLibrary> {
  const { default: OpusScript } = await import('opusscript')
  return {
    decoder(hz) {
      const coder = new OpusScript(hz, 1, OpusScript.Application.VOIP)
      return decoder(hz, payload => coder.decode(Buffer.from(payload)))
    },
    fileEncoder(hz, channels) {
      const coder = new OpusScript(hz, channels, OpusScript.Application.AUDIO)
      coder.setBitrate((BITRATE[hz] * channels) / 2)
      return {
        hz,
        channels,
        lookaheadSamples: (USUAL_LOOKAHEAD_MS * hz) / 1000,
        encode(interleaved) {
          const bytes = Buffer.from(interleaved.buffer, interleaved.byteOffset, interleaved.byteLength)
          return Uint8Array.from(coder.encode(bytes, interleaved.length / channels))
        },
      }
    },
  }
}

function decoder(hz: number, decode: (payload: Uint8Array) => Uint8Array): AudioDecoder {
  return {
    hz,
    decode(payload, offset, end, pcm) {
      if (end <= offset) return 0
      try {
        const out = decode(payload.subarray(offset, end))
        const samples = Math.min(out.byteLength >> 1, pcm.length)
        const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
        for (let i = 0; i < samples; i++) pcm[i] = view.getInt16(2 * i, true)
        return samples
      } catch {
        return 0 // what cannot be decoded becomes a gap in the index
      }
    },
    conceal(pcm, samples) {
      pcm.fill(0, 0, samples)
      return samples
    },
  }
}
