/**
 * Everything that a plan can make of a call, found out before the plan is applied (CHK-04), by the same decision function that
 * live calls use. `check` does it once; a `Checker` keeps what it found out and after an edit looks again only at the calls
 * that the edit can have changed.
 *
 * What is proven, over which time, and what counts as one situation: docs/check.md.
 */
import { changedBetween } from './check/changed.ts'
import type { Alarms } from './check/emergency.ts'
import { type Entry, entriesOf } from './check/entries.ts'
import { Explorer } from './check/explore.ts'
import { pairsOf, singleFailures } from './check/failures.ts'
import type { Finding } from './check/finding.ts'
import { Findings } from './check/findings.ts'
import { type Flaw, oddness } from './check/flaw.ts'
import { forwardsThatMayBe } from './check/forwards.ts'
import type { Leaves } from './check/leaving.ts'
import { officeFindings } from './check/office.ts'
import type { Summary } from './check/summary.ts'
import { witnessOf } from './check/witness.ts'
import { Year } from './check/year.ts'
import type { CompiledPlan } from './compiled.ts'
import { MOST_RETURNS } from './decide/menu.ts'

export type { Finding } from './check/finding.ts'
export { replayWitness, tellWitness } from './check/witness.ts'

export interface CheckOptions {
  /** The year that begins here is checked; when absent, one in which every rota runs. */
  readonly fromMs?: number
  /** Every two failures at once, too. */
  readonly pairs?: boolean
}

export interface CheckReport {
  readonly findings: readonly Finding[]
  /** Distinct ways of calls that were covered: where it enters × class of time × what the world is like × outcomes. */
  readonly situations: number
  /** Every call is answered, recorded or over within this, not counting what is spoken to it nor a caller's going back in menus. */
  readonly endsWithinMs: number
  /** The line or number whose calls take that long. */
  readonly longest: string
  /** The same for a caller who goes back in menus as often as they may; null when there is no such menu. */
  readonly withReturnsMs: number | null
  /** Lines, numbers and codes looked at. */
  readonly entries: number
  /** Decisions taken for it. */
  readonly steps: number
  readonly fromMs: number
  readonly untilMs: number
}

export function check(plan: CompiledPlan, options: CheckOptions = {}): CheckReport {
  return new Checker(options).check(plan)
}

/** What was found out about one line, number or code. */
interface Explored {
  readonly entry: Entry
  readonly runs: readonly Run[]
  readonly touched: ReadonlySet<string>
  readonly calendars: ReadonlySet<string>
  readonly used: ReadonlySet<string>
  /** Of all its classes of time together. */
  readonly ways: number
  readonly worstMs: number
  readonly hops: number
  readonly throughMs: number
  readonly throughHops: number
  readonly throughRoute: boolean
  readonly returns: boolean
  readonly flawed: boolean
}

/** One class of time of an entry. */
interface Run {
  readonly atMs: number
  /** How the calendars stand that it asked. */
  readonly states: ReadonlyMap<string, string>
  readonly summary: Summary
}

export class Checker {
  private readonly options: CheckOptions
  private plan: CompiledPlan | null = null
  private year: Year | null = null
  private explored = new Map<string, Explored>()
  private readonly memory = new Map<string, Leaves>()
  private readonly alarms = new Map<string, Alarms>()

  constructor(options: CheckOptions = {}) {
    this.options = options
  }

  /** All findings; errors keep the plan from being applied. The first time takes time in proportion to the plan, later ones to the edit. */
  check(plan: CompiledPlan): CheckReport {
    const changed = this.plan === null ? null : changedBetween(this.plan, plan)
    const fromMs = this.options.fromMs ?? momentFor(plan)
    let year = this.year
    if (year === null || changed === null || changed.calendars || year.fromMs !== fromMs) year = new Year(plan, fromMs)
    if (changed === null) {
      this.memory.clear()
      this.alarms.clear()
    }
    const singles = singleFailures(plan)
    const failures = this.options.pairs === true ? [...singles, ...pairsOf(singles)] : singles
    const forwardsOf = forwardsThatMayBe(plan)
    const explorer = new Explorer(plan, year, { failures, forwardsOf })

    const explored = new Map<string, Explored>()
    for (const entry of entriesOf(plan)) {
      const before = changed === null ? undefined : this.explored.get(entry.id)
      const keeps = before !== undefined && changed !== null && before.entry.to === entry.to && changed.leaves(before.touched)
      explored.set(entry.id, keeps ? before : exploreEntry(explorer, year, entry))
    }
    const whole = new Explorer(plan, year, { failures, forwardsOf, dialsAll: true })
    for (const entry of dialledFromAfar(plan, explored)) explored.set(entry.id, exploreEntry(whole, year, entry))
    this.plan = plan
    this.year = year
    this.explored = explored
    return this.report(plan, year, explorer, failures)
  }

  /** Places of the plan that calls to a line (from outside) or number (from inside) can come to, as far as they were looked at; null: not at all. */
  placesOf(dialled: string): ReadonlySet<string> | null {
    const places = new Set<string>()
    for (const { entry, touched } of this.explored.values()) if (entry.dialled === dialled) for (const key of touched) places.add(key)
    return places.size === 0 ? null : places
  }

  private report(
    plan: CompiledPlan,
    year: Year,
    explorer: Explorer,
    failures: Parameters<typeof officeFindings>[0]['failures'],
  ): CheckReport {
    const findings = new Findings(plan)
    const touched = new Set<string>()
    const calendars = new Set<string>()
    const used = new Set<string>()
    let situations = 0
    let endsWithinMs = 0
    let longest = ''
    let returns = false
    let fromOutside = false
    let insideMs = 0
    for (const e of this.explored.values()) {
      // What is dialled in a menu is dialled from outside.
      if (e.throughMs >= 0 && e.entry.origin.kind === 'trunk') fromOutside = true
      if (e.worstMs > insideMs && mayBeDialled(e.entry)) insideMs = e.worstMs
    }
    const menu = fromOutside ? menuWithDialThrough(plan) : null
    for (const e of this.explored.values()) {
      for (const key of e.touched) touched.add(key)
      for (const key of e.calendars) calendars.add(key)
      for (const path of e.used) used.add(path)
      situations += e.ways
      returns ||= e.returns
      const worstMs = e.throughMs < 0 ? e.worstMs : Math.max(e.worstMs, e.throughMs + insideMs)
      if (worstMs > endsWithinMs) {
        endsWithinMs = worstMs
        longest = e.entry.id.replace(/^\S+ /, '')
      }
      if (!e.flawed) continue
      const through = menu !== null && mayBeDialled(e.entry) ? menu : null
      for (const { summary, atMs } of e.runs)
        for (const flaw of summary.flaws)
          if (!flaw.outside || e.entry.origin.kind === 'trunk' || through !== null) findings.add(...toldFlaw(e.entry, atMs, flaw, through))
    }
    const momentsOf = (line: string): readonly number[] => this.explored.get(`line ${line}`)?.runs.map(r => r.atMs) ?? []
    situations += officeFindings({
      plan,
      year,
      failures,
      findings,
      touched,
      calendars,
      used,
      momentsOf,
      memory: this.memory,
      alarms: this.alarms,
    })
    return {
      findings: findings.inOrder(),
      situations,
      endsWithinMs,
      longest,
      withReturnsMs: returns ? (MOST_RETURNS + 1) * endsWithinMs : null,
      entries: this.explored.size,
      steps: explorer.steps,
      fromMs: year.fromMs,
      untilMs: year.untilMs,
    }
  }
}

function toldFlaw(entry: Entry, atMs: number, flaw: Flaw, menu: string | null): Parameters<Findings['add']> {
  const dialled = flaw.outside && menu !== null
  const path = flaw.path !== '{line}' ? flaw.path : dialled ? menu : entry.path
  const calls = dialled ? `Callers who dial ${entry.dialled} in a menu` : entry.calls
  const witness = flaw.way === null ? undefined : (): Finding['witness'] & object => witnessOf(entry.origin, entry.dialled, atMs, flaw.way!)
  return [flaw.code, flaw.severity, path, flaw.message.replace('{call}', calls), flaw.remedy, witness, entry.id, oddness(flaw.way)]
}

function mayBeDialled(entry: Entry): boolean {
  return entry.origin.kind === 'device' && /^\d+$/.test(entry.dialled)
}

/** Calls that may dial a number in a menu when that is not as dialling it at once. */
function dialledFromAfar(plan: CompiledPlan, explored: ReadonlyMap<string, Explored>): readonly Entry[] {
  let hops = 0
  const dialling: Explored[] = []
  for (const e of explored.values()) {
    if (e.hops > hops && mayBeDialled(e.entry)) hops = e.hops
    if (e.throughHops >= 0) dialling.push(e)
  }
  return dialling.filter(e => e.throughRoute || e.throughHops + hops > plan.mostHops).map(e => e.entry)
}

function menuWithDialThrough(plan: CompiledPlan): string | null {
  for (const node of plan.nodes.values()) if (node.kind === 'menu' && node.dialThrough) return node.place.path
  return null
}

/** A call at every class of time that it can tell apart: the calendars that it asks cut the year, and no others. */
function exploreEntry(explorer: Explorer, year: Year, entry: Entry): Explored {
  const runs: Run[] = []
  const calendars = new Set<string>()
  const touched = new Set<string>([entry.to])
  for (let known = -1; known < calendars.size; ) {
    known = calendars.size
    for (const moment of year.classes([...calendars])) {
      if (runs.some(run => sameTime(run.states, moment.atMs, year))) continue
      const summary = explorer.enter(entry.origin, entry.dialled, moment.atMs)
      for (const key of summary.calendars) calendars.add(key)
      for (const key of summary.touched) touched.add(key)
      runs.push({
        atMs: moment.atMs,
        states: new Map([...summary.calendars].map(key => [key, year.state(key, moment.atMs)])),
        summary,
      })
    }
  }
  const used = new Set<string>()
  const most = (of: (summary: Summary) => number): number => runs.reduce((n, { summary }) => Math.max(n, of(summary)), -1)
  for (const { summary } of runs) for (const path of summary.used) used.add(path)
  return {
    entry,
    runs,
    touched,
    calendars,
    used,
    ways: runs.reduce((n, { summary }) => n + summary.ways, 0),
    worstMs: most(s => s.worstMs),
    hops: most(s => s.hops),
    throughMs: most(s => s.throughMs),
    throughHops: most(s => s.throughHops),
    throughRoute: runs.some(r => r.summary.throughRoute),
    returns: runs.some(r => r.summary.returns),
    flawed: runs.some(r => r.summary.flaws.length > 0),
  }
}

function sameTime(states: ReadonlyMap<string, string>, atMs: number, year: Year): boolean {
  for (const [calendar, state] of states) if (year.state(calendar, atMs) !== state) return false
  return true
}

/** A Monday of 2026 by which every rota has begun. */
function momentFor(plan: CompiledPlan): number {
  let ms = Date.UTC(2026, 0, 5)
  for (const rota of Object.values(plan.source.rotas))
    for (const { from } of [rota, ...Object.values(rota.layers ?? {})])
      if (from !== undefined) ms = Math.max(ms, Date.parse(from) + 7 * 86_400_000)
  return ms
}
