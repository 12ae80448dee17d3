/** Sound made here, 20 ms at a time: prompts, music, tones, the mix of a conference. */
export interface PcmSource {
  /** Fills `samples` of `pcm` at `hz` (8000 or 16000). False when there is nothing to send for this tick. */
  fill(pcm: Int16Array, samples: number, hz: number, nowMs: number): boolean
}
