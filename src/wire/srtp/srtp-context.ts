/**
 * SRTP towards a peer and from it (RFC 3711 §3.3): rollover counters, indices and replay lists per SSRC.
 * Packets are changed in place in the caller's buffer; one master key serves one direction and must never serve both.
 *
 * A sender that is made anew under the same key (after a crash) must take a fresh SSRC: index and key stream begin at zero.
 */
import { rtpHeaderBytes, rtpSequence, rtpSsrc } from '../rtp/header.ts'
import { CounterMode } from './counter-mode.ts'
import { GaloisCounterMode } from './gcm.ts'
import { deriveSessionKeys, type SessionKeys } from './key-derivation.ts'
import { E_BIT, type PacketTransform, readU32 } from './packet-transform.ts'
import { ReplayWindow } from './replay-window.ts'
import type { MasterKey } from './sdes-key.ts'
import { SRTP_SUITES, type SrtpSuiteName } from './suite.ts'

/** What unprotecting returns instead of a length. */
export const SRTP_MALFORMED = -1
export const SRTP_FORGED = -2
export const SRTP_REPLAYED = -3

/** Streams one receiver keeps; more would be an odd peer. The oldest is forgotten. */
const MAX_STREAMS = 32
/** A receiver made in mid-call looks for rollover counters up to this: about a day of 20 ms packets. */
const MAX_LATE_ROLLOVERS = 64

export function transformOf(suite: SrtpSuiteName, keys: { readonly rtp: SessionKeys; readonly rtcp: SessionKeys }): PacketTransform {
  const facts = SRTP_SUITES[suite]
  return facts.aead ? new GaloisCounterMode(keys) : new CounterMode(keys, facts.rtpTagBytes, facts.rtcpTagBytes)
}

interface SendStream {
  readonly sent: ReplayWindow
  rtcpIndex: number
}

export class SrtpSender {
  private readonly transform: PacketTransform
  private readonly streams = new Map<number, SendStream>()

  constructor(suite: SrtpSuiteName, master: MasterKey, transform: PacketTransform = transformOf(suite, deriveSessionKeys(master, suite))) {
    this.transform = transform
  }

  /**
   * The buffer needs `SRTP_MAX_OVERHEAD` bytes beyond `length`. Returns the new length, or a negative reason. One sequence
   * number is protected once: two packets under the same index would lay both bare (RFC 3711 §9.1).
   */
  protect(packet: Uint8Array, length: number): number {
    const headerBytes = rtpHeaderBytes(packet, length)
    if (headerBytes < 0) return SRTP_MALFORMED
    const ssrc = rtpSsrc(packet)
    const sequence = rtpSequence(packet)
    const stream = this.streamOf(ssrc)
    const highest = stream.sent.highest
    const index = highest < 0 ? sequence : highest + (((sequence - highest) << 16) >> 16)
    if (!stream.sent.isNew(index)) return SRTP_REPLAYED
    stream.sent.accept(index)
    return this.transform.protectRtp(packet, length, headerBytes, ssrc, index)
  }

  protectRtcp(packet: Uint8Array, length: number): number {
    if (length < 8 || length > packet.length || packet[0]! >> 6 !== 2) return SRTP_MALFORMED
    const ssrc = readU32(packet, 4)
    const stream = this.streamOf(ssrc)
    if (stream.rtcpIndex >= E_BIT) return SRTP_MALFORMED
    return this.transform.protectRtcp(packet, length, ssrc, stream.rtcpIndex++)
  }

  private streamOf(ssrc: number): SendStream {
    let stream = this.streams.get(ssrc)
    if (stream === undefined) {
      stream = { sent: new ReplayWindow(), rtcpIndex: 0 }
      this.streams.set(ssrc, stream)
    }
    return stream
  }
}

interface ReceiveStream {
  readonly rtp: ReplayWindow
  readonly rtcp: ReplayWindow
}

export class SrtpReceiver {
  /** Packets thrown away, by reason. */
  forged = 0
  replayed = 0
  private readonly transform: PacketTransform
  private readonly joinsLate: boolean
  private lateGuess = 0
  private readonly streams = new Map<number, ReceiveStream>()

  /**
   * `joinsLate`: this receiver may begin in the middle of the peer's stream (the media process was started anew), where the
   * rollover counter is unknown. Each packet of an unknown SSRC is then tried with counter 0 and with one further guess.
   */
  constructor(
    suite: SrtpSuiteName,
    master: MasterKey,
    joinsLate: boolean = false,
    transform: PacketTransform = transformOf(suite, deriveSessionKeys(master, suite)),
  ) {
    this.transform = transform
    this.joinsLate = joinsLate
  }

  /** The plain packet's length, or a negative reason; a packet that is not authentic is left as it came. */
  unprotect(packet: Uint8Array, length: number): number {
    const headerBytes = rtpHeaderBytes(packet, length)
    if (headerBytes < 0) return SRTP_MALFORMED
    const ssrc = rtpSsrc(packet)
    const sequence = rtpSequence(packet)
    const stream = this.streams.get(ssrc)
    if (stream === undefined || stream.rtp.highest < 0) return this.unprotectFirst(packet, length, headerBytes, ssrc, sequence)
    const highest = stream.rtp.highest
    const index = highest + (((sequence - highest) << 16) >> 16)
    if (!stream.rtp.isNew(index)) {
      this.replayed++
      return SRTP_REPLAYED
    }
    const plain = this.transform.unprotectRtp(packet, length, headerBytes, ssrc, index)
    if (plain < 0) {
      this.forged++
      return SRTP_FORGED
    }
    stream.rtp.accept(index)
    return plain
  }

  unprotectRtcp(packet: Uint8Array, length: number): number {
    if (length < 8 || length > packet.length || packet[0]! >> 6 !== 2) return SRTP_MALFORMED
    const word = this.transform.rtcpIndexWord(packet, length)
    if (word < 0) return SRTP_MALFORMED
    const index = word % E_BIT
    const ssrc = readU32(packet, 4)
    if (this.streams.get(ssrc)?.rtcp.isNew(index) === false) {
      this.replayed++
      return SRTP_REPLAYED
    }
    const plain = this.transform.unprotectRtcp(packet, length, ssrc)
    if (plain < 0) {
      this.forged++
      return SRTP_FORGED
    }
    this.streamOf(ssrc).rtcp.accept(index)
    return plain
  }

  private unprotectFirst(packet: Uint8Array, length: number, headerBytes: number, ssrc: number, sequence: number): number {
    let index = sequence
    let plain = this.transform.unprotectRtp(packet, length, headerBytes, ssrc, index)
    if (plain < 0 && this.joinsLate) {
      this.lateGuess = (this.lateGuess % MAX_LATE_ROLLOVERS) + 1
      index = this.lateGuess * 0x10000 + sequence
      plain = this.transform.unprotectRtp(packet, length, headerBytes, ssrc, index)
    }
    if (plain < 0) {
      this.forged++
      return SRTP_FORGED
    }
    this.lateGuess = 0
    this.streamOf(ssrc).rtp.accept(index)
    return plain
  }

  /** State is kept for authentic packets only, so strangers cannot fill it. */
  private streamOf(ssrc: number): ReceiveStream {
    let stream = this.streams.get(ssrc)
    if (stream === undefined) {
      if (this.streams.size >= MAX_STREAMS) this.streams.delete(this.streams.keys().next().value!)
      stream = { rtp: new ReplayWindow(), rtcp: new ReplayWindow() }
      this.streams.set(ssrc, stream)
    }
    return stream
  }
}
