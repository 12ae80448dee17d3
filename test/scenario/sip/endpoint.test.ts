import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Hop } from '../../../src/sip/flow.ts'
import { header, headerValues, NO_BODY, type SipRequest, type SipResponse } from '../../../src/wire/sip/message.ts'
import { FakeNetwork, firstLine } from './fake-network.ts'
import { A, B, C, meeting, quiet } from './meeting.ts'
import { ANSWER, answering, Party } from './party.ts'
import { Puppet } from './puppet.ts'

function standing(user: ConstructorParameters<typeof Party>[2] = {}): { net: FakeNetwork; b: Party; p: Puppet } {
  const net = new FakeNetwork()
  return { net, b: new Party(net, B, user), p: new Puppet(net, A, B) }
}

const BASIC: readonly [string, string][] = [
  ['From', '<sip:p@x>;tag=1'],
  ['To', '<sip:b@x>'],
]

function options(seq: number, more: readonly [string, string][] = [], callId = `o${seq}`): [string, string][] {
  return [...BASIC, ['Call-ID', callId], ['CSeq', `${seq} OPTIONS`], ...more]
}

test('method, scheme and extension checks: 405 with Allow, 501, 416, 420 with Unsupported', () => {
  const { net, p } = standing({ config: { allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'] } })
  p.request('PUBLISH', `sip:b@${B}`, [...BASIC, ['Call-ID', '1'], ['CSeq', '1 PUBLISH']])
  p.request('DANCE', `sip:b@${B}`, [...BASIC, ['Call-ID', '2'], ['CSeq', '1 DANCE']])
  p.request('OPTIONS', 'mailto:b@x', options(3))
  p.request(
    'OPTIONS',
    `sip:b@${B}`,
    options(4, [
      ['Require', 'timer'],
      ['Require', 'flying'],
      ['Require', 'diving'],
    ]),
  )
  net.run(20)
  assert.deepEqual(
    p.heard.map(m => (m as SipResponse).status),
    [405, 501, 416, 420],
  )
  assert.equal(header(p.heard[0]!, 'Allow'), 'INVITE')
  assert.deepEqual(headerValues(p.heard[3]!, 'Unsupported'), ['flying', 'diving'])
  assert.ok(p.heard.every(m => /;tag=/.test(header(m, 'To')!)))
  assert.equal(net.pending, 0)
})

test('hops: an INVITE with Max-Forwards 0 is 483, with Max-Breadth 0 is 440; OPTIONS with 0 is ours to answer', () => {
  const { net, b, p } = standing()
  p.request('INVITE', `sip:b@${B}`, [...BASIC, ['Call-ID', '1'], ['CSeq', '1 INVITE'], ['Max-Forwards', '0']])
  p.request('INVITE', `sip:b@${B}`, [...BASIC, ['Call-ID', '2'], ['CSeq', '1 INVITE'], ['Max-Breadth', '0']])
  p.request('OPTIONS', `sip:b@${B}`, options(3, [['Max-Forwards', '0']]))
  net.run(20)
  assert.deepEqual(
    p.heard.map(m => (m as SipResponse).status),
    [483, 440],
  )
  assert.equal(b.requests.length, 1)
  b.requests[0]!.respond(200)
  quiet(net, b)
})

test('RFC 5393: our own INVITE that comes back for the same destination is 482, for another one it is a spiral and welcome', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B)
  const p = new Puppet(net, A, B)
  b.call(A, { requestUri: `sip:bob@${A}` })
  net.run(20)
  const ours = p.requests('INVITE')[0]!
  const back = (uri: string, branch: string): void => {
    const via = { name: 'Via', value: `SIP/2.0/UDP ${A}:5060;branch=z9hG4bK${branch}` }
    p.say({ ...ours, uri, headers: [via, ...ours.headers.map(h => (h.name === 'Call-ID' ? { ...h, value: branch } : h))] })
  }
  back(ours.uri, 'loop')
  back(`sip:other@${B}`, 'spiral')
  net.run(20)
  assert.equal(p.responses('INVITE')[0]!.status, 482)
  assert.equal(b.notices('offered').length, 1)
})

test('the same request over two paths: the second is 482 Merged Request', () => {
  const { net, b, p } = standing()
  p.request('OPTIONS', `sip:b@${B}`, options(1, [], 'same'))
  p.request('OPTIONS', `sip:b@${B}`, options(1, [], 'same'))
  net.run(20)
  assert.equal(b.requests.length, 1)
  assert.deepEqual(
    p.heard.map(m => (m as SipResponse).status),
    [482],
  )
})

test('a retransmission gets the same answer without being seen again; a request of RFC 2543 is matched too', () => {
  const { net, b, p } = standing()
  for (const branch of ['z9hG4bKone', 'old']) {
    const before = b.requests.length
    const again = (): unknown => p.request('OPTIONS', `sip:b@${B}`, options(1, [], branch), '', branch)
    again()
    net.run(20)
    b.requests.at(-1)!.respond(200)
    again()
    net.run(20)
    assert.equal(b.requests.length, before + 1)
  }
  assert.deepEqual(
    p.heard.map(m => (m as SipResponse).status),
    [200, 200, 200, 200],
  )
  quiet(net, b)
})

test('a peer of RFC 2543 can call, be refused and acknowledge', () => {
  const { net, b, p } = standing({ react: (party, leg, n) => n.is === 'offered' && party.command(leg, { do: 'reject', status: 486 }) })
  const headers: [string, string][] = [
    ['From', '<sip:p@x>'],
    ['To', '<sip:b@x>'],
    ['Call-ID', 'old'],
    ['Contact', `<sip:p@${A}>`],
  ]
  p.request('INVITE', `sip:b@${B}`, [...headers, ['CSeq', '1 INVITE']], '', '1')
  net.run(20)
  assert.equal(p.responses('INVITE')[0]!.status, 486)
  const to = header(p.responses('INVITE')[0]!, 'To')!
  p.request(
    'ACK',
    `sip:b@${B}`,
    [
      ['From', '<sip:p@x>'],
      ['To', to],
      ['Call-ID', 'old'],
      ['CSeq', '1 ACK'],
    ],
    '',
    '1',
  )
  net.run(20_000)
  assert.equal(p.responses('INVITE').length, 1)
  quiet(net, b)
})

test('malformed requests get 400 where they can, silence where they cannot', () => {
  const codes: string[] = []
  const { net, p, b } = standing({ user: { garbage: code => codes.push(code) } })
  p.raw(
    `OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP ${A};branch=z9hG4bKx\r\nFrom: <sip:p@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: many\r\n\r\n`,
  )
  p.raw('nonsense')
  p.raw(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP ${A};branch=z9hG4bKx\r\nCSeq: 1\r\n\r\n`)
  net.run(20)
  assert.deepEqual(
    p.heard.map(m => (m as SipResponse).status),
    [400],
  )
  assert.equal(codes.length, 3)
  assert.equal(b.requests.length, 0)
})

test('rport: answers go to the port that the request came from, Via says what was seen', () => {
  const net = new FakeNetwork()
  const b = new Party(net, B)
  const bytes = new TextEncoder().encode(
    `OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.7:5066;branch=z9hG4bKx;rport\r\nFrom: <sip:p@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n`,
  )
  b.endpoint.receive(bytes, { transport: 'udp', local: { host: B, port: 5060 }, remote: { host: A, port: 40_000 }, connection: '' })
  const t = b.requests[0]!
  assert.deepEqual([t.source.host, t.source.port, t.behindNat], [A, 40_000, true])
  assert.match(header(t.request, 'Via')!, /received=192\.0\.2\.1/)
  assert.match(header(t.request, 'Via')!, /rport=40000/)
  t.respond(200)
  quiet(net, b)
})

test('the gate: refused without a transaction, the same To tag for a repeated request; dropped without a word', () => {
  const { net, b, p } = standing({
    user: { gate: r => (r.method === 'INVITE' ? { status: 503, headers: [{ name: 'Retry-After', value: '7' }] } : 'drop') },
  })
  p.request('INVITE', `sip:b@${B}`, [...BASIC, ['Call-ID', '1'], ['CSeq', '1 INVITE']], '', 'z9hG4bKsame')
  p.request('INVITE', `sip:b@${B}`, [...BASIC, ['Call-ID', '1'], ['CSeq', '1 INVITE']], '', 'z9hG4bKsame')
  p.request('OPTIONS', `sip:b@${B}`, options(2))
  net.run(20)
  const [first, second] = p.responses('INVITE')
  assert.deepEqual([first!.status, header(first!, 'Retry-After'), p.heard.length], [503, '7', 2])
  assert.equal(header(first!, 'To'), header(second!, 'To'))
  assert.equal(b.endpoint.size, 0)
})

test('the early look comes before parsing but after retransmissions of known calls', () => {
  let seen = 0
  const { net, b, p } = standing({ user: { early: () => (seen++ > 0 ? new TextEncoder().encode('SIP/2.0 503 Busy\r\n\r\n') : 'go') } })
  const send = (): unknown => p.request('OPTIONS', `sip:b@${B}`, options(1), '', 'z9hG4bKsame')
  p.onMessage = () => {}
  send()
  net.run(20)
  send()
  net.run(20)
  assert.equal(seen, 1)
  assert.equal(b.requests.length, 1)
  b.requests[0]!.respond(200)
  quiet(net, b)
})

test('CANCEL without INVITE is 481; without a leg the endpoint itself ends the INVITE with 487', () => {
  const { net, b, p } = standing({ user: { request: () => {} } })
  p.request('CANCEL', `sip:b@${B}`, [...BASIC, ['Call-ID', 'x'], ['CSeq', '1 CANCEL']])
  p.request('INVITE', `sip:b@${B}`, [...BASIC, ['Call-ID', 'y'], ['CSeq', '1 INVITE']], '', 'z9hG4bKinv')
  net.run(20)
  p.request('CANCEL', `sip:b@${B}`, [...BASIC, ['Call-ID', 'y'], ['CSeq', '1 CANCEL']], '', 'z9hG4bKinv')
  net.run(20)
  assert.deepEqual(
    p.responses('CANCEL').map(r => r.status),
    [481, 200],
  )
  assert.equal(p.responses('INVITE').at(-1)!.status, 487)
  assert.equal(header(p.responses('CANCEL')[1]!, 'To'), header(p.responses('INVITE').at(-1)!, 'To'))
  quiet(net, b)
})

const message = (method: string, body = NO_BODY): SipRequest => ({
  kind: 'request',
  method,
  uri: 'sip:x@example.net',
  headers: [
    { name: 'From', value: '<sip:a@x>;tag=1' },
    { name: 'To', value: '<sip:x@x>' },
    { name: 'Call-ID', value: 'c' },
    { name: 'CSeq', value: `1 ${method}` },
  ],
  body,
})

const hop = (host: string, transport: Hop['transport'] = 'udp'): Hop => ({ transport, host, port: 5060 })

test('RFC 3263 §4.3: the next hop after 503, after a transport failure and after a time-out; not after 486', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const b = new Puppet(net, B, A)
  const c = new Puppet(net, C, A)
  net.refuse('192.0.2.99')
  b.onMessage = m => m.kind === 'request' && b.reply(m, 503)
  c.onMessage = m => m.kind === 'request' && m.method !== 'ACK' && c.reply(m, 486)
  const heard: [number, string, boolean][] = []
  const observer = { response: (r: SipResponse, h: Hop, local: boolean) => void heard.push([r.status, h.host, local]) }
  a.endpoint.request(message('OPTIONS'), [hop('192.0.2.99'), hop(B), hop('192.0.2.77'), hop(C), hop(B)], observer)
  net.run(40_000)
  assert.deepEqual(heard, [[486, C, false]])
  heard.length = 0
  a.endpoint.request(message('OPTIONS'), [hop('192.0.2.99')], observer)
  a.endpoint.request(message('OPTIONS'), [], observer)
  a.endpoint.request(message('OPTIONS'), [hop('192.0.2.77')], observer)
  net.run(40_000)
  assert.deepEqual(
    heard.map(h => [h[0], h[2]]),
    [
      [503, true],
      [503, true],
      [408, true],
    ],
  )
  const branches = b
    .requests('OPTIONS')
    .concat(c.requests('OPTIONS'))
    .map(r => header(r, 'Via'))
  assert.equal(new Set(branches).size, branches.length)
  quiet(net, a)
})

test('RFC 3263 §4.3: a hop that failed is tried last for a while, so that only the first call waits for it', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A)
  const c = new Puppet(net, C, A)
  c.onMessage = m => m.kind === 'request' && c.reply(m, 200)
  const took: number[] = []
  const ask = (): void => {
    const began = net.clock.nowMs()
    a.endpoint.request(message('OPTIONS'), [hop('192.0.2.77'), hop(C)], { response: () => void took.push(net.clock.nowMs() - began) })
    net.run(40_000)
  }
  ask()
  ask()
  net.run(60_000)
  ask()
  assert.equal(took.length, 3)
  assert.ok(took[0]! > 30_000 && took[2]! > 30_000, 'the silent one is tried first')
  assert.ok(took[1]! < 1000, 'while it is remembered as silent, the other answers at once')
  quiet(net, a)
})

test('an outgoing call fails over like any request', () => {
  const { net, a, b } = meeting({ react: answering() })
  net.refuse('192.0.2.99')
  a.call(B, { hops: [hop('192.0.2.99'), hop(B)] })
  net.run(1000)
  assert.deepEqual(a.story, ['progress 180', 'answered'])
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('RFC 3261 §18.1.1: a large request goes by TCP where the peer listens there, and back to UDP when it does not', () => {
  for (const listens of [true, false]) {
    const net = new FakeNetwork()
    const transports: string[] = []
    const b = new Puppet(net, B, A)
    const a = new Party(net, A)
    const io = net.join(A, (bytes, flow) => a.endpoint.receive(bytes, flow))
    const made = new Party(net, A)
    Object.assign((made.endpoint as unknown as { options: { io: object } }).options.io, {
      congestionSafe: (h: Hop) => ({ ...h, transport: 'tcp' }),
      send: (h: Hop, bytes: Uint8Array, failed?: () => void) => {
        transports.push(h.transport)
        if (h.transport === 'tcp' && !listens) failed?.()
        else io.send(h, bytes, failed)
      },
    })
    const heard: number[] = []
    b.onMessage = m => m.kind === 'request' && b.reply(m, 200)
    made.endpoint.request(message('MESSAGE', new Uint8Array(1500).fill(65)), [hop(B)], { response: r => void heard.push(r.status) })
    net.run(1000)
    assert.deepEqual(transports, listens ? ['tcp'] : ['tcp', 'udp'])
    assert.match(header(b.requests('MESSAGE')[0]!, 'Via')!, listens ? /SIP\/2\.0\/TCP/ : /SIP\/2\.0\/UDP/)
  }
})

test('a challenge is answered with new credentials, CSeq and branch; our dialog goes on from there', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A, {
    authenticate: (challenge, request, c) =>
      header(request, 'Proxy-Authorization') === undefined || challenge.status === 401
        ? [{ name: challenge.status === 407 ? 'Proxy-Authorization' : 'Authorization', value: `Digest username="${c.username}"` }]
        : null,
  })
  const p = new Puppet(net, B, A)
  p.onMessage = m => {
    if (m.kind !== 'request' || m.method === 'ACK') return
    if (m.method === 'INVITE') p.reply(m, header(m, 'Proxy-Authorization') ? 200 : 407, { sdp: ANSWER })
    if (m.method === 'BYE') p.reply(m, header(m, 'Authorization') ? 200 : 401)
  }
  a.call(B, { credentials: { username: 'alice', password: 'secret' } })
  net.run(1000)
  assert.deepEqual(a.story, ['answered'])
  assert.deepEqual(
    p.requests('INVITE').map(r => header(r, 'CSeq')),
    ['1 INVITE', '2 INVITE'],
  )
  assert.deepEqual(
    p.requests('ACK').map(r => header(r, 'CSeq')),
    ['1 ACK', '2 ACK'],
  )
  assert.equal(a.lastSnapshot().inviteSeq, 2)
  a.command('out', { do: 'hang-up' })
  net.run(1000)
  assert.deepEqual(
    p.requests('BYE').map(r => header(r, 'CSeq')),
    ['3 BYE', '4 BYE'],
  )
  quiet(net, a)
})

test('wrong credentials end in the challenge itself', () => {
  const net = new FakeNetwork()
  const a = new Party(net, A, { authenticate: () => [{ name: 'Authorization', value: 'Digest wrong' }] })
  const p = new Puppet(net, B, A)
  p.onMessage = m => m.kind === 'request' && m.method === 'INVITE' && p.reply(m, 401)
  a.call(B, { credentials: { username: 'alice', password: 'secret' } })
  net.run(1000)
  assert.deepEqual(a.story, ['failed 401'])
  assert.equal(p.requests('INVITE').length, 4)
  assert.ok(!net.sent.some(x => new TextDecoder().decode(x.bytes).includes('secret')))
  quiet(net, a)
})

test('a request that its user forgets is dropped after 64·T1, and 100 keeps the peer quiet meanwhile', () => {
  const { net, b, p } = standing()
  p.request('OPTIONS', `sip:b@${B}`, options(1))
  net.run(40_000)
  assert.deepEqual(
    p.heard.map(m => (m as SipResponse).status),
    [100],
  )
  assert.equal(b.endpoint.size, 0)
  assert.equal(net.pending, 0)
  assert.match(firstLine(net.sent[0]!), /^OPTIONS/)
})
