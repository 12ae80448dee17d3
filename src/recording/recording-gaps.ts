/**
 * Where a recording lacks sound (REC-03): what the spool shows, and what the log knows beyond it. Single lost packets are a
 * matter of the loss share; what is listed is what a listener would notice.
 */
import type { SpoolGap } from '../media/spool-mix.ts'
import type { Gap } from './recording-entry.ts'

const NOTICEABLE_MS = 60
/** A recording with more holes than this is described by its loss share. */
const MOST_GAPS = 200
/** The two clocks of one event: media process and switch. */
const SAME_WITHIN_MS = 1500

const CAUSES: Record<SpoolGap['why'], string> = {
  paused: 'paused on purpose',
  'not-recorded': 'the media process was away',
  'packets-lost': 'packets were lost',
  undecodable: 'the audio could not be decoded',
}

export function gapsOf(spool: readonly SpoolGap[]): Gap[] {
  return spool
    .filter(gap => gap.toMs - gap.fromMs >= NOTICEABLE_MS)
    .slice(0, MOST_GAPS)
    .map(gap => ({
      fromMs: gap.fromMs,
      forMs: gap.toMs - gap.fromMs,
      cause: CAUSES[gap.why] + (gap.side === null ? '' : ` (${gap.side} channel)`),
    }))
}

/** The log's gaps that the spool does not show itself are added. */
export function joinGaps(found: readonly Gap[], logged: readonly Gap[]): Gap[] {
  const extra = logged.filter(
    gap =>
      !found.some(
        other => gap.fromMs < other.fromMs + other.forMs + SAME_WITHIN_MS && other.fromMs < gap.fromMs + gap.forMs + SAME_WITHIN_MS,
      ),
  )
  return [...found, ...extra].sort((a, b) => a.fromMs - b.fromMs)
}

/** For how long one side was missing, on purpose or not counted apart: pauses are not losses. */
export function missingMs(spool: readonly SpoolGap[], side: 'left' | 'right'): number {
  let sum = 0
  for (const gap of spool) if (gap.why !== 'paused' && (gap.side === null || gap.side === side)) sum += gap.toMs - gap.fromMs
  return sum
}
