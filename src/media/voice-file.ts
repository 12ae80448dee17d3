/** Reads a WAV file of speech or music into a clip: A-law, µ-law or 16-bit PCM, mono or stereo, 8 or 16 kHz (RFC 2361 names the formats). */
import { fault, ok, type Result } from '../kernel/result.ts'
import { decodeG711 } from '../wire/audio/g711.ts'
import { Resampler } from '../wire/audio/resample.ts'
import type { Clip } from './clip-player.ts'

const PCM = 1
const A_LAW = 6
const MU_LAW = 7

export function readVoiceFile(bytes: Uint8Array): Result<Clip> {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 44 || tag(bytes, 0) !== 'RIFF' || tag(bytes, 8) !== 'WAVE') return fault('media.voice-file', 'not a WAV file', 0)
  let format = 0
  let channels = 1
  let hz = 0
  let bits = 0
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = tag(bytes, at)
    const from = at + 8
    const to = Math.min(bytes.length, from + v.getUint32(at + 4, true))
    if (name === 'fmt ' && to - from >= 16) {
      format = v.getUint16(from, true)
      channels = v.getUint16(from + 2, true)
      hz = v.getUint32(from + 4, true)
      bits = v.getUint16(from + 14, true)
      // WAVE_FORMAT_EXTENSIBLE carries the real format in its sub-format.
      if (format === 0xfffe && to - from >= 26) format = v.getUint16(from + 24, true)
    } else if (name === 'data') return decode(bytes, v, from, to, format, channels, hz, bits)
    at = to + ((to - from) & 1)
  }
  return fault('media.voice-file', 'the WAV file has no sound in it')
}

function decode(
  bytes: Uint8Array,
  v: DataView,
  from: number,
  to: number,
  format: number,
  channels: number,
  hz: number,
  bits: number,
): Result<Clip> {
  if ((hz !== 8000 && hz !== 16000) || (channels !== 1 && channels !== 2))
    return fault('media.voice-file', `${hz} Hz with ${channels} channels is not played; make it 8000 or 16000 Hz mono`)
  let pcm: Int16Array
  if (format === PCM && bits === 16) {
    pcm = new Int16Array((to - from) >> 1)
    for (let i = 0; i < pcm.length; i++) pcm[i] = v.getInt16(from + 2 * i, true)
  } else if ((format === A_LAW || format === MU_LAW) && bits === 8) {
    pcm = new Int16Array(to - from)
    decodeG711(format === A_LAW ? 'a' : 'mu', bytes, from, to, pcm)
  } else return fault('media.voice-file', `WAV format ${format} with ${bits} bits is not played; make it 16-bit PCM, A-law or µ-law`)
  if (channels === 2) {
    const mono = new Int16Array(pcm.length >> 1)
    for (let i = 0; i < mono.length; i++) mono[i] = (pcm[2 * i]! + pcm[2 * i + 1]!) >> 1
    pcm = mono
  }
  if (hz === 16000) {
    const narrow = new Resampler(16_000, 8000)
    const wide = pcm
    pcm = new Int16Array(narrow.maxOutput(wide.length))
    narrow.process(wide, 0, wide.length, pcm)
  }
  return ok({ hz: 8000, pcm })
}

function tag(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)
}
