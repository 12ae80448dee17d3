import assert from 'node:assert/strict'
import { test } from 'node:test'
import { header } from '../../../src/wire/sip/message.ts'
import { FakeNetwork, firstLine } from './fake-network.ts'
import { golden } from './ladder.ts'
import { A, B, IN, meeting, quiet } from './meeting.ts'
import { ANSWER, answering, HELD, HOLD, OFFER, Party } from './party.ts'
import { Puppet } from './puppet.ts'

test('glare: both re-INVITEs get 491, the called side tries first, both succeed', () => {
  const { net, a, b } = meeting({ react: answering() }, { react: answering() })
  a.call(B)
  net.run(1000)
  net.sent.length = 0
  const start = net.elapsedMs
  a.command('out', { do: 'offer', sdp: HOLD })
  b.command(IN, { do: 'offer', sdp: HOLD })
  net.run(10_000)
  assert.equal(net.sent.filter(p => firstLine(p).startsWith('SIP/2.0 491')).length, 2)
  const tries = (host: string): number[] => net.times(p => p.from === host && firstLine(p).startsWith('INVITE')).map(t => t - start)
  const alice = tries(A)
  const bob = tries(B)
  assert.equal(alice.length, 2)
  assert.equal(bob.length, 2)
  // §14.1: the owner of the Call-ID rests 2.1 to 4 s, the other up to 2 s; in steps of 10 ms after the 491 at 10 ms.
  assert.ok(alice[1]! - 10 >= 2100 && alice[1]! - 10 <= 4000 && (alice[1]! - 10) % 10 === 0, String(alice))
  assert.ok(bob[1]! - 10 <= 2000 && (bob[1]! - 10) % 10 === 0, String(bob))
  assert.deepEqual(a.story.slice(2), ['offer', 'offer-answered'])
  assert.deepEqual(b.story.slice(2), ['offer-answered', 'offer'])
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('a refused offer leaves the session as it was', () => {
  const { net, a, b } = meeting({
    react: (p, leg, n) => {
      if (n.is === 'offered') p.command(leg, { do: 'accept', sdp: ANSWER })
      if (n.is === 'offer') p.command(leg, { do: 'refuse-offer', status: 488 })
    },
  })
  a.call(B)
  net.run(1000)
  a.command('out', { do: 'offer', sdp: HOLD })
  net.run(1000)
  assert.deepEqual(a.story, ['answered', 'offer-refused 488'])
  b.command(IN, { do: 'hang-up' })
  net.run(1000)
  assert.equal(a.story.at(-1), 'ended peer')
  quiet(net, a, b)
})

test('re-INVITE without offer: the peer offers in its 200, we answer in ACK', () => {
  const { net, a, b, flow } = meeting(
    {
      react: (p, leg, n) => {
        if (n.is === 'offered') p.command(leg, { do: 'accept', sdp: ANSWER })
        if (n.is === 'offer') p.command(leg, { do: 'answer', sdp: OFFER })
      },
    },
    { react: (p, leg, n) => n.is === 'offer' && p.command(leg, { do: 'answer', sdp: HELD }) },
  )
  a.call(B)
  net.run(1000)
  net.sent.length = 0
  a.command('out', { do: 'offer' })
  net.run(1000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: INVITE (2)
      bob -> alice: 200 INVITE +sdp
      alice -> bob: ACK (2) +sdp`),
  )
  assert.equal(a.notices('offer')[0]!.sdp, OFFER)
  assert.equal(b.notices('offer')[0]!.sdp, undefined)
  assert.equal(b.notices('offer-answered')[0]!.sdp, HELD)
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('offers given while one is under way wait, and only the newest of them goes out', () => {
  const { net, a, b } = meeting({ react: answering() })
  a.call(B)
  const first = HOLD
  const second = HOLD.replace('1 2 IN', '1 3 IN')
  const third = HOLD.replace('1 2 IN', '1 4 IN')
  a.command('out', { do: 'offer', sdp: first })
  net.run(12)
  a.command('out', { do: 'offer', sdp: second })
  a.command('out', { do: 'offer', sdp: third })
  net.run(1000)
  assert.deepEqual(
    b.notices('offer').map(n => n.sdp),
    [first, third],
  )
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('481 to a re-INVITE ends the leg, 500 and a time-out of INFO do not', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const p = new Puppet(net, B, A)
  a.call(B)
  net.run(20)
  p.reply(p.requests('INVITE')[0]!, 200, { sdp: ANSWER })
  net.run(20)
  a.command('out', { do: 'offer', sdp: HOLD })
  net.run(20)
  p.reply(p.requests('INVITE').at(-1)!, 500)
  net.run(20)
  assert.equal(a.story.at(-1), 'offer-refused 500')
  a.command('out', { do: 'info', contentType: 'application/dtmf-relay', body: 'Signal=1\r\n' })
  net.run(40_000)
  assert.equal(a.story.at(-1), 'offer-refused 500')
  a.command('out', { do: 'offer', sdp: HOLD })
  net.run(20)
  p.reply(p.requests('INVITE').at(-1)!, 481)
  p.onMessage = m => m.kind === 'request' && m.method === 'BYE' && p.reply(m, 481)
  net.run(100)
  assert.equal(a.story.at(-1), 'ended peer')
  assert.equal(p.requests('BYE').length, 1)
  quiet(net, a)
})

test('a re-INVITE that nobody answers is 408 and ends the leg', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const p = new Puppet(net, B, A)
  a.call(B)
  net.run(20)
  p.reply(p.requests('INVITE')[0]!, 200, { sdp: ANSWER })
  net.run(20)
  a.command('out', { do: 'offer', sdp: HOLD })
  net.run(33_000)
  assert.equal(a.story.at(-1), 'ended timeout')
  quiet(net, a)
})

test('requests below the highest CSeq get 500, a second INVITE while one is open 500 with Retry-After', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B, { react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'accept', sdp: ANSWER }) })
  const p = new Puppet(net, A, B)
  p.invite([], OFFER)
  net.run(20)
  const ok = p.responses('INVITE')[0]!
  p.inDialog('ACK', ok, 1)
  net.run(20)
  p.inDialog('INVITE', ok, 5, [['Content-Type', 'application/sdp']], HOLD)
  net.run(20)
  p.inDialog('INVITE', ok, 6, [['Content-Type', 'application/sdp']], HOLD)
  p.inDialog('INFO', ok, 4)
  net.run(20)
  const overlap = p.responses('INVITE').at(-1)!
  assert.equal(overlap.status, 500)
  assert.match(header(overlap, 'Retry-After') ?? '', /^\d+$/)
  assert.equal(p.responses('INFO')[0]!.status, 500)
  b.command(IN, { do: 'answer', sdp: HELD })
  net.run(20)
  p.inDialog('ACK', ok, 5)
  p.inDialog('BYE', ok, 7)
  quiet(net, b)
  assert.equal(b.story.at(-1), 'ended peer')
})

test('target refresh: after a re-INVITE with another Contact requests go there', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B, { react: answering() })
  const p = new Puppet(net, A, B)
  const elsewhere = new Puppet(net, '192.0.2.9', B)
  p.invite([], OFFER)
  net.run(20)
  const ok = p.responses('INVITE').at(-1)!
  p.inDialog('ACK', ok, 1)
  p.request(
    'INVITE',
    `sip:bob@${B}`,
    [
      ['From', header(ok, 'From')!],
      ['To', header(ok, 'To')!],
      ['Call-ID', header(ok, 'Call-ID')!],
      ['CSeq', '2 INVITE'],
      ['Contact', '<sip:moved@192.0.2.9>'],
      ['Content-Type', 'application/sdp'],
    ],
    HOLD,
  )
  net.run(20)
  p.inDialog('ACK', ok, 2)
  net.run(20)
  b.command(IN, { do: 'hang-up' })
  net.run(20)
  assert.equal(elsewhere.requests('BYE')[0]!.uri, 'sip:moved@192.0.2.9')
  elsewhere.reply(elsewhere.requests('BYE')[0]!, 200)
  quiet(net, b)
})

test('route sets: loose routers keep the target in the Request-URI, a strict one gets its own', () => {
  for (const [record, uri, routes] of [
    ['<sip:192.0.2.1;lr>', 'sip:puppet@192.0.2.1', ['<sip:192.0.2.1;lr>']],
    ['<sip:192.0.2.1>', 'sip:192.0.2.1', ['<sip:puppet@192.0.2.1>']],
  ] as const) {
    const net = new FakeNetwork()
    const b = new Party(net, B, { react: answering() })
    const p = new Puppet(net, A, B)
    p.invite([['Record-Route', record]], OFFER)
    net.run(20)
    const ok = p.responses('INVITE').at(-1)!
    assert.equal(header(ok, 'Record-Route'), record)
    p.inDialog('ACK', ok, 1)
    net.run(20)
    b.command(IN, { do: 'hang-up' })
    net.run(20)
    const bye = p.requests('BYE')[0]!
    assert.equal(bye.uri, uri)
    assert.deepEqual(
      bye.headers.filter(h => h.name === 'Route').map(h => h.value),
      routes,
    )
    p.reply(bye, 200)
    quiet(net, b)
  }
})
