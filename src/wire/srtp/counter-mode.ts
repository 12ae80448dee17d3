/**
 * AES_CM_128_HMAC_SHA1_{80,32} (RFC 3711 §4.1.1, §4.2.1). Key stream is made by one long-lived AES-ECB object encrypting
 * counter blocks, because creating an AES-CTR object per packet costs four times as much.
 */
import { type Cipheriv, createCipheriv } from 'node:crypto'
import { HmacSha1 } from './hmac-sha1.ts'
import type { SessionKeys } from './key-derivation.ts'
import { E_BIT, type PacketTransform, RTCP_CLEAR_BYTES, readU32, writeU32 } from './packet-transform.ts'

const MAX_BLOCKS = 4096
let counters = new Uint8Array(16 * 128)
/** `views[n]` is the first n counter blocks: made once per size. */
let views: (Uint8Array | undefined)[] = []

class KeyStream {
  private readonly ecb: Cipheriv
  private readonly salt: Uint8Array

  constructor(keys: SessionKeys) {
    this.ecb = createCipheriv('aes-128-ecb', keys.cipherKey, null)
    this.ecb.setAutoPadding(false)
    this.salt = keys.salt
  }

  /** XORs `packet[from, to)`. IV = salt * 2^16 XOR ssrc * 2^64 XOR index * 2^16. */
  apply(packet: Uint8Array, from: number, to: number, ssrc: number, index: number): void {
    const blocks = (to - from + 15) >> 4
    if (blocks === 0) return
    const view = counterView(blocks)
    const salt = this.salt
    const low = index >>> 0
    const high = Math.floor(index / 0x100000000)
    for (let i = 0; i < 4; i++) counters[i] = salt[i]!
    counters[4] = salt[4]! ^ (ssrc >>> 24)
    counters[5] = salt[5]! ^ (ssrc >>> 16)
    counters[6] = salt[6]! ^ (ssrc >>> 8)
    counters[7] = salt[7]! ^ ssrc
    counters[8] = salt[8]! ^ (high >>> 8)
    counters[9] = salt[9]! ^ high
    counters[10] = salt[10]! ^ (low >>> 24)
    counters[11] = salt[11]! ^ (low >>> 16)
    counters[12] = salt[12]! ^ (low >>> 8)
    counters[13] = salt[13]! ^ low
    counters[14] = 0
    counters[15] = 0
    for (let block = 1, at = 16; block < blocks; block++, at += 16) {
      for (let i = 0; i < 14; i++) counters[at + i] = counters[i]!
      counters[at + 14] = block >>> 8
      counters[at + 15] = block
    }
    const stream = this.ecb.update(view)
    for (let i = from, k = 0; i < to; i++, k++) packet[i] = packet[i]! ^ stream[k]!
  }
}

function counterView(blocks: number): Uint8Array {
  if (blocks * 16 > counters.length) {
    counters = new Uint8Array(16 * MAX_BLOCKS)
    views = []
  }
  let view = views[blocks]
  if (view === undefined) view = views[blocks] = counters.subarray(0, blocks * 16)
  return view
}

export class CounterMode implements PacketTransform {
  private readonly rtpStream: KeyStream
  private readonly rtcpStream: KeyStream
  private readonly rtpAuth: HmacSha1
  private readonly rtcpAuth: HmacSha1
  private readonly rtpTag: number
  private readonly rtcpTag: number

  constructor(keys: { readonly rtp: SessionKeys; readonly rtcp: SessionKeys }, rtpTagBytes: number, rtcpTagBytes: number) {
    this.rtpStream = new KeyStream(keys.rtp)
    this.rtcpStream = new KeyStream(keys.rtcp)
    this.rtpAuth = new HmacSha1(keys.rtp.authKey)
    this.rtcpAuth = new HmacSha1(keys.rtcp.authKey)
    this.rtpTag = rtpTagBytes
    this.rtcpTag = rtcpTagBytes
  }

  protectRtp(packet: Uint8Array, length: number, headerBytes: number, ssrc: number, index: number): number {
    if (length + this.rtpTag > packet.length || length > MAX_BLOCKS * 16) return -1
    this.rtpStream.apply(packet, headerBytes, length, ssrc, index)
    const tag = this.rtpAuth.digest(packet, 0, length, Math.floor(index / 0x10000), true)
    for (let i = 0; i < this.rtpTag; i++) packet[length + i] = tag[i]!
    return length + this.rtpTag
  }

  unprotectRtp(packet: Uint8Array, length: number, headerBytes: number, ssrc: number, index: number): number {
    const end = length - this.rtpTag
    if (end < headerBytes || end > MAX_BLOCKS * 16) return -1
    const tag = this.rtpAuth.digest(packet, 0, end, Math.floor(index / 0x10000), true)
    if (!sameTag(tag, packet, end, this.rtpTag)) return -1
    this.rtpStream.apply(packet, headerBytes, end, ssrc, index)
    return end
  }

  protectRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number {
    const end = length + 4
    if (end + this.rtcpTag > packet.length || length < RTCP_CLEAR_BYTES || length > MAX_BLOCKS * 16) return -1
    this.rtcpStream.apply(packet, RTCP_CLEAR_BYTES, length, ssrc, index)
    writeU32(packet, length, (E_BIT | index) >>> 0)
    const tag = this.rtcpAuth.digest(packet, 0, end, 0, false)
    for (let i = 0; i < this.rtcpTag; i++) packet[end + i] = tag[i]!
    return end + this.rtcpTag
  }

  unprotectRtcp(packet: Uint8Array, length: number, ssrc: number): number {
    const word = this.rtcpIndexWord(packet, length)
    if (word < 0) return -1
    const end = length - this.rtcpTag
    const tag = this.rtcpAuth.digest(packet, 0, end, 0, false)
    if (!sameTag(tag, packet, end, this.rtcpTag)) return -1
    if (word >= E_BIT) this.rtcpStream.apply(packet, RTCP_CLEAR_BYTES, end - 4, ssrc, word - E_BIT)
    return end - 4
  }

  rtcpIndexWord(packet: Uint8Array, length: number): number {
    const at = length - this.rtcpTag - 4
    return at < RTCP_CLEAR_BYTES || at > MAX_BLOCKS * 16 ? -1 : readU32(packet, at)
  }
}

/** In time that does not tell where they differ. */
function sameTag(tag: Uint8Array, packet: Uint8Array, at: number, bytes: number): boolean {
  let difference = 0
  for (let i = 0; i < bytes; i++) difference |= tag[i]! ^ packet[at + i]!
  return difference === 0
}
