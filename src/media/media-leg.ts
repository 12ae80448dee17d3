/**
 * One leg at work: its sockets, its encryption, whom it believes to be its peer, what it hears and what it sends.
 * Over 400 lines because it is one packet's whole way, which is to be read in one piece:
 * decrypt → believe → count → tap → relay, translate or mix. The buffer is the edge's and is changed in place; nothing is kept of it.
 */
import { rtpPayloadEnd, rtpPayloadOffset, rtpSequence, rtpSsrc, rtpTimestamp } from '../wire/rtp/header.ts'
import type { Arrival, Reception } from '../wire/rtp/reception.ts'
import { sequenceDistance } from '../wire/rtp/sequence.ts'
import { type AudioDecoder, type AudioEncoder, ticksOf } from './audio-codec.ts'
import { ControlPort } from './control-port.ts'
import { DigitOutput } from './digit-output.ts'
import { DtmfHearing } from './dtmf-hearing.ts'
import type { InBandDtmf } from './in-band-dtmf.ts'
import { Latch } from './latch.ts'
import { ReceivedFigures } from './leg-figures.ts'
import type { LegMedia } from './leg-media.ts'
import type { OutgoingStream } from './outgoing-stream.ts'
import type { PacketOwner, PacketSocket, PacketSource } from './packet-io.ts'
import type { PcmSource } from './pcm-source.ts'
import type { MediaNotice } from './protocol.ts'
import { relayAudio, relayEvent, relayNoise } from './relay-packets.ts'
import type { Route } from './route.ts'
import type { SecureTransport } from './secure-transport.ts'
import type { SrtpGuard } from './srtp-guard.ts'

/** What a leg needs of the engine it lives in. */
export interface LegHost {
  /** Monotonic, fractions welcome. */
  nowMs(): number
  /** Epoch. */
  wallMs(): number
  readonly scratch: Uint8Array
  notify(notice: MediaNotice): void
  encoderFor(media: LegMedia): AudioEncoder | null
  decoderFor(media: LegMedia): AudioDecoder | null
}

/** Where a leg's packets are recorded. */
export interface LegTap {
  take(leg: MediaLeg, packet: Uint8Array, offset: number, end: number, sequence: number, timestamp: number, wallMs: number): void
}

/** Longest packet that is decoded: 120 ms at 16 kHz, or 40 ms at 48. */
const PCM_SAMPLES = 1920
const SILENT_AFTER_MS = [5_000, 20_000, 60_000, 300_000, 1_800_000]
/** A locked source that is silent so long may be replaced by another. */
const RELATCH_AFTER_MS = 3_000

/** Shared by all legs: used between two packets, never across. */
const pcm = new Int16Array(PCM_SAMPLES)

export class MediaLeg implements PacketOwner {
  readonly id: string
  readonly session: string
  media: LegMedia
  rtp: PacketSocket | null = null
  rtcp: PacketSocket | null = null
  readonly latch: Latch
  readonly stream: OutgoingStream
  readonly received = new ReceivedFigures()
  guard: SrtpGuard | null = null
  secure: SecureTransport | null = null
  routes: readonly Route[] = []
  taps: readonly LegTap[] = []
  /** Generated sound for this leg: prompts, tones, the mix. Replaces relayed sound while set. */
  paced: PcmSource | null = null
  inBand: InBandDtmf | null = null
  encoder: AudioEncoder | null = null
  decoder: AudioDecoder | null = null
  /** Derived from `media` so that the hot path reads numbers only. */
  private audioType = -1
  private dtmfType = -1
  private noiseType = -1
  sends = false
  private receives = false
  encrypted = false
  private needsPcm = false
  private readonly host: LegHost
  private readonly hearing = new DtmfHearing()
  private readonly dialling: DigitOutput
  private doubtSsrc = -1
  private doubtSeq = 0
  lastHeardMs = 0
  private audible = false
  private silences = 0
  private readonly since: number
  private readonly controls: ControlPort

  constructor(host: LegHost, session: string, media: LegMedia, stream: OutgoingStream) {
    this.host = host
    this.id = media.leg
    this.session = session
    this.media = media
    this.stream = stream
    this.latch = new Latch(media.latch)
    this.since = host.nowMs()
    this.lastHeardMs = this.since
    this.dialling = new DigitOutput(this, host.scratch)
    this.controls = new ControlPort(this, host)
  }

  /** Takes over what signalling agreed; called for every `put`. */
  configure(media: LegMedia): void {
    const codecChanged = media.codec?.name !== this.media.codec?.name || media.codec?.clockHz !== this.media.codec?.clockHz
    this.media = media
    this.audioType = media.codec?.receiveType ?? -1
    this.dtmfType = media.dtmf?.receiveType ?? -1
    this.noiseType = media.comfortNoiseType ?? -1
    this.sends = media.codec !== null && (media.direction === 'sendrecv' || media.direction === 'sendonly')
    const receives = media.direction === 'sendrecv' || media.direction === 'recvonly'
    if (receives && !this.receives) {
      const now = this.host.nowMs()
      // After a hold the peer's NAT may show another port: it need not wait for the silence to be noticed.
      if (now - this.lastHeardMs > RELATCH_AFTER_MS) this.unlock()
      this.lastHeardMs = now
    }
    this.receives = receives
    this.encrypted = media.srtp.kind !== 'none'
    if (codecChanged) {
      this.encoder = null
      this.decoder = null
      if (this.received.reception !== null && this.received.reception.clockHz !== media.codec?.clockHz) this.received.retire()
    }
    if (media.codec !== null) this.stream.clockHz = media.codec.clockHz
    if (this.latch.expect(media.remote, media.expected ?? [], media.latch)) {
      this.rtp?.open()
      if (media.remote !== null) this.aim(media.remote.address, media.remote.port, false)
    }
    if (!this.sends) this.stream.restart()
    this.refreshNeeds()
  }

  /** After routes, taps or detection changed. */
  refreshNeeds(): void {
    this.needsPcm = this.inBand !== null || this.routes.some(r => r.kind !== 'relay')
    if (this.needsPcm) this.decoder ??= this.host.decoderFor(this.media)
  }

  failed(socket: PacketSocket, code: string): void {
    const { address, port } = socket
    if (socket === this.rtp) this.rtp = null
    if (socket === this.rtcp) this.rtcp = null
    this.host.notify({
      is: 'refused',
      id: this.session,
      leg: this.id,
      code: 'media.port-unavailable',
      message: `cannot open UDP ${address}:${port} (${code}); give the leg another port`,
    })
  }

  /** Tells the switch what cannot be done for this leg. */
  refuse(code: string, message: string): void {
    this.host.notify({ is: 'refused', id: this.session, leg: this.id, code, message })
  }

  packet(socket: PacketSocket, packet: Uint8Array, length: number, source: PacketSource | null): void {
    const first = packet[0]!
    if (first < 128 || first > 191) {
      // STUN and DTLS share the port (RFC 7983).
      if (this.secure !== null) this.secure.packet(packet, length, source, socket === this.rtcp)
      return
    }
    if (length < 8) return
    if (socket === this.rtcp || (packet[1]! >= 192 && packet[1]! <= 223)) {
      this.controls.take(packet, length, source)
      return
    }
    if (length < 12) return
    let size = length
    if (this.encrypted) {
      size = this.guard === null ? -1 : this.guard.unprotect(packet, length)
      if (size < 0) {
        this.received.discarded++
        return
      }
    }
    const offset = packet[0] === 0x80 ? 12 : rtpPayloadOffset(packet, size)
    if (offset < 0) {
      this.received.discarded++
      return
    }
    const end = packet[0] === 0x80 ? size : rtpPayloadEnd(packet, size)
    const sequence = rtpSequence(packet)
    const timestamp = rtpTimestamp(packet)
    const ssrc = rtpSsrc(packet)
    if (source !== null && !this.believe(source, ssrc, sequence)) {
      this.received.discarded++
      return
    }
    const now = this.host.nowMs()
    if (!this.receives) return
    const figures = this.received
    let reception = figures.reception
    if (reception === null || ssrc !== figures.ssrc) {
      reception = this.adopt(ssrc, sequence, now)
      if (reception === null) {
        figures.discarded++
        return
      }
    }
    const type = packet[1]! & 0x7f
    const isAudio = type === this.audioType
    // All packets of an event bear one timestamp: they would look like jitter.
    if (!isAudio) reception.resetTiming()
    const arrival = reception.take(sequence, timestamp, now, size)
    if (!isAudio) reception.resetTiming()
    if (arrival === 'duplicate') return
    if (arrival === 'doubtful') {
      figures.discarded++
      return
    }
    if (!this.audible) this.becomeAudible()
    this.lastHeardMs = now
    if (isAudio) {
      this.audio(packet, offset, end, sequence, timestamp, arrival, reception, now)
      return
    }
    // Events and noise have their numbers in the stream too: recordings must not take them for losses.
    this.record(packet, end, end, sequence, timestamp)
    if (type === this.dtmfType) this.event(packet, offset, end, sequence, timestamp, reception, now)
    else if (type === this.noiseType) relayNoise(this.routes, this.host.scratch, packet, offset, end, sequence, timestamp, reception, now)
    else figures.discarded++
  }

  /** Sends what stands in `packet` as the next packet of our stream; the stream's fields have been set. `length` counts the header. */
  emit(packet: Uint8Array, length: number, payloadType: number): void {
    const s = this.stream
    packet[0] = 0x80
    packet[1] = (s.marker ? 0x80 : 0) | payloadType
    packet[2] = s.sequence >>> 8
    packet[3] = s.sequence
    const t = s.timestamp
    packet[4] = t >>> 24
    packet[5] = t >>> 16
    packet[6] = t >>> 8
    packet[7] = t
    const ssrc = s.ssrc
    packet[8] = ssrc >>> 24
    packet[9] = ssrc >>> 16
    packet[10] = ssrc >>> 8
    packet[11] = ssrc
    s.packets++
    s.bytes += length - 12
    if (this.rtp === null) return
    if (!this.encrypted) {
      this.rtp.send(packet, length)
      return
    }
    const size = this.guard === null ? -1 : this.guard.protect(packet, length)
    if (size > 0) this.rtp.send(packet, size)
  }

  /** Whether relayed sound may go out to this leg now. */
  get listening(): boolean {
    return this.sends && this.paced === null && !this.dialling.busy
  }

  /** One packet of generated sound: `samples` of `sound` at the encoder's rate. */
  emitPcm(sound: Int16Array, samples: number, source: object, nowMs: number): void {
    const codec = this.media.codec
    const encoder = this.encoderNow()
    if (codec === null || encoder === null || !this.sends) return
    const packet = this.host.scratch
    const bytes = encoder.encode(sound, samples, packet, 12)
    if (bytes <= 0) return
    this.stream.next(source, ticksOf(codec, samples, encoder.hz), nowMs)
    this.emit(packet, 12 + bytes, codec.sendType)
  }

  /** The encoder of what this leg hears, made when first needed. */
  encoderNow(): AudioEncoder | null {
    return (this.encoder ??= this.host.encoderFor(this.media))
  }

  /** Whether the 20 ms tick has work here. */
  get ticking(): boolean {
    return this.paced !== null || this.dialling.busy
  }

  /** The 20 ms tick, for legs with digits or generated sound to send. */
  tick(nowMs: number): void {
    if (this.dialling.busy) {
      this.dialling.tick(nowMs)
      return
    }
    const paced = this.paced
    if (paced === null || !this.sends) return
    const encoder = this.encoderNow()
    if (encoder === null) return
    const samples = encoder.hz / 50
    if (paced.fill(pcm, samples, encoder.hz, nowMs)) this.emitPcm(pcm, samples, paced, nowMs)
  }

  /** Every half second: lost ends of digits, silence, and whether the lock may open. */
  review(nowMs: number): void {
    const clock = this.media.dtmf?.clockHz
    if (this.hearing.pending && clock !== undefined) {
      const digit = this.hearing.overdue(nowMs, clock)
      if (digit !== null) this.tellDigit(digit.digit, digit.durationMs, 'rfc4733')
    }
    const quiet = nowMs - this.lastHeardMs
    if (!this.receives || this.rtp === null) return
    if (quiet > RELATCH_AFTER_MS && this.latch.port !== 0) this.unlock()
    const limit = SILENT_AFTER_MS[this.silences]
    if (limit !== undefined && quiet >= limit) {
      this.silences++
      this.audible = false
      this.host.notify({ is: 'silent', id: this.session, leg: this.id, forMs: Math.round(quiet) })
    }
  }

  /** Sends our RTCP report. */
  report(cname: string, goodbye: boolean): void {
    this.controls.report(cname, goodbye)
  }

  dial(digits: string): void {
    this.dialling.add(digits)
  }

  tellDigit(digit: string, durationMs: number, by: 'rfc4733' | 'in-band'): void {
    this.host.notify({ is: 'dtmf', id: this.session, leg: this.id, digit, durationMs, by })
    if (by === 'in-band') return
    // Who has no events hears tones instead.
    for (const route of this.routes) if (route.to.media.dtmf === null && route.to !== this) route.to.dial(digit)
  }

  /** Points our packets somewhere; `certain` lets the kernel shut everybody else out. */
  aim(address: string, port: number, certain: boolean): void {
    this.rtp?.target(address, port, certain)
  }

  private unlock(): void {
    this.latch.open()
    this.rtp?.open()
  }

  private believe(source: PacketSource, ssrc: number, sequence: number): boolean {
    if (this.media.ice !== null) {
      // With ICE the pair that the browser nominated is the target; SRTP's tag vouches for every packet. Before any check came
      // (this process was started anew) an authentic packet shows the way at once.
      if (this.latch.port === 0) {
        this.latch.trust(source.address, source.port)
        this.aim(source.address, source.port, false)
      }
      return true
    }
    const latch = this.latch
    if (latch.port === source.port && latch.address === source.address) return true
    // A packet whose tag is right can only be the peer's.
    const verdict = this.encrypted ? latch.trust(source.address, source.port) : latch.judge(source.address, source.port, ssrc, sequence)
    if (verdict === 'lock') {
      const remote = this.media.remote
      // A peer by address is sent to where it said, wherever it sends from.
      const symmetric = this.media.latch || remote === null
      const exact = remote !== null && remote.address === source.address && remote.port === source.port
      if (symmetric || exact) this.aim(source.address, source.port, latch.certain)
    }
    return verdict !== 'drop'
  }

  /** A new SSRC is believed when it comes twice in a row, or at once when nothing else is heard. */
  private adopt(ssrc: number, sequence: number, nowMs: number): Reception | null {
    const known = this.received.reception
    const speaking = known !== null && nowMs - this.lastHeardMs < 60
    if (speaking && !(this.doubtSsrc === ssrc && sequenceDistance(sequence, this.doubtSeq) === 1)) {
      this.doubtSsrc = ssrc
      this.doubtSeq = sequence
      return null
    }
    this.doubtSsrc = -1
    this.decoder = this.needsPcm ? this.host.decoderFor(this.media) : null
    return this.received.begin(ssrc, this.media.codec?.clockHz ?? 8000)
  }

  private becomeAudible(): void {
    const at = this.host.wallMs()
    this.audible = true
    this.silences = 0
    this.received.heardAt = at
    this.host.notify({ is: 'heard', id: this.session, leg: this.id, at })
  }

  private audio(
    packet: Uint8Array,
    offset: number,
    end: number,
    sequence: number,
    timestamp: number,
    arrival: Arrival,
    reception: Reception,
    now: number,
  ): void {
    this.record(packet, offset, end, sequence, timestamp)
    if (this.needsPcm && arrival !== 'late') this.decode(packet, offset, end, sequence, timestamp, now)
    relayAudio(this.routes, this.host.scratch, packet, offset, end, sequence, timestamp, arrival === 'restart', reception, now)
  }

  /** An empty payload stands for a packet without sound. */
  private record(packet: Uint8Array, offset: number, end: number, sequence: number, timestamp: number): void {
    const taps = this.taps
    if (taps.length === 0) return
    const wall = this.host.wallMs()
    for (let i = 0; i < taps.length; i++) taps[i]!.take(this, packet, offset, end, sequence, timestamp, wall)
  }

  private decode(packet: Uint8Array, offset: number, end: number, sequence: number, timestamp: number, now: number): void {
    const decoder = this.decoder
    if (decoder === null) return
    const routes = this.routes
    const samples = decoder.decode(packet, offset, end, pcm)
    if (samples <= 0) return
    if (this.inBand !== null) this.inBand.take(pcm, samples, decoder.hz)
    for (let i = 0; i < routes.length; i++) routes[i]!.hear(this, pcm, samples, decoder, sequence, timestamp, now)
  }

  private event(
    packet: Uint8Array,
    offset: number,
    end: number,
    sequence: number,
    timestamp: number,
    reception: Reception,
    now: number,
  ): void {
    const clock = this.media.dtmf!.clockHz
    const digit = this.hearing.take(packet, offset, end, timestamp, clock, now)
    relayEvent(this.routes, this.host.scratch, packet, offset, end, sequence, timestamp, clock, reception, now)
    if (digit !== null) this.tellDigit(digit.digit, digit.durationMs, 'rfc4733')
  }
}
