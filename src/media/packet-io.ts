/**
 * The narrow seam between media and the machine's network: UDP sockets that hand in packets and take packets out.
 * The edge implements it twice (Node's dgram; libc through FFI with one epoll set), tests with a table.
 */
export interface PacketIo {
  readonly kind: string
  /** Binds a socket. Binding may end later; what is sent before is sent then or lost, as UDP may. */
  open(address: string, port: number, owner: PacketOwner): PacketSocket
  /** A buffer of `PACKET_BYTES` to build packets in: sending from it costs no copy where the edge can avoid it. */
  readonly scratch: Uint8Array
}

/** Room for any packet and for what SRTP adds to it. */
export const PACKET_BYTES = 2048

export interface PacketOwner {
  /**
   * A packet. `packet` is the edge's buffer, at least `PACKET_BYTES` long or room enough for SRTP behind `length`; the owner may change it in place and
   * send it on, and must not keep it after returning. `source` is reused between calls; null on a connected socket, where the kernel
   * lets only the connected peer in.
   */
  packet(socket: PacketSocket, packet: Uint8Array, length: number, source: PacketSource | null): void
  /** The socket could not be bound. */
  failed(socket: PacketSocket, code: string): void
}

export interface PacketSource {
  address: string
  port: number
}

export interface PacketSocket {
  readonly address: string
  readonly port: number
  /** Who gets the packets; a pooled socket changes hands by setting it. Null discards them. */
  owner: PacketOwner | null
  /** Where `send` goes from now on. With `exclusive` the kernel drops what comes from anybody else (connect). */
  target(address: string, port: number, exclusive: boolean): void
  /** Lets packets from anybody in again; `send` keeps its target. */
  open(): void
  /** Forgets the target and lets anybody in: the socket is between two calls. */
  reset(): void
  /** Sends the first `length` bytes to the target; silently nothing without one, like a lost packet. */
  send(packet: Uint8Array, length: number): void
  sendTo(packet: Uint8Array, length: number, address: string, port: number): void
  close(): void
}
