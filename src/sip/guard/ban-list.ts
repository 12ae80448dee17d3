/** Temporary bans that grow with each repetition and are forgotten after good conduct. Bounded. */
export interface BanOptions {
  readonly firstMs: number
  readonly factor: number
  readonly longestMs: number
  /** After this long without a new ban the next one is a first one again. */
  readonly probationMs: number
  readonly sources: number
}

export const BANS: BanOptions = { firstMs: 60_000, factor: 4, longestMs: 24 * 3_600_000, probationMs: 24 * 3_600_000, sources: 50_000 }

export interface Ban {
  readonly until: number
  readonly times: number
}

export class BanList {
  private readonly options: BanOptions
  private readonly bans = new Map<string, Ban>()

  constructor(options: BanOptions = BANS) {
    this.options = options
  }

  /** Bans, or lengthens the ban of, a source. */
  ban(source: string, nowMs: number): Ban {
    const { firstMs, factor, longestMs, probationMs } = this.options
    const before = this.bans.get(source)
    const times = before !== undefined && nowMs - before.until < probationMs ? before.times + 1 : 1
    const ban = { until: nowMs + Math.min(longestMs, firstMs * factor ** (times - 1)), times }
    this.bans.delete(source)
    if (this.bans.size >= this.options.sources) this.makeRoom(nowMs)
    this.bans.set(source, ban)
    return ban
  }

  banned(source: string, nowMs: number): boolean {
    if (this.bans.size === 0) return false
    const ban = this.bans.get(source)
    return ban !== undefined && ban.until > nowMs
  }

  lift(source: string): boolean {
    return this.bans.delete(source)
  }

  /** Bans in force, for the console. */
  *current(nowMs: number): IterableIterator<readonly [string, Ban]> {
    for (const entry of this.bans) if (entry[1].until > nowMs) yield entry
  }

  get size(): number {
    return this.bans.size
  }

  /** Drops what is over, else the oldest tenth: the map is in order of the last ban. */
  private makeRoom(nowMs: number): void {
    for (const [source, ban] of this.bans) if (ban.until + this.options.probationMs <= nowMs) this.bans.delete(source)
    let excess = this.bans.size - Math.floor(this.options.sources * 0.9)
    for (const source of this.bans.keys()) {
      if (excess-- <= 0) return
      this.bans.delete(source)
    }
  }
}
