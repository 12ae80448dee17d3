/**
 * Reads a compound RTCP packet (RFC 3550 §6.1, checks of appendix A.2). A packet that does not begin with SR or RR is
 * accepted too: reduced-size RTCP (RFC 5506). The values returned share nothing with the input.
 */
import { fault, ok, type Result } from '../../kernel/result.ts'
import { readXrBlocks } from './extended-report.ts'
import {
  type Goodbye,
  type ReportBlock,
  type RtcpPacket,
  type SdesItem,
  type SourceDescription,
  TYPE_BYE,
  TYPE_RR,
  TYPE_SDES,
  TYPE_SR,
  TYPE_XR,
} from './rtcp-packet.ts'

const utf8 = new TextDecoder('utf-8')

export function parseRtcp(bytes: Uint8Array, length: number = bytes.length): Result<RtcpPacket[]> {
  if (length > bytes.length || length < 4 || length % 4 !== 0) return fault('rtcp-length', 'RTCP is not a whole number of words', 0)
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const packets: RtcpPacket[] = []
  for (let at = 0; at < length; ) {
    if (at + 4 > length || view.getUint8(at) >> 6 !== 2) return fault('rtcp-header', 'no RTCP header where one must be', at)
    const end = at + 4 + view.getUint16(at + 2) * 4
    if (end > length) return fault('rtcp-length', 'RTCP packet is longer than what arrived', at)
    let bodyEnd = end
    if ((view.getUint8(at) & 0x20) !== 0) {
      const padding = view.getUint8(end - 1)
      if (end !== length || padding === 0 || padding % 4 !== 0 || padding > end - at - 4)
        return fault('rtcp-padding', 'RTCP padding is not at the end of the last packet', at)
      bodyEnd = end - padding
    }
    const packet = readPacket(view, bytes, at, bodyEnd)
    if (packet === null) return fault('rtcp-body', `RTCP packet of type ${view.getUint8(at + 1)} is cut short`, at)
    packets.push(packet)
    at = end
  }
  return ok(packets)
}

function readPacket(v: DataView, bytes: Uint8Array, at: number, end: number): RtcpPacket | null {
  const type = v.getUint8(at + 1)
  const count = v.getUint8(at) & 0x1f
  const p = at + 4
  switch (type) {
    case TYPE_SR: {
      // What follows the report blocks is a profile's extension, which is ignored (§6.4.3).
      if (p + 24 + count * 24 > end) return null
      return {
        kind: 'sender-report',
        ssrc: v.getUint32(p),
        ntpSeconds: v.getUint32(p + 4),
        ntpFraction: v.getUint32(p + 8),
        rtpTimestamp: v.getUint32(p + 12),
        packets: v.getUint32(p + 16),
        octets: v.getUint32(p + 20),
        reports: readReports(v, p + 24, count),
      }
    }
    case TYPE_RR:
      if (p + 4 + count * 24 > end) return null
      return { kind: 'receiver-report', ssrc: v.getUint32(p), reports: readReports(v, p + 4, count) }
    case TYPE_SDES:
      return readSdes(v, bytes, p, end, count)
    case TYPE_BYE:
      return readBye(v, bytes, p, end, count)
    case TYPE_XR: {
      const blocks = p + 4 > end ? null : readXrBlocks(v, p + 4, end)
      return blocks === null ? null : { kind: 'extended-report', ssrc: v.getUint32(p), blocks }
    }
    default:
      return { kind: 'other', type, count, body: new Uint8Array(bytes.subarray(p, end)) }
  }
}

function readReports(v: DataView, from: number, count: number): ReportBlock[] {
  const reports: ReportBlock[] = []
  for (let i = 0, p = from; i < count; i++, p += 24)
    reports.push({
      ssrc: v.getUint32(p),
      fractionLost: v.getUint8(p + 4),
      cumulativeLost: (v.getUint32(p + 4) << 8) >> 8,
      extendedHighest: v.getUint32(p + 8),
      jitter: v.getUint32(p + 12),
      lastSr: v.getUint32(p + 16),
      delaySinceLastSr: v.getUint32(p + 20),
    })
  return reports
}

function readSdes(v: DataView, bytes: Uint8Array, from: number, end: number, count: number): SourceDescription | null {
  const chunks: { ssrc: number; items: SdesItem[] }[] = []
  let at = from
  for (let i = 0; i < count; i++) {
    if (at + 4 > end) return null
    const chunk = { ssrc: v.getUint32(at), items: [] as SdesItem[] }
    at += 4
    for (;;) {
      if (at >= end) return null
      const type = v.getUint8(at)
      if (type === 0) break
      if (at + 2 > end || at + 2 + v.getUint8(at + 1) > end) return null
      const next = at + 2 + v.getUint8(at + 1)
      chunk.items.push({ type, text: utf8.decode(bytes.subarray(at + 2, next)) })
      at = next
    }
    // One to four nulls end the chunk on a word's boundary (§6.5).
    at += 4 - (at & 3)
    chunks.push(chunk)
  }
  return { kind: 'source-description', chunks }
}

function readBye(v: DataView, bytes: Uint8Array, from: number, end: number, count: number): Goodbye | null {
  const at = from + count * 4
  if (at > end) return null
  const sources: number[] = []
  for (let i = 0; i < count; i++) sources.push(v.getUint32(from + i * 4))
  if (at === end) return { kind: 'goodbye', sources, reason: null }
  const next = at + 1 + v.getUint8(at)
  return next > end ? null : { kind: 'goodbye', sources, reason: utf8.decode(bytes.subarray(at + 1, next)) }
}
