/**
 * What a new switch does with each call that the log has not closed (docs/adr/0003): legs that stand or ring are taken up, and
 * ends that the process before may have died without telling are told again. Whoever has heard them answers 481, which is as good.
 */
import type { LoggedEvent } from '../call/events.ts'
import type { Legs } from '../sip/leg/contract.ts'
import type { CallDriver } from './call-driver.ts'
import type { MediaNodes } from './media-nodes.ts'
import type { SwitchLog } from './switch-log.ts'

export interface TakeUpDeps {
  readonly log: SwitchLog
  readonly driver: CallDriver
  readonly legs: Legs
  readonly media: MediaNodes
  readonly alarm: (what: string, detail: unknown) => void
}

/** An older end has been told, or its peer has given up by itself: 64·T1 (RFC 3261 §17.1.1.2). */
const TOLD_WITHIN_MS = 32_000

/** `seenAt`: when the process before last said that it lived; what it logged later says so too. */
export function takeUpCalls(d: TakeUpDeps, seenAt: number, nowMs: number): void {
  const open = [...d.log.openCalls()]
  const aliveAt = open.reduce((at, { events }) => Math.max(at, events.at(-1)?.at ?? 0), seenAt)
  for (const { call, events } of open) {
    try {
      takeUp(d, call, events, aliveAt, nowMs)
    } catch (error) {
      // A broken log of one call must not keep the office from telephoning.
      d.alarm(`call ${call} cannot be taken up`, error)
    }
  }
}

function takeUp(d: TakeUpDeps, call: string, events: readonly LoggedEvent[], aliveAt: number, nowMs: number): void {
  const state = d.driver.fold(call, events)
  if (state === null) return
  d.media.claim(state)
  for (const id in state.legs) {
    const leg = state.legs[id]!
    if (leg.snapshot === null) continue
    if (leg.phase !== 'over') {
      // Perhaps its INVITE never left: nobody has been heard to ring.
      const unheard = leg.role === 'called' && leg.phase === 'calling' && leg.snapshot.ringing !== undefined
      if (unheard) d.legs.restore(id, leg.snapshot, { sdp: leg.offered?.sdp ?? null })
      else d.legs.restore(id, leg.snapshot)
      continue
    }
    const status = statusToTell(events, id, aliveAt - TOLD_WITHIN_MS)
    if (status === null) continue
    d.legs.restore(id, leg.snapshot)
    d.legs.command(id, { do: 'hang-up', status })
  }
  d.driver.resume(call, Math.max(0, nowMs - aliveAt))
}

/** With which status a leg shall be refused if it has no final response yet; null when it ended by itself or long ago. */
function statusToTell(events: readonly LoggedEvent[], leg: string, since: number): number | null {
  const end = events.findLast(e => (e.event.type === 'leg.ended' || e.event.type === 'leg.failed') && e.event.leg === leg)
  if (end === undefined || end.at < since) return null
  if (end.event.type === 'leg.ended') {
    if (end.event.by === 'peer' || end.event.by === 'transport') return null
    if (end.event.by === 'cancel') return 487
  }
  const whole = events.findLast(e => e.event.type === 'call.ended')
  return whole?.event.type === 'call.ended' && whole.event.status >= 300 ? whole.event.status : 480
}
