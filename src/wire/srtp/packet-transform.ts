/**
 * What a suite does to packets, in place in the caller's buffer. `index` is the 48-bit packet index (rollover counter and
 * sequence number) for RTP. Every function returns the packet's new length; -1 means too little room, or not authentic.
 */
export interface PacketTransform {
  protectRtp(packet: Uint8Array, length: number, headerBytes: number, ssrc: number, index: number): number
  unprotectRtp(packet: Uint8Array, length: number, headerBytes: number, ssrc: number, index: number): number
  protectRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number
  unprotectRtcp(packet: Uint8Array, length: number, ssrc: number): number
  /** The index word of a protected RTCP packet (E bit and 31-bit index); -1 when the packet is too short to hold one. */
  rtcpIndexWord(packet: Uint8Array, length: number): number
}

export function readU32(b: Uint8Array, at: number): number {
  return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
}

export function writeU32(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 24
  b[at + 1] = value >>> 16
  b[at + 2] = value >>> 8
  b[at + 3] = value
}

/** RTCP header that stays in clear: first word and SSRC (RFC 3711 §3.4). */
export const RTCP_CLEAR_BYTES = 8
export const E_BIT = 0x80000000
