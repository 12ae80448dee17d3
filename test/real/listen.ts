/** Hearing by measuring: which tone is in a file, on which channel, for how long. */
import { execFileSync } from 'node:child_process'
import { toneShare } from '../../src/wire/audio/tone-measure.ts'

export interface Heard {
  readonly clockHz: number
  readonly channels: readonly Int16Array[]
}

/** Any sound file that ffmpeg reads, as 16-bit samples per channel. */
export function readSound(path: string, clockHz = 16_000): Heard {
  const probe = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=channels', '-of', 'csv=p=0', path], { encoding: 'utf8' })
  const channels = Number.parseInt(probe, 10)
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 's16le', '-ar', String(clockHz), '-'], { maxBuffer: 1 << 28 })
  const all = new Int16Array(raw.buffer, raw.byteOffset, raw.length >> 1)
  const out = Array.from({ length: channels }, () => new Int16Array(Math.floor(all.length / channels)))
  for (let i = 0; i < all.length; i++) {
    const row = Math.floor(i / channels)
    if (row < out[0]!.length) out[i % channels]![row] = all[i]!
  }
  return { clockHz, channels: out }
}

/** Share of 100 ms windows in which this tone carries most of the power. */
export function presence(samples: Int16Array, clockHz: number, hz: number): number {
  const window = Math.floor(clockHz / 10)
  let with_ = 0
  let all = 0
  for (let at = 0; at + window <= samples.length; at += window) {
    all++
    if (loud(samples, at, at + window) && toneShare(samples, at, at + window, clockHz, hz) > 0.5) with_++
  }
  return all === 0 ? 0 : with_ / all
}

/** Seconds of it. */
export function secondsOf(samples: Int16Array, clockHz: number, hz: number): number {
  return presence(samples, clockHz, hz) * (samples.length / clockHz)
}

/** Which of the tones is heard in each 100 ms: its index as a digit, `.` for silence, `?` for any other sound. */
export function ladder(samples: Int16Array, clockHz: number, ...tones: readonly number[]): string {
  return windows(samples, clockHz)
    .map(([from, to]) => {
      const tone = tones.findIndex(hz => toneShare(samples, from, to, clockHz, hz) > 0.5)
      return !loud(samples, from, to) ? '.' : tone < 0 ? '?' : String(tone)
    })
    .join('')
}

/** One after the other, as a telephone that writes a file for each stretch of a call heard them. */
export function joined(sounds: readonly Heard[]): Heard {
  const clockHz = sounds[0]?.clockHz ?? 16_000
  const parts = sounds.map(s => s.channels[0]!)
  const all = new Int16Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    all.set(p, at)
    at += p.length
  }
  return { clockHz, channels: [all] }
}

function windows(samples: Int16Array, clockHz: number): [number, number][] {
  const size = Math.floor(clockHz / 10)
  return Array.from({ length: Math.floor(samples.length / size) }, (_, i) => [i * size, (i + 1) * size])
}

/** Above -50 dBFS. */
function loud(samples: Int16Array, from: number, to: number): boolean {
  let sum = 0
  for (let i = from; i < to; i++) sum += samples[i]! * samples[i]!
  return sum / (to - from) > 100 * 100
}
