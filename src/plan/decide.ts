/**
 * The one decision function. `enter` reads a new call's number and takes the first step; `next` goes on after an outcome.
 * Live calls, the simulator, the verifier and the documents all call these two and nothing else.
 */

import { e164 } from '../kernel/e164.ts'
import type { CompiledPlan, NodeKey } from './compiled.ts'
import { arrive, finished, leaveMenu, missed } from './decide/arrive.ts'
import { receive } from './decide/callers.ts'
import { end, type Miss } from './decide/ending.ts'
import { decode, type Journey, Walk } from './decide/journey.ts'
import { pressed, silent } from './decide/menu.ts'
import { emergencyCall, leave } from './decide/outgoing.ts'
import { isQueue, type QueueNode, stillWaiting } from './decide/queue.ts'
import { seconds } from './decide/ringing.ts'
import type { CallAbout, Facts, Origin, Outcome, Position, Step } from './decision.ts'
import { insideForm, isWithheld, outsideNumber } from './normalise.ts'

const LONGEST = 64

/** The first step of a call. `origin` is who it is (as proven), `dialled` the number as it came. */
export function enter(plan: CompiledPlan, facts: Facts, origin: Origin, dialled: string): Step {
  // No number is this long; what is cut off could only fill the log.
  const number = dialled.length > LONGEST ? dialled.slice(0, LONGEST) : dialled
  return origin.kind === 'trunk' ? fromTrunk(plan, facts, origin, number) : fromInside(plan, facts, origin, number)
}

/** The step after `position`'s action came to `outcome`. `plan` must be of the position's revision. */
export function next(plan: CompiledPlan, facts: Facts, position: Position, outcome: Outcome): Step {
  const journey = decode(position)
  const walk = new Walk(plan, facts, journey)
  const { n: key, a: doing } = journey
  const node = walk.node(key)
  if (doing === 'end') return end(walk, key, 480, 31, [], 'over')
  if (node?.kind === 'menu') {
    const way = outcome.was === 'keys' ? pressed(walk, node, outcome.keys) : silent(walk, node)
    return go(walk, way ?? leaveMenu(walk, key))
  }
  if (node !== undefined && isQueue(node)) return go(walk, afterWaiting(walk, node, outcome))
  if (doing === 'ring' || doing === 'dial-out') {
    journey.r += Math.max(0, Math.min(journey.f, facts.nowMs - journey.t))
    const was = MISSES.has(outcome.was) ? (outcome.was as Miss) : 'failed'
    const who = node?.name ?? key.slice(key.indexOf(':') + 1)
    walk.because(was, { who, status: outcome.was === 'failed' ? String(outcome.status) : '' }, node?.place ?? null)
    if (journey.r >= plan.longestRingingMs)
      walk.because('ringing-limit', { seconds: seconds(journey.r) }, plan.place('defaults.longest-ringing'))
    return go(walk, missed(walk, key, was, outcome))
  }
  return go(walk, finished(walk, node, key))
}

const MISSES: ReadonlySet<Outcome['was']> = new Set(['busy', 'no-answer', 'unreachable', 'rejected', 'failed'])

/** A call has waited in a queue: it goes on waiting, or its time is over. */
function afterWaiting(walk: Walk, node: QueueNode, outcome: Outcome): Step | NodeKey {
  const { journey } = walk
  const sinceMs = journey.qt ?? journey.t
  if (outcome.was === 'waiting') {
    journey.qt = sinceMs
    const way = stillWaiting(walk, node)
    return typeof way === 'string' ? missed(walk, node.key, way, null) : way
  }
  if (outcome.was === 'unreachable') {
    delete journey.qt
    walk.because('queue-nobody', { queue: node.name }, node.place)
    return missed(walk, node.key, 'unreachable', outcome)
  }
  delete journey.qt
  walk.because('queue-waited', { queue: node.name, seconds: seconds(walk.facts.nowMs - sinceMs) }, node.place)
  return missed(walk, node.key, 'no-answer', outcome)
}

function go(walk: Walk, way: Step | NodeKey): Step {
  return typeof way === 'string' ? arrive(walk, way) : way
}

function start(origin: Origin, plan: CompiledPlan): Journey {
  const oa = (origin.kind === 'trunk' ? origin.trunk : origin.account).slice(0, LONGEST)
  return {
    n: '',
    a: 'end',
    t: 0,
    f: 0,
    h: 0,
    r: 0,
    v: [],
    q: [],
    s: 0,
    o: origin.kind,
    oa,
    cn: '',
    cd: '',
    ck: '',
    l: '',
    lang: plan.language,
    ...(origin.kind === 'device' && origin.pin !== undefined ? { pin: origin.pin } : {}),
  }
}

function fromInside(plan: CompiledPlan, facts: Facts, origin: Exclude<Origin, { kind: 'trunk' }>, dialled: string): Step {
  const journey = start(origin, plan)
  const walk = new Walk(plan, facts, journey)
  const account = plan.accounts.get(origin.account)
  const caller = account === undefined ? undefined : walk.node(account.owner)
  if (account !== undefined && caller?.kind === 'person') {
    journey.ck = caller.key
    journey.cn = account.extension
    journey.cd = account.displayName
    journey.lang = caller.language ?? plan.language
    walk.because(origin.kind === 'office' ? 'from-office' : 'from-phone', { who: caller.name, account: account.username }, account.place)
  } else walk.because('unknown-account', { account: origin.account })
  const about = (direction: CallAbout['direction'], to: CallAbout['to'], step: Step): Step => ({
    ...step,
    about: { direction, from: party(journey), to, language: journey.lang },
  })
  const inside = (key: NodeKey, number: string, step: Step): Step => {
    const node = walk.node(key)
    return about('internal', node === undefined ? { number } : { number, name: node.name, who: node.id }, step)
  }

  let number = insideForm(dialled)
  const prefix = plan.outsidePrefix
  const stripped = prefix !== '' && number.startsWith(prefix) && number.length > prefix.length ? number.slice(prefix.length) : null
  // Emergency first: nothing in the plan, no right and no habit may stand before it (NUM-09).
  if (plan.emergency.has(number)) return about('out', { number }, emergencyCall(walk, number))
  if (number.startsWith('+') && plan.emergency.has(number.slice(1)))
    return about('out', { number: number.slice(1) }, emergencyCall(walk, number.slice(1)))
  if (stripped !== null && plan.emergency.has(stripped)) return about('out', { number: stripped }, emergencyCall(walk, stripped))
  if (account === undefined) return about('internal', { number }, end(walk, `dial:${number}`, 403, 21, ['call-refused'], 'caller-unknown'))

  const key = plan.dial.get(number)
  if (key !== undefined) {
    const node = walk.node(key)
    walk.because('dialled-inside', { number, target: walk.nameOf(key) }, node?.place ?? null)
    return inside(key, number, arrive(walk, key))
  }
  const code = plan.codes.find(c => number.startsWith(c.number))
  if (code !== undefined) {
    walk.given = number.slice(code.number.length)
    walk.because('dialled-code', { code: code.number, number: walk.given }, code.place)
    return inside(code.key, number, arrive(walk, code.key))
  }
  const range = plan.rangeOf(number)
  if (range !== null) {
    walk.because('dialled-unassigned', { number, range: range.key }, range.place)
    return about('internal', { number }, end(walk, `dial:${number}`, 404, 1, ['number-unknown'], 'unassigned'))
  }
  const unknown = (): Step => {
    walk.because('dialled-unknown', { number })
    return about('internal', { number }, end(walk, `dial:${number}`, 404, 1, ['number-unknown'], 'number-unknown'))
  }
  if (prefix !== '' && !number.startsWith('+')) {
    if (stripped === null) {
      walk.because('no-prefix', { prefix }, plan.place('numbering.outside-prefix'))
      return unknown()
    }
    number = stripped
  }
  if (plan.cityNumbers.has(number)) {
    walk.because('dialled-city', { number }, plan.place('numbering.city-numbers'))
    return about('out', { number }, leave(walk, { number, class: 'local' }))
  }
  const outside = /[*#]/.test(number) ? null : outsideNumber(number, account.site.habit)
  if (outside === null) return unknown()
  const line = plan.lines.get(outside.e164)
  if (line !== undefined) {
    walk.because('dialled-own-line', { number: outside.e164 }, line.place)
    return inside(line.key, line.number, arrive(walk, line.key))
  }
  walk.because('dialled-outside', { dialled, number: outside.e164, class: `@class-${outside.class}` })
  return about('out', { number: outside.e164 }, leave(walk, { number: outside.e164, class: outside.class }))
}

function fromTrunk(plan: CompiledPlan, facts: Facts, origin: Extract<Origin, { kind: 'trunk' }>, dialled: string): Step {
  const journey = start(origin, plan)
  const walk = new Walk(plan, facts, journey)
  const trunk = plan.trunks.get(origin.trunk)
  const habit = plan.sites.get(trunk?.site ?? '')?.habit ?? plan.home.habit
  if (!isWithheld(origin.number))
    journey.cn = e164(origin.number!) ?? outsideNumber(origin.number!, habit)?.e164 ?? origin.number!.slice(0, LONGEST)
  journey.cd = (origin.display ?? '').slice(0, 80)
  walk.because(
    'from-trunk',
    { number: journey.cn === '' ? '@withheld-number' : journey.cn, trunk: trunk?.name ?? origin.trunk },
    trunk?.place ?? null,
  )
  if (trunk === undefined) {
    walk.because('unknown-trunk', { trunk: origin.trunk })
    return {
      ...end(walk, 'end:unknown-trunk', 403, 21, [], 'trunk-unknown'),
      about: { direction: 'in', from: party(journey), to: { number: dialled }, language: journey.lang },
    }
  }
  const line = lineFor(plan, dialled, habit)
  const about = (to: CallAbout['to'], more: Partial<CallAbout>, step: Step): Step => ({
    ...step,
    about: { direction: 'in', from: party(journey), to, language: journey.lang, ...more },
  })
  if (line !== undefined) {
    journey.l = line.number
    journey.lang = line.language ?? plan.language
  }
  const received = receive(walk)
  if (received !== null && line === undefined) return about({ number: dialled }, {}, go(walk, received))
  if (line === undefined) {
    walk.because('dialled-no-line', { number: dialled.slice(0, LONGEST) }, trunk.place)
    const number = outsideNumber(dialled, habit)?.e164 ?? dialled
    if (trunk.otherwise === null) return about({ number }, {}, end(walk, `dial:${number}`, 404, 1, [], 'no-line'))
    walk.because('goes-to', { from: trunk.name, to: walk.nameOf(trunk.otherwise) }, trunk.place)
    return about({ number }, {}, arrive(walk, trunk.otherwise))
  }
  return about(
    line.label === '' ? { number: line.number } : { number: line.number, name: line.label },
    { line: line.number, owner: line.owner },
    go(walk, received ?? line.key),
  )
}

/** Providers send a line's number in full, without '+', as the country dials it, or only its last digits. */
function lineFor(plan: CompiledPlan, dialled: string, habit: Parameters<typeof outsideNumber>[1]) {
  const number = insideForm(dialled)
  const direct = plan.lines.get(number) ?? plan.lines.get('+' + number)
  if (direct !== undefined) return direct
  const outside = outsideNumber(number, habit)
  const read = outside === null ? undefined : plan.lines.get(outside.e164)
  return read ?? plan.lineEndingWith(number) ?? undefined
}

function party(journey: Journey): CallAbout['from'] {
  const who = journey.ck === '' ? {} : { who: journey.ck.slice(journey.ck.indexOf(':') + 1) }
  return journey.cd === '' ? { number: journey.cn, ...who } : { number: journey.cn, name: journey.cd, ...who }
}
