/** Arithmetic on counters that wrap: 16-bit sequence numbers and 32-bit timestamps (RFC 3550 §5.1, appendix A.1; RFC 1982). */

/** How far `a` is ahead of `b`, in [-32768, 32767]. */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16
}

/** How far `a` is ahead of `b`, in [-2^31, 2^31). */
export function timestampDistance(a: number, b: number): number {
  return (a - b) | 0
}

/**
 * The sequence number with its wraps counted in: of all numbers congruent to `sequence`, the one nearest to `reference`.
 * Start with the first sequence number itself. May be negative for a packet from before the start.
 */
export function extendSequence(reference: number, sequence: number): number {
  return reference + sequenceDistance(sequence, reference & 0xffff)
}

/** As `extendSequence`, for timestamps; exact up to 2^53. */
export function extendTimestamp(reference: number, timestamp: number): number {
  return reference + timestampDistance(timestamp, (reference % 0x100000000) | 0)
}
