/**
 * Token buckets by key in bounded memory. A bucket that was left alone for the time it needs to fill up holds no information,
 * so two generations of maps, turned over at that pace, forget exactly the full ones.
 */
export interface BucketOptions {
  /** Tokens per second. */
  readonly rate: number
  readonly burst: number
  /** Most keys remembered; beyond it a flood of sources is measured together. */
  readonly keys: number
}

interface Bucket {
  tokens: number
  at: number
}

export class TokenBuckets {
  private readonly options: BucketOptions
  private readonly fillMs: number
  private young = new Map<string, Bucket>()
  private old = new Map<string, Bucket>()
  private turnedAt = Number.NEGATIVE_INFINITY
  /** All keys that found no room share this one: an attacker with a million addresses is one attacker. */
  private readonly crowd: Bucket

  constructor(options: BucketOptions) {
    this.options = options
    this.fillMs = (options.burst / options.rate) * 1000
    this.crowd = { tokens: options.burst, at: Number.NEGATIVE_INFINITY }
  }

  /** Takes `cost` tokens if they are there. */
  take(key: string, nowMs: number, cost = 1): boolean {
    const bucket = this.bucket(key, nowMs)
    this.fill(bucket, nowMs)
    if (bucket.tokens < cost) return false
    bucket.tokens -= cost
    return true
  }

  /** Takes `cost` tokens, below zero if need be: what is left. */
  spend(key: string, nowMs: number, cost = 1): number {
    const bucket = this.bucket(key, nowMs)
    this.fill(bucket, nowMs)
    bucket.tokens = Math.max(bucket.tokens - cost, -this.options.burst)
    return bucket.tokens
  }

  get size(): number {
    return this.young.size + this.old.size
  }

  private bucket(key: string, nowMs: number): Bucket {
    if (nowMs - this.turnedAt >= this.fillMs) {
      this.old = nowMs - this.turnedAt >= 2 * this.fillMs ? new Map() : this.young
      this.young = new Map()
      this.turnedAt = nowMs
    }
    let bucket = this.young.get(key)
    if (bucket !== undefined) return bucket
    bucket = this.old.get(key)
    if (bucket !== undefined) this.old.delete(key)
    else if (this.size >= this.options.keys) return this.crowd
    else bucket = { tokens: this.options.burst, at: nowMs }
    this.young.set(key, bucket)
    return bucket
  }

  private fill(bucket: Bucket, nowMs: number): void {
    if (nowMs > bucket.at) {
      bucket.tokens = Math.min(this.options.burst, bucket.tokens + ((nowMs - bucket.at) / 1000) * this.options.rate)
      bucket.at = nowMs
    }
  }
}
