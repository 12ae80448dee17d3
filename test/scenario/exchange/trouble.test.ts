/** The media process and the office interfere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditLog } from './audit.ts'
import { World } from './world.ts'

for (const number of ['221', '680', '*43', '671', '299', '87012223344', '620'])
  test(`the office ends a call to ${number} at any moment: everybody is free again`, () => {
    for (let ms = 5; ms < 4000; ms = Math.ceil(ms * 2)) {
      const w = World.office({ seed: ms }, { is: 'answers', afterMs: 1000 })
      const call = w.phones.get('212')!.dial(number)
      w.run(ms)
      const up = [...w.core.driver.states()]
      for (const state of up) w.core.driver.hangUp(state.id, 'aida')
      w.run(20_000)
      if (up.length > 0) assert.equal(call.state, 'over', `after ${ms} ms`)
      w.phones.get('212')!.hangUp(call)
      w.end()
      auditLog(w)
    }
  })

for (const ms of [50, 1500, 5000])
  test(`a media process that cannot open its ports ends the call after ${ms} ms, and says why`, () => {
    const w = World.office({}, { is: 'answers', afterMs: 1000 })
    const provider = w.providers.get('telecom-a')!
    const call = provider.dial('+77272500010', { from: { uri: 'sip:87015550101@192.0.2.1' } })
    w.run(ms)
    w.media.say({ is: 'refused', id: w.callIds[0]!, code: 'media.port-unavailable', message: 'a port is taken' })
    w.run(5000)
    assert.equal(call.state, 'over')
    const ended = w.story.find(e => e.event.type === 'call.ended')!.event
    assert.ok(ended.type === 'call.ended')
    assert.equal(ended.reason, 'media: media.port-unavailable')
    w.end()
    auditLog(w)
  })

test('RES-07 the media process dies and comes back: its sessions are made anew, prompts included', () => {
  const w = World.office({}, { is: 'answers' })
  const dana = w.phones.get('202')!
  const talk = dana.dial('221')
  const notice = w.phones.get('211')!.dial('671')
  w.run(1000)
  const before = w.callIds.map(id => w.media.sessions.get(id)!.session)
  w.media.sessions.clear()
  w.media.made = 0
  w.run(500)
  w.media.take(w.core.mediaState('media-1'))
  w.core.driver.mediaReturned('media-1', 500)
  w.run(10)
  assert.deepEqual(
    w.callIds.map(id => w.media.sessions.get(id)!.session),
    before,
  )
  assert.equal(w.eventsOf(w.callIds[0]!).filter(e => e.event.type === 'call.recovered').length, 1)
  w.run(5000)
  assert.equal(talk.state, 'up')
  assert.equal(notice.endedBy, 'peer', 'the announcement was heard to its end')
  dana.hangUp(talk)
  w.end()
})

test('while the media process is away calls can be set up and hung up', () => {
  const w = World.office({}, { is: 'answers' })
  w.media.connected = false
  const dana = w.phones.get('202')!
  const call = dana.dial('221')
  w.run(3000)
  assert.equal(call.state, 'up')
  dana.hangUp(call)
  w.run(10_000)
  assert.equal(w.core.media.inUse, 0, 'ports come back without its last figures')
  w.end()
})
