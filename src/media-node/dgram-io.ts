/** Packets through Node's own UDP sockets: works everywhere, costs about twice the native path. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIP } from 'node:net'
import { PACKET_BYTES, type PacketIo, type PacketOwner, type PacketSocket, type PacketSource } from '../media/packet-io.ts'

/** One buffer for all arrivals: what a packet becomes on its way out needs room behind it. */
const arrival = new Uint8Array(PACKET_BYTES)

export function dgramIo(): PacketIo {
  return {
    kind: 'dgram',
    scratch: new Uint8Array(PACKET_BYTES),
    open: (address, port, owner) => new DgramSocket(address, port, owner),
  }
}

class DgramSocket implements PacketSocket {
  readonly address: string
  readonly port: number
  owner: PacketOwner | null
  private readonly socket: Socket
  private targetAddress = ''
  private targetPort = 0
  /** Connected in the kernel; 'closed' and 'failed' end it. */
  private state: 'open' | 'connecting' | 'connected' | 'closed' = 'open'
  private readonly source: PacketSource = { address: '', port: 0 }

  constructor(address: string, port: number, owner: PacketOwner) {
    this.address = address
    this.port = port
    this.owner = owner
    const socket = createSocket({
      type: address.includes(':') ? 'udp6' : 'udp4',
      // The address is always numeric: no look-up, and connecting stays within this turn.
      lookup: (host, _options, done) => done(null, host, isIP(host) || 4),
    })
    this.socket = socket
    socket.on('error', error => this.fail(error))
    socket.on('message', (message, info) => this.take(message, info))
    socket.bind({ address, port, exclusive: true })
  }

  target(address: string, port: number, exclusive: boolean): void {
    if (this.state === 'closed' || isIP(address) === 0 || port === 0) return
    const same = address === this.targetAddress && port === this.targetPort
    if (same && (this.state === 'connected' || this.state === 'connecting') === exclusive) return
    this.open()
    this.targetAddress = address
    this.targetPort = port
    if (!exclusive) return
    this.state = 'connecting'
    try {
      this.socket.connect(port, address, () => {
        if (this.state !== 'connecting') return
        if (this.targetAddress === address && this.targetPort === port) this.state = 'connected'
      })
    } catch {
      this.state = 'open'
    }
  }

  open(): void {
    if (this.state !== 'connected' && this.state !== 'connecting') return
    this.state = 'open'
    try {
      this.socket.disconnect()
    } catch {
      // Not connected yet: there is nothing to undo.
    }
  }

  reset(): void {
    this.open()
    this.targetAddress = ''
    this.targetPort = 0
  }

  send(packet: Uint8Array, length: number): void {
    if (this.state === 'closed' || this.targetPort === 0) return
    // Sending may be put off by the kernel, and the buffer is another call's by then: hence the copy.
    const copy = Buffer.from(packet.subarray(0, length))
    try {
      if (this.state === 'connected') this.socket.send(copy)
      else this.socket.send(copy, this.targetPort, this.targetAddress)
    } catch {
      // Between connecting and connected: lost like any packet may be.
    }
  }

  sendTo(packet: Uint8Array, length: number, address: string, port: number): void {
    if (this.state === 'closed' || this.state === 'connected' || isIP(address) === 0 || port === 0) return
    try {
      this.socket.send(Buffer.from(packet.subarray(0, length)), port, address)
    } catch {
      // As above.
    }
  }

  close(): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.socket.close()
  }

  private take(message: Buffer, info: RemoteInfo): void {
    if (this.owner === null || message.length > PACKET_BYTES - 64) return
    arrival.set(message)
    if (this.state === 'connected') {
      this.owner.packet(this, arrival, message.length, null)
      return
    }
    this.source.address = info.address
    this.source.port = info.port
    this.owner.packet(this, arrival, message.length, this.source)
  }

  /** ICMP's port unreachable shows up as an error as well: only failing to bind is the end. */
  private fail(error: Error): void {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    const syscall = (error as NodeJS.ErrnoException).syscall
    if (syscall !== 'bind' && code !== 'EADDRINUSE' && code !== 'EADDRNOTAVAIL') return
    if (this.state === 'closed') return
    const owner = this.owner
    this.close()
    owner?.failed(this, code)
  }
}
