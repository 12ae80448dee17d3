/** What is checked of the office as a whole, beside the single call. */
import type { CompiledPlan, Node } from '../compiled.ts'
import { type Alarms, emergencyFindings } from './emergency.ts'
import type { Failure } from './failures.ts'
import type { Findings } from './findings.ts'
import { type Leaves, leavingFindings } from './leaving.ts'
import { outageFindings } from './outages.ts'
import { ownerFindings } from './owners.ts'
import { rotaFindings } from './rotas.ts'
import type { Year } from './year.ts'

export interface OfficeCheck {
  readonly plan: CompiledPlan
  readonly year: Year
  readonly failures: readonly Failure[]
  readonly findings: Findings
  /** Places, calendars, steps and rules that explored calls came to; leaving calls add theirs. */
  readonly touched: Set<string>
  readonly calendars: Set<string>
  readonly used: Set<string>
  /** What kinds of callers were found to do before; emptied when rules, trunks or calendars change. */
  readonly memory: Map<string, Leaves>
  readonly alarms: Map<string, Alarms>
  /** The classes of time that calls to a line can tell apart. */
  momentsOf(line: string): readonly number[]
}

/** Returns how many situations were covered. */
export function officeFindings(o: OfficeCheck): number {
  const situations = emergencyFindings(o) + leavingFindings(o)
  rotaFindings(o)
  outageFindings(o.plan, o.failures, o.findings)
  ownerFindings(o)
  unusedPlaces(o)
  unusedParts(o)
  providers(o.plan, o.findings)
  return situations
}

const IN_USE: ReadonlySet<Node['kind']> = new Set(['hunt', 'menu', 'route', 'voicemail', 'service', 'role'])

/** Groups, routes and boxes that no call can come to are left-overs or mistakes. */
function unusedPlaces({ plan, touched, findings, used }: OfficeCheck): void {
  const named = new Set<string>(plan.emergencyTell)
  for (const node of plan.nodes.values()) {
    if (node.kind === 'hunt') for (const m of node.members) if ('role' in m.target) named.add(m.target.role.key)
    if (node.kind === 'line') named.add(`role:${node.owner}`)
    if (node.kind === 'person')
      for (const to of [node.forward.always, node.forward.busy, node.forward.noAnswer]) if (to !== null) named.add(to)
  }
  for (const rule of plan.outgoing) if (typeof rule.who !== 'string') for (const who of rule.who) named.add(who)
  for (const node of plan.nodes.values()) {
    if (!IN_USE.has(node.kind)) continue
    if (!touched.has(node.key) && !named.has(node.key)) {
      findings.add(
        'unused',
        'warning',
        node.place.path,
        `No call can come to ${node.key.replace(':', ' ')}.`,
        'Give it a number, send calls to it, or remove it.',
      )
      continue
    }
    if (node.kind !== 'route' || !touched.has(node.key)) continue
    node.steps.forEach((step, i) => {
      if (!used.has(step.place.path) && step.place.path !== '')
        findings.add(
          'never-reached',
          'warning',
          step.place.path,
          `No call comes to step ${i + 1} of the route ${node.id}: the steps before it never let one go on.`,
          'Move it up, or remove it.',
        )
    })
  }
}

/** Calendars that nothing asks, trunks that carry nothing, links and UPS that feed nothing. */
function unusedParts({ plan, calendars, findings, used }: OfficeCheck): void {
  const { source } = plan
  for (const key of calendars) used.add(key)
  for (const rule of plan.outgoing) {
    if (rule.during !== null) used.add(`hours:${rule.during}`)
    if (rule.guard?.hours != null) used.add(`hours:${rule.guard.hours}`)
  }
  const tell = (path: string, what: string, remedy: string): void => findings.add('unused', 'warning', path, what, remedy)
  for (const id of plan.hours.keys())
    if (!used.has(`hours:${id}`))
      tell(`hours.${id}`, `No call ever asks for the hours '${id}'.`, "Use them after 'during:', or remove them.")
  for (const id of plan.rotas.keys())
    if (!used.has(`rota:${id}`)) tell(`rotas.${id}`, `No call ever asks the rota '${id}'.`, "Give it to a role: 'rota: …', or remove it.")
  const trunks = Object.values(source.trunks)
  for (const id of Object.keys(source.links))
    if (!trunks.some(t => t.link === id) && !Object.values(source.sites).some(s => s.links?.includes(id)))
      tell(
        `links.${id}`,
        `The link ${id} feeds nothing: no trunk and no site names it.`,
        "Write it after 'link:' of a trunk or 'links:' of a site.",
      )
  for (const id of Object.keys(source.providers))
    if (!trunks.some(t => t.provider === id))
      tell(`providers.${id}`, `No trunk is of the provider ${id}.`, "Write 'provider: …' at its trunk, or remove it.")
  for (const [id, ups] of Object.entries(source.power))
    if ((ups.feeds ?? []).length === 0) tell(`power.${id}`, `The UPS ${id} feeds nothing.`, "Write 'feeds: [pbx, router]'.")
  plan.recording.forEach(rule => {
    if (rule.scope.of !== 'on-demand' && !used.has(rule.place.path) && !used.has(rule.id))
      tell(
        rule.place.path,
        'No call is ever recorded by this rule: another one before it, or nothing at all, means its calls.',
        'Move it up, or remove it.',
      )
  })
}

const FACTS = ['sla', 'support', 'hosted', 'recording', 'export', 'porting', 'on-failure'] as const

/** TOP-06: what a contract should say. */
function providers(plan: CompiledPlan, findings: Findings): void {
  for (const [id, provider] of Object.entries(plan.source.providers)) {
    const missing = FACTS.filter(fact => provider[fact] === undefined)
    if (missing.length > 0)
      findings.add(
        'provider-facts',
        'warning',
        `providers.${id}`,
        `The contract facts of ${id} are not complete: ${missing.join(', ')}.`,
        'Ask the provider and write them down.',
      )
  }
}
