/**
 * Signed nonces that cost nothing to issue (RFC 7616 §3.3, §5.4): time of issue, serial, keyed hash. A flood of challenges leaves no
 * trace here; only a nonce with which somebody proved a password takes a slot, for its nonce counts.
 */
import { hash, timingSafeEqual } from 'node:crypto'

export interface NonceBookOptions {
  /** Signing key, at least 16 random bytes as text. */
  readonly key: string
  readonly lifetimeMs: number
  /** How many used nonces are remembered; beyond it the older half becomes stale. */
  readonly remembered: number
}

export interface Nonce {
  readonly serial: number
  readonly issuedAt: number
}

/** Counts may overtake each other by this much (UDP reorders). */
const WINDOW = 30
/** A count and its window share one number; a client asks for a new nonce long before this. */
const HIGHEST_COUNT = 0x1fffff
const SHAPE = /^([0-9a-z]{1,11})-([0-9a-z]{1,11})-([\w-]{22})$/

export class NonceBook {
  private readonly options: NonceBookOptions
  private serial = 0
  /** Of nonces issued before this process nobody knows which counts were spent: they are stale, also when the key was kept. */
  private startedAt = Number.NaN
  /** serial → highest count × 2^31 + bits of the WINDOW counts below it. Two generations bound the memory. */
  private young = new Map<number, number>()
  private old = new Map<number, number>()
  private youngHighest = 0
  private oldHighest = 0
  /** Serials up to here whose counts were forgotten: not usable any more. */
  private forgotten = 0

  constructor(options: NonceBookOptions) {
    this.options = options
  }

  issue(nowMs: number): string {
    if (Number.isNaN(this.startedAt)) this.startedAt = nowMs
    const stem = nowMs.toString(36) + '-' + (++this.serial).toString(36)
    return stem + '-' + this.sign(stem)
  }

  /** Recognises our own nonces. Time is not yet judged. */
  read(nonce: string): Nonce | undefined {
    const parts = SHAPE.exec(nonce)
    if (parts === null) return undefined
    const expected = Buffer.from(this.sign(parts[1] + '-' + parts[2]))
    if (!timingSafeEqual(expected, Buffer.from(parts[3]!))) return undefined
    return { issuedAt: Number.parseInt(parts[1]!, 36), serial: Number.parseInt(parts[2]!, 36) }
  }

  /** Spends a nonce count after the response proved right. `null`: a client without qop, whose nonces serve once. False: seen before, or too old to know. */
  spend(nonce: Nonce, count: number | null, nowMs: number): boolean {
    const { serial, issuedAt } = nonce
    if (!(issuedAt >= this.startedAt) || nowMs - issuedAt > this.options.lifetimeMs) return false
    const nc = count ?? 1
    if (nc < 1 || nc > HIGHEST_COUNT) return false
    const seen = this.young.get(serial) ?? this.old.get(serial)
    if (seen === undefined) {
      if (serial <= this.forgotten || serial > this.serial) return false
      this.remember(serial, pack(nc, 0))
      return true
    }
    if (count === null) return false
    const highest = Math.floor(seen / 0x80000000)
    const bits = seen % 0x80000000
    if (nc > highest) {
      const shift = nc - highest
      const moved = shift > WINDOW ? 0 : ((bits << shift) | (1 << (shift - 1))) & 0x3fffffff
      this.remember(serial, pack(nc, moved >>> 0))
      return true
    }
    const back = highest - nc
    if (back === 0 || back > WINDOW) return false
    const bit = 1 << (back - 1)
    if ((bits & bit) !== 0) return false
    this.remember(serial, pack(highest, (bits | bit) >>> 0))
    return true
  }

  /** Nonces whose counts are remembered: tests use it to show the bound. */
  get size(): number {
    return this.young.size + this.old.size
  }

  private remember(serial: number, state: number): void {
    this.old.delete(serial)
    this.young.set(serial, state)
    if (serial > this.youngHighest) this.youngHighest = serial
    if (this.young.size < this.options.remembered / 2) return
    if (this.old.size > 0 && this.oldHighest > this.forgotten) this.forgotten = this.oldHighest
    this.old = this.young
    this.oldHighest = this.youngHighest
    this.young = new Map()
  }

  /** A third of an HMAC's cost, and as good here: the key on both sides and the cut tail leave nothing to extend. */
  private sign(stem: string): string {
    return hash('sha256', `${this.options.key} ${stem} ${this.options.key}`, 'base64url').slice(0, 22)
  }
}

function pack(highest: number, bits: number): number {
  return highest * 0x80000000 + bits
}
