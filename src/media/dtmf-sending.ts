/** Digits going out: what to send every 20 ms while they are being dialled (RFC 4733 §2.5.1, or tones where the peer has no events). */
import { eventOfDigit } from '../wire/rtp/telephone-event.ts'

export const DIGIT_MS = 120
const GAP_MS = 80
/** The last packet of an event is sent three times (§2.5.1.4). */
const ENDS = 3

export type DigitStep =
  | {
      readonly kind: 'event'
      readonly event: number
      readonly digit: string
      readonly first: boolean
      readonly ended: boolean
      readonly elapsedMs: number
    }
  | { readonly kind: 'pause' }

export class DtmfSending {
  private queue = ''
  private elapsedMs = 0
  private ends = 0
  private pauseMs = 0

  add(digits: string): void {
    for (const d of digits) if (eventOfDigit(d) >= 0) this.queue += d.toUpperCase()
    if (this.queue.length > 64) this.queue = this.queue.slice(0, 64)
  }

  get busy(): boolean {
    return this.queue.length > 0 || this.pauseMs > 0
  }

  /** One step of `stepMs`; only while `busy`. */
  next(stepMs: number): DigitStep {
    if (this.pauseMs > 0) {
      this.pauseMs -= stepMs
      return { kind: 'pause' }
    }
    const digit = this.queue[0]!
    const event = eventOfDigit(digit)
    const first = this.elapsedMs === 0
    if (this.elapsedMs < DIGIT_MS) this.elapsedMs += stepMs
    const ended = this.elapsedMs >= DIGIT_MS
    const step: DigitStep = { kind: 'event', event, digit, first, ended, elapsedMs: Math.min(this.elapsedMs, DIGIT_MS) }
    if (ended && ++this.ends >= ENDS) {
      this.queue = this.queue.slice(1)
      this.elapsedMs = 0
      this.ends = 0
      this.pauseMs = GAP_MS
    }
    return step
  }
}
