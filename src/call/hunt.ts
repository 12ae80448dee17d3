/** Looking for somebody who answers: one called leg per contact, together or one by one, people or trunks, until one is up. */

import type { Action, RingTarget, TrunkAttempt } from '../plan/decision.ts'
import { askedLegs } from './acceptance.ts'
import type { Leg, LegOutcome } from './call-state.ts'
import { openCalledLegs } from './call-state.ts'
import { offerTo } from './negotiation.ts'
import { ringAlike } from './outcome-of-status.ts'
import type { Turn } from './turn.ts'
import type { Reach } from './world.ts'

type Ring = Extract<Action, { do: 'ring' }>
type DialOut = Extract<Action, { do: 'dial-out' }>

/** Between two rounds of a queue, ms. */
const ROUND_PAUSE_MS = 3_000

/** Begins the hunt of the present decision. False when nothing could be begun at all. */
export function beginHunt(t: Turn): boolean {
  const action = t.state.action as Ring | DialOut
  t.timer('hunt', t.world.nowMs + action.forMs)
  if (action.do === 'ring' && action.order === 'together') {
    let begun = false
    for (const target of action.targets) begun = beginTarget(t, target, action) || begun
    return begun
  }
  return huntOn(t)
}

/** Goes on to the next target, or (dialling out) to the next trunk when one may do better; false when there is none left. */
export function huntOn(t: Turn, anotherTrunk = true): boolean {
  const action = t.state.action as Ring | DialOut
  const legs = legsOfDecision(t)
  if (action.do === 'dial-out') {
    const begun = anotherTrunk ? beginAttempt(t, action.attempts, legs, undefined) : -1
    if (begun < 0) return false
    // The last one is waited for.
    if (begun + 1 < action.attempts.length) t.timer('attempt', t.world.nowMs + action.nextAfterMs)
    else t.noTimer('attempt')
    return true
  }
  if (action.order === 'together') return false
  let next = 0
  action.targets.forEach((target, i) => {
    if (legs.some(l => l.party.who === target.who && l.party.number === numberOf(target))) next = i + 1
  })
  for (; next < action.targets.length; next++) if (beginTarget(t, action.targets[next]!, action)) return true
  return false
}

/** A trunk failed somebody outside who is rung among others: the next one is tried for them, whatever the others do. */
export function ringByNextTrunk(t: Turn, failed: Leg): boolean {
  const action = t.state.action
  if (action?.do !== 'ring' || failed.trunk === null) return false
  const target = action.targets.find(x => x.who === failed.party.who && x.outside?.number === failed.party.number)
  return target !== undefined && ringOutside(t, target)
}

/** Trunks that gave no sign for those outside who are rung; the next ones are tried. */
export function leaveSilentTrunks(t: Turn): void {
  const { state, world } = t
  for (const leg of openCalledLegs(state)) {
    if (leg.phase !== 'calling' || silentAt(t, leg) > world.nowMs) continue
    t.emit({ type: 'leg.failed', v: 1, leg: leg.id, status: 408, reason: 'no response in time', outcome: 'failed' })
    t.tell(leg.id, { do: 'hang-up' })
    ringByNextTrunk(t, leg)
  }
  watchForSilence(t)
}

export function watchForSilence(t: Turn): void {
  const at = Math.min(...openCalledLegs(t.state).map(l => (l.phase === 'calling' ? silentAt(t, l) : Number.POSITIVE_INFINITY)))
  if (Number.isFinite(at)) t.timer('silence', Math.max(at, t.world.nowMs))
  else t.noTimer('silence')
}

/** When a leg to somebody outside counts as silent; never while it has no other trunk. */
function silentAt(t: Turn, leg: Leg): number {
  const action = t.state.action
  if (action?.do !== 'ring' || leg.trunk === null || leg.decision !== t.state.decisions) return Number.POSITIVE_INFINITY
  const outside = action.targets.find(x => x.who === leg.party.who && x.outside?.number === leg.party.number)?.outside
  const isLast = outside?.attempts.at(-1)?.trunk === leg.trunk
  return outside?.nextAfterMs === undefined || isLast ? Number.POSITIVE_INFINITY : leg.startedAt + outside.nextAfterMs
}

/** The call waits in a queue: nobody answering is no reason to leave it before its time. */
export function waitsInQueue(t: Turn): boolean {
  return t.state.action?.do === 'ring' && t.state.action.queue !== undefined
}

/** A queue's agents were all rung, or none is free: after a moment the plan is asked who can be rung now. */
export function pauseRound(t: Turn): void {
  t.timer('attempt', t.world.nowMs + ROUND_PAUSE_MS)
}

export function legsOfDecision(t: Turn): Leg[] {
  return Object.values(t.state.legs).filter(l => l.role === 'called' && l.decision === t.state.decisions)
}

function numberOf(target: RingTarget): string {
  return target.outside?.number ?? target.extension
}

function beginTarget(t: Turn, target: RingTarget, action: Ring): boolean {
  let begun = false
  if (target.outside) begun = ringOutside(t, target)
  else
    for (const account of [target.account, ...(target.also ?? [])])
      for (const reach of t.world.reachAccount(account, action.shows))
        begun =
          beginLeg(t, reach, { number: target.extension, who: target.who, ...(reach.name ? { name: reach.name } : {}) }, account, null) ||
          begun
  if (begun && action.order === 'one-by-one') t.timer('attempt', t.world.nowMs + action.eachMs)
  return begun
}

/**
 * A telephone that refused our offer of plain sound with keys beside it (RFC 8643) may be one that insists on encryption:
 * it is asked once more, with nothing but encryption.
 */
export function ringEncrypted(t: Turn, refused: Leg): boolean {
  const { action } = t.state
  if (action?.do !== 'ring' || refused.account === null || refused.profile.kind !== 'sdes-optional') return false
  const reach = t.world.reachAccount(refused.account, action.shows).find(r => r.contact === refused.contact)
  if (reach === undefined) return false
  return beginLeg(t, { ...reach, profile: { ...reach.profile, kind: 'sdes' } }, refused.party, refused.account, null)
}

function ringOutside(t: Turn, target: RingTarget): boolean {
  if (beginAttempt(t, target.outside!.attempts, legsOfDecision(t), target.who) < 0) return false
  watchForSilence(t)
  return true
}

/** The first trunk after those that were tried for this party: its place in the list, or -1. */
function beginAttempt(t: Turn, attempts: readonly TrunkAttempt[], legs: readonly Leg[], who: string | undefined): number {
  let next = 0
  attempts.forEach((a, i) => {
    if (legs.some(l => l.trunk === a.trunk && l.party.number === a.e164 && l.party.who === who)) next = i + 1
  })
  for (; next < attempts.length; next++) {
    const attempt = attempts[next]!
    const reach = t.world.reachTrunk(attempt)
    if (reach === null) continue
    if (beginLeg(t, reach, who === undefined ? { number: attempt.e164 } : { number: attempt.e164, who }, null, attempt.trunk, attempt.rule))
      return next
  }
  return -1
}

function beginLeg(t: Turn, reach: Reach, party: Leg['party'], account: string | null, trunk: string | null, rule?: number): boolean {
  const id = `${t.state.id}-${t.state.legCount}`
  const local = t.world.takeMedia(id, reach.profile, reach.hops[0]?.host ?? null)
  if (local === null) return false
  const offer = offerTo(t.caller, local, reach.profile)
  t.emit({
    type: 'leg.started',
    v: 1,
    leg: id,
    party,
    account,
    trunk,
    contact: reach.contact,
    offer,
    ...(rule === undefined ? {} : { rule }),
  })
  t.tell(id, {
    do: 'invite',
    requestUri: reach.requestUri,
    from: reach.from,
    to: reach.to,
    hops: reach.hops,
    routes: reach.routes,
    sdp: offer.sdp,
    headers: reach.headers,
    maxForwards: Math.max(0, t.state.invite.maxForwards - 1),
    ...(reach.credentials ? { credentials: reach.credentials } : {}),
  })
  return true
}

/** Ends every called leg that has not answered. */
export function abandonHunt(t: Turn, except: string | null, why: 'cancelled' | 'no-answer'): void {
  t.noTimer('accept')
  t.noTimer('hunt')
  t.noTimer('attempt')
  t.noTimer('silence')
  for (const leg of [...openCalledLegs(t.state), ...askedLegs(t.state)]) {
    if (leg.id === except) continue
    t.emit({ type: 'leg.failed', v: 1, leg: leg.id, status: why === 'no-answer' ? 480 : 487, reason: why, outcome: why })
    // RFC 3326 §3: tell the phones that lost the race that the call was answered elsewhere, so that they show no missed call.
    t.tell(
      leg.id,
      except === null ? { do: 'hang-up' } : { do: 'hang-up', why: { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' } },
    )
  }
}

/** Ends the legs of one attempt that gave no sign in time. */
export function abandonSilent(t: Turn): void {
  for (const leg of openCalledLegs(t.state)) {
    t.emit({ type: 'leg.failed', v: 1, leg: leg.id, status: 408, reason: 'no response in time', outcome: 'failed' })
    t.tell(leg.id, { do: 'hang-up' })
  }
}

/** Those who were asked to take the call and did not. */
export function abandonAsked(t: Turn): void {
  for (const leg of askedLegs(t.state)) {
    t.emit({ type: 'leg.failed', v: 1, leg: leg.id, status: 480, reason: 'answered, but did not take the call', outcome: 'no-answer' })
    t.tell(leg.id, { do: 'hang-up' })
  }
}

/** What the whole hunt came to, from what became of its legs: the answer that tells most wins. */
export function huntOutcome(
  legs: readonly Leg[],
): { was: Exclude<LegOutcome, 'cancelled' | 'failed'> } | { was: 'failed'; status: number } {
  const rank: readonly LegOutcome[] = ['busy', 'rejected', 'no-answer', 'unreachable']
  for (const outcome of rank) if (legs.some(l => l.outcome === outcome)) return { was: outcome as 'busy' }
  const status = legs.reduce((best, l) => ringAlike(best, l.status), 0)
  return status === 0 ? { was: 'unreachable' } : { was: 'failed', status }
}
