/**
 * How loud, how clipped, and whether somebody speaks: one pass over 20 ms frames (REC-04). Speech is told by energy alone:
 * frames well above the quietest tenth of the sound and above an absolute floor. That suffices to find a dead channel.
 */

export interface LevelFigures {
  readonly samples: number
  /** 0 dBFS is a full-scale sine; -Infinity for digital silence. */
  readonly rmsDbfs: number
  /** 0 dBFS is the largest sample. */
  readonly peakDbfs: number
  /** Share of samples in runs of two or more at full scale. */
  readonly clippedShare: number
  /** Share of 20 ms frames that hold speech, and their level. */
  readonly speechShare: number
  readonly speechDbfs: number
  /** Level of the quietest tenth of the frames. */
  readonly noiseDbfs: number
}

/** Below this nothing counts as speech: about what a quiet room gives. */
const SPEECH_FLOOR_DBFS = -50
const ABOVE_NOISE_DB = 9
const FRAME_MS = 20
const CLIPPED = 32124 // the loudest µ-law code: a clipped G.711 leg never shows more
const BINS = 128

export class LevelMeter {
  private readonly frameSamples: number
  private samples = 0
  private squares = 0
  private peak = 0
  private clipped = 0
  private run = 0
  private inFrame = 0
  private frameSquares = 0
  /** Frames and their energy by level: bin b holds -b … -b-1 dBFS. */
  private readonly frames = new Int32Array(BINS)
  private readonly energies = new Float64Array(BINS)

  constructor(clockHz: number) {
    this.frameSamples = Math.round((clockHz * FRAME_MS) / 1000)
  }

  take(samples: Int16Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const s = samples[i]!
      const magnitude = s < 0 ? -s : s
      if (magnitude > this.peak) this.peak = magnitude
      if (magnitude >= CLIPPED) {
        this.run++
        if (this.run === 2) this.clipped += 2
        else if (this.run > 2) this.clipped++
      } else this.run = 0
      this.frameSquares += s * s
      if (++this.inFrame === this.frameSamples) this.endFrame()
    }
    this.samples += to - from
  }

  figures(): LevelFigures {
    const counted = this.frames.reduce((a, b) => a + b, 0)
    const noise = this.noiseBin(counted)
    const threshold = Math.min(-SPEECH_FLOOR_DBFS, noise - ABOVE_NOISE_DB)
    let speechFrames = 0
    let speechEnergy = 0
    for (let b = 0; b < BINS && b <= threshold; b++) {
      speechFrames += this.frames[b]!
      speechEnergy += this.energies[b]!
    }
    return {
      samples: this.samples,
      rmsDbfs: dbfs(this.samples === 0 ? 0 : (this.squares + this.frameSquares) / this.samples),
      peakDbfs: 20 * Math.log10(this.peak / 32768),
      clippedShare: this.samples === 0 ? 0 : this.clipped / this.samples,
      speechShare: counted === 0 ? 0 : speechFrames / counted,
      speechDbfs: dbfs(speechFrames === 0 ? 0 : speechEnergy / speechFrames),
      noiseDbfs: -noise,
    }
  }

  private endFrame(): void {
    const mean = this.frameSquares / this.frameSamples
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor(-dbfs(mean))))
    this.frames[bin] = this.frames[bin]! + 1
    this.energies[bin] = this.energies[bin]! + mean
    this.squares += this.frameSquares
    this.frameSquares = 0
    this.inFrame = 0
  }

  /** The bin below which a tenth of the frames lie; no quieter than -70 so that digital silence does not make a whisper speech. */
  private noiseBin(counted: number): number {
    let below = 0
    for (let b = BINS - 1; b >= 0; b--) {
      below += this.frames[b]!
      if (below > counted / 10) return Math.min(70, b)
    }
    return 70
  }
}

/** Mean square of samples to dB over a full-scale sine. */
function dbfs(meanSquare: number): number {
  return 10 * Math.log10(meanSquare / (32768 * 16384))
}

export function rmsDbfs(samples: Int16Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += samples[i]! * samples[i]!
  return dbfs(to > from ? sum / (to - from) : 0)
}
