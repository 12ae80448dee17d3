/**
 * The RTP header (RFC 3550 §5.1) read and written in place. Nothing here allocates or throws; the buffer is the caller's.
 *
 *      0                   1                   2                   3
 *     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *     |                           timestamp                           |
 *     |           synchronization source (SSRC) identifier            |
 *     |            contributing source (CSRC) identifiers             |
 *     |      extension: profile       |    length in 32-bit words     |
 *
 * Only `rtpPayloadOffset` checks bounds: call it (or `classifyPacket`) first, the field readers trust at least 12 bytes.
 */

const RTP_HEADER_BYTES = 12

/** How long the header is with CSRCs and extension; -1 when the first `length` bytes hold none. Padding is not looked at: in SRTP it is still encrypted. */
export function rtpHeaderBytes(packet: Uint8Array, length: number = packet.length): number {
  if (length < RTP_HEADER_BYTES || length > packet.length) return -1
  const first = packet[0]!
  if (first >> 6 !== 2) return -1
  let offset = RTP_HEADER_BYTES + (first & 0x0f) * 4
  if ((first & 0x10) !== 0) {
    if (offset + 4 > length) return -1
    offset += 4 + ((packet[offset + 2]! << 8) | packet[offset + 3]!) * 4
  }
  return offset > length ? -1 : offset
}

/** Where the payload begins; -1 when the first `length` bytes are no sound RTP packet, be it for its padding. */
export function rtpPayloadOffset(packet: Uint8Array, length: number = packet.length): number {
  const offset = rtpHeaderBytes(packet, length)
  if (offset >= 0 && (packet[0]! & 0x20) !== 0) {
    const padding = offset < length ? packet[length - 1]! : 0
    if (padding === 0 || offset + padding > length) return -1
  }
  return offset
}

/** Where the payload ends, before padding. Only for packets `rtpPayloadOffset` accepted. */
export function rtpPayloadEnd(packet: Uint8Array, length: number = packet.length): number {
  return (packet[0]! & 0x20) !== 0 ? length - packet[length - 1]! : length
}

export function rtpMarker(packet: Uint8Array): boolean {
  return packet[1]! >= 0x80
}

export function rtpPayloadType(packet: Uint8Array): number {
  return packet[1]! & 0x7f
}

export function rtpSequence(packet: Uint8Array): number {
  return (packet[2]! << 8) | packet[3]!
}

export function rtpTimestamp(packet: Uint8Array): number {
  return ((packet[4]! << 24) | (packet[5]! << 16) | (packet[6]! << 8) | packet[7]!) >>> 0
}

export function rtpSsrc(packet: Uint8Array): number {
  return ((packet[8]! << 24) | (packet[9]! << 16) | (packet[10]! << 8) | packet[11]!) >>> 0
}

/** Writes a plain 12-byte header and returns 12, where the payload goes. */
export function writeRtpHeader(
  packet: Uint8Array,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): number {
  packet[0] = 0x80
  packet[1] = (marker ? 0x80 : 0) | (payloadType & 0x7f)
  setRtpSequence(packet, sequence)
  setRtpTimestamp(packet, timestamp)
  setRtpSsrc(packet, ssrc)
  return RTP_HEADER_BYTES
}

/** Changes the payload type and leaves the marker. */
export function setRtpPayloadType(packet: Uint8Array, payloadType: number): void {
  packet[1] = (packet[1]! & 0x80) | (payloadType & 0x7f)
}

export function setRtpMarker(packet: Uint8Array, marker: boolean): void {
  packet[1] = (packet[1]! & 0x7f) | (marker ? 0x80 : 0)
}

/** Takes the low 16 bits. */
export function setRtpSequence(packet: Uint8Array, sequence: number): void {
  packet[2] = (sequence >>> 8) & 0xff
  packet[3] = sequence & 0xff
}

/** Takes the low 32 bits. */
function setRtpTimestamp(packet: Uint8Array, timestamp: number): void {
  packet[4] = timestamp >>> 24
  packet[5] = timestamp >>> 16
  packet[6] = timestamp >>> 8
  packet[7] = timestamp
}

function setRtpSsrc(packet: Uint8Array, ssrc: number): void {
  packet[8] = ssrc >>> 24
  packet[9] = ssrc >>> 16
  packet[10] = ssrc >>> 8
  packet[11] = ssrc
}
