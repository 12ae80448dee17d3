/**
 * Codes by which people set things at the telephone: hours opened or closed by hand (SCH-04), own forwards and do-not-disturb
 * (CALL-01). The decision says what is to be set and by which words it is confirmed; the live layer keeps it and gives it back as facts.
 * Who may set it, here or by other ways, is asked of this file alone.
 */
import { unreachable as impossible } from '../../kernel/result.ts'
import type { CompiledPlan, PersonNode, ServiceNode, SettingRule, Whoever } from '../compiled.ts'
import type { Setting, Step } from '../decision.ts'
import type { Hours } from '../hours.ts'
import type { ReasonCode } from '../reasons.ts'
import { end } from './ending.ts'
import { FORWARD_WORD, forwardFault } from './forward.ts'
import type { Walk } from './journey.ts'
import { changesAt, clock } from './open.ts'

/** `given`: the number dialled behind the code. */
export function setByHand(walk: Walk, node: ServiceNode, rule: SettingRule, given: string): Step {
  const caller = walk.caller()
  if (caller === null || caller.is !== 'person') return refuse(walk, node, 'sets-nobody', { code: node.name })
  switch (rule.is) {
    case 'override':
      return override(walk, node, rule, caller)
    case 'forward':
      return forward(walk, node, rule, caller, rule.off ? '' : given)
    case 'do-not-disturb': {
      const on = rule.on ?? walk.facts.forward?.(caller.id)?.doNotDisturb !== true
      walk.because(on ? 'sets-dnd' : 'sets-dnd-off', { who: caller.name }, node.place)
      const untilMs = on ? later(walk, rule.forMs) : null
      return confirm(walk, node, { is: 'do-not-disturb', person: caller.id, on, untilMs }, [on ? 'dnd-set' : 'dnd-off'])
    }
    default:
      return impossible(rule)
  }
}

type Rule<Is> = Extract<SettingRule, { is: Is }>

function override(walk: Walk, node: ServiceNode, rule: Rule<'override'>, caller: PersonNode): Step {
  const { hours } = rule
  const { plan, facts } = walk
  if (!among(plan, rule.who, caller, facts.nowMs)) return refuse(walk, node, 'sets-may-not', { who: caller.name, hours })
  const state = rule.to === null ? turned(walk, hours) : rule.to === 'calendar' ? null : rule.to
  if (state === null) {
    walk.because('sets-calendar', { who: caller.name, hours }, node.place)
    return confirm(walk, node, { is: 'override', hours, state, untilMs: null }, ['hours-by-calendar'])
  }
  const calendar = plan.hours.get(hours)
  const untilMs = later(walk, rule.forMs) ?? (calendar === undefined ? facts.nowMs : overrideEnds(calendar, state, facts.nowMs))
  const until = clock(untilMs, calendar?.timezone ?? plan.office.timezone)
  walk.because(state === 'open' ? 'sets-open' : 'sets-closed', { who: caller.name, hours, until }, node.place)
  return confirm(walk, node, { is: 'override', hours, state, untilMs }, [state === 'open' ? 'hours-set-open' : 'hours-set-closed'])
}

/** To and fro: back to the calendar, or else to the opposite of what it says. */
function turned(walk: Walk, hours: string): 'open' | 'closed' | null {
  if ((walk.facts.override?.(hours) ?? null) !== null) return null
  return walk.plan.hours.get(hours)?.at(walk.facts.nowMs).open === true ? 'closed' : 'open'
}

/** Longest time for which hours stay as the calendar has them by themselves. */
const LONGEST_STAY_MS = 12 * 3_600_000

/**
 * When an override ends by itself: as soon as the calendar says the same. One that keeps hours as they are (staying open in the
 * evening) ends after the calendar has turned and come back, at the latest half a day after it turned: nobody forgets an open office. Where the calendar never turns, half a day is all.
 */
export function overrideEnds(hours: Hours, state: 'open' | 'closed', nowMs: number): number {
  const now = hours.at(nowMs)
  const turns = changesAt(hours, now)
  // A calendar that never turns ends nothing.
  if (hours.at(turns).open === now.open) return nowMs + LONGEST_STAY_MS
  if (now.open !== (state === 'open')) return turns
  return Math.min(changesAt(hours, hours.at(turns)), turns + LONGEST_STAY_MS)
}

function forward(walk: Walk, node: ServiceNode, rule: Rule<'forward'>, caller: PersonNode, to: string): Step {
  const { when } = rule
  const said = { who: caller.name, outcome: FORWARD_WORD[when], to }
  if (to === '') {
    walk.because('sets-forward-off', said, node.place)
    return confirm(walk, node, { is: 'forward', person: caller.id, when, to: null, untilMs: null }, ['forward-off'])
  }
  const fault = forwardFault(walk.plan, caller, to)
  if (fault !== null) return refuse(walk, node, `sets-forward-${fault}`, said, fault === 'nowhere' ? 'number-unknown' : 'not-permitted')
  walk.because('sets-forward', said, node.place)
  const setting: Setting = { is: 'forward', person: caller.id, when, to, untilMs: later(walk, rule.forMs) }
  return confirm(walk, node, setting, ['forward-set', ...to.replace(/\D/g, '')])
}

function later(walk: Walk, forMs: number | null): number | null {
  return forMs === null ? null : walk.facts.nowMs + forMs
}

function confirm(walk: Walk, node: ServiceNode, sets: Setting, prompts: readonly string[]): Step {
  return walk.act(node.key, { do: 'announce', language: walk.journey.lang, prompts, answer: true, sets })
}

function refuse(
  walk: Walk,
  node: ServiceNode,
  code: ReasonCode,
  values: Readonly<Record<string, string>>,
  prompt: 'not-permitted' | 'number-unknown' = 'not-permitted',
): Step {
  walk.because(code, values, node.place)
  return prompt === 'number-unknown'
    ? end(walk, node.key, 404, 1, [prompt], 'number-unknown')
    : end(walk, node.key, 403, 21, [prompt], 'not-allowed')
}

/** Whether some code of the plan lets this person open and close these hours: then they may by other ways too. */
export function mayOverride(plan: CompiledPlan, person: string, hours: string, nowMs: number): boolean {
  const node = plan.nodes.get(`person:${person}`)
  if (node?.kind !== 'person') return false
  for (const service of plan.nodes.values())
    if (service.kind === 'service' && service.sets?.is === 'override' && service.sets.hours === hours)
      if (among(plan, service.sets.who, node, nowMs)) return true
  return false
}

/** By themselves, by their department, by a role they hold, or by one of which it is their turn. */
function among(plan: CompiledPlan, who: Whoever, person: PersonNode, nowMs: number): boolean {
  if (who.people.has(person.id) || (person.department !== null && who.departments.has(person.department))) return true
  for (const id of who.roles) {
    const role = plan.nodes.get(`role:${id}`)
    if (role?.kind !== 'role') continue
    if (role.rota === null ? role.holders.includes(person) : plan.rotas.get(role.rota)?.at(nowMs)?.who === person.id) return true
  }
  return false
}
