/**
 * HMAC-SHA1 for packets (RFC 2104, FIPS 180-4), keyed once and free of allocation. node:crypto would build a new object
 * per packet, which costs more than the hashing itself. SHA-1 has no data-dependent branches or look-ups, so
 * plain JavaScript leaks nothing by time. Tested against node:crypto.
 */

const BLOCK = 64
const w = new Int32Array(80)
const tail = new Uint8Array(2 * BLOCK)
const state = new Int32Array(5)
const digestBytes = new Uint8Array(20)

export class HmacSha1 {
  private readonly inner = new Int32Array(5)
  private readonly outer = new Int32Array(5)

  constructor(key: Uint8Array) {
    if (key.length > BLOCK) throw new Error(`HMAC key of ${key.length} bytes: SRTP keys are at most ${BLOCK}`)
    const pad = new Uint8Array(BLOCK)
    for (let i = 0; i < BLOCK; i++) pad[i] = (key[i] ?? 0) ^ 0x36
    begin(this.inner)
    compress(this.inner, pad, 0)
    for (let i = 0; i < BLOCK; i++) pad[i] = (key[i] ?? 0) ^ 0x5c
    begin(this.outer)
    compress(this.outer, pad, 0)
    pad.fill(0)
  }

  /** Tag of `data[from, to)` followed by the 32-bit word `suffix` (the rollover counter) if `withSuffix`. The 20 bytes returned are overwritten by the next call of any HMAC. */
  digest(data: Uint8Array, from: number, to: number, suffix: number, withSuffix: boolean): Uint8Array {
    state.set(this.inner)
    let at = from
    for (; at + BLOCK <= to; at += BLOCK) compress(state, data, at)
    let n = 0
    for (; at < to; at++) tail[n++] = data[at]!
    if (withSuffix) {
      tail[n++] = suffix >>> 24
      tail[n++] = suffix >>> 16
      tail[n++] = suffix >>> 8
      tail[n++] = suffix
    }
    finish(n, BLOCK + (to - from) + (withSuffix ? 4 : 0))
    put(state, tail)
    state.set(this.outer)
    finish(20, BLOCK + 20)
    put(state, digestBytes)
    return digestBytes
  }
}

function begin(h: Int32Array): void {
  h[0] = 0x67452301
  h[1] = 0xefcdab89
  h[2] = 0x98badcfe
  h[3] = 0x10325476
  h[4] = 0xc3d2e1f0
}

/** Pads the `n` bytes in `tail` (n < 68) and compresses what that makes; `total` bytes were hashed in all. */
function finish(n: number, total: number): void {
  const end = n + 9 <= BLOCK ? BLOCK : 2 * BLOCK
  tail[n] = 0x80
  tail.fill(0, n + 1, end - 4)
  const bits = total * 8
  tail[end - 4] = bits >>> 24
  tail[end - 3] = bits >>> 16
  tail[end - 2] = bits >>> 8
  tail[end - 1] = bits
  compress(state, tail, 0)
  if (end > BLOCK) compress(state, tail, BLOCK)
}

function put(h: Int32Array, out: Uint8Array): void {
  for (let i = 0; i < 5; i++) {
    const x = h[i]!
    out[4 * i] = x >>> 24
    out[4 * i + 1] = x >>> 16
    out[4 * i + 2] = x >>> 8
    out[4 * i + 3] = x
  }
}

function compress(h: Int32Array, data: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++, at += 4) w[i] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!
  for (let i = 16; i < 80; i++) {
    const x = w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!
    w[i] = (x << 1) | (x >>> 31)
  }
  let a = h[0]!
  let b = h[1]!
  let c = h[2]!
  let d = h[3]!
  let e = h[4]!
  let i = 0
  for (; i < 20; i++) {
    const t = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + w[i]! + 0x5a827999) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = t
  }
  for (; i < 40; i++) {
    const t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i]! + 0x6ed9eba1) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = t
  }
  for (; i < 60; i++) {
    const t = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + w[i]! + 0x8f1bbcdc) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = t
  }
  for (; i < 80; i++) {
    const t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i]! + 0xca62c1d6) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = t
  }
  h[0] = h[0]! + a
  h[1] = h[1]! + b
  h[2] = h[2]! + c
  h[3] = h[3]! + d
  h[4] = h[4]! + e
}
