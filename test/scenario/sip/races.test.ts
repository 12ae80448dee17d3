import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeNetwork, firstLine } from './fake-network.ts'
import { golden } from './ladder.ts'
import { A, B, IN, meeting, quiet } from './meeting.ts'
import { ANSWER, answering, OFFER, Party } from './party.ts'
import { Puppet } from './puppet.ts'

test('CANCEL before any provisional response waits for one', () => {
  const { net, a, b, flow } = meeting()
  a.call(B)
  a.command('out', { do: 'hang-up' })
  net.run(199)
  assert.equal(flow(), 'alice -> bob: INVITE (1) +sdp')
  net.run(1000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 100 INVITE
      alice -> bob: CANCEL (1)
      bob -> alice: 200 CANCEL
      bob -> alice: 487 INVITE
      alice -> bob: ACK (1)`),
  )
  assert.deepEqual(a.story, ['failed 487'])
  assert.deepEqual(b.story, ['offered', 'ended cancel'])
  quiet(net, a, b)
})

test('a 200 that crosses the CANCEL is acknowledged and ended', () => {
  const { net, a, b, flow } = meeting()
  a.call(B)
  net.run(300)
  b.command(IN, { do: 'accept', sdp: ANSWER })
  a.command('out', { do: 'hang-up' })
  net.run(1000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 100 INVITE
      bob -> alice: 200 INVITE +sdp
      alice -> bob: CANCEL (1)
      alice -> bob: ACK (1)
      alice -> bob: BYE (2)
      bob -> alice: 200 CANCEL
      bob -> alice: 200 BYE`),
  )
  assert.deepEqual(a.story, ['failed 487'])
  assert.deepEqual(b.story, ['offered', 'confirmed', 'ended peer'])
  quiet(net, a, b)
})

test('a peer that answers CANCEL but not the INVITE is given up after 64·T1', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const p = new Puppet(net, B, A)
  a.call(B)
  net.run(100)
  p.reply(p.requests('INVITE')[0]!, 180)
  net.run(100)
  a.command('out', { do: 'hang-up' })
  p.onMessage = m => m.kind === 'request' && m.method === 'CANCEL' && p.reply(m, 200)
  net.run(33_000)
  assert.deepEqual(a.story, ['progress 180', 'failed 487'])
  quiet(net, a)
})

test('hang-up of a called party waits for the ACK before BYE', () => {
  const { net, a, b, flow } = meeting({
    react: (p, leg, n) => {
      if (n.is !== 'offered') return
      p.command(leg, { do: 'accept', sdp: ANSWER })
      p.command(leg, { do: 'hang-up' })
    },
  })
  a.call(B)
  net.run(1000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (1) +sdp
      bob -> alice: 200 INVITE +sdp
      alice -> bob: ACK (1)
      bob -> alice: BYE (1)
      alice -> bob: 200 BYE`),
  )
  assert.deepEqual(b.story, ['offered', 'ended us'])
  quiet(net, a, b)
})

test('a 2xx is repeated, T1 doubling to T2, until its ACK', () => {
  const { net, a, b } = meeting({ react: answering() })
  net.drop = p => firstLine(p).startsWith('ACK') && net.elapsedMs < 10_000
  a.call(B)
  net.run(40_000)
  assert.deepEqual(
    net.times(p => firstLine(p).startsWith('SIP/2.0 200') && p.from === B),
    [5, 505, 1505, 3505, 7505, 11505],
  )
  assert.deepEqual(a.story, ['progress 180', 'answered'])
  assert.deepEqual(b.story, ['offered', 'confirmed'])
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('a 2xx that nobody acknowledges ends in BYE after 64·T1', () => {
  const { net, a, b } = meeting({ react: answering() })
  net.drop = p => firstLine(p).startsWith('ACK')
  a.call(B)
  net.run(33_000)
  assert.deepEqual(b.story, ['offered', 'ended no-ack'])
  assert.deepEqual(a.story, ['progress 180', 'answered', 'ended peer'])
  quiet(net, a, b)
})

test('BYE from both sides at once', () => {
  const { net, a, b } = meeting({ react: answering() })
  a.call(B)
  net.run(1000)
  a.command('out', { do: 'hang-up' })
  b.command(IN, { do: 'hang-up' })
  quiet(net, a, b)
  assert.deepEqual([a.story.at(-1), b.story.at(-1)], ['ended us', 'ended us'])
})

test('downstream forking: early dialogs stay apart, the 2xx of other forks are acknowledged and ended', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const p = new Puppet(net, B, A)
  p.onMessage = m => m.kind === 'request' && m.method === 'BYE' && p.reply(m, 200)
  a.call(B)
  net.run(20)
  const invite = p.requests('INVITE')[0]!
  p.reply(invite, 180, { tag: 'one' })
  p.reply(invite, 183, { tag: 'two', sdp: ANSWER })
  net.run(20)
  assert.deepEqual(
    a.notices('progress').map(n => [n.status, n.early, n.sdp]),
    [
      [180, 'one', undefined],
      [183, 'two', ANSWER],
    ],
  )
  p.reply(invite, 200, { tag: 'two', sdp: ANSWER, contact: `sip:two@${B}` })
  net.run(20)
  p.reply(invite, 200, { tag: 'one', sdp: ANSWER, contact: `sip:one@${B}` })
  p.reply(invite, 200, { tag: 'two', sdp: ANSWER, contact: `sip:two@${B}` })
  p.reply(invite, 200, { tag: 'one', sdp: ANSWER, contact: `sip:one@${B}` })
  net.run(20)
  assert.deepEqual(a.story, ['progress 180', 'progress 183 +sdp', 'answered'])
  assert.deepEqual(
    p.requests('ACK').map(r => r.uri),
    [`sip:two@${B}`, `sip:one@${B}`, `sip:two@${B}`, `sip:one@${B}`],
  )
  assert.deepEqual(
    p.requests('BYE').map(r => r.uri),
    [`sip:one@${B}`],
  )
  a.command('out', { do: 'hang-up' })
  quiet(net, a)
  assert.deepEqual(
    p.requests('BYE').map(r => r.uri),
    [`sip:one@${B}`, `sip:two@${B}`],
  )
})

test('an answer that came only in an unreliable 183 counts when the 200 has none', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const p = new Puppet(net, B, A)
  a.call(B)
  net.run(20)
  p.reply(p.requests('INVITE')[0]!, 183, { sdp: ANSWER })
  net.run(10)
  p.reply(p.requests('INVITE')[0]!, 200)
  net.run(20)
  assert.equal(a.notices('answered')[0]!.sdp, ANSWER)
})

test('BYE in an early dialog of an incoming call also answers the INVITE', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B, { react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'progress', status: 180 }) })
  const p = new Puppet(net, A, B)
  p.invite([], OFFER)
  net.run(20)
  p.inDialog('BYE', p.responses('INVITE')[0]!, 2)
  net.run(20)
  assert.deepEqual(
    p.responses('BYE').map(r => r.status),
    [200],
  )
  assert.equal(p.responses('INVITE').at(-1)!.status, 487)
  assert.deepEqual(b.story, ['offered', 'ended peer'])
  quiet(net, b)
})

test('an INVITE that only rings is cancelled after the longest ringing time and counts as 408', () => {
  const { net, a, b } = meeting(
    { react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'progress', status: 180 }) },
    { legConfig: { maxRingMs: 120_000 } },
  )
  a.call(B)
  net.run(121_000)
  // 180 is repeated every minute so that no proxy on the way loses patience.
  assert.deepEqual(a.story, ['progress 180', 'progress 180', 'failed 408'])
  assert.deepEqual(b.story, ['offered', 'ended cancel'])
  quiet(net, a, b)
})
