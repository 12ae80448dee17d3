import assert from 'node:assert/strict'
import { test } from 'node:test'
import { header } from '../../../src/wire/sip/message.ts'
import { FakeNetwork, firstLine } from './fake-network.ts'
import { golden } from './ladder.ts'
import { A, B, IN, meeting, quiet } from './meeting.ts'
import { ANSWER, answering, OFFER, Party } from './party.ts'
import { Puppet } from './puppet.ts'

test('RFC 4028: the caller refreshes by UPDATE at half of the interval', () => {
  const { net, a, b, flow } = meeting({ react: answering() }, { legConfig: { sessionExpiresS: 100 } })
  a.call(B)
  net.run(1000)
  net.sent.length = 0
  net.run(100_000)
  assert.equal(
    flow(),
    golden(`
      alice -> bob: UPDATE (2)
      bob -> alice: 200 UPDATE
      alice -> bob: UPDATE (3)
      bob -> alice: 200 UPDATE`),
  )
  assert.equal(a.lastSnapshot().session?.refresher, 'us')
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('without UPDATE the refresh is a re-INVITE with the present offer', () => {
  const allow = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS']
  const { net, a, b } = meeting({ react: answering(), config: { allow } }, { legConfig: { sessionExpiresS: 100 } })
  a.call(B)
  net.run(60_000)
  assert.equal(b.notices('offer')[0]!.sdp, OFFER)
  assert.deepEqual(a.story, ['progress 180', 'answered'])
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('a caller that stops refreshing is hung up shortly before the interval ends', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B, { react: answering() })
  const p = new Puppet(net, A, B)
  p.invite(
    [
      ['Supported', 'timer'],
      ['Session-Expires', '90;refresher=uac'],
    ],
    OFFER,
  )
  net.run(20)
  const ok = p.responses('INVITE').at(-1)!
  assert.equal(header(ok, 'Session-Expires'), '90;refresher=uac')
  assert.equal(header(ok, 'Require'), 'timer')
  p.inDialog('ACK', ok, 1)
  // 90 s less the third of it.
  net.run(59_900)
  assert.deepEqual(b.story, ['offered', 'confirmed'])
  net.run(200)
  assert.deepEqual(b.story, ['offered', 'confirmed', 'ended session-timer'])
  assert.equal(header(p.requests('BYE')[0]!, 'Reason'), 'SIP;cause=408;text="Session Expired"')
  p.reply(p.requests('BYE')[0]!, 200)
  quiet(net, b)
})

test('a caller that cannot refresh leaves it to us; UPDATE from the peer renews the interval', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B, { react: answering() })
  const p = new Puppet(net, A, B)
  p.invite(
    [
      ['Session-Expires', '200'],
      ['Allow', 'INVITE, ACK, BYE, UPDATE'],
    ],
    OFFER,
  )
  net.run(20)
  const ok = p.responses('INVITE').at(-1)!
  assert.equal(header(ok, 'Session-Expires'), '200;refresher=uas')
  p.inDialog('ACK', ok, 1)
  p.onMessage = m => m.kind === 'request' && m.method === 'UPDATE' && p.reply(m, 200)
  net.run(450_000)
  assert.equal(p.requests('UPDATE').length, 4)
  assert.deepEqual(b.story, ['offered', 'confirmed'])
  b.command(IN, { do: 'hang-up' })
  quiet(net, b)
})

test('an interval below our minimum is 422 with Min-SE', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B, { react: answering(), legConfig: { minSessionS: 300 } })
  const p = new Puppet(net, A, B)
  p.invite(
    [
      ['Supported', 'timer'],
      ['Session-Expires', '120'],
    ],
    OFFER,
  )
  net.run(20)
  const refused = p.responses('INVITE')[0]!
  assert.deepEqual([refused.status, header(refused, 'Min-SE')], [422, '300'])
  assert.deepEqual(b.story, [])
  quiet(net, b)
})

test('422 to our INVITE: again with the interval asked for', () => {
  const { net, a, b, flow } = meeting({ react: answering(), legConfig: { minSessionS: 600 } }, { legConfig: { sessionExpiresS: 120 } })
  a.call(B)
  net.run(1000)
  assert.match(flow(), /422 INVITE[\s\S]*INVITE \(2\)[\s\S]*200 INVITE/)
  assert.deepEqual(a.story, ['progress 180', 'answered'])
  assert.equal(a.lastSnapshot().session?.intervalS, 600)
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('a refresh that is answered 481, or by nobody, ends the leg', () => {
  for (const status of [481, 0]) {
    const net = new FakeNetwork()
    const a = new Party(net, A, { legConfig: { sessionExpiresS: 100 } })
    const p = new Puppet(net, B, A)
    a.call(B)
    net.run(20)
    p.reply(p.requests('INVITE')[0]!, 200, {
      sdp: ANSWER,
      headers: [
        { name: 'Allow', value: 'INVITE, BYE, UPDATE' },
        { name: 'Session-Expires', value: '100;refresher=uac' },
      ],
    })
    p.onMessage = m => m.kind === 'request' && m.method === 'UPDATE' && status !== 0 && p.reply(m, status)
    net.run(90_000)
    assert.equal(a.story.at(-1), status === 481 ? 'ended peer' : 'ended timeout')
    assert.ok(net.sent.some(x => firstLine(x).startsWith('BYE')))
    quiet(net, a)
  }
})
