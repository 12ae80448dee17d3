/** Ringing people: who can be rung now, who is busy or away, and how long. */
import type { Member, NodeKey, PersonNode, Reach, RecordingRule, RoleNode } from '../compiled.ts'
import type { Place, QueueWait, RingTarget, Shown, Step } from '../decision.ts'
import { outsideNumber } from '../normalise.ts'
import type { Miss } from './ending.ts'
import { doNotDisturb } from './forward.ts'
import type { Walk } from './journey.ts'
import { clock } from './open.ts'
import { attemptsForPlan } from './outgoing.ts'
import { announcement, decision, ruleFor } from './recording.ts'

type Skipped = 'busy' | 'dnd' | 'away' | 'no-mobile' | 'no-trunk' | 'logged-out' | 'skill'

/** Who would ring, and why the others do not. */
export interface Rung {
  readonly targets: RingTarget[]
  /** Parallel to `targets`: whose they are, for recording rules. */
  readonly people: (PersonNode | null)[]
  readonly skipped: { readonly name: string; readonly why: Skipped }[]
  busy: number
  away: number
  /** Queues: the tier of whoever is added now; 0 elsewhere. */
  tier: number
  /** Whether several phones of one person make one target. */
  readonly oneByOne: boolean
}

export function nobody(order: 'together' | 'one-by-one' = 'together'): Rung {
  return { targets: [], people: [], skipped: [], busy: 0, away: 0, tier: 0, oneByOne: order === 'one-by-one' }
}

/** Adds a person's phones, their mobile, or both. */
export function addPerson(walk: Walk, rung: Rung, person: PersonNode, reach: Reach, who: string, acceptBy: string | null): void {
  if (reach !== 'mobile') addPhones(walk, rung, person, who)
  if (reach !== 'phone' && person.mobile !== null) addOutside(walk, rung, person.mobile, who, person, acceptBy)
  else if (reach === 'mobile') {
    rung.away++
    rung.skipped.push({ name: person.name, why: 'no-mobile' })
  }
}

function addPhones(walk: Walk, rung: Rung, person: PersonNode, who: string): void {
  const { facts } = walk
  let registered = 0
  let active = 0
  for (const account of person.accounts) {
    if (facts.registered(account)) registered++
    const calls = facts.activeCalls(account)
    if (calls > active) active = calls
  }
  if (doNotDisturb(walk, person)) {
    rung.busy++
    rung.skipped.push({ name: person.name, why: 'dnd' })
  } else if (registered === 0) {
    rung.away++
    rung.skipped.push({ name: person.name, why: 'away' })
  } else if (active >= person.callsAtOnce) {
    rung.busy++
    rung.skipped.push({ name: person.name, why: 'busy' })
  } else if (rung.oneByOne) {
    const accounts = person.accounts.filter(a => facts.registered(a))
    if (rung.targets.some(t => t.account === accounts[0])) return
    const target: RingTarget = { account: accounts[0]!, who, extension: person.extension }
    add(rung, accounts.length === 1 ? target : { ...target, also: accounts.slice(1) }, person)
  } else
    for (const account of person.accounts) {
      if (!facts.registered(account) || rung.targets.some(t => t.account === account)) continue
      add(rung, { account, who, extension: person.extension }, person)
    }
}

function add(rung: Rung, target: RingTarget, person: PersonNode | null): void {
  rung.targets.push(rung.tier === 0 ? target : { ...target, tier: rung.tier })
  rung.people.push(person)
}

function addOutside(walk: Walk, rung: Rung, number: string, who: string, person: PersonNode | null, acceptBy: string | null): void {
  const read = outsideNumber(number, walk.plan.home.habit)
  const attempts = attemptsForPlan(walk, { number, class: read?.class ?? 'international' })
  if (attempts.length === 0) {
    rung.away++
    rung.skipped.push({ name: person?.name ?? who, why: 'no-trunk' })
    return
  }
  const target: RingTarget = {
    account: '',
    who,
    extension: person?.extension ?? '',
    outside: { number, attempts, nextAfterMs: walk.plan.nextTrunkAfterMs },
  }
  add(rung, acceptBy === null ? target : { ...target, acceptBy, language: person?.language ?? walk.plan.language }, person)
}

/** A role's people: its holders, or whose turn it is. */
export function addRole(walk: Walk, rung: Rung, role: RoleNode): void {
  for (const person of holders(walk, role, true)) addPerson(walk, rung, person, role.reach, person.id, role.acceptBy)
}

/** `all`: further lines of a rota too; among others who ring, the first line stands for the role. */
function holders(walk: Walk, role: RoleNode, all: boolean): readonly PersonNode[] {
  if (role.rota === null) return role.holders
  const rota = walk.plan.rotas.get(role.rota)
  const turn = rota?.at(walk.facts.nowMs) ?? null
  if (rota === undefined || turn === null) {
    walk.because('turn-nobody', { rota: role.rota }, rota?.place ?? role.place)
    return []
  }
  const node = walk.node(`person:${turn.who}`)
  walk.because(
    turn.swapped ? 'turn-swapped' : 'turn',
    { who: node?.name ?? turn.who, rota: role.rota, until: clock(turn.untilMs, walk.plan.office.timezone) },
    rota.place,
  )
  const people = all || rota.order === 'together' ? [turn.who, ...turn.next] : [turn.who]
  return people.flatMap(who => {
    const person = walk.node(`person:${who}`)
    return person?.kind === 'person' ? [person] : []
  })
}

export function addMember(walk: Walk, rung: Rung, member: Member): void {
  const { target } = member
  if ('person' in target) addPerson(walk, rung, target.person, member.reach, target.person.id, null)
  else if ('role' in target)
    for (const person of holders(walk, target.role, false)) addPerson(walk, rung, person, member.reach, person.id, target.role.acceptBy)
  else addOutside(walk, rung, target.outside, target.who, null, null)
}

export interface RingPlan {
  readonly key: NodeKey
  readonly name: string
  readonly order: 'together' | 'one-by-one'
  readonly forMs: number
  readonly eachMs: number
  /** The call waits here, whether anybody is free or not; that is no ringing and has its own bound. */
  readonly queue?: QueueWait
}

/** Rings them, or says why nobody can be rung. */
export function ring(walk: Walk, rung: Rung, how: RingPlan): Step | Miss {
  const place = walk.node(how.key)?.place ?? null
  const { queue } = how
  if (rung.targets.length === 0 && queue === undefined) {
    if (rung.busy + rung.away > 1) skipped(walk, rung, place)
    return rung.busy > 0 ? 'busy' : 'unreachable'
  }
  const budget = queue === undefined ? walk.ringBudgetMs() : how.forMs
  if (budget < 1_000) {
    walk.because('ringing-limit', { seconds: seconds(walk.journey.r) }, walk.plan.place('defaults.longest-ringing'))
    return 'no-answer'
  }
  const asked = how.order === 'together' || queue !== undefined ? how.forMs : Math.min(how.forMs, how.eachMs * rung.targets.length)
  const forMs = Math.min(asked, budget)
  const eachMs = how.order === 'together' ? forMs : Math.min(how.eachMs, forMs)
  const who = unique(rung.targets.map((t, i) => rung.people[i]?.name ?? t.who))
  const values = { who: who.join(', '), seconds: seconds(forMs), each: seconds(eachMs) }
  if (queue !== undefined) {
    walk.because('queue-waits', { queue: how.name, seconds: values.seconds }, place)
    if (who.length === 0) walk.because('queue-all-busy', { queue: how.name }, place)
    else walk.because('queue-rings', { ...values, strategy: `@strategy-${queue.strategy ?? 'one-by-one'}` }, place)
  } else if (who.length === 1) walk.because('rings', values, place)
  else walk.because(how.order === 'together' ? 'rings-together' : 'rings-in-turn', values, place)
  skipped(walk, rung, place)
  const recorded = record(walk, how.key, rung)
  return walk.act(how.key, {
    do: 'ring',
    targets: recorded.targets,
    order: how.order,
    forMs,
    eachMs,
    shows: callerShown(walk),
    recording: recorded.recording,
    announcement: recorded.announcement,
    ...(queue === undefined ? {} : { queue }),
  })
}

/** Those who are not rung, by the reason why. */
function skipped(walk: Walk, rung: Rung, place: Place | null): void {
  const said = new Set<Skipped>()
  for (const { why } of rung.skipped) {
    if (said.has(why)) continue
    said.add(why)
    walk.because(`skipped-${why}`, { who: unique(rung.skipped.filter(s => s.why === why).map(s => s.name)).join(', ') }, place)
  }
}

/** One rule for all who ring, or one for each when rules speak of departments and people. */
function record(walk: Walk, key: NodeKey, rung: Rung) {
  if (walk.plan.recording.length === 0) return { targets: rung.targets, recording: null, announcement: null }
  const direction = walk.fromOutside() ? 'incoming' : 'internal'
  const rules =
    rung.people.length === 0 ? [ruleFor(walk, [key], null, direction)] : rung.people.map(p => ruleFor(walk, [key], p, direction))
  const first = rules[0] ?? null
  const told = rules.find((r): r is RecordingRule => r?.announce === true)
  if (rules.every(r => r === first)) {
    if (first === null) return { targets: rung.targets, recording: null, announcement: null }
    walk.because('recorded', { purpose: first.purpose }, first.place)
    return { targets: rung.targets, recording: decision(first), announcement: announcement(walk, first) }
  }
  const targets = rung.targets.map((target, i) => {
    const rule = rules[i] ?? null
    if (rule !== null) walk.because('recorded-for', { who: rung.people[i]?.name ?? target.who, purpose: rule.purpose }, rule.place)
    return { ...target, recording: rule === null ? null : decision(rule) }
  })
  return { targets, recording: null, announcement: told === undefined ? null : announcement(walk, told) }
}

/** The caller as the called party sees them, with the line's name before it. */
function callerShown(walk: Walk): Shown {
  const { journey } = walk
  const line = journey.l === '' ? undefined : walk.plan.lines.get(journey.l)
  const label = line === undefined || line.label === '' ? '' : line.label
  const name = label === '' ? journey.cd : journey.cd === '' ? label : `${label}: ${journey.cd}`
  if (journey.cn === '') return { number: 'anonymous', name: label === '' ? 'Anonymous' : label, withheld: true }
  return name === '' ? { number: journey.cn } : { number: journey.cn, name }
}

export function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10)
}

function unique(words: readonly string[]): string[] {
  return words.length < 2 ? [...words] : [...new Set(words)]
}
