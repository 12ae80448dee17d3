import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readVoiceFile } from './voice-file.ts'

function wav(format: number, channels: number, hz: number, bits: number, data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(44 + data.length)
  out.write('RIFF', 0)
  out.writeUInt32LE(36 + data.length, 4)
  out.write('WAVEfmt ', 8)
  out.writeUInt32LE(16, 16)
  out.writeUInt16LE(format, 20)
  out.writeUInt16LE(channels, 22)
  out.writeUInt32LE(hz, 24)
  out.writeUInt16LE(bits, 34)
  out.write('data', 36)
  out.writeUInt32LE(data.length, 40)
  out.set(data, 44)
  return out
}

test('A-law, µ-law and 16-bit files are read, mono or stereo, at 8 and 16 kHz; others are refused with what to do', () => {
  const length = (bytes: Uint8Array): number | string => {
    const r = readVoiceFile(bytes)
    return r.ok ? r.value.pcm.length : r.error.message
  }
  const data = new Uint8Array(1600)
  assert.equal(length(wav(6, 1, 8000, 8, data)), 1600)
  assert.equal(length(wav(7, 1, 8000, 8, data)), 1600)
  assert.equal(length(wav(1, 1, 8000, 16, data)), 800)
  assert.equal(length(wav(1, 2, 8000, 16, data)), 400)
  assert.equal(length(wav(1, 1, 16000, 16, data)), 400)
  assert.match(String(length(wav(1, 1, 44100, 16, data))), /make it 8000 or 16000 Hz/)
  assert.match(String(length(wav(3, 1, 8000, 32, data))), /make it 16-bit PCM/)
})

test('SEC-04 any bytes, and any damage to a good file, are read without throwing', () => {
  const good = wav(1, 1, 8000, 16, new Uint8Array(200))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(good.length - 1), fc.nat(255), (junk, at, byte) => {
      readVoiceFile(junk)
      const damaged = good.slice()
      damaged[at] = byte
      readVoiceFile(damaged)
      readVoiceFile(good.subarray(0, at))
    }),
  )
})
