/** Plays recorded sound: prompts one after the other, music in a circle. */
import { Resampler } from '../wire/audio/resample.ts'
import type { PcmSource } from './pcm-source.ts'

/** Sound in memory, 16-bit mono. */
export interface Clip {
  readonly hz: 8000
  readonly pcm: Int16Array
}

const GAP_SAMPLES = 800

export class ClipPlayer implements PcmSource {
  private readonly clips: readonly Clip[]
  private readonly repeat: boolean
  private readonly ended: () => void
  private index = 0
  private at = 0
  private gap = 0
  private over = false
  private wider: Resampler | null = null
  private readonly narrow = new Int16Array(960)

  /** `startAt` lets listeners of the same music hear it from different places. */
  constructor(clips: readonly Clip[], repeat: boolean, ended: () => void, startAt = 0) {
    this.clips = clips
    this.repeat = repeat
    this.ended = ended
    if (clips.length > 0) this.at = startAt % Math.max(1, clips[0]!.pcm.length)
  }

  fill(pcm: Int16Array, samples: number, hz: number): boolean {
    if (this.over) return false
    if (hz === 8000) this.read(pcm, samples)
    else {
      this.wider ??= new Resampler(8000, 16_000)
      this.read(this.narrow, samples >> 1)
      this.wider.process(this.narrow, 0, samples >> 1, pcm)
    }
    if (this.index >= this.clips.length) {
      this.over = true
      this.ended()
    }
    return true
  }

  private read(out: Int16Array, samples: number): void {
    let filled = 0
    while (filled < samples) {
      const clip = this.clips[this.index]
      if (clip === undefined || this.gap > 0) {
        const quiet = clip === undefined ? samples - filled : Math.min(this.gap, samples - filled)
        out.fill(0, filled, filled + quiet)
        filled += quiet
        this.gap -= Math.min(this.gap, quiet)
        continue
      }
      const count = Math.min(samples - filled, clip.pcm.length - this.at)
      for (let i = 0; i < count; i++) out[filled + i] = clip.pcm[this.at + i]!
      filled += count
      this.at += count
      if (this.at < clip.pcm.length) continue
      this.at = 0
      this.index++
      if (this.index < this.clips.length) this.gap = GAP_SAMPLES
      else if (this.repeat && this.clips.some(c => c.pcm.length > 0)) this.index = 0
    }
  }
}
