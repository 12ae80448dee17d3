/** Writes compound RTCP packets into the caller's buffer. Order is the caller's: SR or RR first, then SDES with a CNAME (RFC 3550 §6.1). */
import { writeXrBlock, xrBlockBytes } from './extended-report.ts'
import {
  type Goodbye,
  type ReportBlock,
  type RtcpPacket,
  type SourceDescription,
  TYPE_BYE,
  TYPE_RR,
  TYPE_SDES,
  TYPE_SR,
  TYPE_XR,
} from './rtcp-packet.ts'

const utf8 = new TextEncoder()

/** Returns how many bytes were written from the start of `into`, or -1 when they do not fit or a count passes 31. */
export function writeRtcp(packets: readonly RtcpPacket[], into: Uint8Array): number {
  const view = new DataView(into.buffer, into.byteOffset, into.length)
  let at = 0
  for (const packet of packets) {
    const bytes = rtcpPacketBytes(packet)
    const count = countOf(packet)
    if (at + bytes > into.length || count > 31 || bytes > 0x40000) return -1
    view.setUint8(at, 0x80 | count)
    view.setUint8(at + 1, typeOf(packet))
    view.setUint16(at + 2, bytes / 4 - 1)
    writeBody(packet, view, into, at + 4)
    at += bytes
  }
  return at
}

/** Size on the wire. For SDES and BYE this encodes the texts once. */
function rtcpPacketBytes(p: RtcpPacket): number {
  switch (p.kind) {
    case 'sender-report':
      return 28 + p.reports.length * 24
    case 'receiver-report':
      return 8 + p.reports.length * 24
    case 'source-description':
      return sdesBytes(p)
    case 'goodbye':
      return 4 + p.sources.length * 4 + (p.reason === null ? 0 : words(1 + shortText(p.reason).length))
    case 'extended-report':
      return p.blocks.reduce((sum, b) => sum + xrBlockBytes(b), 8)
    case 'other':
      return 4 + words(p.body.length)
  }
}

function typeOf(p: RtcpPacket): number {
  switch (p.kind) {
    case 'sender-report':
      return TYPE_SR
    case 'receiver-report':
      return TYPE_RR
    case 'source-description':
      return TYPE_SDES
    case 'goodbye':
      return TYPE_BYE
    case 'extended-report':
      return TYPE_XR
    case 'other':
      return p.type
  }
}

function countOf(p: RtcpPacket): number {
  switch (p.kind) {
    case 'sender-report':
    case 'receiver-report':
      return p.reports.length
    case 'source-description':
      return p.chunks.length
    case 'goodbye':
      return p.sources.length
    case 'extended-report':
      return 0
    case 'other':
      return p.count
  }
}

function writeBody(p: RtcpPacket, v: DataView, into: Uint8Array, at: number): void {
  switch (p.kind) {
    case 'sender-report':
      v.setUint32(at, p.ssrc)
      v.setUint32(at + 4, p.ntpSeconds)
      v.setUint32(at + 8, p.ntpFraction)
      v.setUint32(at + 12, p.rtpTimestamp)
      v.setUint32(at + 16, p.packets)
      v.setUint32(at + 20, p.octets)
      writeReports(p.reports, v, at + 24)
      break
    case 'receiver-report':
      v.setUint32(at, p.ssrc)
      writeReports(p.reports, v, at + 4)
      break
    case 'source-description':
      writeSdes(p, v, into, at)
      break
    case 'goodbye':
      writeBye(p, v, into, at)
      break
    case 'extended-report': {
      v.setUint32(at, p.ssrc)
      let next = at + 4
      for (const b of p.blocks) next = writeXrBlock(v, next, b)
      break
    }
    case 'other':
      into.set(p.body, at)
      into.fill(0, at + p.body.length, at + words(p.body.length))
      break
  }
}

function writeReports(reports: readonly ReportBlock[], v: DataView, at: number): void {
  for (const r of reports) {
    v.setUint32(at, r.ssrc)
    v.setUint32(at + 4, (Math.max(-0x800000, Math.min(0x7fffff, r.cumulativeLost)) & 0xffffff) >>> 0)
    v.setUint8(at + 4, r.fractionLost)
    v.setUint32(at + 8, r.extendedHighest)
    v.setUint32(at + 12, Math.floor(r.jitter))
    v.setUint32(at + 16, r.lastSr)
    v.setUint32(at + 20, r.delaySinceLastSr)
    at += 24
  }
}

function sdesBytes(p: SourceDescription): number {
  let bytes = 4
  for (const chunk of p.chunks) {
    let size = 4
    for (const item of chunk.items) size += 2 + shortText(item.text).length
    bytes += words(size + 1)
  }
  return bytes
}

function writeSdes(p: SourceDescription, v: DataView, into: Uint8Array, at: number): void {
  for (const chunk of p.chunks) {
    v.setUint32(at, chunk.ssrc)
    at += 4
    for (const item of chunk.items) {
      const text = shortText(item.text)
      into[at] = item.type
      into[at + 1] = text.length
      into.set(text, at + 2)
      at += 2 + text.length
    }
    const next = at + 4 - (at & 3)
    into.fill(0, at, next)
    at = next
  }
}

function writeBye(p: Goodbye, v: DataView, into: Uint8Array, at: number): void {
  for (const ssrc of p.sources) {
    v.setUint32(at, ssrc)
    at += 4
  }
  if (p.reason === null) return
  const text = shortText(p.reason)
  const end = at + words(1 + text.length)
  into[at] = text.length
  into.set(text, at + 1)
  into.fill(0, at + 1 + text.length, end)
}

/** UTF-8, cut at a character's end so that it fits the one-byte length. */
function shortText(text: string): Uint8Array {
  const whole = utf8.encode(text)
  if (whole.length <= 255) return whole
  const cut = new Uint8Array(255)
  return cut.subarray(0, utf8.encodeInto(text, cut).written)
}

function words(bytes: number): number {
  return (bytes + 3) & ~3
}
