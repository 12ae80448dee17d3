/**
 * Translation between two codecs, packet by packet: no jitter buffer and no timer, so it adds no delay but its framing. Sound is gathered
 * to whole frames of the listener's packet time; short losses are concealed so that both sides' clocks stay together.
 */
import { sequenceDistance } from '../wire/rtp/sequence.ts'
import type { AudioDecoder } from './audio-codec.ts'
import type { MediaLeg } from './media-leg.ts'
import { RateBridge } from './rate-bridge.ts'
import type { Route } from './route.ts'

/** Longest loss that is filled in, packets. Beyond it the listener's timestamps follow the clock. */
const MAX_CONCEALED = 5
const MAX_SAMPLES = 1920

const concealed = new Int16Array(MAX_SAMPLES)

export class TranscodeRoute implements Route {
  readonly kind = 'transcode'
  readonly to: MediaLeg
  private readonly fifo = new Int16Array(MAX_SAMPLES * 4)
  private fill = 0
  private bridge: RateBridge | null = null
  private bridgeFrom = 0
  private bridgeTo = 0
  private lastSequence = -1
  private lastSsrc = -1

  constructor(to: MediaLeg) {
    this.to = to
  }

  hear(from: MediaLeg, pcm: Int16Array, samples: number, decoder: AudioDecoder, sequence: number, _timestamp: number, nowMs: number): void {
    const to = this.to
    const encoder = to.encoderNow()
    if (encoder === null || !to.listening) {
      this.fill = 0
      this.lastSequence = -1
      return
    }
    if (this.bridge === null || this.bridgeFrom !== decoder.hz || this.bridgeTo !== encoder.hz) {
      this.bridge = new RateBridge(decoder.hz, encoder.hz, MAX_SAMPLES)
      this.bridgeFrom = decoder.hz
      this.bridgeTo = encoder.hz
    }
    const missing = this.lastSequence < 0 || from.received.ssrc !== this.lastSsrc ? 0 : sequenceDistance(sequence, this.lastSequence) - 1
    this.lastSequence = sequence
    this.lastSsrc = from.received.ssrc
    if (missing > 0 && missing <= MAX_CONCEALED) {
      for (let i = 0; i < missing; i++) this.push(concealed, decoder.conceal(concealed, samples))
    } else if (missing > MAX_CONCEALED) {
      to.stream.restart()
    }
    this.push(pcm, samples)
    const frame = (encoder.hz / 1000) * frameMs(to)
    let at = 0
    while (this.fill - at >= frame) {
      to.emitPcm(this.fifo.subarray(at, at + frame), frame, this, nowMs)
      at += frame
    }
    if (at > 0) {
      this.fifo.copyWithin(0, at, this.fill)
      this.fill -= at
    }
  }

  private push(pcm: Int16Array, samples: number): void {
    const sound = this.bridge!.process(pcm, samples)
    const count = Math.min(this.bridge!.samples, this.fifo.length - this.fill)
    for (let i = 0; i < count; i++) this.fifo[this.fill + i] = sound[i]!
    this.fill += count
  }
}

/** Opus frames are 10, 20, 40 or 60 ms; the others follow. */
function frameMs(to: MediaLeg): number {
  const ms = to.media.codec?.ptimeMs ?? 20
  return ms === 10 || ms === 20 || ms === 40 || ms === 60 ? ms : 20
}
