/** What reports say once two clocks are compared: NTP times, round trips, loss over an interval (RFC 3550 §4, §6.4.1, appendix A.3). */
import type { ReportBlock } from './rtcp-packet.ts'

/** From 1900 to 1970, in seconds. */
const NTP_EPOCH = 2_208_988_800

export function ntpSeconds(epochMs: number): number {
  return (Math.floor(epochMs / 1000) + NTP_EPOCH) % 0x100000000
}

export function ntpFraction(epochMs: number): number {
  return Math.floor(((((epochMs % 1000) + 1000) % 1000) / 1000) * 0x100000000)
}

/** The middle 32 bits, in 1/65536 s: what `lastSr` and `lastRr` carry. */
export function compactNtp(seconds: number, fraction: number): number {
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0
}

export function compactNtpAt(epochMs: number): number {
  return compactNtp(ntpSeconds(epochMs), ntpFraction(epochMs))
}

/** Epoch milliseconds of an NTP time, for times from 1968 to 2104 (RFC 4330 §3). */
export function epochMsOfNtp(seconds: number, fraction: number): number {
  const era = seconds >= 0x80000000 ? 0 : 0x100000000
  return (seconds + era - NTP_EPOCH) * 1000 + (fraction / 0x100000000) * 1000
}

/** A span as `delaySinceLastSr` carries it: 1/65536 s. */
export function delayUnits(ms: number): number {
  return Math.min(0xffffffff, Math.max(0, Math.round((ms * 65536) / 1000)))
}

/**
 * Round trip in milliseconds when a block with `last` (LSR or LRR) and `delay` (DLSR or DLRR) arrives at `nowMs`;
 * null when the peer had no report of ours yet, or when the clocks or the block talk nonsense.
 */
export function roundTripMs(nowMs: number, last: number, delay: number): number | null {
  if (last === 0) return null
  const units = (compactNtpAt(nowMs) - last - delay) | 0
  // Rounding at both ends may make a LAN's round trip a hair negative; more than a minute is not a round trip.
  if (units < -64 || units > 60 * 65536) return null
  return (Math.max(0, units) * 1000) / 65536
}

/** What got lost between two successive blocks about the same stream; null when the stream began anew between them. */
export function lossBetween(earlier: ReportBlock, later: ReportBlock): { readonly expected: number; readonly lost: number } | null {
  const expected = (later.extendedHighest - earlier.extendedHighest) | 0
  if (earlier.ssrc !== later.ssrc || expected < 0) return null
  const lost = later.cumulativeLost - earlier.cumulativeLost
  return { expected, lost: Math.max(0, Math.min(lost, expected)) }
}
