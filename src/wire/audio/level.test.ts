import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../kernel/clock.ts'
import { LevelMeter } from './level.ts'
import { sineTone, ToneGenerator } from './tone.ts'

const HZ = 8000

function measured(samples: Int16Array) {
  const meter = new LevelMeter(HZ)
  for (let i = 0; i < samples.length; i += 333) meter.take(samples, i, Math.min(samples.length, i + 333))
  return meter.figures()
}

/** Bursts of tone for 300 ms of every second, over hiss. */
function talk(seconds: number, hiss: number, levelDbfs: number): Int16Array {
  const random = seededRandom(3)
  const out = new Int16Array(seconds * HZ)
  const voice = new ToneGenerator({ frequenciesHz: [300], levelDbfs, cadenceMs: [300, 700], repeat: true }, HZ)
  voice.fill(out, 0, out.length)
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + Math.round((random.fraction() - 0.5) * 2 * hiss)
  return out
}

test('REC-04 level and peak of a sine are its own', () => {
  const out = new Int16Array(HZ)
  new ToneGenerator(sineTone(500, -20), HZ).fill(out, 0, HZ)
  const f = measured(out)
  assert.ok(Math.abs(f.rmsDbfs + 20) < 0.2)
  assert.ok(Math.abs(f.peakDbfs + 20) < 0.2)
  assert.equal(f.clippedShare, 0)
  assert.equal(f.samples, HZ)
})

test('REC-04 a dead channel, a hissing one and a speaking one are told apart', () => {
  const dead = measured(new Int16Array(5 * HZ))
  assert.deepEqual([dead.speechShare, dead.rmsDbfs], [0, Number.NEGATIVE_INFINITY])
  assert.equal(measured(talk(5, 300, -120)).speechShare, 0)
  const spoken = measured(talk(10, 100, -20))
  assert.ok(Math.abs(spoken.speechShare - 0.3) < 0.03, String(spoken.speechShare))
  assert.ok(Math.abs(spoken.speechDbfs + 20) < 1)
  assert.ok(spoken.noiseDbfs < -45 && spoken.noiseDbfs > -65)
  assert.equal(measured(new Int16Array(0)).speechShare, 0)
})

test('REC-04 clipping is counted in runs, a lone full-scale sample is none', () => {
  const out = new Int16Array(1000)
  out[5] = 32767
  assert.equal(measured(out).clippedShare, 0)
  out.fill(-32768, 100, 200)
  assert.equal(measured(out).clippedShare, 0.1)
})
