/**
 * One sub-band of G.722: the adaptive predictor (two poles, six zeros) and the step size that encoder and decoder
 * both keep (ITU-T G.722 §3.5, §3.6, blocks RECONS … PREDIC). Sixteen-bit arithmetic with saturation as the Recommendation says.
 */
import { ANTILOG } from './g722-tables.ts'

export class G722Band {
  /** The predicted sample: what the encoder subtracts and the decoder adds. */
  estimate = 0
  /** Current step size. */
  step: number
  private zeroEstimate = 0
  private logStep = 0
  private readonly maxLogStep: number
  private readonly stepShift: number
  private pole1 = 0
  private pole2 = 0
  /** Reconstructed signal and partial reconstruction, one and two samples back. */
  private r1 = 0
  private p1 = 0
  private p2 = 0
  private readonly zeros = new Int32Array(6)
  private readonly differences = new Int32Array(6)

  constructor(kind: 'low' | 'high') {
    this.step = kind === 'low' ? 32 : 8
    this.maxLogStep = kind === 'low' ? 18432 : 22528
    this.stepShift = kind === 'low' ? 8 : 10
  }

  /** Takes in the quantised difference of this sample and the step table's entry for its code; prepares the next estimate. */
  adapt(difference: number, logStepChange: number): void {
    this.adaptStep(logStepChange)
    const reconstructed = saturate(this.estimate + difference)
    const partial = saturate(this.zeroEstimate + difference)
    this.adaptPoles(partial)
    this.p2 = this.p1
    this.p1 = partial
    // FILTEP: the older pole's term uses the sample before this one.
    const poleEstimate = saturate(((this.pole1 * saturate(2 * reconstructed)) >> 15) + ((this.pole2 * saturate(2 * this.r1)) >> 15))
    this.r1 = reconstructed
    const sum = this.adaptZeros(difference)
    this.zeroEstimate = saturate(sum)
    this.estimate = saturate(poleEstimate + this.zeroEstimate)
  }

  /** LOGSCL/LOGSCH and SCALEL/SCALEH. */
  private adaptStep(change: number): void {
    const log = Math.max(0, Math.min(this.maxLogStep, ((this.logStep * 127) >> 7) + change))
    this.logStep = log
    const shift = this.stepShift - (log >> 11)
    const mantissa = ANTILOG[(log >> 6) & 31]!
    this.step = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2
  }

  /** UPPOL2, UPPOL1: signs of the partial reconstruction steer the poles, bounded so that the filter stays stable. */
  private adaptPoles(partial: number): void {
    const sameAsLast = partial >= 0 === this.p1 >= 0
    const sameAsBefore = partial >= 0 === this.p2 >= 0
    const quad = saturate(4 * this.pole1)
    const toward = sameAsLast ? Math.min(32767, -quad) : quad
    const second = (sameAsBefore ? 128 : -128) + (toward >> 7) + ((this.pole2 * 32512) >> 15)
    this.pole2 = Math.max(-12288, Math.min(12288, second))
    const first = saturate((sameAsLast ? 192 : -192) + ((this.pole1 * 32640) >> 15))
    const limit = saturate(15360 - this.pole2)
    this.pole1 = Math.max(-limit, Math.min(limit, first))
  }

  /** UPZERO, the delay line and FILTEZ in one pass from the oldest difference to the newest; returns the zeros' sum. */
  private adaptZeros(difference: number): number {
    const zeros = this.zeros
    const differences = this.differences
    const gain = difference === 0 ? 0 : 128
    const positive = difference >= 0
    let sum = 0
    for (let i = 5; i >= 0; i--) {
      const zero = saturate((differences[i]! >= 0 === positive ? gain : -gain) + ((zeros[i]! * 32640) >> 15))
      zeros[i] = zero
      const newer = i === 0 ? difference : differences[i - 1]!
      differences[i] = newer
      sum += (zero * saturate(2 * newer)) >> 15
    }
    return sum
  }
}

/** To sixteen bits. */
export function saturate(x: number): number {
  return x > 32767 ? 32767 : Math.max(x, -32768)
}
