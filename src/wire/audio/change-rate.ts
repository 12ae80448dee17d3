/**
 * A whole sound at another rate, whatever the two are (a telephone's 8 kHz from a studio's 44.1): a Kaiser-windowed sinc, one
 * row of taps for each place that an output can have between two inputs. For streams, and rates that are whole multiples, see `resample.ts`.
 */

/** Zero crossings of the sinc to each side. */
const REACH = 20
const KAISER_BETA = 5.65
/** Of the lower rate: where the pass band ends. */
const PASS = 0.46

export function changeRate(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples
  const shared = greatestDivisor(fromHz, toHz)
  const step = fromHz / shared
  const phases = toHz / shared
  const narrowing = Math.min(1, toHz / fromHz)
  const half = Math.ceil(REACH / narrowing)
  const rows: (Float64Array | undefined)[] = new Array(phases)
  const out = new Int16Array(Math.floor((samples.length * toHz) / fromHz))
  for (let n = 0; n < out.length; n++) {
    const phase = (n * step) % phases
    const taps = (rows[phase] ??= tapsAt(phase / phases, half, narrowing))
    const first = Math.floor((n * step) / phases) - half + 1
    const from = Math.max(0, -first)
    const to = Math.min(taps.length, samples.length - first)
    let sum = 0
    for (let k = from; k < to; k++) sum += samples[first + k]! * taps[k]!
    out[n] = sum > 32767 ? 32767 : sum < -32768 ? -32768 : Math.round(sum)
  }
  return out
}

/** Weights of the inputs around an output that lies `offset` of a step after one of them; they sum to one. */
function tapsAt(offset: number, half: number, narrowing: number): Float64Array {
  const taps = new Float64Array(2 * half)
  let sum = 0
  for (let k = 0; k < taps.length; k++) {
    const x = k - half + 1 - offset
    const phase = 2 * Math.PI * PASS * narrowing * x
    const r = x / half
    taps[k] = (x === 0 ? 1 : Math.sin(phase) / phase) * bessel0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - r * r)))
    sum += taps[k]!
  }
  return taps.map(tap => tap / sum)
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

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
