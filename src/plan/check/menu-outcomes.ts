/**
 * What a caller can do in a menu: press each key that means something, press one that does not, press nothing. What they may dial
 * besides leads to places that are looked at by their own numbers, for callers from outside too: arriving there from a menu is as
 * arriving there by the number, except that what was passed before the key counts no more. Where that is not so (a route waits
 * for the call to come back, or so much was passed that the limit is near), every number is dialled: `all`.
 */
import type { CompiledPlan } from '../compiled.ts'
import type { Action, Outcome } from '../decision.ts'

export function menuOutcomes(plan: CompiledPlan, menu: Extract<Action, { do: 'menu' }>, all: boolean): readonly Outcome[] {
  const out: Outcome[] = [{ was: 'silence' }, ...menu.keys.map(keys => ({ was: 'keys' as const, keys }))]
  const wrong = [...'0123456789*#'].find(k => !menu.keys.includes(k) && plan.dial.get(k) === undefined)
  out.push({ was: 'keys', keys: wrong ?? '0000000' })
  if (all && menu.dialThrough) for (const number of plan.dial.keys()) if (/^\d+$/.test(number)) out.push({ was: 'keys', keys: number })
  return out
}
