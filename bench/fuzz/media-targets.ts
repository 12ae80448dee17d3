/** SDP, RTP, RTCP, SRTP and STUN. */
import assert from 'node:assert/strict'
import { parseRtcp } from '../../src/wire/rtcp/parse-rtcp.ts'
import { writeRtcp } from '../../src/wire/rtcp/write-rtcp.ts'
import { comfortNoiseLevel, comfortNoiseSpectrum, MAX_NOISE_ORDER } from '../../src/wire/rtp/comfort-noise.ts'
import { classifyPacket } from '../../src/wire/rtp/demultiplex.ts'
import { rtpHeaderBytes, rtpPayloadEnd, rtpPayloadOffset, writeRtpHeader } from '../../src/wire/rtp/header.ts'
import { parseSdp } from '../../src/wire/sdp/parse-sdp.ts'
import { printSdp } from '../../src/wire/sdp/print-sdp.ts'
import { masterKeyFromHex, parseSdesKey, printSdesKey } from '../../src/wire/srtp/sdes-key.ts'
import { SrtpReceiver, SrtpSender } from '../../src/wire/srtp/srtp-context.ts'
import type { SrtpSuiteName } from '../../src/wire/srtp/suite.ts'
import { SRTP_MAX_OVERHEAD } from '../../src/wire/srtp/suite.ts'
import { parseStun } from '../../src/wire/stun/parse-stun.ts'
import { bindingSuccess } from '../../src/wire/stun/stun-message.ts'
import { printStun } from '../../src/wire/stun/write-stun.ts'
import type { FuzzTarget } from './target.ts'
import { bytesTarget, textTarget } from './target.ts'

const offer = `v=0
o=- 1 2 IN IP4 192.0.2.5
s=-
c=IN IP4 192.0.2.5
b=AS:84
t=0 0
a=group:BUNDLE 0
a=ice-lite
m=audio 49217 RTP/SAVPF 8 0 9 111 101
c=IN IP6 2001:db8::1
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendonly
a=rtcp:49218 IN IP4 192.0.2.5
a=rtcp-mux
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4
a=fingerprint:sha-256 AA:BB
a=setup:actpass
a=mid:0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
a=candidate:1 1 udp 2130706431 192.0.2.5 49217 typ host
m=video 0 RTP/AVP 31
`.replace(/\n/g, '\r\n')

const rtp = new Uint8Array(12 + 20 + SRTP_MAX_OVERHEAD)
writeRtpHeader(rtp, 8, true, 65_535, 0xffff_ffff, 0x1234_5678)
const plainRtp = rtp.slice(0, 32)
const extended = Uint8Array.from([0xb1, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0xbe, 0xde, 0, 1, 0x10, 1, 0, 0, 9, 9, 0, 2])

const rtcpSeeds = [
  Uint8Array.from([0x81, 200, 0, 12, ...new Array<number>(48).fill(1), 0x81, 202, 0, 3, 0, 0, 0, 1, 1, 4, 97, 98, 99, 100, 0, 0]),
  Uint8Array.from([0x81, 201, 0, 7, ...new Array<number>(28).fill(2), 0x81, 203, 0, 3, 0, 0, 0, 1, 3, 98, 121, 101, 0, 0, 0, 0]),
  Uint8Array.from([0x80, 207, 0, 7, 0, 0, 0, 1, 4, 0, 0, 2, ...new Array<number>(8).fill(3), 5, 0, 0, 3, ...new Array<number>(12).fill(4)]),
]

function rtpPacket(bytes: Uint8Array): boolean {
  classifyPacket(bytes)
  const header = rtpHeaderBytes(bytes)
  const offset = rtpPayloadOffset(bytes)
  if (offset < 0) return false
  const end = rtpPayloadEnd(bytes)
  assert.ok(offset === header && offset >= 12 && offset <= end && end <= bytes.length)
  comfortNoiseLevel(bytes, offset, end)
  assert.ok(comfortNoiseSpectrum(bytes, offset, end, new Float64Array(MAX_NOISE_ORDER)) <= MAX_NOISE_ORDER)
  return true
}

const scratch = new Uint8Array(8192)

function rtcp(bytes: Uint8Array): boolean {
  const read = parseRtcp(bytes)
  if (!read.ok) return false
  assert.ok(writeRtcp(read.value, scratch) <= scratch.length)
  return true
}

/** A receiver that lives through the whole run, as one in a call does: nothing forged may get in, nothing may wear it out. */
function srtp(suite: SrtpSuiteName): FuzzTarget {
  const key = masterKeyFromHex('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbcc', suite)
  const sender = new SrtpSender(suite, key)
  const protectedRtp = Uint8Array.from(rtp)
  const length = sender.protect(protectedRtp, 32)
  const protectedRtcp = new Uint8Array(64)
  protectedRtcp.set(rtcpSeeds[1]!.subarray(0, 32))
  const rtcpLength = sender.protectRtcp(protectedRtcp, 32)
  const receiver = new SrtpReceiver(suite, key)
  const seeds = [protectedRtp.slice(0, length), protectedRtcp.slice(0, rtcpLength), plainRtp]
  return bytesTarget(`srtp ${suite}`, seeds, bytes => {
    const room = new Uint8Array(bytes.length + SRTP_MAX_OVERHEAD)
    room.set(bytes)
    const a = receiver.unprotect(room, bytes.length)
    room.set(bytes)
    const b = receiver.unprotectRtcp(room, bytes.length)
    assert.ok(a <= bytes.length && b <= bytes.length)
    return a >= 0 || b >= 0
  })
}

const key = Buffer.from('password')
const request = { class: 'request', method: 1, transaction: '00112233445566778899aabb', attributes: [] } as const
const stunSeeds = [
  printStun(request, { key, fingerprint: true }),
  printStun(bindingSuccess(request, { address: '2001:db8::1', port: 5060 }), { key: null, fingerprint: false }),
]

function stun(bytes: Uint8Array): boolean {
  const read = parseStun(bytes)
  if (!read.ok) return false
  if (read.value.integrity !== 'absent') read.value.integrity(key)
  printStun(read.value, { key, fingerprint: true })
  return true
}

function sdp(bytes: Uint8Array): boolean {
  const read = parseSdp(Buffer.from(bytes).toString('utf8'))
  if (!read.ok) return false
  assert.ok(parseSdp(printSdp(read.value)).ok, 'the printed form is refused')
  return true
}

export const mediaTargets: readonly FuzzTarget[] = [
  bytesTarget('sdp', [Buffer.from(offer)], sdp),
  textTarget(
    'sdes key',
    ['inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4'],
    t => parseSdesKey(t, 'AES_CM_128_HMAC_SHA1_80'),
    k => printSdesKey(k),
  ),
  bytesTarget('rtp', [plainRtp, extended], rtpPacket),
  bytesTarget('rtcp', rtcpSeeds, rtcp),
  srtp('AES_CM_128_HMAC_SHA1_80'),
  srtp('AEAD_AES_128_GCM'),
  bytesTarget('stun', stunSeeds, stun),
]
