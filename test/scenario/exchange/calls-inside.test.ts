/** Telephones of the office among themselves: the whole switch, message by message. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RAIN, World } from './world.ts'

test('NUM-01 an extension calls an extension; the caller hangs up', () => {
  const w = World.office()
  const dana = w.phones.get('202')!
  w.phones.get('221')!.mood = { is: 'answers', afterMs: 3000 }
  const call = dana.dial('221')
  w.run(10_000)
  dana.hangUp(call)
  w.run(10_000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> 221: INVITE (1) +sdp
    221 -> exchange: 180 INVITE
    exchange -> 202: 180 INVITE
    221 -> exchange: 200 INVITE +sdp
    exchange -> 221: ACK (1)
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (2)
    202 -> exchange: BYE (3)
    exchange -> 202: 200 BYE
    exchange -> 221: BYE (2)
    221 -> exchange: 200 BYE`)
  assert.deepEqual(call.progress, [180])
  w.end()
})

test('NUM-01 the called party hangs up; the caller sees who called whom', () => {
  const w = World.office()
  const dana = w.phones.get('202')!
  const erlan = w.phones.get('221')!
  erlan.mood = { is: 'answers', hangsUpAfterMs: 5000 }
  const call = dana.dial('221')
  w.run(10_000)
  assert.equal(call.endedBy, 'peer')
  assert.deepEqual(erlan.rung!.invite!.from, { display: 'Dana Omarova', uri: 'sip:202@192.0.2.10' })
  w.end()
})

test('IN-04 two contacts of one person ring together; who does not answer is told that the call was answered elsewhere', () => {
  const w = World.office()
  const second = w.phone('221', { is: 'answers', afterMs: 4000 }, { key: '221-b' })
  second.register()
  w.run(1000)
  w.clear()
  const dana = w.phones.get('202')!
  const call = dana.dial('221')
  w.run(10_000)
  dana.hangUp(call)
  w.run(5000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> 221-b: INVITE (1) +sdp
    exchange -> 221: INVITE (1) +sdp
    221-b -> exchange: 180 INVITE
    221 -> exchange: 180 INVITE
    exchange -> 202: 180 INVITE
    221-b -> exchange: 200 INVITE +sdp
    exchange -> 221-b: ACK (1)
    exchange -> 221: CANCEL (1)
    exchange -> 202: 200 INVITE +sdp
    221 -> exchange: 200 CANCEL
    221 -> exchange: 487 INVITE
    202 -> exchange: ACK (2)
    exchange -> 221: ACK (1)
    202 -> exchange: BYE (3)
    exchange -> 202: 200 BYE
    exchange -> 221-b: BYE (2)
    221-b -> exchange: 200 BYE`)
  const lost = w.phones.get('221')!.rung!
  const ended = lost.notices.find(n => n.is === 'ended')!
  assert.ok(ended.is === 'ended')
  assert.deepEqual(ended.why, { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' })
  w.end()
})

test('IN-04 both answer in the same moment: one is connected, the other hung up', () => {
  const w = World.office({}, { is: 'answers', afterMs: 2000 })
  const second = w.phone('221', { is: 'answers', afterMs: 2000 }, { key: '221-b' })
  second.register()
  w.run(1000)
  w.clear()
  const dana = w.phones.get('202')!
  dana.dial('221', { hangsUpAfterMs: 3000 })
  w.run(10_000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> 221-b: INVITE (1) +sdp
    exchange -> 221: INVITE (1) +sdp
    221-b -> exchange: 180 INVITE
    221 -> exchange: 180 INVITE
    exchange -> 202: 180 INVITE
    221-b -> exchange: 200 INVITE +sdp
    221 -> exchange: 200 INVITE +sdp
    exchange -> 221-b: ACK (1)
    exchange -> 221: CANCEL (1)
    exchange -> 202: 200 INVITE +sdp
    exchange -> 221: ACK (1)
    exchange -> 221: BYE (2)
    221 -> exchange: 200 CANCEL
    202 -> exchange: ACK (2)
    221 -> exchange: 200 BYE
    202 -> exchange: BYE (3)
    exchange -> 202: 200 BYE
    exchange -> 221-b: BYE (2)
    221-b -> exchange: 200 BYE`)
  w.end()
})

test('IN-03 the caller gives up: 487, and the called telephone stops ringing', () => {
  const w = World.office()
  const dana = w.phones.get('202')!
  const call = dana.dial('221')
  w.run(3000)
  dana.hangUp(call)
  w.run(3000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> 221: INVITE (1) +sdp
    221 -> exchange: 180 INVITE
    exchange -> 202: 180 INVITE
    202 -> exchange: CANCEL (2)
    exchange -> 202: 200 CANCEL
    exchange -> 202: 487 INVITE
    exchange -> 221: CANCEL (1)
    202 -> exchange: ACK (2)
    221 -> exchange: 200 CANCEL
    221 -> exchange: 487 INVITE
    exchange -> 221: ACK (1)`)
  assert.equal(call.status, 487)
  const ended = w.story.findLast(e => e.event.type === 'call.ended')!.event
  assert.ok(ended.type === 'call.ended')
  assert.deepEqual([ended.outcome, ended.reason], ['cancelled', 'gave up before the answer'])
  w.end()
})

for (const weather of ['calm', 'rain'] as const)
  test(`IN-03 the caller gives up at every moment of a call, in ${weather} weather: both ends are free again`, () => {
    for (let ms = 0; ms <= 220; ms += weather === 'calm' ? 3 : 11) {
      const w = World.office({ seed: 100 + ms, ...(weather === 'rain' ? { weather: RAIN } : {}) }, { is: 'answers', afterMs: 90 })
      const dana = w.phones.get('202')!
      const call = dana.dial('221')
      w.run(ms)
      dana.hangUp(call)
      w.run(100_000)
      assert.equal(call.state, 'over', `after ${ms} ms`)
      assert.deepEqual(w.phones.get('221')!.open, [], `after ${ms} ms`)
      w.end()
    }
  })

test('CALL-04 two callers at once to one person: the second finds them busy', () => {
  const w = World.office()
  const [aida, dana] = [w.phones.get('201')!, w.phones.get('202')!]
  const first = aida.dial('221')
  const other = dana.dial('221')
  w.run(5000)
  assert.equal(w.phones.get('221')!.calls.length, 1)
  assert.deepEqual([first.state, other.state], ['ringing', 'up'])
  assert.deepEqual(
    w.media.heard.map(h => h.words),
    ['voicemail-greeting beep'],
  )
  aida.hangUp(first)
  dana.hangUp(other)
  w.end()
})

test('IN-03 a person whose telephone is not registered is not waited for', () => {
  const w = World.office()
  w.phones.get('201')!.register(0)
  w.run(1000)
  const dana = w.phones.get('202')!
  const call = dana.dial('201')
  w.run(1000)
  assert.equal(w.phones.get('201')!.calls.length, 0)
  assert.equal(call.state, 'up')
  assert.deepEqual(
    w.media.heard.map(h => h.words),
    ['voicemail-greeting beep'],
  )
  dana.hangUp(call)
  w.end()
})

test('CALL-01 hold by the caller, then by the called: music for the one who waits, both come back', () => {
  const w = World.office({}, { is: 'answers' })
  const [dana, erlan] = [w.phones.get('202')!, w.phones.get('221')!]
  const call = dana.dial('221')
  w.run(2000)
  const met = erlan.rung!
  const id = w.callIds[0]!
  const [callerLeg, calledLeg] = [`${id}-0`, `${id}-1`]
  const now = (): { paths: number; music: string[] } => {
    const { session } = w.media.sessions.get(id)!
    return { paths: session.paths.length, music: session.plays.filter(p => p.source.kind === 'music').map(p => p.leg) }
  }
  w.clear()
  assert.deepEqual(now(), { paths: 2, music: [] })
  dana.redirect(call, 'sendonly')
  w.run(1000)
  assert.deepEqual(now(), { paths: 0, music: [calledLeg] })
  erlan.redirect(met, 'inactive')
  w.run(1000)
  assert.deepEqual(now(), { paths: 0, music: [] })
  dana.redirect(call, 'sendrecv')
  w.run(1000)
  assert.deepEqual(now(), { paths: 0, music: [callerLeg] })
  erlan.redirect(met, 'sendrecv')
  w.run(1000)
  assert.deepEqual(now(), { paths: 2, music: [] })
  w.shows(`
    202 -> exchange: INVITE (3) +sdp
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (3)
    221 -> exchange: INVITE (1) +sdp
    exchange -> 221: 200 INVITE +sdp
    221 -> exchange: ACK (1)
    202 -> exchange: INVITE (4) +sdp
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (4)
    221 -> exchange: INVITE (2) +sdp
    exchange -> 221: 200 INVITE +sdp
    221 -> exchange: ACK (2)`)
  dana.hangUp(call)
  w.end()
})

test('CALL-01 blind transfer: the caller stays, the new party is rung, the one who transferred is told and released', () => {
  const w = World.office({}, { is: 'answers', afterMs: 1000 })
  const [dana, erlan, marat] = [w.phones.get('202')!, w.phones.get('221')!, w.phones.get('222')!]
  const call = dana.dial('221')
  w.run(5000)
  w.clear()
  erlan.command(erlan.rung!, { do: 'send-refer', to: { uri: 'sip:222@switchroom' } })
  w.run(5000)
  w.shows(`
    221 -> exchange: REFER (1)
    exchange -> 222: INVITE (1) +sdp
    exchange -> 221: 202 REFER
    exchange -> 221: NOTIFY (2)
    222 -> exchange: 180 INVITE
    221 -> exchange: 200 NOTIFY
    exchange -> 221: NOTIFY (3)
    221 -> exchange: 200 NOTIFY
    222 -> exchange: 200 INVITE +sdp
    exchange -> 222: ACK (1)
    exchange -> 221: NOTIFY (4)
    exchange -> 221: BYE (5)
    221 -> exchange: 200 NOTIFY
    221 -> exchange: 200 BYE`)
  assert.equal(erlan.rung!.state, 'over')
  assert.deepEqual([call.state, marat.rung!.state], ['up', 'up'])
  dana.hangUp(call)
  w.end()
})

test('CALL-01 blind transfer to somebody who refuses: the two are together again', () => {
  const w = World.office({}, { is: 'answers', afterMs: 1000 })
  const [dana, erlan] = [w.phones.get('202')!, w.phones.get('221')!]
  const call = dana.dial('221')
  w.run(5000)
  erlan.command(erlan.rung!, { do: 'send-refer', to: { uri: 'sip:299@switchroom' } })
  w.run(5000)
  assert.deepEqual([call.state, erlan.rung!.state], ['up', 'up'])
  assert.equal(w.media.sessions.get(w.callIds[0]!)!.session.paths.length, 2)
  dana.hangUp(call)
  w.end()
})

test('SEC-02 an outside party gains no way out by a transfer', () => {
  const w = World.office({}, { is: 'answers' })
  const provider = w.providers.get('telecom-a')!
  const call = provider.dial('+77272500010', { from: { uri: 'sip:87015550101@192.0.2.1' } })
  w.run(9000)
  assert.equal(call.state, 'up')
  provider.command(call, { do: 'send-refer', to: { uri: 'sip:87012223344@switchroom' } })
  w.run(5000)
  assert.equal(w.providers.get('telecom-b')!.calls.filter(c => c.incoming).length, 0)
  assert.equal(call.state, 'up')
  provider.hangUp(call)
  w.end()
})

test('late offer: an INVITE without SDP gets our offer in 200 and answers in ACK', () => {
  const w = World.office({}, { is: 'answers', afterMs: 500 })
  const dana = w.phones.get('202')!
  const call = dana.dial('221', { offerless: true })
  w.run(3000)
  dana.hangUp(call)
  w.run(3000)
  w.shows(`
    202 -> exchange: INVITE (1)
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2)
    exchange -> 221: INVITE (1) +sdp
    221 -> exchange: 180 INVITE
    exchange -> 202: 180 INVITE
    221 -> exchange: 200 INVITE +sdp
    exchange -> 221: ACK (1)
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (2) +sdp
    202 -> exchange: BYE (3)
    exchange -> 202: 200 BYE
    exchange -> 221: BYE (2)
    221 -> exchange: 200 BYE`)
  assert.equal(call.media!.codec!.name, 'PCMA')
  w.end()
})

test('RFC 3262: a caller that requires reliable responses gets them', () => {
  const w = World.office({}, { is: 'answers', afterMs: 2000 })
  const dana = w.phones.get('202')!
  const call = dana.dial('221', { reliable: 'required' })
  w.run(6000)
  dana.hangUp(call)
  w.run(3000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> 221: INVITE (1) +sdp
    221 -> exchange: 180 INVITE
    exchange -> 202: 180 INVITE reliable
    202 -> exchange: PRACK (3)
    exchange -> 202: 200 PRACK
    221 -> exchange: 200 INVITE +sdp
    exchange -> 221: ACK (1)
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (2)
    202 -> exchange: BYE (4)
    exchange -> 202: 200 BYE
    exchange -> 221: BYE (2)
    221 -> exchange: 200 BYE`)
  w.end()
})

test('RFC 4028: a telephone that dies in a call does not keep it up for ever', () => {
  const w = World.office({}, { is: 'answers' })
  const [dana, erlan] = [w.phones.get('202')!, w.phones.get('221')!]
  const call = dana.dial('221')
  w.run(2000)
  erlan.mood = { is: 'silent' }
  w.run(3_700_000)
  assert.equal(call.state, 'over')
  const ended = w.story.findLast(e => e.event.type === 'call.ended')!.event
  assert.ok(ended.type === 'call.ended')
  assert.match(ended.reason, /session|reached|does not answer/)
  // What it believes itself is its own affair: it hears nothing.
  erlan.mood = { is: 'rings' }
  for (const open of erlan.open) erlan.hangUp(open)
  w.end()
})
