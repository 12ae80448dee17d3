/**
 * Tones with a cadence: call progress (frequencies and cadences of ITU-T E.180 as most countries know them) and DTMF (Q.23).
 * A generator keeps its place between calls and fills the caller's buffers.
 */

export interface Tone {
  readonly frequenciesHz: readonly number[]
  /** Of each frequency; 0 is a full-scale sine. */
  readonly levelDbfs: number
  /** On, off, on, off … in milliseconds; empty for a tone without end. */
  readonly cadenceMs: readonly number[]
  readonly repeat: boolean
}

export type ToneName = 'ringback' | 'busy' | 'congestion' | 'dial' | 'beep'

const LEVEL = -16

export const TONES: Readonly<Record<ToneName, Tone>> = {
  ringback: { frequenciesHz: [425], levelDbfs: LEVEL, cadenceMs: [1000, 4000], repeat: true },
  busy: { frequenciesHz: [425], levelDbfs: LEVEL, cadenceMs: [500, 500], repeat: true },
  congestion: { frequenciesHz: [425], levelDbfs: LEVEL, cadenceMs: [250, 250], repeat: true },
  dial: { frequenciesHz: [425], levelDbfs: LEVEL, cadenceMs: [], repeat: true },
  beep: { frequenciesHz: [1000], levelDbfs: LEVEL, cadenceMs: [250], repeat: false },
}

export function sineTone(hz: number, levelDbfs: number): Tone {
  return { frequenciesHz: [hz], levelDbfs, cadenceMs: [], repeat: true }
}

export const DTMF_ROWS_HZ = [697, 770, 852, 941] as const
export const DTMF_COLUMNS_HZ = [1209, 1336, 1477, 1633] as const
/** Row by row. */
export const DTMF_KEYS = '123A456B789C*0#D'

/** One digit for `onMs`, then `offMs` of silence; null for what is no digit. */
export function dtmfTone(digit: string, onMs: number = 100, offMs: number = 100, levelDbfs: number = -12): Tone | null {
  const key = digit.length === 1 ? DTMF_KEYS.indexOf(digit.toUpperCase()) : -1
  if (key < 0) return null
  return { frequenciesHz: [DTMF_ROWS_HZ[key >> 2]!, DTMF_COLUMNS_HZ[key & 3]!], levelDbfs, cadenceMs: [onMs, offMs], repeat: false }
}

/** Edges are ramped over this, so that they do not click. */
const RAMP_MS = 3

export class ToneGenerator {
  private readonly clockHz: number
  private readonly steps: Float64Array
  private readonly amplitude: number
  private readonly turns: Int32Array
  private readonly repeat: boolean
  private turn = 0
  /** Samples since this turn of the cadence began, and since the generator did. */
  private inTurn = 0
  private n = 0

  constructor(tone: Tone, clockHz: number) {
    this.clockHz = clockHz
    this.steps = Float64Array.from(tone.frequenciesHz, hz => (2 * Math.PI * hz) / clockHz)
    this.amplitude = 32767 * 10 ** (tone.levelDbfs / 20)
    this.turns = Int32Array.from(tone.cadenceMs, ms => Math.round((ms * clockHz) / 1000))
    this.repeat = tone.repeat && this.turns.some(t => t > 0)
  }

  /** A tone that does not repeat is over once its cadence has been played. */
  get over(): boolean {
    return this.turns.length > 0 && this.turn >= this.turns.length
  }

  /** Fills `out[from, to)` and returns how many samples still belonged to the tone; the rest are zeros. */
  fill(out: Int16Array, from: number, to: number): number {
    const ramp = (RAMP_MS * this.clockHz) / 1000
    for (let i = from; i < to; i++) {
      while (this.turn < this.turns.length && this.inTurn >= this.turns[this.turn]!) {
        this.inTurn = 0
        this.turn++
        if (this.turn === this.turns.length && this.repeat) this.turn = 0
      }
      if (this.over) {
        out.fill(0, i, to)
        return i - from
      }
      out[i] = (this.turn & 1) !== 0 ? 0 : this.sample(ramp)
      this.inTurn++
      this.n++
    }
    return to - from
  }

  private sample(ramp: number): number {
    let sum = 0
    for (let k = 0; k < this.steps.length; k++) sum += Math.sin(this.steps[k]! * this.n)
    const left = this.turns.length === 0 ? ramp : this.turns[this.turn]! - this.inTurn
    const edge = Math.min(1, (this.inTurn + 1) / ramp, left / ramp)
    return Math.max(-32768, Math.min(32767, Math.round(sum * this.amplitude * edge)))
  }
}
