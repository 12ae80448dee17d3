/**
 * G.711 A-law and µ-law by table (ITU-T G.711). Linear samples are 16 bits: A-law carries the top 13, µ-law the top 14.
 * All buffers are the caller's; nothing allocates.
 */

export type G711Law = 'a' | 'mu'

/** Bytes that mean silence: what to fill gaps with. */
export const A_LAW_SILENCE = 0xd5
export const MU_LAW_SILENCE = 0xff

const aToLinear = new Int16Array(256)
const muToLinear = new Int16Array(256)
/** Indexed by the sample's 16 bits. */
const linearToA = new Uint8Array(65536)
const linearToMu = new Uint8Array(65536)
const aToMu = new Uint8Array(256)
const muToA = new Uint8Array(256)

for (let code = 0; code < 256; code++) {
  aToLinear[code] = expandA(code)
  muToLinear[code] = expandMu(code)
}
for (let bits = 0; bits < 65536; bits++) {
  const sample = (bits << 16) >> 16
  linearToA[bits] = compressA(sample)
  linearToMu[bits] = compressMu(sample)
}
for (let code = 0; code < 256; code++) {
  aToMu[code] = linearToMu[aToLinear[code]! & 0xffff]!
  muToA[code] = linearToA[muToLinear[code]! & 0xffff]!
}

/** Expands `coded[from, to)` into `out` at `at`; returns the number of samples. The caller makes sure of the room. */
export function decodeG711(law: G711Law, coded: Uint8Array, from: number, to: number, out: Int16Array, at: number = 0): number {
  const table = law === 'a' ? aToLinear : muToLinear
  for (let i = from; i < to; i++) out[at++] = table[coded[i]!]!
  return to - from
}

/** Compresses `samples[from, to)` into `out` at `at`; returns the number of bytes. */
export function encodeG711(law: G711Law, samples: Int16Array, from: number, to: number, out: Uint8Array, at: number = 0): number {
  const table = law === 'a' ? linearToA : linearToMu
  for (let i = from; i < to; i++) out[at++] = table[samples[i]! & 0xffff]!
  return to - from
}

/** Turns one law into the other in place; `law` is what the bytes are now. */
export function convertG711(law: G711Law, coded: Uint8Array, from: number, to: number): void {
  const table = law === 'a' ? aToMu : muToA
  for (let i = from; i < to; i++) coded[i] = table[coded[i]!]!
}

/** Even bits come inverted over the line; sign bit set means positive; segments double from the second on (G.711 table 1). */
function expandA(code: number): number {
  const bits = code ^ 0x55
  const segment = (bits >> 4) & 7
  const step = bits & 0x0f
  const magnitude = segment === 0 ? (step << 4) + 8 : ((step << 4) + 0x108) << (segment - 1)
  return (bits & 0x80) !== 0 ? magnitude : -magnitude
}

function compressA(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0
  const magnitude = (sample >= 0 ? sample : ~sample) >> 4
  let segment = 0
  while (magnitude >> segment > 31) segment++
  const bits = magnitude < 16 ? magnitude : ((segment + 1) << 4) | ((magnitude >> segment) & 0x0f)
  return (bits | sign) ^ 0x55
}

/** All bits come inverted; a bias of 33 (of 14 bits) makes the segments powers of two (G.711 table 2). */
function expandMu(code: number): number {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 0x0f) << 1) + 33) << ((bits >> 4) & 7)) - 33
  return (bits & 0x80) !== 0 ? -magnitude * 4 : magnitude * 4
}

function compressMu(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min((sample < 0 ? ~sample : sample) >> 2, 8158) + 33
  let segment = 0
  while (magnitude >> segment > 63) segment++
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 1)) & 0x0f)) & 0xff
}
