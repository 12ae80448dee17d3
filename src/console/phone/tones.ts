/** The sounds of the telephone, made in the browser: no files to fetch, nothing the content security policy must allow. */
import type { Sound } from './softphone-state.ts'

export interface Tones {
  play(sound: Sound): void
  /** A short tick under a pressed key. */
  key(digit: string): void
  close(): void
}

interface Pattern {
  readonly hz: readonly number[]
  /** On and off times in seconds, repeated. */
  readonly cadence: readonly (readonly [on: number, off: number])[]
  readonly gain: number
}

const patterns: Readonly<Record<Exclude<Sound, 'none'>, Pattern>> = {
  ring: {
    hz: [659.3, 784],
    cadence: [
      [0.35, 0.15],
      [0.35, 2.15],
    ],
    gain: 0.12,
  }, // prettier to an office than a bell
  'call-waiting': { hz: [440], cadence: [[0.2, 3.8]], gain: 0.05 },
  // ITU-T E.180, Kazakhstan and Russia: 425 Hz, one second on, four off.
  ringback: { hz: [425], cadence: [[1, 4]], gain: 0.06 },
}

/** ITU-T Q.23 rows and columns. */
const rows = [697, 770, 852, 941]
const columns = [1209, 1336, 1477, 1633]
const pad = '123A456B789C*0#D'

export function createTones(): Tones {
  let context: AudioContext | null = null
  let now: Sound = 'none'
  let timer: number | undefined

  function ready(): AudioContext {
    context ??= new AudioContext()
    // Browsers keep it suspended until the person has touched the page; then it may start.
    if (context.state === 'suspended') void context.resume().catch(() => {})
    return context
  }

  function beep(hz: readonly number[], forS: number, gain: number): void {
    const audio = ready()
    const envelope = audio.createGain()
    const start = audio.currentTime
    envelope.gain.setValueAtTime(0, start)
    envelope.gain.linearRampToValueAtTime(gain, start + 0.02)
    envelope.gain.setValueAtTime(gain, start + Math.max(0.02, forS - 0.04))
    envelope.gain.linearRampToValueAtTime(0, start + forS)
    envelope.connect(audio.destination)
    for (const frequency of hz) {
      const oscillator = audio.createOscillator()
      oscillator.frequency.value = frequency
      oscillator.connect(envelope)
      oscillator.start(start)
      oscillator.stop(start + forS)
    }
  }

  function next(pattern: Pattern, index: number): void {
    const [on, off] = pattern.cadence[index % pattern.cadence.length] ?? [1, 1]
    beep(pattern.hz, on, pattern.gain)
    timer = window.setTimeout(() => next(pattern, index + 1), (on + off) * 1000)
  }

  return {
    play(sound) {
      if (sound === now) return
      window.clearTimeout(timer)
      now = sound
      if (sound !== 'none') next(patterns[sound], 0)
    },
    key(digit) {
      const at = pad.indexOf(digit)
      if (at >= 0) beep([rows[at >> 2] ?? 697, columns[at & 3] ?? 1209], 0.1, 0.04)
    },
    close() {
      window.clearTimeout(timer)
      now = 'none'
      void context?.close()
      context = null
    },
  }
}
