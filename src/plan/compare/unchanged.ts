/**
 * What cannot have changed: places of the plan that are written alike in both, and so is all they lead to and all that holds for
 * every call. Calls there are decided alike, for the decision function sees nothing else; they need not be played.
 */
import { writtenRotas } from '../compile/calendars.ts'
import type { CompiledPlan, Fallbacks, Node, NodeKey } from '../compiled.ts'

export interface Unchanged {
  /** Nothing that holds for every call has changed: rules, trunks, limits. */
  readonly rules: boolean
  /** A call that arrives at this place goes as it went. */
  place(key: NodeKey | undefined): boolean
}

export function unchanged(before: CompiledPlan, after: CompiledPlan): Unchanged {
  const changed = {
    hours: changedIds(before.source.hours, after.source.hours),
    rotas: changedIds(writtenRotas(before.source), writtenRotas(after.source)),
    prompts: changedIds(Object.fromEntries(before.prompts), Object.fromEntries(after.prompts)),
  }
  const [wasCommon, isCommon] = [common(before), common(after)]
  if (before.office.timezone !== after.office.timezone || wasCommon.all !== isCommon.all) return { rules: false, place: () => false }
  // The rules for leaving matter only to places from which a call may leave.
  const rules = wasCommon.leaving === isCommon.leaving && !hoursOutside(before, changed.hours) && !hoursOutside(after, changed.hours)

  const dirty: NodeKey[] = []
  const leadsTo = new Map<NodeKey, NodeKey[]>()
  const texts = [before, after].map(plan => {
    const own = new Map<NodeKey, string>()
    for (const [key, node] of plan.nodes) {
      const { text, refs } = written(plan, node)
      own.set(key, text)
      if (!rules && mayLeave(node)) dirty.push(key)
      if (refs.some(r => changed.prompts.has(r) || changed.hours.has(r) || changed.rotas.has(r))) dirty.push(key)
      for (const ref of refs) if (plan.nodes.has(ref)) (leadsTo.get(ref) ?? setIn(leadsTo, ref)).push(key)
    }
    return own
  })
  const [was, is] = texts as [Map<NodeKey, string>, Map<NodeKey, string>]
  for (const [key, text] of was) if (is.get(key) !== text) dirty.push(key)
  for (const key of is.keys()) if (!was.has(key)) dirty.push(key)
  const reached = new Set(dirty)
  for (let key = dirty.pop(); key !== undefined; key = dirty.pop())
    for (const from of leadsTo.get(key) ?? [])
      if (!reached.has(from)) {
        reached.add(from)
        dirty.push(from)
      }
  return { rules, place: key => key === undefined || !reached.has(key) }
}

/** Places from which calls may come to this one; some of them never do. */
export function mayReach(plan: CompiledPlan, place: NodeKey): ReadonlySet<NodeKey> {
  const leadsTo = new Map<NodeKey, NodeKey[]>()
  for (const [key, node] of plan.nodes)
    for (const ref of written(plan, node).refs) if (plan.nodes.has(ref)) (leadsTo.get(ref) ?? setIn(leadsTo, ref)).push(key)
  const reached = new Set([place])
  const left = [place]
  for (let key = left.pop(); key !== undefined; key = left.pop())
    for (const from of leadsTo.get(key) ?? [])
      if (!reached.has(from)) {
        reached.add(from)
        left.push(from)
      }
  return reached
}

function setIn(map: Map<NodeKey, NodeKey[]>, key: NodeKey): NodeKey[] {
  const list: NodeKey[] = []
  map.set(key, list)
  return list
}

/** A node's own text, other nodes by their names, and everything it names. */
function written(plan: CompiledPlan, node: object): { readonly text: string; readonly refs: readonly string[] } {
  const refs: string[] = []
  const text = JSON.stringify(node, (key, value: unknown) => {
    if (key === 'place') return undefined
    if (key === 'fallbacks') return withDefaults(plan, value as Fallbacks, refs)
    if (typeof value === 'string') {
      refs.push(value)
      return value
    }
    if (value instanceof Map || value instanceof Set) return [...value]
    if (key !== '' && value !== null && typeof value === 'object' && 'kind' in value && 'key' in value) {
      refs.push(String(value.key))
      return value.key
    }
    if (key === 'accounts' && Array.isArray(value))
      return (value as string[]).map(a => {
        const account = plan.accounts.get(a)
        return [a, account?.owner, account?.extension, account?.displayName]
      })
    return value
  })
  return { text, refs }
}

/** The office's defaults hold where a place has none of its own: a miss may come to any of them. */
function withDefaults(plan: CompiledPlan, own: Fallbacks, refs: string[]): readonly (string | null)[] {
  const { defaults } = plan
  const unanswered = own.noAnswer ?? defaults.noAnswer
  const ways = [
    own.busy ?? defaults.busy,
    unanswered,
    own.unreachable ?? own.noAnswer ?? defaults.unreachable ?? defaults.noAnswer,
    own.rejected ?? own.busy ?? defaults.rejected ?? defaults.busy,
  ]
  for (const way of ways) if (way !== null) refs.push(way)
  return ways
}

/** All that is no place: what every call may meet. */
function common(plan: CompiledPlan): { readonly all: string; readonly leaving: string } {
  const { nodes, dial, lines, accounts, source, place, revision, hours, rotas, prompts, ranges, defaults, ...rest } = plan
  const { trunks, outgoing, nextTrunkAfterMs, outsideRingMs, ...all } = rest
  const text = (value: unknown): string =>
    JSON.stringify(value, (key, inner: unknown) => {
      if (key === 'place') return undefined
      if (inner instanceof Map || inner instanceof Set) return [...inner]
      return inner
    })
  const arriving = [...trunks.values()].map(t => [t.id, t.name, t.site, t.otherwise])
  const providers = Object.entries(source.trunks).map(([id, t]) => [id, t.provider])
  return { all: text([all, arriving]), leaving: text([trunks, outgoing, nextTrunkAfterMs, outsideRingMs, providers]) }
}

/** Whether a call that comes here may be put through to somebody outside. */
function mayLeave(node: Node): boolean {
  if (node.kind === 'outside') return true
  if (node.kind === 'role') return node.reach !== 'phone'
  if (node.kind === 'person') return Object.values(node.forward).some(to => to !== null)
  return node.kind === 'hunt' && node.members.some(m => m.reach !== 'phone' || !('person' in m.target))
}

function hoursOutside(plan: CompiledPlan, changed: ReadonlySet<string>): boolean {
  return plan.outgoing.some(r => (r.during !== null && changed.has(r.during)) || (r.guard?.hours != null && changed.has(r.guard.hours)))
}

function changedIds(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const out = new Set<string>()
  for (const id of new Set([...Object.keys(before), ...Object.keys(after)]))
    if (JSON.stringify(before[id]) !== JSON.stringify(after[id])) out.add(id)
  return out
}
