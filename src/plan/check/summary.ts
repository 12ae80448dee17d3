/** What was found out about everything that can follow a state of a call, and how it is put together from the steps that can. */
import type { NodeKey } from '../compiled.ts'
import type { Step } from '../decision.ts'
import type { Asked } from './asked.ts'
import type { Failure } from './failures.ts'
import { type Flaw, oddness } from './flaw.ts'
import type { SupposedWorld } from './supposed-world.ts'

/** What is known of all that can follow a state. */
export interface Summary {
  /** Ways from here to an end. */
  readonly ways: number
  /** The longest that a call may ring and wait from here, ms; what is spoken is not counted. */
  readonly worstMs: number
  /** The longest that telephones may ring. */
  readonly ringMs: number
  readonly hops: number
  /** Places of the plan looked at, and calendars ('hours:office') asked. */
  readonly touched: ReadonlySet<NodeKey>
  readonly calendars: ReadonlySet<string>
  readonly accounts: ReadonlySet<string>
  readonly trunks: ReadonlySet<string>
  readonly treatments: ReadonlySet<number>
  /** Paths of steps and rules that some call took: 'routes.night.steps.1', 'recording.0'. */
  readonly used: ReadonlySet<string>
  readonly flaws: readonly Flaw[]
  /** A caller can go back in menus from here. */
  readonly returns: boolean
  readonly menus: boolean
  /** After how long a caller may still dial an inside number in a menu, ms; -1 when they cannot. */
  readonly throughMs: number
  /** How many places the call may have passed by then, and whether a route waits to go on afterwards. */
  readonly throughHops: number
  readonly throughRoute: boolean
}

export const LEAF: Summary = {
  ways: 1,
  worstMs: 0,
  ringMs: 0,
  hops: 0,
  touched: new Set(),
  calendars: new Set(),
  accounts: new Set(),
  trunks: new Set(),
  treatments: new Set(),
  used: new Set(),
  flaws: [],
  returns: false,
  menus: false,
  throughMs: -1,
  throughHops: -1,
  throughRoute: false,
}

/** A step in one world. */
export interface Branch {
  readonly step: Step
  readonly world: SupposedWorld
  readonly failure: Failure | null
  readonly asked: Asked
}

/** A summary in the making. */
export class Sum {
  private readonly hopsBefore: number
  ways = 0
  worstMs = 0
  ringMs = 0
  hops = 0
  returns = false
  menus = false
  throughMs = -1
  throughHops = -1
  throughRoute = false
  readonly flaws: Flaw[] = []
  private touched: Set<NodeKey> = NOTHING
  private calendars: Set<string> = NOTHING
  private accounts: Set<string> = NOTHING
  private trunks: Set<string> = NOTHING
  private treatments: Set<number> = NOTHING
  private used: Set<string> = NOTHING

  /** Places that the call had passed when it was here. */
  constructor(hopsBefore: number) {
    this.hopsBefore = hopsBefore
  }

  ask({ asked, step }: Branch): void {
    this.touched = withAll(this.touched, asked.nodes)
    this.calendars = withAll(this.calendars, asked.calendars)
    this.accounts = withAll(this.accounts, asked.accounts)
    this.trunks = withAll(this.trunks, asked.trunks)
    this.treatments = withAll(this.treatments, asked.treatments)
    for (const r of step.reasons) if (USES.has(r.code) && r.place !== null) this.used = withAll(this.used, [r.place.path])
  }

  add(branch: Branch, below: Summary, spentMs: number, rangMs: number, hopsBefore = this.hopsBefore): void {
    this.ask(branch)
    this.ways += below.ways
    this.worstMs = Math.max(this.worstMs, spentMs + below.worstMs)
    this.ringMs = Math.max(this.ringMs, rangMs + below.ringMs)
    this.hops = Math.max(this.hops, hopsOf(branch.step) - hopsBefore + below.hops)
    this.returns ||= below.returns
    this.menus ||= below.menus
    if (below.throughMs >= 0) this.throughMs = Math.max(this.throughMs, spentMs + below.throughMs)
    if (below.throughHops >= 0) this.throughHops = Math.max(this.throughHops, hopsOf(branch.step) - hopsBefore + below.throughHops)
    this.throughRoute ||= below.throughRoute
    this.touched = withSet(this.touched, below.touched)
    this.calendars = withSet(this.calendars, below.calendars)
    this.accounts = withSet(this.accounts, below.accounts)
    this.trunks = withSet(this.trunks, below.trunks)
    this.treatments = withSet(this.treatments, below.treatments)
    this.used = withSet(this.used, below.used)
  }

  /** The caller goes back by a key: that is bounded by how often they may, and no part of how long a call takes by itself. */
  addReturn(branch: Branch, below: Summary): void {
    this.add(branch, { ...below, ways: 1, worstMs: 0, hops: 0 }, 0, 0)
    this.returns = true
  }

  done(): Summary {
    const { ways, worstMs, ringMs, hops, touched, calendars, accounts, trunks, treatments, used, returns, menus } = this
    const flaws = few(this.flaws)
    const { throughMs, throughHops, throughRoute } = this
    const dialling = { throughMs, throughHops, throughRoute }
    return { ways, worstMs, ringMs, hops, touched, calendars, accounts, trunks, treatments, used, flaws, returns, menus, ...dialling }
  }
}

/** Sets are made when something comes into them: most summaries have few. */
const NOTHING: Set<never> = new Set()

function withAll<T>(set: Set<T>, more: readonly T[]): Set<T> {
  if (more.length === 0) return set
  if (set === NOTHING) return new Set(more)
  for (const x of more) set.add(x)
  return set
}

function withSet<T>(set: Set<T>, more: ReadonlySet<T>): Set<T> {
  if (more.size === 0) return set
  if (set === NOTHING) return new Set(more)
  for (const x of more) set.add(x)
  return set
}

const USES = new Set(['route-step', 'rule-allows', 'rule-for-plan', 'recorded', 'recorded-for'])

function hopsOf(step: Step): number {
  const { at } = step.position
  const from = at.indexOf('"h":') + 4
  return Number(at.slice(from, at.indexOf(',', from)))
}

/** One of a kind is enough: the plainest. */
function few(flaws: readonly Flaw[]): readonly Flaw[] {
  if (flaws.length < 2) return flaws
  const kept = new Map<string, Flaw>()
  for (const flaw of flaws) {
    const key = `${flaw.code}|${flaw.path}`
    const known = kept.get(key)
    if (known === undefined || oddness(flaw.way) < oddness(known.way)) kept.set(key, flaw)
  }
  return [...kept.values()]
}
