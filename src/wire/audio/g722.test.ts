import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { G722Decoder, G722Encoder } from './g722.ts'
import { toneLevelDbfs } from './tone-measure.ts'

const HZ = 16_000
const DELAY = 22

/** Two tones, a sweep and some noise, all in whole numbers so that every machine makes the same samples. */
function signal(samples: number): Int16Array {
  const out = new Int16Array(samples)
  let seed = 1
  const triangle = (i: number, period: number, peak: number) => Math.trunc((Math.abs((i % period) * 2 - period) * 2 * peak) / period) - peak
  for (let i = 0; i < samples; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    out[i] = triangle(i, 36, 6000) + triangle(i, 17, 3000) + ((seed >> 16) % 800) - 400
  }
  return out
}

function sine(hz: number, samples: number, peak: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) => Math.round(peak * Math.sin((2 * Math.PI * hz * i) / HZ)))
}

function there(samples: Int16Array): Uint8Array {
  const coded = new Uint8Array(samples.length / 2)
  assert.equal(new G722Encoder().encode(samples, 0, samples.length, coded), coded.length)
  return coded
}

function andBack(coded: Uint8Array): Int16Array {
  const out = new Int16Array(coded.length * 2)
  assert.equal(new G722Decoder().decode(coded, 0, coded.length, out), out.length)
  return out
}

test('bit for bit what ffmpeg makes of the same sound (digests taken from ffmpeg 64 kbit/s)', () => {
  const coded = there(signal(16_000))
  assert.equal(createHash('sha256').update(coded).digest('hex').slice(0, 16), '9d368cb9d07d192f')
  assert.equal(
    createHash('sha256')
      .update(new Uint8Array(andBack(coded).buffer))
      .digest('hex')
      .slice(0, 16),
    'b2072b1eac5ae218',
  )
})

test('tones of both bands come back at their level', () => {
  for (const hz of [300, 1000, 3000, 5000, 6500]) {
    const given = sine(hz, HZ, 8000)
    const back = andBack(there(given))
    const from = 2000
    const difference = toneLevelDbfs(back, from, HZ, HZ, hz) - toneLevelDbfs(given, from, HZ, HZ, hz)
    assert.ok(Math.abs(difference) < 0.5, `${hz} Hz is off by ${difference.toFixed(2)} dB`)
  }
})

test('a voice-band sine keeps a signal-to-noise ratio above 25 dB', () => {
  const given = sine(1004, HZ, 8000)
  const back = andBack(there(given))
  let wanted = 0
  let error = 0
  for (let i = 2000; i < HZ - DELAY; i++) {
    wanted += given[i]! ** 2
    error += (given[i]! - back[i + DELAY]!) ** 2
  }
  assert.ok(10 * Math.log10(wanted / error) > 25)
})

test('state carries on: coding in pieces is coding the whole', () => {
  const given = signal(3200)
  const encoder = new G722Encoder()
  const decoder = new G722Decoder()
  const coded = new Uint8Array(1600)
  const out = new Int16Array(3200)
  for (let at = 0; at < 3200; at += 320) {
    encoder.encode(given, at, at + 320, coded, at / 2)
    decoder.decode(coded, at / 2, at / 2 + 160, out, at)
  }
  assert.deepEqual(coded, there(given))
  assert.deepEqual(out, andBack(coded))
})

test('SEC-04 any bytes decode, any samples encode', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 200, maxLength: 400 }), coded => {
      assert.equal(andBack(coded).length, coded.length * 2)
    }),
    { numRuns: 20 },
  )
  const square = Int16Array.from({ length: 3200 }, (_, i) => (((i >> 3) & 1) === 0 ? 32767 : -32768))
  assert.equal(andBack(there(square)).length, 3200)
})
