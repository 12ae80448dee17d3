/** Gathers the frames of one recording into batches for the disk. Buffers swing between filling and being written: nothing is allocated per packet. */
import type { LegTap, MediaLeg } from './media-leg.ts'
import type { RecordingTap } from './protocol.ts'
import { codecCodes, FRAME_BYTES, kindCodes, type SpoolHeader, spoolHead, writeFrameHead } from './spool-format.ts'

const BUFFER_BYTES = 32 * 1024
/** What may wait for a disk that has stopped; beyond it frames are lost, and that is said. */
const MAX_WAITING_BYTES = 4 << 20
const NEITHER = 255

export class SpoolWriter {
  private buffer: Uint8Array | null = null
  private used = 0
  private readonly full: { bytes: Uint8Array; used: number }[] = []
  private waiting = 0
  private readonly spare: Uint8Array[]
  private readonly legs = new Map<string, number>()
  private paused = false
  private stopped = false
  /** Frames that did not fit because the disk did not keep up. */
  lost = 0

  /** `spare` is shared by all writers of a process. */
  constructor(spare: Uint8Array[]) {
    this.spare = spare
  }

  begin(header: SpoolHeader): void {
    this.raw(spoolHead(header))
  }

  /** The file goes on after nobody listened; the reader finds how long from the arrival times. */
  gap(why: string, wallMs: number): void {
    this.mark('gap', wallMs, new TextEncoder().encode(why.slice(0, 200)))
  }

  pause(on: boolean, wallMs: number): void {
    if (on === this.paused) return
    this.paused = on
    this.mark(on ? 'pause' : 'resume', wallMs, new Uint8Array(0))
  }

  /** The file failed: nothing more is gathered. */
  stop(): void {
    this.stopped = true
    this.full.length = 0
    this.used = 0
  }

  end(wallMs: number): void {
    this.mark('end', wallMs, new Uint8Array(0))
  }

  audio(
    side: 0 | 1,
    leg: MediaLeg,
    packet: Uint8Array,
    offset: number,
    end: number,
    sequence: number,
    timestamp: number,
    wallMs: number,
  ): void {
    if (this.paused || this.stopped) return
    const codec = leg.media.codec
    if (codec === null) return
    let number = this.legs.get(leg.id)
    if (number === undefined) {
      number = this.legs.size & 0xff
      this.legs.set(leg.id, number)
      this.mark('leg', wallMs, new TextEncoder().encode(leg.id), side, number)
    }
    const bytes = end - offset
    const out = this.room(FRAME_BYTES + bytes)
    if (out === null) {
      this.lost++
      return
    }
    const at = this.used
    writeFrameHead(
      out,
      at,
      kindCodes.audio,
      side,
      number,
      codecCodes[codec.name],
      bytes,
      sequence,
      codec.clockHz,
      timestamp,
      wallMs,
      leg.received.ssrc,
    )
    for (let i = 0; i < bytes; i++) out[at + FRAME_BYTES + i] = packet[offset + i]!
    this.used = at + FRAME_BYTES + bytes
  }

  /** The next batch to write, oldest first; give it back with `done`. Null when there is nothing. */
  take(): Uint8Array | null {
    const first = this.full.shift()
    if (first !== undefined) return first.bytes.subarray(0, first.used)
    if (this.buffer === null || this.used === 0) return null
    const out = this.buffer.subarray(0, this.used)
    this.waiting += this.used
    this.buffer = null
    this.used = 0
    return out
  }

  done(batch: Uint8Array): void {
    this.waiting -= batch.length
    if (batch.buffer.byteLength === BUFFER_BYTES && this.spare.length < 256) this.spare.push(new Uint8Array(batch.buffer))
  }

  get dirty(): boolean {
    return this.full.length > 0 || this.used > 0
  }

  private mark(kind: keyof typeof kindCodes, wallMs: number, payload: Uint8Array, side = NEITHER, leg = 0): void {
    const out = this.room(FRAME_BYTES + payload.length)
    if (out === null) return
    writeFrameHead(out, this.used, kindCodes[kind], side, leg, 0, payload.length, 0, 0, 0, wallMs, 0)
    out.set(payload, this.used + FRAME_BYTES)
    this.used += FRAME_BYTES + payload.length
  }

  private raw(bytes: Uint8Array): void {
    const out = this.room(bytes.length)
    if (out === null) return
    out.set(bytes, this.used)
    this.used += bytes.length
  }

  private room(bytes: number): Uint8Array | null {
    if (this.buffer !== null && this.used + bytes <= this.buffer.length) return this.buffer
    if (bytes > BUFFER_BYTES) return null
    if (this.buffer !== null) {
      if (this.waiting + this.used > MAX_WAITING_BYTES) return null
      this.full.push({ bytes: this.buffer, used: this.used })
      this.waiting += this.used
    }
    this.buffer = this.spare.pop() ?? new Uint8Array(BUFFER_BYTES)
    this.used = 0
    return this.buffer
  }
}

/** One side of one recording, as a leg sees it. */
class SpoolTap implements LegTap {
  private readonly writer: SpoolWriter
  private readonly side: 0 | 1

  constructor(writer: SpoolWriter, side: 0 | 1) {
    this.writer = writer
    this.side = side
  }

  take(leg: MediaLeg, packet: Uint8Array, offset: number, end: number, sequence: number, timestamp: number, wallMs: number): void {
    this.writer.audio(this.side, leg, packet, offset, end, sequence, timestamp, wallMs)
  }
}

/** Which legs of a session go to which side. */
export function tapsOf(writer: SpoolWriter, tap: RecordingTap): ReadonlyMap<string, readonly LegTap[]> {
  const out = new Map<string, LegTap[]>()
  const add = (leg: string, side: 0 | 1): void => {
    const list = out.get(leg) ?? []
    list.push(new SpoolTap(writer, side))
    out.set(leg, list)
  }
  for (const leg of tap.left) add(leg, 0)
  for (const leg of tap.right) add(leg, 1)
  return out
}
