import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  connectionOf,
  directionOf,
  fmtpOf,
  fmtpParameter,
  iceOf,
  isUnspecified,
  nextVersion,
  rtcpPortOf,
  rtpFormats,
} from './media-formats.ts'
import { parseSdp } from './parse-sdp.ts'
import { printSdp } from './print-sdp.ts'
import { emptyMedia, emptySession, type SessionDescription } from './session-description.ts'

const lines = (...l: string[]) => l.join('\r\n') + '\r\n'

const PHONE = lines(
  'v=0',
  'o=- 3918273645 1 IN IP4 192.0.2.10',
  's=call',
  'c=IN IP4 192.0.2.10',
  't=0 0',
  'm=audio 11000 RTP/AVP 8 0 9 101',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=sendonly',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:4 KDR=1',
  'a=x-odd:kept as it is',
)

const BROWSER = lines(
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=ice-lite',
  'a=msid-semantic: WMS',
  'a=fingerprint:sha-256 ab:CD:01',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 8',
  'c=IN IP4 0.0.0.0',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=mid:0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=rtcp-mux',
  'a=ice-ufrag:F7gI',
  'a=ice-pwd:x9cml/YzichV2+XlhiMu8g',
  'a=ice-options:trickle',
  'a=candidate:1 1 UDP 2130706431 192.0.2.1 8998 typ host generation 0',
  'a=candidate:2 1 udp 1694498815 198.51.100.3 45664 typ srflx raddr 192.0.2.1 rport 8998',
  'a=end-of-candidates',
  'a=setup:actpass',
  'a=sendrecv',
)

function parsed(text: string): SessionDescription {
  const result = parseSdp(text)
  assert.ok(result.ok, result.ok ? '' : result.error.message)
  return result.value
}

function refusal(text: string): string {
  const result = parseSdp(text)
  assert.ok(!result.ok)
  return result.error.code
}

test("a phone's offer: codecs in order, static types explained, unknown attributes kept", () => {
  const s = parsed(PHONE)
  const m = s.media[0]!
  assert.deepEqual(
    rtpFormats(m).map(f => `${f.payloadType}=${f.encoding}/${f.clockHz}`),
    ['8=PCMA/8000', '0=PCMU/8000', '9=G722/8000', '101=telephone-event/8000'],
  )
  assert.equal(fmtpOf(m, 101), '0-16')
  assert.equal(m.ptimeMs, 20)
  assert.equal(directionOf(s, m), 'sendonly')
  assert.deepEqual(connectionOf(s, m), { family: 'IP4', address: '192.0.2.10' })
  assert.equal(rtcpPortOf(m), 11001)
  assert.equal(m.crypto[0]!.suite, 'AES_CM_128_HMAC_SHA1_80')
  assert.deepEqual(m.crypto[0]!.sessionParams, ['KDR=1'])
  assert.deepEqual(m.attributes, [{ name: 'x-odd', value: 'kept as it is' }])
})

test("a browser's offer: BUNDLE, ICE, DTLS, rtcp-mux", () => {
  const s = parsed(BROWSER)
  const m = s.media[0]!
  assert.deepEqual(s.groups, [{ semantics: 'BUNDLE', mids: ['0'] }])
  assert.equal(s.iceLite, true)
  assert.deepEqual(s.dtls.fingerprints, [{ hash: 'sha-256', value: 'AB:CD:01' }])
  assert.equal(m.dtls.setup, 'actpass')
  assert.equal(m.mid, '0')
  assert.equal(rtcpPortOf(m), 9)
  assert.equal(iceOf(s, m).ufrag, 'F7gI')
  assert.equal(m.candidates.length, 2)
  assert.equal(m.candidates[0]!.transport, 'udp')
  assert.deepEqual(m.candidates[0]!.extensions, [['generation', '0']])
  assert.equal(m.candidates[1]!.relatedPort, 8998)
  assert.equal(m.endOfCandidates, true)
  assert.equal(fmtpParameter(fmtpOf(m, 111), 'useinbandfec'), '1')
  assert.ok(isUnspecified(connectionOf(s, m)!))
  assert.equal(nextVersion(s).origin.sessionVersion, '3')
})

test('several media, a refused one, T.38 and IPv6', () => {
  const s = parsed(
    lines(
      'v=0',
      'o=gw 20518 0 IN IP6 2001:db8::1',
      's= ',
      't=0 0',
      'm=audio 0 RTP/AVP 0',
      'm=image 5000/2 udptl t38',
      'c=IN IP6 2001:db8::2',
      'a=T38FaxVersion:0',
      'a=T38FaxTranscodingJBIG',
    ),
  )
  assert.deepEqual(
    s.media.map(m => [m.kind, m.port, m.portCount, m.protocol, m.formats.join()]),
    [
      ['audio', 0, 1, 'RTP/AVP', '0'],
      ['image', 5000, 2, 'udptl', 't38'],
    ],
  )
  assert.equal(s.media[1]!.attributes.length, 2)
  assert.equal(s.name, ' ')
})

test('careless writers are understood: bare LF, blank lines, no s= and t=, no newline at the end', () => {
  const s = parsed('v=0\n\no=a 1 1 IN IP4 h\nm=audio  4000 RTP/AVP   0\na=ptime:20.5\na=rtpmap:nonsense')
  assert.equal(s.name, '-')
  assert.equal(s.times.length, 1)
  assert.equal(s.media[0]!.ptimeMs, null)
  assert.deepEqual(
    s.media[0]!.attributes.map(a => a.name),
    ['ptime', 'rtpmap'],
  )
})

test('an empty user name, a TTL after the address and large ids do no harm', () => {
  const s = parsed('v=0\no= 1 99999999999999999999999 IN IP4 h\nc=IN IP4 224.2.1.1/127\nm=audio 4000 RTP/AVP 0\n')
  assert.equal(s.origin.username, '-')
  assert.equal(nextVersion(s).origin.sessionVersion, '100000000000000000000000')
  assert.deepEqual(connectionOf(s, s.media[0]!), { family: 'IP4', address: '224.2.1.1' })
})

test('SEC-04 no line break hides inside a value', () => {
  const s = parsed('v=0\ro=a 1 1 IN IP4 h\rs=one\ra=x:1\r\r\nm=audio 4000 RTP/AVP 0\r')
  assert.deepEqual([s.name, s.attributes.length, s.media.length], ['one', 1, 1])
})

test('SEC-04 what cannot be trusted is refused with a code and a place', () => {
  const head = 'v=0\r\no=a 1 1 IN IP4 h\r\n'
  assert.equal(refusal(''), 'sdp-version')
  assert.equal(refusal('v=1\r\n'), 'sdp-version')
  assert.equal(refusal('v=0\r\n'), 'sdp-origin')
  assert.equal(refusal('v=0\r\no=a 1 1 IN IP4\r\n'), 'sdp-origin')
  assert.equal(refusal(head + 'm=audio 70000 RTP/AVP 0\r\n'), 'sdp-media')
  assert.equal(refusal(head + 'm=audio 7000 RTP/AVP\r\n'), 'sdp-media')
  assert.equal(refusal(head + 'c=IN IP5 x\r\n'), 'sdp-connection')
  assert.equal(refusal(head + 'garbage\r\n'), 'sdp-line')
  assert.equal(refusal(head + 'a=x\r\n'.repeat(3000)), 'sdp-too-long')
  assert.equal(refusal(head + 'm=audio 1 RTP/AVP 0\r\n'.repeat(65)), 'sdp-too-long')
  assert.equal(refusal('v=0' + ' '.repeat(70_000)), 'sdp-too-long')
  const r = parseSdp(head + 'm=x\r\n')
  assert.equal(r.ok ? -1 : r.error.at, head.length)
})

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>
const token = fc.stringMatching(/^[A-Za-z0-9._+-]{1,12}$/)
const words = fc.array(token, { minLength: 1, maxLength: 4 }).map(w => w.join(' '))
const orNull = <T>(a: fc.Arbitrary<T>) => fc.option(a, { nil: null })
const port = fc.integer({ min: 0, max: 65535 })
const digits = fc.bigInt({ min: 0n, max: 2n ** 63n }).map(String)
const connection = record({ family: fc.constantFrom('IP4' as const, 'IP6' as const), address: token })
const direction = fc.constantFrom('sendrecv' as const, 'sendonly' as const, 'recvonly' as const, 'inactive' as const)
const few = <T>(a: fc.Arbitrary<T>) => fc.array(a, { maxLength: 3 })
const attribute = record({ name: token.map(t => 'x-' + t), value: orNull(words) })
const ice = record({ ufrag: orNull(token), pwd: orNull(token), options: orNull(words) })
const dtls = record({
  fingerprints: few(record({ hash: fc.constantFrom('sha-1', 'sha-256'), value: fc.stringMatching(/^[0-9A-F]{2}(:[0-9A-F]{2}){3}$/) })),
  setup: orNull(fc.constantFrom('active' as const, 'passive' as const, 'actpass' as const, 'holdconn' as const)),
})
const bandwidth = record({ type: fc.constantFrom('AS', 'TIAS'), value: fc.nat() })
const media = record({
  portCount: fc.integer({ min: 1, max: 9 }),
  information: orNull(words),
  connections: few(connection),
  bandwidths: few(bandwidth),
  key: orNull(token),
  rtpMaps: few(
    record({
      payloadType: fc.integer({ min: 0, max: 127 }),
      encoding: token,
      clockHz: fc.constantFrom(8000, 16000, 48000),
      channels: fc.integer({ min: 1, max: 2 }),
    }),
  ),
  formatParameters: few(record({ format: token, parameters: words })),
  ptimeMs: orNull(fc.integer({ min: 1, max: 200 })),
  maxptimeMs: orNull(fc.integer({ min: 1, max: 200 })),
  direction: orNull(direction),
  rtcp: orNull(record({ port, connection: orNull(connection) })),
  rtcpMux: fc.boolean(),
  crypto: few(record({ tag: fc.nat({ max: 999999999 }), suite: token, keyParams: token, sessionParams: few(token) })),
  mid: orNull(token),
  ice,
  candidates: few(
    record({
      foundation: token,
      component: fc.integer({ min: 1, max: 256 }),
      transport: fc.constantFrom('udp', 'tcp'),
      priority: fc.nat({ max: 0xffffffff }),
      address: token,
      port,
      type: fc.constantFrom('host', 'srflx'),
      relatedAddress: orNull(token),
      relatedPort: orNull(port),
      extensions: few(
        fc.tuple(
          token.map(t => 'e' + t),
          token,
        ),
      ),
    }),
  ),
  endOfCandidates: fc.boolean(),
  dtls,
  attributes: few(attribute),
}).chain(rest =>
  fc
    .tuple(token, port, token, fc.array(token, { minLength: 1, maxLength: 6 }))
    .map(([kind, p, protocol, formats]) => ({ ...emptyMedia(kind, p, protocol, formats), ...rest })),
)
const session = record({
  origin: record({
    username: token,
    sessionId: digits,
    sessionVersion: digits,
    family: fc.constantFrom('IP4' as const, 'IP6' as const),
    address: token,
  }),
  name: words,
  information: orNull(words),
  uri: orNull(token),
  emails: few(token),
  phones: few(token),
  connection: orNull(connection),
  bandwidths: few(bandwidth),
  times: fc.array(record({ start: digits, stop: digits, repeats: few(words) }), { minLength: 1, maxLength: 2 }),
  zone: orNull(words),
  key: orNull(words),
  direction: orNull(direction),
  groups: few(record({ semantics: token, mids: few(token) })),
  iceLite: fc.boolean(),
  ice,
  dtls,
  attributes: few(attribute),
  media: few(media),
}).map(s => ({ ...emptySession(s.origin), ...s }))

test('parse after print gives the description back', () => {
  fc.assert(
    fc.property(session, s => {
      assert.deepEqual(parsed(printSdp(s)), s)
    }),
    { numRuns: 200 },
  )
})

test('SEC-04 any text gets a result; what is understood survives print and parse', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(...PHONE.split('\r\n'), ...BROWSER.split('\r\n'), '\r\n', '\n', '\r', 'a=', 'a=:', 'a=fmtp: ', 'm=', 'v=0\r\n', ' '),
  )
  const text = fc.array(piece, { maxLength: 30 }).map(p => p.join('\n'))
  fc.assert(
    fc.property(fc.boolean(), text, (headed, t) => {
      const result = parseSdp(headed ? 'v=0\no=- 1 1 IN IP4 x\n' + t : t)
      if (result.ok) assert.deepEqual(parsed(printSdp(result.value)), result.value)
    }),
    { numRuns: 500 },
  )
})
