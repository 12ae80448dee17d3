/**
 * Everything that a plan can make of a call, found out before the plan is applied (CHK-04), by the same decision function that
 * live calls use. `check` does it once; a `Checker` keeps what it found out and after an edit looks again only at the calls
 * that the edit can have changed.
 *
 * What is proven, over which time, and what counts as one situation: docs/check.md.
 */
import { changedBetween } from './check/changed.ts'
import { type Entry, entriesOf } from './check/entries.ts'
import { Explorer, type Summary } from './check/explore.ts'
import { pairsOf, singleFailures } from './check/failures.ts'
import type { Finding } from './check/finding.ts'
import { Findings } from './check/findings.ts'
import { type Flaw, oddness } from './check/flaw.ts'
import { forwardsThatMayBe } from './check/forwards.ts'
import { officeFindings } from './check/office.ts'
import { witnessOf } from './check/witness.ts'
import { Year } from './check/year.ts'
import type { CompiledPlan } from './compiled.ts'
import { MOST_RETURNS } from './decide/menu.ts'

export type { Finding, Witness } from './check/finding.ts'
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

  constructor(options: CheckOptions = {}) {
    this.options = options
  }

  /** All findings; errors keep the plan from being applied. The first time takes time in proportion to the plan, later ones to the edit. */
  check(plan: CompiledPlan): CheckReport {
    const changed = this.plan === null ? null : changedBetween(this.plan, plan)
    const fromMs = this.options.fromMs ?? momentFor(plan)
    let year = this.year
    if (year === null || changed === null || changed.calendars || year.fromMs !== fromMs) year = new Year(plan, fromMs)
    const singles = singleFailures(plan)
    const failures = this.options.pairs === true ? [...singles, ...pairsOf(singles)] : singles
    const explorer = new Explorer(plan, year, { failures, forwardsOf: forwardsThatMayBe(plan) })

    const explored = new Map<string, Explored>()
    for (const entry of entriesOf(plan)) {
      const before = changed === null ? undefined : this.explored.get(entry.id)
      const keeps = before !== undefined && changed !== null && before.entry.to === entry.to && changed.leaves(before.touched)
      explored.set(entry.id, keeps ? { ...before, entry } : exploreEntry(explorer, year, entry))
    }
    const whole = new Explorer(plan, year, { failures, forwardsOf: forwardsThatMayBe(plan), dialsAll: true })
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

  private worstInside(counts: (entry: Entry) => boolean): number {
    let worstMs = 0
    for (const { entry, runs } of this.explored.values())
      if (counts(entry)) for (const { summary } of runs) worstMs = Math.max(worstMs, summary.worstMs)
    return worstMs
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
    // What is dialled in a menu is dialled from outside.
    const dials = (e: Explored): boolean => e.runs.some(r => r.summary.throughMs >= 0)
    const fromOutside = [...this.explored.values()].some(e => e.entry.origin.kind === 'trunk' && dials(e))
    const dialled = (entry: Entry): boolean => fromOutside && mayBeDialled(entry)
    const insideMs = this.worstInside(mayBeDialled)
    const menu = menuWithDialThrough(plan)
    for (const { entry, runs, ...seen } of this.explored.values()) {
      for (const key of seen.touched) touched.add(key)
      for (const key of seen.calendars) calendars.add(key)
      for (const { summary, atMs } of runs) {
        situations += summary.ways
        const worstMs = summary.throughMs < 0 ? summary.worstMs : Math.max(summary.worstMs, summary.throughMs + insideMs)
        if (worstMs > endsWithinMs) {
          endsWithinMs = worstMs
          longest = entry.id.replace(/^\S+ /, '')
        }
        returns ||= summary.returns
        for (const path of summary.used) used.add(path)
        for (const flaw of summary.flaws)
          if (!flaw.outside || entry.origin.kind === 'trunk' || dialled(entry))
            findings.add(...toldFlaw(entry, atMs, flaw, dialled(entry) ? menu : null))
      }
    }
    const momentsOf = (line: string): readonly number[] => this.explored.get(`line ${line}`)?.runs.map(r => r.atMs) ?? []
    situations += officeFindings({ plan, year, failures, findings, touched, calendars, used, momentsOf })
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
  for (const { entry, runs } of explored.values())
    if (mayBeDialled(entry)) for (const { summary } of runs) hops = Math.max(hops, summary.hops)
  const far = ({ summary }: Run): boolean =>
    summary.throughRoute || (summary.throughHops >= 0 && summary.throughHops + hops > plan.mostHops)
  return [...explored.values()].filter(e => e.runs.some(far)).map(e => e.entry)
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
  return { entry, runs, touched, calendars }
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
