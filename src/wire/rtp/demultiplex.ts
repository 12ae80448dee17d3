/** Tells apart what arrives on one media port by its first bytes (RFC 7983 §7, RFC 5761 §4). Never allocates. */

export type PacketKind = 'rtp' | 'rtcp' | 'stun' | 'dtls' | 'zrtp' | 'turn' | 'unknown'

/** Looks at the first `length` bytes of `packet`. 'rtp' and 'rtcp' have version 2 and a whole fixed header; the rest is for their parsers to check. */
export function classifyPacket(packet: Uint8Array, length: number = packet.length): PacketKind {
  if (length < 2 || length > packet.length) return 'unknown'
  const first = packet[0]!
  if (first >= 128 && first <= 191) {
    const second = packet[1]!
    // RTCP types 192…223, which is why RTP payload types 64…95 must not be used with rtcp-mux.
    if (second >= 192 && second <= 223) return length >= 8 ? 'rtcp' : 'unknown'
    return length >= 12 ? 'rtp' : 'unknown'
  }
  if (first <= 3) return isStun(packet, length) ? 'stun' : 'unknown'
  if (first >= 20 && first <= 63) return length >= 13 ? 'dtls' : 'unknown'
  if (first >= 64 && first <= 79) return 'turn'
  if (first >= 16 && first <= 19) return 'zrtp'
  return 'unknown'
}

/** RFC 8489 §5: 20-byte header, magic cookie, length a multiple of four that fits. */
function isStun(packet: Uint8Array, length: number): boolean {
  return (
    length >= 20 &&
    packet[4] === 0x21 &&
    packet[5] === 0x12 &&
    packet[6] === 0xa4 &&
    packet[7] === 0x42 &&
    (packet[3]! & 3) === 0 &&
    20 + ((packet[2]! << 8) | packet[3]!) <= length
  )
}
