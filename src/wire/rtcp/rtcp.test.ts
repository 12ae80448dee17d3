import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRtcp } from './parse-rtcp.ts'
import { compactNtpAt, delayUnits, epochMsOfNtp, lossBetween, ntpFraction, ntpSeconds, roundTripMs } from './report-figures.ts'
import type { ReportBlock, RtcpPacket } from './rtcp-packet.ts'
import { writeRtcp } from './write-rtcp.ts'

function written(packets: readonly RtcpPacket[]): Uint8Array {
  const buffer = new Uint8Array(8192).fill(0xee)
  const length = writeRtcp(packets, buffer)
  assert.ok(length > 0)
  return buffer.slice(0, length)
}

function parsed(bytes: Uint8Array): readonly RtcpPacket[] {
  const result = parseRtcp(bytes)
  assert.ok(result.ok, result.ok ? '' : result.error.message)
  return result.value
}

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>
const u32 = fc.nat({ max: 0xffffffff })
const u16 = fc.nat({ max: 0xffff })
const u8 = fc.nat({ max: 255 })
const i8 = fc.integer({ min: -128, max: 127 })
const text = fc.string({ maxLength: 40, unit: 'grapheme' })
const few = <T>(a: fc.Arbitrary<T>, maxLength = 3) => fc.array(a, { maxLength })
const body = fc.nat({ max: 6 }).chain(n => fc.uint8Array({ minLength: n * 4, maxLength: n * 4 }))
const report = record<ReportBlock>({
  ssrc: u32,
  fractionLost: u8,
  cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
  extendedHighest: u32,
  jitter: u32,
  lastSr: u32,
  delaySinceLastSr: u32,
})
const k = <T extends string>(kind: T) => fc.constant(kind)
const packet: fc.Arbitrary<RtcpPacket> = fc.oneof(
  record({
    kind: k('sender-report'),
    ssrc: u32,
    ntpSeconds: u32,
    ntpFraction: u32,
    rtpTimestamp: u32,
    packets: u32,
    octets: u32,
    reports: few(report, 31),
  }),
  record({ kind: k('receiver-report'), ssrc: u32, reports: few(report) }),
  record({
    kind: k('source-description'),
    chunks: few(record({ ssrc: u32, items: few(record({ type: fc.integer({ min: 1, max: 8 }), text })) })),
  }),
  record({ kind: k('goodbye'), sources: few(u32), reason: fc.option(text, { nil: null }) }),
  record({
    kind: k('extended-report'),
    ssrc: u32,
    blocks: few(
      fc.oneof(
        record({ kind: k('reference-time'), ntpSeconds: u32, ntpFraction: u32 }),
        record({ kind: k('dlrr'), reports: few(record({ ssrc: u32, lastRr: u32, delaySinceLastRr: u32 })) }),
        record({
          kind: k('voip-metrics'),
          ssrc: u32,
          lossRate: u8,
          discardRate: u8,
          burstDensity: u8,
          gapDensity: u8,
          burstMs: u16,
          gapMs: u16,
          roundTripMs: u16,
          endSystemMs: u16,
          signalLevel: i8,
          noiseLevel: i8,
          rerl: u8,
          gmin: u8,
          rFactor: u8,
          externalRFactor: u8,
          mosLq: u8,
          mosCq: u8,
          receiverConfig: u8,
          jitterBufferNominalMs: u16,
          jitterBufferMaximumMs: u16,
          jitterBufferAbsoluteMs: u16,
        }),
        record({ kind: k('other'), type: fc.integer({ min: 8, max: 255 }), specific: u8, body }),
      ),
    ),
  }),
  record({ kind: k('other'), type: fc.constantFrom(204, 205, 206), count: fc.nat({ max: 31 }), body }),
)

test('compound packets read back as written', () => {
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 5 }), packets => {
      assert.deepEqual(parsed(written(packets)), packets)
    }),
    { numRuns: 200 },
  )
})

test('SEC-04 any bytes and any damage get a result', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), bytes => typeof parseRtcp(bytes).ok === 'boolean'))
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 3 }), u16, u8, (packets, at, value) => {
      const bytes = written(packets)
      bytes[at % bytes.length] = value
      const result = parseRtcp(bytes)
      if (result.ok) assert.ok(result.value.length > 0)
    }),
    { numRuns: 500 },
  )
})

test('a sender report byte for byte', () => {
  const bytes = written([
    {
      kind: 'sender-report',
      ssrc: 0x01020304,
      ntpSeconds: 0xe0000001,
      ntpFraction: 0x80000000,
      rtpTimestamp: 160,
      packets: 1,
      octets: 160,
      reports: [
        { ssrc: 0x0a0b0c0d, fractionLost: 64, cumulativeLost: -1, extendedHighest: 65539, jitter: 12.9, lastSr: 7, delaySinceLastSr: 8 },
      ],
    },
    { kind: 'source-description', chunks: [{ ssrc: 0x01020304, items: [{ type: 1, text: 'a@b' }] }] },
  ])
  assert.equal(
    Buffer.from(bytes).toString('hex'),
    '81c8000c01020304e000000180000000000000a000000001000000a0' +
      '0a0b0c0d40ffffff000100030000000c0000000700000008' +
      '81ca0003010203040103614062000000',
  )
})

test("values share nothing with the socket's Buffer they came from", () => {
  const buffer = Buffer.from(written([{ kind: 'other', type: 206, count: 1, body: Uint8Array.of(1, 2, 3, 4) }]))
  const [packet] = parsed(buffer)
  buffer.fill(0)
  assert.deepEqual(packet, { kind: 'other', type: 206, count: 1, body: Uint8Array.of(1, 2, 3, 4) })
})

test('padding is allowed at the very end only', () => {
  const rr = [0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4]
  assert.deepEqual(parsed(Uint8Array.from(rr)), [{ kind: 'receiver-report', ssrc: 1, reports: [] }])
  const twice = parseRtcp(Uint8Array.from([...rr, ...rr]))
  assert.ok(!twice.ok && twice.error.code === 'rtcp-padding')
})

test('what does not fit is not written', () => {
  const rr: RtcpPacket = { kind: 'receiver-report', ssrc: 1, reports: [] }
  assert.equal(writeRtcp([rr, rr], new Uint8Array(15)), -1)
  assert.equal(writeRtcp([{ kind: 'goodbye', sources: new Array(32).fill(1), reason: null }], new Uint8Array(999)), -1)
})

test('QOS round trip: now minus last SR minus the delay, also over the wrap of the compact clock', () => {
  const sentAt = 1_700_000_000_000
  const lsr = compactNtpAt(sentAt)
  assert.ok(Math.abs(roundTripMs(sentAt + 5_130, lsr, delayUnits(5_000))! - 130) < 0.1)
  assert.equal(roundTripMs(sentAt + 5_000, lsr, delayUnits(5_000)), 0)
  assert.equal(roundTripMs(sentAt, 0, 0), null)
  assert.equal(roundTripMs(sentAt + 1_000, lsr, delayUnits(5_000)), null)
  const beforeWrap = epochMsOfNtp(0xefffffff, 0xf0000000)
  assert.ok(Math.abs(roundTripMs(beforeWrap + 80, compactNtpAt(beforeWrap), 0)! - 80) < 0.1)
})

test('NTP times convert both ways', () => {
  fc.assert(
    fc.property(fc.nat({ max: 4_000_000_000_000 }), ms => {
      assert.ok(Math.abs(epochMsOfNtp(ntpSeconds(ms), ntpFraction(ms)) - ms) < 0.001)
    }),
  )
})

test('QOS loss over an interval comes from two blocks; a new stream has none', () => {
  const block = (extendedHighest: number, cumulativeLost: number): ReportBlock => ({
    ssrc: 1,
    fractionLost: 0,
    cumulativeLost,
    extendedHighest,
    jitter: 0,
    lastSr: 0,
    delaySinceLastSr: 0,
  })
  assert.deepEqual(lossBetween(block(1000, 10), block(1250, 15)), { expected: 250, lost: 5 })
  assert.deepEqual(lossBetween(block(1000, 10), block(1250, 8)), { expected: 250, lost: 0 })
  assert.equal(lossBetween(block(1000, 10), block(10, 0)), null)
})
