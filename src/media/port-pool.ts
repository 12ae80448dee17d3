/** Bound sockets, kept for the next call on the same port: binding costs more than many packets do. */
import type { PacketIo, PacketOwner, PacketSocket } from './packet-io.ts'

const MAX_IDLE = 4096

export class PortPool {
  private readonly io: PacketIo
  private readonly idle = new Map<string, PacketSocket>()

  constructor(io: PacketIo) {
    this.io = io
  }

  take(address: string, port: number, owner: PacketOwner): PacketSocket {
    const key = address + ' ' + port
    const kept = this.idle.get(key)
    if (kept === undefined) return this.io.open(address, port, owner)
    this.idle.delete(key)
    kept.owner = owner
    return kept
  }

  give(socket: PacketSocket): void {
    socket.owner = null
    // The next call must never be sent to this one's peer.
    socket.reset()
    const key = socket.address + ' ' + socket.port
    if (this.idle.size >= MAX_IDLE || this.idle.has(key)) {
      socket.close()
      return
    }
    this.idle.set(key, socket)
  }

  get kept(): number {
    return this.idle.size
  }
}
