/**
 * Somebody rung on a mobile is asked to press a key before the caller is connected (SCH-03): what answers a mobile may be its voicemail.
 * Until then the others go on ringing, and the caller hears nothing of it.
 */
import type { Play } from '../media/protocol.ts'
import type { RingTarget } from '../plan/decision.ts'
import type { CallState, Leg } from './call-state.ts'

/** So long somebody may think about it, ms. The hunt's own end comes first. */
export const ACCEPT_MS = 15_000

/** The target of whom this leg is asked to press a key; null when it is not. */
function asked(state: CallState, leg: Leg): (RingTarget & { readonly acceptBy: string }) | null {
  const { action } = state
  if (action?.do !== 'ring' || state.peer !== null || leg.phase !== 'up' || leg.role !== 'called' || leg.decision !== state.decisions)
    return null
  const target = action.targets.find(x => x.who === leg.party.who && x.outside?.number === leg.party.number)
  return target?.acceptBy === undefined ? null : { ...target, acceptBy: target.acceptBy }
}

export function isAsked(state: CallState, leg: Leg): boolean {
  return asked(state, leg) !== null
}

export function askedLegs(state: CallState): Leg[] {
  return Object.values(state.legs).filter(leg => isAsked(state, leg))
}

/** Whether a digit takes the call; null when this leg is asked nothing. */
export function accepts(state: CallState, leg: Leg, digit: string): boolean | null {
  const target = asked(state, leg)
  return target === null ? null : digit === target.acceptBy
}

/** What those who are asked hear, again and again. */
export function questions(state: CallState): Play[] {
  return askedLegs(state).flatMap((leg): Play[] => {
    if (leg.media === null) return []
    const { acceptBy, language } = asked(state, leg)!
    const names = ['accept-call', ...(/^\d$/.test(acceptBy) ? [acceptBy] : []), 'accept-call-end']
    return [
      { leg: leg.id, token: `${state.decisions}.accept`, source: { kind: 'prompts', language: language ?? 'en', names }, repeat: true },
    ]
  })
}
