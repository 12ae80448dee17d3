/** Reading one step of a walk: which places it passed, where it stands, how it may come out, and who calls. */
import type { CallerList, CompiledPlan } from '../compiled.ts'
import { isListed } from '../decide/callers.ts'
import { decode, type Journey } from '../decide/journey.ts'
import type { Action, Outcome, Position, Step } from '../decision.ts'

/** Why a call goes on from a place. */
export type Cause =
  /** Nothing has to happen: a line, a route, a forward. */
  | 'pass'
  | 'forward'
  | 'no-answer'
  | 'busy'
  | 'unreachable'
  | 'rejected'
  | 'failed'
  | 'finished'
  | 'silence'
  | 'other-key'
  | 'waited'
  | 'queue-full'
  | 'queue-nobody'
  | 'queue-long'
  | 'caller-withheld'
  | 'caller-vip'
  | 'caller-spam'
  | 'caller-blocked'
  | `key ${string}`
  | `outage ${number}`

/** What the caller notices of the end. */
export type EndKind = 'busy' | 'said' | 'nobody' | 'closed' | 'refused' | 'lines-busy' | 'silent'

/** Positions are read several times on the way; nobody writes into what was read. */
const read = new WeakMap<Position, Journey>()

export function journeyOf(position: Position): Journey {
  let journey = read.get(position)
  if (journey === undefined) read.set(position, (journey = decode(position)))
  return journey
}

export interface Caller {
  /** Null: anybody. */
  readonly cause: Cause | null
  readonly number: string | null
}

/** Anybody first, then one of each list, then somebody who shows no number. */
export function callersOf(plan: CompiledPlan): readonly Caller[] {
  const { vip, spam, blocked } = plan.callers
  const listed = (number: string): boolean => [vip, spam, blocked].some(list => isListed(list, number))
  let anybody = 0
  while (anybody < 1_000 && listed(callerNumber(anybody))) anybody++
  const sample = (list: CallerList): string | undefined =>
    list.exact.values().next().value ?? list.beginnings.map(b => b.padEnd(12, '0'))[0]
  const callers: Caller[] = [{ cause: null, number: callerNumber(anybody) }]
  for (const [cause, list] of [
    ['caller-vip', vip],
    ['caller-spam', spam],
    ['caller-blocked', blocked],
  ] as const) {
    const number = sample(list)
    if (number !== undefined) callers.push({ cause, number })
  }
  callers.push({ cause: 'caller-withheld', number: null })
  return callers
}

/** Numbers of all countries' shapes, so that some of them stand on no list. */
function callerNumber(n: number): string {
  return `+${1 + (n % 9)}${String(5_550_100 + n * 7).padStart(10, '0')}`
}

/**
 * Places that a step went through, the last being where it acts. A caller who goes back in menus shortens the list of what was
 * passed. What was dialled and is no place of the plan (an outside number, an emergency) is where it acts itself.
 */
export function chainOf(before: readonly string[], step: Step): readonly string[] {
  const { n, v: after } = journeyOf(step.position)
  let common = 0
  while (common < before.length && common < after.length && before[common] === after[common]) common++
  const chain = common < after.length ? after.slice(common) : after.length < before.length ? after.slice(-1) : []
  if (step.action.do !== 'end') return after.length === 0 ? [n] : chain
  const end = `end ${endKind(step.action)}`
  // An end that the plan names is the same place as one that comes by itself.
  return [...(chain.at(-1)?.startsWith('end:') === true ? chain.slice(0, -1) : chain), end]
}

export function endKind(action: Action): EndKind {
  if (action.do !== 'end') return 'said'
  const { prompts, status } = action
  if (status === 403 || status === 603) return 'refused'
  if (prompts.includes('outside-hours')) return 'closed'
  if (prompts.includes('nobody-available')) return 'nobody'
  if (prompts.includes('all-lines-busy')) return 'lines-busy'
  if (prompts.length > 0 || status === 200) return 'said'
  return status === 486 ? 'busy' : 'silent'
}

export function endsAlike(a: Step, b: Step): boolean {
  const [x, y] = [journeyOf(a.position), journeyOf(b.position)]
  return x.n === y.n && x.a === y.a && x.v.join() === y.v.join() && actionKey(a.action) === actionKey(b.action)
}

export function actionKey(action: Action): string {
  if (action.do !== 'ring') return JSON.stringify(action)
  return JSON.stringify([
    action.order,
    action.forMs,
    action.targets.map(t => [t.account, t.who, t.outside?.number, t.recording?.rule]),
    action.recording?.rule,
  ])
}

/** Times, ringing so far, the caller and what was chosen on the way back and forth change nothing that could be drawn. */
const IGNORED: ReadonlySet<string> = new Set(['t', 'f', 'h', 'r', 's', 'o', 'oa', 'cn', 'cd', 'ck', 'l', 'lang', 'lc', 'kp', 'b'])

/** Where it stands and what it has passed. */
export function stateKey(journey: Journey): string {
  return JSON.stringify({ ...journey, v: [...journey.v].sort() }, (key, value: unknown) => (IGNORED.has(key) ? undefined : value))
}

export function outcomesOf(action: Action): readonly (readonly [Cause, Outcome, number])[] {
  switch (action.do) {
    case 'ring':
      if (action.queue !== undefined) return [['waited', { was: 'no-answer' }, action.forMs]]
      return [
        ['no-answer', { was: 'no-answer' }, action.forMs],
        ['busy', { was: 'busy' }, 0],
        ['unreachable', { was: 'unreachable' }, 0],
        ['rejected', { was: 'rejected' }, 0],
      ]
    case 'dial-out':
      return [
        ['no-answer', { was: 'no-answer' }, action.forMs],
        ['busy', { was: 'busy' }, 0],
        ['failed', { was: 'failed', status: 503 }, 0],
      ]
    case 'announce':
      return [['finished', { was: 'finished' }, 0]]
    case 'menu': {
      const other = [...'*#9876543210'].find(key => !action.keys.includes(key))
      return [
        ...action.keys.map(key => [`key ${key}`, { was: 'keys', keys: key }, 0] as const),
        ...(other === undefined ? [] : [['other-key', { was: 'keys', keys: other }, 0] as const]),
        ['silence', { was: 'silence' }, action.silenceMs],
      ]
    }
    case 'voicemail':
    case 'echo':
    case 'end':
      return []
  }
}
