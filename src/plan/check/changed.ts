/**
 * What an edit changed, in the terms in which decisions depend on the plan: places by their content, calendars, and everything
 * else as one. Places of the text do not count: a line inserted above changes no decision.
 */
import { writtenRotas } from '../compile/calendars.ts'
import type { CompiledPlan, Node } from '../compiled.ts'
import { callersInside } from './entries.ts'

export interface Changed {
  /** Some hours or rotas stand otherwise. */
  readonly calendars: boolean
  /** Whether what was decided by looking at these places is still so. */
  leaves(touched: ReadonlySet<string>): boolean
}

/** Null when so much changed that everything has to be looked at again. */
export function changedBetween(before: CompiledPlan, after: CompiledPlan): Changed | null {
  const same = new Alike()
  const whole: readonly (keyof CompiledPlan)[] = [
    'emergency',
    'cityNumbers',
    'outsidePrefix',
    'trunks',
    'outgoing',
    'nextTrunkAfterMs',
    'outsideRingMs',
    'recording',
    'defaults',
    'mostHops',
    'longestRingingMs',
    'home',
    'sites',
    'callers',
    'outages',
    'forwards',
    'mobilesOfLines',
  ]
  for (const key of whole) if (!same.values(before[key], after[key])) return null
  for (const section of ['office', 'hours', 'rotas', 'links', 'providers', 'power', 'outage'] as const)
    if (!same.values(before.source[section], after.source[section])) return null
  if (!same.values(writtenRotas(before.source), writtenRotas(after.source))) return null
  const first = (plan: CompiledPlan): string =>
    callersInside(plan)
      .map(a => a.username)
      .join()
  if (first(before) !== first(after)) return null
  const changed = new Set<string>()
  for (const [key, node] of after.nodes) {
    const old = before.nodes.get(key)
    if (old === undefined || !same.nodes(old, node)) changed.add(key)
  }
  for (const key of before.nodes.keys()) if (!after.nodes.has(key)) changed.add(key)
  // Whoever rings somebody as one of several depends on them without going there.
  if (changed.size > 0)
    for (const [key, node] of after.nodes) if (!changed.has(key) && rings(node).some(who => changed.has(who))) changed.add(key)
  return {
    calendars: false,
    leaves(touched) {
      if (changed.size < touched.size) {
        for (const key of changed) if (touched.has(key)) return false
      } else for (const key of touched) if (changed.has(key)) return false
      return true
    },
  }
}

function rings(node: Node): readonly string[] {
  if (node.kind === 'role') return node.holders.map(h => h.key)
  if (node.kind !== 'hunt') return NOBODY
  return node.members.map(({ target }) => ('person' in target ? target.person.key : 'role' in target ? target.role.key : ''))
}

const NOBODY: readonly string[] = []

/** Deep equality of plain data, maps and sets, places of the text left out. */
class Alike {
  /** Pairs that were compared before: sites and people are shared by many. */
  private readonly known = new WeakMap<object, object>()

  nodes(a: Node, b: Node): boolean {
    return this.values(a, b)
  }

  values(a: unknown, b: unknown): boolean {
    if (Object.is(a, b)) return true
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
    if (this.known.get(a) === b) return true
    if (!this.insides(a, b)) return false
    this.known.set(a, b)
    return true
  }

  private insides(a: object, b: object): boolean {
    if (a instanceof Map)
      return b instanceof Map && a.size === b.size && [...a].every(([key, value]) => b.has(key) && this.values(value, b.get(key)))
    if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every(value => b.has(value))
    if (Array.isArray(a)) {
      if (!Array.isArray(b) || a.length !== b.length) return false
      for (let i = 0; i < a.length; i++) if (!this.values(a[i], b[i])) return false
      return true
    }
    let count = 0
    for (const key in a) {
      count++
      if (key === 'place') continue
      if (!this.values((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false
    }
    for (const _ in b) count--
    return count === 0
  }
}
