/** What must be true of any log, whatever happened: each call and each of its parts begins once and ends once, and its fold is its state. */
import assert from 'node:assert/strict'
import { applyEvent, type CallState } from '../../../src/call/call-state.ts'
import type { LoggedEvent } from '../../../src/call/events.ts'
import type { World } from './world.ts'

export function foldOf(events: readonly LoggedEvent[]): CallState {
  let state: CallState | null = null
  for (const e of events) state = applyEvent(state, e.event, e.at, e.call)
  return state!
}

/** While calls are up: what the log tells is what the switch thinks. */
export function sameAsLog(world: World): number {
  let compared = 0
  if (world.log.dirty) return 0
  for (const state of world.core.driver.states()) {
    assert.equal(JSON.stringify(foldOf(world.eventsOf(state.id))), JSON.stringify(state))
    compared++
  }
  return compared
}

/** After everything is over. */
export function auditLog(world: World): void {
  for (const call of world.callIds) auditCall(world.eventsOf(call))
}

function auditCall(events: readonly LoggedEvent[]): void {
  const call = events[0]!.call
  const types = events.map(e => e.event.type)
  const many = (type: string): number => types.filter(t => t === type).length
  assert.equal(types[0], 'call.started')
  assert.equal(many('call.started'), 1, call)
  assert.equal(many('call.ended'), 1, `${call}: ends of the call`)
  const after = types.slice(types.indexOf('call.ended') + 1)
  assert.ok(after.every(t => t === 'quality.measured') && after.length <= 1, `${call}: ${after.join()} after the end`)
  const begun = new Map<string, number>()
  const over = (id: string, how: string): void => {
    assert.equal(begun.get(id), 0, `${call}: ${id} ${how} though it is over or never began`)
    begun.set(id, 1)
  }
  for (const { event: e } of events) {
    if (e.type === 'call.started' || e.type === 'leg.started') {
      assert.equal(begun.has(e.leg), false)
      begun.set(e.leg, 0)
    } else if (e.type === 'leg.failed' || e.type === 'leg.ended') over(e.leg, e.type)
    else if (e.type === 'recording.started') begun.set(e.recording, 0)
    else if (e.type === 'recording.stopped') over(e.recording, e.type)
  }
  for (const [id, n] of begun) assert.equal(n, 1, `${call}: ${id} never ended`)
  for (let i = 1; i < events.length; i++) assert.ok(events[i]!.seq > events[i - 1]!.seq && events[i]!.at >= events[i - 1]!.at)
}

/** IN-07: nobody waits for longer than the plan says, whatever the telephones do; emergency calls have a bound of their own. A recording notice (two seconds here) comes before. */
export function auditRinging(world: World): void {
  for (const call of world.callIds) {
    const events = world.eventsOf(call)
    let rung = 0
    let since: number | null = null
    let decisions = 0
    for (const { at, event: e } of events) {
      const over = e.type === 'call.decided' || e.type === 'call.bridged' || e.type === 'call.ended'
      if (!over && e.type !== 'transfer.asked') continue
      if (since !== null) rung += at - since
      since = null
      if (e.type === 'transfer.asked') rung = 0
      if (e.type === 'call.decided') decisions++
      if (e.type === 'call.decided' && (e.action.do === 'ring' || (e.action.do === 'dial-out' && !e.action.emergency))) since = at
    }
    const most = world.plan.longestRingingMs + 3000 * decisions
    assert.ok(rung <= most, `${call} rang for ${rung} ms`)
  }
}
