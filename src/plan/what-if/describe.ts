/** What becomes of a call, as a code and names; `words.ts` says it. */
import { placeName, rungNames } from '../compare/aspects.ts'
import type { CompiledPlan, NodeKey } from '../compiled.ts'
import type { Action } from '../decision.ts'

export interface Described {
  readonly code: 'rings' | 'out' | 'announcement' | 'menu' | 'voicemail' | 'echo' | 'refused' | 'gone' | 'no-way-in' | 'provider-does'
  readonly values: Readonly<Record<string, string>>
}

export function describe(plan: CompiledPlan, at: NodeKey, action: Action): Described {
  switch (action.do) {
    case 'ring':
      return { code: 'rings', values: { names: rungNames(plan, action.targets) || placeName(plan, at) } }
    case 'dial-out':
      return { code: 'out', values: { trunks: action.attempts.map(a => a.trunk).join(', ') } }
    case 'announce':
      return { code: 'announcement', values: { name: placeName(plan, at) } }
    case 'menu':
      return { code: 'menu', values: { name: placeName(plan, at) } }
    case 'voicemail':
      return { code: 'voicemail', values: { name: placeName(plan, `voicemail:${action.box}`) } }
    case 'echo':
      return { code: 'echo', values: {} }
    case 'end':
      return { code: 'refused', values: { words: action.prompts.join(', ') || String(action.status) } }
  }
}
