/**
 * Every way that calls to one line can go, found by walking the decision function and by nothing else: PIL-02.
 * Whatever it asks (hours, rotas, queues, outage treatments) is noticed as it asks, and answered in every way there is;
 * so the drawing shows what will happen and not what somebody reading the plan believes to happen.
 */
import type { CompiledPlan, Node } from '../compiled.ts'
import { enter, next } from '../decide.ts'
import type { Action, Facts, Origin, QueueFacts, Step } from '../decision.ts'
import { calendarsOf, type TimeClass, timeClasses } from '../time-classes.ts'
import { type Condition, conditionOf } from './condition.ts'
import {
  actionKey,
  type Caller,
  type Cause,
  callersOf,
  chainOf,
  type EndKind,
  endKind,
  endsAlike,
  journeyOf,
  outcomesOf,
  stateKey,
} from './way-steps.ts'

export interface WayPlace {
  /** A key of the plan's places, or 'end HOW' where the call is over: all ways of hearing "busy" are one place. */
  readonly id: string
  readonly node: Node | null
  /** How calls end here; null where they do not. */
  readonly end: EndKind | null
  /** What is done here; several when it depends on the time (whose turn it is). Empty: calls only pass. */
  readonly actions: readonly Action[]
}

export interface Exit {
  readonly from: string
  readonly to: string
  readonly cause: Cause
  /** Null: whenever. */
  readonly when: Condition | null
  /** How long it rang or waited before, ms; null where that has no meaning. */
  readonly afterMs: number | null
  /** The places from which calls had come to `from` when they go this way: '' at the beginning. */
  readonly via: ReadonlySet<string>
}

export interface Way {
  readonly entry: string
  /** In the order of being found. */
  readonly places: ReadonlyMap<string, WayPlace>
  readonly exits: readonly Exit[]
  /** Hours and rotas that matter: 'hours:office'. */
  readonly calendars: readonly string[]
  /** Decisions asked for. */
  readonly situations: number
  /** False when there are more ways than anybody could draw, and the rest was left out. */
  readonly complete: boolean
}

const MOST_SITUATIONS = 100_000
const LONG_ENOUGH_MS = 3_600_000
const YEAR_MS = 366 * 86_400_000

/** Walks lines of one plan; keeps what lines have in common. */
export class WayFinder {
  private readonly plan: CompiledPlan
  private readonly tracked: CompiledPlan
  private readonly fromMs: number
  private readonly classes = new Map<string, readonly TimeClass[]>()
  private touched = new Set<string>()

  constructor(plan: CompiledPlan, fromMs: number) {
    this.plan = plan
    this.fromMs = fromMs
    const note = (kind: string) => (id: string) => this.touched.add(`${kind}:${id}`)
    // Everything else is the plan's own.
    this.tracked = Object.create(plan, {
      hours: { value: new NotingMap(plan.hours, note('hours')) },
      rotas: { value: new NotingMap(plan.rotas, note('rota')) },
    }) as CompiledPlan
  }

  /** Calls from outside to this line, by callers of every kind that the plan treats in its own way. */
  ofLine(number: string): Way {
    this.touched = new Set()
    for (;;) {
      const known = [...this.touched].sort()
      const classes = this.classesOf(known)
      const walk = new WayWalk(this.tracked, number, callersOf(this.plan), classes)
      if (this.touched.size === known.length) return walk.way(known)
    }
  }

  private classesOf(calendars: readonly string[]): readonly TimeClass[] {
    const key = calendars.join(' ')
    let classes = this.classes.get(key)
    if (classes === undefined) {
      const own = calendars.length === 0 ? [] : calendarsOf(this.plan, calendars)
      classes = timeClasses(own, this.fromMs, this.fromMs + YEAR_MS)
      this.classes.set(key, classes)
    }
    return classes
  }
}

class NotingMap<V> extends Map<string, V> {
  private readonly note: (key: string) => void
  constructor(entries: ReadonlyMap<string, V>, note: (key: string) => void) {
    super(entries)
    this.note = note
  }
  override get(key: string): V | undefined {
    // The constructor of Map fills it before there is anybody to tell.
    this.note?.(key)
    return super.get(key)
  }
}

/** What the decision function may be told, beside all being well. */
interface World {
  readonly cause: Cause | null
  readonly queue?: QueueFacts
  readonly treatment?: number
}

const WELL: World = { cause: null }
const FULL: World = { cause: 'queue-full', queue: { waiting: 1_000_000, expectedWaitMs: null, loggedIn: null } }
const NOBODY: World = { cause: 'queue-nobody', queue: { waiting: 0, expectedWaitMs: null, loggedIn: new Set() } }
const LONG: World = { cause: 'queue-long', queue: { waiting: 0, expectedWaitMs: 86_400_000, loggedIn: null } }

interface FoundPlace {
  readonly node: Node | null
  readonly end: EndKind | null
  readonly actions: Map<string, Action>
  /** The classes of time in which calls come here. */
  readonly classes: Set<number>
}

class WayWalk {
  private readonly plan: CompiledPlan
  private readonly classes: readonly TimeClass[]
  private readonly places = new Map<string, FoundPlace>()
  /** 'from cause' → 'to' → the classes of time in which it goes there. */
  private readonly exits = new Map<string, Map<string, { cause: Cause; afterMs: number | null; classes: Set<number>; via: Set<string> }>>()
  private readonly entry: string
  private situations = 0
  private done = new Set<string>()
  private now = 0

  constructor(plan: CompiledPlan, line: string, callers: readonly Caller[], classes: readonly TimeClass[]) {
    this.plan = plan
    this.classes = classes
    this.entry = `line:${line}`
    const trunk = plan.source.lines[line]?.trunk ?? plan.trunks.keys().next().value ?? ''
    for (const [i, c] of classes.entries()) {
      this.now = i
      this.done = new Set()
      const atMs = (c.spans.find(s => s.untilMs - s.fromMs >= LONG_ENOUGH_MS) ?? c.spans[0]!).fromMs
      let usual: Step | null = null
      let usualChain: readonly string[] = []
      for (const caller of callers) {
        const origin: Origin = { kind: 'trunk', trunk, number: caller.number }
        for (const [world, step] of this.asked(atMs, facts => enter(plan, facts, origin, line))) {
          if (caller.cause !== null && (world !== WELL || endsAlike(step, usual!))) continue
          const found = chainOf([], step)
          // Whoever is treated in a way of their own is so before the line is looked at; it was the line that they dialled.
          const chain = found[0] === this.entry ? found : [this.entry, ...found]
          if (usual === null) {
            usual = step
            usualChain = chain
          }
          this.take('', '', 'pass', null, chain, usualChain, step, caller.cause === null ? world : { cause: caller.cause }, atMs)
        }
      }
    }
  }

  way(calendars: readonly string[]): Way {
    const exits: Exit[] = []
    for (const [key, ways] of this.exits) {
      const from = key.slice(0, key.indexOf('|'))
      const cause = ways.values().next().value!.cause
      // A place that is only passed at some times acts at the others; an outcome is compared with itself.
      const seen = cause === 'pass' ? this.places.get(from)!.classes : new Set([...ways.values()].flatMap(w => [...w.classes]))
      for (const [to, { afterMs, classes, via }] of ways)
        exits.push({ from, to, cause, afterMs, via, when: conditionOf(this.classes, seen, classes) })
    }
    const order = new Map([...this.places.keys()].map((id, i) => [id, i]))
    exits.sort((a, b) => order.get(a.from)! - order.get(b.from)!)
    return {
      entry: this.entry,
      places: new Map([...this.places].map(([id, p]) => [id, { id, node: p.node, end: p.end, actions: [...p.actions.values()] }])),
      exits,
      calendars,
      situations: this.situations,
      complete: this.situations < MOST_SITUATIONS,
    }
  }

  /** The step as all is well, and as it would be otherwise where the decision function wants to know and decides differently. */
  private *asked(nowMs: number, ask: (facts: Facts) => Step): Generator<readonly [World, Step]> {
    const about = { queue: false, treatments: new Set<number>() }
    const facts = (world: World, notes: typeof about | null): Facts => ({
      nowMs,
      registered: () => true,
      activeCalls: () => 0,
      trunkUp: () => true,
      trunkCalls: () => 0,
      queue: () => {
        if (notes !== null) notes.queue = true
        return world.queue ?? { waiting: 0, expectedWaitMs: null, loggedIn: null }
      },
      treatment: index => {
        notes?.treatments.add(index)
        return world.treatment === index
      },
    })
    const well = ask(facts(WELL, about))
    this.situations++
    yield [WELL, well]
    const worlds: World[] = about.queue ? [FULL, NOBODY, LONG] : []
    for (const treatment of about.treatments) worlds.push({ cause: `outage ${treatment}`, treatment })
    for (const world of worlds) {
      const step = ask(facts(world, null))
      this.situations++
      if (endsAlike(step, well)) continue
      yield [world, step]
    }
  }

  /**
   * Notes the places from `from` to where the step acts, then goes on from there. `usual` are the places it passes when all is
   * well: what is unusual is the reason for the first one that differs.
   */
  private take(
    from: string,
    cameFrom: string,
    cause: Cause,
    afterMs: number | null,
    chain: readonly string[],
    usual: readonly string[],
    step: Step,
    world: World,
    nowMs: number,
  ): void {
    let at = from
    let via = cameFrom
    let unusual = world.cause
    for (const [i, id] of chain.entries()) {
      if (at === '') this.place(id, step)
      else if (unusual !== null && usual[i] !== id) {
        this.exit(at, id, unusual, null, via)
        unusual = null
      } else this.exit(at, id, i === 0 ? cause : this.passing(step, at), i === 0 ? afterMs : null, via)
      this.place(id, step)
      via = at
      at = id
    }
    if (chain.length === 0 && from !== '') this.exit(at, at, unusual ?? cause, afterMs, via)
    this.place(at, step).actions.set(actionKey(step.action), step.action)
    if (step.action.do !== 'end') this.onward(at, step, nowMs)
  }

  private onward(at: string, step: Step, atMs: number): void {
    if (this.situations >= MOST_SITUATIONS) return
    const state = stateKey(journeyOf(step.position))
    if (this.done.has(state)) return
    this.done.add(state)
    const before = journeyOf(step.position).v
    for (const [cause, outcome, tookMs] of outcomesOf(step.action)) {
      const afterMs = cause === 'no-answer' || cause === 'waited' ? tookMs : null
      let usual: readonly string[] = []
      for (const [world, then] of this.asked(atMs + tookMs, facts => next(this.plan, facts, step.position, outcome))) {
        const chain = chainOf(before, then)
        if (world === WELL) usual = chain
        this.take(at, before[before.lastIndexOf(at) - 1] ?? '', cause, afterMs, chain, usual, then, world, atMs + tookMs)
      }
    }
  }

  /** Why a place was only passed. */
  private passing(step: Step, at: string): Cause {
    const node = this.plan.nodes.get(at)
    if (node === undefined || node.kind === 'line' || node.kind === 'route' || node.kind === 'menu') return 'pass'
    const forwards = step.reasons.some(r => r.code === 'forward-always' && r.values['who'] === node.name)
    return forwards ? 'forward' : 'unreachable'
  }

  private place(id: string, step: Step): FoundPlace {
    let place = this.places.get(id)
    if (place === undefined) {
      const end = id.startsWith('end ') ? endKind(step.action) : null
      place = { node: end === null ? (this.plan.nodes.get(id) ?? null) : null, end, actions: new Map(), classes: new Set() }
      this.places.set(id, place)
    }
    place.classes.add(this.now)
    return place
  }

  private exit(from: string, to: string, cause: Cause, afterMs: number | null, via: string): void {
    const key = `${from}|${cause}`
    let ways = this.exits.get(key)
    if (ways === undefined) this.exits.set(key, (ways = new Map()))
    let way = ways.get(to)
    if (way === undefined) ways.set(to, (way = { cause, afterMs, classes: new Set(), via: new Set() }))
    way.classes.add(this.now)
    way.via.add(via)
  }
}
