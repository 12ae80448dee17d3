/**
 * G.722 at 64 kbit/s (ITU-T G.722 mode 1): 16 kHz sound in two sub-bands, 6 + 2 bits for every two samples.
 * One coder per direction and stream, state kept between calls, buffers are the caller's. In RTP its clock runs at 8000 Hz (RFC 3551 §4.5.2).
 */
import { G722Band, saturate } from './g722-band.ts'
import { HIGH_STEP, LOW_STEP, Q6, QM2, QM4, QM6, QMF } from './g722-tables.ts'

/** The filter bank looks back over 24 samples: 22 are kept between calls. */
const KEEP = 22

/** Samples of the filter bank: what was kept, then this call's. Grows once if a call is longer than 60 ms. */
class Window {
  samples = new Int32Array(KEEP + 960)

  reserve(count: number): Int32Array {
    if (KEEP + count > this.samples.length) {
      const larger = new Int32Array(KEEP + count)
      larger.set(this.samples)
      this.samples = larger
    }
    return this.samples
  }

  slide(count: number): void {
    this.samples.copyWithin(0, count, count + KEEP)
  }
}

export class G722Encoder {
  private readonly low = new G722Band('low')
  private readonly high = new G722Band('high')
  private readonly window = new Window()

  /** Codes `samples[from, to)` (16 kHz, an even number; an odd one at the end is left out) into `out` at `at`; returns the number of bytes. */
  encode(samples: Int16Array, from: number, to: number, out: Uint8Array, at: number = 0): number {
    const bytes = (to - from) >> 1
    const h = this.window.reserve(2 * bytes)
    for (let i = 0; i < 2 * bytes; i++) h[KEEP + i] = samples[from + i]!
    for (let n = 0; n < bytes; n++) {
      let even = 0
      let odd = 0
      for (let k = 0, i = 2 * n; k < 12; k++, i += 2) {
        even += h[i]! * QMF[k]!
        odd += h[i + 1]! * QMF[11 - k]!
      }
      out[at + n] = (this.encodeHigh((odd - even) >> 14) << 6) | this.encodeLow((even + odd) >> 14)
    }
    this.window.slide(2 * bytes)
    return bytes
  }

  /** QUANTL: codes run from 63 down for small negative differences to 4, from 61 down for positive ones to 32. */
  private encodeLow(sample: number): number {
    const band = this.low
    const step = band.step
    const difference = saturate(sample - band.estimate)
    const magnitude = difference >= 0 ? difference : -(difference + 1)
    // Levels rise, so the first one above is found by halving: 1 … 30.
    let level = 1
    let above = 30
    while (level < above) {
      const middle = (level + above) >> 1
      if (magnitude >= (Q6[middle]! * step) >> 12) level = middle + 1
      else above = middle
    }
    const code = difference >= 0 ? 62 - level : level < 3 ? 64 - level : 34 - level
    band.adapt((step * QM4[code >> 2]!) >> 15, LOW_STEP[code >> 2]!)
    return code
  }

  private encodeHigh(sample: number): number {
    const band = this.high
    const difference = saturate(sample - band.estimate)
    const magnitude = difference >= 0 ? difference : -(difference + 1)
    const large = magnitude >= (564 * band.step) >> 12
    const code = (difference >= 0 ? 2 : 0) + (large ? 0 : 1)
    band.adapt((band.step * QM2[code]!) >> 15, HIGH_STEP[code]!)
    return code
  }
}

export class G722Decoder {
  private readonly low = new G722Band('low')
  private readonly high = new G722Band('high')
  private readonly window = new Window()

  /** Expands `coded[from, to)` into twice as many samples of `out` at `at`; returns their number. */
  decode(coded: Uint8Array, from: number, to: number, out: Int16Array, at: number = 0): number {
    const count = 2 * (to - from)
    const h = this.window.reserve(count)
    for (let n = from, i = 0; n < to; n++, i += 2) {
      const code = coded[n]!
      const low = this.decodeLow(code & 63)
      const high = this.decodeHigh(code >> 6)
      h[KEEP + i] = low + high
      h[KEEP + i + 1] = low - high
      let even = 0
      let odd = 0
      for (let k = 0, j = i; k < 12; k++, j += 2) {
        even += h[j]! * QMF[k]!
        odd += h[j + 1]! * QMF[11 - k]!
      }
      out[at + i] = saturate(odd >> 11)
      out[at + i + 1] = saturate(even >> 11)
    }
    this.window.slide(count)
    return count
  }

  private decodeLow(code: number): number {
    const band = this.low
    const sample = limit(band.estimate + ((band.step * QM6[code]!) >> 15))
    band.adapt((band.step * QM4[code >> 2]!) >> 15, LOW_STEP[code >> 2]!)
    return sample
  }

  private decodeHigh(code: number): number {
    const band = this.high
    const difference = (band.step * QM2[code]!) >> 15
    const sample = limit(band.estimate + difference)
    band.adapt(difference, HIGH_STEP[code]!)
    return sample
  }
}

/** LIMIT: sub-band samples have fifteen bits. */
function limit(x: number): number {
  return x > 16383 ? 16383 : Math.max(x, -16384)
}
