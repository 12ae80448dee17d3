/** A log that cannot be written, or that is broken: calls go on, and somebody is told (docs/adr/0003). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

test('RES-07 a full disk ends no call and refuses none; the records are whole when there is room again', () => {
  const w = World.office()
  const caller = w.phones.get('202')!
  const called = w.phones.get('221')!
  called.mood = { is: 'answers', afterMs: 1000 }
  const first = caller.dial('221')
  w.run(3000)
  w.log.failing = true
  caller.redirect(first, 'sendonly')
  w.run(1000)
  caller.hangUp(first)
  w.run(1000)
  const second = caller.dial('221')
  w.run(3000)
  assert.equal(second.state, 'up')
  assert.ok(w.alarms.length > 0 && w.alarms.every(a => a.includes('disk')), 'somebody is told')
  w.log.failing = false
  caller.hangUp(second)
  w.run(5000)
  assert.equal(called.open.length, 0)
  assert.equal(w.callIds.length, 2)
  for (const id of w.callIds) {
    const types = w.eventsOf(id).map(e => e.event.type)
    assert.equal(types[0], 'call.started')
    assert.ok(types.includes('call.ended') && types.includes('quality.measured'), types.join(' '))
  }
  const seqs = w.log.events.map(e => e.seq)
  assert.deepEqual(
    seqs,
    [...seqs].sort((a, b) => a - b),
  )
  w.alarms.length = 0
  w.end()
})

test('RES-07 a call whose log is broken keeps no other from being taken up', () => {
  const w = World.office()
  const caller = w.phones.get('202')!
  const called = w.phones.get('221')!
  called.mood = { is: 'answers', afterMs: 1000 }
  const call = caller.dial('221')
  w.run(3000)
  const [started] = w.story
  w.log.append(w.nowMs, 'broken', started!.event)
  w.log.append(w.nowMs, 'broken', { type: 'leg.ringing', v: 1, leg: 'nobody', status: 180, early: false })
  w.log.commit()
  w.crash()
  w.run(500)
  w.restart(500)
  assert.deepEqual(w.alarms, ['call broken cannot be taken up'])
  caller.hangUp(call)
  w.run(1000)
  assert.equal(called.open.length, 0)
})
