/**
 * One RTP stream that we send: one SSRC, sequence numbers and timestamps that go on smoothly (RFC 3550 §5.1) whoever the sound comes from.
 * Relayed packets keep their distances (so loss and jitter stay visible to the far end's receiver); when the source changes, or its
 * timestamps jump, the stream is re-anchored to the wall clock and the marker is set.
 */
import { sequenceDistance, timestampDistance } from '../wire/rtp/sequence.ts'

/** Nobody's timestamps move so far between two packets of one stream; seconds. */
const JUMP_S = 5

export class OutgoingStream {
  readonly ssrc: number
  clockHz: number
  /** Header fields of the packet being sent, valid after `follow`, `next` or `event`. */
  sequence: number
  timestamp: number
  marker = false
  /** Counters for the sender report. */
  packets = 0
  bytes = 0
  private highestSeq: number
  private highestTs: number
  private lastSentMs = 0
  private source: object | null = null
  private inSeq = 0
  private inTs = 0
  private eventInTs = -1
  private eventOutTs = 0

  /** `ssrc`, `sequence`, `timestamp` are random (RFC 3550 §5.1); the caller brings them. */
  constructor(ssrc: number, sequence: number, timestamp: number, clockHz: number) {
    this.ssrc = ssrc >>> 0
    this.sequence = sequence & 0xffff
    this.timestamp = timestamp >>> 0
    this.highestSeq = this.sequence
    this.highestTs = this.timestamp
    this.clockHz = clockHz
  }

  /** A packet of `source` with its own sequence number and timestamp is passed on (same clock). */
  follow(source: object, sequence: number, timestamp: number, marker: boolean, nowMs: number): void {
    if (source !== this.source) {
      this.anchor(source, sequence, timestamp, nowMs)
      return
    }
    const steps = sequenceDistance(sequence, this.inSeq)
    const ticks = timestampDistance(timestamp, this.inTs)
    if (ticks > this.clockHz * JUMP_S || ticks < -this.clockHz * JUMP_S || steps > 3000 || steps < -3000) {
      this.anchor(source, sequence, timestamp, nowMs)
      return
    }
    this.sequence = (this.highestSeq + steps) & 0xffff
    this.timestamp = (this.highestTs + ticks) >>> 0
    this.marker = marker
    if (steps > 0) {
      this.inSeq = sequence
      this.inTs = timestamp
      this.highestSeq = this.sequence
      this.highestTs = this.timestamp
    }
    this.lastSentMs = nowMs
  }

  /** A packet of the followed source is swallowed: it shall leave no hole in the numbering. */
  swallow(source: object, sequence: number): void {
    if (source === this.source && sequenceDistance(sequence, this.inSeq) > 0) {
      const steps = sequenceDistance(sequence, this.inSeq) - 1
      this.highestSeq = (this.highestSeq + steps) & 0xffff
      this.inSeq = sequence
    }
  }

  /** A packet of our own making, `ticks` after the one before; after a pause the timestamp catches up with the clock. */
  next(source: object, ticks: number, nowMs: number): void {
    this.marker = false
    let step = ticks
    if (source !== this.source) {
      this.source = source
      this.marker = true
      step = this.elapsedTicks(nowMs, ticks)
    }
    this.sequence = this.highestSeq = (this.highestSeq + 1) & 0xffff
    this.timestamp = this.highestTs = (this.highestTs + step) >>> 0
    this.lastSentMs = nowMs
  }

  /** Forgets what was followed, so that the next packet re-anchors. */
  restart(): void {
    this.source = null
  }

  /**
   * A telephone-event packet: all of one event bear one timestamp (RFC 4733 §2.2.2), and it need not share the clock of what we follow.
   * `key` tells events of a source apart (its timestamp); `sequence` is the source's, or -1 for events of our own.
   */
  event(source: object | null, key: number, sequence: number, first: boolean, nowMs: number): void {
    if (first || key !== this.eventInTs) {
      this.eventInTs = key
      this.eventOutTs = (this.highestTs + this.elapsedTicks(nowMs, 0)) >>> 0
    }
    if (source !== null && source === this.source && sequence >= 0) {
      const steps = sequenceDistance(sequence, this.inSeq)
      this.sequence = (this.highestSeq + steps) & 0xffff
      if (steps > 0) {
        this.inSeq = sequence
        this.highestSeq = this.sequence
      }
    } else {
      this.sequence = this.highestSeq = (this.highestSeq + 1) & 0xffff
    }
    this.timestamp = this.eventOutTs
    this.marker = first
  }

  private elapsedTicks(nowMs: number, least: number): number {
    if (this.lastSentMs === 0) return least
    const passed = Math.round(((nowMs - this.lastSentMs) * this.clockHz) / 1000)
    return Math.max(least, Math.min(passed, 0x3fffffff))
  }

  private anchor(source: object, sequence: number, timestamp: number, nowMs: number): void {
    const fresh = this.lastSentMs === 0
    this.source = source
    this.inSeq = sequence
    this.inTs = timestamp
    this.sequence = this.highestSeq = (this.highestSeq + 1) & 0xffff
    this.timestamp = this.highestTs = (this.highestTs + (fresh ? 0 : this.elapsedTicks(nowMs, this.clockHz / 100))) >>> 0
    this.marker = true
    this.lastSentMs = nowMs
  }
}
