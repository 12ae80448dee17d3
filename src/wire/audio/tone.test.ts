import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rmsDbfs } from './level.ts'
import { dtmfTone, sineTone, TONES, ToneGenerator } from './tone.ts'
import { toneLevelDbfs, tonePower, toneShare } from './tone-measure.ts'

const HZ = 8000

test('a sine has the level and the frequency asked for', () => {
  for (const clockHz of [8000, 16_000, 48_000]) {
    const out = new Int16Array(clockHz)
    assert.equal(new ToneGenerator(sineTone(1000, -10), clockHz).fill(out, 0, clockHz), clockHz)
    assert.ok(Math.abs(toneLevelDbfs(out, 800, clockHz, clockHz, 1000) + 10) < 0.1)
    assert.ok(Math.abs(rmsDbfs(out, 800, clockHz) + 10) < 0.1)
    assert.ok(toneShare(out, 800, clockHz, clockHz, 1000) > 0.99)
    assert.ok(toneShare(out, 800, clockHz, clockHz, 1500) < 0.01)
  }
  assert.equal(tonePower(new Int16Array(10), 5, 5, HZ, 1000), 0)
  assert.equal(toneShare(new Int16Array(10), 0, 10, HZ, 1000), 0)
})

test('cadences sound and rest in turn, also when filled in small pieces', () => {
  const out = new Int16Array(3 * HZ)
  const busy = new ToneGenerator(TONES.busy, HZ)
  for (let at = 0; at < out.length; at += 160) assert.equal(busy.fill(out, at, at + 160), 160)
  for (let half = 0; half < 6; half++) {
    const level = rmsDbfs(out, half * 4000 + 100, half * 4000 + 3900)
    if (half % 2 === 0) assert.ok(level > -18, `half ${half} sounds`)
    else assert.equal(level, Number.NEGATIVE_INFINITY)
  }
  assert.equal(busy.over, false)
})

test('a beep ends and says so; a digit is followed by its pause', () => {
  const out = new Int16Array(HZ).fill(99)
  const beep = new ToneGenerator(TONES.beep, HZ)
  assert.equal(beep.fill(out, 0, HZ), 2000)
  assert.equal(beep.over, true)
  assert.equal(out[HZ - 1], 0)
  assert.equal(beep.fill(out, 0, 100), 0)
  assert.equal(new ToneGenerator(dtmfTone('5', 60, 40)!, HZ).fill(out, 0, HZ), 800)
  assert.equal(dtmfTone('x'), null)
  assert.equal(dtmfTone('12'), null)
})

test('edges are soft: no step larger than the tone itself makes', () => {
  const out = new Int16Array(3000)
  new ToneGenerator(TONES.beep, HZ).fill(out, 0, 3000)
  const peak = 32767 * 10 ** (-16 / 20)
  const steepest = peak * 2 * Math.sin((Math.PI * 1000) / HZ)
  for (let i = 1; i < out.length; i++) assert.ok(Math.abs(out[i]! - out[i - 1]!) <= steepest * 1.05)
})
