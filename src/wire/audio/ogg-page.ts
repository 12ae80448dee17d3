/**
 * Ogg pages (RFC 3533 §6):
 *
 *     'OggS' | 0 | flags | granule (8, LE) | serial (4) | sequence (4) | CRC (4) | segments n | n lacing values | body
 */

export const OGG_HEADER_BYTES = 27
export const OGG_MAX_PAGE_BYTES = OGG_HEADER_BYTES + 255 + 255 * 255
export const OGG_CONTINUED = 1
export const OGG_FIRST = 2
export const OGG_LAST = 4
/** Granule of a page on which no packet ends. */
export const NO_GRANULE = -1

export interface OggPageHeader {
  readonly flags: number
  /** Up to 2^53, or `NO_GRANULE`. */
  readonly granule: number
  readonly serial: number
  readonly sequence: number
}

/** One page of at most 255 lacing values; `body` is as long as they sum up to. */
export function printOggPage(header: OggPageHeader, lacing: readonly number[], body: readonly Uint8Array[]): Uint8Array {
  const bodyBytes = lacing.reduce((a, b) => a + b, 0)
  const page = new Uint8Array(OGG_HEADER_BYTES + lacing.length + bodyBytes)
  const v = new DataView(page.buffer)
  page.set([0x4f, 0x67, 0x67, 0x53, 0, header.flags])
  const none = header.granule === NO_GRANULE
  v.setUint32(6, none ? 0xffffffff : header.granule % 0x100000000, true)
  v.setUint32(10, none ? 0xffffffff : Math.floor(header.granule / 0x100000000), true)
  v.setUint32(14, header.serial, true)
  v.setUint32(18, header.sequence, true)
  page[26] = lacing.length
  page.set(lacing, OGG_HEADER_BYTES)
  let at = OGG_HEADER_BYTES + lacing.length
  for (const part of body) {
    page.set(part, at)
    at += part.length
  }
  v.setUint32(22, oggCrc(page, 0, page.length), true)
  return page
}

/** Length of the page that begins at `at`; 0 when more bytes are needed to tell or to have it all; -1 when no sound page begins there. */
export function oggPageLength(bytes: Uint8Array, at: number, end: number): number {
  const capture = 'OggS'
  for (let i = 0; i < 4 && at + i < end; i++) if (bytes[at + i] !== capture.charCodeAt(i)) return -1
  if (at + OGG_HEADER_BYTES > end) return 0
  if (bytes[at + 4] !== 0) return -1
  const segments = bytes[at + 26]!
  const bodyAt = at + OGG_HEADER_BYTES + segments
  if (bodyAt > end) return 0
  let length = OGG_HEADER_BYTES + segments
  for (let i = 0; i < segments; i++) length += bytes[at + OGG_HEADER_BYTES + i]!
  if (at + length > end) return 0
  const v = new DataView(bytes.buffer, bytes.byteOffset)
  return v.getUint32(at + 22, true) === oggCrc(bytes, at, at + length) ? length : -1
}

/** Of a page whose length is known. */
export function readOggPageHeader(bytes: Uint8Array, at: number): OggPageHeader {
  const v = new DataView(bytes.buffer, bytes.byteOffset)
  const low = v.getUint32(at + 6, true)
  const high = v.getUint32(at + 10, true)
  const granule = high > 0x1fffff ? NO_GRANULE : high * 0x100000000 + low
  return { flags: bytes[at + 5]!, granule, serial: v.getUint32(at + 14, true), sequence: v.getUint32(at + 18, true) }
}

const table = new Int32Array(256)
for (let n = 0; n < 256; n++) {
  let c = n << 24
  for (let k = 0; k < 8; k++) c = c < 0 ? (c << 1) ^ 0x04c11db7 : c << 1
  table[n] = c
}

/** Over `bytes[from, to)` with the four CRC bytes of the page taken as zero. */
function oggCrc(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0
  for (let i = from; i < to; i++) {
    const byte = i >= from + 22 && i < from + 26 ? 0 : bytes[i]!
    crc = (crc << 8) ^ table[(crc >>> 24) ^ byte]!
  }
  return crc >>> 0
}
