/**
 * Final responses that were given over UDP to requests other than INVITE, kept to answer retransmissions for 64·T1 (Timer J,
 * RFC 3261 §17.2.2). Under a storm of registrations there are hundreds of thousands of them, and what the garbage collector has to
 * walk through stops the process: so they lie as plain bytes in a few large blocks, found by a glance at the request (`glanceKey`),
 * and grow old by generations instead of by timers.
 */
import type { Flow, Hop } from '../flow.ts'

/** A response lives for at least its time, at most a quarter more. */
const PARTS = 4
const BLOCK_BYTES = 1 << 20
/** Request's port, response's port, length of host, length of response. */
const HEAD_BYTES = 2 + 2 + 1 + 2

interface Generation {
  readonly since: number
  /** Key → place: number of the block times its size, plus offset. */
  readonly places: Map<string, number>
  readonly blocks: Buffer[]
  used: number
}

export interface Settled {
  /** A view of a large block: to be sent, not to be kept. */
  readonly response: Uint8Array
  readonly hop: Hop
}

export class SettledResponses {
  private readonly partMs: number
  private generations: Generation[] = []

  /** `lifeMs`: 64·T1. */
  constructor(lifeMs: number) {
    this.partMs = Math.max(1, Math.ceil(lifeMs / PARTS))
  }

  /** Responses kept. */
  get size(): number {
    return this.generations.reduce((n, g) => n + g.places.size, 0)
  }

  /** `from`: where the request came from; `hop`: where its response went. False when it is too large to be kept here. */
  keep(key: string, from: Flow, hop: Hop, response: Uint8Array, nowMs: number): boolean {
    const host = from.remote.host
    const bytes = HEAD_BYTES + host.length + response.length
    if (response.length > 0xffff || host.length > 0xff || hop.host !== host) return false
    const young = this.young(nowMs)
    let block = young.blocks.at(-1)
    if (block === undefined || young.used + bytes > BLOCK_BYTES) {
      block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
      young.blocks.push(block)
      young.used = 0
    }
    let at = young.used
    young.places.set(key, (young.blocks.length - 1) * BLOCK_BYTES + at)
    at = block.writeUInt16BE(from.remote.port, at)
    at = block.writeUInt16BE(hop.port, at)
    at = block.writeUInt8(host.length, at)
    at = block.writeUInt16BE(response.length, at)
    at += block.write(host, at, 'latin1')
    block.set(response, at)
    young.used = at + response.length
    return true
  }

  /** What was said to this very request from this very place. */
  find(key: string, flow: Flow, nowMs: number): Settled | null {
    this.forget(nowMs)
    for (const { places, blocks } of this.generations) {
      const place = places.get(key)
      if (place !== undefined) return read(blocks[Math.floor(place / BLOCK_BYTES)]!, place % BLOCK_BYTES, flow)
    }
    return null
  }

  private young(nowMs: number): Generation {
    this.forget(nowMs)
    const last = this.generations.at(-1)
    if (last !== undefined && nowMs < last.since + this.partMs) return last
    const young: Generation = { since: nowMs, places: new Map(), blocks: [], used: 0 }
    this.generations.push(young)
    return young
  }

  private forget(nowMs: number): void {
    const oldest = this.generations[0]
    // The youngest entry of a generation came just before the next began.
    if (oldest !== undefined && nowMs >= oldest.since + (PARTS + 1) * this.partMs) {
      this.generations.shift()
      this.forget(nowMs)
    }
  }
}

function read(block: Buffer, at: number, flow: Flow): Settled | null {
  const hostLength = block[at + 4]!
  const { host, port } = flow.remote
  const hostAt = at + HEAD_BYTES
  if (block.readUInt16BE(at) !== port || block.toString('latin1', hostAt, hostAt + hostLength) !== host) return null
  const hopPort = block.readUInt16BE(at + 2)
  const responseAt = hostAt + hostLength
  return {
    response: block.subarray(responseAt, responseAt + block.readUInt16BE(at + 5)),
    hop: { transport: 'udp', host, port: hopPort, flow: hopPort === port ? flow : { ...flow, remote: { host, port: hopPort } } },
  }
}
