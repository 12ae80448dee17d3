/** Linear 16-bit samples in network byte order (RFC 3551 §4.5.11). Buffers are the caller's. */

/** Reads whole samples of `coded[from, to)`; returns their number. */
export function decodeL16(coded: Uint8Array, from: number, to: number, out: Int16Array, at: number = 0): number {
  const count = (to - from) >> 1
  for (let i = 0; i < count; i++) out[at + i] = (coded[from + 2 * i]! << 8) | coded[from + 2 * i + 1]!
  return count
}

/** Writes `samples[from, to)`; returns the number of bytes. */
export function encodeL16(samples: Int16Array, from: number, to: number, out: Uint8Array, at: number = 0): number {
  for (let i = from; i < to; i++, at += 2) {
    out[at] = samples[i]! >> 8
    out[at + 1] = samples[i]!
  }
  return (to - from) * 2
}
