/**
 * DTMF as named events (RFC 4733 §2.3), four bytes of payload read and written in place:
 *
 *     |     event     |E|R| volume    |          duration             |
 *
 * Duration counts RTP clock units since the event's first packet; all packets of one event bear its first timestamp.
 */

export const TELEPHONE_EVENT_BYTES = 4
const DIGITS = '0123456789*#ABCD'

/** The event of `payload[offset …]`; check that 4 bytes are there first. */
export function eventCode(packet: Uint8Array, offset: number): number {
  return packet[offset]!
}

/** E bit: the key is up; senders repeat this packet three times. */
export function eventEnded(packet: Uint8Array, offset: number): boolean {
  return packet[offset + 1]! >= 0x80
}

/** Power in -dBm0, 0…63. */
export function eventVolume(packet: Uint8Array, offset: number): number {
  return packet[offset + 1]! & 0x3f
}

export function eventDuration(packet: Uint8Array, offset: number): number {
  return (packet[offset + 2]! << 8) | packet[offset + 3]!
}

/** Writes 4 bytes and returns 4. A duration above 0xffff is capped: the sender begins a new segment before (§2.5.1.3). */
export function writeTelephoneEvent(
  packet: Uint8Array,
  offset: number,
  event: number,
  ended: boolean,
  volume: number,
  duration: number,
): number {
  const d = Math.min(duration, 0xffff)
  packet[offset] = event
  packet[offset + 1] = (ended ? 0x80 : 0) | (volume & 0x3f)
  packet[offset + 2] = d >>> 8
  packet[offset + 3] = d & 0xff
  return TELEPHONE_EVENT_BYTES
}

/** '0'…'9', '*', '#', 'A'…'D' for events 0…15 (§3.2); null for others (16 is a hook flash). */
export function digitOfEvent(event: number): string | null {
  return DIGITS[event] ?? null
}

/** -1 when the character is no DTMF digit. */
export function eventOfDigit(digit: string): number {
  return digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1
}
