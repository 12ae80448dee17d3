import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseSdp } from '../wire/sdp/parse-sdp.ts'
import { answerOrder, needsTranscoding, offerOrder } from './codec-choice.ts'
import type { CodecName, Direction } from './leg-media.ts'
import type { LocalMedia, MediaProfile } from './media-profile.ts'
import { acceptAnswer, makeAnswer, makeOffer } from './offer-answer.ts'
import { codecsOffered, readOffer } from './remote-offer.ts'

const seed = Buffer.alloc(46, 7).toString('base64')
const local = (port: number, more: Partial<LocalMedia> = {}): LocalMedia => ({
  leg: 'a',
  address: '192.0.2.1',
  port,
  sessionId: '1',
  sessionVersion: 1,
  srtpSeed: seed,
  fingerprint: 'sha-256 AA:BB',
  ice: { ufrag: 'abcd', pwd: 'abcdefghijklmnopqrstuv' },
  ...more,
})
const profile = (more: Partial<MediaProfile> = {}): MediaProfile => ({ kind: 'rtp', codecs: ['PCMA', 'PCMU'], dtmf: 'rfc4733', ...more })
const good = <T>(r: { ok: true; value: T } | { ok: false; error: { code: string; message: string } }): T => {
  if (!r.ok) assert.fail(r.error.code + ': ' + r.error.message)
  return r.value
}
const refused = (r: { ok: true } | { ok: false; error: { code: string } }): string => (r.ok ? 'accepted' : r.error.code)

const phone = [
  'v=0',
  'o=phone 5 5 IN IP4 198.51.100.7',
  's=call',
  'c=IN IP4 198.51.100.7',
  't=0 0',
  'm=audio 4000 RTP/AVP 9 8 0 18 101 13',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=ptime:30',
  'a=sendrecv',
  'm=video 4002 RTP/AVP 99',
  'a=rtpmap:99 H264/90000',
  '',
].join('\r\n')

test('an answer takes the preferred shared codec, telephone-event, comfort noise and packet time, and refuses the other m-lines', () => {
  const offer = good(readOffer(phone))
  assert.deepEqual(codecsOffered(offer), ['G722', 'PCMA', 'PCMU'])
  const { sdp, media } = good(makeAnswer(local(20000), profile(), offer))
  assert.deepEqual(media.codec, { name: 'PCMA', sendType: 8, receiveType: 8, clockHz: 8000, channels: 1, ptimeMs: 30 })
  assert.deepEqual(media.dtmf, { sendType: 101, receiveType: 101, clockHz: 8000 })
  assert.equal(media.comfortNoiseType, 13)
  assert.deepEqual(media.remote, { address: '198.51.100.7', port: 4000, rtcpPort: 4001 })
  assert.equal(media.inBandDtmf, false)
  const lines = good(parseSdp(sdp)).media
  assert.deepEqual(
    lines.map(m => [m.kind, m.port]),
    [
      ['audio', 20000],
      ['video', 0],
    ],
  )
  assert.deepEqual(lines[0]!.formats, ['8', '13', '101'])
})

test('the answerer may send to other payload types than it receives (RFC 3264 §6.1)', () => {
  const offer = makeOffer(local(20000), profile({ codecs: ['opus', 'PCMU'] }))
  assert.match(offer.sdp, /m=audio 20000 RTP\/AVP 107 0 110 101\r\n/)
  const answer =
    'v=0\r\no=- 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\nm=audio 5000 RTP/AVP 96 97\r\na=rtpmap:96 OPUS/48000/2\r\na=rtpmap:97 telephone-event/48000\r\n'
  const media = good(acceptAnswer(offer, answer))
  assert.equal(media.codec?.sendType, 96)
  assert.equal(media.codec?.receiveType, 107)
  assert.deepEqual(media.dtmf, { sendType: 97, receiveType: 110, clockHz: 48000 })
})

test('hold: sendonly, inactive and c=0.0.0.0 stop what we send, and sendrecv resumes', () => {
  const cases: [string, string, Direction, boolean][] = [
    ['a=sendrecv', '198.51.100.7', 'sendrecv', false],
    ['a=sendonly', '198.51.100.7', 'recvonly', true],
    ['a=recvonly', '198.51.100.7', 'sendonly', false],
    ['a=inactive', '198.51.100.7', 'inactive', true],
    ['a=sendrecv', '0.0.0.0', 'recvonly', true],
  ]
  for (const [line, address, direction, hold] of cases) {
    const offer = good(readOffer(phone.replace('a=sendrecv', line).replace('c=IN IP4 198.51.100.7', 'c=IN IP4 ' + address)))
    assert.equal(offer.hold, hold, line + address)
    const { sdp, media } = good(makeAnswer(local(20000), profile(), offer))
    assert.equal(media.direction, direction)
    assert.match(sdp, new RegExp(`a=${direction}\r\n`))
  }
})

test('we hold the peer: our sendonly offer answered with recvonly leaves us sending only', () => {
  const offer = makeOffer(local(20000), profile(), { direction: 'sendonly' })
  const answer = good(makeAnswer(local(6000, { address: '198.51.100.7' }), profile(), good(readOffer(offer.sdp))))
  assert.equal(answer.media.direction, 'recvonly')
  assert.equal(good(acceptAnswer(offer, answer.sdp)).direction, 'sendonly')
})

test('a re-offer keeps the number of m-lines, the mid and the payload types of the session', () => {
  const first = good(makeAnswer(local(20000), profile({ codecs: ['opus'] }), good(readOffer(phone.replace('G722/8000', 'opus/48000/2').replaceAll(' 9 ', ' 121 ').replace(':9 ', ':121 '))))) // biome-ignore format: one offer
  const again = makeOffer(local(20000, { sessionVersion: 2 }), profile({ codecs: ['opus', 'PCMA'] }), {
    previous: first.sdp,
    direction: 'sendonly',
  })
  const lines = good(parseSdp(again.sdp)).media
  assert.deepEqual(
    lines.map(m => [m.kind, m.port]),
    [
      ['audio', 20000],
      ['video', 0],
    ],
  )
  assert.deepEqual(lines[0]!.formats.slice(0, 2), ['121', '8'])
})

test('SDES: required, optional and refused, with the key of the suite that both know (RFC 4568)', () => {
  for (const kind of ['sdes', 'sdes-optional'] as const) {
    const offer = makeOffer(local(20000), profile({ kind }))
    assert.match(offer.sdp, kind === 'sdes' ? /RTP\/SAVP / : /RTP\/AVP /)
    const seedB = Buffer.alloc(46, 9).toString('base64')
    const b = good(makeAnswer(local(30000, { srtpSeed: seedB }), profile({ kind: 'sdes-optional' }), good(readOffer(offer.sdp))))
    const a = good(acceptAnswer(offer, b.sdp))
    assert.ok(a.srtp.kind === 'sdes' && b.media.srtp.kind === 'sdes')
    assert.equal(a.srtp.suite, 'AES_CM_128_HMAC_SHA1_80')
    assert.equal(a.srtp.localKey, b.media.srtp.remoteKey)
    assert.equal(a.srtp.remoteKey, b.media.srtp.localKey)
    assert.notEqual(a.srtp.localKey, a.srtp.remoteKey)
  }
  assert.equal(refused(makeAnswer(local(1), profile({ kind: 'sdes' }), good(readOffer(phone)))), 'media.encryption-required')
  const optional = makeOffer(local(20000), profile({ kind: 'sdes-optional' }))
  const plain = good(makeAnswer(local(30000), profile({ kind: 'rtp' }), good(readOffer(optional.sdp))))
  assert.equal(good(acceptAnswer(optional, plain.sdp)).srtp.kind, 'none')
  const odd = phone.replace('RTP/AVP 9', 'RTP/SAVP 9').replace('a=sendrecv', 'a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA')
  assert.equal(refused(makeAnswer(local(1), profile(), good(readOffer(odd)))), 'media.no-common-crypto')
})

test('WebRTC: ICE-lite, DTLS passive, BUNDLE, rtcp-mux on one port; the refused video keeps its mid', () => {
  const browser = [
    'v=0',
    'o=- 46117 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'a=msid-semantic: WMS x',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=ice-ufrag:oiEv',
    'a=ice-pwd:Ls4CSfhyHIcIRcmfrt5aa7nD',
    'a=ice-options:trickle',
    'a=fingerprint:sha-256 11:22',
    'a=setup:actpass',
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2',
    'a=rtpmap:110 telephone-event/48000',
    'a=rtpmap:126 telephone-event/8000',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=mid:1',
    'a=rtpmap:96 VP8/90000',
    '',
  ].join('\r\n')
  const offer = good(readOffer(browser))
  assert.equal(offer.hold, false)
  const { sdp, media } = good(makeAnswer(local(20000), profile({ kind: 'webrtc', codecs: ['opus', 'PCMU'] }), offer))
  assert.deepEqual(media.srtp, { kind: 'dtls', role: 'passive', remoteFingerprint: 'sha-256 11:22' })
  assert.deepEqual(media.ice, {
    localUfrag: 'abcd',
    localPwd: 'abcdefghijklmnopqrstuv',
    remoteUfrag: 'oiEv',
    remotePwd: 'Ls4CSfhyHIcIRcmfrt5aa7nD',
  })
  assert.equal(media.remote, null)
  assert.equal(media.rtcpMux, true)
  assert.equal(media.direction, 'sendrecv')
  assert.deepEqual(media.dtmf, { sendType: 110, receiveType: 110, clockHz: 48000 })
  for (const line of [
    'a=ice-lite',
    'a=group:BUNDLE 0',
    'a=setup:passive',
    'a=rtcp-mux',
    'a=mid:0',
    'a=mid:1',
    'a=fingerprint:sha-256 AA:BB',
  ])
    assert.ok(sdp.includes(line + '\r\n'), line)
  assert.match(sdp, /a=candidate:1 1 udp \d+ 192\.0\.2\.1 20000 typ host/)
  const calling = makeOffer(local(20000), profile({ kind: 'webrtc', codecs: ['opus', 'PCMU'] }))
  const answer = good(makeAnswer(local(30000), profile({ kind: 'webrtc', codecs: ['opus'] }), good(readOffer(calling.sdp))))
  const agreed = good(acceptAnswer(calling, answer.sdp.replace('setup:passive', 'setup:active')))
  assert.deepEqual(agreed.srtp, { kind: 'dtls', role: 'passive', remoteFingerprint: 'sha-256 AA:BB' })
})

test('refusals carry a code: no audio, no shared codec, port 0, garbage', () => {
  assert.equal(refused(makeAnswer(local(1), profile({ codecs: ['opus'] }), good(readOffer(phone)))), 'media.no-common-codec')
  assert.equal(refused(makeAnswer(local(1), profile(), good(readOffer(phone.replace('m=audio 4000', 'm=audio 0'))))), 'media.no-audio')
  const offer = makeOffer(local(20000), profile())
  assert.equal(refused(acceptAnswer(offer, phone.replace('m=audio 4000', 'm=audio 0'))), 'media.refused')
  assert.equal(refused(readOffer('hello')), 'sdp-line')
})

test('codecs: what both sides share is offered first and answered, so that transcoding happens only without a shared one', () => {
  const b = profile({ codecs: ['opus', 'PCMA', 'PCMU'] })
  assert.deepEqual(offerOrder(['PCMU', 'G722'], b), ['PCMU', 'opus', 'PCMA'])
  assert.deepEqual(offerOrder(['G722'], b), ['opus', 'PCMA', 'PCMU'])
  assert.deepEqual(answerOrder('PCMU', profile()), ['PCMU', 'PCMA'])
  const all: CodecName[] = ['PCMU', 'PCMA', 'G722', 'opus']
  const some = fc.uniqueArray(fc.constantFrom(...all), { minLength: 1 })
  fc.assert(
    fc.property(some, some, some, (canA, profA, profB) => {
      const a = makeOffer(local(1000), profile({ codecs: canA }))
      const offerA = good(readOffer(a.sdp))
      const toB = makeOffer(local(2000), profile({ codecs: profB }), {
        codecs: offerOrder(codecsOffered(offerA), profile({ codecs: profB })),
      })
      const answerB = good(makeAnswer(local(3000), profile({ codecs: toB.codecs.map(c => c.name) }), good(readOffer(toB.sdp))))
      const legB = good(acceptAnswer(toB, answerB.sdp))
      const answerA = makeAnswer(local(4000), profile({ codecs: profA }), offerA, answerOrder(legB.codec!.name, profile({ codecs: profA })))
      if (canA.some(c => profB.includes(c))) assert.equal(needsTranscoding(good(answerA).media, legB), false)
    }),
    { numRuns: 100 },
  )
})

test('offer, answer and acceptance agree with each other for every mixture of profiles', () => {
  const kinds = fc.constantFrom<MediaProfile['kind']>('rtp', 'sdes', 'sdes-optional', 'webrtc')
  const direction = fc.constantFrom<Direction>('sendrecv', 'sendonly', 'recvonly', 'inactive')
  fc.assert(
    fc.property(kinds, kinds, direction, direction, fc.boolean(), (ka, kb, da, db, v6) => {
      const offer = makeOffer(local(1000, v6 ? { address: '2001:db8::1' } : {}), profile({ kind: ka }), { direction: da })
      const answer = makeAnswer(local(2000), profile({ kind: kb }), good(readOffer(offer.sdp)), ['PCMU', 'PCMA'], db)
      if (!answer.ok) return
      const a = acceptAnswer(offer, answer.value.sdp)
      const sent = answer.value.media
      if (!a.ok) return
      assert.equal(a.value.srtp.kind, sent.srtp.kind)
      assert.equal(a.value.codec?.name, sent.codec?.name)
      const pair = `${a.value.direction}/${sent.direction}`
      assert.ok(['sendrecv/sendrecv', 'sendonly/recvonly', 'recvonly/sendonly', 'inactive/inactive'].includes(pair), pair)
    }),
    { numRuns: 200 },
  )
})

test('SEC-04 any text is read without throwing', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(phone.length), (s, at) => {
      const damaged = phone.slice(0, at) + s + phone.slice(at)
      const offer = readOffer(damaged)
      if (offer.ok) makeAnswer(local(1), profile(), offer.value)
      acceptAnswer(makeOffer(local(1), profile()), damaged)
    }),
    { numRuns: 300 },
  )
})
