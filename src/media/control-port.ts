/** RTCP of one leg: reports out and in, on the port beside RTP or on the same one (RFC 5761). */
import type { LegHost, MediaLeg } from './media-leg.ts'
import type { PacketSource } from './packet-io.ts'

export class ControlPort {
  private readonly leg: MediaLeg
  private readonly host: LegHost
  /** Where the peer's RTCP was seen to come from, behind NAT not where its SDP says. */
  private seen: { address: string; port: number } | null = null

  constructor(leg: MediaLeg, host: LegHost) {
    this.leg = leg
    this.host = host
  }

  report(cname: string, goodbye: boolean): void {
    const { leg, host } = this
    if (leg.rtp === null || (leg.stream.packets === 0 && leg.received.reception === null)) return
    const packet = host.scratch
    let length = leg.received.writeControl(packet, leg.stream, cname, host.wallMs(), leg.stream.timestamp, goodbye)
    if (length > 0 && leg.encrypted) length = leg.guard === null ? -1 : leg.guard.protectControl(packet, length)
    if (length <= 0) return
    if (leg.rtcp === null) {
      leg.rtp.send(packet, length)
      return
    }
    const { remote } = leg.media
    if (this.seen !== null) leg.rtcp.sendTo(packet, length, this.seen.address, this.seen.port)
    else if (remote !== null) leg.rtcp.sendTo(packet, length, remote.address, remote.rtcpPort)
  }

  /** Only from where the leg's RTP comes, or authentic. */
  take(packet: Uint8Array, length: number, source: PacketSource | null): void {
    const { leg } = this
    let size = length
    if (leg.encrypted) {
      size = leg.guard === null ? -1 : leg.guard.unprotectControl(packet, length)
      if (size < 0) return
    }
    const { remote, latch: mayMove } = leg.media
    const address = leg.latch.port !== 0 ? leg.latch.address : (remote?.address ?? '')
    if (source !== null && !leg.encrypted && source.address !== address) return
    if (source !== null && leg.rtcp !== null && (mayMove || source.address === remote?.address)) {
      this.seen = { address: source.address, port: source.port }
    }
    leg.received.takeControl(packet, size, leg.stream.ssrc, this.host.wallMs())
  }
}
