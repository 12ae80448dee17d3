/**
 * Several voices for one listener (up to five parties). Each pair of speaker and listener has a small jitter buffer at the listener's rate;
 * every 20 ms the listener gets the sum of what has come in.
 */
import type { AudioDecoder } from './audio-codec.ts'
import type { MediaLeg } from './media-leg.ts'
import type { PcmSource } from './pcm-source.ts'
import { RateBridge } from './rate-bridge.ts'
import type { Route } from './route.ts'

/** One second at 16 kHz. */
const RING = 16384
const START_DELAY_MS = 40
const MAX_DELAY_MS = 140
/** Frames without a late packet after which the delay may shrink again. */
const CALM_FRAMES = 1500

export class MixRoute implements Route {
  readonly kind = 'mix'
  readonly to: MediaLeg
  private readonly hz: number
  private readonly ring = new Int16Array(RING)
  private readAt = 0
  private writeAt = 0
  private anchorTs = 0
  private anchorAt = 0
  private ssrc = -1
  private delayMs = START_DELAY_MS
  private calm = 0
  private bridge: RateBridge | null = null
  private bridgeFrom = 0

  constructor(to: MediaLeg, hz: number) {
    this.to = to
    this.hz = hz
  }

  hear(from: MediaLeg, pcm: Int16Array, samples: number, decoder: AudioDecoder, _sequence: number, timestamp: number): void {
    if (this.bridge === null || this.bridgeFrom !== decoder.hz) {
      this.bridge = new RateBridge(decoder.hz, this.hz, 2048)
      this.bridgeFrom = decoder.hz
    }
    const sound = this.bridge.process(pcm, samples)
    const count = this.bridge.samples
    const clock = from.media.codec?.clockHz ?? 8000
    let at = this.anchorAt + Math.round((((timestamp - this.anchorTs) | 0) * this.hz) / clock)
    const lead = at - this.readAt
    if (from.received.ssrc !== this.ssrc || lead < 0 || lead > (this.hz * 400) / 1000) {
      if (lead < 0 && from.received.ssrc === this.ssrc && this.delayMs < MAX_DELAY_MS && this.writeAt > this.readAt - this.hz) {
        this.delayMs += 20
        this.calm = 0
      }
      this.ssrc = from.received.ssrc
      this.anchorTs = timestamp
      this.anchorAt = at = this.readAt + (this.hz * this.delayMs) / 1000
    }
    for (let i = 0; i < count; i++) this.ring[(at + i) & (RING - 1)] = sound[i]!
    if (at + count > this.writeAt) this.writeAt = at + count
  }

  /** Adds the next `samples` to `sum`; what is read is wiped. */
  addTo(sum: Int32Array, samples: number): void {
    const from = this.readAt
    this.readAt += samples
    if (++this.calm > CALM_FRAMES && this.delayMs > START_DELAY_MS) {
      this.delayMs -= 20
      this.calm = 0
    }
    if (this.writeAt <= from) return
    for (let i = 0; i < samples; i++) {
      const slot = (from + i) & (RING - 1)
      sum[i]! += this.ring[slot]!
      this.ring[slot] = 0
    }
  }
}

const sum = new Int32Array(960)

export class MixOutput implements PcmSource {
  readonly inputs: MixRoute[] = []
  fill(pcm: Int16Array, samples: number): boolean {
    sum.fill(0, 0, samples)
    for (const input of this.inputs) input.addTo(sum, samples)
    // Silence is sent as well, so that the listener's line stays alive; the mix never stops within a call.
    for (let i = 0; i < samples; i++) pcm[i] = soft(sum[i]!)
    return true
  }
}

/** Loud moments are bent, not cut: above three quarters of full scale the slope falls. */
function soft(x: number): number {
  if (x > 24576) return Math.min(32767, 24576 + ((x - 24576) >> 2))
  if (x < -24576) return Math.max(-32768, -24576 + ((x + 24576) >> 2))
  return x
}
