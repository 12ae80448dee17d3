/**
 * Where a call to each line would go first, all being well: asked of a proposal before it is applied and of the switch after, the
 * two must agree.
 */
import type { CompiledPlan } from './compiled.ts'
import { enter } from './decide.ts'
import type { Action } from './decision.ts'
import { suppose } from './suppose.ts'

/** A stranger in the office's own country. */
const CALLER = '+10000000000'

export function firstSteps(plan: CompiledPlan, atMs: number): { readonly line: string; readonly step: string }[] {
  const world = suppose(plan, [])
  if (!world.ok) return []
  const facts = world.value.facts(atMs)
  const [trunk] = plan.trunks.keys()
  const out: { line: string; step: string }[] = []
  for (const line of plan.lines.keys())
    out.push({ line, step: inWords(enter(plan, facts, { kind: 'trunk', trunk: trunk ?? '', number: CALLER }, line).action) })
  return out
}

/** What identifies the step, as text that can be compared and read. */
function inWords(action: Action): string {
  const to: readonly string[] =
    'targets' in action
      ? action.targets.map(t => t.outside?.number ?? t.account)
      : 'attempts' in action
        ? action.attempts.map(a => `${a.number} by ${a.trunk}`)
        : 'box' in action
          ? [action.box]
          : 'prompts' in action
            ? action.prompts
            : []
  return [action.do, ...to].join(' ')
}
