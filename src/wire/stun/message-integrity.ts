/** MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489 §14.5, §14.7): both cover the bytes before them, with the length field set as if they came last. */
import { createHmac, timingSafeEqual } from 'node:crypto'

const FINGERPRINT_XOR = 0x5354554e

/** HMAC-SHA1 over `bytes[0, at)` where the attribute begins at `at`. The length field of `bytes` is not relied on. */
export function integrityOf(bytes: Uint8Array, at: number, key: Uint8Array): Uint8Array {
  // A copy for certain: Buffer, which sockets give, has a `slice` that shares memory.
  const head = new Uint8Array(bytes.subarray(0, 4))
  const length = at + 24 - 20
  head[2] = length >>> 8
  head[3] = length & 0xff
  return createHmac('sha1', key).update(head).update(bytes.subarray(4, at)).digest()
}

export function integrityMatches(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  return timingSafeEqual(integrityOf(bytes, at, key), bytes.subarray(at + 4, at + 24))
}

/** CRC-32 over `bytes[0, at)` XOR 'STUN'; `bytes` already carries the length that counts the fingerprint in. */
export function fingerprintOf(bytes: Uint8Array, at: number): number {
  return (crc32(bytes, at) ^ FINGERPRINT_XOR) >>> 0
}

/** The key of short-term credentials (ICE): the password itself (RFC 8489 §9.1.1). */
export function shortTermKey(password: string): Uint8Array {
  return new TextEncoder().encode(password)
}

const table = new Int32Array(256)
for (let n = 0; n < 256; n++) {
  let c = n
  for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  table[n] = c
}

function crc32(bytes: Uint8Array, to: number): number {
  let c = -1
  for (let i = 0; i < to; i++) c = table[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8)
  return ~c
}
