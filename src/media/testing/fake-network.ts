/** For tests: an engine on a network that is a table, in virtual time, and peers with real coders. */

import { writeRtpHeader } from '../../wire/rtp/header.ts'
import type { AudioDecoder, AudioEncoder, OpusFactory } from '../audio-codec.ts'
import type { Clip } from '../clip-player.ts'
import type { AgreedCodec, CodecName, LegMedia } from '../leg-media.ts'
import { MediaEngine } from '../media-engine.ts'
import type { LegTap } from '../media-leg.ts'
import { PACKET_BYTES, type PacketIo, type PacketOwner, type PacketSocket } from '../packet-io.ts'
import type { MediaNotice, MediaSession } from '../protocol.ts'
import { voiceCodecs } from '../voice-codecs.ts'

export class FakeNetwork {
  readonly sockets = new Map<string, FakeSocket>()
  readonly arrival = new Uint8Array(PACKET_BYTES)
  /** Where packets for addresses that are no socket of ours go. */
  readonly peers = new Map<string, (packet: Uint8Array, from: string) => void>()
  readonly io: PacketIo = {
    kind: 'fake',
    scratch: new Uint8Array(PACKET_BYTES),
    open: (address, port, owner) => {
      const key = address + ':' + port
      const socket = new FakeSocket(this, address, port, owner)
      if (this.sockets.has(key)) queueMicrotask(() => owner.failed(socket, 'EADDRINUSE'))
      else this.sockets.set(key, socket)
      return socket
    },
  }

  /** A packet from a peer to one of our sockets. */
  deliver(packet: Uint8Array, from: { address: string; port: number }, to: string): void {
    const socket = this.sockets.get(to)
    if (socket?.owner == null) return
    if (socket.exclusive && (socket.targetAddress !== from.address || socket.targetPort !== from.port)) return
    this.arrival.set(packet)
    socket.owner.packet(socket, this.arrival, packet.length, socket.exclusive ? null : { ...from })
  }
}

class FakeSocket implements PacketSocket {
  readonly address: string
  readonly port: number
  owner: PacketOwner | null
  targetAddress = ''
  targetPort = 0
  exclusive = false
  private readonly network: FakeNetwork

  constructor(network: FakeNetwork, address: string, port: number, owner: PacketOwner) {
    this.network = network
    this.address = address
    this.port = port
    this.owner = owner
  }

  target(address: string, port: number, exclusive: boolean): void {
    this.targetAddress = address
    this.targetPort = port
    this.exclusive = exclusive
  }

  open(): void {
    this.exclusive = false
  }

  reset(): void {
    this.exclusive = false
    this.targetAddress = ''
    this.targetPort = 0
  }

  send(packet: Uint8Array, length: number): void {
    this.sendTo(packet, length, this.targetAddress, this.targetPort)
  }

  sendTo(packet: Uint8Array, length: number, address: string, port: number): void {
    this.network.peers.get(address + ':' + port)?.(packet.slice(0, length), this.address + ':' + this.port)
  }

  close(): void {
    this.network.sockets.delete(this.address + ':' + this.port)
  }
}

export interface World {
  readonly network: FakeNetwork
  readonly engine: MediaEngine
  readonly notices: MediaNotice[]
  now: number
  /** Runs `ms` of time in steps of 20 ms; `each` before every tick. */
  run(ms: number, each?: (tick: number) => void): void
}

export function world(
  more: { clips?: Record<string, Clip>; opus?: OpusFactory; taps?: (s: MediaSession) => ReadonlyMap<string, readonly LegTap[]> } = {},
): World {
  const network = new FakeNetwork()
  const notices: MediaNotice[] = []
  let seed = 1
  const w: World = {
    network,
    notices,
    now: 1_000_000,
    engine: new MediaEngine({
      io: network.io,
      nowMs: () => w.now,
      wallMs: () => 1_700_000_000_000 + w.now,
      random32: () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0),
      cname: 'test',
      notify: n => notices.push(n),
      codecs: voiceCodecs(more.opus ?? null),
      clips: {
        load(source, done) {
          const names = source.kind === 'prompts' ? source.names : source.kind === 'music' ? [source.name] : []
          done(names.map(n => more.clips?.[n]).filter(c => c !== undefined))
        },
      },
      recordings: { update: s => more.taps?.(s) ?? new Map(), close: () => {} },
      secure: () => null,
    }),
    run(ms, each) {
      for (let t = 0; t < ms / 20; t++) {
        each?.(t)
        w.engine.tick()
        w.now += 20
      }
    },
  }
  return w
}

/** A peer: sends a tone with its codec, keeps what it hears as sound. */
export class FakePeer {
  readonly address: string
  readonly port: number
  ssrc: number
  sequence = 100
  timestamp = 5000
  readonly heard: number[] = []
  readonly packets: Uint8Array[] = []
  readonly control: Uint8Array[] = []
  private readonly network: FakeNetwork
  private readonly codec: AgreedCodec
  private readonly encoder: AudioEncoder
  private readonly decoder: AudioDecoder
  private at = 0
  /** SRTP and the like. Returns the packet to send, or what was inside. */
  wrap: (packet: Uint8Array, length: number) => number = (_p, n) => n
  unwrap: (packet: Uint8Array, length: number) => number = (_p, n) => n

  constructor(w: World, address: string, port: number, codec: CodecName, opus: OpusFactory | null = null) {
    this.network = w.network
    this.address = address
    this.port = port
    this.ssrc = port
    this.codec = agreedCodec(codec)
    const codecs = voiceCodecs(opus)
    this.encoder = codecs.encoder(this.codec)!
    this.decoder = codecs.decoder(this.codec)!
    w.network.peers.set(address + ':' + port, p => this.take(p))
    w.network.peers.set(address + ':' + (port + 1), p => this.control.push(p))
  }

  get hz(): number {
    return this.decoder.hz
  }

  say(hz: number, to: string, from = { address: this.address, port: this.port }): void {
    const samples = this.encoder.hz / 50
    const pcm = new Int16Array(samples)
    for (let i = 0; i < samples; i++)
      pcm[i] = hz === 0 ? 0 : Math.round(6000 * Math.sin((2 * Math.PI * hz * (this.at + i)) / this.encoder.hz))
    this.at += samples
    const packet = new Uint8Array(PACKET_BYTES)
    writeRtpHeader(packet, this.codec.sendType, false, this.sequence++ & 0xffff, this.timestamp, this.ssrc)
    this.timestamp = (this.timestamp + this.codec.clockHz / 50) >>> 0
    const bytes = this.encoder.encode(pcm, samples, packet, 12)
    const length = this.wrap(packet, 12 + bytes)
    this.network.deliver(packet.slice(0, length), from, to)
  }

  /** A packet that is not sound: an event, comfort noise. `packet` is its RTP header's room and its payload; the RTP time stands still. */
  tell(type: number, packet: Uint8Array, to: string): void {
    writeRtpHeader(packet, type, false, this.sequence++ & 0xffff, this.timestamp, this.ssrc)
    this.network.deliver(packet.slice(), { address: this.address, port: this.port }, to)
  }

  private take(packet: Uint8Array): void {
    if (packet[1]! >= 192 && packet[1]! <= 223) {
      this.control.push(packet)
      return
    }
    const room = new Uint8Array(PACKET_BYTES)
    room.set(packet)
    const length = this.unwrap(room, packet.length)
    if (length < 12) return
    this.packets.push(room.slice(0, length))
    if ((room[1]! & 0x7f) !== this.codec.receiveType) return
    const pcm = new Int16Array(5760)
    const n = this.decoder.decode(room, 12, length, pcm)
    for (let i = 0; i < n; i++) this.heard.push(pcm[i]!)
  }
}

export function agreedCodec(name: CodecName): AgreedCodec {
  const type = { PCMU: 0, PCMA: 8, G722: 9, opus: 107, L16: 112 }[name]
  const clockHz = name === 'opus' ? 48000 : name === 'L16' ? 16000 : 8000
  return { name, sendType: type, receiveType: type, clockHz, channels: name === 'opus' ? 2 : 1, ptimeMs: 20 }
}

export function leg(id: string, port: number, peer: FakePeer | null, codec: CodecName, more: Partial<LegMedia> = {}): LegMedia {
  return {
    leg: id,
    local: { address: '10.0.0.1', port },
    remote: peer === null ? null : { address: peer.address, port: peer.port, rtcpPort: peer.port + 1 },
    rtcpMux: false,
    direction: 'sendrecv',
    codec: agreedCodec(codec),
    dtmf: { sendType: 101, receiveType: 101, clockHz: 8000 },
    comfortNoiseType: null,
    srtp: { kind: 'none' },
    ice: null,
    latch: true,
    inBandDtmf: false,
    ...more,
  }
}

export function sessionOf(id: string, legs: readonly LegMedia[], more: Partial<MediaSession> = {}): MediaSession {
  const paths = legs.flatMap(a => legs.filter(b => b !== a).map(b => ({ from: a.leg, to: b.leg })))
  return { id, legs, paths, plays: [], recordings: [], ...more }
}

/** Share of the energy of the sound at `hz`; the first `skip` samples are left out. */
export function share(pcm: readonly number[], hz: number, rate: number, skip = 0): number {
  let s1 = 0
  let s2 = 0
  let energy = 0
  const c = 2 * Math.cos((2 * Math.PI * hz) / rate)
  for (let i = skip; i < pcm.length; i++) {
    const x = pcm[i]!
    const s = x + c * s1 - s2
    s2 = s1
    s1 = s
    energy += x * x
  }
  const n = pcm.length - skip
  return energy === 0 ? 0 : ((s1 * s1 + s2 * s2 - c * s1 * s2) * 2) / n / energy
}
