/**
 * Every way a call can go from where it enters, through the live decision function: every fact that a step asks is tried both
 * ways, every outcome is given, every failure happens, every calendar turns while the call is on.
 *
 * What was found out about a state of a call once is not found out again. A state's summary says on what it rests (places of
 * the plan not passed before, calendars as they stand, ringing time left), and serves every call that comes to the same state
 * with these the same: so the cost grows with the plan and not with the number of ways through it. docs/check.md tells why
 * this leaves nothing out.
 */
import type { CompiledPlan } from '../compiled.ts'
import { decode, type Journey } from '../decide/journey.ts'
import { enter, next } from '../decide.ts'
import type { Action, Facts, Origin, Outcome, Step, UserForward } from '../decision.ts'
import { type Asked, Witnessing } from './asked.ts'
import type { Failure } from './failures.ts'
import { before, type Flaw } from './flaw.ts'
import { judge } from './judge.ts'
import { type Mentions, mentionsOf } from './mentions.ts'
import { menuOutcomes } from './menu-outcomes.ts'
import { type Branch, LEAF, Sum, type Summary } from './summary.ts'
import { joined, type SupposedWorld, WELL } from './supposed-world.ts'
import { distinct, newly, variantsOf } from './variants.ts'
import type { Year } from './year.ts'

interface Context {
  readonly fromOutside: boolean
  readonly atMs: number
  readonly failure: Failure | null
  /** A calendar has turned during this call; no second one does. */
  readonly turned: boolean
}

interface Known {
  readonly summary: Summary
  readonly turned: boolean
  /** Ringing time that had passed, when it came so near to the limit that it matters; else null. */
  readonly ringBefore: number | null
  readonly states: readonly (readonly [string, string])[]
}

/** All worlds; those in which everybody or nobody is there; or the one in which all is well. */
type Extent = 'all' | 'whole' | 'base'

export interface ExplorerOptions {
  readonly failures: readonly Failure[]
  readonly forwardsOf: (person: string) => readonly UserForward[]
  /** Try every number in every menu where one may be dialled; otherwise their own entries stand for them. */
  readonly dialsAll?: boolean
}

const MARGIN_MS = 1_000

export class Explorer {
  /** Steps that were decided. */
  steps = 0
  private readonly plan: CompiledPlan
  private readonly year: Year
  private readonly options: ExplorerOptions
  private readonly watch: Witnessing
  private readonly memo = new Map<string, Known[]>()
  private readonly boxes = new Map<string, Summary>()
  private readonly groups = new Set<string>()
  private readonly mentions: Mentions

  constructor(plan: CompiledPlan, year: Year, options: ExplorerOptions) {
    this.plan = plan
    this.year = year
    this.options = options
    this.watch = new Witnessing(plan)
    this.mentions = mentionsOf(plan)
  }

  /** All ways of a call that enters at a moment. */
  enter(origin: Origin, dialled: string, atMs: number): Summary {
    const context: Context = { fromOutside: origin.kind === 'trunk', atMs, failure: null, turned: false }
    const sum = new Sum(0)
    this.branches(
      facts => enter(this.watch.plan, facts, origin, dialled),
      context,
      (branch, isBase) => {
        const flaws = judge(this.plan, branch.step, { allWell: isBase, byUser: branch.world.forwards !== undefined })
        const below = this.below(branch.step, { ...context, failure: branch.failure })
        sum.add(branch, below, 0, 0)
        for (const flaw of flaws) sum.flaws.push(entering(flaw, branch.world))
        for (const flaw of below.flaws) sum.flaws.push(entering(flaw, branch.world))
      },
    )
    return sum.done()
  }

  /** A step in the base world and in every world that what it asked makes different. */
  private branches(
    run: (facts: Facts) => Step,
    context: Context,
    each: (branch: Branch, isBase: boolean) => void,
    extent: Extent = 'all',
  ): void {
    const base = context.failure?.world ?? WELL
    const seen: string[] = []
    const of: (Failure | null)[] = []
    const go = (world: SupposedWorld, before: Asked | null, failure: Failure | null, depth: number): void => {
      const step = run(this.watch.facts(world, context.atMs))
      this.steps++
      const asked = this.watch.asked
      const { at } = step.position
      if (before !== null && seen.some((s, i) => s === at && of[i] === failure) && !askedMore(asked, before)) return
      seen.push(at)
      of.push(failure)
      each({ step, world, failure, asked }, depth === 0)
      if (extent === 'base' || depth > 12) return
      const fresh = newly(asked, before)
      const variants = variantsOf(
        this.plan,
        fresh,
        failure === null ? this.options.failures : [],
        this.options.forwardsOf,
        extent === 'all' && this.newGroup(fresh.accounts, context),
        world.forwards !== undefined,
      )
      for (const variant of distinct(variants, fresh)) go(joined(world, variant.world), asked, variant.failure ?? failure, depth + 1)
    }
    go(base, null, context.failure, 0)
  }

  /** Each of a group alone is tried once: from where a call came to them changes nothing about who of them is there. */
  private newGroup(accounts: readonly string[], context: Context): boolean {
    if (accounts.length < 2) return false
    const key = `${this.mentions.origin && context.fromOutside ? 'o' : ''}${context.failure?.name ?? ''}|${accounts.join()}`
    if (this.groups.has(key)) return false
    this.groups.add(key)
    return true
  }

  /** What can follow a step's action. */
  private below(step: Step, context: Context): Summary {
    const { action } = step
    if (action.do === 'end') return LEAF
    if (action.do === 'voicemail') {
      let known = this.boxes.get(action.box)
      if (known === undefined) this.boxes.set(action.box, (known = { ...this.follow(step, decode(step.position), context), ways: 1 }))
      return known
    }
    const journey = decode(step.position)
    const key = this.keyOf(journey)
    const recalled = this.recall(key, journey, context)
    if (recalled !== null) return recalled
    const summary = this.follow(step, journey, context)
    this.remember(key, summary, journey, context)
    return summary
  }

  private follow(step: Step, journey: Journey, context: Context): Summary {
    const { action } = step
    const sum = new Sum(journey.h)
    const queue = action.do === 'ring' && action.queue !== undefined
    const ringing = action.do === 'ring' || action.do === 'dial-out'
    const forMs = ringing ? action.forMs : 0
    if (ringing || action.do === 'voicemail' || action.do === 'echo') sum.ways++
    if (action.do === 'menu') sum.menus = true
    if (action.do === 'menu' && action.dialThrough) {
      sum.throughMs = action.silenceMs
      sum.throughHops = 0
      sum.throughRoute = journey.q.length > 0
      sum.returns = true
    }
    if (ringing && forMs > sum.worstMs) sum.worstMs = forMs
    if (ringing && !queue && forMs > sum.ringMs) sum.ringMs = forMs
    for (const outcome of this.outcomesOf(action)) {
      const late = outcome.was === 'no-answer'
      const spentMs = action.do === 'menu' ? action.silenceMs : forMs
      const afterMs = late || outcome.was === 'silence' ? spentMs : 0
      const rangMs = queue || !ringing ? 0 : forMs
      let tight = false
      const take =
        (tookMs: number, ringMs: number) =>
        (branch: Branch, below: Summary): void => {
          if (action.do === 'menu' && goesBack(branch.step, journey)) sum.addReturn(branch, below)
          else sum.add(branch, below, tookMs, ringMs)
        }
      const calendars = this.outcome(step, journey, outcome, afterMs, null, context, sum, (branch, below) => {
        // Whoever refuses late leaves less ringing time to those who come after: near the limit that is another way.
        const near = !late && rangMs > 0 && journey.r + rangMs + below.ringMs > this.plan.longestRingingMs - MARGIN_MS
        take(near ? 0 : spentMs, near ? 0 : rangMs)(branch, below)
        tight ||= near
      })
      if (tight) this.outcome(step, journey, outcome, forMs, null, context, sum, take(spentMs, rangMs))
      // And at the very moment when a calendar turns that the next step asks.
      if (!context.turned && calendars.size > 0)
        for (const turn of this.year.after([...calendars], context.atMs + afterMs))
          this.outcome(step, journey, outcome, afterMs, turn.atMs, context, sum, take(spentMs, rangMs))
    }
    return sum.done()
  }

  /** One outcome in all its worlds; flaws met are added to `sum` with the way to them. Says which calendars the next step asked. */
  private outcome(
    step: Step,
    journey: Journey,
    outcome: Outcome,
    afterMs: number,
    turnAtMs: number | null,
    context: Context,
    sum: Sum,
    each: (branch: Branch, below: Summary) => void,
  ): ReadonlySet<string> {
    const calendars = new Set<string>()
    const extent = outcome.was === 'waiting' ? 'whole' : outcome.was === 'keys' && !isFirst(journey) ? 'base' : 'all'
    const atMs = turnAtMs ?? context.atMs + afterMs
    const position = turnAtMs === null ? step.position : { ...step.position, at: begunAt(step.position.at, turnAtMs - afterMs) }
    const now: Context = { ...context, atMs, turned: context.turned || turnAtMs !== null }
    this.branches(
      facts => next(this.watch.plan, facts, position, outcome),
      now,
      branch => {
        for (const c of branch.asked.calendars) calendars.add(c)
        // As long as the call stays where it waits, nothing is new: only agents' going is.
        if (outcome.was === 'waiting' && waitsStill(branch.step, step)) {
          sum.ask(branch)
          return
        }
        const below =
          outcome.was === 'keys' && timesBack(branch.step) > 1 ? LEAF : this.below(branch.step, { ...now, failure: branch.failure })
        for (const flaw of judge(this.plan, branch.step, {
          allWell: false,
          byUser: branch.world.forwards !== undefined,
        }))
          sum.flaws.push(before(flaw, branch.world, outcome, afterMs, turnAtMs))
        for (const flaw of below.flaws) sum.flaws.push(before(flaw, branch.world, outcome, afterMs, turnAtMs))
        each(branch, below)
      },
      extent,
    )
    return calendars
  }

  private outcomesOf(action: Action): readonly Outcome[] {
    if (action.do === 'menu') return menuOutcomes(this.plan, action, this.options.dialsAll === true)
    if (action.do === 'ring' && action.queue !== undefined) return QUEUE_OUTCOMES
    return OUTCOMES[action.do]
  }

  /** Everything of a state that later decisions can depend on, except what `serves` compares. */
  private keyOf(j: Journey): string {
    const { mentions } = this
    let key = `${j.n}|${j.a}|${j.s}|${j.f}`
    if (j.q.length > 0) key += `|${j.q.map(([route, at]) => `${route}${at}`).join()}`
    for (const to of mentions.defaults) if (j.v.includes(to)) key += `|+${to}`
    if (mentions.origin) key += `|${j.o}`
    if (mentions.line) key += `|${j.l}`
    if (mentions.caller) key += `|${j.ck}`
    if (mentions.language) key += `|${j.lang}${j.lc ?? ''}`
    if (j.mk !== undefined && mentions.menuKeys.has(j.mk)) key += `|${j.mk}`
    if (mentions.number) key += `|${j.cn}`
    if (j.fw !== undefined) key += `|f${j.fw}${j.fo ?? 0}`
    return key
  }

  /** In menus it matters how often the caller went back, and what was passed since the last key. */
  private menuState(j: Journey): string {
    const kp = j.kp ?? 0
    const last = this.mentions.back ? (j.v.slice(0, kp).findLast(k => k.startsWith('menu:')) ?? '') : ''
    const nearEnd = Math.max(0, j.h + 4 - this.plan.mostHops)
    const erred = j.a === 'menu' ? `${j.m ?? 0}/${j.mi ?? 0}` : ''
    return `@${j.b ?? 0}/${erred}/${nearEnd}/${last}/${j.v.slice(kp).join()}`
  }

  private recall(key: string, j: Journey, context: Context): Summary | null {
    const { failure } = context
    const plain = this.find(key, j, context, true)
    if (plain !== null && (failure === null || !concerns(failure, plain))) return plain
    if (failure !== null) {
      const failed = this.find(`${key}#${failure.name}`, j, context, true)
      if (failed !== null) return failed
    }
    return this.find(`${key}${this.menuState(j)}#${failure?.name ?? ''}`, j, context, false)
  }

  private find(key: string, j: Journey, context: Context, alone: boolean): Summary | null {
    const list = this.memo.get(key)
    if (list !== undefined) for (const known of list) if (this.serves(known, j, context, alone)) return known.summary
    return null
  }

  private serves(known: Known, j: Journey, context: Context, alone: boolean): boolean {
    const { summary } = known
    if (known.ringBefore !== null ? known.ringBefore !== j.r : j.r + summary.ringMs > this.plan.longestRingingMs - MARGIN_MS) return false
    if (alone && j.h + summary.hops > this.plan.mostHops) return false
    if (summary.calendars.size > 0 && known.turned !== context.turned) return false
    for (const [calendar, state] of known.states) if (this.year.state(calendar, context.atMs) !== state) return false
    return !alone || !meetsItsPast(summary, j)
  }

  private remember(key: string, summary: Summary, j: Journey, context: Context): void {
    const near = j.r + summary.ringMs > this.plan.longestRingingMs - MARGIN_MS
    const known: Known = {
      summary,
      turned: context.turned,
      ringBefore: near ? j.r : null,
      states: [...summary.calendars].map(calendar => [calendar, this.year.state(calendar, context.atMs)] as const),
    }
    const failed = context.failure === null ? '' : `#${context.failure.name}`
    // What met its own past, a menu or a limit holds for this past alone.
    const alone = !summary.menus && j.h + summary.hops <= this.plan.mostHops && !meetsItsPast(summary, j)
    const name = alone ? `${key}${failed}` : `${key}${this.menuState(j)}#${context.failure?.name ?? ''}`
    const list = this.memo.get(name)
    if (list === undefined) this.memo.set(name, [known])
    else list.push(known)
  }
}

function meetsItsPast(summary: Summary, j: Journey): boolean {
  for (const passed of j.v) if (passed !== j.n && summary.touched.has(passed)) return true
  return false
}

function concerns(failure: Failure, summary: Summary): boolean {
  for (const index of summary.treatments) if (failure.world.treatments?.includes(index) === true) return true
  for (const trunk of summary.trunks) if (failure.trunks.has(trunk)) return true
  if (failure.accounts.size > 0) for (const account of summary.accounts) if (failure.accounts.has(account)) return true
  return false
}

const OUTCOMES: Readonly<Record<Exclude<Action['do'], 'menu'>, readonly Outcome[]>> = {
  ring: [{ was: 'no-answer' }, { was: 'busy' }, { was: 'unreachable' }, { was: 'rejected' }, { was: 'failed', status: 503 }],
  'dial-out': [
    { was: 'no-answer' },
    { was: 'busy' },
    { was: 'unreachable' },
    { was: 'rejected' },
    { was: 'failed', status: 503 },
    { was: 'failed', status: 404 },
  ],
  announce: [{ was: 'finished' }],
  voicemail: [{ was: 'finished' }],
  echo: [{ was: 'finished' }],
  end: [],
}
const QUEUE_OUTCOMES: readonly Outcome[] = [{ was: 'no-answer' }, { was: 'waiting' }, { was: 'unreachable' }]

function waitsStill(now: Step, before: Step): boolean {
  if (now.action.do !== 'ring' || before.action.do !== 'ring') return false
  return now.action.queue !== undefined && now.action.queue.id === before.action.queue?.id
}

/** What follows of `step` was decided with other questions than its first run asked. */
function askedMore(asked: Asked, before: Asked): boolean {
  return (
    asked.accounts.some(a => !before.accounts.includes(a)) ||
    asked.trunks.some(t => !before.trunks.includes(t)) ||
    asked.queues.some(q => !before.queues.includes(q)) ||
    asked.treatments.some(t => !before.treatments.includes(t))
  )
}

function entering(flaw: Flaw, world: SupposedWorld): Flaw {
  return { ...flaw, way: { world, afterMs: 0, outcome: { was: 'finished' }, atMs: null, next: flaw.way } }
}

/** The first time at a menu: what its keys lead to does not depend on how often the caller erred before. */
function isFirst(journey: Journey): boolean {
  return (journey.b ?? 0) + (journey.m ?? 0) + (journey.mi ?? 0) === 0
}

/**
 * How often the caller has gone back by keys. Having gone back once is as having gone back any number of times: what follows is
 * looked at after the first time and not after the second. When they have done so too often the menu goes on as after silence.
 */
function timesBack(step: Step): number {
  return Number(/"b":(\d+)/.exec(step.position.at)?.[1] ?? 0)
}

/** The caller's key led to where the call has been. */
function goesBack(step: Step, journey: Journey): boolean {
  return timesBack(step) !== (journey.b ?? 0)
}

/** The same state of a call whose present action began at another moment. */
function begunAt(at: string, atMs: number): string {
  return JSON.stringify({ ...(JSON.parse(at) as Journey), t: atMs })
}
