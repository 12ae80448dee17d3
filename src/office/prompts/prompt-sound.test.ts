import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { readVoiceFile } from '../../media/voice-file.ts'
import { LevelMeter } from '../../wire/audio/level.ts'
import { sineTone, ToneGenerator } from '../../wire/audio/tone.ts'
import { toneShare } from '../../wire/audio/tone-measure.ts'
import { encodeWavFrames, type WavEncoding, type WavFormat, wavHeader } from '../../wire/audio/wav.ts'
import { MOST_BYTES, promptSound } from './prompt-sound.ts'

/** Half a second of silence, a second of tone, half a second of silence. */
function wav(encoding: WavEncoding, clockHz: number, channels: number, levelDbfs: number, seconds = 1): Uint8Array {
  const sound = new Int16Array(Math.round(clockHz * (seconds + 1)))
  new ToneGenerator(sineTone(700, levelDbfs), clockHz).fill(sound, clockHz / 2, clockHz / 2 + seconds * clockHz)
  return wavOf({ encoding, clockHz, channels }, sound)
}

function wavOf(format: WavFormat, sound: Int16Array): Uint8Array {
  const header = wavHeader(format, sound.length * format.channels * (format.encoding === 'pcm16' ? 2 : 1))
  const out = new Uint8Array(header.length + 2 * format.channels * sound.length)
  out.set(header)
  const all = Array.from({ length: format.channels }, () => sound)
  return out.subarray(0, header.length + encodeWavFrames(format, all, sound.length, out, header.length))
}

function heard(bytes: Uint8Array): Int16Array {
  const done = promptSound(bytes)
  assert.ok(done.ok, done.ok ? '' : done.error.message)
  const clip = readVoiceFile(done.value)
  assert.ok(clip.ok)
  return clip.value.pcm
}

function speechLevel(pcm: Int16Array): number {
  const meter = new LevelMeter(8000)
  meter.take(pcm, 0, pcm.length)
  return meter.figures().speechDbfs
}

for (const encoding of ['pcm16', 'pcm8', 'a-law', 'mu-law'] as const)
  for (const [clockHz, channels] of [
    [8000, 1],
    [16_000, 2],
    [44_100, 1],
    [48_000, 2],
  ] as const)
    test(`IN-02 ${encoding}, ${clockHz} Hz, ${channels} channels becomes what a telephone plays`, () => {
      const pcm = heard(wav(encoding, clockHz, channels, -12))
      assert.ok(toneShare(pcm, 2000, 8000, 8000, 700) > 0.98)
      // The silence around it is cut away but for a breath.
      assert.ok(pcm.length > 8000 && pcm.length < 8000 * 1.4, String(pcm.length))
    })

test('IN-02 whispered and shouted prompts come out as loud as the supplied ones', () => {
  const supplied = ['en', 'ru', 'kk'].map(language => {
    const clip = readVoiceFile(readFileSync(new URL(`../../../assets/prompts/${language}/office-welcome.wav`, import.meta.url)))
    assert.ok(clip.ok)
    return speechLevel(clip.value.pcm)
  })
  const usual = supplied.reduce((a, b) => a + b) / supplied.length
  for (const level of [-40, -20, -3]) {
    const difference = speechLevel(heard(wav('pcm16', 16_000, 1, level))) - usual
    assert.ok(Math.abs(difference) < 3, `${level}: ${difference} dB`)
  }
})

const BAD: readonly (readonly [what: string, file: Uint8Array, says: RegExp])[] = [
  ['an MP3', new TextEncoder().encode('ID3\u0004'.padEnd(500, 'x')), /no WAV file: save it as WAV/],
  ['an empty file', new Uint8Array(0), /no WAV file/],
  ['silence', wavOf({ encoding: 'pcm16', clockHz: 8000, channels: 1 }, new Int16Array(8000)), /nothing can be heard/],
  ['no samples', wavOf({ encoding: 'pcm16', clockHz: 8000, channels: 1 }, new Int16Array(0)), /nothing can be heard/],
  ['too slow', wav('pcm16', 4000, 1, -10), /4000 Hz: save it with 8,000 to 48,000 Hz/],
  ['too fast', wav('pcm16', 96_000, 1, -10), /96000 Hz/],
  ['four channels', wav('pcm16', 8000, 4, -10), /4 channels/],
  ['too long', wav('a-law', 8000, 1, -10, 200), /201 s: callers are told no more than 180 s/],
  ['too large', new Uint8Array(MOST_BYTES + 1), /larger than 5 MB/],
]
for (const [what, file, says] of BAD)
  test(`IN-02 ${what} is refused with what to do`, () => {
    const done = promptSound(file)
    assert.ok(!done.ok)
    assert.equal(done.error.code, 'sound-refused')
    assert.match(done.error.message, says)
  })

test('IN-02 whatever is uploaded, nothing is thrown', () => {
  const good = wav('pcm16', 8000, 1, -10)
  const spoilt = fc.tuple(fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 8 }), fc.nat(good.length))
  fc.assert(
    fc.property(spoilt, ([changes, length]) => {
      const file = good.slice(0, length)
      for (const [at, byte] of changes) if (at < file.length) file[at] = byte
      const done = promptSound(file)
      if (done.ok) assert.ok(readVoiceFile(done.value).ok)
    }),
    { numRuns: 100 },
  )
})
