import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeRate } from './change-rate.ts'
import { rmsDbfs } from './level.ts'
import { sineTone, ToneGenerator } from './tone.ts'
import { toneShare } from './tone-measure.ts'

function tone(hz: number, clockHz: number): Int16Array {
  const out = new Int16Array(clockHz / 2)
  new ToneGenerator(sineTone(hz, -10), clockHz).fill(out, 0, out.length)
  return out
}

for (const from of [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 44_101, 48_000])
  test(`from ${from} Hz a tone stays itself, as loud and as long, and what a telephone cannot carry is gone`, () => {
    const kept = changeRate(tone(1000, from), from, 8000)
    assert.ok(Math.abs(kept.length - 4000) <= 1, String(kept.length))
    assert.ok(toneShare(kept, 200, 3800, 8000, 1000) > 0.999)
    assert.ok(Math.abs(rmsDbfs(kept, 200, 3800) + 10) < 0.2)
    if (from >= 16_000) assert.ok(rmsDbfs(changeRate(tone(5500, from), from, 8000), 200, 3800) < -55)
  })

test('nothing comes of nothing', () => {
  assert.equal(changeRate(new Int16Array(0), 44_100, 8000).length, 0)
})
