import { Resampler } from '../wire/audio/resample.ts'

/** Brings sound from one rate to another; equal rates cost nothing. Reuses its buffer: the result is good until the next call. Delays by 2.5 ms at most. */
export class RateBridge {
  private readonly resampler: Resampler | null
  private readonly buffer: Int16Array

  constructor(from: number, to: number, maxSamples: number) {
    this.resampler = from === to ? null : new Resampler(from, to)
    this.buffer = new Int16Array(this.resampler?.maxOutput(maxSamples) ?? 0)
  }

  /** How many samples came out last. */
  samples = 0

  process(pcm: Int16Array, samples: number): Int16Array {
    if (this.resampler === null) {
      this.samples = samples
      return pcm
    }
    this.samples = this.resampler.process(pcm, 0, samples, this.buffer)
    return this.buffer
  }
}
