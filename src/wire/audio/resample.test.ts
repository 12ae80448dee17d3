import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Resampler } from './resample.ts'
import { sineTone, ToneGenerator } from './tone.ts'
import { toneLevelDbfs } from './tone-measure.ts'

function sine(clockHz: number, hz: number): Int16Array {
  const out = new Int16Array(clockHz)
  new ToneGenerator(sineTone(hz, -6), clockHz).fill(out, 0, clockHz)
  return out
}

function resampled(samples: Int16Array, fromHz: number, toHz: number, piece = 160): Int16Array {
  const r = new Resampler(fromHz, toHz)
  const out = new Int16Array(Math.ceil((samples.length * toHz) / fromHz))
  let at = 0
  for (let i = 0; i < samples.length; i += piece) {
    const end = Math.min(samples.length, i + piece)
    const wrote = r.process(samples, i, end, out, at)
    assert.ok(wrote <= r.maxOutput(end - i))
    at += wrote
  }
  assert.equal(at, out.length)
  return out
}

const level = (samples: Int16Array, clockHz: number, hz: number) => toneLevelDbfs(samples, clockHz / 4, (clockHz * 3) / 4, clockHz, hz)

for (const [fromHz, toHz] of [
  [8000, 16_000],
  [8000, 48_000],
  [16_000, 48_000],
  [24_000, 48_000],
  [48_000, 16_000],
  [48_000, 8000],
  [16_000, 8000],
] as const) {
  const lower = Math.min(fromHz, toHz)
  test(`${fromHz} → ${toHz} Hz: the voice band keeps its level`, () => {
    for (const share of [0.0375, 0.125, 0.25, 0.375, 0.425]) {
      const hz = share * lower
      const lost = level(resampled(sine(fromHz, hz), fromHz, toHz), toHz, hz) + 6
      assert.ok(Math.abs(lost) < 0.3, `${hz} Hz: ${lost.toFixed(2)} dB`)
    }
  })

  test(`${fromHz} → ${toHz} Hz: images and aliases are 50 dB down`, () => {
    if (toHz > fromHz) {
      const out = resampled(sine(fromHz, 0.25 * lower), fromHz, toHz)
      assert.ok(level(out, toHz, 0.75 * lower) < -56)
    } else {
      const out = resampled(sine(fromHz, 0.7 * lower), fromHz, toHz)
      assert.ok(level(out, toHz, 0.3 * lower) < -56)
    }
  })
}

test('cutting the stream differently changes nothing', () => {
  const given = sine(48_000, 440).subarray(0, 4800)
  const whole = resampled(given, 48_000, 8000, 4800)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), piece => {
      assert.deepEqual(resampled(given, 48_000, 8000, piece), whole)
    }),
    { numRuns: 20 },
  )
})

test('equal rates copy; full-scale square waves saturate; odd ratios are a mistake of ours', () => {
  const given = sine(8000, 100)
  assert.deepEqual(resampled(given, 8000, 8000), given)
  const square = Int16Array.from({ length: 800 }, (_, i) => (((i >> 4) & 1) === 0 ? 32767 : -32768))
  for (const s of resampled(square, 8000, 48_000)) assert.ok(s >= -32768 && s <= 32767)
  assert.throws(() => new Resampler(44_100, 8000))
})
