/**
 * Which worlds have to be tried, given what a step asked. Of several who can be rung, it matters only whether anybody can be,
 * whether somebody is busy, and who is left alone: `ring` reads nothing else. So a group of n has n + 4 worlds and not 3ⁿ.
 * Trunks fail as links, providers and sites take them; each failure that takes a part of what was asked is a world of its own.
 */
import type { CompiledPlan } from '../compiled.ts'
import type { UserForward } from '../decision.ts'
import type { Asked } from './asked.ts'
import type { Failure } from './failures.ts'
import type { SupposedWorld } from './supposed-world.ts'

export interface Variant {
  readonly world: SupposedWorld
  /** Set when this world is a failure of something: it lasts for the rest of the call. */
  readonly failure: Failure | null
}

/** What a step asked that the step it varies had not asked. */
export interface NewlyAsked {
  readonly accounts: readonly string[]
  readonly trunks: readonly string[]
  readonly queues: readonly string[]
  readonly treatments: readonly number[]
  readonly forwards: readonly string[]
  readonly overrides: readonly string[]
  readonly rules: readonly number[]
}

export function newly(asked: Asked, before: Asked | null): NewlyAsked {
  if (before === null) return asked
  const fresh = <T>(now: readonly T[], then: readonly T[]): readonly T[] =>
    now.length === 0 || then.length === 0 ? now : now.filter(x => !then.includes(x))
  return {
    accounts: fresh(asked.accounts, before.accounts),
    trunks: fresh(asked.trunks, before.trunks),
    queues: fresh(asked.queues, before.queues),
    treatments: fresh(asked.treatments, before.treatments),
    forwards: fresh(asked.forwards, before.forwards),
    overrides: fresh(asked.overrides, before.overrides),
    rules: fresh(asked.rules, before.rules),
  }
}

/** `failures`: those that may still happen; empty when one has. `forwardsOf`: what a person may have set. */
export function variantsOf(
  plan: CompiledPlan,
  asked: NewlyAsked,
  failures: readonly Failure[],
  forwardsOf: (person: string) => readonly UserForward[],
  each: boolean,
  forwarded: boolean,
): Variant[] {
  const out: Variant[] = []
  const add = (world: SupposedWorld, failure: Failure | null = null): void => void out.push({ world, failure })
  const { accounts, trunks, rules } = asked
  if (accounts.length > 0) {
    add({ away: accounts })
    add({ busy: accounts })
    if (each) someOf(plan, accounts, add)
  }
  if (trunks.length > 0) {
    add({ trunksDown: trunks })
    add({ trunksFull: trunks })
    if (accounts.length > 0) {
      add({ trunksDown: trunks, away: accounts })
      add({ trunksDown: trunks, busy: accounts })
    }
  }
  for (const id of asked.queues) for (const how of ['full', 'long', 'nobody'] as const) add({ queues: { [id]: how } })
  for (const hours of asked.overrides) for (const how of ['open', 'closed'] as const) add({ overrides: { [hours]: how } })
  // One user's forward at a time in one step; a second one may be followed in the next.
  if (!forwarded) for (const person of asked.forwards) for (const set of forwardsOf(person)) add({ forwards: { [person]: set } })
  for (const index of asked.treatments) add({ treatments: [index] })
  const limited = rules.filter(i => plan.outgoing[i]?.guard?.atOnce != null || plan.outgoing[i]?.guard?.perDayMs != null)
  if (limited.length > 0) add({ spent: limited })
  if (accounts.length > 0 || trunks.length > 1 || asked.treatments.length > 0)
    for (const failure of failures) if (takesPart(failure, asked)) add(failure.world, failure)
  return out
}

/** Each alone, and one busy with the others away. */
function someOf(plan: CompiledPlan, accounts: readonly string[], add: (world: SupposedWorld) => void): void {
  if (accounts.length < 2) return
  const owner = (account: string): string => plan.accounts.get(account)?.owner ?? account
  const owners = new Set(accounts.map(owner))
  if (owners.size < 2) return
  for (const who of owners) add({ away: accounts.filter(a => owner(a) !== who) })
  const [first] = owners
  add({ busy: accounts.filter(a => owner(a) === first), away: accounts.filter(a => owner(a) !== first) })
}

/** A failure that takes nothing of this, or all of it, is no new world. */
function takesPart(failure: Failure, asked: NewlyAsked): boolean {
  for (const index of asked.treatments) if (failure.world.treatments?.includes(index) === true) return true
  let taken = 0
  if (failure.accounts.size > 0) for (const account of asked.accounts) if (failure.accounts.has(account)) taken++
  let cut = 0
  if (failure.trunks.size > 0) for (const trunk of asked.trunks) if (failure.trunks.has(trunk)) cut++
  if (taken + cut === 0) return false
  const whole = (n: number, of: readonly unknown[]): boolean => n === 0 || n === of.length
  return !(whole(taken, asked.accounts) && whole(cut, asked.trunks))
}

/** Several failures that take the same of what was asked are one world; the first of them names it. */
export function distinct(variants: readonly Variant[], asked: NewlyAsked): readonly Variant[] {
  if (!variants.some(v => v.failure !== null)) return variants
  const seen = new Set<string>()
  return variants.filter(({ failure }) => {
    if (failure === null) return true
    const key =
      asked.accounts.filter(a => failure.accounts.has(a)).join() +
      '|' +
      asked.trunks.filter(t => failure.trunks.has(t)).join() +
      '|' +
      asked.treatments.filter(i => failure.world.treatments?.includes(i)).join()
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
