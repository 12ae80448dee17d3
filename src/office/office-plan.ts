/**
 * What the office process needs of the plan, as plain JSON: who works here, what can be dialled, who may do what. The plan
 * itself is compiled in a process of its own (`plan-summary.ts`), so that its compiler does not stay in this one's memory.
 */
import type { AccessPlan, Grant } from '../access/rights.ts'
import type { PromptText } from '../plan/compiled.ts'

export interface OfficePlan {
  readonly revision: number
  readonly office: { readonly name: string; readonly timezone: string; readonly languages: readonly string[] }
  readonly owner: string | null
  /** Persons one of whom must approve a change of the plan. */
  readonly approvers: readonly string[]
  readonly people: readonly PlanPerson[]
  readonly entries: readonly PlanEntry[]
  readonly boxes: readonly { readonly box: string; readonly tell: readonly string[] }[]
  readonly grants: readonly Grant[]
  readonly administrators: readonly string[]
  /** How finished recordings are kept. */
  readonly recordingFormat: 'opus' | 'wav'
  /** Words of the plan that callers hear. */
  readonly prompts: readonly PromptText[]
}

export interface PlanPerson {
  readonly id: string
  readonly name: string
  readonly extension: string
  readonly department: string | null
  readonly accounts: readonly string[]
  readonly roles: readonly string[]
}

/** Something that can be dialled. */
export interface PlanEntry {
  readonly id: string
  readonly kind: 'person' | 'role' | 'group' | 'service'
  readonly name: string
  readonly number: string
  readonly department: string | null
  readonly accounts: readonly string[]
}

/** Before a plan could be read, and when none was given. */
export const NO_PLAN: OfficePlan = {
  revision: 0,
  office: { name: 'Switchroom', timezone: 'UTC', languages: ['en'] },
  owner: null,
  approvers: [],
  people: [],
  entries: [],
  boxes: [],
  grants: [],
  administrators: [],
  recordingFormat: 'opus',
  prompts: [],
}

/** The plan as the rights table wants it. */
export function accessPlan(plan: OfficePlan): AccessPlan {
  return {
    grants: plan.grants,
    administrators: plan.administrators,
    departmentMembers: department => plan.people.filter(person => person.department === department).map(person => person.id),
    namesOf: id => {
      const person = plan.people.find(known => known.id === id)
      return [id, ...(person?.accounts ?? []).map(account => `account:${account}`)]
    },
    boxesOf: id => {
      const person = plan.people.find(known => known.id === id)
      const names = [id, ...(person?.roles ?? [])]
      return plan.boxes.filter(box => names.includes(box.box) || box.tell.some(told => names.includes(told))).map(box => box.box)
    },
  }
}

/** The person behind the first administrator's account: whom the plan lets configure, else its owner. */
export function firstAdministrator(plan: OfficePlan): PlanPerson | null {
  const id = plan.administrators[0] ?? plan.owner
  return plan.people.find(person => person.id === id) ?? null
}
