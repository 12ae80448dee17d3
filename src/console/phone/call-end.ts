/** What the end of a SIP session means to the person at the phone. Status codes: RFC 3261 §21. */
import type { CallEnd } from './softphone-state.ts'

export interface SessionEnd {
  /** Who ended it: the far side, this side, or the machinery in between. */
  readonly by: 'there' | 'here' | 'system'
  readonly direction: 'in' | 'out'
  /** Whether both had been talking. */
  readonly wasUp: boolean
  /** Final response, where there was one. */
  readonly status: number | null
  /** The library's word for it. */
  readonly cause: string
  /** Value of the Reason header (RFC 3326). */
  readonly reason: string
}

export function callEnd(end: SessionEnd): CallEnd {
  if (/media|webrtc|sdp/i.test(end.cause) && !/timeout/i.test(end.cause))
    return end.cause === 'User Denied Media Access' ? 'microphone' : 'failed'
  if (/connection error/i.test(end.cause)) return 'connection'
  if (end.wasUp) return end.by === 'there' ? 'ended-there' : end.by === 'here' ? 'ended-here' : 'connection'
  if (end.direction === 'in') {
    if (end.by === 'here') return 'declined'
    // RFC 3326 §3.1: the fork that lost learns that somebody else answered.
    return /cause\s*=\s*200\b/i.test(end.reason) ? 'answered-elsewhere' : 'missed'
  }
  if (end.by === 'here') return 'ended-here'
  return end.status === null ? 'no-answer' : refusal(end.status)
}

function refusal(status: number): CallEnd {
  switch (status) {
    case 486:
    case 600:
      return 'busy'
    case 403:
    case 433:
    case 603:
    case 607:
      return 'rejected'
    case 404:
    case 410:
    case 484:
    case 485:
    case 604:
      return 'not-found'
    case 408:
    case 487:
      return 'no-answer'
    case 480:
    case 502:
    case 503:
    case 504:
      return 'unavailable'
    default:
      return 'failed'
  }
}
