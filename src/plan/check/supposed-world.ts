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
const UNUSED = { todayMs: 0, atOnce: 0 }
const SPENT = { todayMs: MANY, atOnce: MANY }

export function factsIn(world: SupposedWorld, nowMs: number): Facts {
  return {
    nowMs,
    registered: account => world.away?.includes(account) !== true,
    activeCalls: account => (world.busy?.includes(account) === true ? MANY : 0),
    trunkUp: trunk => world.trunksDown?.includes(trunk) !== true,
    trunkCalls: trunk => (world.trunksFull?.includes(trunk) === true ? MANY : 0),
    outgoingUse: rule => (world.spent?.includes(rule) === true ? SPENT : UNUSED),
    treatment: index => world.treatments?.includes(index) === true,
    forward: person => world.forwards?.[person] ?? null,
    queue: id => (world.queues?.[id] === undefined ? EMPTY : QUEUES[world.queues[id]]),
    override: hours => world.overrides?.[hours] ?? null,
  }
}

/** Both, where they do not contradict; `over` goes before. */
export function joined(world: SupposedWorld, over: SupposedWorld): SupposedWorld {
  if (world === WELL) return over
  if (over === WELL) return world
  const out: Record<string, unknown> = { ...world }
  for (const [key, value] of Object.entries(over)) {
    const before = out[key]
    out[key] = Array.isArray(value)
      ? [...new Set([...((before as unknown[] | undefined) ?? []), ...value])]
      : { ...((before as object | undefined) ?? {}), ...(value as object) }
  }
  return out as SupposedWorld
}
