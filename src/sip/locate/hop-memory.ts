/** Hops that failed lately go to the end of the list, not out of it (RFC 3263 §4.3; the failing server may be the only one). */
import type { Hop } from '../flow.ts'

export interface HopMemoryOptions {
  readonly firstMs: number
  readonly longestMs: number
  readonly hops: number
}

const HOP_MEMORY: HopMemoryOptions = { firstMs: 30_000, longestMs: 600_000, hops: 1000 }

interface Failure {
  readonly until: number
  readonly times: number
}

export class HopMemory {
  private readonly options: HopMemoryOptions
  private readonly failures = new Map<string, Failure>()

  constructor(options: HopMemoryOptions = HOP_MEMORY) {
    this.options = options
  }

  failed(hop: Hop, nowMs: number): void {
    const key = keyOf(hop)
    const times = (this.failures.get(key)?.times ?? 0) + 1
    this.failures.delete(key)
    if (this.failures.size >= this.options.hops) this.failures.delete(this.failures.keys().next().value!)
    this.failures.set(key, { until: nowMs + Math.min(this.options.longestMs, this.options.firstMs * 2 ** (times - 1)), times })
  }

  /** Any response at all, even a refusal: somebody is there. */
  answered(hop: Hop): void {
    if (this.failures.size > 0) this.failures.delete(keyOf(hop))
  }

  isDemoted(hop: Hop, nowMs: number): boolean {
    const failure = this.failures.get(keyOf(hop))
    return failure !== undefined && failure.until > nowMs
  }

  /** The same hops: first those that are well, in their order, then those that failed, the longest recovered first. */
  order(hops: readonly Hop[], nowMs: number): readonly Hop[] {
    if (this.failures.size === 0 || hops.length < 2) return hops
    const ill = hops.filter(h => this.isDemoted(h, nowMs))
    if (ill.length === 0) return hops
    ill.sort((a, b) => this.failures.get(keyOf(a))!.until - this.failures.get(keyOf(b))!.until)
    return [...hops.filter(h => !this.isDemoted(h, nowMs)), ...ill]
  }

  get size(): number {
    return this.failures.size
  }
}

function keyOf(hop: Hop): string {
  return `${hop.transport} ${hop.host} ${hop.port}`
}
