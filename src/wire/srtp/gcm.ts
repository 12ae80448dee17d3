/** AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714 §8, §9). One node:crypto object per packet: GCM's IV cannot be changed otherwise. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import type { SessionKeys } from './key-derivation.ts'
import { E_BIT, type PacketTransform, RTCP_CLEAR_BYTES, readU32, writeU32 } from './packet-transform.ts'

const TAG = 16
const NOTHING = new Uint8Array(0)
const iv = new Uint8Array(12)

export class GaloisCounterMode implements PacketTransform {
  private readonly name: 'aes-128-gcm' | 'aes-256-gcm'
  private readonly rtpKey: KeyObject
  private readonly rtcpKey: KeyObject
  private readonly rtpSalt: Uint8Array
  private readonly rtcpSalt: Uint8Array

  constructor(keys: { readonly rtp: SessionKeys; readonly rtcp: SessionKeys }) {
    this.name = keys.rtp.cipherKey.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm'
    this.rtpKey = createSecretKey(keys.rtp.cipherKey)
    this.rtcpKey = createSecretKey(keys.rtcp.cipherKey)
    this.rtpSalt = keys.rtp.salt
    this.rtcpSalt = keys.rtcp.salt
  }

  protectRtp(packet: Uint8Array, length: number, headerBytes: number, ssrc: number, index: number): number {
    if (length + TAG > packet.length) return -1
    setRtpIv(this.rtpSalt, ssrc, index)
    return this.seal(this.rtpKey, packet, headerBytes, length, packet.subarray(0, headerBytes), NOTHING)
  }

  unprotectRtp(packet: Uint8Array, length: number, headerBytes: number, ssrc: number, index: number): number {
    if (length - TAG < headerBytes) return -1
    setRtpIv(this.rtpSalt, ssrc, index)
    return this.open(this.rtpKey, packet, headerBytes, length - TAG, packet.subarray(0, headerBytes), NOTHING)
  }

  /** Header in clear, cipher text, tag, then the index word (§9.2, figure 4). */
  protectRtcp(packet: Uint8Array, length: number, ssrc: number, index: number): number {
    if (length + TAG + 4 > packet.length || length < RTCP_CLEAR_BYTES) return -1
    const word = new Uint8Array(4)
    writeU32(word, 0, (E_BIT | index) >>> 0)
    setRtcpIv(this.rtcpSalt, ssrc, index)
    const end = this.seal(this.rtcpKey, packet, RTCP_CLEAR_BYTES, length, packet.subarray(0, RTCP_CLEAR_BYTES), word)
    packet.set(word, end)
    return end + 4
  }

  unprotectRtcp(packet: Uint8Array, length: number, ssrc: number): number {
    const word = this.rtcpIndexWord(packet, length)
    if (word < 0) return -1
    const end = length - 4 - TAG
    const wordBytes = packet.subarray(length - 4, length)
    setRtcpIv(this.rtcpSalt, ssrc, word % E_BIT)
    // Without the E bit everything is associated data and only the tag is there to check (§9.3).
    const from = word >= E_BIT ? RTCP_CLEAR_BYTES : end
    return this.open(this.rtcpKey, packet, from, end, packet.subarray(0, from), wordBytes)
  }

  rtcpIndexWord(packet: Uint8Array, length: number): number {
    return length < RTCP_CLEAR_BYTES + TAG + 4 ? -1 : readU32(packet, length - 4)
  }

  private seal(key: KeyObject, packet: Uint8Array, from: number, to: number, aad: Uint8Array, moreAad: Uint8Array): number {
    const cipher = createCipheriv(this.name, key, iv)
    cipher.setAAD(aad)
    if (moreAad.length > 0) cipher.setAAD(moreAad)
    const text = cipher.update(packet.subarray(from, to))
    cipher.final()
    packet.set(text, from)
    packet.set(cipher.getAuthTag(), to)
    return to + TAG
  }

  private open(key: KeyObject, packet: Uint8Array, from: number, to: number, aad: Uint8Array, moreAad: Uint8Array): number {
    const decipher = createDecipheriv(this.name, key, iv)
    decipher.setAAD(aad)
    if (moreAad.length > 0) decipher.setAAD(moreAad)
    decipher.setAuthTag(packet.subarray(to, to + TAG))
    const text = decipher.update(packet.subarray(from, to))
    try {
      decipher.final()
    } catch {
      return -1
    }
    packet.set(text, from)
    return to
  }
}

/** §8.1: 00 00 ‖ SSRC ‖ ROC ‖ SEQ, XOR salt. */
function setRtpIv(salt: Uint8Array, ssrc: number, index: number): void {
  iv[0] = 0
  iv[1] = 0
  writeU32(iv, 2, ssrc)
  writeU32(iv, 6, Math.floor(index / 0x10000))
  iv[10] = index >>> 8
  iv[11] = index
  for (let i = 0; i < 12; i++) iv[i] = iv[i]! ^ salt[i]!
}

/** §9.1: 00 00 ‖ SSRC ‖ 00 00 ‖ 31-bit index, XOR salt. */
function setRtcpIv(salt: Uint8Array, ssrc: number, index: number): void {
  iv.fill(0)
  writeU32(iv, 2, ssrc)
  writeU32(iv, 8, index)
  for (let i = 0; i < 12; i++) iv[i] = iv[i]! ^ salt[i]!
}
