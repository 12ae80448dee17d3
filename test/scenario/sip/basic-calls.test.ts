import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeNetwork } from './fake-network.ts'
import { golden } from './ladder.ts'
import { A, B, meeting, quiet } from './meeting.ts'
import { ANSWER, answering, HOLD, OFFER, Party } from './party.ts'

test('RFC 3665 §3.1: a call is set up and ended by the called party', () => {
  const { net, a, b, flow } = meeting({ react: answering() })
  a.call(B)
  net.run(1000)
  b.command('192.0.2.2-in-1', { do: 'hang-up', why: { protocol: 'Q.850', cause: 16 } })
  net.run(1000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 180 INVITE
      bob -> alice: 200 INVITE +sdp
      alice -> bob: ACK (1)
      bob -> alice: BYE (1)
      alice -> bob: 200 BYE`),
  )
  assert.deepEqual(a.story, ['progress 180', 'answered', 'ended peer'])
  assert.deepEqual(b.story, ['offered', 'confirmed', 'ended us'])
  assert.equal(a.notices('answered')[0]!.sdp, ANSWER)
  assert.equal(b.notices('offered')[0]!.sdp, OFFER)
  assert.deepEqual(a.notices('ended')[0]!.why, { protocol: 'Q.850', cause: 16 })
  quiet(net, a, b)
})

test('over a stream nothing is sent twice and nothing is left', () => {
  const { net, a, b, flow } = meeting({ react: answering() }, { transport: 'tcp' })
  a.call(B)
  net.run(1000)
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 180 INVITE
      bob -> alice: 200 INVITE +sdp
      alice -> bob: ACK (1)
      alice -> bob: BYE (2)
      bob -> alice: 200 BYE`),
  )
})

test('RFC 3665 §3.8: no answer, CANCEL', () => {
  const { net, a, b, flow } = meeting({ react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'progress', status: 180 }) })
  a.call(B)
  net.run(1000)
  a.command('out', { do: 'hang-up', why: { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' } })
  net.run(1000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 180 INVITE
      alice -> bob: CANCEL (1)
      bob -> alice: 200 CANCEL
      bob -> alice: 487 INVITE
      alice -> bob: ACK (1)`),
  )
  assert.deepEqual(a.story, ['progress 180', 'failed 487'])
  assert.deepEqual(b.story, ['offered', 'ended cancel'])
  assert.deepEqual(b.notices('ended')[0]!.why, { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' })
  quiet(net, a, b)
})

test('RFC 3665 §3.9: busy', () => {
  const { net, a, b, flow } = meeting({
    react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'reject', status: 486, why: { protocol: 'Q.850', cause: 17 } }),
  })
  a.call(B)
  quiet(net, a, b)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 486 INVITE
      alice -> bob: ACK (1)`),
  )
  assert.deepEqual(a.story, ['failed 486'])
  assert.deepEqual(a.notices('failed')[0]!.why, { protocol: 'Q.850', cause: 17 })
})

test('RFC 3665 §3.10: nobody there, 408 after 64·T1', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  a.call(B)
  net.run(31_999)
  assert.deepEqual(a.story, [])
  net.run(2)
  assert.deepEqual(a.story, ['failed 408'])
  assert.deepEqual(
    net.times(() => true),
    [0, 500, 1500, 3500, 7500, 15500, 31500],
  )
  quiet(net, a)
})

test('hold both ways: a re-INVITE is answered and acknowledged', () => {
  const { net, a, b, flow } = meeting({ react: answering() }, { react: answering() })
  a.call(B)
  net.run(1000)
  net.sent.length = 0
  a.command('out', { do: 'offer', sdp: HOLD })
  net.run(1000)
  b.command('192.0.2.2-in-1', { do: 'offer', sdp: HOLD })
  net.run(1000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (2) +sdp
      bob -> alice: 200 INVITE +sdp
      alice -> bob: ACK (2)
      bob -> alice: INVITE (1) +sdp
      alice -> bob: 200 INVITE +sdp
      bob -> alice: ACK (1)`),
  )
  assert.deepEqual(a.story.slice(2), ['offer-answered', 'offer'])
  assert.deepEqual(b.story.slice(2), ['offer', 'offer-answered'])
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('INVITE without offer: the 2xx offers, the ACK answers', () => {
  const { net, a, b, flow } = meeting(
    { react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'accept', sdp: OFFER }) },
    { react: (p, leg, n) => n.is === 'answered' && n.needsAnswer && p.command(leg, { do: 'answer', sdp: ANSWER }) },
  )
  a.call(B, { offerless: true })
  net.run(1000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1)
      bob -> alice: 200 INVITE +sdp
      alice -> bob: ACK (1) +sdp`),
  )
  assert.equal(a.notices('answered')[0]!.sdp, OFFER)
  assert.equal(b.notices('confirmed')[0]!.sdp, ANSWER)
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('an offerless INVITE whose offer nobody answers is acknowledged and ended', () => {
  const { net, a, b } = meeting({ react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'accept', sdp: OFFER }) })
  a.call(B, { offerless: true })
  quiet(net, a, b)
  assert.deepEqual(a.story, ['answered, wants answer', 'ended timeout'])
  assert.deepEqual(b.story, ['offered', 'confirmed', 'ended peer'])
})
