/**
 * What a caller can do in a menu: press each key that means something, press one that does not, press nothing, dial an
 * extension. Which number is dialled matters only through the place that has it, and arriving there from one menu is as
 * arriving from another: so one menu is tried with every number, and every other with one of each kind.
 */
import type { CompiledPlan, Node } from '../compiled.ts'
import type { Action, Outcome } from '../decision.ts'

type Menu = Extract<Action, { do: 'menu' }>

export function menuOutcomes(plan: CompiledPlan, menu: Menu, numbers: 'all' | 'kinds' | 'none'): readonly Outcome[] {
  const out: Outcome[] = [{ was: 'silence' }, ...menu.keys.map(keys => ({ was: 'keys' as const, keys }))]
  const wrong = [...'0123456789*#'].find(k => !menu.keys.includes(k) && plan.dial.get(k) === undefined)
  out.push({ was: 'keys', keys: wrong ?? '0000000' })
  if (!menu.dialThrough || numbers === 'none') return out
  const seen = new Set<Node['kind']>()
  for (const [number, key] of plan.dial) {
    if (!/^\d+$/.test(number)) continue
    const kind = plan.nodes.get(key)?.kind
    if (kind === undefined || (numbers === 'kinds' && seen.has(kind))) continue
    seen.add(kind)
    out.push({ was: 'keys', keys: number })
  }
  return out
}
