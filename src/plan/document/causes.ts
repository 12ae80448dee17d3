/** Why calls go on from a place, in as few words as a row of a drawing holds. */
import type { CompiledPlan } from '../compiled.ts'
import type { Condition } from './condition.ts'
import { whoText } from './places.ts'
import type { Say } from './say.ts'
import type { Exit } from './way.ts'
import type { Cause } from './way-steps.ts'

const MISSED: readonly Cause[] = ['no-answer', 'busy', 'unreachable', 'rejected']
const MISSED_OUTSIDE: readonly Cause[] = ['no-answer', 'busy', 'failed']

/** Rows in the order in which people think of them. */
const RANK: Readonly<Record<string, number>> = {
  pass: 0,
  forward: 1,
  finished: 2,
  waited: 3,
  'no-answer': 4,
  busy: 5,
  rejected: 6,
  unreachable: 7,
  failed: 8,
  'queue-nobody': 9,
  'queue-full': 10,
  'queue-long': 11,
  'caller-vip': 36,
  'caller-withheld': 37,
  'caller-spam': 38,
  'caller-blocked': 39,
  silence: 30,
  'other-key': 31,
}

export function rankOf(cause: Cause): number {
  if (cause.startsWith('key ')) return 12 + (cause.length === 5 ? '1234567890*#'.indexOf(cause[4]!) : 12)
  return cause.startsWith('outage ') ? 40 : (RANK[cause] ?? 50)
}

/** Several ways out to one place, at the same times, in one phrase. Empty when nothing has to be said. */
export function causesText(exits: readonly Exit[], plan: CompiledPlan, say: Say): string {
  const causes = exits.map(e => e.cause)
  const has = (list: readonly Cause[]): boolean => list.every(c => causes.includes(c))
  const afterMs = exits.find(e => e.afterMs !== null)?.afterMs ?? null
  const parts: string[] = []
  const told = new Set<Cause>()
  for (const list of [MISSED, MISSED_OUTSIDE])
    if (told.size === 0 && has(list)) {
      parts.push(afterMs === null ? say('exit-no-answer-plain') : say('exit-missed', { time: say.time(afterMs) }))
      for (const cause of list) told.add(cause)
    }
  const keys = causes.filter(c => c.startsWith('key ')).map(c => c.slice(4))
  if (keys.length > 0) parts.push(say('exit-key', { n: keys.length, keys: keysText(keys) }))
  for (const exit of exits) {
    const { cause } = exit
    if (told.has(cause) || cause.startsWith('key ') || cause === 'pass') continue
    told.add(cause)
    if (cause.startsWith('outage ')) parts.push(say('exit-outage', { what: outageText(plan, Number(cause.slice(7))) }))
    else if (cause === 'no-answer' || cause === 'waited')
      parts.push(exit.afterMs === null ? say('exit-no-answer-plain') : say(`exit-${cause}`, { time: say.time(exit.afterMs) }))
    else parts.push(say(`exit-${cause as 'busy'}`))
  }
  return parts.join(', ')
}

/**
 * Rows that say the same and lead to different places, as happens where a route goes on after somebody was missed: each is told
 * from where the call had come.
 */
export function toldApart<R extends { readonly text: string; readonly to: string; readonly exits: readonly Exit[] }>(
  rows: readonly R[],
  nameOf: (id: string) => string,
  say: Say,
): readonly R[] {
  const alike = new Map<string, number>()
  for (const r of rows) alike.set(r.text, (alike.get(r.text) ?? 0) + 1)
  return rows.map(r => {
    if (alike.get(r.text) === 1) return r
    const via = new Set(r.exits.flatMap(e => [...e.via]))
    const others = new Set(rows.filter(o => o !== r && o.text === r.text).flatMap(o => o.exits.flatMap(e => [...e.via])))
    const names = [...new Set([...via].filter(id => id !== '' && !others.has(id)).map(nameOf))]
    return names.length === 0 || names.length > 3 ? r : { ...r, text: say('exit-via', { why: r.text, where: names.join(', ') }) }
  })
}

/** '1–4, 0' */
function keysText(keys: readonly string[]): string {
  const runs: string[][] = []
  for (const key of keys) {
    const last = runs.at(-1)?.at(-1)
    if (last !== undefined && /\d/.test(last) && Number(key) === Number(last) + 1) runs.at(-1)!.push(key)
    else runs.push([key])
  }
  return runs.map(r => (r.length > 2 ? `${r[0]}–${r.at(-1)}` : r.join(', '))).join(', ')
}

export function outageText(plan: CompiledPlan, index: number): string {
  return plan.outages[index]?.text ?? String(index + 1)
}

/** What is open comes before what is closed. */
export function byTime(a: Condition | null, b: Condition | null): number {
  const rank = (c: Condition | null): number => (c === null ? 0 : c.is === 'sometimes' ? 3 : c.of[0]?.state === 'closed' ? 2 : 1)
  return rank(a) - rank(b)
}

export function conditionText(condition: Condition, plan: CompiledPlan, say: Say): string {
  if (condition.is === 'sometimes') return say('when-sometimes')
  return condition.of
    .map(({ calendar, state }) => {
      const id = calendar.slice(calendar.indexOf(':') + 1)
      if (calendar.startsWith('hours:')) return say(state === 'open' ? 'when-open' : 'when-closed', { hours: id })
      return state === '' ? say('when-no-turn') : say('when-turn', { who: whoText(plan, state) })
    })
    .join(', ')
}
