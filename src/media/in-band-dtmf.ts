/** Digits heard as tones by one leg's listener: the detector of `wire/audio` at whatever rate the leg's sound comes. */
import { DtmfDetector } from '../wire/audio/dtmf-detector.ts'

export class InBandDtmf {
  private readonly heard: (digit: string, durationMs: number) => void
  private detector: DtmfDetector | null = null
  private hz = 0

  constructor(heard: (digit: string, durationMs: number) => void) {
    this.heard = heard
  }

  take(pcm: Int16Array, samples: number, hz: number): void {
    if (this.detector === null || this.hz !== hz) {
      this.detector = new DtmfDetector(hz, { ended: this.heard })
      this.hz = hz
    }
    this.detector.feed(pcm, 0, samples)
  }
}
