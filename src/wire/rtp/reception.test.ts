import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Reception } from './reception.ts'

/** Feeds sequence numbers at a perfect 20 ms beat of 8 kHz. */
function feed(r: Reception, ...sequences: number[]) {
  return sequences.map(s => r.take(s & 0xffff, (s * 160) >>> 0, s * 20, 160))
}

test('loss is what is missing between the first and the highest; wraps count', () => {
  const r = new Reception(8000)
  assert.deepEqual(feed(r, 65533, 65534, 65536, 65539), ['first', 'in-order', 'gap', 'gap'])
  assert.equal(r.lost(), 3)
  assert.equal(r.extendedHighest(), 65539)
  assert.equal(r.takeFractionLost(), Math.floor((3 * 256) / 7))
  assert.equal(r.takeFractionLost(), 0)
  assert.deepEqual(feed(r, 65535), ['late'])
  assert.equal(r.lost(), 2)
})

test('duplicates are seen and not counted as received', () => {
  const r = new Reception(8000)
  assert.deepEqual(feed(r, 1, 2, 2, 1, 3), ['first', 'in-order', 'duplicate', 'duplicate', 'in-order'])
  assert.equal(r.packets, 3)
  assert.equal(r.duplicates, 2)
})

test('a far jump is doubted until the next packet confirms it; the loss before stays counted', () => {
  const r = new Reception(8000)
  feed(r, 10, 12)
  assert.deepEqual(feed(r, 30000, 13, 40000, 40001, 40002), ['doubtful', 'in-order', 'doubtful', 'restart', 'in-order'])
  assert.equal(r.lost(), 1)
  assert.equal(r.restarts, 1)
})

test('RFC 3550 A.8: an even beat has no jitter; one packet d late adds d/16, then d/16 again as the beat returns', () => {
  const r = new Reception(8000)
  feed(r, 1, 2, 3)
  assert.equal(r.jitter, 0)
  r.take(4, 4 * 160, 4 * 20 + 10, 160)
  assert.equal(r.jitter, 80 / 16)
  r.take(5, 5 * 160, 5 * 20, 160)
  assert.equal(r.jitter, 5 + (80 - 5) / 16)
  assert.ok(Math.abs(r.maxJitterMs() - (r.jitter / 8000) * 1000) < 1e-9)
})

test('timestamps that wrap and epoch arrival times make no jitter', () => {
  const r = new Reception(8000)
  for (let i = 0; i < 10; i++) r.take(i, (0xffffff00 + i * 160) >>> 0, 1.7e12 + i * 20, 160)
  assert.ok(r.jitterMs() < 0.01, String(r.jitterMs()))
})

test('a jump of the timestamps is not taken for jitter', () => {
  const r = new Reception(8000)
  feed(r, 1, 2, 3)
  r.take(4, 900_000, 80, 160)
  r.take(5, 900_160, 100, 160)
  assert.equal(r.maxJitter, 0)
})

test('any sequence of packets keeps the figures sane', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 0xffff }), { maxLength: 60 }), sequences => {
      const r = new Reception(8000)
      for (const s of sequences) {
        r.take(s, s * 160, s * 20, 160)
        const f = r.takeFractionLost()
        assert.ok(f >= 0 && f <= 255 && r.lost() >= 0 && r.jitter >= 0)
      }
    }),
  )
})
