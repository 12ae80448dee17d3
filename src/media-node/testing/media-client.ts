/** For tests: a media process started as a child, its control line, and RTP peers that send and hear tones on loopback. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket as NetSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodecName, LegMedia } from '../../media/leg-media.ts'
import type { MediaCommand, MediaNotice } from '../../media/protocol.ts'
import { decodeG711, encodeG711 } from '../../wire/audio/g711.ts'
import { rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp, writeRtpHeader } from '../../wire/rtp/header.ts'

export interface RunningMedia {
  readonly folder: string
  readonly child: ChildProcess
  readonly line: MediaLine
  kill(signal?: NodeJS.Signals): Promise<void>
}

export async function startMedia(folder = mkdtempSync(join(tmpdir(), 'media-')), args: readonly string[] = []): Promise<RunningMedia> {
  const main = join(import.meta.dirname, '..', 'main.ts')
  const prompts = join(import.meta.dirname, '..', '..', '..', 'assets', 'prompts')
  const socket = join(folder, 'media.sock')
  const child = spawn(
    process.execPath,
    [
      '--experimental-ffi',
      '--no-warnings',
      main,
      '--socket',
      socket,
      '--address',
      '127.0.0.1',
      '--node',
      'test',
      '--prompts',
      prompts,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise<void>((resolve, reject) => {
    child.stdout!.once('data', () => resolve())
    child.once('exit', code => reject(new Error(`the media process ended at once (${code})`)))
  })
  return {
    folder,
    child,
    line: await MediaLine.open(socket),
    kill(signal = 'SIGKILL') {
      return new Promise(resolve => {
        if (child.exitCode !== null || child.signalCode !== null) resolve()
        child.once('exit', () => resolve())
        child.kill(signal)
      })
    },
  }
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export class MediaLine {
  readonly notices: MediaNotice[] = []
  private readonly socket: NetSocket
  private waiting: (() => void)[] = []
  private rest = ''

  static open(path: string): Promise<MediaLine> {
    return new Promise((resolve, reject) => {
      const socket = connect(path, () => resolve(new MediaLine(socket)))
      socket.once('error', reject)
    })
  }

  constructor(socket: NetSocket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', data => {
      const lines = (this.rest + data).split('\n')
      this.rest = lines.pop()!
      for (const l of lines) this.notices.push(JSON.parse(l) as MediaNotice)
      const waiting = this.waiting
      this.waiting = []
      for (const w of waiting) w()
    })
  }

  send(command: MediaCommand): void {
    this.socket.write(JSON.stringify(command) + '\n')
  }

  /** The first notice, past or coming, that `is` and fits. Gives up after 5 s. */
  async wait<K extends MediaNotice['is']>(
    is: K,
    fits: (n: Extract<MediaNotice, { is: K }>) => boolean = () => true,
  ): Promise<Extract<MediaNotice, { is: K }>> {
    const deadline = Date.now() + 5_000
    for (;;) {
      for (const n of this.notices)
        if (n.is === is && fits(n as Extract<MediaNotice, { is: K }>)) return n as Extract<MediaNotice, { is: K }>
      if (Date.now() > deadline) throw new Error(`no notice '${is}' came; had ${JSON.stringify(this.notices)}`)
      await new Promise<void>(resolve => {
        const t = setTimeout(resolve, 100)
        this.waiting.push(() => {
          clearTimeout(t)
          resolve()
        })
      })
    }
  }

  close(): void {
    this.socket.destroy()
  }
}

/** A telephone of G.711 or L16: sends a tone, keeps what it hears. */
export class TonePeer {
  readonly port: number
  readonly heard: number[] = []
  readonly packets: { type: number; sequence: number; timestamp: number; ssrc: number; from: string; payload: Uint8Array }[] = []
  ssrc = 0x1000
  sequence = 65_500
  timestamp = 1000
  type = 0
  private at = 0
  private readonly socket: Socket

  static open(law: 'a' | 'mu' = 'mu'): Promise<TonePeer> {
    return new Promise(resolve => {
      const socket = createSocket('udp4')
      socket.bind(0, '127.0.0.1', () => resolve(new TonePeer(socket, law)))
    })
  }

  private readonly law: 'a' | 'mu'

  constructor(socket: Socket, law: 'a' | 'mu') {
    this.socket = socket
    this.law = law
    this.port = socket.address().port
    this.type = law === 'a' ? 8 : 0
    socket.on('message', (m, info) => {
      if (m[1]! >= 192 && m[1]! <= 223) return
      const payload = new Uint8Array(m.subarray(12))
      this.packets.push({
        type: rtpPayloadType(m),
        sequence: rtpSequence(m),
        timestamp: rtpTimestamp(m),
        ssrc: rtpSsrc(m),
        from: `${info.address}:${info.port}`,
        payload,
      })
      if (rtpPayloadType(m) !== this.type) return
      const pcm = new Int16Array(payload.length)
      decodeG711(this.law, payload, 0, payload.length, pcm)
      for (const s of pcm) this.heard.push(s)
    })
  }

  /** Sends `count` packets of 20 ms, one per 20 ms (or faster), of a tone. */
  async say(hz: number, count: number, to: number, everyMs = 20): Promise<void> {
    const start = performance.now()
    for (let i = 0; i < count; i++) {
      this.sayOnce(hz, to)
      const left = start + (i + 1) * everyMs - performance.now()
      if (left > 0) await sleep(left)
    }
  }

  sayOnce(hz: number, to: number): void {
    const pcm = new Int16Array(160)
    for (let i = 0; i < 160; i++) pcm[i] = Math.round(8000 * Math.sin((2 * Math.PI * hz * (this.at + i)) / 8000))
    this.at += 160
    const packet = new Uint8Array(172)
    writeRtpHeader(packet, this.type, false, this.sequence++ & 0xffff, this.timestamp, this.ssrc)
    this.timestamp = (this.timestamp + 160) >>> 0
    encodeG711(this.law, pcm, 0, 160, packet, 12)
    this.socket.send(packet, to, '127.0.0.1')
  }

  raw(packet: Uint8Array, to: number): void {
    this.socket.send(packet, to, '127.0.0.1')
  }

  close(): void {
    this.socket.close()
  }
}

/** Share of the energy of `pcm` at `hz`, in [0, 1]. */
export function toneShare(pcm: ArrayLike<number>, hz: number, rate = 8000): number {
  let s1 = 0
  let s2 = 0
  let energy = 0
  const c = 2 * Math.cos((2 * Math.PI * hz) / rate)
  for (let i = 0; i < pcm.length; i++) {
    const x = pcm[i]!
    const s = x + c * s1 - s2
    s2 = s1
    s1 = s
    energy += x * x
  }
  return energy === 0 ? 0 : ((s1 * s1 + s2 * s2 - c * s1 * s2) * 2) / pcm.length / energy
}

let lastPort = 21_000 + (process.pid % 500) * 60

/** Ports that differ between test processes running side by side. */
export function nextPort(): number {
  lastPort += 4
  return lastPort
}

export function legOf(leg: string, port: number, peer: number | null, codec: CodecName = 'PCMU', more: Partial<LegMedia> = {}): LegMedia {
  const type = { PCMU: 0, PCMA: 8, G722: 9, opus: 107, L16: 112 }[codec]
  return {
    leg,
    local: { address: '127.0.0.1', port },
    remote: peer === null ? null : { address: '127.0.0.1', port: peer, rtcpPort: peer + 1 },
    rtcpMux: false,
    direction: 'sendrecv',
    codec: {
      name: codec,
      sendType: type,
      receiveType: type,
      clockHz: codec === 'opus' ? 48000 : codec === 'L16' ? 16000 : 8000,
      channels: codec === 'opus' ? 2 : 1,
      ptimeMs: 20,
    },
    dtmf: { sendType: 101, receiveType: 101, clockHz: 8000 },
    comfortNoiseType: null,
    srtp: { kind: 'none' },
    ice: null,
    latch: true,
    inBandDtmf: false,
    ...more,
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
