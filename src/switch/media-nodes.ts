/** The media processes of this exchange: which carries a new call, whose ports are whose, and what we say of our end in SDP. */
import { createHash, X509Certificate } from 'node:crypto'
import type { CallState } from '../call/call-state.ts'
import type { Clock, Random } from '../kernel/clock.ts'
import type { LocalMedia, MediaProfile } from '../media/media-profile.ts'
import { PortPool } from './port-pool.ts'

export interface MediaNodesOptions {
  readonly nodes: readonly string[]
  readonly ports: { readonly first: number; readonly last: number }
  /** In SDP. */
  readonly address: string
  /** Where the media process binds. */
  readonly bindAddress: string
  /** Of the DTLS certificate, `sha-256 AB:CD:…` (RFC 8122 §5). */
  readonly fingerprint: string
}

export class MediaNodes {
  private readonly options: MediaNodesOptions
  private readonly clock: Clock
  private readonly random: Random
  private readonly pools = new Map<string, PortPool>()
  private sessions = 1

  constructor(options: MediaNodesOptions, clock: Clock, random: Random) {
    this.options = options
    this.clock = clock
    this.random = random
    const share = Math.floor((options.ports.last - options.ports.first + 1) / options.nodes.length / 2) * 2
    options.nodes.forEach((node, i) => {
      const first = options.ports.first + i * share
      this.pools.set(node, new PortPool(first, first + share - 1))
    })
  }

  /** Ports in use on all of them: when no call is left none is. */
  get inUse(): number {
    let n = 0
    for (const pool of this.pools.values()) n += pool.inUse
    return n
  }

  /** The one with the fewest ports in use among those connected; any when none is. */
  choose(connected: (node: string) => boolean): string {
    let best = this.options.nodes[0]!
    let least = Number.POSITIVE_INFINITY
    for (const [node, pool] of this.pools) {
      const load = pool.inUse + (connected(node) ? 0 : 1_000_000)
      if (load < least) {
        least = load
        best = node
      }
    }
    return best
  }

  /** `peer`: where the leg's signalling comes from or goes to; its media is expected from there, too. */
  take(node: string, leg: string, profile: MediaProfile, secure: boolean, peer: string | null): LocalMedia | null {
    const port = this.pools.get(node)?.take(this.clock.nowMs()) ?? null
    if (port === null) return null
    const { address, bindAddress } = this.options
    const local: LocalMedia = {
      leg,
      address,
      ...(bindAddress === address ? {} : { bindAddress }),
      port,
      sessionId: String(Math.floor(this.clock.nowMs() / 1000) * 4096 + (this.sessions++ & 4095)),
      sessionVersion: 1,
      ...(peer === null || profile.latch === false ? {} : { signalledFrom: [peer] }),
    }
    if (profile.kind === 'rtp' && !secure) return local
    return {
      ...local,
      srtpSeed: Buffer.from(this.random.hex(60), 'hex').toString('base64'),
      ice: { ufrag: this.random.hex(4), pwd: this.random.hex(12) },
      fingerprint: this.options.fingerprint,
    }
  }

  release(state: CallState): void {
    const pool = this.pools.get(state.node)
    if (pool) for (const id in state.legs) pool.give(state.legs[id]!.local.port, this.clock.nowMs())
  }

  claim(state: CallState): void {
    const pool = this.pools.get(state.node)
    if (pool) for (const id in state.legs) pool.claim(state.legs[id]!.local.port)
  }
}

/** As SDP says it, of a certificate in PEM. */
export function fingerprintOf(pem: string): string {
  const digest = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex').toUpperCase()
  return `sha-256 ${digest.match(/../g)!.join(':')}`
}
