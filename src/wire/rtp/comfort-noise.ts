/**
 * Comfort noise payload (RFC 3389 §3): one byte of level in -dBov (0 loudest, 127 quietest), then the quantised
 * reflection coefficients of an all-pole spectrum, at most twelve used here.
 */

export const MAX_NOISE_ORDER = 12

/** Level in dBov, from 0 down to -127; null for an empty payload. The top bit is reserved and ignored. */
export function comfortNoiseLevel(packet: Uint8Array, offset: number, end: number): number | null {
  return end > offset ? 0 - (packet[offset]! & 0x7f) : null
}

/** Fills `out` with reflection coefficients in (-1, 1) and returns how many there are: k = (N - 127) / 128 (§3.1). */
export function comfortNoiseSpectrum(packet: Uint8Array, offset: number, end: number, out: Float64Array): number {
  const order = Math.max(0, Math.min(end - offset - 1, MAX_NOISE_ORDER, out.length))
  for (let i = 0; i < order; i++) out[i] = (Math.min(packet[offset + 1 + i]!, 254) - 127) / 128
  return order
}

/** Writes level and no spectrum (white noise, which every receiver accepts); returns 1. */
export function writeComfortNoise(packet: Uint8Array, offset: number, levelDbov: number): number {
  packet[offset] = Math.max(0, Math.min(127, Math.round(-levelDbov)))
  return 1
}
