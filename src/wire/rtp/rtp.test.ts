import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { comfortNoiseLevel, comfortNoiseSpectrum, writeComfortNoise } from './comfort-noise.ts'
import { classifyPacket } from './demultiplex.ts'
import {
  rtpMarker,
  rtpPayloadEnd,
  rtpPayloadOffset,
  rtpPayloadType,
  rtpSequence,
  rtpSsrc,
  rtpTimestamp,
  setRtpMarker,
  setRtpPayloadType,
  writeRtpHeader,
} from './header.ts'
import { extendSequence, extendTimestamp, sequenceDistance, timestampDistance } from './sequence.ts'
import { digitOfEvent, eventCode, eventDuration, eventEnded, eventOfDigit, eventVolume, writeTelephoneEvent } from './telephone-event.ts'

const u8 = (...b: number[]) => Uint8Array.from(b)
const any = fc.uint8Array({ maxLength: 80 })

test('a written header reads back', () => {
  const u32 = fc.nat({ max: 0xffffffff })
  fc.assert(
    fc.property(fc.nat({ max: 127 }), fc.boolean(), fc.nat({ max: 0xffff }), u32, u32, (pt, m, seq, ts, ssrc) => {
      const p = new Uint8Array(12)
      assert.equal(writeRtpHeader(p, pt, m, seq, ts, ssrc), 12)
      assert.deepEqual(
        [rtpPayloadType(p), rtpMarker(p), rtpSequence(p), rtpTimestamp(p), rtpSsrc(p), rtpPayloadOffset(p)],
        [pt, m, seq, ts, ssrc, 12],
      )
      setRtpPayloadType(p, 8)
      setRtpMarker(p, !m)
      assert.deepEqual([rtpPayloadType(p), rtpMarker(p), rtpSequence(p)], [8, !m, seq])
    }),
  )
})

test('the payload lies after CSRCs and extension and before padding', () => {
  const header = [0, 5, 0, 0, 0, 1, 0, 0, 0, 2]
  const p = u8(0xb2, 8, ...header, 1, 1, 1, 1, 2, 2, 2, 2, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 77, 78, 0, 2)
  assert.equal(rtpPayloadOffset(p), 28)
  assert.equal(rtpPayloadEnd(p), 30)
  assert.equal(rtpPayloadOffset(p, 27), -1)
  assert.equal(rtpPayloadOffset(p, 99), -1)
  assert.equal(rtpPayloadOffset(u8(0x40, 8, ...header)), -1, 'version 1')
  assert.equal(rtpPayloadOffset(u8(0xa0, 8, ...header)), -1, 'padding without room')
  assert.equal(rtpPayloadOffset(u8(0xa0, 8, ...header, 0)), -1, 'padding of zero')
  assert.equal(rtpPayloadOffset(u8(0xa0, 8, ...header, 2)), -1, 'padding over the header')
  assert.equal(rtpPayloadOffset(u8(0x90, 8, ...header, 0, 0, 0, 9)), -1, 'extension past the end')
})

test('SEC-04 any bytes: offset is -1 or within the packet', () => {
  fc.assert(
    fc.property(any, p => {
      const offset = rtpPayloadOffset(p)
      if (offset === -1) return
      const end = rtpPayloadEnd(p)
      assert.ok(offset >= 12 && offset <= end && end <= p.length)
    }),
    { numRuns: 1000 },
  )
})

test('counters wrap both ways', () => {
  assert.equal(sequenceDistance(2, 65534), 4)
  assert.equal(sequenceDistance(65534, 2), -4)
  assert.equal(timestampDistance(10, 0xfffffff0), 26)
  assert.equal(extendSequence(65535, 0), 65536)
  assert.equal(extendSequence(65536, 65535), 65535)
  assert.equal(extendTimestamp(0xffffffff, 159), 0x100000000 + 159)
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 40 }), fc.integer({ min: -32768, max: 32767 }), (reference, d) => {
      const next = reference + d
      assert.equal(extendSequence(reference, ((next % 65536) + 65536) % 65536), next)
      assert.equal(extendTimestamp(reference, ((next % 2 ** 32) + 2 ** 32) % 2 ** 32), next)
    }),
  )
})

test('telephone events read back as written', () => {
  const p = new Uint8Array(6)
  assert.equal(writeTelephoneEvent(p, 2, 11, true, 10, 1280), 4)
  assert.deepEqual([eventCode(p, 2), eventEnded(p, 2), eventVolume(p, 2), eventDuration(p, 2)], [11, true, 10, 1280])
  writeTelephoneEvent(p, 0, 1, false, 63, 70_000)
  assert.deepEqual([eventEnded(p, 0), eventVolume(p, 0), eventDuration(p, 0)], [false, 63, 0xffff])
  for (const [i, d] of [...'0123456789*#ABCD'].entries()) {
    assert.equal(digitOfEvent(i), d)
    assert.equal(eventOfDigit(d), i)
  }
  assert.equal(eventOfDigit('d'), 15)
  assert.equal(eventOfDigit('x'), -1)
  assert.equal(eventOfDigit(''), -1)
  assert.equal(digitOfEvent(16), null)
})

test('comfort noise: level and spectrum', () => {
  const p = new Uint8Array(3)
  writeComfortNoise(p, 0, -52.4)
  assert.equal(comfortNoiseLevel(p, 0, 1), -52)
  assert.equal(comfortNoiseLevel(p, 1, 1), null)
  p[1] = 127
  p[2] = 254
  const k = new Float64Array(12)
  assert.equal(comfortNoiseSpectrum(p, 0, 3, k), 2)
  assert.equal(k[0], 0)
  assert.ok(k[1]! > 0.99 && k[1]! < 1)
  assert.equal(comfortNoiseSpectrum(p, 0, 0, k), 0)
})

test('RFC 7983: one port, five protocols', () => {
  const of = (first: number, second: number, length: number) => {
    const p = new Uint8Array(length)
    p[0] = first
    p[1] = second
    return p
  }
  assert.equal(classifyPacket(of(0x80, 0x80 | 8, 172)), 'rtp')
  assert.equal(classifyPacket(of(0x80, 111, 12)), 'rtp')
  assert.equal(classifyPacket(of(0x81, 200, 28)), 'rtcp')
  assert.equal(classifyPacket(of(0x80, 207, 8)), 'rtcp')
  assert.equal(classifyPacket(of(22, 254, 60)), 'dtls')
  assert.equal(classifyPacket(u8(0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, ...new Array(12).fill(7))), 'stun')
  assert.equal(classifyPacket(of(0, 1, 20)), 'unknown')
  assert.equal(classifyPacket(u8(13, 10)), 'unknown')
  assert.equal(classifyPacket(u8()), 'unknown')
  fc.assert(fc.property(any, p => typeof classifyPacket(p) === 'string'))
})
