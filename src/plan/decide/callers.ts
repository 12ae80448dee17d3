/** Callers who are refused or treated otherwise before the plan looks where they want to go: IN-11. */
import type { CallerList, CallerTreatment, NodeKey } from '../compiled.ts'
import type { Place, Step } from '../decision.ts'
import type { ReasonCode } from '../reasons.ts'
import { end } from './ending.ts'
import type { Walk } from './journey.ts'

export function isListed(list: CallerList, number: string): boolean {
  if (number === '') return false
  return (list.exact.size > 0 && list.exact.has(number)) || list.beginnings.some(beginning => number.startsWith(beginning))
}

/** What becomes of a call from outside because of who calls; null: it goes its way. */
export function receive(walk: Walk): Step | NodeKey | null {
  const { callers } = walk.plan
  const number = walk.journey.cn
  if (number === '')
    return callers.anonymous === null ? null : treat(walk, callers.anonymous, 'caller-anonymous', walk.plan.place('callers.anonymous'))
  if (isListed(callers.vip, number)) {
    walk.because('caller-vip', { number }, walk.plan.place('callers.vip'))
    return null
  }
  if (isListed(callers.blocked, number)) return treat(walk, callers.onBlocked, 'caller-blocked', walk.plan.place('callers.blocked'))
  if (isListed(callers.spam, number)) return treat(walk, callers.onSpam, 'caller-spam', walk.plan.place('callers.spam'))
  return null
}

function treat(walk: Walk, treatment: CallerTreatment, why: ReasonCode, place: Place): Step | NodeKey {
  walk.because(why, { number: walk.journey.cn }, place)
  if (treatment.do === 'send') {
    walk.because('caller-sent', { target: walk.nameOf(treatment.to) }, place)
    return treatment.to
  }
  return end(walk, 'end:refused-caller', 603, 21, treatment.do === 'announce' ? ['call-refused'] : [], 'blocked')
}
