/** Digits that the exchange dials to one leg: telephone-events where they are agreed, tones where not. Driven by the 20 ms tick. */
import { writeTelephoneEvent } from '../wire/rtp/telephone-event.ts'
import { DtmfSending } from './dtmf-sending.ts'
import type { MediaLeg } from './media-leg.ts'
import { DigitTones } from './tones.ts'

const TICK_MS = 20
/** −10 dBm0, a usual loudness for events (RFC 4733 §2.3.3). */
const VOLUME = 10
/** Keys of our own events lie outside the range of RTP timestamps, which name the relayed ones. */
const OWN_KEYS = 0x100000000

/** 20 ms at 16 kHz, shared: used within one tick only. */
const pcm = new Int16Array(960)

export class DigitOutput {
  private readonly leg: MediaLeg
  private readonly scratch: Uint8Array
  private readonly sending = new DtmfSending()
  private tones: DigitTones | null = null
  private key = 0

  constructor(leg: MediaLeg, scratch: Uint8Array) {
    this.leg = leg
    this.scratch = scratch
  }

  get busy(): boolean {
    return this.sending.busy
  }

  add(digits: string): void {
    this.sending.add(digits)
  }

  tick(nowMs: number): void {
    const { leg } = this
    const step = this.sending.next(TICK_MS)
    if (step.kind === 'pause' || !leg.sends) return
    const te = leg.media.dtmf
    if (te === null) {
      const encoder = leg.encoderNow()
      if (encoder === null) return
      this.tones ??= new DigitTones()
      const samples = encoder.hz / 50
      this.tones.fill(pcm, samples, encoder.hz, step.digit, step.first)
      leg.emitPcm(pcm, samples, this, nowMs)
      return
    }
    if (step.first) this.key = (this.key + 1) & 0xffff
    leg.stream.event(null, OWN_KEYS + this.key, -1, step.first, nowMs)
    const bytes = writeTelephoneEvent(this.scratch, 12, step.event, step.ended, VOLUME, Math.round((step.elapsedMs * te.clockHz) / 1000))
    leg.emit(this.scratch, 12 + bytes, te.sendType)
  }
}
