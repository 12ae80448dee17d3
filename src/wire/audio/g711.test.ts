import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { A_LAW_SILENCE, convertG711, decodeG711, encodeG711, type G711Law, MU_LAW_SILENCE } from './g711.ts'

const ALL = Uint8Array.from({ length: 256 }, (_, i) => i)
function decoded(law: G711Law, coded: Uint8Array): Int16Array {
  const out = new Int16Array(coded.length)
  decodeG711(law, coded, 0, coded.length, out)
  return out
}
function encoded(law: G711Law, samples: Int16Array): Uint8Array {
  const out = new Uint8Array(samples.length)
  encodeG711(law, samples, 0, samples.length, out)
  return out
}

test('known values of both laws', () => {
  assert.deepEqual([...decoded('a', Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a, 0x80, 0x00))], [8, -8, 32256, -32256, 5504, -5504])
  assert.deepEqual([...decoded('mu', Uint8Array.of(0xff, 0x7f, 0x80, 0x00, 0xf0, 0xef))], [0, 0, 32124, -32124, 120, 132])
  assert.equal(decoded('a', Uint8Array.of(A_LAW_SILENCE))[0], 8)
  assert.equal(decoded('mu', Uint8Array.of(MU_LAW_SILENCE))[0], 0)
})

test('every code survives decode and encode (both zeros of µ-law are one)', () => {
  assert.deepEqual(encoded('a', decoded('a', ALL)), ALL)
  const mu = encoded('mu', decoded('mu', ALL))
  for (const code of ALL) assert.equal(mu[code], code === 0x7f ? 0xff : code)
})

test('any sample comes back within half a step of its segment, and order is kept', () => {
  for (const law of ['a', 'mu'] as const) {
    const samples = Int16Array.from({ length: 65536 }, (_, i) => i - 32768)
    const back = decoded(law, encoded(law, samples))
    for (let i = 0; i < 65536; i++) {
      const error = Math.abs(back[i]! - samples[i]!)
      assert.ok(error <= Math.max(16, Math.abs(samples[i]!) / 25), `${law} ${samples[i]} → ${back[i]}`)
      if (i > 0) assert.ok(back[i]! >= back[i - 1]!)
    }
  }
})

test('converting between the laws is decoding and encoding', () => {
  fc.assert(
    fc.property(fc.constantFrom<G711Law>('a', 'mu'), fc.uint8Array({ maxLength: 20 }), (law, coded) => {
      const wanted = encoded(law === 'a' ? 'mu' : 'a', decoded(law, coded))
      convertG711(law, coded, 0, coded.length)
      assert.deepEqual(coded, wanted)
    }),
  )
})

test('offsets are honoured', () => {
  const out = new Int16Array(4)
  assert.equal(decodeG711('mu', Uint8Array.of(1, 0x80, 2), 1, 2, out, 3), 1)
  assert.deepEqual([...out], [0, 0, 0, 32124])
})
