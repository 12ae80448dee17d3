/** RFC 4733 events as they arrive, told once per digit: many packets, three ends, losses and reordering make one digit. */
import { digitOfEvent, eventCode, eventDuration, eventEnded, TELEPHONE_EVENT_BYTES } from '../wire/rtp/telephone-event.ts'

export interface HeardDigit {
  readonly digit: string
  readonly durationMs: number
}

/** An event whose end never came is over when nothing of it was heard for so long. */
const LOST_END_MS = 400

export class DtmfHearing {
  /** Timestamp of the event going on, or of the last one told. */
  private timestamp = -1
  private event = 0
  private duration = 0
  private base = 0
  private told = true
  private lastMs = 0

  /** Takes one telephone-event packet; the digit when it has just ended, or when a new one proves that the last has. */
  take(packet: Uint8Array, offset: number, end: number, timestamp: number, clockHz: number, nowMs: number): HeardDigit | null {
    if (end - offset < TELEPHONE_EVENT_BYTES) return null
    const event = eventCode(packet, offset)
    const duration = eventDuration(packet, offset)
    const ended = eventEnded(packet, offset)
    let before: HeardDigit | null = null
    if (timestamp !== this.timestamp) {
      const ahead = (timestamp - this.timestamp) | 0
      if (this.timestamp >= 0 && ahead < 0 && ahead > -clockHz * 10) return null
      // A long event goes on under a new timestamp, exactly where the segment before ended (RFC 4733 §2.5.1.3).
      if (!this.told && event === this.event && ahead === 0xffff) {
        this.base += 0xffff
      } else {
        before = this.tell(clockHz)
        this.base = 0
        this.told = false
      }
      this.timestamp = timestamp
      this.event = event
      this.duration = 0
    }
    if (this.told) return before
    this.duration = Math.max(this.duration, duration)
    this.lastMs = nowMs
    if (before !== null || !ended) return before
    return this.tell(clockHz)
  }

  /** Called now and then: tells a digit whose end was lost. */
  overdue(nowMs: number, clockHz: number): HeardDigit | null {
    return !this.told && nowMs - this.lastMs > LOST_END_MS ? this.tell(clockHz) : null
  }

  get pending(): boolean {
    return !this.told
  }

  private tell(clockHz: number): HeardDigit | null {
    if (this.told) return null
    this.told = true
    const digit = digitOfEvent(this.event)
    return digit === null ? null : { digit, durationMs: Math.round(((this.base + this.duration) * 1000) / clockHz) }
  }
}
