/** The exchange's own services and refusals: echo, announcement, voicemail, unknown numbers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

test('the echo test: words first, then the caller hears itself until it hangs up', () => {
  const w = World.office()
  const dana = w.phones.get('202')!
  const call = dana.dial('*43')
  w.run(5000)
  const plays = w.media.sessions.get(w.callIds[0]!)!.session.plays
  assert.deepEqual(
    plays.map(p => p.source.kind),
    ['echo'],
  )
  dana.hangUp(call)
  w.run(1000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (2)
    202 -> exchange: BYE (3)
    exchange -> 202: 200 BYE`)
  assert.deepEqual(
    w.media.heard.map(h => h.words),
    ['welcome-echo'],
  )
  w.end()
})

test('an announcement is heard to its end, then the call ends', () => {
  const w = World.office()
  const call = w.phones.get('202')!.dial('671')
  w.run(5000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (2)
    exchange -> 202: BYE (1)
    202 -> exchange: 200 BYE`)
  assert.equal(call.endedBy, 'peer')
  w.end()
})

test('a number that nobody has: words as early media, then 404', () => {
  const w = World.office()
  const call = w.phones.get('202')!.dial('299')
  w.run(5000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> 202: 183 INVITE reliable +sdp
    202 -> exchange: PRACK (3)
    exchange -> 202: 200 PRACK
    exchange -> 202: 404 INVITE
    202 -> exchange: ACK (2)`)
  assert.equal(call.status, 404)
  assert.equal(call.early, true)
  assert.deepEqual(
    w.media.heard.map(h => h.words),
    ['number-unknown'],
  )
  w.end()
})

test('CALL-02 a message: greeting, beep, recording until # or the greatest length', () => {
  const w = World.office()
  const dana = w.phones.get('202')!
  const call = dana.dial('680')
  w.run(4000)
  const id = w.callIds[0]!
  const tap = w.media.sessions.get(id)!.session.recordings[0]!
  assert.deepEqual([tap.left, tap.right], [[`${id}-0`], []])
  w.media.say({ is: 'dtmf', id, leg: `${id}-0`, digit: '#', durationMs: 100, by: 'rfc4733' })
  w.run(1000)
  assert.equal(call.endedBy, 'peer')
  const left = w.story.find(e => e.event.type === 'voicemail.left')!.event
  assert.ok(left.type === 'voicemail.left' && left.box === 'office' && left.durationMs > 1500)

  const long = dana.dial('680')
  w.run(600_000)
  assert.equal(long.endedBy, 'peer')
  w.end()
})
