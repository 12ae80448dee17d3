import assert from 'node:assert/strict'
import { test } from 'node:test'
import { header, type SipResponse } from '../../../src/wire/sip/message.ts'
import { FakeNetwork } from './fake-network.ts'
import { A, B, IN, meeting, quiet } from './meeting.ts'
import { ANSWER, answering, OFFER, Party } from './party.ts'
import { Puppet } from './puppet.ts'

function connected(): { net: FakeNetwork; b: Party; p: Puppet; ok: SipResponse } {
  const net = new FakeNetwork()
  const b = new Party(net, B, { react: answering() })
  const p = new Puppet(net, A, B)
  p.invite([['Allow', 'INVITE, ACK, BYE, UPDATE, INFO, REFER, NOTIFY']], OFFER)
  net.run(20)
  const ok = p.responses('INVITE').at(-1)!
  p.inDialog('ACK', ok, 1)
  net.run(20)
  p.onMessage = m => m.kind === 'request' && m.method !== 'ACK' && p.reply(m, 200)
  return { net, b, p, ok }
}

test('INFO: dtmf-relay and dtmf become digits, other bodies are 415, none is 200', () => {
  const { net, b, p, ok } = connected()
  p.inDialog('INFO', ok, 2, [['Content-Type', 'application/dtmf-relay']], 'Signal=5\r\nDuration=250\r\n')
  p.inDialog('INFO', ok, 3, [['Content-Type', 'application/dtmf-relay']], 'Signal= 11\r\nDuration= 0\r\n')
  p.inDialog('INFO', ok, 4, [['Content-Type', 'application/dtmf']], '*')
  p.inDialog('INFO', ok, 5, [['Content-Type', 'text/plain']], 'hello')
  p.inDialog('INFO', ok, 6)
  p.inDialog('INFO', ok, 7, [['Content-Type', 'application/dtmf-relay']], 'Signal=x\r\n')
  net.run(20)
  assert.deepEqual(
    b.notices('dtmf').map(n => [n.digit, n.durationMs]),
    [
      ['5', 250],
      ['#', 160],
      ['*', 160],
    ],
  )
  assert.deepEqual(
    p.responses('INFO').map(r => r.status),
    [200, 200, 200, 415, 200, 400],
  )
  b.command(IN, { do: 'hang-up' })
  quiet(net, b)
})

test('REFER: 202, NOTIFY 100 at once, progress and end as sipfrag', () => {
  const { net, b, p, ok } = connected()
  p.inDialog('REFER', ok, 2, [
    ['Refer-To', `<sip:carol@${B}?Replaces=call%40x%3Bto-tag%3Dt1%3Bfrom-tag%3Df1>`],
    ['Referred-By', '<sip:puppet@x>'],
  ])
  net.run(20)
  const refer = b.notices('refer')[0]!
  assert.deepEqual(refer.to, { uri: `sip:carol@${B}` })
  assert.deepEqual(refer.replaces, { callId: 'call@x', toTag: 't1', fromTag: 'f1' })
  assert.deepEqual(refer.by, { uri: 'sip:puppet@x' })
  b.command(IN, { do: 'refer-reply', refer: refer.refer, status: 202 })
  b.command(IN, { do: 'refer-progress', refer: refer.refer, status: 180, reason: 'Ringing', final: false })
  b.command(IN, { do: 'refer-progress', refer: refer.refer, status: 200, reason: 'OK', final: true })
  b.command(IN, { do: 'refer-progress', refer: refer.refer, status: 200, reason: 'OK', final: true })
  net.run(100)
  assert.equal(p.responses('REFER')[0]!.status, 202)
  const notifies = p.requests('NOTIFY')
  assert.deepEqual(
    notifies.map(n => new TextDecoder().decode(n.body).trim()),
    ['SIP/2.0 100 Trying', 'SIP/2.0 180 Ringing', 'SIP/2.0 200 OK'],
  )
  assert.deepEqual(
    notifies.map(n => header(n, 'Event')),
    ['refer;id=2', 'refer;id=2', 'refer;id=2'],
  )
  assert.equal(header(notifies[2]!, 'Subscription-State'), 'terminated;reason=noresource')
  b.command(IN, { do: 'hang-up' })
  quiet(net, b)
})

test('RFC 4488: REFER without subscription; a refused REFER; a REFER without target', () => {
  const { net, b, p, ok } = connected()
  p.inDialog('REFER', ok, 2, [
    ['Refer-To', '<sip:carol@x>'],
    ['Refer-Sub', 'false'],
  ])
  p.inDialog('REFER', ok, 3, [['Refer-To', '<sip:carol@x>']])
  p.inDialog('REFER', ok, 4)
  net.run(20)
  const [quietly, refused] = b.notices('refer')
  b.command(IN, { do: 'refer-reply', refer: quietly!.refer, status: 202 })
  b.command(IN, { do: 'refer-reply', refer: refused!.refer, status: 603 })
  net.run(20)
  assert.deepEqual(
    p.responses('REFER').map(r => [r.status, header(r, 'Refer-Sub')]),
    [
      [400, undefined],
      [202, 'false'],
      [603, undefined],
    ],
  )
  assert.equal(p.requests('NOTIFY').length, 0)
  b.command(IN, { do: 'hang-up' })
  quiet(net, b)
})

test('REFER of ours, and the NOTIFYs that it brings', () => {
  const { net, b, p, ok } = connected()
  b.command(IN, { do: 'send-refer', to: { uri: 'sip:carol@x' }, replaces: 'call;to-tag=a;from-tag=b' })
  net.run(20)
  assert.equal(header(p.requests('REFER')[0]!, 'Refer-To'), '<sip:carol@x?Replaces=call%3Bto-tag%3Da%3Bfrom-tag%3Db>')
  p.inDialog(
    'NOTIFY',
    ok,
    2,
    [
      ['Event', 'refer'],
      ['Subscription-State', 'terminated'],
      ['Content-Type', 'message/sipfrag'],
    ],
    'SIP/2.0 200 OK\r\n',
  )
  net.run(20)
  assert.equal(p.responses('NOTIFY')[0]!.status, 200)
  b.command(IN, { do: 'hang-up' })
  quiet(net, b)
})

test('identify: P-Asserted-Identity rides on the responses, later on UPDATE', () => {
  const { net, a, b } = meeting({
    react: (party, leg, n) => {
      if (n.is !== 'offered') return
      party.command(leg, { do: 'identify', who: { display: 'Support', uri: 'sip:200@office' } })
      party.command(leg, { do: 'progress', status: 180 })
      party.command(leg, { do: 'accept', sdp: ANSWER })
    },
  })
  a.call(B)
  net.run(100)
  assert.deepEqual(a.notices('answered')[0]!.asserted, { display: 'Support', uri: 'sip:200@office' })
  b.command(IN, { do: 'identify', who: { uri: 'sip:201@office' } })
  net.run(100)
  const update = net.sent.map(p => new TextDecoder().decode(p.bytes)).find(t => t.startsWith('UPDATE'))!
  assert.match(update, /P-Asserted-Identity: <sip:201@office>/)
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('a request to a dialog that does not exist is 481; OPTIONS inside one is 200', () => {
  const { net, b, p, ok } = connected()
  p.inDialog('OPTIONS', ok, 2)
  const stranger = { ...ok, headers: ok.headers.map(h => (h.name === 'To' ? { name: 'To', value: '<sip:bob@x>;tag=nobody' } : h)) }
  for (const method of ['BYE', 'INVITE', 'UPDATE', 'INFO', 'PRACK']) p.inDialog(method, stranger, 2)
  net.run(20)
  assert.equal(p.responses('OPTIONS')[0]!.status, 200)
  for (const method of ['BYE', 'INVITE', 'UPDATE', 'INFO', 'PRACK']) assert.equal(p.responses(method).at(-1)!.status, 481, method)
  b.command(IN, { do: 'hang-up' })
  quiet(net, b)
})

test('what an INVITE says is told in full', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B)
  const p = new Puppet(net, A, B)
  p.invite(
    [
      ['P-Asserted-Identity', '"Office" <sip:+77001112233@x>'],
      ['Privacy', 'id;critical'],
      ['Diversion', '<sip:300@x>;reason=no-answer'],
      ['User-Agent', 'Puppet/1'],
      ['Supported', '100rel'],
      ['Supported', 'replaces'],
      ['Replaces', 'other;to-tag=x;from-tag=y;early-only'],
      ['Alert-Info', '<urn:alert:source:external>'],
      ['X-Note', 'one'],
    ],
    OFFER,
  )
  net.run(20)
  const facts = b.notices('offered')[0]!.invite
  assert.equal(facts.dialled, 'bob')
  assert.equal(facts.userAgent, 'Puppet/1')
  assert.equal(facts.maxForwards, 70)
  assert.deepEqual(facts.asserted, [{ display: 'Office', uri: 'sip:+77001112233@x' }])
  assert.deepEqual(facts.privacy, ['id', 'critical'])
  assert.deepEqual(facts.diversion, [{ uri: 'sip:300@x' }])
  assert.deepEqual(facts.supported, ['100rel', 'replaces'])
  assert.deepEqual(facts.replaces, { callId: 'other', toTag: 'x', fromTag: 'y', earlyOnly: true })
  assert.deepEqual(
    facts.extra.map(h => h.name),
    ['Alert-Info', 'X-Note'],
  )
  assert.deepEqual(facts.flow.remote, { host: A, port: 5060 })
  b.command(IN, { do: 'reject', status: 404 })
  p.onMessage = () => {}
  quiet(net, b)
})

test('a body that is no SDP is 415, an SDP inside multipart is found', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B)
  const p = new Puppet(net, A, B)
  const send = (callId: string, type: string, body: string): void => {
    p.request(
      'INVITE',
      `sip:bob@${B}`,
      [
        ['From', '<sip:p@x>;tag=1'],
        ['To', '<sip:b@x>'],
        ['Call-ID', callId],
        ['CSeq', '1 INVITE'],
        ['Contact', `<sip:p@${A}>`],
        ['Content-Type', type],
      ],
      body,
    )
  }
  send('one', 'application/xml', '<a/>')
  send(
    'two',
    'multipart/mixed;boundary=zz',
    `--zz\r\nContent-Type: text/plain\r\n\r\nhi\r\n--zz\r\nContent-Type: application/sdp\r\n\r\n${OFFER}\r\n--zz--\r\n`,
  )
  net.run(20)
  assert.equal(p.responses('INVITE')[0]!.status, 415)
  assert.equal(header(p.responses('INVITE')[0]!, 'Accept'), 'application/sdp')
  assert.equal(b.notices('offered')[0]!.sdp?.trim(), OFFER.trim())
})

test('SEC-03 no digest reaches notices or snapshots, neither of our own nor of a peer', () => {
  const { net, a, b } = meeting(
    { react: answering() },
    { authenticate: () => [{ name: 'Proxy-Authorization', value: 'Digest response="feedbeef"' }] },
  )
  a.call(B, {
    credentials: { username: 'alice', password: 'secret' },
    headers: [{ name: 'Authorization', value: 'Digest response="deadbeef"' }],
  })
  net.run(1000)
  assert.doesNotMatch(JSON.stringify([a.diary, b.diary]), /deadbeef|feedbeef|secret/)
  assert.ok(b.diary.some(d => d.notice.is === 'snapshot' && d.notice.snapshot.ringing))
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})
