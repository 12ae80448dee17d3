/** Leaving the office: class of call, rights, guards, trunks in order, number shown. OUT-03 … OUT-06, NUM-09, SEC-02. */
import { type E164, e164 } from '../../kernel/e164.ts'
import type { OutgoingRule, PersonNode, Trunk } from '../compiled.ts'
import type { Step, TrunkAttempt } from '../decision.ts'
import { asDialled } from '../normalise.ts'
import { CALL_CLASSES, type CallClass } from '../schema/call-classes.ts'
import { end } from './ending.ts'
import type { Walk } from './journey.ts'
import { openNow } from './open.ts'
import { refusedInOutage, trunksInOutage } from './outage.ts'
import { recordingFor } from './recording.ts'
import { shownBy } from './shown-number.ts'

export interface OutsideTarget {
  /** As to be dialled when it is no E.164 number: emergency and town numbers. */
  readonly number: E164 | string
  readonly class: CallClass
}

/** A call from a phone of the office to the outside. */
export function leave(walk: Walk, target: OutsideTarget): Step {
  const key = `dial:${target.number}`
  const refused = refusedInOutage(walk, target.class)
  if (refused !== null) return end(walk, key, 503, 34, refused, 'outage')
  const rule = permitted(walk, target, { kind: 'person', person: walk.caller(), pin: walk.journey.pin ?? null })
  if (rule === null) return notAllowed(walk, key, target)
  const attempts = attemptsBy(walk, rule, target)
  if (attempts.length === 0) return end(walk, key, 503, 34, ['all-lines-busy'], 'no-trunk-free')
  return dialOut(walk, key, attempts, walk.plan.outsideRingMs, false)
}

/** Attempts at a number that the plan itself names (a mobile, a forward): the caller's rights do not matter, the rules and guards do. */
export function attemptsForPlan(walk: Walk, target: OutsideTarget): readonly TrunkAttempt[] {
  const rule = permitted(walk, target, { kind: 'plan' })
  return rule === null ? [] : attemptsBy(walk, rule, target)
}

/** Attempts at a number to which `person` has forwarded their calls: as if they called it themselves, without any PIN. */
export function forwardAttempts(walk: Walk, target: OutsideTarget, person: PersonNode): readonly TrunkAttempt[] {
  const rule = permitted(walk, target, { kind: 'person', person, pin: null })
  return rule === null ? [] : attemptsBy(walk, rule, target)
}

/** The end of a call that nobody but perhaps a PIN lets out. */
function notAllowed(walk: Walk, key: string, target: OutsideTarget): Step {
  const rule = walk.plan.outgoing.find(r => r.pin !== null && r.pin !== walk.journey.pin && means(r, target) && isOpen(walk, r))
  if (rule !== undefined) walk.because('needs-pin', { rule: String(rule.index + 1), class: `@class-${target.class}` }, rule.place)
  const step = end(walk, key, 403, 21, ['call-refused'], 'not-allowed')
  return rule === undefined || step.action.do !== 'end' ? step : { ...step, action: { ...step.action, needsPin: rule.pin! } }
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
  const order = [...trunksInOutage(walk, site.trunks), ...(rule?.trunks ?? []), ...plan.trunks.keys()]
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
    // Abroad, the same digits call somebody else's emergency services: only when nothing at home is left.
    const abroad = trunk.country === site.habit.country ? 0 : 6
    ranked.push({ trunk, rank: abroad + state * 2 + near })
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

/** Whose rights count: those of whoever calls or forwards, or nobody's, when the plan itself names the number. */
type By = { readonly kind: 'plan' } | { readonly kind: 'person'; readonly person: PersonNode | null; readonly pin: string | null }

/** The first rule for this class of calls that holds now; null with the reasons why none does. */
function permitted(walk: Walk, target: OutsideTarget, by: By): OutgoingRule | null {
  const cls = target.class
  const values = { class: `@class-${cls}`, who: by.kind === 'plan' ? '' : (by.person?.name ?? walk.journey.oa) }
  const rights = by.kind === 'plan' || withinRights(by.person, cls)
  const pin = by.kind === 'person' ? by.pin : null
  if (!rights && pin === null) {
    walk.because('rights-denied', values, by.person?.place ?? null)
    return null
  }
  let seen = false
  for (const rule of walk.plan.outgoing) {
    if (!means(rule, target)) continue
    seen = true
    const name = String(rule.index + 1)
    const byPin = pin !== null && rule.pin === pin
    if (!byPin && by.kind === 'person' && !(rights && holdsFor(by.person, rule))) {
      walk.because('rule-denied', { ...values, rule: name }, rule.place)
      continue
    }
    if (!isOpen(walk, rule)) {
      walk.because('rule-closed', { rule: name, hours: rule.during! }, rule.place)
      continue
    }
    if (!guardLets(walk, rule, name)) return null
    const code = by.kind === 'plan' ? 'rule-for-plan' : byPin ? 'rule-by-pin' : 'rule-allows'
    walk.because(code, { ...values, rule: name, trunks: rule.trunks.join(', ') }, rule.place)
    return rule
  }
  if (!seen) walk.because('no-rule', values, walk.plan.place('outgoing.rules'))
  return null
}

function means(rule: OutgoingRule, target: OutsideTarget): boolean {
  return rule.classes.has(target.class) && (rule.starting.length === 0 || rule.starting.some(s => target.number.startsWith(s)))
}

function isOpen(walk: Walk, rule: OutgoingRule): boolean {
  return rule.during === null || openNow(walk, rule.during, false)
}

/** Premium calls need a right that names them: no ceiling is no leave to spend. */
function withinRights(person: PersonNode | null, cls: CallClass): boolean {
  const rights = person?.rights
  if (rights?.exactly != null) return rights.exactly.has(cls)
  if (rights?.ceiling == null) return cls !== 'premium'
  return CALL_CLASSES.indexOf(cls) <= rights.ceiling
}

function holdsFor(person: PersonNode | null, rule: OutgoingRule): boolean {
  if (rule.who === 'everyone') return true
  if (person === null) return false
  if (rule.who === 'allowed') return person.rights.ceiling !== null || person.rights.exactly !== null
  const { who } = rule
  if (who.has(person.key) || person.roles.some(role => who.has(`role:${role}`))) return true
  return person.department !== null && rule.departments.has(person.department)
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
  if (guard.perHour !== null && use.lastHourCalls !== undefined && use.lastHourCalls >= guard.perHour) {
    walk.because('guard-per-hour', { rule: name, count: String(guard.perHour) }, rule.place)
    return false
  }
  if (guard.spend !== null && use.todaySpent !== undefined && use.todaySpent >= guard.spend.amount) {
    walk.because('guard-spend', { rule: name, sum: `${guard.spend.amount} ${guard.spend.currency}` }, rule.place)
    return false
  }
  return true
}

function attemptsBy(walk: Walk, rule: OutgoingRule, target: OutsideTarget): readonly TrunkAttempt[] {
  const attempts: TrunkAttempt[] = []
  for (const id of trunksInOutage(walk, trunksOf(walk, rule))) {
    const trunk = walk.plan.trunks.get(id)
    if (trunk === undefined) continue
    if (!walk.facts.trunkUp(id)) walk.because('trunk-down', { trunk: trunk.name }, trunk.place)
    else if (walk.facts.trunkCalls(id) >= trunk.channels)
      walk.because('trunk-full', { trunk: trunk.name, channels: String(trunk.channels) }, trunk.place)
    else attempts.push({ ...attempt(walk, trunk, target, rule.shows, attempts.length + 1), rule: rule.index })
  }
  if (attempts.length === 0) walk.because('no-trunk', {}, rule.place)
  return attempts
}

function trunksOf(walk: Walk, rule: OutgoingRule): readonly string[] {
  if (!rule.ownSiteFirst) return rule.trunks
  const site = walk.callerSite()
  const own = [...walk.plan.trunks.values()].filter(t => t.site === site.id || site.trunks.includes(t.id)).map(t => t.id)
  return [...new Set([...own, ...rule.trunks])]
}

function attempt(walk: Walk, trunk: Trunk, target: OutsideTarget, ruleShows: OutgoingRule['shows'], order: number): TrunkAttempt {
  const number = e164(target.number)
  const { shows, because } = shownBy(walk, trunk, target.number, ruleShows)
  walk.because(
    'trunk-chosen',
    { trunk: trunk.name, order: String(order), shows: shows.withheld ? '@no-number' : shows.number, why: `@shows-${because}` },
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
