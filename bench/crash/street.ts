/** Real sockets and real time for the telephones of the scenarios, and voice: a packet every 20 ms each way, whose absence is measured. */
import { createSocket, type Socket } from 'node:dgram'
import { TimerQueue } from '../../src/kernel/timer-queue.ts'
import { systemClock } from '../../src/net/system-clock.ts'
import { systemRandom } from '../../src/net/system-random.ts'
import type { EndpointIo } from '../../src/sip/endpoint/contract.ts'
import type { Flow } from '../../src/sip/flow.ts'
import type { PhoneCall, Street } from '../../test/scenario/exchange/telephone.ts'

/** Every telephone has an address of its own in 127/8, port 5060. */
export class RealStreet implements Street {
  readonly clock = systemClock
  readonly random = systemRandom
  readonly timers = new TimerQueue()
  private readonly sockets: Socket[] = []
  private readonly ready: Promise<void>[] = []
  private readonly beat = setInterval(() => this.timers.due(systemClock.nowMs()), 5)

  join(host: string, receive: (bytes: Uint8Array, flow: Flow) => void): EndpointIo {
    const socket = createSocket('udp4')
    this.sockets.push(socket)
    socket.on('message', (bytes, from) =>
      receive(bytes, {
        transport: 'udp',
        local: { host, port: 5060 },
        remote: { host: from.address, port: from.port },
        connection: '',
      }),
    )
    socket.on('error', () => {})
    this.ready.push(new Promise(done => socket.bind(5060, host, done)))
    return {
      send: (hop, bytes) => socket.send(bytes, hop.port, hop.host, () => {}),
      sentBy: () => ({ host, port: 5060 }),
    }
  }

  async open(): Promise<void> {
    await Promise.all(this.ready)
  }

  close(): void {
    clearInterval(this.beat)
    for (const s of this.sockets) s.close()
  }
}

/** The voice of one call of one telephone. */
export class Voice {
  /** Longest time without a packet once the first had come, while the call was up. */
  longestGapMs = 0
  private readonly socket = createSocket('udp4')
  private readonly call: PhoneCall
  private readonly timer: NodeJS.Timeout
  private lastAt = 0
  private sequence = 0
  private readonly packet = Buffer.alloc(172, 0xd5)

  constructor(call: PhoneCall) {
    this.call = call
    this.socket.on('error', () => {})
    this.socket.bind(call.local.port, call.local.address)
    this.socket.on('message', () => this.heard())
    this.timer = setInterval(() => this.say(), 20)
    this.packet.writeUInt32BE(Math.floor(systemRandom.fraction() * 0x1_0000_0000), 8)
  }

  private heard(): void {
    const now = performance.now()
    if (this.lastAt !== 0 && this.call.state === 'up') this.longestGapMs = Math.max(this.longestGapMs, now - this.lastAt)
    this.lastAt = now
  }

  private say(): void {
    const remote = this.call.media?.remote
    if (!remote || this.call.state === 'over') return
    this.packet[0] = 0x80
    this.packet[1] = this.call.media!.codec?.sendType ?? 8
    this.packet.writeUInt16BE(this.sequence & 0xffff, 2)
    this.packet.writeUInt32BE((this.sequence * 160) >>> 0, 4)
    this.sequence++
    this.socket.send(this.packet, remote.port, remote.address, () => {})
  }

  close(): void {
    clearInterval(this.timer)
    this.socket.close()
  }
}
