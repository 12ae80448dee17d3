/**
 * RIFF/WAVE files: PCM of 8 and 16 bits and G.711, any number of channels. A recording is written as header, samples,
 * and at the end the header once more at offset 0 with the true size; a reader accepts a file whose header was never mended.
 */
import { fault, ok, type Result } from '../../kernel/result.ts'
import { decodeG711, encodeG711 } from './g711.ts'

export type WavEncoding = 'pcm16' | 'pcm8' | 'a-law' | 'mu-law'

export interface WavFormat {
  readonly encoding: WavEncoding
  readonly clockHz: number
  readonly channels: number
}

export interface WavInfo extends WavFormat {
  readonly dataOffset: number
  /** Whole frames only, and never past the end of the file. */
  readonly dataBytes: number
}

const FORMAT_CODES: Readonly<Record<WavEncoding, number>> = { pcm16: 1, pcm8: 1, 'a-law': 6, 'mu-law': 7 }
const EXTENSIBLE = 0xfffe
const MAX_SIZE = 0xffffffff

function wavSampleBytes(encoding: WavEncoding): number {
  return encoding === 'pcm16' ? 2 : 1
}

/**
 * 44 bytes for PCM, 58 for G.711 (which wants a `fact` chunk); the same length for every `dataBytes`, so it can be rewritten in place.
 * An odd number of data bytes is to be followed by one zero byte.
 */
export function wavHeader(format: WavFormat, dataBytes: number): Uint8Array {
  const pcm = FORMAT_CODES[format.encoding] === 1
  const header = new Uint8Array(pcm ? 44 : 58)
  const v = new DataView(header.buffer)
  const sampleBytes = wavSampleBytes(format.encoding)
  const frameBytes = sampleBytes * format.channels
  const size = Math.min(dataBytes, MAX_SIZE - header.length)
  putText(header, 0, 'RIFF')
  v.setUint32(4, header.length - 8 + size + (size & 1), true)
  putText(header, 8, 'WAVEfmt ')
  v.setUint32(16, pcm ? 16 : 18, true)
  v.setUint16(20, FORMAT_CODES[format.encoding], true)
  v.setUint16(22, format.channels, true)
  v.setUint32(24, format.clockHz, true)
  v.setUint32(28, format.clockHz * frameBytes, true)
  v.setUint16(32, frameBytes, true)
  v.setUint16(34, sampleBytes * 8, true)
  if (!pcm) {
    putText(header, 38, 'fact')
    v.setUint32(42, 4, true)
    v.setUint32(46, Math.floor(size / frameBytes), true)
  }
  putText(header, header.length - 8, 'data')
  v.setUint32(header.length - 4, size, true)
  return header
}

/**
 * Reads the header from the file's beginning (a few kilobytes suffice unless odd chunks precede the data); `fileBytes` is the whole
 * file's size. A data size of 0 or of all ones, as a crash or a pipe leaves it, means: to the end of the file.
 */
export function parseWav(bytes: Uint8Array, fileBytes: number = bytes.length): Result<WavInfo> {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 12 || !hasText(bytes, 0, 'RIFF') || !hasText(bytes, 8, 'WAVE')) return fault('wav-header', 'not a RIFF/WAVE file', 0)
  let format: WavFormat | null = null
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = v.getUint32(at + 4, true)
    if (hasText(bytes, at, 'fmt ')) {
      if (size < 16 || at + 8 + size > bytes.length) return fault('wav-format', 'fmt chunk is cut short', at)
      format = readFormat(v, at + 8, size)
      if (format === null) return fault('wav-format', 'only PCM of 8 or 16 bits and G.711 can be read', at)
    } else if (hasText(bytes, at, 'data')) {
      if (format === null) return fault('wav-format', 'data comes before fmt', at)
      const rest = Math.max(0, fileBytes - at - 8)
      const stated = size === 0 || size === MAX_SIZE ? rest : Math.min(size, rest)
      const frameBytes = wavSampleBytes(format.encoding) * format.channels
      return ok({ ...format, dataOffset: at + 8, dataBytes: stated - (stated % frameBytes) })
    }
    at += 8 + size + (size & 1)
  }
  return fault('wav-data', 'there is no data chunk', bytes.length)
}

function readFormat(v: DataView, at: number, size: number): WavFormat | null {
  const code = v.getUint16(at, true)
  const kind = code === EXTENSIBLE && size >= 26 ? v.getUint16(at + 24, true) : code
  const channels = v.getUint16(at + 2, true)
  const clockHz = v.getUint32(at + 4, true)
  const bits = v.getUint16(at + 14, true)
  const encoding = encodingOf(kind, bits)
  if (encoding === null || channels < 1 || channels > 64 || clockHz < 1 || clockHz > 1_000_000) return null
  return { encoding, clockHz, channels }
}

function encodingOf(code: number, bits: number): WavEncoding | null {
  if (code === 1) return bits === 16 ? 'pcm16' : bits === 8 ? 'pcm8' : null
  if (bits !== 8) return null
  return code === 6 ? 'a-law' : code === 7 ? 'mu-law' : null
}

/** Takes one channel out of `frames` frames that begin at `bytes[from]`; returns how many there really were. */
export function decodeWavFrames(
  format: WavFormat,
  bytes: Uint8Array,
  from: number,
  frames: number,
  channel: number,
  out: Int16Array,
  at: number = 0,
): number {
  const sampleBytes = wavSampleBytes(format.encoding)
  const step = sampleBytes * format.channels
  const count = Math.max(0, Math.min(frames, Math.floor((bytes.length - from) / step), out.length - at))
  let i = from + channel * sampleBytes
  for (let n = 0; n < count; n++, i += step) {
    if (format.encoding === 'pcm16') out[at + n] = bytes[i]! | (bytes[i + 1]! << 8)
    else if (format.encoding === 'pcm8') out[at + n] = (bytes[i]! - 128) << 8
    else decodeG711(format.encoding === 'a-law' ? 'a' : 'mu', bytes, i, i + 1, out, at + n)
  }
  return count
}

/** Interleaves `frames` samples of each channel into `out` at `at`; returns the number of bytes. */
export function encodeWavFrames(
  format: WavFormat,
  channels: readonly Int16Array[],
  frames: number,
  out: Uint8Array,
  at: number = 0,
): number {
  const start = at
  const { encoding } = format
  for (let n = 0; n < frames; n++)
    for (let c = 0; c < format.channels; c++) {
      const samples = channels[c]!
      if (encoding === 'pcm16') {
        out[at++] = samples[n]!
        out[at++] = samples[n]! >> 8
      } else if (encoding === 'pcm8') out[at++] = (samples[n]! >> 8) + 128
      else at += encodeG711(encoding === 'a-law' ? 'a' : 'mu', samples, n, n + 1, out, at)
    }
  return at - start
}

function putText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
}

function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}
