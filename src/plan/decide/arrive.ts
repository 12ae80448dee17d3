/**
 * Going through the plan from one place to the next until something has to be done: ring, speak, leave, end.
 * Hops are counted and places remembered, so every walk ends: IN-07.
 */
import { unreachable as impossible } from '../../kernel/result.ts'
import type { Fallbacks, HuntNode, LineNode, Node, NodeKey, PersonNode, RoleNode, RouteNode } from '../compiled.ts'
import type { Outcome, Step } from '../decision.ts'
import { outsideNumber } from '../normalise.ts'
import { setByHand } from './by-hand.ts'
import { end, endAfter, endWell, type Miss } from './ending.ts'
import { doNotDisturb, forwardFor, userForward } from './forward.ts'
import type { Walk } from './journey.ts'
import { MOST_RETURNS, menu } from './menu.ts'
import { openNow } from './open.ts'
import { lineInOutage } from './outage.ts'
import { attemptsForPlan, dialOut } from './outgoing.ts'
import { enterQueue, isQueue } from './queue.ts'
import { addMember, addPerson, addRole, nobody, ring } from './ringing.ts'

/** A step that ends the walk, or the next place to go. */
type Way = Step | NodeKey

export function arrive(walk: Walk, start: NodeKey): Step {
  let key: NodeKey = start
  for (;;) {
    const node = walk.node(key)
    if (node === undefined) return end(walk, key, 500, 41, [], 'no-place')
    const { journey } = walk
    const seen = journey.v.indexOf(key)
    if (seen >= 0) {
      if (seen >= (journey.kp ?? 0)) {
        walk.because('loop', { target: node.name }, node.place)
        return end(walk, key, 480, 25, ['nobody-available'], 'loop')
      }
      if (!goBack(walk, seen)) {
        walk.because('menu-limit', { count: String(MOST_RETURNS) }, node.place)
        return endWell(walk, key, true)
      }
    }
    if (++journey.h > walk.plan.mostHops) {
      walk.because('hops-limit', { count: String(walk.plan.mostHops) }, walk.plan.place('defaults.most-hops'))
      return end(walk, key, 480, 25, ['nobody-available'], 'hops')
    }
    journey.v.push(key)
    const way = visit(walk, node)
    walk.ringForMs = typeof way === 'string' ? walk.ringForMs : null
    if (typeof way !== 'string') return way
    key = way
  }
}

/**
 * The caller pressed a key since the call was here last: it comes back as their wish, so this is no loop, and the way in between
 * is forgotten. False when they have done so too often.
 */
function goBack(walk: Walk, seen: number): boolean {
  const { journey } = walk
  journey.b = (journey.b ?? 0) + 1
  if (journey.b > MOST_RETURNS) return false
  journey.v.length = seen
  journey.h = seen
  journey.kp = seen
  journey.q = journey.q.filter(([route]) => journey.v.includes(route))
  return true
}

function visit(walk: Walk, node: Node): Way {
  switch (node.kind) {
    case 'person':
      return person(walk, node)
    case 'role':
      return role(walk, node)
    case 'hunt':
      return hunt(walk, node)
    case 'route':
      return route(walk, node)
    case 'line':
      return line(walk, node)
    case 'menu':
      return menu(walk, node)
    case 'voicemail':
      walk.because('voicemail', { box: node.name }, node.place)
      return walk.act(node.key, {
        do: 'voicemail',
        box: node.id,
        language: walk.language(node.language),
        greeting: node.greeting,
        maxMs: node.maxMs,
        tell: node.tell,
      })
    case 'service':
      if (node.sets !== null) return setByHand(walk, node, node.sets, walk.given)
      walk.because(node.does === 'echo' ? 'echo' : 'speaks', { who: node.name }, node.place)
      return node.does === 'echo'
        ? walk.act(node.key, { do: 'echo', language: walk.journey.lang, prompts: node.prompts })
        : walk.act(node.key, { do: 'announce', language: walk.journey.lang, prompts: node.prompts, answer: node.answer })
    case 'outside': {
      const attempts = attemptsForPlan(walk, {
        number: node.number,
        class: outsideNumber(node.number, walk.plan.home.habit)?.class ?? 'international',
      })
      if (attempts.length === 0) return missed(walk, node.key, 'failed', null)
      const budget = walk.ringBudgetMs()
      if (budget < 1_000) return missed(walk, node.key, 'no-answer', null)
      return dialOut(walk, node.key, attempts, Math.min(walk.ringForMs ?? walk.plan.outsideRingMs, budget), false)
    }
    case 'end':
      return end(walk, node.key, node.status, node.cause, node.prompts, node.id === 'busy' ? 'declared-busy' : 'declared')
    default:
      return impossible(node)
  }
}

function person(walk: Walk, node: PersonNode): Way {
  if (node.forward.always !== null) {
    walk.because('forward-always', { who: node.name, to: walk.nameOf(node.forward.always) }, node.place)
    return node.forward.always
  }
  const own = userForward(walk, node, 'always')
  if (own !== null) return own
  const rung = nobody()
  addPerson(walk, rung, node, 'phone', node.id, null)
  const how = walk.ringForMs ?? node.ringForMs
  const way = ring(walk, rung, { key: node.key, name: node.name, order: 'together', forMs: how, eachMs: how })
  if (typeof way !== 'string') return way
  if (way === 'busy') walk.because(doNotDisturb(walk, node) ? 'do-not-disturb' : 'busy', { who: node.name }, node.place)
  else if (way === 'unreachable') walk.because(node.accounts.length === 0 ? 'no-phone' : 'not-registered', { who: node.name }, node.place)
  return missed(walk, node.key, way, null)
}

function role(walk: Walk, node: RoleNode): Way {
  const rung = nobody(node.order)
  addRole(walk, rung, node)
  const forMs = walk.ringForMs ?? node.ringForMs
  const way = ring(walk, rung, {
    key: node.key,
    name: node.name,
    order: node.order,
    forMs: node.order === 'together' ? forMs : forMs * Math.max(1, rung.targets.length),
    eachMs: forMs,
  })
  if (typeof way !== 'string') return way
  walk.because(way === 'busy' ? 'nobody-free' : 'nobody-there', { who: node.name }, node.place)
  return missed(walk, node.key, way, null)
}

function hunt(walk: Walk, node: HuntNode): Way {
  if (isQueue(node)) {
    const way = enterQueue(walk, node)
    return typeof way === 'string' ? missed(walk, node.key, way, null) : 'to' in way ? way.to : way
  }
  const rung = nobody(node.order)
  for (const member of node.members) addMember(walk, rung, member)
  const forMs = walk.ringForMs ?? node.forMs
  const way = ring(walk, rung, {
    key: node.key,
    name: node.name,
    order: node.order,
    forMs,
    eachMs: node.order === 'together' ? forMs : node.eachMs,
  })
  if (typeof way !== 'string') return way
  if (way !== 'no-answer') walk.because(way === 'busy' ? 'nobody-free' : 'nobody-there', { who: node.name }, node.place)
  return missed(walk, node.key, way, null)
}

function line(walk: Walk, node: LineNode): Way {
  const outage = lineInOutage(walk, node)
  if (outage !== null) return outage
  const open = node.during === null || openNow(walk, node.during)
  const to = open ? node.to : (node.otherwise ?? node.to)
  walk.because('line-open', { line: node.name, target: walk.nameOf(to) }, node.place)
  return to
}

function route(walk: Walk, node: RouteNode): Way {
  if (node.divided !== null) {
    const to = openNow(walk, node.divided.during) ? node.divided.to : node.divided.otherwise
    walk.because('goes-to', { from: node.name, to: walk.nameOf(to) }, node.place)
    return to
  }
  walk.journey.q.push([node.key, -1])
  return nextRouteStep(walk) ?? endAfter(walk, node.key, 'unreachable', null)
}

/** The next step of the innermost route that has one; routes that have none are left. */
function nextRouteStep(walk: Walk): NodeKey | null {
  const { q } = walk.journey
  for (let frame = q.at(-1); frame !== undefined; frame = q.at(-1)) {
    const node = walk.node(frame[0])
    if (node?.kind === 'route')
      while (++frame[1] < node.steps.length) {
        const step = node.steps[frame[1]]!
        const name = { step: String(frame[1] + 1), route: node.name }
        if (step.during !== null && !openNow(walk, step.during, false)) {
          walk.because('route-step-closed', { ...name, hours: step.during }, step.place)
          continue
        }
        walk.because('route-step', { ...name, target: walk.nameOf(step.to) }, step.place)
        walk.ringForMs = step.forMs
        if (frame[1] === node.steps.length - 1) q.pop()
        return step.to
      }
    q.pop()
  }
  return null
}

/** Someone was not reached: the route's next step, their forward, their fallback, the office's, or the end. */
export function missed(walk: Walk, key: NodeKey, miss: Miss, outcome: Outcome | null): Way {
  const nextStep = nextRouteStep(walk)
  if (nextStep !== null) return nextStep
  const node = walk.node(key)
  walk.ringForMs = null
  if (node?.kind === 'person') {
    // Whoever was sent out by this person's forward is not sent there again: their fallback is next.
    const own = walk.journey.a === 'dial-out' && walk.journey.n === key ? null : userForward(walk, node, forwardFor(miss))
    if (own !== null) return own
    const f = node.forward
    const to = miss === 'busy' || miss === 'rejected' ? f.busy : miss === 'no-answer' ? f.noAnswer : f.unreachable
    if (to !== null) {
      walk.because('forward-on', { who: node.name, outcome: `@when-${miss}`, to: walk.nameOf(to) }, node.place)
      return to
    }
  }
  if (node?.kind === 'person' || node?.kind === 'role' || node?.kind === 'hunt') {
    const own = fallback(node.fallbacks, miss)
    const to = own ?? fallback(walk.plan.defaults, miss)
    if (to !== null && (own !== null || !walk.journey.v.includes(to))) {
      walk.because('goes-to', { from: node.name, to: walk.nameOf(to) }, own === null ? walk.plan.place('defaults') : node.place)
      return to
    }
  }
  return endAfter(walk, key, miss, outcome)
}

function fallback(f: Fallbacks, miss: Miss): NodeKey | null {
  switch (miss) {
    case 'busy':
      return f.busy
    case 'no-answer':
      return f.noAnswer
    case 'rejected':
      return f.rejected ?? f.busy
    case 'unreachable':
    case 'failed':
      return f.unreachable ?? f.noAnswer
  }
}

/** A menu leads nowhere further: the route that it is a step of goes on, or the call ends with a goodbye. */
export function leaveMenu(walk: Walk, key: NodeKey): Way {
  return nextRouteStep(walk) ?? endWell(walk, key, true)
}

/** After something spoken or tested has ended. */
export function finished(walk: Walk, node: Node | undefined, key: NodeKey): Way {
  if (node?.kind === 'service') {
    walk.because('finished', { who: node.name }, node.place)
    if (node.afterwards !== null) {
      walk.because('goes-to', { from: node.name, to: walk.nameOf(node.afterwards) }, node.place)
      return node.afterwards
    }
    const nextStep = nextRouteStep(walk)
    if (nextStep !== null) return nextStep
    return endWell(walk, key, node.does === 'echo' || node.answer)
  }
  if (node !== undefined) walk.because('finished', { who: node.name }, node.place)
  return endWell(walk, key, true)
}
