import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { name, nameAddr, sipUri, text, token } from '../../../test/support/sip/arbitraries.ts'
import { canonicalName } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { header, headerValues } from './message.ts'
import { printNameAddr } from './name-addr.ts'
import type { SipFault } from './parse-message.ts'
import { DEFAULT_LIMITS, parseMessage } from './parse-message.ts'
import { serializeMessage } from './serialize-message.ts'
import { printUri } from './uri.ts'

const INVITE = [
  'INVITE sip:1002@office.example SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bK1;rport',
  'Max-Forwards: 70',
  'From: "Alice" <sip:1001@office.example>;tag=a',
  'To: <sip:1002@office.example>',
  'Call-ID: c1@192.0.2.5',
  'CSeq: 1 INVITE',
  'Contact: <sip:1001@192.0.2.5>',
]

function bytes(lines: readonly string[], body = ''): Uint8Array {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

function parsed(input: Uint8Array): SipMessage {
  const r = parseMessage(input)
  if (!r.ok) assert.fail(`${r.error.code}: ${r.error.message}`)
  return r.value
}

function refused(input: Uint8Array, limits = DEFAULT_LIMITS): SipFault {
  const r = parseMessage(input, limits)
  if (r.ok) assert.fail('accepted')
  return r.error
}

/** The INVITE with one line replaced, by its beginning, or added. */
function but(line: string, start = line.slice(0, line.indexOf(':'))): string[] {
  const i = INVITE.findIndex(l => l.startsWith(start))
  return i < 0 ? [...INVITE, line] : INVITE.with(i, line)
}

test('a request comes out with canonical names, in order, and its body', () => {
  const m = parsed(bytes([...INVITE, 'c: text/plain', 'l: 2', 'SUBJECT:hi', 'x-call-note:  a  '], 'ok, and octets behind the count'))
  assert.ok(m.kind === 'request')
  assert.equal(m.method, 'INVITE')
  assert.equal(m.uri, 'sip:1002@office.example')
  assert.deepEqual(m.headers.slice(-4), [
    { name: 'Content-Type', value: 'text/plain' },
    { name: 'Content-Length', value: '2' },
    { name: 'Subject', value: 'hi' },
    { name: 'X-Call-Note', value: 'a' },
  ])
  assert.equal(Buffer.from(m.body).toString(), 'ok')
})

test('a response; without reason phrase too', () => {
  const m = parsed(bytes(INVITE.with(0, 'SIP/2.0 486 Busy Here')))
  assert.ok(m.kind === 'response' && m.status === 486 && m.reason === 'Busy Here')
  const bare = parsed(bytes(INVITE.with(0, 'SIP/2.0 100')))
  assert.ok(bare.kind === 'response' && bare.status === 100 && bare.reason === '')
})

test('lists are split at commas outside of quotes and brackets; other headers keep their commas', () => {
  const m = parsed(
    bytes([
      ...INVITE,
      'Via: SIP/2.0/UDP a;branch=z9hG4bK2 , SIP/2.0/TCP b;branch=z9hG4bK3',
      'Route: <sip:p1;lr>,"x, y" <sip:p,2@q;lr>',
      'k: timer, 100rel',
      'Date: Sat, 13 Nov 2010 23:29:00 GMT',
      'Authorization: Digest username="a", realm="b"',
    ]),
  )
  assert.equal(headerValues(m, 'Via').length, 3)
  assert.deepEqual(headerValues(m, 'Route'), ['<sip:p1;lr>', '"x, y" <sip:p,2@q;lr>'])
  assert.deepEqual(headerValues(m, 'Supported'), ['timer', '100rel'])
  assert.equal(header(m, 'Date'), 'Sat, 13 Nov 2010 23:29:00 GMT')
  assert.equal(header(m, 'Authorization'), 'Digest username="a", realm="b"')
})

test('folded lines are joined with one blank (§7.3.1)', () => {
  const m = parsed(bytes([...INVITE, 'Subject: first', '\t  second  ', ' third']))
  assert.equal(header(m, 'Subject'), 'first second third')
})

test('UTF-8 is text; what is none is read as ISO 8859-1 and loses nothing', () => {
  assert.equal(header(parsed(bytes([...INVITE, 'Subject: Қоңырау ☎'])), 'Subject'), 'Қоңырау ☎')
  const latin1 = Buffer.concat([
    Buffer.from(`${INVITE.join('\r\n')}\r\nSubject: `),
    Buffer.from([0x4a, 0xfc, 0x72]),
    Buffer.from('\r\n\r\nbody \u00e9'),
  ])
  const m = parsed(latin1)
  assert.equal(header(m, 'Subject'), 'Jür')
  assert.equal(Buffer.from(m.body).toString(), 'body é')
})

test('CRLFs before the start line are skipped (§7.5)', () => {
  assert.equal(parsed(Buffer.concat([Buffer.from('\r\n\r\n'), bytes(INVITE)])).kind, 'request')
})

test('a datagram without Content-Length has the rest as its body (§18.3)', () => {
  assert.equal(parsed(bytes(INVITE, 'v=0\r\n')).body.length, 5)
})

test('SEC-04 what is wrong with a request, where, and what to answer', () => {
  const cases: readonly (readonly [readonly string[], string, number])[] = [
    [but('INVITE sip:a@b SIP/3.0', 'INVITE'), 'sip-version', 505],
    [but('INVITE sip:a@b SIP/2.0 ', 'INVITE'), 'sip-bad-start-line', 400],
    [but('INVITE  sip:a@b SIP/2.0', 'INVITE'), 'sip-bad-start-line', 400],
    [but('INV@TE sip:a@b SIP/2.0', 'INVITE'), 'sip-bad-start-line', 400],
    [but('INVITE SIP/2.0', 'INVITE'), 'sip-bad-uri', 400],
    [but('INVITE sip:a@b?x=y SIP/2.0', 'INVITE'), 'sip-bad-uri', 400],
    [but('INVITE mailto:a@b SIP/2.0', 'INVITE'), 'sip-unknown-scheme', 416],
    [but(`INVITE sip:${'a'.repeat(3000)}@b SIP/2.0`, 'INVITE'), 'sip-uri-too-long', 414],
    [but('Via: SIP/2.0/UDP'), 'sip-bad-via', 400],
    [but('Via: SIP/2.0/UDP a;branch=z9hG4bKx,'), 'sip-bad-via', 400],
    [but('From: <sip:a@b'), 'sip-bad-address', 400],
    [but('To: "x <sip:a@b>'), 'sip-unclosed-quote', 400],
    [but('Contact: sip:a@b?c=d'), 'sip-bad-address', 400],
    [but('Route: nowhere'), 'sip-bad-uri', 400],
    [but('Call-ID: a b'), 'sip-bad-call-id', 400],
    [but('CSeq: one INVITE'), 'sip-bad-cseq', 400],
    [but('CSeq: 1 BYE'), 'sip-method-mismatch', 400],
    [but('CSeq: 1 XINVITE'), 'sip-method-mismatch', 400],
    [but('Max-Forwards: 256'), 'sip-bad-max-forwards', 400],
    [but('Content-Length: -1'), 'sip-bad-content-length', 400],
    [but('Content-Length: 5'), 'sip-short-body', 400],
    [[...INVITE, 'Content-Length: 0', 'l: 0'], 'sip-duplicate-header', 400],
    [[...INVITE, 'From: <sip:x@y>;tag=b'], 'sip-duplicate-header', 400],
    [[...INVITE, 'no colon here'], 'sip-bad-header-line', 400],
    [[...INVITE, 'bad name: x'], 'sip-bad-header-name', 400],
    [[...INVITE, ': x'], 'sip-bad-header-name', 400],
    [[...INVITE, 'Subject: a\nVia: b'], 'sip-bare-lf', 400],
    [[...INVITE, 'Subject: a\rVia: b'], 'sip-bare-cr', 400],
    [[...INVITE, `Subject: ${'a'.repeat(9000)}`], 'sip-header-too-long', 513],
    [[...INVITE, ...new Array<string>(300).fill('X-Y: z')], 'sip-too-many-headers', 513],
    [[...INVITE, `Supported: ${'a,'.repeat(3000)}`], 'sip-too-many-headers', 513],
    [[...INVITE, ...new Array<string>(5).fill(`Subject: ${'a'.repeat(8000)}`)], 'sip-head-too-large', 513],
    [[...INVITE, ...new Array<string>(10).fill(`Subject: ${'a'.repeat(8000)}`)], 'sip-too-large', 513],
  ]
  for (const [lines, code, status] of cases) {
    const f = refused(bytes(lines))
    assert.deepEqual([f.code, f.status], [code, status], lines.join('|').slice(0, 200))
    assert.ok(f.message.length > 10 && f.at !== undefined && f.at >= 0)
  }
})

test('each of the mandatory headers is missed (§8.1.1)', () => {
  for (const start of ['Via', 'From', 'To', 'Call-ID', 'CSeq']) {
    const f = refused(bytes(INVITE.filter(l => !l.startsWith(start))))
    assert.deepEqual([f.code, f.status, f.message], ['sip-missing-header', 400, `${start} is missing`])
  }
})

test('a refusal carries what the answer needs, also what stands behind the fault', () => {
  const f = refused(bytes(['INVITE sip:a@b?x SIP/2.0', 'Contact: <', ...INVITE.slice(1, 7)]))
  assert.ok(f.partial !== null)
  for (const wanted of ['Via', 'From', 'To', 'Call-ID', 'CSeq']) assert.ok(header(f.partial, wanted) !== undefined, wanted)
})

test('the offset counts bytes, not characters', () => {
  const f = refused(bytes(but('CSeq: x').toSpliced(1, 0, 'Subject: ☎☎')))
  const input = Buffer.from(bytes(but('CSeq: x').toSpliced(1, 0, 'Subject: ☎☎')))
  assert.equal(f.at, input.indexOf('CSeq: x') + 'CSeq:'.length)
})

test('nothing is answered to a broken ACK, a broken response or what is no SIP (§17.1.1.3)', () => {
  assert.equal(refused(bytes(['ACK sip:a@b SIP/2.0'])).status, undefined)
  assert.equal(refused(bytes(['SIP/2.0 4294967301 x', ...INVITE.slice(1)])).status, undefined)
  for (const line of ['GET / HTTP/1.1', '', 'x', 'INVITE sip:a@b', 'SSH-2.0-x', '\0\0']) {
    const f = refused(bytes([line]))
    assert.deepEqual([f.code, f.status, f.partial], ['sip-not-sip', undefined, null], line)
  }
  assert.equal(refused(new Uint8Array(0)).code, 'sip-not-sip')
  assert.equal(refused(Buffer.from(INVITE.join('\r\n'))).code, 'sip-no-empty-line')
})

test('CR and LF in a value cannot forge a header when it is sent', () => {
  const m = parsed(bytes(INVITE))
  const out = Buffer.from(serializeMessage({ ...m, headers: [...m.headers, { name: 'Subject', value: 'a\r\nX-Evil: b' }] })).toString()
  assert.ok(out.includes('Subject: a X-Evil: b\r\n'))
})

test('Content-Length is computed, whatever the value says', () => {
  const m = parsed(bytes([...INVITE, 'Content-Length: 0']))
  const out = Buffer.from(serializeMessage({ ...m, body: Buffer.from('héllo') })).toString()
  assert.ok(out.endsWith('Content-Length: 6\r\n\r\nhéllo'))
  assert.equal(out.match(/Content-Length/g)?.length, 1)
})

const extra = fc.record(
  { name: name.map(n => canonicalName(`x-${n}`)), value: text.map(t => t.replace(/^[ \t]+|[ \t]+$/g, '')) },
  { noNullPrototype: true },
)
const address = nameAddr().map(printNameAddr)
const body = fc.uint8Array({ maxLength: 40 })
const requests = fc.record({
  method: token,
  uri: sipUri.map(u => printUri({ ...u, headers: [] })),
  address,
  token,
  extra: fc.array(extra, { maxLength: 5 }),
  body,
})

test('parse∘print = id for messages', () => {
  fc.assert(
    fc.property(requests, fc.integer({ min: 100, max: 699 }), fc.boolean(), (r, status, asRequest) => {
      const headers = [
        { name: 'Via', value: 'SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKx' },
        { name: 'From', value: r.address },
        { name: 'To', value: r.address },
        { name: 'Call-ID', value: r.token },
        { name: 'CSeq', value: `1 ${r.method}` },
        { name: 'Contact', value: r.address },
        ...r.extra,
        { name: 'Content-Length', value: String(r.body.length) },
      ]
      const message: SipMessage = asRequest
        ? { kind: 'request', method: r.method, uri: r.uri, headers, body: r.body }
        : { kind: 'response', status, reason: 'Ünknown', headers, body: r.body }
      const back = parsed(serializeMessage(message))
      assert.deepEqual({ ...back, body: [...back.body] }, { ...message, body: [...r.body] })
    }),
  )
})

test('any bytes give a Result; whatever is read can be written and read again', () => {
  const whole = Buffer.from(bytes([...INVITE, 'Supported: a, b', 'Subject: ☎'], 'v=0'))
  const mutated = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
    .map(changes => changes.reduce((b, [at, to]) => b.fill(to, at, at + 1), Buffer.from(whole)))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), input => {
      const r = parseMessage(input)
      if (!r.ok) return assert.ok(r.error.message !== '')
      const again = parsed(serializeMessage(r.value))
      const own = (m: SipMessage) => m.headers.filter(h => h.name !== 'Content-Length')
      assert.deepEqual(own(again), own(r.value))
    }),
    { numRuns: 1000 },
  )
})
