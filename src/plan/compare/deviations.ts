/**
 * Worlds in which a decision may come out otherwise: of what was asked of the world, one thing at a time is supposed different,
 * and those together that stand for "all". Amounts are tried where a rule of either plan draws its line.
 */
import type { CompiledPlan, NodeKey, OutageCondition, PersonNode } from '../compiled.ts'
import type { Action, QueueFacts, UserForward } from '../decision.ts'
import type { Asked, Supposed } from './supposed.ts'

/** What is otherwise, so that it can be told: 'busy' with the people's names, 'down' with a trunk. */
export interface Otherwise {
  readonly how:
    | 'busy'
    | 'away'
    | 'on-a-call'
    | 'down'
    | 'full'
    | 'calls-on'
    | 'spent'
    | 'used-minutes'
    | 'used-at-once'
    | 'used-money'
    | 'outage'
    | 'forwards'
    | 'disturb'
    | 'queue-full'
    | 'queue-waiting'
    | 'queue-long'
    | 'queue-nobody'
    | 'opened'
    | 'closed'
  readonly what: readonly string[]
  readonly to?: string
}

export interface Deviation {
  readonly supposed: Supposed
  readonly otherwise: Otherwise
  /** It is the same as this outcome of ringing there. */
  readonly like?: 'busy' | 'unreachable'
}

const MANY = 1_000_000_000
const MOST_ONE_BY_ONE = 6

export interface Bounds {
  readonly callsAtOnce: ReadonlyMap<string, readonly number[]>
  readonly channels: ReadonlyMap<string, readonly number[]>
  readonly use: readonly NonNullable<Supposed['use']>[]
  readonly queues: ReadonlyMap<string, readonly QueueFacts[]>
  readonly owners: ReadonlyMap<string, NodeKey>
  /** People whose own forwards may come out otherwise in the two plans, with forwards to try. */
  readonly forwards: ReadonlyMap<string, readonly UserForward[]>
  /** Hours that the calendar never opens, or never closes, in the time compared. */
  readonly byHand: ReadonlyMap<string, readonly ('open' | 'closed')[]>
  trunksOf(outage: string): ReadonlySet<string>
}

export function deviations(asked: Asked, action: Action | null, bounds: Bounds): readonly Deviation[] {
  return [
    ...people(asked, action, bounds),
    ...forwards(asked, bounds),
    ...trunks(asked, action, bounds),
    ...(asked.use ? bounds.use.map((use): Deviation => ({ supposed: { use }, otherwise: used(use) })) : []),
    ...[...asked.outages].map(
      (text): Deviation => ({
        supposed: { outages: new Set([text]), down: bounds.trunksOf(text) },
        otherwise: { how: 'outage', what: [text] },
      }),
    ),
    ...[...asked.queues].flatMap(id => queue(id, bounds)),
    ...[...asked.hours].flatMap(id =>
      (bounds.byHand.get(id) ?? []).map(
        (state): Deviation => ({
          supposed: { overrides: new Map([[id, state]]) },
          otherwise: { how: state === 'open' ? 'opened' : 'closed', what: [id] },
        }),
      ),
    ),
  ]
}

function used(use: NonNullable<Supposed['use']>): Otherwise {
  if (use.todayMs === MANY) return { how: 'spent', what: [] }
  const how = use.todayMs > 0 ? 'used-minutes' : use.atOnce > 0 ? 'used-at-once' : 'used-money'
  const amount = use.todayMs > 0 ? use.todayMs / 60_000 : use.atOnce > 0 ? use.atOnce : use.todaySpent
  return { how, what: [], to: String(amount) }
}

function people(asked: Asked, action: Action | null, bounds: Bounds): Deviation[] {
  const accounts = [...asked.accounts]
  if (accounts.length === 0) return []
  const away = (list: readonly string[], like?: 'unreachable'): Deviation => ({
    supposed: { away: new Set(list) },
    otherwise: { how: 'away', what: list },
    ...(like === undefined ? {} : { like }),
  })
  const busy = (list: readonly string[], like?: 'busy'): Deviation => ({
    supposed: { calls: new Map(list.map(a => [a, MANY])) },
    otherwise: { how: 'busy', what: list },
    ...(like === undefined ? {} : { like }),
  })
  const out: Deviation[] = [away(accounts, 'unreachable'), busy(accounts, 'busy')]
  const owners = new Map<NodeKey, string[]>()
  for (const account of accounts) {
    const owner = bounds.owners.get(account) ?? account
    owners.set(owner, [...(owners.get(owner) ?? []), account])
  }
  if (owners.size > 1 && owners.size <= MOST_ONE_BY_ONE) for (const list of owners.values()) out.push(away(list), busy(list))
  // Those who would be rung are busy: whoever comes next shows.
  if (owners.size > MOST_ONE_BY_ONE && action?.do === 'ring') {
    const rung = action.targets.filter(t => t.outside === undefined).flatMap(t => [t.account, ...(t.also ?? [])])
    if (rung.length < accounts.length && rung.length > 0) out.push(busy(rung), away(rung))
    if (rung.length > 1) out.push(busy(rung.slice(0, rung.length >> 1)))
  }
  for (const list of owners.values())
    for (const count of bounds.callsAtOnce.get(list[0]!) ?? [])
      out.push({ supposed: { calls: new Map(list.map(a => [a, count])) }, otherwise: { how: 'on-a-call', what: list, to: String(count) } })
  return out
}

function forwards(asked: Asked, bounds: Bounds): Deviation[] {
  const out: Deviation[] = []
  const all = [...asked.forwards]
  if (all.length > 1)
    out.push({ supposed: { forwards: new Map(all.map(p => [p, { doNotDisturb: true }])) }, otherwise: { how: 'disturb', what: all } })
  for (const person of all.slice(0, MOST_ONE_BY_ONE))
    for (const forward of bounds.forwards.get(person) ?? [])
      out.push({
        supposed: { forwards: new Map([[person, forward]]) },
        otherwise:
          forward.always === undefined ? { how: 'disturb', what: [person] } : { how: 'forwards', what: [person], to: forward.always },
      })
  return out
}

function trunks(asked: Asked, action: Action | null, bounds: Bounds): Deviation[] {
  const list = [...asked.trunks]
  const out: Deviation[] = []
  const down = (some: readonly string[]): void => {
    out.push({ supposed: { down: new Set(some) }, otherwise: { how: 'down', what: some } })
  }
  if (list.length <= 4 && action?.do !== 'ring')
    for (let bits = 1; bits < 1 << list.length; bits++) down(list.filter((_, i) => (bits & (1 << i)) !== 0))
  else {
    for (const trunk of list.slice(0, 12)) down([trunk])
    if (list.length > 1) down(list)
  }
  if (list.length > 0) out.push({ supposed: { trunkCalls: new Map(list.map(t => [t, MANY])) }, otherwise: { how: 'full', what: list } })
  for (const trunk of list)
    for (const count of bounds.channels.get(trunk) ?? [])
      out.push({ supposed: { trunkCalls: new Map([[trunk, count]]) }, otherwise: { how: 'calls-on', what: [trunk], to: String(count) } })
  return out
}

function queue(id: string, bounds: Bounds): Deviation[] {
  return (bounds.queues.get(id) ?? []).map(facts => ({
    supposed: { queues: new Map([[id, facts]]) },
    otherwise:
      facts.loggedIn !== null
        ? { how: 'queue-nobody', what: [id] }
        : facts.expectedWaitMs !== null
          ? { how: 'queue-long', what: [id], to: `${Math.round(facts.expectedWaitMs / 1000)}s` }
          : { how: facts.waiting === MANY ? 'queue-full' : 'queue-waiting', what: [id], to: String(facts.waiting) },
  }))
}

/** Where the two plans draw their lines. `names` maps the new plan's ids to the old one's. */
export function boundsOf(
  before: CompiledPlan,
  after: CompiledPlan,
  names: { who(id: string): string; account(id: string): string; trunk(id: string): string; queue(id: string): string },
  byHand: Bounds['byHand'],
): Bounds {
  const callsAtOnce = new Map<string, readonly number[]>()
  const owners = new Map<string, NodeKey>()
  const forwards = new Map<string, readonly UserForward[]>()
  const channels = new Map<string, readonly number[]>()
  const queues = new Map<string, readonly QueueFacts[]>()
  const own = (plan: CompiledPlan, account: (id: string) => string): ReadonlyMap<string, PersonNode> => {
    const out = new Map<string, PersonNode>()
    for (const node of plan.nodes.values()) if (node.kind === 'person') for (const a of node.accounts) out.set(account(a), node)
    return out
  }
  const people = own(before, a => a)
  const later = own(after, names.account)
  for (const [account, person] of [...later, ...people]) owners.set(account, person.key)
  for (const [account, person] of people) {
    const then = later.get(account)
    if (then !== undefined && then.callsAtOnce !== person.callsAtOnce)
      callsAtOnce.set(account, [Math.min(then.callsAtOnce, person.callsAtOnce)])
  }
  for (const node of after.nodes.values()) {
    if (node.kind !== 'person' || node.is !== 'person') continue
    const id = names.who(node.id)
    const was = before.nodes.get(`person:${id}`)
    if (was?.kind !== 'person') continue
    if (forwardFacts(before, was) !== forwardFacts(after, node)) forwards.set(id, forwardsToTry(before, was, node))
  }
  for (const trunk of after.trunks.values()) {
    const was = before.trunks.get(names.trunk(trunk.id))
    if (was !== undefined && was.channels !== trunk.channels) channels.set(was.id, [Math.min(was.channels, trunk.channels)])
  }
  for (const [plan, name] of [
    [before, (id: string) => id],
    [after, names.queue],
  ] as const)
    for (const node of plan.nodes.values()) {
      if (node.kind !== 'hunt' || node.queue === null) continue
      const id = name(node.id)
      const list = [
        ...(queues.get(id) ?? [
          { waiting: MANY, expectedWaitMs: null, loggedIn: null },
          { waiting: 0, expectedWaitMs: null, loggedIn: new Set<string>() },
        ]),
      ]
      if (node.queue.roomFor !== null) list.push({ waiting: node.queue.roomFor, expectedWaitMs: null, loggedIn: null })
      if (node.queue.onExpectedWait !== null)
        list.push({ waiting: 0, expectedWaitMs: node.queue.onExpectedWait.afterMs + 1, loggedIn: null })
      queues.set(id, list)
    }
  const conditions = new Map<string, ReadonlySet<string>>()
  for (const [plan, trunk] of [
    [before, (id: string) => id],
    [after, names.trunk],
  ] as const)
    for (const outage of plan.outages)
      conditions.set(
        outage.text,
        new Set([...(conditions.get(outage.text) ?? []), ...outage.conditions.flatMap(c => trunksDown(plan, c)).map(trunk)]),
      )
  return {
    callsAtOnce,
    owners,
    forwards,
    channels,
    queues,
    byHand,
    use: uses(before, after),
    trunksOf: text => conditions.get(text) ?? new Set(),
  }
}

function forwardFacts(plan: CompiledPlan, node: PersonNode): string {
  return JSON.stringify([node.mayForward, node.box, node.mobile, plan.forwards])
}

function forwardsToTry(plan: CompiledPlan, was: PersonNode, node: PersonNode): readonly UserForward[] {
  const inside = [...plan.nodes.values()].find(n => n.kind === 'person' && n.extension !== '' && n.key !== was.key)
  const to = ['voicemail', '+77010000001']
  if (inside?.kind === 'person') to.push(inside.extension)
  for (const mobile of new Set([was.mobile, node.mobile])) if (mobile !== null) to.push(mobile)
  return to.map(value => ({ always: value, busy: value, noAnswer: value, unreachable: value }))
}

function uses(before: CompiledPlan, after: CompiledPlan): Bounds['use'] {
  const guards = (plan: CompiledPlan): string => JSON.stringify(plan.outgoing.map(r => r.guard))
  const spent = { todayMs: MANY, atOnce: MANY, todaySpent: MANY }
  if (guards(before) === guards(after)) return [spent]
  const out = [spent]
  const none = { todayMs: 0, atOnce: 0, todaySpent: 0 }
  const add = (use: (typeof out)[number]): void => {
    if (!out.some(u => JSON.stringify(u) === JSON.stringify(use))) out.push(use)
  }
  for (const { guard } of [...before.outgoing, ...after.outgoing]) {
    if (guard === null) continue
    if (guard.perDayMs !== null) add({ ...none, todayMs: guard.perDayMs })
    if (guard.atOnce !== null) add({ ...none, atOnce: guard.atOnce })
    if (guard.spend !== null) add({ ...none, todaySpent: guard.spend.amount })
  }
  return [...out.slice(1), spent]
}

/** Trunks that are down while this condition holds. */
export function trunksDown(plan: CompiledPlan, condition: OutageCondition): readonly string[] {
  const all = [...plan.trunks.values()]
  const by = (test: (trunk: (typeof all)[number]) => boolean): string[] => all.filter(test).map(t => t.id)
  switch (condition.is) {
    case 'link-down':
      return by(t => t.link === condition.link)
    case 'trunk-down':
      return [condition.trunk]
    case 'provider-down':
      return by(t => plan.source.trunks[t.id]?.provider === condition.provider)
    case 'site-cut-off': {
      const links = plan.sites.get(condition.site)?.links ?? []
      return by(t => t.link !== null && links.includes(t.link))
    }
    case 'office-cut-off':
    case 'all-trunks-down':
      return by(() => true)
    case 'power-low':
      return []
  }
}
