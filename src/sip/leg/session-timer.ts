/** Session timers (RFC 4028): who refreshes, when, and when a session counts as dead. */
import type { HeaderField, SipMessage } from '../../wire/sip/message.ts'
import { LEAST_SESSION_INTERVAL_S } from '../../wire/sip/session-expires.ts'
import { lists, numberOf, sessionExpiresOf } from './header-values.ts'
import type { LegState } from './state.ts'
import type { Turn } from './turn.ts'

/** Below this nobody may go (§5). */
export const FLOOR_S = LEAST_SESSION_INTERVAL_S

/** Headers by which a request of ours (INVITE, UPDATE) asks for a session interval. */
export function askSession(intervalS: number, minSessionS: number, refresher: 'uac' | 'uas' | null): HeaderField[] {
  const who = refresher === null ? '' : `;refresher=${refresher}`
  const out: HeaderField[] = [{ name: 'Session-Expires', value: `${intervalS}${who}` }]
  if (minSessionS > FLOOR_S) out.push({ name: 'Min-SE', value: String(minSessionS) })
  return out
}

export type Wanted = NonNullable<LegState['wantedSession']>

/** What a peer's INVITE or UPDATE asks for. */
export function wantedIn(request: SipMessage): Wanted | null {
  const asked = sessionExpiresOf(request)
  const peerSupports = lists(request, 'Supported', 'timer')
  if (!asked) return null
  return { intervalS: asked.intervalS, refresher: asked.refresher ?? null, peerSupports }
}

/** 422 when the interval asked for is below ours and the peer can understand that (§9). */
export function tooShort(request: SipMessage, minimumS: number): HeaderField[] | null {
  const asked = sessionExpiresOf(request)
  if (!asked || asked.intervalS >= minimumS || !lists(request, 'Supported', 'timer')) return null
  return [{ name: 'Min-SE', value: String(minimumS) }]
}

/**
 * Settles the session for a 2xx of ours, arms the timers and returns the headers to put in (§9, table 2). A peer that cannot
 * refresh leaves it to us. A peer that does not speak of sessions gets none.
 */
export function grantSession(turn: Turn, wanted: Wanted | null): HeaderField[] {
  const { s } = turn
  if (!wanted && s.session?.refresher === 'us') {
    // A peer that knows no sessions sends its re-INVITEs without a word of them; we go on refreshing.
    armSession(turn)
    return [{ name: 'Session-Expires', value: `${s.session.intervalS};refresher=uas` }]
  }
  if (!wanted) {
    s.session = null
    turn.stop('refresh', 'expiry')
    return []
  }
  const intervalS = Math.max(wanted.intervalS, turn.o.config.minSessionS)
  const refresher = wanted.peerSupports ? (wanted.refresher ?? 'uac') : 'uas'
  s.session = { intervalS, refresher: refresher === 'uas' ? 'us' : 'peer' }
  armSession(turn)
  const out: HeaderField[] = [{ name: 'Session-Expires', value: `${intervalS};refresher=${refresher}` }]
  if (refresher === 'uac') out.push({ name: 'Require', value: 'timer' })
  return out
}

/** What a 2xx to a request of ours decided (§7.2). */
export function takeSession(turn: Turn, response: SipMessage): void {
  const { s } = turn
  const granted = sessionExpiresOf(response)
  if (!granted && s.session?.refresher === 'us') {
    armSession(turn)
    return
  }
  if (!granted) {
    s.session = null
    turn.stop('refresh', 'expiry')
    return
  }
  s.session = { intervalS: granted.intervalS, refresher: granted.refresher === 'uas' ? 'peer' : 'us' }
  s.minSessionS = Math.max(s.minSessionS, numberOf(response, 'Min-SE') ?? 0)
  armSession(turn)
}

/** The refresher refreshes at half time; the other side ends the session shortly before it expires (§10). */
export function armSession(turn: Turn): void {
  const session = turn.s.session
  turn.stop('refresh', 'expiry')
  if (!session) return
  const intervalMs = session.intervalS * 1000
  if (session.refresher === 'us') turn.start('refresh', intervalMs / 2)
  turn.start('expiry', session.refresher === 'us' ? intervalMs : intervalMs - Math.min(32_000, intervalMs / 3))
}
