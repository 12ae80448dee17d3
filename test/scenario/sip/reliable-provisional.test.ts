import assert from 'node:assert/strict'
import { test } from 'node:test'
import { header } from '../../../src/wire/sip/message.ts'
import { FakeNetwork, firstLine } from './fake-network.ts'
import { golden } from './ladder.ts'
import { A, B, IN, meeting, quiet } from './meeting.ts'
import { ANSWER, HELD, HOLD, OFFER, Party } from './party.ts'
import { Puppet } from './puppet.ts'

test('RFC 3262: answer in a reliable 183, PRACK, 200 without SDP', () => {
  const { net, a, b, flow } = meeting()
  a.call(B)
  net.run(20)
  b.command(IN, { do: 'progress', status: 183, sdp: ANSWER })
  net.run(100)
  b.command(IN, { do: 'accept', sdp: ANSWER })
  net.run(100)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 183 INVITE reliable +sdp
      alice -> bob: PRACK (2)
      bob -> alice: 200 PRACK
      bob -> alice: 200 INVITE
      alice -> bob: ACK (1)`),
  )
  assert.deepEqual(a.story, ['progress 183 +sdp', 'answered'])
  assert.equal(a.notices('answered')[0]!.sdp, ANSWER)
  a.command('out', { do: 'hang-up' })
  net.run(20)
  assert.match(firstLine(net.sent.findLast(p => p.from === A)!), /^BYE/)
  quiet(net, a, b)
})

test('a 2xx does not overtake an unacknowledged reliable 183 with SDP', () => {
  const { net, a, b, flow } = meeting()
  a.call(B)
  net.run(20)
  b.command(IN, { do: 'progress', status: 183, sdp: ANSWER })
  b.command(IN, { do: 'accept', sdp: ANSWER })
  net.run(100)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 183 INVITE reliable +sdp
      alice -> bob: PRACK (2)
      bob -> alice: 200 PRACK
      bob -> alice: 200 INVITE
      alice -> bob: ACK (1)`),
  )
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('a peer that requires 100rel gets every 1xx reliably, one at a time', () => {
  const { net, a, b, flow } = meeting()
  a.call(B, { reliableProvisional: 'required' })
  net.run(20)
  b.command(IN, { do: 'progress', status: 180 })
  b.command(IN, { do: 'progress', status: 183, sdp: ANSWER })
  net.run(100)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 180 INVITE reliable
      alice -> bob: PRACK (2)
      bob -> alice: 200 PRACK
      bob -> alice: 183 INVITE reliable +sdp
      alice -> bob: PRACK (3)
      bob -> alice: 200 PRACK`),
  )
  assert.deepEqual(a.story, ['progress 180', 'progress 183 +sdp'])
  b.command(IN, { do: 'reject', status: 486 })
  quiet(net, a, b)
})

test('INVITE without offer: offer in a reliable 183, answer in PRACK', () => {
  const { net, a, b, flow } = meeting(
    {},
    { react: (p, leg, n) => n.is === 'progress' && n.sdp !== undefined && p.command(leg, { do: 'answer', sdp: ANSWER }) },
  )
  a.call(B, { offerless: true })
  net.run(20)
  b.command(IN, { do: 'progress', status: 183, sdp: OFFER })
  net.run(100)
  b.command(IN, { do: 'accept', sdp: OFFER })
  net.run(100)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1)
      bob -> alice: 183 INVITE reliable +sdp
      alice -> bob: PRACK (2) +sdp
      bob -> alice: 200 PRACK
      bob -> alice: 200 INVITE
      alice -> bob: ACK (1)`),
  )
  assert.deepEqual(b.story, ['offered', 'offer-answered', 'confirmed'])
  assert.equal(b.notices('offer-answered')[0]!.sdp, ANSWER)
  assert.deepEqual(a.story, ['progress 183 +sdp', 'answered'])
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('a new offer in PRACK is answered in its 200', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B, { react: (p, leg, n) => n.is === 'offer' && p.command(leg, { do: 'answer', sdp: HELD }) })
  const p = new Puppet(net, A, B)
  p.invite([['Require', '100rel']], OFFER)
  net.run(20)
  b.command(IN, { do: 'progress', status: 183, sdp: ANSWER })
  net.run(20)
  const ringing = p.responses('INVITE').at(-1)!
  p.inDialog(
    'PRACK',
    ringing,
    2,
    [
      ['RAck', `${header(ringing, 'RSeq')} 1 INVITE`],
      ['Content-Type', 'application/sdp'],
    ],
    HOLD,
  )
  net.run(20)
  assert.equal(b.notices('offer')[0]!.sdp, HOLD)
  const ok = p.responses('PRACK')[0]!
  assert.equal(ok.status, 200)
  assert.equal(new TextDecoder().decode(ok.body), HELD)
  b.command(IN, { do: 'reject', status: 480 })
  quiet(net, b)
})

test('a reliable 1xx is repeated until PRACK; without any the INVITE is refused after 64·T1', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B)
  const p = new Puppet(net, A, B)
  p.invite([['Require', '100rel']], OFFER)
  net.run(5)
  b.command(IN, { do: 'progress', status: 180 })
  net.run(33_000)
  assert.deepEqual(
    net.times(x => firstLine(x).startsWith('SIP/2.0 180')),
    [5, 505, 1505, 3505, 7505, 15505, 31505],
  )
  assert.equal(p.responses('INVITE').at(-1)!.status, 504)
  assert.deepEqual(b.story, ['offered', 'ended timeout'])
  quiet(net, b)
})

test('PRACK for something else is 481', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B)
  const p = new Puppet(net, A, B)
  p.invite([['Supported', '100rel']], OFFER)
  net.run(5)
  b.command(IN, { do: 'progress', status: 183, sdp: ANSWER })
  net.run(20)
  p.inDialog('PRACK', p.responses('INVITE')[0]!, 2, [['RAck', '99 1 INVITE']])
  net.run(20)
  assert.equal(p.responses('PRACK')[0]!.status, 481)
  b.command(IN, { do: 'reject', status: 480 })
  quiet(net, b)
})

test('a reliable 1xx out of order is neither acknowledged nor told', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const p = new Puppet(net, B, A)
  a.call(B)
  net.run(20)
  const invite = p.requests('INVITE')[0]!
  const reliable = (rseq: number): [{ name: string; value: string }, { name: string; value: string }] => [
    { name: 'Require', value: '100rel' },
    { name: 'RSeq', value: String(rseq) },
  ]
  p.reply(invite, 180, { headers: reliable(7) })
  p.reply(invite, 183, { headers: reliable(9) })
  p.reply(invite, 180, { headers: reliable(7) })
  net.run(20)
  assert.deepEqual(a.story, ['progress 180'])
  assert.deepEqual(
    p.requests('PRACK').map(r => header(r, 'RAck')),
    ['7 1 INVITE'],
  )
})

test('RFC 3311: UPDATE both ways in an early dialog, once the first offer is answered', () => {
  const hold = {
    react: (p: Party, leg: string, n: { is: string }): unknown => n.is === 'offer' && p.command(leg, { do: 'answer', sdp: HELD }),
  }
  const { net, a, b, flow } = meeting(hold, hold)
  a.call(B)
  net.run(20)
  b.command(IN, { do: 'progress', status: 183, sdp: ANSWER })
  net.run(100)
  net.sent.length = 0
  b.command(IN, { do: 'offer', sdp: HOLD })
  net.run(100)
  assert.equal(
    flow(),
    golden(`
      bob -> alice: UPDATE (1) +sdp
      alice -> bob: 200 UPDATE +sdp`),
  )
  assert.deepEqual(b.story, ['offered', 'offer-answered'])
  net.sent.length = 0
  a.command('out', { do: 'offer', sdp: HOLD })
  net.run(100)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: UPDATE (3) +sdp
      bob -> alice: 200 UPDATE +sdp`),
  )
  assert.deepEqual(a.story, ['progress 183 +sdp', 'offer', 'offer-answered'])
  b.command(IN, { do: 'accept', sdp: ANSWER })
  net.run(100)
  a.command('out', { do: 'hang-up' })
  net.run(100)
  // One row of CSeq numbers through PRACK, UPDATE and BYE.
  assert.match(flow(), /BYE \(4\)/)
  quiet(net, a, b)
})

test('an offer given while another fork still rings goes to the one that answers', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const p = new Puppet(net, B, A)
  const headers = [
    { name: 'Require', value: '100rel' },
    { name: 'RSeq', value: '1' },
    { name: 'Allow', value: 'UPDATE' },
  ]
  a.call(B)
  net.run(20)
  const invite = p.requests('INVITE')[0]!
  p.reply(invite, 183, { tag: 'one', sdp: ANSWER, headers })
  net.run(20)
  a.command('out', { do: 'offer', sdp: HOLD })
  net.run(20)
  p.reply(invite, 200, { tag: 'two', sdp: ANSWER })
  net.run(20)
  assert.match(header(p.requests('UPDATE')[0]!, 'To')!, /tag=one/)
  const again = p.requests('INVITE').at(-1)!
  assert.match(header(again, 'To')!, /tag=two/)
  p.reply(again, 200, { tag: 'two', sdp: HELD })
  net.run(20)
  assert.deepEqual(a.story, ['progress 183 +sdp', 'answered', 'offer-answered'])
  a.command('out', { do: 'hang-up' })
  quiet(net, a)
})

test('a PRACK that comes after the 2xx is answered 200', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B)
  const p = new Puppet(net, A, B)
  p.invite([['Require', '100rel']], OFFER)
  net.run(5)
  b.command(IN, { do: 'progress', status: 180 })
  b.command(IN, { do: 'accept', sdp: ANSWER })
  net.run(20)
  const [ringing, ok] = p.responses('INVITE')
  p.inDialog('ACK', ok!, 1)
  p.inDialog('PRACK', ringing!, 2, [['RAck', `${header(ringing!, 'RSeq')} 1 INVITE`]])
  net.run(20)
  assert.deepEqual(
    p.responses('PRACK').map(r => r.status),
    [200],
  )
  b.command(IN, { do: 'hang-up' })
  quiet(net, b)
})
