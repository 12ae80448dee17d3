import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../kernel/clock.ts'
import { DtmfDetector } from './dtmf-detector.ts'
import { decodeG711, encodeG711 } from './g711.ts'
import { DTMF_COLUMNS_HZ, DTMF_KEYS, DTMF_ROWS_HZ, dtmfTone, ToneGenerator } from './tone.ts'

const HZ = 8000

interface Heard {
  readonly digit: string
  readonly durationMs: number
}

function listen(samples: Int16Array, clockHz = HZ, pieceSamples = 160): Heard[] {
  const heard: Heard[] = []
  const detector = new DtmfDetector(clockHz, { ended: (digit, durationMs) => heard.push({ digit, durationMs }) })
  for (let at = 0; at < samples.length; at += pieceSamples) detector.feed(samples, at, Math.min(samples.length, at + pieceSamples))
  detector.flush()
  return heard
}

function digits(text: string, onMs: number, offMs: number, clockHz = HZ, leadSamples = 37): Int16Array {
  const each = Math.round(((onMs + offMs) * clockHz) / 1000)
  const out = new Int16Array(leadSamples + text.length * each)
  ;[...text].forEach((d, i) => {
    const from = leadSamples + i * each
    new ToneGenerator(dtmfTone(d, onMs, offMs)!, clockHz).fill(out, from, from + each)
  })
  return out
}

function pair(rowHz: number, columnHz: number, rowPeak: number, columnPeak: number, ms: number): Int16Array {
  const out = new Int16Array(Math.round(((ms + 60) * HZ) / 1000))
  const until = Math.round((ms * HZ) / 1000)
  for (let i = 0; i < until; i++)
    out[i] = Math.round(rowPeak * Math.sin((2 * Math.PI * rowHz * i) / HZ) + columnPeak * Math.sin((2 * Math.PI * columnHz * i) / HZ))
  return out
}

const text = (heard: readonly Heard[]) => heard.map(h => h.digit).join('')

test('all sixteen digits at 8, 16 and 48 kHz, in any cut of the stream', () => {
  for (const clockHz of [8000, 16_000, 48_000]) assert.equal(text(listen(digits(DTMF_KEYS, 80, 80, clockHz), clockHz)), DTMF_KEYS)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat({ max: 300 }), (piece, lead) => {
      assert.equal(text(listen(digits('15#', 60, 60, HZ, lead), HZ, piece)), '15#')
    }),
    { numRuns: 30 },
  )
})

test('Q.24: 40 ms with 40 ms between is heard wherever it falls, 15 ms is not', () => {
  for (let lead = 0; lead < 102; lead += 7) {
    assert.equal(text(listen(digits('5590', 45, 40, HZ, lead))), '5590', `lead ${lead}`)
    assert.equal(text(listen(digits('5590', 15, 60, HZ, lead))), '')
  }
})

test('the duration is told within a block or two, and a held key is one digit', () => {
  const [heard, ...more] = listen(digits('8', 500, 100))
  assert.deepEqual(more, [])
  assert.ok(Math.abs(heard!.durationMs - 500) <= 26, String(heard!.durationMs))
})

test('the start is told while the key is down, and flush ends what still sounds', () => {
  const told: string[] = []
  const detector = new DtmfDetector(HZ, { started: d => told.push('+' + d), ended: d => told.push('-' + d) })
  const samples = digits('3', 200, 0)
  detector.feed(samples, 0, 800)
  assert.deepEqual(told, ['+3'])
  detector.flush()
  assert.deepEqual(told, ['+3', '-3'])
  detector.flush()
  assert.equal(told.length, 2)
})

test('frequencies 1.5 % off are accepted, lone tones and wrong pairs are not', () => {
  for (const row of DTMF_ROWS_HZ)
    for (const column of DTMF_COLUMNS_HZ)
      for (const off of [0.986, 1.014]) assert.equal(listen(pair(row * off, column * off, 6000, 6000, 100)).length, 1, `${row} ${column}`)
  assert.equal(listen(pair(697, 1209, 8000, 0, 300)).length, 0)
  assert.equal(listen(pair(697, 1209, 0, 8000, 300)).length, 0)
  assert.equal(listen(pair(697, 770, 6000, 6000, 300)).length, 0)
  assert.equal(listen(pair(425, 0, 8000, 0, 1000)).length, 0)
})

test('twist: a column 6 dB louder or a row 4 dB louder is a digit, 12 dB is none', () => {
  assert.equal(listen(pair(770, 1336, 4000, 8000, 100)).length, 1)
  assert.equal(listen(pair(770, 1336, 8000, 5000, 100)).length, 1)
  assert.equal(listen(pair(770, 1336, 2000, 8000, 100)).length, 0)
  assert.equal(listen(pair(770, 1336, 8000, 2000, 100)).length, 0)
})

test('digits survive G.711 and noise 15 dB below, quiet ones too; a whisper of a tone does not count', () => {
  const random = seededRandom(7)
  const noisy = digits('147*2580369#', 80, 80)
  for (let i = 0; i < noisy.length; i++) noisy[i] = noisy[i]! + Math.round((random.fraction() - 0.5) * 4000)
  const coded = new Uint8Array(noisy.length)
  encodeG711('a', noisy, 0, noisy.length, coded)
  decodeG711('a', coded, 0, coded.length, noisy)
  assert.equal(text(listen(noisy)), '147*2580369#')
  assert.equal(text(listen(pair(852, 1477, 400, 400, 100))), '9')
  assert.equal(text(listen(pair(852, 1477, 80, 80, 100))), '')
})

/** Noise through a resonance that wanders, gated by syllables. */
function babble(seconds: number, seed: number): Int16Array {
  const random = seededRandom(seed)
  const radius = 0.985
  let y1 = 0
  let y2 = 0
  return Int16Array.from({ length: seconds * HZ }, (_, i) => {
    const centre = 400 + 1200 * Math.abs(Math.sin(i / 9000))
    const y = (random.fraction() - 0.5) * 3000 + 2 * radius * Math.cos((2 * Math.PI * centre) / HZ) * y1 - radius * radius * y2
    y2 = y1
    y1 = y
    return Math.max(-32768, Math.min(32767, y * (Math.sin(i / 1300) > -0.3 ? 1 : 0.02)))
  })
}

/** Steady vowels, the hardest kind: harmonics of one pitch under three formants, a new vowel every 150 ms. */
function vowels(seconds: number, seed: number): Int16Array {
  const random = seededRandom(seed)
  let phase = 0
  let pitch = 0
  let weights: number[] = []
  return Int16Array.from({ length: seconds * HZ }, (_, i) => {
    if (i % 1200 === 0) {
      pitch = 80 + 170 * random.fraction()
      const formants = [300 + 650 * random.fraction(), 900 + 1400 * random.fraction(), 2300 + 900 * random.fraction()]
      weights = []
      for (let h = 1; h * pitch < 3400; h++)
        weights.push(formants.reduce((sum, f) => sum + 12_000 / h / Math.sqrt(1 + ((h * pitch - f) / 45) ** 2), 0))
    }
    phase += (2 * Math.PI * pitch) / HZ
    const v = weights.reduce((sum, w, k) => sum + w * Math.sin((k + 1) * phase), 0)
    return Math.max(-32768, Math.min(32767, v))
  })
}

test('no digit is heard in noise shaped like speech, nor in vowels', () => {
  for (const seed of [1, 2]) {
    assert.deepEqual(listen(babble(30, seed)), [])
    assert.deepEqual(listen(vowels(20, seed)), [])
  }
})
