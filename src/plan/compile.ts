/**
 * Validated plan → `CompiledPlan`: every reference resolved, every number in its table. All problems are reported at once;
 * a plan with an error is not compiled. Pure; takes time in proportion to the plan.
 */

import { compileAccounts } from './compile/accounts.ts'
import { compileCalendars } from './compile/calendars.ts'
import { compileCallers } from './compile/callers.ts'
import { resolveFallbacks } from './compile/fallbacks.ts'
import { Names } from './compile/names.ts'
import { compileNumbers, compileShortCodes } from './compile/numbers.ts'
import { mobilesOfLines } from './compile/outage-lines.ts'
import { compileOutages } from './compile/outages.ts'
import { compileOutgoing, compileTrunks } from './compile/outside.ts'
import { compilePeople, siteFinder } from './compile/people.ts'
import { compileRecording } from './compile/recording.ts'
import { checkReferences } from './compile/references.ts'
import { Routing } from './compile/routing.ts'
import { compileSites } from './compile/sites.ts'
import { Workbench } from './compile/workbench.ts'
import type { CompiledPlan, LineNode, Node, NodeKey, PersonNode, ServiceNode } from './compiled.ts'
import { lineFinder, rangeFinder } from './number-index.ts'
import type { Places } from './places.ts'
import { hasErrors, type PlanProblem } from './problem.ts'
import type { Plan } from './schema/plan-schema.ts'

export interface Compilation {
  /** Null when `problems` holds an error. */
  readonly plan: CompiledPlan | null
  readonly problems: readonly PlanProblem[]
}

/** A plan whose values have the right form (`parse.ts`, or `kept-plan.ts`), and where they stand. */
export interface ReadPlan {
  readonly plan: Plan | null
  readonly source: Places
  readonly problems: readonly PlanProblem[]
}

export function compile(parsed: ReadPlan, revision: number): Compilation {
  if (parsed.plan === null) return { plan: null, problems: parsed.problems }
  const bench = new Workbench(parsed.plan, parsed.source)
  const { plan } = bench
  const { sites, home } = compileSites(bench)
  const numbers = compileNumbers(bench)
  const rangeOf = rangeFinder(numbers.ranges)
  const names = new Names(bench)
  names.dial = numbers.dial
  compileShortCodes(bench, numbers, names)
  const siteOf = siteFinder(bench, sites, home, extension => rangeOf(extension)?.site ?? null)
  const accounts = compileAccounts(bench, siteOf)
  const { hours, rotas } = compileCalendars(bench, sites)
  const people = new Map<NodeKey, PersonNode>()
  compilePeople(bench, names, accounts, siteOf, people)
  const defaults = resolveFallbacks(names, plan.defaults, ['defaults'])
  const trunks = compileTrunks(bench, names, sites)
  const emergencyTell = (plan.numbering.emergency?.tell ?? []).flatMap(
    (to, i) => names.resolve(to, ['numbering', 'emergency', 'tell', i]) ?? [],
  )
  const routing = new Routing(bench, names, people)
  const callers = compileCallers(bench, names)
  const outages = compileOutages(bench, names, routing.mobiles)
  routing.finish()
  const outgoing = compileOutgoing(bench)
  const recording = compileRecording(bench)
  checkReferences(bench)
  const departments = new Map(
    Object.entries(plan.departments).map(([id, d]) => [
      id,
      {
        id,
        name: d.name ?? id,
        shows: bench.number(d.shows, ['departments', id, 'shows']),
        lead: d.lead ?? null,
        place: bench.place('departments', id),
      },
    ]),
  )
  const officeShows = bench.number(plan.office.shows, ['office', 'shows'])
  const problems = [...parsed.problems, ...bench.problems]
  if (hasErrors(problems)) return { plan: null, problems }
  const lines = new Map<string, LineNode>()
  for (const node of routing.nodes.values()) if (node.kind === 'line') lines.set(node.number, node)
  const compiled: CompiledPlan = {
    revision,
    source: plan,
    office: { name: plan.office.name, country: plan.office.country, timezone: plan.office.timezone, shows: officeShows },
    language: plan.office.languages[0]!,
    languages: plan.office.languages,
    sites,
    home,
    nodes: routing.nodes,
    dial: numbers.dial,
    codes: codesOf(routing.nodes.values()),
    extensions: extensionsOf(numbers.dial.keys()),
    emergency: numbers.emergency,
    emergencyTell,
    cityNumbers: new Set(plan.numbering['city-numbers']),
    outsidePrefix: plan.numbering['outside-prefix'] ?? '',
    ranges: numbers.ranges,
    rangeOf,
    lines,
    lineEndingWith: lineFinder(lines.values()),
    accounts: accounts.byUser,
    trunks,
    hours,
    rotas,
    outgoing,
    nextTrunkAfterMs: plan.outgoing['next-trunk-after'],
    outsideRingMs: plan.outgoing['ring-for'],
    recording,
    callers,
    outages,
    mobilesOfLines: mobilesOfLines(bench),
    forwards: plan.defaults.forwards,
    departments,
    prompts: routing.prompts,
    defaults,
    mostHops: plan.defaults['most-hops'],
    longestRingingMs: plan.defaults['longest-ringing'],
    place: path => parsed.source.place(path.split('.')),
  }
  return { plan: compiled, problems }
}

/** Codes that take a number; which of two is meant, the longer one says. */
function codesOf(nodes: Iterable<Node>): readonly ServiceNode[] {
  const codes: ServiceNode[] = []
  for (const node of nodes)
    if (node.kind === 'service' && node.number !== '' && node.sets?.is === 'forward' && !node.sets.off) codes.push(node)
  return codes.sort((a, b) => b.number.length - a.number.length)
}

/** What a caller in a menu may dial: digits only, so that codes stay inside (SEC-02). */
function extensionsOf(numbers: Iterable<string>): CompiledPlan['extensions'] {
  const first = new Set<string>()
  let longest = 0
  for (const number of numbers) {
    if (!/^\d+$/.test(number)) continue
    first.add(number[0]!)
    if (number.length > longest) longest = number.length
  }
  return { first: [...first].sort().join(''), longest }
}
