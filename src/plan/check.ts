/**
 * Static findings on a compiled plan, by the same decision function that live calls use: loops, dead ends, numbers that
 * nobody reaches, emergency calls that cannot leave, shown numbers that do not call back.
 */
import { Explorer, type Seen } from './check/explore.ts'
import { momentsOf } from './check/moments.ts'
import type { CompiledPlan, Node } from './compiled.ts'
import { decode } from './decide/journey.ts'
import type { Origin, Place } from './decision.ts'
import type { PlanProblem, Severity } from './problem.ts'
import type { ProblemCode } from './problem-codes.ts'

/** All findings; errors keep the plan from being applied. Takes time in proportion to lines, numbers and their ways. */
export function check(plan: CompiledPlan): readonly PlanProblem[] {
  const findings = new Findings()
  const reached = exploreAll(plan, findings)
  emergency(plan, findings)
  unreached(plan, reached, findings)
  shownNumbers(plan, findings)
  providers(plan, findings)
  return findings.list
}

class Findings {
  readonly list: PlanProblem[] = []
  private readonly seen = new Set<string>()

  add(code: ProblemCode, severity: Severity, place: Place, message: string, remedy: string): void {
    const key = `${code}|${place.file}|${place.line}|${place.column}|${place.path}`
    if (this.seen.has(key)) return
    this.seen.add(key)
    this.list.push({ code, severity, place, message, remedy })
  }
}

/** Walks every line, number and code; returns the places that some call reached. */
function exploreAll(plan: CompiledPlan, findings: Findings): ReadonlySet<string> {
  const reached = new Set<string>()
  const explorer = new Explorer(plan, seen => {
    for (const key of decode(seen.step.position).v) reached.add(key)
    judge(plan, seen, findings)
  })
  const moments = momentsOf(plan)
  const trunk = plan.trunks.keys().next().value
  const outside: Origin = { kind: 'trunk', trunk: trunk ?? '', number: null }
  if (trunk !== undefined) for (const line of plan.lines.keys()) for (const at of moments) explorer.explore(outside, line, at)
  for (const t of plan.trunks.values())
    if (t.otherwise !== null) for (const at of moments) explorer.explore({ kind: 'trunk', trunk: t.id, number: null }, 'unknown', at)
  const account = plan.accounts.keys().next().value
  if (account === undefined) return reached
  const inside: Origin = { kind: 'device', account }
  for (const [number, key] of plan.dial) {
    const timeless = plan.nodes.get(key)?.kind === 'person'
    for (const at of timeless ? moments.slice(0, 1) : moments) explorer.explore(inside, number, at)
  }
  return reached
}

const SENDS = new Set(['goes-to', 'forward-always', 'forward-on', 'route-step', 'line-open', 'menu-silence'])

function judge(plan: CompiledPlan, seen: Seen, findings: Findings): void {
  const { action, reasons } = seen.step
  if (action.do !== 'end') return
  const dialled = seen.origin.kind === 'trunk' ? `Calls to ${seen.dialled}` : `Calls to ${seen.dialled} from inside`
  const bad = reasons.find(r => r.code === 'loop' || r.code === 'hops-limit')
  const sender = reasons.findLast(r => SENDS.has(r.code) && r.place !== null)
  if (bad !== undefined) {
    const place = sender?.place ?? bad.place ?? plan.place('')
    if (bad.code === 'loop')
      findings.add(
        'loop',
        'error',
        place,
        `${dialled} can come back to ${bad.values['target']}, where they have been: a loop. ${sender?.text ?? ''}`.trim(),
        'Send them somewhere new, best to a voicemail box.',
      )
    else
      findings.add(
        'too-many-hops',
        'error',
        place,
        `${dialled} can pass more than ${plan.mostHops} places of the plan.`,
        'Shorten the way.',
      )
    return
  }
  const declared = decode(seen.step.position).n.startsWith('end:')
  if (declared) return
  if (seen.depth === 0 && seen.origin.kind === 'trunk') {
    const place = plan.lines.get(seen.dialled)?.place ?? sender?.place ?? plan.place('lines')
    findings.add(
      'dead-end',
      'error',
      place,
      `${dialled} reach nobody even when everyone is there: ${lastWords(seen)}`,
      'Send them to people who have telephones, or to a voicemail box.',
    )
  } else if (seen.origin.kind === 'trunk' && action.prompts.length === 0 && action.status >= 400) {
    const place = plan.lines.get(seen.dialled)?.place ?? sender?.place ?? plan.place('lines')
    findings.add(
      'ends-without-a-word',
      'warning',
      place,
      `${dialled} can end without person, message or announcement: ${lastWords(seen)}`,
      "Say what follows: 'on-busy', 'on-no-answer', or once for all under 'defaults'.",
    )
  }
}

function lastWords(seen: Seen): string {
  return seen.step.reasons
    .slice(-3)
    .map(r => r.text)
    .join(' ')
}

/** NUM-09: emergency calls leave from every site by every surviving trunk. */
function emergency(plan: CompiledPlan, findings: Findings): void {
  const place = plan.place('numbering.emergency')
  const carrying = [...plan.trunks.values()].filter(t => t.emergency)
  if (plan.trunks.size === 0) {
    findings.add('emergency-uncovered', 'warning', place, 'The plan has no trunk: nobody can call the emergency services.', 'Add a trunk.')
    return
  }
  if (carrying.length === 0) {
    findings.add(
      'emergency-uncovered',
      'error',
      plan.trunks.values().next().value!.place,
      'No trunk carries emergency calls: nobody could call the emergency services.',
      "Remove 'emergency: no' from at least one trunk.",
    )
    return
  }
  if (carrying.length === 1 && plan.trunks.size > 1)
    findings.add(
      'emergency-single',
      'warning',
      carrying[0]!.place,
      `Emergency calls leave by ${carrying[0]!.id} only: when it is down, nobody can call the emergency services.`,
      'Let another trunk carry them too.',
    )
  for (const site of plan.sites.values())
    if (site.address === '')
      findings.add(
        'no-address',
        'warning',
        plan.place(`sites.${site.id}`),
        `The site ${site.id} has no address to give to the emergency services.`,
        "Add 'address:'.",
      )
}

/** Groups, routes and boxes that no call can come to are left-overs or mistakes. */
function unreached(plan: CompiledPlan, reached: ReadonlySet<string>, findings: Findings): void {
  const inUse = new Set<Node['kind']>(['hunt', 'menu', 'route', 'voicemail', 'service', 'role'])
  const named = new Set<string>()
  for (const node of plan.nodes.values()) {
    if (node.kind === 'menu') for (const to of node.keys.values()) named.add(to)
    if (node.kind === 'hunt') for (const m of node.members) if ('role' in m.target) named.add(m.target.role.key)
    if (node.kind === 'line') named.add(`role:${node.owner}`)
  }
  for (const key of plan.emergencyTell) named.add(key)
  for (const node of plan.nodes.values())
    if (inUse.has(node.kind) && !reached.has(node.key) && !named.has(node.key))
      findings.add(
        'unused',
        'warning',
        node.place,
        `No call can come to ${node.key.replace(':', ' ')}.`,
        'Give it a number, send calls to it, or remove it.',
      )
}

/** OUT-02: whoever calls back the number that was shown must reach us. */
function shownNumbers(plan: CompiledPlan, findings: Findings): void {
  const tell = (number: string | null, place: Place, whose: string): void => {
    if (number !== null && !plan.lines.has(number))
      findings.add(
        'shown-not-ours',
        'warning',
        place,
        `${whose} shows ${number}, but no line has that number: nobody could call back.`,
        `Add it under 'lines:', or show one of ${[...plan.lines.keys()].slice(0, 4).join(', ') || 'our own numbers'}.`,
      )
  }
  tell(plan.office.shows, plan.place('office.shows'), 'The office')
  for (const site of plan.sites.values()) tell(site.shows, plan.place(`sites.${site.id}.shows`), `The site ${site.id}`)
  for (const d of plan.departments.values()) tell(d.shows, plan.place(`departments.${d.id}.shows`), `The department ${d.id}`)
  for (const trunk of plan.trunks.values()) tell(trunk.shows, plan.place(`trunks.${trunk.id}.shows`), `The trunk ${trunk.id}`)
  for (const rule of plan.outgoing) tell(rule.shows, plan.place(`outgoing.rules.${rule.index}.shows`), `Outgoing rule ${rule.index + 1}`)
  for (const node of plan.nodes.values()) {
    if (node.kind === 'person') tell(node.shows, node.place, node.name)
    else if (node.kind === 'role') tell(node.shows, node.place, `The role ${node.id}`)
  }
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
        plan.place(`providers.${id}`),
        `The contract facts of ${id} are not complete: ${missing.join(', ')}.`,
        'Ask the provider and write them down.',
      )
  }
}
