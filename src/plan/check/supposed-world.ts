/**
 * What the world is like at one step of an explored call: who is away or busy, which trunks are down, what queues hold, what
 * users have set. Whatever is not said is well. Plain data, so that a witness can be kept and played again.
 */
import type { Facts, QueueFacts, UserForward } from '../decision.ts'

export interface SupposedWorld {
  /** Accounts without a registered telephone, and accounts that are in as many calls as they take. */
  readonly away?: readonly string[]
  readonly busy?: readonly string[]
  readonly trunksDown?: readonly string[]
  /** All channels in use. */
  readonly trunksFull?: readonly string[]
  readonly queues?: Readonly<Record<string, 'full' | 'long' | 'nobody'>>
  /** Outage treatments in force, by index. */
  readonly treatments?: readonly number[]
  readonly forwards?: Readonly<Record<string, UserForward>>
  readonly overrides?: Readonly<Record<string, 'open' | 'closed'>>
  /** Outgoing rules whose guard has nothing left. */
  readonly spent?: readonly number[]
}

export const WELL: SupposedWorld = {}

const MANY = Number.MAX_SAFE_INTEGER
const QUEUES: Readonly<Record<'full' | 'long' | 'nobody', QueueFacts>> = {
  full: { waiting: MANY, expectedWaitMs: null, loggedIn: null },
  long: { waiting: 0, expectedWaitMs: MANY, loggedIn: null },
  nobody: { waiting: 0, expectedWaitMs: null, loggedIn: new Set() },
}
const EMPTY: QueueFacts = { waiting: 0, expectedWaitMs: null, loggedIn: null }
const UNUSED = { todayMs: 0, atOnce: 0, todaySpent: 0 }
const SPENT = { todayMs: MANY, atOnce: MANY, todaySpent: MANY }

export function isRegistered(world: SupposedWorld, account: string): boolean {
  return world.away === undefined || !world.away.includes(account)
}

export function callsOf(world: SupposedWorld, account: string): number {
  return world.busy?.includes(account) === true ? MANY : 0
}

export function isUp(world: SupposedWorld, trunk: string): boolean {
  return world.trunksDown === undefined || !world.trunksDown.includes(trunk)
}

export function callsBy(world: SupposedWorld, trunk: string): number {
  return world.trunksFull?.includes(trunk) === true ? MANY : 0
}

export function spentBy(
  world: SupposedWorld,
  rule: number,
): { readonly todayMs: number; readonly atOnce: number; readonly todaySpent: number } {
  return world.spent?.includes(rule) === true ? SPENT : UNUSED
}

export function queueIn(world: SupposedWorld, id: string): QueueFacts {
  const how = world.queues?.[id]
  return how === undefined ? EMPTY : QUEUES[how]
}

export function factsIn(world: SupposedWorld, nowMs: number): Facts {
  return {
    nowMs,
    registered: account => isRegistered(world, account),
    activeCalls: account => callsOf(world, account),
    trunkUp: trunk => isUp(world, trunk),
    trunkCalls: trunk => callsBy(world, trunk),
    outgoingUse: rule => spentBy(world, rule),
    treatment: index => world.treatments?.includes(index) === true,
    forward: person => world.forwards?.[person] ?? null,
    queue: id => queueIn(world, id),
    override: hours => world.overrides?.[hours] ?? null,
  }
}

/** Both, where they do not contradict; `over` goes before. */
export function joined(world: SupposedWorld, over: SupposedWorld): SupposedWorld {
  if (world === WELL) return over
  const out: Record<string, unknown> = { ...world }
  for (const key in over) {
    const value = over[key as keyof SupposedWorld]
    const before = out[key]
    if (before === undefined) out[key] = value
    else if (Array.isArray(value)) out[key] = [...new Set([...(before as unknown[]), ...value])]
    else out[key] = { ...(before as object), ...(value as object) }
  }
  return out as SupposedWorld
}
