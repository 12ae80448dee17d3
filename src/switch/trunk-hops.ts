/** Where each trunk's provider is (RFC 3263), looked up ahead of time and renewed in the background: a call never waits for DNS. */
import type { Random } from '../kernel/clock.ts'
import type { DnsCache } from '../net/dns.ts'
import type { Trunk } from '../plan/compiled.ts'
import type { Hop } from '../sip/flow.ts'
import { printHost } from '../wire/sip/host.ts'
import { parseUri } from '../wire/sip/uri.ts'

const RENEW_MS = 60_000
const RETRY_MS = 5000

/** Where the last answers survive a restart: calls that wait for a trunk must not wait for DNS as well. */
export interface KeptHops {
  get(): string | undefined
  set(value: string): void
}

export class TrunkHops {
  private readonly dns: DnsCache
  private readonly random: Random
  private readonly kept: KeptHops
  private readonly hops = new Map<string, readonly Hop[]>()
  private readonly timers = new Map<string, NodeJS.Timeout>()
  private closed = false

  constructor(dns: DnsCache, random: Random, kept: KeptHops) {
    this.dns = dns
    this.random = random
    this.kept = kept
    const known = JSON.parse(kept.get() ?? '[]') as [string, readonly Hop[]][]
    for (const [trunk, hops] of known) this.hops.set(trunk, hops)
  }

  /** Resolves when every trunk of which nothing is known has been looked for once; numeric hosts take no time. */
  async start(trunks: Iterable<Trunk>): Promise<void> {
    const unknown: Promise<void>[] = []
    for (const t of trunks) {
      if (this.timers.has(whereOf(t))) continue
      const known = this.hops.has(whereOf(t))
      const renewed = this.renew(t)
      if (!known) unknown.push(renewed)
    }
    await Promise.all(unknown)
  }

  of(trunk: Trunk): readonly Hop[] {
    return this.hops.get(whereOf(trunk)) ?? []
  }

  close(): void {
    this.closed = true
    for (const t of this.timers.values()) clearTimeout(t)
  }

  private async renew(t: Trunk): Promise<void> {
    const found = await this.look(t)
    // The old addresses serve on while DNS is away.
    if (this.closed) return
    if (found !== null) {
      this.hops.set(whereOf(t), found)
      this.keep()
    }
    const timer = setTimeout(() => void this.renew(t), found === null ? RETRY_MS : RENEW_MS)
    timer.unref()
    this.timers.set(whereOf(t), timer)
  }

  private keep(): void {
    const text = JSON.stringify([...this.hops])
    if (text !== this.kept.get()) this.kept.set(text)
  }

  private async look(t: Trunk): Promise<readonly Hop[] | null> {
    const named = printHost(t.host, null)
    const host = t.proxy ?? (t.port === 0 ? named : `${named}:${t.port}`)
    const uri = parseUri(host.startsWith('sip') ? host : `sip:${host}${t.transport === 'udp' ? '' : `;transport=${t.transport}`}`)
    if (!uri.ok || uri.value.scheme === 'tel' || uri.value.scheme === 'other') return null
    const located = await this.dns.locate(uri.value, this.random)
    return located.is === 'found' ? located.hops : null
  }
}

/** By its address, not by its name: another plan may give the name to another provider while calls still leave by the old one. */
function whereOf(t: Trunk): string {
  return JSON.stringify([t.host, t.port, t.transport, t.proxy])
}
