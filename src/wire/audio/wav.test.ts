import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeWavFrames, encodeWavFrames, parseWav, type WavEncoding, type WavFormat, wavHeader } from './wav.ts'

const ENCODINGS: readonly WavEncoding[] = ['pcm16', 'pcm8', 'a-law', 'mu-law']

function file(format: WavFormat, channels: readonly Int16Array[], statedBytes?: number): Uint8Array {
  const body = new Uint8Array(channels[0]!.length * format.channels * 2)
  const bytes = encodeWavFrames(format, channels, channels[0]!.length, body)
  const header = wavHeader(format, statedBytes ?? bytes)
  return Uint8Array.from([...header, ...body.subarray(0, bytes)])
}

function info(bytes: Uint8Array, fileBytes?: number) {
  const r = parseWav(bytes, fileBytes)
  assert.ok(r.ok, r.ok ? '' : r.error.message)
  return r.value
}

test('every encoding, mono and stereo: format and samples read back', () => {
  const left = Int16Array.of(0, 1000, -1000, 32767, -32768, 12_345)
  const right = Int16Array.of(5, -5, 256, -256, 20_000, -20_000)
  for (const encoding of ENCODINGS)
    for (const channels of [1, 2]) {
      const format = { encoding, clockHz: 8000, channels }
      const bytes = file(format, [left, right])
      const found = info(bytes)
      assert.equal(bytes.length - found.dataOffset, found.dataBytes)
      assert.deepEqual({ encoding: found.encoding, clockHz: found.clockHz, channels: found.channels }, format)
      for (let c = 0; c < channels; c++) {
        const out = new Int16Array(6)
        assert.equal(decodeWavFrames(found, bytes, found.dataOffset, 6, c, out), 6)
        const given = c === 0 ? left : right
        for (let i = 0; i < 6; i++) {
          const error = Math.abs(out[i]! - given[i]!)
          assert.ok(error <= (encoding === 'pcm16' ? 0 : encoding === 'pcm8' ? 255 : 700), `${encoding} ${given[i]} → ${out[i]}`)
        }
      }
    }
})

test('a PCM header byte for byte', () => {
  assert.equal(
    Buffer.from(wavHeader({ encoding: 'pcm16', clockHz: 8000, channels: 2 }, 64)).toString('hex'),
    '524946466400000057415645666d74201000000001000200401f0000007d00000400100064617461' + '40000000',
  )
})

test('a header that was never mended means: to the end of the file, in whole frames', () => {
  const format = { encoding: 'pcm16', clockHz: 8000, channels: 2 } as const
  const samples = [new Int16Array(10), new Int16Array(10)]
  for (const stated of [0, 0xffffffff, 4000]) assert.equal(info(file(format, samples, stated)).dataBytes, 40)
  assert.equal(info(file(format, samples, 0), 44 + 43).dataBytes, 40)
  assert.equal(wavHeader(format, 0).length, wavHeader(format, 1e6).length)
})

test('extensible headers and chunks before the data are understood', () => {
  const plain = file({ encoding: 'pcm16', clockHz: 16_000, channels: 1 }, [Int16Array.of(1, 2)])
  const fmt = new Uint8Array(48)
  fmt.set(plain.subarray(12, 36))
  fmt[4] = 40
  fmt[8] = 0xfe
  fmt[9] = 0xff
  fmt[32] = 1
  const list = Uint8Array.from([...'LIST'].map(c => c.charCodeAt(0)).concat([3, 0, 0, 0, 9, 9, 9, 0]))
  const bytes = Uint8Array.from([...plain.subarray(0, 12), ...list, ...fmt, ...plain.subarray(36)])
  assert.deepEqual(info(bytes), { encoding: 'pcm16', clockHz: 16_000, channels: 1, dataOffset: 80, dataBytes: 4 })
})

test('SEC-04 what cannot be read is refused with a code', () => {
  const code = (bytes: Uint8Array) => {
    const r = parseWav(bytes)
    return r.ok ? 'ok' : r.error.code
  }
  const good = file({ encoding: 'pcm16', clockHz: 8000, channels: 1 }, [Int16Array.of(1)])
  assert.equal(code(new Uint8Array(3)), 'wav-header')
  assert.equal(code(good.slice(0, 30)), 'wav-format')
  assert.equal(code(good.slice(0, 40)), 'wav-data')
  const adpcm = good.slice()
  adpcm[20] = 2
  assert.equal(code(adpcm), 'wav-format')
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { maxLength: 6 }), damage => {
      const copy = good.slice()
      for (const [at, value] of damage) copy[at] = value
      const r = parseWav(copy)
      if (r.ok) assert.ok(decodeWavFrames(r.value, copy, r.value.dataOffset, 100, 0, new Int16Array(100)) <= 100)
    }),
    { numRuns: 500 },
  )
})
