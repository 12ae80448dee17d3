/** Offers as baresip 1.0 and Chromium really write them (captured on loopback; keys and fingerprints are of throw-away sessions). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionOf, directionOf, dtlsOf, fmtpOf, fmtpParameter, iceOf, rtcpPortOf, rtpFormats } from './media-formats.ts'
import { parseSdp } from './parse-sdp.ts'
import { printSdp } from './print-sdp.ts'
import type { MediaDescription, SessionDescription } from './session-description.ts'

const BARESIP_HEAD = `v=0
o=- 1672247081 1394744093 IN IP4 192.0.2.2
s=-
c=IN IP4 192.0.2.2
t=0 0
a=tool:baresip 1.0.0
a=ice-ufrag:zaVnI5p
a=ice-pwd:TIB3rzCJbnd4CSN20KnrOuXDOj8gAyE
`
const BARESIP_AUDIO = `c=IN IP4 192.0.2.2
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:9 G722/8000
a=rtpmap:96 opus/48000/2
a=fmtp:96 stereo=1;sprop-stereo=1
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=rtcp:30489 IN IP4 192.0.2.2
a=sendrecv
a=label:1
a=rtcp-rsize
a=ssrc:3362776916 cname:sip:a@127.0.0.1
`
const BARESIP_TAIL = `a=minptime:20
a=ptime:20
a=candidate:c0000202 1 UDP 2113929471 192.0.2.2 30488 typ host
a=candidate:c0000202 2 UDP 2113929470 192.0.2.2 30489 typ host
a=candidate:020000fd 1 UDP 2113929471 fd00::2 30488 typ host
a=candidate:020000fd 2 UDP 2113929470 fd00::2 30489 typ host
`
const BARESIP_SDES =
  BARESIP_HEAD +
  'm=audio 30488 RTP/AVP 0 8 9 96 101\n' +
  BARESIP_AUDIO +
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:fHjHkv0jdTMPUcf1p9BUe6arkLHQTJ5rMt+p6rzo\n' +
  BARESIP_TAIL
const BARESIP_DTLS =
  BARESIP_HEAD +
  `a=setup:actpass
a=fingerprint:SHA-256 39:5B:73:93:A3:B9:E4:AF:64:00:B4:5A:AC:C5:36:A0:D5:D6:D6:0D:54:47:8E:A1:E5:44:96:88:1F:2F:D7:C3
m=audio 30488 UDP/TLS/RTP/SAVPF 0 8 9 96 101
` +
  BARESIP_AUDIO +
  BARESIP_TAIL
const CHROMIUM = `v=0
o=- 9118134797823456496 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS ebcb347a-c016-46b0-a005-8cb088bd93a7
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:/iXk
a=ice-pwd:g9P8qK+9KCD8Z7mvUuTHfwYj
a=ice-options:trickle
a=fingerprint:sha-256 42:F4:25:10:BF:85:08:62:0A:EF:30:D1:A6:EE:8D:4E:ED:5C:C7:F3:8E:A1:30:E7:7F:06:7E:9C:EC:6A:D3:16
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:ebcb347a-c016-46b0-a005-8cb088bd93a7 54a0a92b-74f0-4cdd-b561-c05ba8e08a79
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:3827942139 cname:SGS4ZTUaUAXo9rfv
`

function audioOf(text: string): { s: SessionDescription; m: MediaDescription } {
  const r = parseSdp(text)
  assert.ok(r.ok, r.ok ? '' : r.error.message)
  assert.equal(r.value.media.length, 1)
  const again = parseSdp(printSdp(r.value))
  assert.deepEqual(again.ok && again.value, r.value)
  assert.deepEqual(printSdp(r.value).trim().split('\r\n').sort(), normal(text))
  return { s: r.value, m: r.value.media[0]! }
}

/** Printing may change the order of attributes, the case of hashes and of transports; it loses nothing. */
function normal(text: string): string[] {
  return text.trim().replaceAll('SHA-256', 'sha-256').replaceAll(' UDP 2', ' udp 2').split('\n').sort()
}

test('baresip with SDES: the crypto line stands in an RTP/AVP offer, ICE above the media', () => {
  const { s, m } = audioOf(BARESIP_SDES)
  assert.deepEqual(
    rtpFormats(m).map(f => f.encoding),
    ['PCMU', 'PCMA', 'G722', 'opus', 'telephone-event'],
  )
  assert.equal(m.protocol, 'RTP/AVP')
  assert.equal(m.crypto[0]?.keyParams, 'inline:fHjHkv0jdTMPUcf1p9BUe6arkLHQTJ5rMt+p6rzo')
  assert.equal(iceOf(s, m).ufrag, 'zaVnI5p')
  assert.equal(rtcpPortOf(m), 30489)
  assert.deepEqual(
    m.candidates.map(c => `${c.component} ${c.address}`),
    ['1 192.0.2.2', '2 192.0.2.2', '1 fd00::2', '2 fd00::2'],
  )
  assert.equal(m.ptimeMs, 20)
})

test('baresip with DTLS: fingerprint and setup stand above the media', () => {
  const { s, m } = audioOf(BARESIP_DTLS)
  assert.equal(m.dtls.fingerprints.length, 0)
  assert.equal(dtlsOf(s, m).setup, 'actpass')
  assert.equal(dtlsOf(s, m).fingerprints[0]?.hash, 'sha-256')
})

test('Chromium: everything stands in the media, two clocks for telephone events, RED and comfort noise beside', () => {
  const { s, m } = audioOf(CHROMIUM)
  assert.equal(dtlsOf(s, m).fingerprints.length, 1)
  assert.equal(directionOf(s, m), 'sendrecv')
  assert.equal(rtcpPortOf(m), 9)
  assert.equal(connectionOf(s, m)?.address, '0.0.0.0')
  assert.deepEqual(
    rtpFormats(m)
      .filter(f => f.encoding === 'telephone-event')
      .map(f => f.clockHz),
    [48_000, 8000],
  )
  assert.equal(fmtpParameter(fmtpOf(m, 111), 'UseInbandFEC'), '1')
})
