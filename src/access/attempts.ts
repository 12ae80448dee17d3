/**
 * How often somebody may fail to sign in. Failures are counted per user name and per address; beyond a few the next attempt
 * has to wait, twice as long each time. Unknown names are counted just like known ones, so waiting tells nothing. A right
 * password clears its user's count, but of the address's count only itself: one good account does not buy guesses at the others.
 */

interface Count {
  failures: number
  lastAt: number
  openAt: number
}

export interface AttemptLimits {
  readonly freePerUser: number
  readonly freePerAddress: number
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  /** After this long without failures the count is forgotten. */
  readonly forgetMs: number
}

const ATTEMPT_LIMITS: AttemptLimits = {
  freePerUser: 5,
  freePerAddress: 20,
  firstWaitMs: 2000,
  longestWaitMs: 15 * 60_000,
  forgetMs: 60 * 60_000,
}

/** At most this many names and addresses are remembered; the oldest go first. */
const REMEMBERED = 10_000

export class Attempts {
  private readonly counts = new Map<string, Count>()
  private readonly limits: AttemptLimits

  constructor(limits: AttemptLimits = ATTEMPT_LIMITS) {
    this.limits = limits
  }

  /** Milliseconds to wait before this attempt may be made; 0: go ahead. */
  waitMs(user: string, address: string, nowMs: number): number {
    return Math.max(0, ...this.keys(user, address).map(key => (this.live(key, nowMs)?.openAt ?? 0) - nowMs))
  }

  failed(user: string, address: string, nowMs: number): void {
    const free = [this.limits.freePerUser, this.limits.freePerAddress]
    this.keys(user, address).forEach((key, i) => {
      const count = this.live(key, nowMs) ?? { failures: 0, lastAt: nowMs, openAt: 0 }
      count.failures++
      count.lastAt = nowMs
      count.openAt = this.openAt(count, free[i]!)
      this.counts.delete(key)
      this.counts.set(key, count)
    })
    for (const oldest of this.counts.keys()) {
      if (this.counts.size <= REMEMBERED) break
      this.counts.delete(oldest)
    }
  }

  /** For an attempt that was counted as failed beforehand and turned out right. */
  succeeded(user: string, address: string): void {
    const [byUser, byAddress] = this.keys(user, address)
    this.counts.delete(byUser)
    const count = this.counts.get(byAddress)
    if (!count) return
    count.failures--
    count.openAt = this.openAt(count, this.limits.freePerAddress)
    if (count.failures <= 0) this.counts.delete(byAddress)
  }

  private openAt(count: Count, free: number): number {
    const beyond = count.failures - free
    if (beyond < 0) return 0
    return count.lastAt + Math.min(this.limits.longestWaitMs, this.limits.firstWaitMs * 2 ** Math.min(beyond, 30))
  }

  private keys(user: string, address: string): [string, string] {
    return [userKey(user), `address ${address}`]
  }

  private live(key: string, nowMs: number): Count | undefined {
    const count = this.counts.get(key)
    if (count && nowMs - count.lastAt > this.limits.forgetMs) {
      this.counts.delete(key)
      return undefined
    }
    return count
  }
}

function userKey(user: string): string {
  return `user ${user.toLowerCase().slice(0, 100)}`
}
