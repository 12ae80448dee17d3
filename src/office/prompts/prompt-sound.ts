/**
 * Any WAV of speech made into what a telephone plays at no cost: 8 kHz mono A-law, without the silence around it, as loud as the
 * prompts that come with the exchange. What cannot be made so is refused in the words of whoever brought the file.
 */
import { fail, ok, type Result } from '../../kernel/result.ts'
import { changeRate } from '../../wire/audio/change-rate.ts'
import { LevelMeter } from '../../wire/audio/level.ts'
import { decodeWavFrames, encodeWavFrames, parseWav, type WavFormat, wavHeader } from '../../wire/audio/wav.ts'

export const MOST_BYTES = 5 * 1024 * 1024
const MOST_SECONDS = 180
const PHONE_HZ = 8000
const SLOWEST_HZ = 8000
const FASTEST_HZ = 48_000
/** Of speech, as the supplied prompts have it. */
const SPEECH_DBFS = -19
const LOUDEST_PEAK_DBFS = -2
/** More would only bring up the noise of the room. */
const MOST_GAIN_DB = 30
/** Hum and handling noise are below this. */
const HUM_HZ = 100
/** Quieter than this at the beginning and the end is cut away, samples of 16 bits. */
const SILENCE = 80
const BEFORE_SAMPLES = 960
const AFTER_SAMPLES = 1200

const OUT: WavFormat = { encoding: 'a-law', clockHz: PHONE_HZ, channels: 1 }

export function promptSound(bytes: Uint8Array): Result<Uint8Array> {
  if (bytes.length > MOST_BYTES) return unfit(`the file is larger than ${MOST_BYTES / 1024 / 1024} MB: save it as mono, 16 bits, 16 kHz`)
  const read = parseWav(bytes)
  if (!read.ok) return unfit(`${REASONS[read.error.code] ?? read.error.message}: save it as WAV, 16-bit PCM, A-law or µ-law`)
  const { clockHz, channels, dataOffset, dataBytes } = read.value
  if (clockHz < SLOWEST_HZ || clockHz > FASTEST_HZ) return unfit(`the file has ${clockHz} Hz: save it with 8,000 to 48,000 Hz`)
  if (channels > 2) return unfit(`the file has ${channels} channels: save it as mono or stereo`)
  const frames = dataBytes / (channels * (read.value.encoding === 'pcm16' ? 2 : 1))
  if (frames > MOST_SECONDS * clockHz)
    return unfit(`it speaks for ${Math.round(frames / clockHz)} s: callers are told no more than ${MOST_SECONDS} s at once`)
  const mono = mixed(read.value, bytes, dataOffset, frames)
  const spoken = trimmed(withoutHum(changeRate(mono, clockHz, PHONE_HZ)))
  if (spoken === null) return unfit('nothing can be heard in the file: check the microphone, and record it again')
  const loud = levelled(spoken)
  const header = wavHeader(OUT, loud.length)
  const out = new Uint8Array(header.length + loud.length + (loud.length & 1))
  out.set(header)
  encodeWavFrames(OUT, [loud], loud.length, out, header.length)
  return ok(out)
}

const REASONS: Readonly<Record<string, string>> = {
  'wav-header': 'the file is no WAV file',
  'wav-format': 'the file is a WAV of a kind that is not read',
  'wav-data': 'the WAV file has no sound in it',
}

function unfit(message: string): Result<Uint8Array> {
  return fail({ code: 'sound-refused', message })
}

function mixed(format: WavFormat, bytes: Uint8Array, from: number, frames: number): Int16Array {
  const mono = new Int16Array(frames)
  decodeWavFrames(format, bytes, from, frames, 0, mono)
  if (format.channels === 1) return mono
  const other = new Int16Array(frames)
  decodeWavFrames(format, bytes, from, frames, 1, other)
  for (let i = 0; i < frames; i++) mono[i] = (mono[i]! + other[i]!) >> 1
  return mono
}

/** A first-order high pass: a direct voltage would make every prompt begin with a click. */
function withoutHum(samples: Int16Array): Int16Array {
  const keep = 1 / (1 + (2 * Math.PI * HUM_HZ) / PHONE_HZ)
  const out = new Int16Array(samples.length)
  let y = 0
  let last = samples[0] ?? 0
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i]!
    y = keep * (y + x - last)
    last = x
    out[i] = Math.max(-32768, Math.min(32767, Math.round(y)))
  }
  return out
}

/** From shortly before the first sound to shortly after the last; null when there is none. */
function trimmed(samples: Int16Array): Int16Array | null {
  const loud = (s: number): boolean => Math.abs(s) > SILENCE
  const first = samples.findIndex(loud)
  if (first < 0) return null
  const last = samples.findLastIndex(loud)
  const out = new Int16Array(last + 1 - first + BEFORE_SAMPLES + AFTER_SAMPLES)
  out.set(samples.subarray(first, last + 1), BEFORE_SAMPLES)
  return out
}

function levelled(samples: Int16Array): Int16Array {
  const meter = new LevelMeter(PHONE_HZ)
  meter.take(samples, 0, samples.length)
  const { speechDbfs, rmsDbfs, peakDbfs } = meter.figures()
  const level = Number.isFinite(speechDbfs) ? speechDbfs : rmsDbfs
  const gain = 10 ** (Math.min(SPEECH_DBFS - level, LOUDEST_PEAK_DBFS - peakDbfs, MOST_GAIN_DB) / 20)
  return samples.map(s => Math.round(s * gain))
}
