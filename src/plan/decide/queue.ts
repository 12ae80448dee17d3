/**
 * Queues: IN-05, Q-01 … Q-03. A call may wait in a queue until its own time is over (`on-waited`, ten minutes when nothing is said);
 * agents ring meanwhile, again and again, and none has to be free now.
 *
 * Waiting is no ringing: it does not count towards `defaults.longest-ringing`, which bounds the time a caller hears somebody's
 * telephone ring. A call is over, answered or recorded within longest-ringing, plus the waiting time of each queue it passes
 * (each at most once, unless the caller goes back by pressing a key), plus what is spoken to it.
 */
import type { HuntNode, Node, NodeKey, PersonNode, QueueRules, SkillWish } from '../compiled.ts'
import type { QueueFacts, Step } from '../decision.ts'
import { holds } from './conditions.ts'
import type { Miss } from './ending.ts'
import type { Walk } from './journey.ts'
import { addMember, nobody, type Rung, ring, seconds } from './ringing.ts'

export type QueueNode = HuntNode & { readonly queue: QueueRules }

export function isQueue(node: Node): node is QueueNode {
  return node.kind === 'hunt' && node.queue !== null
}

const EMPTY: QueueFacts = { waiting: 0, expectedWaitMs: null, loggedIn: null }

/** A call arrives at a queue. A string is where it goes instead; a miss is why it cannot wait here. */
export function enterQueue(walk: Walk, node: QueueNode): Step | Miss | { readonly to: NodeKey } {
  const { queue } = node
  const now = walk.facts.queue?.(node.id) ?? EMPTY
  const rung = candidates(walk, node, now)
  if (rung.targets.length === 0 && rung.busy === 0) {
    walk.because('queue-nobody', { queue: node.name }, node.place)
    return 'unreachable'
  }
  if (queue.roomFor !== null && now.waiting >= queue.roomFor) {
    walk.because('queue-full', { queue: node.name, count: String(now.waiting) }, node.place)
    return 'busy'
  }
  const expected = queue.onExpectedWait
  if (expected !== null && now.expectedWaitMs !== null && now.expectedWaitMs > expected.afterMs) {
    walk.because(
      'queue-expected-wait',
      { queue: node.name, seconds: seconds(now.expectedWaitMs), target: walk.nameOf(expected.to) },
      node.place,
    )
    return { to: expected.to }
  }
  return wait(walk, node, rung, walk.ringForMs ?? node.forMs)
}

/** It goes on waiting: who can be rung now. A miss when its time is over or the last agent has gone. */
export function stillWaiting(walk: Walk, node: QueueNode): Step | Miss {
  const { journey } = walk
  const left = journey.t + journey.f - walk.facts.nowMs
  if (left < 1_000) return 'no-answer'
  const rung = candidates(walk, node, walk.facts.queue?.(node.id) ?? EMPTY)
  if (rung.targets.length === 0 && rung.busy === 0) {
    walk.because('queue-nobody', { queue: node.name }, node.place)
    return 'unreachable'
  }
  return wait(walk, node, rung, left)
}

function wait(walk: Walk, node: QueueNode, rung: Rung, forMs: number): Step | Miss {
  const { queue } = node
  let priority = 0
  for (const p of queue.priority)
    if (holds(walk, p.if)) {
      priority += p.add
      walk.because('queue-priority', { queue: node.name, add: String(p.add), why: conditionWords(p.if) }, node.place)
    }
  return ring(walk, rung, {
    key: node.key,
    name: node.name,
    order: node.order,
    forMs,
    eachMs: Math.min(node.eachMs, forMs),
    queue: { id: node.id, music: queue.music, says: queue.says, strategy: queue.strategy, priority, wrapUpMs: queue.wrapUpMs },
  })
}

function conditionWords(condition: QueueRules['priority'][number]['if']): string {
  switch (condition.is) {
    case 'vip':
    case 'anonymous':
      return `@condition-${condition.is}`
    case 'menu-key':
      return `menu-key ${condition.key}`
    case 'language':
      return `@language-${condition.language}`
    case 'line':
      return `line ${condition.number}`
  }
}

/** Agents who are logged in, free and able: those preferred first, then by tier, then as written. */
function candidates(walk: Walk, node: QueueNode, now: QueueFacts): Rung {
  const { queue } = node
  const rung = nobody(node.order)
  const require = inForce(walk, queue.require)
  const prefer = inForce(walk, queue.prefer)
  if (require !== null) walk.because('queue-requires', { queue: node.name, skill: require.skill, level: String(require.level) }, node.place)
  if (prefer !== null) walk.because('queue-prefers', { queue: node.name, skill: prefer.skill }, node.place)
  const ranked = node.members.map(member => {
    const { target } = member
    const id = 'person' in target ? target.person.id : 'role' in target ? target.role.id : target.who
    const people: readonly PersonNode[] = 'person' in target ? [target.person] : 'role' in target ? target.role.holders : []
    const able = (wish: SkillWish): boolean => people.some(p => (p.skills.get(wish.skill) ?? 0) >= wish.level)
    const loggedIn = now.loggedIn === null || now.loggedIn.has(id)
    if (!loggedIn) rung.skipped.push({ name: people[0]?.name ?? id, why: 'logged-out' })
    else if (require !== null && !able(require)) rung.skipped.push({ name: people[0]?.name ?? id, why: 'skill' })
    else return { member, rank: prefer === null || able(prefer) ? member.tier : 100 + member.tier }
    return null
  })
  const order = ranked.filter(r => r !== null).sort((a, b) => a.rank - b.rank)
  let last = -1
  let tier = 0
  for (const { member, rank } of order) {
    if (rank !== last) tier++
    last = rank
    rung.tier = tier
    addMember(walk, rung, member)
  }
  return rung
}

function inForce(walk: Walk, wish: SkillWish | null): SkillWish | null {
  return wish === null || (wish.if !== null && !holds(walk, wish.if)) ? null : wish
}
