/** How calls end when nobody answers, in the words of SIP and of Q.850. */
import type { NodeKey } from '../compiled.ts'
import type { Outcome, Step } from '../decision.ts'
import type { Word } from '../reason-words.ts'
import type { Walk } from './journey.ts'

/** Why a call ends, as `reason-words.ts` says it. */
type EndWord = Extract<Word, `end-${string}`>
export type Why = EndWord extends `end-${infer W}` ? W : never

export function end(walk: Walk, key: NodeKey, status: number, cause: number, prompts: readonly string[], why: Why): Step {
  walk.because('ends', { why: `@end-${why}` }, walk.node(key)?.place ?? null)
  return walk.act(key, { do: 'end', status, cause, language: walk.journey.lang, prompts })
}

export type Miss = 'busy' | 'no-answer' | 'unreachable' | 'rejected' | 'failed'

interface Ending {
  readonly status: number
  readonly cause: number
  readonly prompts: readonly string[]
  readonly why: Why
}

/** SIP status for the caller's side, Q.850 cause (ITU-T Q.850 §2.2). */
const ENDINGS: Readonly<Record<Miss, Ending>> = {
  busy: { status: 486, cause: 17, prompts: [], why: 'busy' },
  'no-answer': { status: 480, cause: 19, prompts: ['nobody-available'], why: 'no-answer' },
  unreachable: { status: 480, cause: 20, prompts: ['nobody-available'], why: 'unreachable' },
  rejected: { status: 603, cause: 21, prompts: [], why: 'rejected' },
  failed: { status: 503, cause: 38, prompts: ['all-lines-busy'], why: 'failed' },
}

/** The end after a target was missed and nothing else is said. */
export function endAfter(walk: Walk, key: NodeKey, miss: Miss, outcome: Outcome | null): Step {
  const e = ENDINGS[miss]
  if (
    outcome?.was === 'failed' &&
    outcome.status >= 400 &&
    outcome.status < 500 &&
    outcome.status !== 401 &&
    outcome.status !== 407 &&
    outcome.status !== 408
  ) {
    const unknown = outcome.status === 404 || outcome.status === 484 || outcome.status === 410
    return end(walk, key, outcome.status, unknown ? 1 : 31, unknown ? ['number-unknown'] : e.prompts, 'refused-outside')
  }
  return end(walk, key, e.status, e.cause, e.prompts, e.why)
}

/** After an announcement, message or test that was heard to its end. */
export function endWell(walk: Walk, key: NodeKey, answered: boolean): Step {
  return end(walk, key, answered ? 200 : 480, 16, [], 'said')
}
