/**
 * Answers the questions of `sip/locate` from the system's name servers, with a cache. Questions asked at the same time are asked once;
 * failures are answered as "no such record" and remembered briefly, so that a dead name server does not stop every call for seconds.
 */
import { lookup, Resolver } from 'node:dns/promises'
import type { Random } from '../kernel/clock.ts'
import type { DnsAnswer, DnsQuestion } from '../sip/locate/dns-values.ts'
import { LOCATE, type Located, type LocateOptions, locate } from '../sip/locate/locate.ts'
import type { SipUri } from '../wire/sip/uri.ts'

export interface DnsOptions {
  /** `address:port`; default: the system's. */
  readonly servers?: readonly string[]
  readonly timeoutMs: number
  readonly tries: number
  readonly leastMs: number
  readonly mostMs: number
  /** For what does not exist, and for SRV and NAPTR, whose lifetime Node does not tell. */
  readonly negativeMs: number
  readonly untoldMs: number
  readonly entries: number
  /** Names that DNS does not know are looked for in the hosts file. */
  readonly hostsFile: boolean
}

const DNS: DnsOptions = {
  timeoutMs: 1500,
  tries: 2,
  leastMs: 5000,
  mostMs: 3_600_000,
  negativeMs: 20_000,
  untoldMs: 60_000,
  entries: 2000,
  hostsFile: true,
}

interface Cached {
  readonly answer: DnsAnswer
  readonly until: number
}

export class DnsCache {
  private readonly options: DnsOptions
  private readonly resolver: Resolver
  private readonly cache = new Map<string, Cached>()
  private readonly asking = new Map<string, Promise<DnsAnswer>>()

  constructor(options: Partial<DnsOptions> = {}) {
    this.options = { ...DNS, ...options }
    this.resolver = new Resolver({ timeout: this.options.timeoutMs, tries: this.options.tries })
    if (this.options.servers !== undefined) this.resolver.setServers(this.options.servers)
  }

  /** From the cache only; undefined when it must be asked. */
  known(question: DnsQuestion, nowMs: number = Date.now()): DnsAnswer | undefined {
    const hit = this.cache.get(keyOf(question))
    return hit !== undefined && hit.until > nowMs ? hit.answer : undefined
  }

  /** Never rejects. */
  ask(question: DnsQuestion): Promise<DnsAnswer> {
    const key = keyOf(question)
    const running = this.asking.get(key)
    if (running !== undefined) return running
    const promise = this.query(question).then(({ answer, lifeMs }) => {
      this.asking.delete(key)
      this.cache.delete(key)
      if (this.cache.size >= this.options.entries) this.cache.delete(this.cache.keys().next().value!)
      this.cache.set(key, { answer, until: Date.now() + lifeMs })
      return answer
    })
    this.asking.set(key, promise)
    return promise
  }

  /** The hops of a URI, asking as often as it takes (at most five rounds: NAPTR, SRV, addresses and room). */
  async locate(uri: SipUri, random: Random, options: LocateOptions = LOCATE): Promise<Exclude<Located, { is: 'asking' }>> {
    // Answers are kept for this search even if they expire from the cache meanwhile.
    const here = new Map<string, DnsAnswer>()
    for (let round = 0; round < 5; round++) {
      const now = Date.now()
      const located = locate(uri, q => here.get(keyOf(q)) ?? this.known(q, now), random, options)
      if (located.is !== 'asking') return located
      const answers = await Promise.all(located.questions.map(q => this.ask(q)))
      located.questions.forEach((q, i) => {
        here.set(keyOf(q), answers[i]!)
      })
    }
    return { is: 'lost', why: 'no-address' }
  }

  clear(): void {
    this.cache.clear()
  }

  private async query(q: DnsQuestion): Promise<{ answer: DnsAnswer; lifeMs: number }> {
    const { untoldMs, negativeMs } = this.options
    try {
      switch (q.type) {
        case 'NAPTR': {
          const records = await this.resolver.resolveNaptr(q.name)
          return { answer: { type: 'NAPTR', records }, lifeMs: records.length > 0 ? untoldMs : negativeMs }
        }
        case 'SRV': {
          const found = await this.resolver.resolveSrv(q.name)
          const records = found.map(r => ({ priority: r.priority, weight: r.weight, port: r.port, target: r.name }))
          return { answer: { type: 'SRV', records }, lifeMs: records.length > 0 ? untoldMs : negativeMs }
        }
        case 'A':
          return this.addresses('A', await this.resolver.resolve4(q.name, { ttl: true }))
        case 'AAAA':
          return this.addresses('AAAA', await this.resolver.resolve6(q.name, { ttl: true }))
      }
    } catch {
      return this.fallback(q)
    }
  }

  private addresses(type: 'A' | 'AAAA', found: readonly { address: string; ttl: number }[]): { answer: DnsAnswer; lifeMs: number } {
    const { leastMs, mostMs, negativeMs } = this.options
    if (found.length === 0) return { answer: { type, addresses: [] }, lifeMs: negativeMs }
    const ttlMs = Math.min(...found.map(f => f.ttl)) * 1000
    return { answer: { type, addresses: found.map(f => f.address) }, lifeMs: Math.min(mostMs, Math.max(leastMs, ttlMs)) }
  }

  private async fallback(q: DnsQuestion): Promise<{ answer: DnsAnswer; lifeMs: number }> {
    const lifeMs = this.options.negativeMs
    if (q.type === 'NAPTR' || q.type === 'SRV') return { answer: { type: q.type, records: [] }, lifeMs }
    // An intranet name may stand in the hosts file only. The system's lookup may be slow, so it is asked last and for plain names.
    if (this.options.hostsFile) {
      try {
        const found = await lookup(q.name, { family: q.type === 'A' ? 4 : 6, all: true })
        return { answer: { type: q.type, addresses: found.map(f => f.address) }, lifeMs: this.options.untoldMs }
      } catch {
        // Unknown there, too.
      }
    }
    return { answer: { type: q.type, addresses: [] }, lifeMs }
  }
}

function keyOf(q: DnsQuestion): string {
  return `${q.type} ${q.name}`
}
