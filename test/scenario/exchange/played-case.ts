/** One row of the case table: what paper says, and what happens when telephones play it. */
import assert from 'node:assert/strict'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import { enter, next } from '../../../src/plan/decide.ts'
import type { Action, Facts, Origin, Outcome } from '../../../src/plan/decision.ts'
import { suppose } from '../../../src/plan/suppose.ts'
import type { CallCase } from '../../plans/cases.ts'
import type { Weather } from '../sip/fake-network.ts'
import type { Mood, PhoneCall, Telephone } from './telephone.ts'
import { planNamed, World } from './world.ts'

/** So long before the call the office is set up: long enough for trunks to be found down. */
const BEFORE_MS = 400_000
const BUSY_BEFORE_MS = 20_000

export interface Decided {
  readonly action: Action
  readonly outcome: string | undefined
}

export interface Played {
  readonly world: World
  readonly caller: Telephone
  readonly call: PhoneCall
  readonly decided: readonly Action[]
  /** Who was rung for which decision, in order: an account, or 'trunk:number shown'. */
  readonly rung: readonly { readonly decision: number; readonly who: string }[]
  readonly prompts: readonly string[]
}

export function originOf(from: string): Origin {
  const slash = from.indexOf('/')
  if (slash < 0) return { kind: 'device', account: from }
  const number = from.slice(slash + 1)
  return { kind: 'trunk', trunk: from.slice(0, slash), number: number === '' ? null : number }
}

function outcomeOf(text: string): Outcome {
  const [was, status] = text.split(' ')
  if (was === 'keys') return { was, keys: status! }
  return was === 'failed' ? { was, status: Number(status) } : { was: was as 'busy' }
}

/** What the decision function says, knowing that who calls from a telephone is in a call. */
export function paper(c: CallCase): Decided[] {
  const plan = typeof c.plan === 'string' ? planNamed(c.plan) : (c.plan as CompiledPlan)
  const world = suppose(plan, c.suppose ?? [])
  assert.ok(world.ok)
  const origin = originOf(c.from)
  const facts = (nowMs: number): Facts => {
    const supposed = world.value.facts(nowMs)
    return { ...supposed, activeCalls: a => supposed.activeCalls(a) + (origin.kind === 'device' && origin.account === a ? 1 : 0) }
  }
  let nowMs = Date.parse(c.at)
  let step = enter(plan, facts(nowMs), origin, c.to)
  const out: Decided[] = [{ action: step.action, outcome: c.ways[1] }]
  for (let i = 1; i < c.ways.length; i += 2) {
    // A message and an echo end with the call: nobody is asked what follows.
    if (step.action.do === 'voicemail' || step.action.do === 'echo' || step.action.do === 'end') break
    const outcome = outcomeOf(c.ways[i]!)
    nowMs += outcome.was === 'no-answer' && 'forMs' in step.action ? step.action.forMs : 1_000
    step = next(plan, facts(nowMs), step.position, outcome)
    out.push({ action: step.action, outcome: c.ways[i + 2] })
  }
  return out
}

function moodFor(outcome: string | undefined): Mood {
  const [was, status] = (outcome ?? 'no-answer').split(' ')
  switch (was) {
    case 'busy':
      return { is: 'says', status: 486, afterMs: 100 }
    case 'rejected':
      return { is: 'says', status: 603, afterMs: 100 }
    case 'unreachable':
      return { is: 'says', status: 480, afterMs: 100 }
    case 'failed':
      return { is: 'says', status: Number(status), afterMs: 100 }
    default:
      return { is: 'rings' }
  }
}

export function play(c: CallCase, steps: readonly Decided[], weather: Weather, seed: number): Played {
  const at = Date.parse(c.at)
  const world = new World({ plan: c.plan, at: new Date(at - BEFORE_MS).toISOString(), seed })
  const supposed = (c.suppose ?? []).map(s => s.split(' ') as [string, string])
  const silent = new Set<Telephone>()
  for (const account of world.plan.accounts.keys()) {
    const phone = world.phone(account)
    if (!supposed.some(([name, how]) => how === 'away' && accountsOf(world, name).includes(account))) phone.register()
  }
  for (const trunk of world.plan.trunks.keys()) {
    const provider = world.provider(trunk)
    if (supposed.some(([name, how]) => how === 'down' && name === trunk)) silent.add(provider)
  }
  for (const s of silent) s.mood = { is: 'silent' }
  world.core.trunks.start()
  world.run(BEFORE_MS - BUSY_BEFORE_MS)
  for (const [name, how] of supposed) {
    if (how === 'busy') for (const account of accountsOf(world, name)) if (account !== c.from) keepBusy(world, account)
    if (how === 'full') fill(world, name)
  }
  world.run(at - world.nowMs)
  world.network.weather = weather

  const decided: Action[] = []
  const rung: { decision: number; who: string }[] = []
  const before = new Set(world.callIds)
  world.log.watch = (id, event) => {
    if (before.has(id) || event.type !== 'call.decided' || isNextRound(decided.at(-1), event.action)) return
    const mood = moodFor(steps[decided.length]?.outcome)
    decided.push(event.action)
    for (const p of [...world.phones.values(), ...world.providers.values()]) if (!silent.has(p)) p.mood = mood
    const keys = /^keys (.+)$/.exec(steps[decided.length - 1]?.outcome ?? '')?.[1]
    // Pressed while the menu is still speaking: nobody waits for its end.
    if (event.action.do === 'menu' && keys !== undefined) world.timers.set(world.nowMs + 500, () => world.media.press(id, `${id}-0`, keys))
  }
  for (const p of world.phones.values()) p.onCall = () => rung.push({ decision: decided.length - 1, who: p.username })
  for (const p of world.providers.values())
    p.onCall = call => {
      const from = /^sip:([^@]*)@/.exec(call.invite!.from.uri)?.[1]
      rung.push({ decision: decided.length - 1, who: `${p.username}:${call.invite!.dialled} ${from}` })
    }
  const heard = world.media.heard.length
  const origin = originOf(c.from)
  const caller =
    origin.kind === 'trunk'
      ? (world.providers.get(origin.trunk) ?? world.phone(origin.trunk))
      : origin.account === '999'
        ? world.phone('999')
        : world.phones.get(c.from)!
  const call = caller.dial(
    c.to,
    origin.kind !== 'trunk'
      ? {}
      : origin.number === null
        ? { from: { display: 'Anonymous', uri: 'sip:anonymous@anonymous.invalid' }, headers: [{ name: 'Privacy', value: 'id' }] }
        : { from: { uri: `sip:${origin.number}@${caller.host}` } },
  )
  // Until everything supposed has happened and the last step has begun.
  for (let s = 0; s < 60 && decided.length < steps.length; s++) world.run(4_000)
  world.run(6_000)
  return { world, caller, call, decided, rung, prompts: world.media.heard.slice(heard).map(h => h.words) }
}

/** A call that goes on waiting in its queue: who can be rung now is asked again and again. */
function isNextRound(was: Action | undefined, now: Action): boolean {
  return was?.do === 'ring' && now.do === 'ring' && was.queue !== undefined && was.queue.id === now.queue?.id
}

/** The accounts of a person, device, room or extension of the plan. */
function accountsOf(world: World, name: string): string[] {
  const out: string[] = []
  for (const a of world.plan.accounts.values()) {
    const owner = a.owner.slice(a.owner.indexOf(':') + 1)
    if (a.username === name || a.device === name || owner === name || a.extension === name) out.push(a.username)
  }
  return out
}

/** In a call with the exchange itself, which rings nobody. */
function keepBusy(world: World, account: string): void {
  const service = [...world.plan.nodes.values()].find(n => n.kind === 'service' && n.does === 'echo' && n.number !== '')
  const box = [...world.plan.nodes.values()].find(n => n.kind === 'voicemail' && n.number !== '')
  const number = (service ?? box) as { readonly number: string }
  world.phones.get(account)!.dial(number.number)
}

/** As many calls over the trunk as it has channels. */
function fill(world: World, trunk: string): void {
  const { channels } = world.plan.trunks.get(trunk)!
  const provider = world.providers.get(trunk)!
  provider.mood = { is: 'answers' }
  const mobilesFirst = trunk === 'telecom-b'
  for (let i = 0; i < channels; i++) world.phones.get('222')!.dial(mobilesFirst ? `8701555${1000 + i}` : `222${1000 + i}`)
}
