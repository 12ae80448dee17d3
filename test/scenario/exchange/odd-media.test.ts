/** Offers that cannot be met and answers that make no sense. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

const G729 = 'v=0\r\no=- 1 1 IN IP4 192.0.2.99\r\ns=-\r\nc=IN IP4 192.0.2.99\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n'
const NONSENSE = 'there is nothing in here\r\n'

test('a caller without a common codec hears 488 when it must be answered, and nothing is left', () => {
  for (const sdp of [G729, NONSENSE])
    for (const number of ['*43', '671', '680']) {
      const w = World.office()
      const call = w.phones.get('202')!.dial(number, { sdp })
      w.run(5000)
      assert.equal(call.status, 488, number)
      w.end()
    }
})

test('a caller without a common codec calls somebody who answers: 488 to the caller, BYE to the called', () => {
  const w = World.office({}, { is: 'answers', afterMs: 1000 })
  const call = w.phones.get('202')!.dial('221', { sdp: G729 })
  w.run(5000)
  assert.equal(call.status, 488)
  assert.equal(w.phones.get('221')!.open.length, 0)
  w.end()
})

test('a called telephone answers what was not asked: it is hung up, and the call goes where unreachable calls go, at once', () => {
  for (const sdp of [G729, NONSENSE, '']) {
    const w = World.office()
    w.phones.get('201')!.mood = { is: 'answers', afterMs: 1000, sdp }
    const dana = w.phones.get('202')!
    const call = dana.dial('201')
    w.run(4000)
    assert.equal(w.phones.get('201')!.open.length, 0)
    assert.equal(call.state, 'up')
    assert.match(w.media.heard.at(-1)!.words, /voicemail-greeting/)
    dana.hangUp(call)
    w.end()
  }
})

test('of two telephones one answers nonsense: the other rings on', () => {
  const w = World.office()
  w.phones.get('221')!.mood = { is: 'answers', afterMs: 1000, sdp: NONSENSE }
  w.phone('221', { is: 'answers', afterMs: 5000 }, { key: '221-b' }).register()
  w.run(1000)
  const dana = w.phones.get('202')!
  const call = dana.dial('221')
  w.run(3000)
  assert.equal(call.state, 'ringing')
  w.run(5000)
  assert.equal(call.state, 'up')
  dana.hangUp(call)
  w.end()
})

test('a re-INVITE that cannot be met is refused with 488, and the call goes on as it was', () => {
  const w = World.office({}, { is: 'answers' })
  const dana = w.phones.get('202')!
  const call = dana.dial('221')
  w.run(2000)
  dana.command(call, { do: 'offer', sdp: G729 })
  w.run(2000)
  assert.ok(call.notices.some(n => n.is === 'offer-refused' && n.status === 488))
  assert.equal(call.state, 'up')
  assert.equal(w.media.sessions.get(w.callIds[0]!)!.session.paths.length, 2)
  dana.hangUp(call)
  w.end()
})
