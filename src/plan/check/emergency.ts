/**
 * NUM-09: an emergency call leaves from every site, whatever single thing has failed, as long as a trunk survives. Asked of the
 * decision function itself, for a telephone of each site, each number and each failure.
 */
import type { CompiledPlan } from '../compiled.ts'
import { enter } from '../decide.ts'
import type { Step } from '../decision.ts'
import type { Failure } from './failures.ts'
import type { Findings } from './findings.ts'
import { rightsWord } from './forwards.ts'
import type { OfficeCheck } from './office.ts'
import { factsIn, type SupposedWorld, WELL } from './supposed-world.ts'

/** What was found out about all kinds of telephones together; kept as long as they and the trunks stay. */
export interface Alarms {
  readonly situations: number
  readonly found: readonly Parameters<Findings['add']>[]
}

/** Returns how many situations were looked at. */
export function emergencyFindings(o: OfficeCheck): number {
  const callers = callersOf(o.plan)
  const key = callers.join()
  let alarms = o.alarms.get(key)
  if (alarms === undefined) {
    const found: Parameters<Findings['add']>[] = []
    const situations = lookAt(o.plan, callers, o.failures, { add: (...finding) => void found.push(finding) }, o.year.fromMs)
    o.alarms.set(key, (alarms = { situations, found }))
  }
  for (const finding of alarms.found) o.findings.add(...finding)
  return alarms.situations
}

function lookAt(
  plan: CompiledPlan,
  callers: readonly string[],
  failures: readonly Failure[],
  findings: Pick<Findings, 'add'>,
  atMs: number,
): number {
  const place = 'numbering.emergency'
  if (plan.trunks.size === 0) {
    findings.add('emergency-uncovered', 'warning', place, 'The plan has no trunk: nobody can call the emergency services.', 'Add a trunk.')
    return 0
  }
  const carrying = [...plan.trunks.values()].filter(t => t.emergency)
  if (carrying.length === 0)
    findings.add(
      'emergency-uncovered',
      'error',
      plan.trunks.values().next().value!.place.path,
      'No trunk carries emergency calls: nobody could call the emergency services.',
      "Remove 'emergency: no' from at least one trunk.",
    )
  else if (carrying.length === 1 && plan.trunks.size > 1)
    findings.add(
      'emergency-single',
      'warning',
      carrying[0]!.place.path,
      `Emergency calls leave by ${carrying[0]!.id} only: when it is down, nobody can call the emergency services.`,
      'Let another trunk carry them too.',
    )
  for (const site of plan.sites.values())
    if (site.address === '')
      findings.add(
        'no-address',
        'warning',
        `sites.${site.id}`,
        `The site ${site.id} has no address to give to the emergency services.`,
        "Add 'address:'.",
      )
  let situations = 0
  for (const account of callers)
    for (const number of plan.emergency)
      for (const [name, world, path] of worldsOf(failures)) {
        situations++
        const origin = { kind: 'device', account } as const
        const survivors = [...plan.trunks.keys()].filter(t => world.trunksDown?.includes(t) !== true)
        if (survivors.length === 0) continue
        const step = enter(plan, factsIn(world, atMs), origin, number)
        if (leavesBySurvivor(step, survivors)) continue
        // That a trunk is not allowed to carry them is told once, above.
        if (carrying.length <= 1 || !carrying.some(t => survivors.includes(t.id))) {
          if (carrying.length > 1)
            single(
              findings,
              path,
              name,
              carrying.map(t => t.id),
            )
          continue
        }
        findings.add(
          'emergency-uncovered',
          'error',
          path ?? place,
          `An emergency call from the site ${plan.accounts.get(account)?.site.id ?? ''} to ${number} does not leave${name === '' ? '' : ` when ${name} fails`}, although ${survivors.join(', ')} could take it.`,
          'Let every trunk carry emergency calls.',
          () => ({ origin, dialled: number, startMs: atMs, steps: [{ world, afterMs: 0, outcome: null }] }),
        )
      }
  return situations
}

function single(findings: Pick<Findings, 'add'>, path: string | null, name: string, carrying: readonly string[]): void {
  findings.add(
    'emergency-single',
    'warning',
    path ?? 'trunks',
    `When ${name} fails, no trunk that carries emergency calls is left (${carrying.join(', ')}), although others work.`,
    'Let a trunk that does not depend on it carry them too.',
  )
}

function worldsOf(failures: readonly Failure[]): readonly (readonly [string, SupposedWorld, string | null])[] {
  const seen = new Set<string>()
  const cutting = failures.filter(f => {
    const key = [...f.trunks].sort().join()
    if (f.trunks.size === 0 || seen.has(key)) return false
    seen.add(key)
    return true
  })
  return [['', WELL, null], ...cutting.map(f => [f.name, f.world, f.path] as const)]
}

function leavesBySurvivor(step: Step, survivors: readonly string[]): boolean {
  return step.action.do === 'dial-out' && step.action.emergency && step.action.attempts.some(a => survivors.includes(a.trunk))
}

/** A telephone of each site, and one of each set of rights: neither may keep an emergency call. */
function callersOf(plan: CompiledPlan): readonly string[] {
  const kinds = new Map<string, string>()
  for (const account of plan.accounts.values()) {
    const owner = plan.nodes.get(account.owner)
    const rights = owner?.kind === 'person' ? rightsWord(owner.rights) : ''
    const kind = `${account.site.id}|${rights}`
    if (!kinds.has(kind)) kinds.set(kind, account.username)
  }
  return [...kinds.values()]
}
