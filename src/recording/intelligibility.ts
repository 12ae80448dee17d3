/**
 * REC-04: can each side of a recording be understood? A verdict on the figures of one channel: is there speech, how loud, how
 * much is clipped, how much is missing.
 */
import type { LevelFigures } from '../wire/audio/level.ts'

export interface ChannelCheck {
  readonly speechS: number
  /** Level of the speaking part, dBFS (a full-scale sine is 0); null when nobody speaks. */
  readonly levelDb: number | null
  readonly peakDb: number | null
  /** Share of the samples at full scale, in [0,1]. */
  readonly clippedShare: number
  /** Share of the time for which no audio arrived, in [0,1]. */
  readonly lossShare: number
  readonly verdict: 'fine' | 'silent' | 'too-quiet' | 'clipped' | 'lossy'
}

const TOO_QUIET_DB = -40
const TOO_CLIPPED = 0.01
const TOO_LOSSY = 0.05
/** Less than this is a click or a breath. */
const LEAST_SPEECH_S = 0.2
/** Louder on average than any background: a channel without pauses shows no noise to compare speech with. */
const SURELY_HEARD_DB = -36

/** `missingMs`: for how long no packets came that should have. */
export function channelCheck(figures: LevelFigures, clockHz: number, missingMs: number): ChannelCheck {
  const durationS = figures.samples / clockHz
  const unbroken = figures.rmsDbfs > SURELY_HEARD_DB && figures.speechShare * durationS < LEAST_SPEECH_S
  const speechS = unbroken ? durationS : figures.speechShare * durationS
  const levelDb = speechS < LEAST_SPEECH_S ? null : unbroken ? figures.rmsDbfs : figures.speechDbfs
  const lossShare = durationS > 0 ? Math.min(1, missingMs / 1000 / durationS) : 0
  return {
    speechS: Math.round(speechS * 100) / 100,
    levelDb: decibel(levelDb),
    peakDb: decibel(figures.peakDbfs),
    clippedShare: figures.clippedShare,
    lossShare,
    verdict: verdict(levelDb, figures.clippedShare, lossShare),
  }
}

function verdict(levelDb: number | null, clippedShare: number, lossShare: number): ChannelCheck['verdict'] {
  if (levelDb === null) return 'silent'
  if (lossShare > TOO_LOSSY) return 'lossy'
  if (clippedShare > TOO_CLIPPED) return 'clipped'
  return levelDb < TOO_QUIET_DB ? 'too-quiet' : 'fine'
}

function decibel(db: number | null): number | null {
  return db === null || !Number.isFinite(db) ? null : Math.round(db * 10) / 10
}
