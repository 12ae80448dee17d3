/** Tones as sound to be paced: call progress, and dialled digits for who has no telephone-event. */
import { dtmfTone, TONES, ToneGenerator } from '../wire/audio/tone.ts'
import { DIGIT_MS } from './dtmf-sending.ts'
import type { PcmSource } from './pcm-source.ts'
import type { Play } from './protocol.ts'

type ToneName = Extract<Play['source'], { kind: 'tone' }>['tone']

/** Plays until it is replaced, but for a tone that is said once. */
export class TonePlayer implements PcmSource {
  private readonly tone: ToneName
  private readonly repeat: boolean
  private readonly ended: () => void
  private generator: ToneGenerator | null = null
  private over = false

  constructor(tone: ToneName, repeat: boolean, ended: () => void) {
    this.tone = tone
    this.repeat = repeat
    this.ended = ended
  }

  fill(pcm: Int16Array, samples: number, hz: number): boolean {
    if (this.over) return false
    this.generator ??= new ToneGenerator(TONES[this.tone], hz)
    this.generator.fill(pcm, 0, samples)
    if (this.generator.over) {
      if (this.repeat) this.generator = null
      else {
        this.over = true
        this.ended()
      }
    }
    return true
  }
}

export class DigitTones {
  private generator: ToneGenerator | null = null

  /** The next `samples` of a digit; `first` begins it. */
  fill(pcm: Int16Array, samples: number, hz: number, digit: string, first: boolean): void {
    if (first) {
      const tone = dtmfTone(digit, DIGIT_MS, 0)
      this.generator = tone === null ? null : new ToneGenerator(tone, hz)
    }
    if (this.generator === null) pcm.fill(0, 0, samples)
    else this.generator.fill(pcm, 0, samples)
  }
}
