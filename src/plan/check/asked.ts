/**
 * What one step of a decision asked of the world and of the plan. The check branches on what was asked and on nothing else:
 * a fact that nobody asked for cannot have changed the decision, so every value of it is covered at once.
 */
import type { CompiledPlan, NodeKey } from '../compiled.ts'
import type { Facts, QueueFacts, UserForward } from '../decision.ts'
import type { Hours } from '../hours.ts'
import { factsIn, type SupposedWorld, WELL } from './supposed-world.ts'

export class Asked {
  readonly accounts: string[] = []
  readonly trunks: string[] = []
  readonly queues: string[] = []
  readonly treatments: number[] = []
  readonly forwards: string[] = []
  readonly overrides: string[] = []
  readonly rules: number[] = []
  /** Places of the plan that were looked at. */
  readonly nodes: NodeKey[] = []
  /** 'hours:office', 'rota:support'. */
  readonly calendars: string[] = []
}

/** A plan and facts that write down what is asked of them, one step at a time. */
export class Witnessing implements Facts {
  readonly plan: CompiledPlan
  asked = new Asked()
  nowMs = 0
  private is: Facts = factsIn(WELL, 0)
  private readonly worlds = new WeakMap<SupposedWorld, Facts>()

  constructor(plan: CompiledPlan) {
    const nodes = new Watched(plan.nodes, key => note(this.asked.nodes, key))
    const hours = new Watched<string, Hours>(plan.hours, id => note(this.asked.calendars, `hours:${id}`))
    const rotas = new Watched(plan.rotas, id => note(this.asked.calendars, `rota:${id}`))
    this.plan = { ...plan, nodes, hours, rotas }
  }

  /** Facts of `world` for one step; afterwards `asked` says what that step wanted to know. */
  facts(world: SupposedWorld, nowMs: number): Facts {
    this.asked = new Asked()
    this.nowMs = nowMs
    let is = this.worlds.get(world)
    if (is === undefined) this.worlds.set(world, (is = factsIn(world, 0)))
    this.is = is
    return this
  }

  registered(account: string): boolean {
    note(this.asked.accounts, account)
    return this.is.registered(account)
  }

  activeCalls(account: string): number {
    note(this.asked.accounts, account)
    return this.is.activeCalls(account)
  }

  trunkUp(trunk: string): boolean {
    note(this.asked.trunks, trunk)
    return this.is.trunkUp(trunk)
  }

  trunkCalls(trunk: string): number {
    note(this.asked.trunks, trunk)
    return this.is.trunkCalls(trunk)
  }

  outgoingUse(rule: number): { readonly todayMs: number; readonly atOnce: number } {
    note(this.asked.rules, rule)
    return this.is.outgoingUse!(rule)
  }

  treatment(index: number): boolean {
    note(this.asked.treatments, index)
    return this.is.treatment!(index)
  }

  forward(person: string): UserForward | null {
    note(this.asked.forwards, person)
    return this.is.forward!(person)
  }

  queue(id: string): QueueFacts {
    note(this.asked.queues, id)
    return this.is.queue!(id)
  }

  override(hours: string): 'open' | 'closed' | null {
    note(this.asked.overrides, hours)
    return this.is.override!(hours)
  }
}

function note<T>(list: T[], value: T): void {
  if (!list.includes(value)) list.push(value)
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
