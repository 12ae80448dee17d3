/** Leaving the office: class of call, rights, guards, trunks in order, number shown. OUT-01 … OUT-06, NUM-09, SEC-02. */
import { type E164, e164 } from '../../kernel/e164.ts'
import type { OutgoingRule, Site, Trunk } from '../compiled.ts'
import type { Shown, Step, TrunkAttempt } from '../decision.ts'
import { asDialled } from '../normalise.ts'
import { CALL_CLASSES, type CallClass } from '../schema/call-classes.ts'
import { end } from './ending.ts'
import type { Walk } from './journey.ts'
import { openNow } from './open.ts'
import { recordingFor } from './recording.ts'

export interface OutsideTarget {
  /** As to be dialled when it is no E.164 number: emergency and town numbers. */
  readonly number: E164 | string
  readonly class: CallClass
}

/** A call from a phone of the office to the outside. */
export function leave(walk: Walk, target: OutsideTarget): Step {
  const key = `dial:${target.number}`
  const rule = permitted(walk, target, true)
  if (rule === null) return end(walk, key, 403, 21, ['call-refused'], 'not-allowed')
  const attempts = attemptsBy(walk, rule, target)
  if (attempts.length === 0) return end(walk, key, 503, 34, ['all-lines-busy'], 'no-trunk-free')
  return dialOut(walk, key, attempts, walk.plan.outsideRingMs, false)
}

/** Attempts at a number that the plan itself names (a mobile, a forward): the caller's rights do not matter, the rules and guards do. */
export function attemptsForPlan(walk: Walk, target: OutsideTarget): readonly TrunkAttempt[] {
  const rule = permitted(walk, target, false)
  return rule === null ? [] : attemptsBy(walk, rule, target)
}

export function dialOut(walk: Walk, key: string, attempts: readonly TrunkAttempt[], forMs: number, emergency: boolean): Step {
  const { recording, announcement } = emergency
    ? { recording: null, announcement: null }
    : recordingFor(walk, [key], walk.caller(), 'outgoing')
  return walk.act(key, { do: 'dial-out', attempts, nextAfterMs: walk.plan.nextTrunkAfterMs, forMs, recording, announcement, emergency })
}

/** Every trunk that may carry it, surviving ones of the caller's site first; those that seem down come last but are tried. */
export function emergencyCall(walk: Walk, number: string): Step {
  const { plan, facts } = walk
  const site = walk.callerSite()
  walk.because('dialled-emergency', { number }, plan.place('numbering.emergency'))
  const rule = plan.outgoing.find(r => r.classes.has('emergency'))
  const order = [...site.trunks, ...(rule?.trunks ?? []), ...plan.trunks.keys()]
  const ranked: { trunk: Trunk; rank: number }[] = []
  for (const id of new Set(order)) {
    const trunk = plan.trunks.get(id)
    if (trunk === undefined || !trunk.emergency) continue
    const up = facts.trunkUp(id)
    const free = facts.trunkCalls(id) < trunk.channels
    const state = up ? (free ? 0 : 1) : 2
    const near =
      site.trunks.includes(id) ||
      (trunk.site !== null && trunk.site === site.id) ||
      (trunk.link !== null && site.links.includes(trunk.link))
        ? 0
        : 1
    if (state > 0) walk.because('trunk-last-resort', { trunk: trunk.name, state: up ? '@state-full' : '@state-down' }, trunk.place)
    ranked.push({ trunk, rank: state * 2 + near })
  }
  ranked.sort((a, b) => a.rank - b.rank)
  const key = `emergency:${number}`
  if (ranked.length === 0) {
    walk.because('no-trunk', {}, plan.place('trunks'))
    return end(walk, key, 503, 34, ['all-lines-busy'], 'no-trunk')
  }
  const attempts = ranked.map(({ trunk }, i) => attempt(walk, trunk, { number, class: 'local' }, null, i + 1))
  const step = dialOut(walk, key, attempts, 180_000, true)
  return step.action.do === 'dial-out'
    ? { ...step, action: { ...step.action, alert: { tell: plan.emergencyTell, from: walk.journey.cn, address: site.address } } }
    : step
}

/** The first rule for this class of calls that holds for the caller now; null with the reasons why none does. */
function permitted(walk: Walk, target: OutsideTarget, asks: boolean): OutgoingRule | null {
  const caller = walk.caller()
  const who = caller?.name ?? walk.journey.oa
  const cls = target.class
  if (asks && !withinRights(walk, cls)) {
    walk.because('rights-denied', { who, class: `@class-${cls}` }, caller?.place ?? null)
    return null
  }
  let seen = false
  for (const rule of walk.plan.outgoing) {
    if (!rule.classes.has(cls)) continue
    if (rule.starting.length > 0 && !rule.starting.some(s => target.number.startsWith(s))) continue
    seen = true
    const name = String(rule.index + 1)
    if (asks && !holdsFor(walk, rule)) {
      walk.because('rule-denied', { rule: name, class: `@class-${cls}`, who }, rule.place)
      continue
    }
    if (rule.during !== null && !openNow(walk, rule.during, false)) {
      walk.because('rule-closed', { rule: name, hours: rule.during }, rule.place)
      continue
    }
    if (!guardLets(walk, rule, name)) return null
    walk.because(asks ? 'rule-allows' : 'rule-for-plan', { rule: name, class: `@class-${cls}`, trunks: rule.trunks.join(', ') }, rule.place)
    return rule
  }
  if (!seen) walk.because('no-rule', { class: `@class-${cls}` }, walk.plan.place('outgoing.rules'))
  return null
}

function withinRights(walk: Walk, cls: CallClass): boolean {
  const rights = walk.callerRights()
  if (rights.exactly !== null) return rights.exactly.has(cls)
  return rights.ceiling === null || CALL_CLASSES.indexOf(cls) <= rights.ceiling
}

function holdsFor(walk: Walk, rule: OutgoingRule): boolean {
  const caller = walk.caller()
  if (rule.who === 'everyone') return true
  if (caller === null) return false
  if (rule.who === 'allowed') return caller.rights.ceiling !== null || caller.rights.exactly !== null
  if (rule.who.has(caller.key) || caller.roles.some(role => (rule.who as ReadonlySet<string>).has(`role:${role}`))) return true
  return caller.department !== null && rule.departments.has(caller.department)
}

function guardLets(walk: Walk, rule: OutgoingRule, name: string): boolean {
  const { guard } = rule
  if (guard === null) return true
  if (guard.hours !== null && !openNow(walk, guard.hours, false)) {
    walk.because('guard-hours', { rule: name, hours: guard.hours }, rule.place)
    return false
  }
  const use = walk.facts.outgoingUse?.(rule.index)
  if (use === undefined) return true
  if (guard.atOnce !== null && use.atOnce >= guard.atOnce) {
    walk.because('guard-at-once', { rule: name, count: String(use.atOnce) }, rule.place)
    return false
  }
  if (guard.perDayMs !== null && use.todayMs >= guard.perDayMs) {
    walk.because('guard-per-day', { rule: name, minutes: String(Math.round(guard.perDayMs / 60_000)) }, rule.place)
    return false
  }
  return true
}

function attemptsBy(walk: Walk, rule: OutgoingRule, target: OutsideTarget): readonly TrunkAttempt[] {
  const attempts: TrunkAttempt[] = []
  for (const id of rule.trunks) {
    const trunk = walk.plan.trunks.get(id)
    if (trunk === undefined) continue
    if (!walk.facts.trunkUp(id)) walk.because('trunk-down', { trunk: trunk.name }, trunk.place)
    else if (walk.facts.trunkCalls(id) >= trunk.channels)
      walk.because('trunk-full', { trunk: trunk.name, channels: String(trunk.channels) }, trunk.place)
    else attempts.push(attempt(walk, trunk, target, rule.shows, attempts.length + 1))
  }
  if (attempts.length === 0) walk.because('no-trunk', {}, rule.place)
  return attempts
}

function attempt(walk: Walk, trunk: Trunk, target: OutsideTarget, ruleShows: E164 | null, order: number): TrunkAttempt {
  const number = e164(target.number)
  const shows = shownBy(walk, trunk, ruleShows)
  walk.because(
    'trunk-chosen',
    { trunk: trunk.name, order: String(order), shows: shows.withheld ? '@no-number' : shows.number },
    trunk.place,
  )
  return {
    trunk: trunk.id,
    number: trunk.prefix + (number === null ? target.number : asDialled(number, trunk.numberForm, trunk.country)),
    e164: target.number,
    shows,
    reason: order === 1 ? 'first' : 'next',
  }
}

/** The number shown outside: the rule's, the person's, their role's, department's, site's, the office's, the trunk's; in that order. */
function shownBy(walk: Walk, trunk: Trunk, ruleShows: E164 | null): Shown {
  const { plan, journey } = walk
  const caller = walk.caller()
  const name = caller?.name
  let wanted: string | null = ruleShows
  if (walk.fromOutside()) wanted = trunk.passesCaller && journey.cn !== '' ? journey.cn : (wanted ?? (journey.l === '' ? null : journey.l))
  else wanted ??= ownNumber(walk, caller === null ? plan.home : caller.site)
  const may = trunk.mayShow
  if (wanted !== null && may !== null && may !== 'any' && !may.has(wanted)) wanted = null
  const number = wanted ?? trunk.shows ?? plan.office.shows ?? registeredNumber(trunk) ?? ''
  const shown: Shown = name === undefined || walk.fromOutside() ? { number } : { number, name }
  return caller?.hidesNumber ? { ...shown, withheld: true } : shown
}

function ownNumber(walk: Walk, site: Site): E164 | null {
  const caller = walk.caller()
  const { plan } = walk
  if (caller === null) return site.shows
  if (caller.shows !== null) return caller.shows
  for (const id of caller.roles) {
    const role = plan.nodes.get(`role:${id}`)
    if (role?.kind === 'role' && role.shows !== null) return role.shows
  }
  return plan.departments.get(caller.department ?? '')?.shows ?? site.shows
}

function registeredNumber(trunk: Trunk): E164 | null {
  const user = trunk.register?.user ?? ''
  return e164(user.startsWith('+') ? user : '+' + user)
}
