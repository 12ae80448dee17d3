/**
 * What one step of a decision asked of the world and of the plan. The check branches on what was asked and on nothing else:
 * a fact that nobody asked for cannot have changed the decision, so every value of it is covered at once.
 */
import type { CompiledPlan, NodeKey } from '../compiled.ts'
import type { Facts, QueueFacts, UserForward } from '../decision.ts'
import type { Hours } from '../hours.ts'
import { callsBy, callsOf, isRegistered, isUp, queueIn, type SupposedWorld, spentBy, WELL } from './supposed-world.ts'

export class Asked {
  accounts: string[] = NONE
  trunks: string[] = NONE
  queues: string[] = NONE
  treatments: number[] = NONE
  forwards: string[] = NONE
  overrides: string[] = NONE
  rules: number[] = NONE
  /** Places of the plan that were looked at. */
  nodes: NodeKey[] = NONE
  /** 'hours:office', 'rota:support'. */
  calendars: string[] = NONE
}

/** Most steps ask two or three things: lists are made when something is asked. */
const NONE: never[] = []

/** A plan and facts that write down what is asked of them, one step at a time. Hundreds of thousands of steps: little is allocated. */
export class Witnessing implements Facts {
  readonly plan: CompiledPlan
  readonly wordless = true
  asked = new Asked()
  nowMs = 0
  private world: SupposedWorld = WELL

  constructor(plan: CompiledPlan) {
    const nodes = new Watched(plan.nodes, key => {
      this.asked.nodes = noted(this.asked.nodes, key)
    })
    const calendar = (key: string): void => {
      this.asked.calendars = noted(this.asked.calendars, key)
    }
    const hours = new Watched<string, Hours>(plan.hours, id => calendar(`hours:${id}`))
    const rotas = new Watched(plan.rotas, id => calendar(`rota:${id}`))
    this.plan = { ...plan, nodes, hours, rotas }
  }

  /** Facts of `world` for one step; afterwards `asked` says what that step wanted to know. */
  facts(world: SupposedWorld, nowMs: number): Facts {
    this.asked = new Asked()
    this.nowMs = nowMs
    this.world = world
    return this
  }

  registered(account: string): boolean {
    this.asked.accounts = noted(this.asked.accounts, account)
    return isRegistered(this.world, account)
  }

  activeCalls(account: string): number {
    this.asked.accounts = noted(this.asked.accounts, account)
    return callsOf(this.world, account)
  }

  trunkUp(trunk: string): boolean {
    this.asked.trunks = noted(this.asked.trunks, trunk)
    return isUp(this.world, trunk)
  }

  trunkCalls(trunk: string): number {
    this.asked.trunks = noted(this.asked.trunks, trunk)
    return callsBy(this.world, trunk)
  }

  outgoingUse(rule: number): { readonly todayMs: number; readonly atOnce: number; readonly todaySpent?: number } {
    this.asked.rules = noted(this.asked.rules, rule)
    return spentBy(this.world, rule)
  }

  treatment(index: number): boolean {
    this.asked.treatments = noted(this.asked.treatments, index)
    return this.world.treatments?.includes(index) === true
  }

  forward(person: string): UserForward | null {
    this.asked.forwards = noted(this.asked.forwards, person)
    return this.world.forwards?.[person] ?? null
  }

  queue(id: string): QueueFacts {
    this.asked.queues = noted(this.asked.queues, id)
    return queueIn(this.world, id)
  }

  override(hours: string): 'open' | 'closed' | null {
    this.asked.overrides = noted(this.asked.overrides, hours)
    return this.world.overrides?.[hours] ?? null
  }
}

function noted<T>(list: T[], value: T): T[] {
  if (list === NONE) return [value]
  if (!list.includes(value)) list.push(value)
  return list
}

class Watched<K, V> implements ReadonlyMap<K, V> {
  private readonly of: ReadonlyMap<K, V>
  private readonly note: (key: K) => void

  constructor(of: ReadonlyMap<K, V>, note: (key: K) => void) {
    this.of = of
    this.note = note
  }

  get(key: K): V | undefined {
    this.note(key)
    return this.of.get(key)
  }

  has(key: K): boolean {
    this.note(key)
    return this.of.has(key)
  }

  get size(): number {
    return this.of.size
  }

  forEach(each: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    this.of.forEach(each)
  }

  entries(): MapIterator<[K, V]> {
    return this.of.entries()
  }

  keys(): MapIterator<K> {
    return this.of.keys()
  }

  values(): MapIterator<V> {
    return this.of.values()
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.of.entries()
  }
}
