/**
 * What people may set at their telephones, where the plan lets them. Whoever forwards, the way goes on at the place they chose,
 * and that place is looked at from everywhere else too; so one person of each kind is tried with every sort of destination.
 * Forwards that lead back are passed over or end with words: a user's slip is no mistake of the plan.
 */
import type { CompiledPlan, PersonNode, Rights } from '../compiled.ts'
import type { UserForward } from '../decision.ts'
import { sampleNumbers } from './sample-numbers.ts'

export function forwardsThatMayBe(plan: CompiledPlan): (person: string) => readonly UserForward[] {
  const kinds = new Set<string>()
  const colleagues: (readonly [string, string])[] = []
  for (const [number, key] of plan.dial) {
    if (plan.nodes.get(key)?.kind === 'person') colleagues.push([number, key])
    if (colleagues.length === 2) break
  }
  const forwards = new Map<string, readonly UserForward[]>()
  for (const node of plan.nodes.values()) {
    if (node.kind !== 'person' || node.is !== 'person') continue
    const kind = `${node.mayForward}|${node.box !== null}|${node.mobile !== null}|${rightsWord(node.rights)}`
    if (kinds.has(kind)) continue
    kinds.add(kind)
    forwards.set(node.id, destinationsOf(plan, node, colleagues).flatMap(settings).concat({ doNotDisturb: true }))
  }
  return person => forwards.get(person) ?? NONE
}

const NONE: readonly UserForward[] = []

/** Two people with the same word may call the same. */
export function rightsWord({ ceiling, exactly }: Rights): string {
  return exactly === null ? String(ceiling) : [...exactly].join()
}

function settings(to: string): UserForward[] {
  return [{ always: to }, { busy: to }, { noAnswer: to }, { unreachable: to }]
}

function destinationsOf(plan: CompiledPlan, person: PersonNode, colleagues: readonly (readonly [string, string])[]): string[] {
  const { mayForward } = person
  if (mayForward === 'no') return []
  const out: string[] = person.box === null ? [] : ['voicemail']
  const colleague = colleagues.find(([, key]) => key !== person.key)
  if (colleague !== undefined) out.push(colleague[0])
  if (mayForward !== 'inside' && person.mobile !== null) out.push(person.mobile)
  if (mayForward === 'anywhere') for (const number of sampleNumbers(plan, person.site.habit).values()) out.push(number)
  return out
}
