/** Blind transfer (RFC 3515, RFC 5589 §6): the plan is asked on behalf of the party that stays; failure gives the call back. */
import type { Origin } from '../plan/decision.ts'
import type { LegNotice } from '../sip/leg.ts'
import type { Leg } from './call-state.ts'
import { endCall } from './ending.ts'
import { abandonHunt } from './hunt.ts'
import { decide } from './perform.ts'
import type { Turn } from './turn.ts'

export function legRefers(t: Turn, leg: Leg, notice: Extract<LegNotice, { is: 'refer' }>): void {
  const stays = leg.id === t.state.caller ? t.state.peer : leg.id === t.state.peer ? t.state.caller : null
  const target = userOf(notice.to.uri)
  // Replaces needs the other call of the phone; until that is built the phone is told so and keeps both calls (RFC 3515 §2.4.2).
  if (stays === null || t.state.transfer !== null || target === '' || notice.replaces) {
    t.tell(leg.id, { do: 'refer-reply', refer: notice.refer, status: notice.replaces ? 501 : 603 })
    return
  }
  t.tell(leg.id, { do: 'refer-reply', refer: notice.refer, status: 202 })
  t.emit({ type: 'transfer.asked', v: 1, by: leg.id, stays, refer: notice.refer, to: target })
  decide(t, t.world.enter(transferOrigin(t, leg), target, t.state.legs))
}

/** The rights are those of the one who transfers: an outside caller gains none by being transferred (SEC-02). */
function transferOrigin(t: Turn, leg: Leg): Origin {
  if (leg.account !== null) return { kind: 'office', account: leg.account }
  return t.state.origin
}

export function completeTransfer(t: Turn): void {
  const { by, refer } = t.state.transfer!
  const leg = t.leg(by)
  t.emit({ type: 'transfer.ended', v: 1, by, ok: true, status: 200 })
  if (!leg || leg.phase === 'over') return
  t.tell(by, { do: 'refer-progress', refer, status: 200, reason: 'OK', final: true })
  t.emit({ type: 'leg.ended', v: 1, leg: by, by: 'transfer' })
  t.tell(by, { do: 'hang-up' })
}

/** Nobody took it: the two parties are together again; when the one who transferred is gone, the call ends. */
export function failTransfer(t: Turn, status: number): void {
  const { by, refer } = t.state.transfer!
  abandonHunt(t, null, 'no-answer')
  const leg = t.leg(by)
  if (!leg || leg.phase === 'over') {
    t.emit({ type: 'transfer.ended', v: 1, by, ok: true, status })
    endCall(t, { outcome: 'answered', status, cause: 31, reason: 'the transfer failed and the party that asked for it has left', by: null })
    return
  }
  t.emit({ type: 'transfer.ended', v: 1, by, ok: false, status })
  t.tell(by, { do: 'refer-progress', refer, status, reason: 'Transfer failed', final: true })
  t.emit({ type: 'call.bridged', v: 1, a: t.state.caller, b: by })
}

/** The user part of a SIP or tel URI, without parameters. */
export function userOf(uri: string): string {
  const colon = uri.indexOf(':')
  if (colon < 0) return ''
  const rest = uri.slice(colon + 1)
  const at = rest.indexOf('@')
  const user = at >= 0 ? rest.slice(0, at) : uri.toLowerCase().startsWith('tel:') ? rest : ''
  const end = user.search(/[;:]/)
  try {
    return decodeURIComponent(end >= 0 ? user.slice(0, end) : user)
  } catch {
    return end >= 0 ? user.slice(0, end) : user
  }
}
