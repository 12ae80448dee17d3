/**
 * What people may set at their telephones, where the plan lets them. Whoever forwards, the way goes on at the place they chose,
 * and that place is looked at from everywhere else too; so one person of each kind is tried with every sort of destination.
 * Forwards that lead back are passed over or end with words: a user's slip is no mistake of the plan.
 */
import type { CompiledPlan, PersonNode } from '../compiled.ts'
import type { UserForward } from '../decision.ts'
import { sampleNumbers } from './sample-numbers.ts'

export function forwardsThatMayBe(plan: CompiledPlan): (person: string) => readonly UserForward[] {
  const kinds = new Map<string, string>()
  const forwards = new Map<string, readonly UserForward[]>()
  for (const node of plan.nodes.values()) {
    if (node.kind !== 'person' || node.is !== 'person') continue
    const rights = `${node.rights.ceiling}${[...(node.rights.exactly ?? [])].join()}`
    const kind = `${node.mayForward}|${node.box !== null}|${node.mobile !== null}|${rights}`
    if (kinds.has(kind)) continue
    kinds.set(kind, node.id)
    forwards.set(node.id, destinationsOf(plan, node).flatMap(settings).concat({ doNotDisturb: true }))
  }
  return person => forwards.get(person) ?? NONE
}

const NONE: readonly UserForward[] = []

function settings(to: string): UserForward[] {
  return [{ always: to }, { busy: to }, { noAnswer: to }, { unreachable: to }]
}

function destinationsOf(plan: CompiledPlan, person: PersonNode): string[] {
  const { mayForward } = person
  if (mayForward === 'no') return []
  const out: string[] = person.box === null ? [] : ['voicemail']
  const colleague = [...plan.dial].find(([, key]) => key !== person.key && plan.nodes.get(key)?.kind === 'person')
  if (colleague !== undefined) out.push(colleague[0])
  if (mayForward !== 'inside' && person.mobile !== null) out.push(person.mobile)
  if (mayForward === 'anywhere') for (const number of sampleNumbers(plan, person.site.habit).values()) out.push(number)
  return out
}
