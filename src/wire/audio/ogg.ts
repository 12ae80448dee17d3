/** Packets into Ogg pages and out of them (RFC 3533). Both ways stream: pages come out as they fill, chunks go in as they are read. */
import {
  NO_GRANULE,
  OGG_CONTINUED,
  OGG_FIRST,
  OGG_HEADER_BYTES,
  OGG_LAST,
  OGG_MAX_PAGE_BYTES,
  oggPageLength,
  printOggPage,
  readOggPageHeader,
} from './ogg-page.ts'

export class OggWriter {
  private readonly serial: number
  private readonly pageGranules: number
  private sequence = 0
  private lacing: number[] = []
  private body: Uint8Array[] = []
  private continued = false
  /** Granule of the last packet that ended on the page being filled, and where the page began. */
  private granule = NO_GRANULE
  private pageBegan = 0

  /** A page is closed when it spans `pageGranules` (48000 for a second of Opus) or is full. */
  constructor(serial: number, pageGranules: number) {
    this.serial = serial
    this.pageGranules = pageGranules
  }

  /** Adds a packet that ends at `granule`; returns the pages it completed. The bytes must stay as they are until their page is out. */
  add(packet: Uint8Array, granule: number): Uint8Array[] {
    const pages: Uint8Array[] = []
    if (this.granule !== NO_GRANULE && granule - this.pageBegan > this.pageGranules) pages.push(this.close(0))
    let at = 0
    for (;;) {
      if (this.lacing.length === 255) {
        pages.push(this.close(0))
        this.continued = at > 0
      }
      const size = Math.min(255, packet.length - at)
      this.lacing.push(size)
      if (size > 0) this.body.push(packet.subarray(at, at + size))
      at += size
      if (size < 255) break
    }
    this.granule = granule
    return pages
  }

  /** Closes the page now: headers must stand alone (RFC 7845 §3). */
  flush(): Uint8Array[] {
    return this.lacing.length === 0 ? [] : [this.close(0)]
  }

  /** The last page; `granule` may be less than the last packet's, which trims the end. */
  finish(granule: number = this.granule): Uint8Array {
    this.granule = granule === NO_GRANULE ? this.pageBegan : granule
    return this.close(OGG_LAST)
  }

  private close(flags: number): Uint8Array {
    const first = this.sequence === 0 ? OGG_FIRST : 0
    const header = {
      flags: flags | first | (this.continued ? OGG_CONTINUED : 0),
      granule: this.granule,
      serial: this.serial,
      sequence: this.sequence++,
    }
    const page = printOggPage(header, this.lacing, this.body)
    if (this.granule !== NO_GRANULE) this.pageBegan = this.granule
    this.lacing = []
    this.body = []
    this.continued = false
    this.granule = NO_GRANULE
    return page
  }
}

export interface OggPacket {
  readonly data: Uint8Array
  readonly serial: number
  /** Set on the last packet that ends on its page, else `NO_GRANULE`. */
  readonly granule: number
  /** The stream's first page, the stream's last. */
  readonly first: boolean
  readonly last: boolean
}

/** Longer packets are cut: no audio packet comes near. */
const MAX_PACKET_BYTES = 1 << 20
const MAX_STREAMS = 16

export class OggReader {
  /** Bytes skipped because no sound page stood there, and packets lost with them. */
  skippedBytes = 0
  lostPackets = 0
  /** Serials of the streams whose last page was seen. */
  readonly ended = new Set<number>()
  private readonly take: (packet: OggPacket) => void
  private buffer = new Uint8Array(2 * OGG_MAX_PAGE_BYTES)
  private filled = 0
  private readonly streams = new Map<number, { parts: Uint8Array[]; bytes: number; open: boolean; sequence: number }>()

  /** `take` gets each packet with its own copy of the bytes. */
  constructor(take: (packet: OggPacket) => void) {
    this.take = take
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const room = Math.min(chunk.length - at, this.buffer.length - this.filled)
      this.buffer.set(chunk.subarray(at, at + room), this.filled)
      this.filled += room
      at += room
      this.drain(false)
    }
  }

  /** There are no more bytes: what still waits for the rest of a page is searched for sound pages. */
  end(): void {
    this.drain(true)
  }

  private drain(final: boolean): void {
    let at = 0
    while (at < this.filled) {
      const length = oggPageLength(this.buffer, at, this.filled)
      if (length === 0 && !final) break
      if (length <= 0) {
        at++
        this.skippedBytes++
      } else {
        this.page(at)
        at += length
      }
    }
    this.buffer.copyWithin(0, at, this.filled)
    this.filled -= at
  }

  private page(at: number): void {
    const header = readOggPageHeader(this.buffer, at)
    const stream = this.streamOf(header.serial, header.sequence)
    if (stream === null) return
    const continued = (header.flags & OGG_CONTINUED) !== 0
    if (header.sequence !== stream.sequence || (stream.open && !continued)) {
      if (stream.open) this.lostPackets++
      stream.open = false
    }
    stream.sequence = (header.sequence + 1) >>> 0
    if (!stream.open) {
      stream.parts = []
      stream.bytes = 0
    }
    // A packet continued from a page that is missing is worthless up to its end.
    let skipping = continued && !stream.open
    if (skipping) this.lostPackets++
    const segments = this.buffer[at + 26]!
    const lacing = at + OGG_HEADER_BYTES
    let lastEnd = -1
    for (let i = 0; i < segments; i++) if (this.buffer[lacing + i]! < 255) lastEnd = i
    let body = lacing + segments
    for (let i = 0; i < segments; i++) {
      const size = this.buffer[lacing + i]!
      if (!skipping && stream.bytes + size <= MAX_PACKET_BYTES) {
        stream.parts.push(this.buffer.slice(body, body + size))
        stream.bytes += size
      }
      body += size
      if (size === 255) continue
      if (!skipping)
        this.take({
          data: joined(stream.parts, stream.bytes),
          serial: header.serial,
          granule: i === lastEnd ? header.granule : NO_GRANULE,
          first: (header.flags & OGG_FIRST) !== 0,
          last: i === lastEnd && (header.flags & OGG_LAST) !== 0,
        })
      skipping = false
      stream.parts = []
      stream.bytes = 0
    }
    stream.open = !skipping && lastEnd < segments - 1
    if ((header.flags & OGG_LAST) !== 0) this.ended.add(header.serial)
  }

  private streamOf(serial: number, sequence: number) {
    let stream = this.streams.get(serial)
    if (stream === undefined) {
      if (this.streams.size === MAX_STREAMS) return null
      stream = { parts: [], bytes: 0, open: false, sequence }
      this.streams.set(serial, stream)
    }
    return stream
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const out = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
