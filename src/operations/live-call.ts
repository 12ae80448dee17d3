/** A call as the live board shows it: who, with whom, since when. Computed from the call's progress, never kept. */
import type { Party } from '../call/events.ts'
import type { CallProgress, LiveState } from './call-record.ts'

export interface LiveCall {
  readonly id: string
  readonly direction: 'in' | 'out' | 'internal'
  readonly from: Party
  readonly to: Party
  readonly dialled: string
  readonly startedAt: number
  readonly answeredAt: number | null
  readonly state: LiveState
  readonly stateSinceAt: number
  readonly ringing: readonly Party[]
  readonly with: Party | null
  readonly trunk: string | null
  readonly group: string | null
  readonly recording: boolean
}

export function liveCall(call: CallProgress): LiveCall {
  const { record } = call
  return {
    id: record.id,
    direction: record.direction,
    from: record.from,
    to: record.to,
    dialled: record.dialled,
    startedAt: record.startedAt,
    answeredAt: record.answeredAt,
    state: call.state,
    stateSinceAt: call.stateSinceAt,
    ringing: Object.entries(call.legs)
      .filter(([id, leg]) => id !== call.callerLeg && leg.answeredAt === null && leg.endedAt === null)
      .map(([, leg]) => leg.party),
    with: partner(call),
    trunk: record.trunk,
    group: record.group,
    recording: call.recording.length > 0,
  }
}

function partner(call: CallProgress): Party | null {
  if (!call.bridge) return null
  const { a, b } = call.bridge
  return call.legs[a === call.callerLeg ? b : a]?.party ?? null
}
