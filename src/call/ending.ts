/** The end of a call: every leg told, every recording closed, one outcome for the records. */
import type { ReasonValue } from '../sip/leg.ts'
import type { CallOutcome, Party } from './events.ts'
import { isVoicemailRunning } from './media-session.ts'
import type { Turn } from './turn.ts'

export interface Ending {
  readonly outcome: CallOutcome
  /** SIP status for legs that have no final response yet. */
  readonly status: number
  /** Q.850. */
  readonly cause: number
  readonly reason: string
  readonly by: Party | null
}

export function endCall(t: Turn, ending: Ending): void {
  if (t.state.ended !== null) return
  closeRecordings(t)
  const why: ReasonValue = { protocol: 'Q.850', cause: ending.cause }
  for (const id in t.state.legs) {
    const leg = t.state.legs[id]!
    if (leg.phase === 'over') continue
    if (leg.role === 'caller' && leg.phase !== 'up') {
      t.emit({ type: 'leg.ended', v: 1, leg: id, by: 'us', why })
      t.tell(id, { do: 'reject', status: ending.status >= 300 ? ending.status : 480, why })
    } else {
      if (leg.phase === 'up') t.emit({ type: 'leg.ended', v: 1, leg: id, by: 'us', why })
      else t.emit({ type: 'leg.failed', v: 1, leg: id, status: 487, reason: 'the call ended', outcome: 'cancelled' })
      t.tell(id, { do: 'hang-up', why })
    }
  }
  for (const name of ['hunt', 'attempt', 'silence', 'menu', 'accept', 'voicemail', 'linger'] as const) t.noTimer(name)
  t.emit({ type: 'call.ended', v: 1, ...ending })
  t.effects.push({ do: 'media-drop' })
}

/** The outcome of a call that a party ended, by how far it had come. */
export function outcomeSoFar(t: Turn): CallOutcome {
  const { state } = t
  if (state.bridgedAt !== null) return 'answered'
  if (state.voicemailLeft || isVoicemailRunning(state)) return 'voicemail'
  if (state.action?.do === 'echo' || state.action?.do === 'announce') return 'service'
  return state.answeredAt !== null ? 'missed' : 'cancelled'
}

export function closeRecordings(t: Turn): void {
  for (const r of t.state.recordings) {
    if (!r.running) continue
    t.emit({ type: 'recording.stopped', v: 1, recording: r.id, reason: 'ended' })
    const action = t.state.action
    if (r.kind === 'voicemail' && action?.do === 'voicemail') {
      const durationMs = Math.max(0, t.world.nowMs - r.startedAt)
      t.emit({ type: 'voicemail.left', v: 1, box: action.box, recording: r.id, durationMs, tell: action.tell })
    }
  }
}
