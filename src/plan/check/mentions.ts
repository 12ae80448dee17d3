/** What of a call's past the plan's rules can ask at all: two calls that differ in nothing of it go on alike. */
import type { CompiledPlan, NodeKey } from '../compiled.ts'

export interface Mentions {
  readonly defaults: readonly NodeKey[]
  readonly origin: boolean
  readonly line: boolean
  readonly caller: boolean
  readonly language: boolean
  readonly menuKeys: ReadonlySet<string>
  readonly number: boolean
  readonly back: boolean
}

/** What of a call's past the plan's rules can ask at all. */
export function mentionsOf(plan: CompiledPlan): Mentions {
  const conditions = Object.values(plan.source.queues).flatMap(q => [q.prefer?.if, q.require?.if])
  const asks = (word: RegExp): boolean => conditions.some(c => c !== undefined && word.test(c))
  const scopes = plan.recording.map(r => r.scope.of)
  const { busy, noAnswer, unreachable, rejected } = plan.defaults
  return {
    defaults: [...new Set([busy, noAnswer, unreachable, rejected].filter(k => k !== null))],
    origin:
      plan.recording.some(r => !r.announce || r.scope.of === 'incoming' || r.scope.of === 'internal') ||
      plan.outgoing.some(r => r.guard === null && (r.classes.has('international') || r.classes.has('premium'))),
    line: scopes.includes('line') || asks(/^line /),
    caller: plan.recording.some(r => r.scope.of === 'department' || (r.scope.of === 'node' && /^(person|room):/.test(r.scope.key))),
    language: asks(/^language /),
    menuKeys: new Set(conditions.flatMap(c => /^menu-key (\S+)/.exec(c ?? '')?.[1] ?? [])),
    number: asks(/^caller is /),
    back: [...plan.nodes.values()].some(n => n.kind === 'menu' && [...n.keys.values()].includes('back:menu')),
  }
}
