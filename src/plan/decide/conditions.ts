/** Whether a call meets a condition of the plan: 'caller is vip', 'menu-key 3'. */
import { unreachable as impossible } from '../../kernel/result.ts'
import type { CallCondition } from '../compiled.ts'
import { isListed } from './callers.ts'
import type { Walk } from './journey.ts'

export function holds(walk: Walk, condition: CallCondition): boolean {
  const { journey } = walk
  switch (condition.is) {
    case 'vip':
      return walk.fromOutside() && isListed(walk.plan.callers.vip, journey.cn)
    case 'anonymous':
      return walk.fromOutside() && journey.cn === ''
    case 'menu-key':
      return journey.mk === condition.key
    case 'language':
      return journey.lang === condition.language
    case 'line':
      return journey.l === condition.number
    default:
      return impossible(condition)
  }
}
