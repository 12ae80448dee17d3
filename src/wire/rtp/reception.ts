/**
 * What a receiver knows of one RTP stream: extended highest sequence number, loss, interarrival jitter
 * (RFC 3550 §6.4.1, appendices A.1, A.3, A.8), plus duplicates and lateness, which the RFC does not count.
 * One object per stream, mutated per packet, no allocation.
 */
import { extendSequence, timestampDistance } from './sequence.ts'

/** A forward jump of more than this, or backward beyond `MAX_MISORDER`, is a restart once the next packet confirms it. */
const MAX_DROPOUT = 3000
const MAX_MISORDER = 100
const SEEN = 256

/** 'doubtful' packets are far off; they are not to be played until a 'restart' follows. */
export type Arrival = 'first' | 'in-order' | 'gap' | 'late' | 'duplicate' | 'doubtful' | 'restart'

export class Reception {
  readonly clockHz: number
  /** Packets that arrived, duplicates left out. */
  packets = 0
  bytes = 0
  duplicates = 0
  late = 0
  restarts = 0
  /** Interarrival jitter in clock units, as a report block carries it (after flooring). */
  jitter = 0
  maxJitter = 0
  private highest = 0
  private base = 0
  private lostBefore = 0
  private doubt = -1
  private lastTransit = 0
  private hasTransit = false
  private expectedPrior = 0
  private receivedPrior = 0
  private readonly seen = new Int32Array(SEEN).fill(-1)

  constructor(clockHz: number) {
    this.clockHz = clockHz
  }

  /** Takes in one packet; `arrivalMs` from a monotonic or epoch clock, fractions welcome. */
  take(sequence: number, timestamp: number, arrivalMs: number, bytes: number): Arrival {
    if (this.packets === 0) {
      this.begin(sequence)
      return this.count(sequence, timestamp, arrivalMs, bytes, 'first')
    }
    const extended = extendSequence(this.highest, sequence)
    const ahead = extended - this.highest
    if (ahead > MAX_DROPOUT || ahead < -MAX_MISORDER) {
      if (sequence !== this.doubt) {
        this.doubt = (sequence + 1) & 0xffff
        return 'doubtful'
      }
      this.lostBefore = this.lost()
      this.expectedPrior = 0
      this.receivedPrior = 0
      this.restarts++
      this.begin(sequence)
      return this.count(sequence, timestamp, arrivalMs, bytes, 'restart')
    }
    this.doubt = -1
    if (ahead > 0) {
      this.highest = extended
      return this.count(extended, timestamp, arrivalMs, bytes, ahead === 1 ? 'in-order' : 'gap')
    }
    if (this.seen[extended & (SEEN - 1)] === (extended | 0)) {
      this.duplicates++
      return 'duplicate'
    }
    if (extended < this.base) this.base = extended
    this.late++
    return this.count(extended, timestamp, arrivalMs, bytes, 'late')
  }

  /** Forget the last transit time: the sender's timestamps jumped, or it began anew after silence. */
  resetTiming(): void {
    this.hasTransit = false
  }

  /** Since the last restart. */
  expected(): number {
    return this.packets === 0 ? 0 : this.highest - this.base + 1
  }

  /** Cumulative number lost, all restarts counted in; never below zero (late packets beyond the RFC's count are ignored). */
  lost(): number {
    return this.lostBefore + Math.max(0, this.expected() - this.receivedSinceRestart)
  }

  jitterMs(): number {
    return (this.jitter / this.clockHz) * 1000
  }

  maxJitterMs(): number {
    return (this.maxJitter / this.clockHz) * 1000
  }

  /** Low 32 bits: cycles and sequence number, for the report block. */
  extendedHighest(): number {
    return this.highest >>> 0
  }

  /** Fraction lost since the last call, in [0, 255] (RFC 3550 A.3): call once per report sent. */
  takeFractionLost(): number {
    const expected = this.expected()
    const expectedInterval = expected - this.expectedPrior
    const lostInterval = expectedInterval - (this.receivedSinceRestart - this.receivedPrior)
    this.expectedPrior = expected
    this.receivedPrior = this.receivedSinceRestart
    if (expectedInterval <= 0 || lostInterval <= 0) return 0
    return Math.min(255, Math.floor((lostInterval * 256) / expectedInterval))
  }

  private receivedSinceRestart = 0

  private begin(sequence: number): void {
    this.highest = sequence
    this.base = sequence
    this.doubt = -1
    this.hasTransit = false
    this.receivedSinceRestart = 0
    this.seen.fill(-1)
  }

  private count(extended: number, timestamp: number, arrivalMs: number, bytes: number, arrival: Arrival): Arrival {
    this.seen[extended & (SEEN - 1)] = extended | 0
    this.packets++
    this.receivedSinceRestart++
    this.bytes += bytes
    const transit = (Math.round((arrivalMs * this.clockHz) / 1000) % 0x100000000) - timestamp
    if (this.hasTransit) {
      const difference = Math.abs(timestampDistance(transit, this.lastTransit))
      // A second or more is no jitter: the sender's timestamps jumped, as they do after a transfer or a clock change.
      if (difference < this.clockHz) {
        this.jitter += (difference - this.jitter) / 16
        if (this.jitter > this.maxJitter) this.maxJitter = this.jitter
      }
    }
    this.lastTransit = transit
    this.hasTransit = true
    return arrival
  }
}
