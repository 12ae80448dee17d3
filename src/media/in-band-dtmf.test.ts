import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { seededRandom } from '../kernel/clock.ts'
import { dtmfTone, ToneGenerator } from '../wire/audio/tone.ts'
import { InBandDtmf } from './in-band-dtmf.ts'
import { readVoiceFile } from './voice-file.ts'

function heardIn(pcm: Int16Array, hz: number): string {
  let digits = ''
  const detector = new InBandDtmf(d => {
    digits += d
  })
  for (let i = 0; i < pcm.length; i += hz / 50) {
    const part = pcm.subarray(i, i + hz / 50)
    detector.take(part, part.length, hz)
  }
  return digits
}

test('every digit is heard once, at 8 and 16 kHz, loud and soft, short and long, also through noise', () => {
  const random = seededRandom(7)
  for (const hz of [8000, 16000])
    for (const level of [-6, -12, -25])
      for (const onMs of [60, 100, 400]) {
        const pcm: number[] = []
        for (const digit of '0123456789*#ABCD') {
          const part = new Int16Array(((onMs + 80) * hz) / 1000)
          new ToneGenerator(dtmfTone(digit, onMs, 80, level)!, hz).fill(part, 0, part.length)
          pcm.push(...part)
        }
        const amplitude = 32767 * 10 ** (level / 20) * 0.1
        // Two loud tones and noise go beyond full scale: cut off, as a telephone would.
        const noisy = Int16Array.from(pcm, x => Math.max(-32768, Math.min(32767, x + (random.fraction() - 0.5) * amplitude)))
        assert.equal(heardIn(noisy, hz), '0123456789*#ABCD', `${hz} Hz, ${level} dB, ${onMs} ms`)
      }
})

test('speech in three languages and music hold no digits', () => {
  const folder = join(import.meta.dirname, '..', '..', 'assets', 'prompts')
  let seconds = 0
  for (const language of ['en', 'ru', 'kk', 'music'])
    for (const file of readdirSync(join(folder, language))) {
      const clip = readVoiceFile(readFileSync(join(folder, language, file)))
      assert.ok(clip.ok, file)
      seconds += clip.value.pcm.length / 8000
      assert.equal(heardIn(clip.value.pcm, 8000), '', `${language}/${file}`)
    }
  assert.ok(seconds > 120)
})
