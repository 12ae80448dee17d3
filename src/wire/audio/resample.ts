/**
 * Between 8, 16, 24 and 48 kHz: rates that are whole multiples of each other. A Kaiser-windowed sinc in polyphase form,
 * flat to 3.5 kHz (of 8) and 60 dB down where images and aliases would fall on speech. State is kept between calls,
 * one object per stream and direction; delay is 20 samples of the lower rate.
 */

/** Filter length in samples of the lower rate. */
const SPAN = 40
const KAISER_BETA = 5.65
/** Of the lower rate: the middle of the transition band. */
const CUTOFF = 0.485

export class Resampler {
  readonly fromHz: number
  readonly toHz: number
  private readonly factor: number
  private readonly up: boolean
  /** Taps; for the way up, phase by phase and reversed, so that both ways run forward over the history. */
  private readonly taps: Float64Array
  private history: Float64Array
  private readonly keep: number
  /** Way down: inputs to skip before the next output. */
  private skip = 0

  constructor(fromHz: number, toHz: number) {
    const factor = Math.max(fromHz, toHz) / Math.min(fromHz, toHz)
    if (!Number.isInteger(factor) || factor > 12)
      throw new Error(`cannot resample from ${fromHz} to ${toHz} Hz: not a whole ratio up to 12`)
    this.fromHz = fromHz
    this.toHz = toHz
    this.factor = factor
    this.up = toHz > fromHz
    const prototype = lowPass(factor)
    this.taps = this.up ? polyphase(prototype, factor) : prototype
    this.keep = (this.up ? SPAN : SPAN * factor) - 1
    this.history = new Float64Array(this.keep + 1024)
  }

  /** How many samples `process` can give at most for so many. */
  maxOutput(inputSamples: number): number {
    return this.up ? inputSamples * this.factor : Math.ceil(inputSamples / this.factor)
  }

  /** Takes `samples[from, to)`, writes to `out` at `at`, returns how many samples were written. `out` may not be `samples`. */
  process(samples: Int16Array, from: number, to: number, out: Int16Array, at: number = 0): number {
    const n = to - from
    if (this.factor === 1) {
      for (let i = 0; i < n; i++) out[at + i] = samples[from + i]!
      return n
    }
    const keep = this.keep
    if (keep + n > this.history.length) {
      const larger = new Float64Array(keep + n)
      larger.set(this.history)
      this.history = larger
    }
    const h = this.history
    for (let i = 0; i < n; i++) h[keep + i] = samples[from + i]!
    const written = this.up ? this.interpolate(n, out, at) : this.decimate(n, out, at)
    h.copyWithin(0, n, n + keep)
    return written
  }

  private interpolate(n: number, out: Int16Array, at: number): number {
    const { history, taps, factor } = this
    for (let i = 0; i < n; i++)
      for (let phase = 0; phase < factor; phase++) {
        let sum = 0
        const base = phase * SPAN
        for (let k = 0; k < SPAN; k++) sum += history[i + k]! * taps[base + k]!
        out[at++] = clip(sum)
      }
    return n * factor
  }

  private decimate(n: number, out: Int16Array, at: number): number {
    const { history, taps, factor } = this
    const length = taps.length
    const start = at
    let i = this.skip
    for (; i < n; i += factor) {
      let sum = 0
      for (let k = 0; k < length; k++) sum += history[i + k]! * taps[k]!
      out[at++] = clip(sum)
    }
    this.skip = i - n
    return at - start
  }
}

function clip(x: number): number {
  return x > 32767 ? 32767 : x < -32768 ? -32768 : Math.round(x)
}

/** `SPAN * factor` symmetric taps that sum to one. */
function lowPass(factor: number): Float64Array {
  const length = SPAN * factor
  const taps = new Float64Array(length)
  const middle = (length - 1) / 2
  let sum = 0
  for (let i = 0; i < length; i++) {
    const x = (i - middle) / factor
    const sinc = x === 0 ? 1 : Math.sin(2 * Math.PI * CUTOFF * x) / (2 * Math.PI * CUTOFF * x)
    const r = (i - middle) / middle
    taps[i] = sinc * bessel0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - r * r)))
    sum += taps[i]!
  }
  for (let i = 0; i < length; i++) taps[i] = taps[i]! / sum
  return taps
}

/** Phase p of the output uses taps p, p + factor …, newest sample first; each phase gets the gain that zero-stuffing takes away. */
function polyphase(prototype: Float64Array, factor: number): Float64Array {
  const taps = new Float64Array(prototype.length)
  for (let phase = 0; phase < factor; phase++)
    for (let k = 0; k < SPAN; k++) taps[phase * SPAN + (SPAN - 1 - k)] = prototype[phase + k * factor]! * factor
  return taps
}

function bessel0(x: number): number {
  let sum = 1
  let term = 1
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
