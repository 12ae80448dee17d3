/**
 * SIP over UDP (RFC 3261 §18). One socket per listening address. DSCP cannot be set here, for Node has no setsockopt: mark signalling
 * on the way out instead, `nft add rule inet mangle output udp sport 5060 ip dscp set cs3`.
 */
import { createSocket, type Socket } from 'node:dgram'
import type { Flow, HostPort } from '../sip/flow.ts'
import { plainHost } from './pipe.ts'

export interface UdpSocket {
  readonly local: HostPort
  readonly family: 4 | 6
  /** `failed` is called when the system refuses the datagram (no route, too large), for most ways within a second of the trouble. */
  send(bytes: Uint8Array, host: string, port: number, failed?: (error: NodeJS.ErrnoException) => void): void
  close(): Promise<void>
}

export interface UdpEvents {
  onDatagram(bytes: Uint8Array, flow: Flow): void
  /** Less than any message: keep-alives, and the probes of `queue-delay-probe`. */
  onShort?(bytes: Uint8Array, remote: HostPort): void
  /** RFC 5626 §3.5.2: a packet that begins with two zero bits is STUN; the answer goes back by `reply`. */
  onStun?(bytes: Uint8Array, remote: HostPort, reply: (bytes: Uint8Array) => void): void
}

/** Rooms for a burst of some thousand messages while the event loop is busy; the system may grant less. */
const BUFFER_BYTES = 4 * 1024 * 1024

/** Addresses arrive here as numbers already (RFC 3263 was followed elsewhere); asking the resolver would cost a thread's turn per packet. */
type LookupDone = (error: Error | null, address: string, family: number) => void
const numericOnly = (host: string, options: unknown, done?: LookupDone): void => {
  const callback = (done ?? options) as LookupDone
  callback(null, host, host.includes(':') ? 6 : 4)
}

export function openUdp(host: string, port: number, events: UdpEvents): Promise<UdpSocket> {
  const family = host.includes(':') ? 6 : 4
  const socket: Socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    recvBufferSize: BUFFER_BYTES,
    sendBufferSize: BUFFER_BYTES,
    lookup: numericOnly as never,
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeListener('error', reject)
      socket.on('error', () => {})
      const checks = new SendChecks()
      const local: HostPort = { host, port: socket.address().port }
      socket.on('message', (bytes, from) => {
        if (bytes.length < 20) {
          // CRLF and other keep-alives, too short for SIP and for STUN; and our own probes.
          events.onShort?.(bytes, { host: from.address, port: from.port })
          return
        }
        if (bytes[0]! < 2) {
          events.onStun?.(bytes, { host: from.address, port: from.port }, reply => socket.send(reply, from.port, from.address))
          return
        }
        events.onDatagram(bytes, {
          transport: 'udp',
          local,
          remote: { host: family === 6 ? plainHost(from.address) : from.address, port: from.port },
          connection: '',
        })
      })
      resolve({
        local,
        family,
        send(data, to, toPort, failed) {
          if (failed === undefined || !checks.wanted(to, data.length)) socket.send(data, toPort, to)
          else
            socket.send(data, toPort, to, error => {
              if (error === null) checks.good(to)
              else failed(error)
            })
        },
        close: () => new Promise(done => socket.close(done)),
      })
    })
  })
}

/**
 * Node reports a refused send only to a callback, and a callback costs as much as the send. So the way to a host is checked with the
 * first datagram of each second; what is lost in between is sent again by its transaction, and that one is checked.
 */
class SendChecks {
  private readonly goodUntil = new Map<string, number>()

  wanted(host: string, bytes: number): boolean {
    return bytes > SAFE_BYTES || (this.goodUntil.get(host) ?? 0) < Date.now()
  }

  good(host: string): void {
    if (this.goodUntil.size >= 4096) this.goodUntil.clear()
    this.goodUntil.set(host, Date.now() + 1000)
  }
}

/** Fits every path; larger ones may be refused for their size, which their sender must hear. */
const SAFE_BYTES = 1400
