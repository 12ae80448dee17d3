/** The running figures of one leg: our receiver's view, RTCP both ways, and what goes out in our reports (RFC 3550 §6). */

import { parseRtcp } from '../wire/rtcp/parse-rtcp.ts'
import { compactNtp, delayUnits, ntpFraction, ntpSeconds, roundTripMs } from '../wire/rtcp/report-figures.ts'
import { type ReportBlock, type RtcpPacket, SDES_CNAME } from '../wire/rtcp/rtcp-packet.ts'
import { writeRtcp } from '../wire/rtcp/write-rtcp.ts'
import { Reception } from '../wire/rtp/reception.ts'
import type { OutgoingStream } from './outgoing-stream.ts'
import type { LegFigures } from './protocol.ts'

export class ReceivedFigures {
  /** Of the SSRC heard now; null before the first packet. */
  reception: Reception | null = null
  ssrc = -1
  discarded = 0
  rttMs: number | null = null
  farLoss: number | null = null
  heardAt: number | null = null
  /** The peer said goodbye, or reported: anything at all of RTCP. */
  reportsIn = 0
  private before = { packets: 0, bytes: 0, lost: 0, maxJitterMs: 0, discarded: 0 }
  private lastSr = 0
  private lastSrAtMs = 0

  /** A new SSRC begins: what the old one had goes into the sums. */
  begin(ssrc: number, clockHz: number): Reception {
    this.retire()
    this.ssrc = ssrc
    this.lastSr = 0
    return (this.reception = new Reception(clockHz))
  }

  /** The stream is over: its SSRC or its clock changed. */
  retire(): void {
    const old = this.reception
    this.reception = null
    this.ssrc = -1
    if (old !== null) {
      this.before.packets += old.packets
      this.before.bytes += old.bytes
      this.before.lost += old.lost()
      this.before.discarded += old.duplicates
      this.before.maxJitterMs = Math.max(this.before.maxJitterMs, old.maxJitterMs())
    }
  }

  get packets(): number {
    return this.before.packets + (this.reception?.packets ?? 0)
  }

  /** A compound RTCP packet from the peer, already decrypted. */
  takeControl(packet: Uint8Array, length: number, ourSsrc: number, wallMs: number): void {
    const parsed = parseRtcp(packet, length)
    if (!parsed.ok) return
    this.reportsIn++
    for (const p of parsed.value) {
      if (p.kind === 'sender-report') {
        this.lastSr = compactNtp(p.ntpSeconds, p.ntpFraction)
        this.lastSrAtMs = wallMs
      }
      if (p.kind !== 'sender-report' && p.kind !== 'receiver-report') continue
      for (const block of p.reports) {
        if (block.ssrc !== ourSsrc) continue
        this.farLoss = block.fractionLost / 256
        const rtt = roundTripMs(wallMs, block.lastSr, block.delaySinceLastSr)
        if (rtt !== null) this.rttMs = rtt
      }
    }
  }

  /** Writes our report about and to the peer; returns its length. `goodbye` ends the stream. */
  writeControl(into: Uint8Array, stream: OutgoingStream, cname: string, wallMs: number, rtpNow: number, goodbye: boolean): number {
    const reports = this.blocks(wallMs)
    const packets: RtcpPacket[] = [
      stream.packets > 0
        ? {
            kind: 'sender-report',
            ssrc: stream.ssrc,
            ntpSeconds: ntpSeconds(wallMs),
            ntpFraction: ntpFraction(wallMs),
            rtpTimestamp: rtpNow,
            packets: stream.packets >>> 0,
            octets: stream.bytes >>> 0,
            reports,
          }
        : { kind: 'receiver-report', ssrc: stream.ssrc, reports },
      { kind: 'source-description', chunks: [{ ssrc: stream.ssrc, items: [{ type: SDES_CNAME, text: cname }] }] },
    ]
    if (goodbye) packets.push({ kind: 'goodbye', sources: [stream.ssrc], reason: null })
    return writeRtcp(packets, into)
  }

  figures(leg: string, codec: LegFigures['codec'], stream: OutgoingStream): LegFigures {
    const r = this.reception
    return {
      leg,
      codec,
      packetsIn: this.packets,
      packetsOut: stream.packets,
      bytesIn: this.before.bytes + (r?.bytes ?? 0),
      lost: this.before.lost + (r?.lost() ?? 0),
      discarded: this.discarded + this.before.discarded + (r?.duplicates ?? 0),
      jitterMs: r === null ? 0 : rounded(r.jitterMs()),
      maxJitterMs: rounded(Math.max(this.before.maxJitterMs, r?.maxJitterMs() ?? 0)),
      rttMs: this.rttMs === null ? null : rounded(this.rttMs),
      farLoss: this.farLoss,
      heardAt: this.heardAt,
    }
  }

  private blocks(wallMs: number): ReportBlock[] {
    const r = this.reception
    if (r === null || r.packets === 0) return []
    return [
      {
        ssrc: this.ssrc,
        fractionLost: r.takeFractionLost(),
        cumulativeLost: r.lost(),
        extendedHighest: r.extendedHighest(),
        jitter: r.jitter,
        lastSr: this.lastSr,
        delaySinceLastSr: this.lastSr === 0 ? 0 : delayUnits(wallMs - this.lastSrAtMs),
      },
    ]
  }
}

/** Milliseconds with two decimals: enough for people, short in JSON. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
