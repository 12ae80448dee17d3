/**
 * Packets through libc itself (`node:ffi`, Linux, `--experimental-ffi`): one epoll set for all media sockets, watched by Node's own event loop
 * through `uv_poll`, so an idle process sleeps and a busy one takes packets in batches. Nothing is allocated per packet.
 *
 * Memory that the kernel writes to is pinned here for the life of the process: JavaScript's view and the address libc gets are one.
 */
import type * as Ffi from 'node:ffi'
import { createRequire } from 'node:module'
import { isIPv4, isIPv6 } from 'node:net'
import { getSystemErrorName } from 'node:util'
import { PACKET_BYTES, type PacketIo, type PacketOwner, type PacketSocket, type PacketSource } from '../media/packet-io.ts'
import { readSocketAddress, writeSocketAddress } from './socket-address.ts'

const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000
const MSG_DONTWAIT = 0x40
const EPOLLIN = 1
const UV_POLL = 8
const UV_READABLE = 1
/** Expedited forwarding (RFC 3246): DSCP 46 in the upper six bits. */
const DSCP_EF = 46 << 2
const MAX_EVENTS = 256
/** Packets taken from one socket before the next one's turn. */
const BURST = 4
/** Rounds through the set before timers and the switch get theirs. */
const ROUNDS = 8
const RECEIVE_BUFFER = 212_992

/** Where things lie in the one shared piece of memory. */
const AT = {
  arrival: 0,
  scratch: PACKET_BYTES,
  copy: 2 * PACKET_BYTES,
  source: 3 * PACKET_BYTES,
  target: 3 * PACKET_BYTES + 64,
  length: 3 * PACKET_BYTES + 128,
}
const EVENTS_AT = 4 * PACKET_BYTES
const MEMORY_BYTES = EVENTS_AT + MAX_EVENTS * 16

/** Null where it cannot be: another system, no flag, no symbols. Then use dgram. */
export function ffiIo(): PacketIo | null {
  if (process.platform !== 'linux') return null
  // The layout of struct epoll_event is packed on x86-64 only; both are known.
  if (process.arch !== 'x64' && process.arch !== 'arm64') return null
  try {
    const ffi = createRequire(import.meta.url)('node:ffi') as typeof Ffi
    return new EpollIo(ffi)
  } catch {
    return null
  }
}

function libc(ffi: typeof Ffi) {
  return ffi.dlopen('libc.so.6', {
    socket: { return: 'i32', arguments: ['i32', 'i32', 'i32'] },
    bind: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
    connect: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
    close: { return: 'i32', arguments: ['i32'] },
    setsockopt: { return: 'i32', arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'] },
    epoll_create1: { return: 'i32', arguments: ['i32'] },
    epoll_ctl: { return: 'i32', arguments: ['i32', 'i32', 'i32', 'pointer'] },
    epoll_wait: { return: 'i32', arguments: ['i32', 'pointer', 'i32', 'i32'] },
    recv: { return: 'i32', arguments: ['i32', 'pointer', 'u32', 'i32'] },
    recvfrom: { return: 'i32', arguments: ['i32', 'pointer', 'u32', 'i32', 'pointer', 'pointer'] },
    send: { return: 'i32', arguments: ['i32', 'pointer', 'u32', 'i32'] },
    sendto: { return: 'i32', arguments: ['i32', 'pointer', 'u32', 'i32', 'pointer', 'u32'] },
    __errno_location: { return: 'pointer', arguments: [] },
    malloc: { return: 'pointer', arguments: ['u64'] },
  })
}

class EpollIo implements PacketIo {
  readonly kind = 'ffi'
  readonly scratch: Uint8Array
  readonly arrival: Uint8Array
  readonly memory: Uint8Array
  readonly view: DataView
  readonly c: ReturnType<typeof libc>['functions']
  /** Libraries and callback must not be collected while C holds pointers to them. */
  private readonly held: unknown[] = []
  readonly ffi: typeof Ffi
  readonly base: bigint
  readonly pointers: { readonly [K in keyof typeof AT]: bigint }
  private readonly events: bigint
  private readonly epoll: number
  private readonly eventBytes = process.arch === 'x64' ? 12 : 16
  private readonly slots: (EpollSocket | null)[] = []
  private readonly free: number[] = []
  readonly source: PacketSource = { address: '', port: 0 }

  constructor(ffi: typeof Ffi) {
    this.ffi = ffi
    const library = libc(ffi)
    this.held.push(library)
    this.c = library.functions
    this.base = this.c.malloc(BigInt(MEMORY_BYTES))
    if (this.base === 0n) throw new Error('no memory for packet buffers')
    const whole = ffi.toArrayBuffer(this.base, MEMORY_BYTES, false)
    this.memory = new Uint8Array(whole)
    this.view = new DataView(whole)
    this.arrival = this.memory.subarray(AT.arrival, AT.arrival + PACKET_BYTES)
    this.scratch = this.memory.subarray(AT.scratch, AT.scratch + PACKET_BYTES)
    this.pointers = {
      arrival: this.base + BigInt(AT.arrival),
      scratch: this.base + BigInt(AT.scratch),
      copy: this.base + BigInt(AT.copy),
      source: this.base + BigInt(AT.source),
      target: this.base + BigInt(AT.target),
      length: this.base + BigInt(AT.length),
    }
    this.events = this.base + BigInt(EVENTS_AT)
    this.epoll = this.c.epoll_create1(0o2000000)
    if (this.epoll < 0) throw new Error('epoll_create1 failed')
    this.watch()
  }

  open(address: string, port: number, owner: PacketOwner): PacketSocket {
    return new EpollSocket(this, address, port, owner)
  }

  errno(): number {
    return this.ffi.getInt32(this.c.__errno_location())
  }

  /** Puts a socket into the epoll set; returns its slot, which the events name. */
  add(socket: EpollSocket, fd: number): number {
    const slot = this.free.pop() ?? this.slots.length
    this.slots[slot] = socket
    this.view.setUint32(AT.length + 16, EPOLLIN, true)
    const data = AT.length + 16 + (this.eventBytes === 12 ? 4 : 8)
    this.view.setUint32(data, slot, true)
    this.view.setUint32(data + 4, 0, true)
    this.c.epoll_ctl(this.epoll, 1, fd, this.pointers.length + 16n)
    return slot
  }

  remove(slot: number): void {
    this.slots[slot] = null
    this.free.push(slot)
  }

  /** The event loop wakes us when any socket of the set has a packet. */
  private watch(): void {
    const uv = this.ffi.dlopen(null, {
      uv_handle_size: { return: 'u64', arguments: ['i32'] },
      uv_poll_init: { return: 'i32', arguments: ['pointer', 'pointer', 'i32'] },
      uv_poll_start: { return: 'i32', arguments: ['pointer', 'i32', 'pointer'] },
      uv_unref: { return: 'void', arguments: ['pointer'] },
    })
    const handle = this.c.malloc(uv.functions.uv_handle_size(UV_POLL))
    const loop = this.ffi.getCurrentEventLoop()
    if (uv.functions.uv_poll_init(loop, handle, this.epoll) !== 0) throw new Error('uv_poll_init failed')
    const wake = (): void => this.drain()
    const callback = uv.lib.registerCallback({ arguments: ['pointer', 'i32', 'i32'], return: 'void' }, wake)
    uv.lib.refCallback(callback)
    this.held.push(uv, wake)
    if (uv.functions.uv_poll_start(handle, UV_READABLE, callback) !== 0) throw new Error('uv_poll_start failed')
    uv.functions.uv_unref(handle)
  }

  private drain(): void {
    try {
      const { view, slots, eventBytes } = this
      const dataAt = EVENTS_AT + (eventBytes === 12 ? 4 : 8)
      for (let round = 0; round < ROUNDS; round++) {
        const count = this.c.epoll_wait(this.epoll, this.events, MAX_EVENTS, 0)
        for (let i = 0; i < count; i++) slots[view.getUint32(dataAt + i * eventBytes, true)]?.take()
        if (count < MAX_EVENTS / 2) return
      }
    } catch (error) {
      // A callback from C must not throw; what got here is our own bug and is to be seen.
      process.emitWarning(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

class EpollSocket implements PacketSocket {
  readonly address: string
  readonly port: number
  owner: PacketOwner | null
  private readonly io: EpollIo
  private readonly fd: number
  private readonly slot: number = -1
  private readonly v6: boolean
  private connected = false
  private closed = false
  private targetAddress = ''
  private targetPort = 0
  /** Bytes as recvfrom wrote them, to know the last source again without making a string. */
  private seenLow = -1
  private seenPort = -1
  private seenAddress = ''

  constructor(io: EpollIo, address: string, port: number, owner: PacketOwner) {
    this.io = io
    this.address = address
    this.port = port
    this.owner = owner
    this.v6 = isIPv6(address)
    const { c } = io
    this.fd = c.socket(this.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0)
    const bytes = writeSocketAddress(io.memory, AT.target, address, port)
    const failed = this.fd < 0 || bytes === 0 || c.bind(this.fd, io.pointers.target, bytes) !== 0
    if (failed) {
      const code = bytes === 0 ? 'EINVAL' : getSystemErrorName(-io.errno())
      if (this.fd >= 0) c.close(this.fd)
      this.closed = true
      queueMicrotask(() => this.owner?.failed(this, code))
      return
    }
    io.view.setInt32(AT.length, DSCP_EF, true)
    if (this.v6) c.setsockopt(this.fd, 41, 67, io.pointers.length, 4)
    else c.setsockopt(this.fd, 0, 1, io.pointers.length, 4)
    io.view.setInt32(AT.length, RECEIVE_BUFFER, true)
    c.setsockopt(this.fd, 1, 8, io.pointers.length, 4)
    this.slot = io.add(this, this.fd)
  }

  target(address: string, port: number, exclusive: boolean): void {
    if (this.closed || port === 0 || (this.v6 ? !isIPv6(address) : !isIPv4(address))) return
    const same = address === this.targetAddress && port === this.targetPort
    if (same && this.connected === exclusive) return
    this.open()
    this.targetAddress = address
    this.targetPort = port
    if (!exclusive) return
    const { io } = this
    const bytes = writeSocketAddress(io.memory, AT.target, address, port)
    if (io.c.connect(this.fd, io.pointers.target, bytes) !== 0) return
    this.connected = true
    // What strangers put into the queue before the door closed stays outside. We may be inside `take`: its buffer must survive.
    while (io.c.recv(this.fd, io.pointers.copy, PACKET_BYTES, MSG_DONTWAIT) >= 0);
  }

  open(): void {
    if (this.closed || !this.connected) return
    this.connected = false
    const { io } = this
    // connect to AF_UNSPEC dissolves the association; the bound port stays (it would be lost only if it had been chosen by the kernel).
    io.memory.fill(0, AT.target, AT.target + 28)
    io.c.connect(this.fd, io.pointers.target, 16)
  }

  reset(): void {
    this.open()
    this.targetAddress = ''
    this.targetPort = 0
  }

  send(packet: Uint8Array, length: number): void {
    if (this.closed || this.targetPort === 0) return
    if (!this.connected) {
      this.sendTo(packet, length, this.targetAddress, this.targetPort)
      return
    }
    this.io.c.send(this.fd, this.pointerOf(packet, length), length, MSG_DONTWAIT)
  }

  sendTo(packet: Uint8Array, length: number, address: string, port: number): void {
    if (this.closed || port === 0 || (this.v6 ? !isIPv6(address) : !isIPv4(address))) return
    const { io } = this
    const bytes = writeSocketAddress(io.memory, AT.target, address, port)
    if (bytes > 0) io.c.sendto(this.fd, this.pointerOf(packet, length), length, MSG_DONTWAIT, io.pointers.target, bytes)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.io.remove(this.slot)
    this.io.c.close(this.fd)
  }

  /** Called when the kernel says that something is here. */
  take(): void {
    const { io } = this
    for (let i = 0; i < BURST && !this.closed; i++) {
      if (this.connected) {
        const length = io.c.recv(this.fd, io.pointers.arrival, PACKET_BYTES, MSG_DONTWAIT)
        if (length < 0) {
          // ICMP errors of a connected socket come first; the packets are behind them.
          if (i === 0) continue
          return
        }
        if (length <= PACKET_BYTES - 64) this.owner?.packet(this, io.arrival, length, null)
        // At 20 ms a packet, one wake is one packet: asking again costs a call for nothing. epoll tells when there is more.
        return
      }
      io.view.setUint32(AT.length, 28, true)
      const length = io.c.recvfrom(this.fd, io.pointers.arrival, PACKET_BYTES, MSG_DONTWAIT, io.pointers.source, io.pointers.length)
      if (length < 0) return
      if (length > PACKET_BYTES - 64 || this.owner === null) continue
      this.readSource()
      this.owner.packet(this, io.arrival, length, io.source)
    }
  }

  private readSource(): void {
    const { io } = this
    const port = (io.memory[AT.source + 2]! << 8) | io.memory[AT.source + 3]!
    const low = this.v6 ? -1 : io.view.getUint32(AT.source + 4, true)
    if (this.v6 || low !== this.seenLow || port !== this.seenPort) {
      this.seenLow = low
      this.seenPort = port
      this.seenAddress = readSocketAddress(io.memory, AT.source)
    }
    io.source.address = this.seenAddress
    io.source.port = port
  }

  private pointerOf(packet: Uint8Array, length: number): bigint {
    const { io } = this
    if (packet === io.arrival) return io.pointers.arrival
    if (packet === io.scratch) return io.pointers.scratch
    io.memory.set(packet.subarray(0, length), AT.copy)
    return io.pointers.copy
  }
}
