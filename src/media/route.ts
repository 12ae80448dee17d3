/** One direction between two legs: what `from` says and `to` hears. */
import type { AudioDecoder } from './audio-codec.ts'
import type { MediaLeg } from './media-leg.ts'

export interface Route {
  /** `relay`: packets pass unchanged but for their headers; the others work on decoded sound. */
  readonly kind: 'relay' | 'transcode' | 'mix'
  readonly to: MediaLeg
  /** Decoded sound of `from`'s packet. Called for every route when the packet had to be decoded; a relay ignores it. */
  hear(from: MediaLeg, pcm: Int16Array, samples: number, decoder: AudioDecoder, sequence: number, timestamp: number, nowMs: number): void
}

export class RelayRoute implements Route {
  readonly kind = 'relay'
  readonly to: MediaLeg

  constructor(to: MediaLeg) {
    this.to = to
  }

  hear(): void {}
}
