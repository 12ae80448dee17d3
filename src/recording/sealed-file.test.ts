import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { CHUNK_BYTES, chunkCount, chunkPlace, HEADER_BYTES, openChunk, plainSize, reseal, seal, sealChunk, unseal } from './sealed-file.ts'

const master = randomBytes(32)

function sealAll(plain: Buffer, id: string): Buffer {
  const { header, dataKey } = seal(master, id)
  const chunks = Array.from({ length: Math.ceil(plain.length / CHUNK_BYTES) }, (_, i, all = Math.ceil(plain.length / CHUNK_BYTES)) =>
    sealChunk(dataKey, i, i === all - 1, plain.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES)),
  )
  return Buffer.concat([header, ...chunks])
}

function openAll(sealed: Buffer, id: string, key = master): Buffer | string {
  const dataKey = unseal(sealed, key, id)
  if (!dataKey.ok) return dataKey.error.code
  const parts: Buffer[] = []
  const count = chunkCount(sealed.length)
  for (let i = 0; i < count; i++) {
    const { at, length } = chunkPlace(i, sealed.length)
    const chunk = openChunk(dataKey.value, i, i === count - 1, sealed.subarray(at, at + length))
    if (!chunk.ok) return chunk.error.code
    parts.push(chunk.value)
  }
  return Buffer.concat(parts)
}

test('STO-06 what was sealed opens again, whatever its length', () => {
  for (const length of [1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 5]) {
    const plain = randomBytes(length)
    const sealed = sealAll(plain, 'r1')
    assert.equal(plainSize(sealed.length), length)
    assert.deepEqual(openAll(sealed, 'r1'), plain)
    assert.equal(sealed.includes(plain.subarray(0, 16)) && length > 16, false)
  }
})

test('STO-06 changed, swapped, cut-off and exchanged content is noticed', () => {
  const sealed = sealAll(randomBytes(3 * CHUNK_BYTES), 'r1')
  const second = chunkPlace(1, sealed.length)
  const flipped = Buffer.from(sealed)
  flipped[second.at + 100]! ^= 1
  assert.equal(openAll(flipped, 'r1'), 'seal-broken')
  const swapped = Buffer.from(sealed)
  sealed.copy(swapped, HEADER_BYTES, second.at, second.at + second.length)
  assert.equal(openAll(swapped, 'r1'), 'seal-broken')
  assert.equal(openAll(sealed.subarray(0, chunkPlace(2, sealed.length).at), 'r1'), 'seal-broken')
  assert.equal(openAll(sealed, 'r2'), 'seal-broken')
  assert.equal(openAll(sealed, 'r1', randomBytes(32)), 'other-master-key')
  assert.equal(openAll(sealed.subarray(0, 40), 'r1'), 'not-sealed')
})

test('STO-06 the master key is rotated by changing the header alone', () => {
  const plain = randomBytes(1000)
  const sealed = sealAll(plain, 'r1')
  const next = randomBytes(32)
  const header = reseal(sealed, master, next, 'r1')
  assert.ok(header.ok)
  const rotated = Buffer.concat([header.value, sealed.subarray(HEADER_BYTES)])
  assert.deepEqual(openAll(rotated, 'r1', next), plain)
  assert.equal(openAll(rotated, 'r1'), 'other-master-key')
})
