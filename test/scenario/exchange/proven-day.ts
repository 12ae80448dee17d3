/**
 * What the check claims of a plan, held against calls that telephones make in the live machine: no loop and no way too long that it
 * did not find, and every call over, answered or recorded within its bound.
 */
import type { LoggedEvent } from '../../../src/call/events.ts'
import type { CheckReport } from '../../../src/plan/check.ts'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import type { Weather } from '../sip/fake-network.ts'
import { dice, randomDay } from './random-day.ts'
import type { World } from './world.ts'

/** SIP and the local sockets take a moment at every step. */
const STEP_MS = 2_000

export interface ProvenDay {
  readonly calls: number
  readonly decisions: number
}

/** Throws where a call did what the check had ruled out. */
export function provenDay(seed: number, plan: CompiledPlan, report: CheckReport, weather: Weather, calls: number): ProvenDay {
  const d = dice(seed * 31)
  const day = randomDay(seed, plan, weather, { calls, withinMs: calls * 6_000, between: w => pressKeys(w, d.pick) })
  day.world.run(20 * 60_000)
  day.world.end()
  let decisions = 0
  for (const id of day.world.callIds) decisions += judge(seed, report, day.world.eventsOf(id))
  return { calls: day.world.callIds.length, decisions }
}

/** Callers in menus press something, or nothing. */
function pressKeys(world: World, pick: <T>(of: readonly T[]) => T): void {
  for (const state of world.core.driver.states()) {
    const { action } = state
    if (action?.do !== 'menu') continue
    const keys = pick([...action.keys, '7', '', '', ...(action.dialThrough ? [pick([...world.plan.dial.keys()])] : [])])
    if (keys !== '' && /^[0-9*#]+$/.test(keys)) world.media.press(state.id, state.caller, keys)
  }
}

/** How many decisions there were. */
function judge(seed: number, report: CheckReport, events: readonly LoggedEvent[]): number {
  const found = new Set(report.findings.map(f => f.code))
  const decided = events.flatMap(e => (e.event.type === 'call.decided' ? [{ at: e.at, ...e.event }] : []))
  const wrong = (what: string): never => {
    const told = decided.map(e => `${new Date(e.at).toISOString()} ${e.reasons.map(r => r.text).join(' ')}`)
    throw new Error(`seed ${seed}: ${what}\n${told.join('\n')}`)
  }
  for (const { code } of decided.flatMap(e => e.reasons)) {
    if (code === 'loop' && !found.has('loop')) wrong('a loop that the check did not find')
    if (code === 'hops-limit' && !found.has('too-many-hops')) wrong('a way too long that the check did not find')
  }
  // A transfer begins a call's way anew. What somebody dials outside rings as long as 'outgoing.ring-for' says, an emergency call longer.
  const isOutgoing = events.some(e => e.event.type === 'call.started' && e.event.direction === 'out')
  if (isOutgoing || events.some(e => e.event.type === 'transfer.asked')) return decided.length
  const limitMs = decided.some(e => /"b":/.test(e.position.at)) ? report.withReturnsMs : report.endsWithinMs
  const tookMs = spentMs(events)
  if (limitMs === null || tookMs > limitMs + STEP_MS * decided.length) wrong(`${tookMs} ms, and not within ${limitMs}`)
  return decided.length
}

/** Ringing, waiting, and the silence of menus, until somebody answered or the call was over. What is spoken is not counted. */
function spentMs(events: readonly LoggedEvent[]): number {
  let spent = 0
  let since: number | null = null
  const count = (at: number): void => {
    if (since !== null) spent += at - since
    since = null
  }
  for (const { at, event } of events) {
    if (event.type === 'call.decided') {
      count(at)
      const { action } = event
      const told = (action.do === 'ring' || action.do === 'dial-out') && action.announcement !== null && action.do === 'ring'
      if ((action.do === 'ring' || action.do === 'dial-out') && !told) since = at
    } else if (event.type === 'announcement.played' || event.type === 'menu.heard') since ??= at
    else if (event.type === 'call.bridged' || event.type === 'call.ended') {
      count(at)
      if (event.type === 'call.bridged') return spent
    }
  }
  return spent
}
