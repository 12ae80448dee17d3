/** Whether hours are open now, with the reason. */
import { type Hours, type HoursAnswer, zoned } from '../hours.ts'
import type { Walk } from './journey.ts'

export function openNow(walk: Walk, id: string, tell = true): boolean {
  const hours = walk.plan.hours.get(id)
  if (hours === undefined) return false
  const byHand = walk.facts.override?.(id) ?? null
  if (byHand !== null) {
    if (tell) walk.because(byHand === 'open' ? 'hours-open-by-hand' : 'hours-closed-by-hand', { hours: id }, walk.plan.place(`hours.${id}`))
    return byHand === 'open'
  }
  const answer = hours.at(walk.facts.nowMs)
  if (!tell) return answer.open
  const place = walk.plan.place(`hours.${id}`)
  const until = turnsAt(hours, answer)
  if (answer.because === 'week') walk.because(answer.open ? 'hours-open' : 'hours-closed', { hours: id, until }, place)
  else if (answer.because === 'exception')
    walk.because(answer.open ? 'hours-open-exception' : 'hours-closed-exception', { hours: id, day: answer.detail, until }, place)
  else walk.because(answer.open ? 'hours-open' : 'hours-closed-holiday', { hours: id, holiday: answer.detail, until }, place)
  return answer.open
}

/** Told at every call for hours on end: worked out once for each answer. */
const told = new WeakMap<Hours, { readonly untilMs: number; readonly open: boolean; readonly text: string }>()

/** When the answer turns, as a clock says it. */
function turnsAt(hours: Hours, answer: HoursAnswer): string {
  let last = told.get(hours)
  if (last?.untilMs !== answer.untilMs || last.open !== answer.open) {
    last = { untilMs: answer.untilMs, open: answer.open, text: clock(changesAt(hours, answer), hours.timezone) }
    told.set(hours, last)
  }
  return last.text
}

/** When the answer turns; at most a month ahead. */
export function changesAt(hours: Hours, answer: HoursAnswer): number {
  let at = answer.untilMs
  for (let i = 0; i < 60; i++) {
    const then = hours.at(at)
    if (then.open !== answer.open) return at
    at = then.untilMs
  }
  return at
}

/** '2026-11-22 18:00', in the zone's own time. */
export function clock(ms: number, timezone: string): string {
  const z = zoned(ms, timezone)
  const two = (n: number): string => (n < 10 ? `0${n}` : String(n))
  return `${z.year}-${two(z.month)}-${two(z.day)} ${two(z.hour)}:${two(z.minute)}`
}
