/**
 * Opus in Ogg (RFC 7845): headers, granule positions, pre-skip, end trimming. Packets come and go as bytes; no coder is here.
 * Granules always count samples at 48 kHz, whatever the coder runs at, and include the pre-skip.
 */
import { fault, ok, type Result } from '../../kernel/result.ts'
import { OggReader, OggWriter } from './ogg.ts'
import { NO_GRANULE } from './ogg-page.ts'

const OPUS_GRANULE_HZ = 48_000

export interface OpusHead {
  readonly channels: 1 | 2
  /** Samples at 48 kHz to throw away at the beginning: the encoder's delay, 312 for 6.5 ms. */
  readonly preSkip: number
  /** Of the original sound; informative. */
  readonly inputHz: number
  /** In 1/256 dB, to be applied on playing. */
  readonly gain: number
}

export interface OpusTags {
  readonly vendor: string
  /** 'NAME=value'. */
  readonly comments: readonly string[]
}

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8')

/** §5.1, channel mapping family 0: mono or stereo. */
export function printOpusHead(head: OpusHead): Uint8Array {
  const bytes = new Uint8Array(19)
  const v = new DataView(bytes.buffer)
  bytes.set(utf8.encode('OpusHead'))
  bytes[8] = 1
  bytes[9] = head.channels
  v.setUint16(10, head.preSkip, true)
  v.setUint32(12, head.inputHz, true)
  v.setInt16(16, head.gain, true)
  return bytes
}

export function parseOpusHead(bytes: Uint8Array): Result<OpusHead> {
  if (bytes.length < 19 || fromUtf8.decode(bytes.subarray(0, 8)) !== 'OpusHead') return fault('opus-head', 'no OpusHead', 0)
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes[8]! >> 4 !== 0) return fault('opus-head', 'unknown version of OpusHead', 8)
  const channels = bytes[9]
  if (bytes[18] !== 0 || (channels !== 1 && channels !== 2)) return fault('opus-head', 'only mono and stereo can be read', 9)
  return ok({ channels, preSkip: v.getUint16(10, true), inputHz: v.getUint32(12, true), gain: v.getInt16(16, true) })
}

/** §5.2. */
export function printOpusTags(tags: OpusTags): Uint8Array {
  const texts = [tags.vendor, ...tags.comments].map(t => utf8.encode(t))
  const bytes = new Uint8Array(8 + 4 + texts.reduce((sum, t) => sum + 4 + t.length, 0))
  const v = new DataView(bytes.buffer)
  bytes.set(utf8.encode('OpusTags'))
  let at = 8
  texts.forEach((text, i) => {
    v.setUint32(at, text.length, true)
    bytes.set(text, at + 4)
    at += 4 + text.length
    if (i === 0) {
      v.setUint32(at, tags.comments.length, true)
      at += 4
    }
  })
  return bytes
}

export function parseOpusTags(bytes: Uint8Array): Result<OpusTags> {
  if (bytes.length < 16 || fromUtf8.decode(bytes.subarray(0, 8)) !== 'OpusTags') return fault('opus-tags', 'no OpusTags', 0)
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const texts: string[] = []
  let left = 1
  for (let at = 8; left > 0; left--) {
    if (at + 4 > bytes.length || at + 4 + v.getUint32(at, true) > bytes.length) return fault('opus-tags', 'a comment is cut short', at)
    const next = at + 4 + v.getUint32(at, true)
    texts.push(fromUtf8.decode(bytes.subarray(at + 4, next)))
    at = next
    if (texts.length === 1) {
      if (at + 4 > bytes.length) return fault('opus-tags', 'the number of comments is missing', at)
      left += v.getUint32(at, true)
      at += 4
    }
  }
  return ok({ vendor: texts[0]!, comments: texts.slice(1) })
}

/** Samples at 48 kHz that a packet holds, from its first two bytes (RFC 6716 §3.1, §3.2); 0 when it is no Opus packet. */
export function opusPacketSamples(packet: Uint8Array, from: number = 0, to: number = packet.length): number {
  if (to <= from) return 0
  const toc = packet[from]!
  const config = toc >> 3
  const frame = config >= 16 ? 120 << (config & 3) : config >= 12 ? 480 << (config & 1) : (config & 3) === 3 ? 2880 : 480 << (config & 3)
  const code = toc & 3
  const frames = code === 0 ? 1 : code < 3 ? 2 : to - from < 2 ? 0 : packet[from + 1]! & 0x3f
  const samples = frame * frames
  return samples > 5760 ? 0 : samples
}

/** Makes an Ogg Opus file page by page. Random `serial` from the caller. */
export class OggOpusWriter {
  private readonly ogg: OggWriter
  private readonly head: OpusHead
  private readonly tags: OpusTags
  private granule = 0

  constructor(serial: number, head: OpusHead, tags: OpusTags) {
    this.ogg = new OggWriter(serial, OPUS_GRANULE_HZ)
    this.head = head
    this.tags = tags
  }

  /** The header pages, first in the file. */
  begin(): Uint8Array[] {
    return [
      ...this.ogg.add(printOpusHead(this.head), 0),
      ...this.ogg.flush(),
      ...this.ogg.add(printOpusTags(this.tags), 0),
      ...this.ogg.flush(),
    ]
  }

  /** Adds one packet; returns what is to be written now. The packet's bytes must stay until then: give each packet its own. */
  add(packet: Uint8Array): Uint8Array[] {
    this.granule += opusPacketSamples(packet)
    return this.ogg.add(packet, this.granule)
  }

  /** The last page. `samples` at 48 kHz trims the padding of the last packet, so that the file is as long as the sound was. */
  finish(samples: number = this.granule - this.head.preSkip): Uint8Array {
    return this.ogg.finish(Math.max(0, Math.min(this.granule, samples + this.head.preSkip)))
  }
}

export interface OggOpusFile {
  readonly head: OpusHead
  readonly tags: OpusTags
  readonly packets: readonly Uint8Array[]
  /** To be heard, at 48 kHz: pre-skip and end trimming taken off. */
  readonly samples: number
  /** Whether the stream was closed; false for a file whose writer was killed. */
  readonly complete: boolean
  readonly lostPackets: number
}

/** Reads a whole file; what a crash cut off or damaged is left out and told. */
export function readOggOpus(bytes: Uint8Array): Result<OggOpusFile> {
  let head: Result<OpusHead> | null = null
  let tags: Result<OpusTags> | null = null
  let serial = -1
  let lastGranule = NO_GRANULE
  let held = 0
  const packets: Uint8Array[] = []
  const reader = new OggReader(packet => {
    if (serial < 0 && packet.first) {
      head = parseOpusHead(packet.data)
      serial = packet.serial
    } else if (packet.serial !== serial) return
    else if (tags === null) tags = parseOpusTags(packet.data)
    else {
      packets.push(packet.data)
      held += opusPacketSamples(packet.data)
      if (packet.granule !== NO_GRANULE) lastGranule = packet.granule
    }
  })
  reader.push(bytes)
  reader.end()
  const complete = reader.ended.has(serial)
  const h = head as Result<OpusHead> | null
  const t = tags as Result<OpusTags> | null
  if (h === null || t === null) return fault('ogg-opus', 'the headers of Ogg Opus are missing', 0)
  if (!h.ok) return h
  if (!t.ok) return t
  const end = complete && lastGranule !== NO_GRANULE ? Math.min(lastGranule, held) : held
  return ok({
    head: h.value,
    tags: t.value,
    packets,
    samples: Math.max(0, end - h.value.preSkip),
    complete,
    lostPackets: reader.lostPackets,
  })
}
