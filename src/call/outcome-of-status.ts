/** What a final SIP status of a called leg means for the plan (RFC 3261 §21, RFC 3398 §8.2.6 for the causes). */
import type { LegOutcome } from './call-state.ts'

const FAR_PARTYS_WORD: ReadonlySet<number> = new Set([486, 487, 600, 603, 607, 608])

export function outcomeOfStatus(status: number, byTrunk = false): LegOutcome {
  // Behind a trunk a number that does not exist is nobody's absence, and a trunk in trouble says nothing of the far party.
  if (byTrunk && status !== 480 && !FAR_PARTYS_WORD.has(status)) return 'failed'
  switch (status) {
    case 486:
    case 600:
      return 'busy'
    case 403:
    case 603:
    case 607:
    case 608:
      return 'rejected'
    case 404:
    case 408:
    case 410:
    case 430:
    case 480:
    case 502:
    case 503:
    case 504:
    case 604:
      return 'unreachable'
    case 487:
      return 'cancelled'
    default:
      return 'failed'
  }
}

/** Whether another trunk may do better: trouble of the trunk, not a word of the far party (OUT-03). */
export function worthAnotherTrunk(status: number): boolean {
  return (
    status === 403 ||
    status === 408 ||
    status === 480 ||
    status === 401 ||
    status === 407 ||
    (status >= 500 && status < 600) ||
    status === 488
  )
}

/** The better of two failures to pass on: the far party's word beats a server's, which beats silence. */
export function ringAlike(a: number, b: number): number {
  const rank = (s: number): number => (s === 0 ? 0 : s >= 600 ? 5 : s === 408 || s === 503 ? 1 : s >= 500 ? 2 : 4)
  return rank(b) > rank(a) ? b : a
}
