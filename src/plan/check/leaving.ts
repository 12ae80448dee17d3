/**
 * Calls that leave: every kind of caller, every class of number, by day and by night. Rights, rules and guards decide; the number
 * shown is called back, to see whom it reaches (OUT-02); rules that never decide are found; dear ones without a limit too (SEC-02).
 */
import type { Account, CompiledPlan, OutgoingRule, PersonNode } from '../compiled.ts'
import { enter, next } from '../decide.ts'
import type { Origin, Place, Step } from '../decision.ts'
import { outsideNumber } from '../normalise.ts'
import { UNREMARKABLE } from './entries.ts'
import type { Findings } from './findings.ts'
import { rightsWord } from './forwards.ts'
import type { OfficeCheck } from './office.ts'
import { sampleNumbers } from './sample-numbers.ts'
import { factsIn, WELL } from './supposed-world.ts'

/** What one kind of caller can do; kept from one check to the next as long as rules, trunks and calendars stay. */
export interface Leaves {
  readonly situations: number
  readonly deciding: ReadonlySet<number>
  /** Rules of whose class of numbers one was tried. */
  readonly meant: ReadonlySet<number>
  readonly used: ReadonlySet<string>
  readonly shown: ReadonlySet<string>
}

/** Returns how many situations were looked at. */
export function leavingFindings(o: OfficeCheck): number {
  const { plan, findings } = o
  const deciding = new Set<number>()
  const meant = new Set<number>()
  const shown = new Map<string, { readonly caller: PersonNode; readonly number: string }>()
  let situations = 0
  const moments = momentsOf(o)
  for (const [kind, caller] of callersOf(plan)) {
    let leaves = o.memory.get(kind)
    if (leaves === undefined) o.memory.set(kind, (leaves = leavesOf(plan, caller.account, moments)))
    situations += leaves.situations
    for (const rule of leaves.deciding) deciding.add(rule)
    for (const rule of leaves.meant) meant.add(rule)
    for (const path of leaves.used) o.used.add(path)
    const who = caller.caller
    if (who !== null && who.department !== null)
      for (const number of leaves.shown) shown.set(`${who.department}|${number}`, { caller: who, number })
  }
  rules(o, deciding, meant)
  shownNumbers(plan, findings)
  for (const { caller, number } of shown.values()) callBack(o, caller, number)
  return situations
}

function leavesOf(plan: CompiledPlan, account: Account, moments: readonly number[]): Leaves {
  const leaves = { situations: 0, deciding: new Set<number>(), meant: new Set<number>(), used: new Set<string>(), shown: new Set<string>() }
  for (const number of [...sampleNumbers(plan, account.site.habit).values(), ...startings(plan)]) {
    for (const rule of plan.outgoing) if (meansNumber(rule, number, account)) leaves.meant.add(rule.index)
    for (const origin of originsOf(plan, account.username))
      for (const atMs of moments) {
        leaves.situations++
        const step = enter(plan, factsIn(WELL, atMs), origin, number)
        note(step, leaves.deciding, leaves.used)
        if (step.action.do === 'dial-out')
          for (const { shows } of step.action.attempts) if (shows.withheld !== true) leaves.shown.add(shows.number)
      }
  }
  return leaves
}

interface Caller {
  readonly account: Account
  readonly caller: PersonNode | null
}

/** One of each kind: rules and rights see nothing else of a caller. */
function callersOf(plan: CompiledPlan): ReadonlyMap<string, Caller> {
  const named = new Set<string>()
  const departments = new Set<string>()
  for (const rule of plan.outgoing) {
    if (typeof rule.who !== 'string') for (const who of rule.who) named.add(who)
    for (const d of rule.departments) departments.add(d)
  }
  for (const rule of plan.recording) {
    if (rule.scope.of === 'node') named.add(rule.scope.key)
    if (rule.scope.of === 'department') departments.add(rule.scope.department)
  }
  const kinds = new Map<string, Caller>()
  for (const account of plan.accounts.values()) {
    const owner = plan.nodes.get(account.owner)
    const caller = owner?.kind === 'person' ? owner : null
    let kind = `${account.site.id}|${account.shows}`
    if (caller !== null) {
      kind += `|${rightsWord(caller.rights)}|${caller.shows}|${caller.hidesNumber}`
      for (const role of caller.roles) {
        const shows = showsOf(plan, role)
        if (named.has(`role:${role}`) || shows !== null) kind += `|${role} ${shows}`
      }
      if (named.has(caller.key)) kind += `|${caller.key}`
      const { department } = caller
      const shows = department === null ? null : (plan.departments.get(department)?.shows ?? null)
      if (department !== null && (shows !== null || departments.has(department))) kind += `|${department} ${shows}`
    }
    if (!kinds.has(kind)) kinds.set(kind, { account, caller })
  }
  return kinds
}

function showsOf(plan: CompiledPlan, role: string): string | null {
  const node = plan.nodes.get(`role:${role}`)
  return node?.kind === 'role' ? node.shows : null
}

/** When rules and guards have hours, moments at which each is open and closed. */
function momentsOf({ plan, year }: OfficeCheck): readonly number[] {
  const hours = new Set<string>()
  for (const rule of plan.outgoing) for (const h of [rule.during, rule.guard?.hours ?? null]) if (h !== null) hours.add(`hours:${h}`)
  return year.classes([...hours]).map(m => m.atMs)
}

function startings(plan: CompiledPlan): string[] {
  return [...new Set(plan.outgoing.flatMap(r => r.starting))].map(s => s.padEnd(12, '5'))
}

function originsOf(plan: CompiledPlan, account: string): Origin[] {
  const pins = new Set(plan.outgoing.flatMap(r => r.pin ?? []))
  return [{ kind: 'device', account }, ...[...pins].map(pin => ({ kind: 'device' as const, account, pin }))]
}

function note(step: Step, deciding: Set<number>, used: Set<string>): void {
  for (const reason of step.reasons) {
    if (reason.code.startsWith('rule-') && reason.values['rule'] !== undefined && reason.code !== 'rule-denied')
      deciding.add(Number(reason.values['rule']) - 1)
    if (reason.code === 'recorded' && reason.place !== null) used.add(reason.place.path)
  }
}

function meansNumber(rule: OutgoingRule, number: string, account: Account): boolean {
  const read = outsideNumber(number, account.site.habit)
  if (read === null || !rule.classes.has(read.class)) return false
  return rule.starting.length === 0 || rule.starting.some(s => read.e164.startsWith(s))
}

function rules({ plan, findings, used }: OfficeCheck, deciding: ReadonlySet<number>, meant: ReadonlySet<number>): void {
  for (const rule of plan.outgoing) {
    const dear = [...rule.classes].filter(c => c === 'international' || c === 'premium')
    if (dear.length > 0 && rule.guard === null && rule.pin === null && rule.starting.length === 0)
      findings.add(
        'unguarded-rule',
        'warning',
        rule.place.path,
        `Rule ${rule.index + 1} lets ${dear.join(' and ')} calls out without a limit: one stolen password could cost a fortune.`,
        "Limit it: 'guard: { per-day: 60min, at-once: 2 }'.",
      )
    if (
      meant.has(rule.index) &&
      !deciding.has(rule.index) &&
      !used.has(rule.place.path) &&
      !rule.classes.has('emergency') &&
      ![...rule.classes].every(c => c === 'internal')
    )
      findings.add(
        'shadowed-rule',
        'warning',
        rule.place.path,
        `Rule ${rule.index + 1} never decides: whoever it is for is served or refused by a rule before it.`,
        'Move it up, or remove it.',
      )
  }
}

/** OUT-02: whoever calls back the number that was shown must reach us. */
function shownNumbers(plan: CompiledPlan, findings: Findings): void {
  const tell = (number: string | null, place: Place, whose: string): void => {
    if (number !== null && number !== 'last-line' && !plan.lines.has(number))
      findings.add(
        'shown-not-ours',
        'warning',
        place.path,
        `${whose} shows ${number}, but no line has that number: nobody could call back.`,
        `Add it under 'lines:', or show one of ${[...plan.lines.keys()].slice(0, 4).join(', ') || 'our own numbers'}.`,
      )
  }
  tell(plan.office.shows, plan.place('office.shows'), 'The office')
  for (const site of plan.sites.values()) tell(site.shows, plan.place(`sites.${site.id}.shows`), `The site ${site.id}`)
  for (const d of plan.departments.values())
    if (d.shows !== null) tell(d.shows, plan.place(`departments.${d.id}.shows`), `The department ${d.id}`)
  for (const trunk of plan.trunks.values())
    if (trunk.shows !== null) tell(trunk.shows, plan.place(`trunks.${trunk.id}.shows`), `The trunk ${trunk.id}`)
  for (const rule of plan.outgoing) tell(rule.shows, plan.place(`outgoing.rules.${rule.index}.shows`), `Outgoing rule ${rule.index + 1}`)
  for (const node of plan.nodes.values()) {
    if (node.kind === 'person') tell(node.shows, node.place, node.name)
    else if (node.kind === 'role') tell(node.shows, node.place, `The role ${node.id}`)
  }
}

/** Calls to the shown number come, on an ordinary day, to somebody of the caller's department, to a menu, or to the office's own number. */
function callBack(o: OfficeCheck, caller: PersonNode, number: string): void {
  const { plan, findings } = o
  const { department } = caller
  if (!plan.lines.has(number) || number === plan.office.shows) return
  const trunk = plan.source.lines[number]?.trunk ?? plan.trunks.keys().next().value ?? ''
  for (const atMs of o.momentsOf(number)) if (comesTo(plan, trunk, number, atMs, department)) return
  const place = plan.departments.get(department!)?.shows === number ? `departments.${department}.shows` : caller.place.path
  findings.add(
    'calls-back-elsewhere',
    'warning',
    place,
    `${caller.name} (${department}) shows ${number}, but whoever calls it back comes to nobody of ${department}.`,
    `Show a number that leads to ${department}, or let ${number} lead there.`,
  )
}

/** Follows the call while nobody answers. */
function comesTo(plan: CompiledPlan, trunk: string, number: string, atMs: number, department: string | null): boolean {
  let nowMs = atMs
  let step = enter(plan, factsIn(WELL, nowMs), { kind: 'trunk', trunk, number: UNREMARKABLE }, number)
  for (let hops = 0; hops < 12; hops++) {
    const { action } = step
    if (action.do === 'menu') return true
    if (action.do === 'end' || action.do === 'voicemail' || action.do === 'echo') return false
    if (action.do === 'ring') {
      if (action.targets.some(t => departmentOf(plan, t.who) === department)) return true
      nowMs += action.forMs
    }
    step = next(plan, factsIn(WELL, nowMs), step.position, { was: action.do === 'announce' ? 'finished' : 'no-answer' })
  }
  return false
}

function departmentOf(plan: CompiledPlan, who: string): string | null {
  const node = plan.nodes.get(`person:${who}`)
  return node?.kind === 'person' ? node.department : null
}
