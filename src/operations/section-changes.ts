/** Which entries of the plan's sections differ, by name: "people: eva added; dee removed; bob changed". What that means for calls, `plan/compare.ts` tells. */
import type { Plan } from '../plan/schema/plan-schema.ts'

/** Most names that one sentence lists. */
const MOST = 8

export function sectionChanges(before: Plan, after: Plan): string[] {
  const out: string[] = []
  const sections = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Plan>
  for (const section of sections) {
    const [was, is] = [before[section] as unknown, after[section] as unknown]
    if (same(was, is)) continue
    if (!isNamed(was) || !isNamed(is)) {
      out.push(`${section}: changed`)
      continue
    }
    const added = Object.keys(is).filter(k => !Object.hasOwn(was, k))
    const removed = Object.keys(was).filter(k => !Object.hasOwn(is, k))
    const changed = Object.keys(is).filter(k => Object.hasOwn(was, k) && !same(was[k], is[k]))
    const parts = [named(added, 'added'), named(removed, 'removed'), named(changed, 'changed')].filter(p => p !== '')
    out.push(`${section}: ${parts.join('; ')}`)
  }
  return out
}

function named(names: readonly string[], what: string): string {
  if (names.length === 0) return ''
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : ''
  return `${names.slice(0, MOST).join(', ')}${more} ${what}`
}

function isNamed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
