/** ICE-lite and DTLS of one leg, as the leg sees it: packets that are not RTP go in, keys come out as a guard. The edge implements it. */
import type { PacketSource } from './packet-io.ts'

export interface SecureTransport {
  /** STUN, DTLS and whatever else is not RTP. The packet is not kept. */
  packet(packet: Uint8Array, length: number, source: PacketSource | null, onControlPort: boolean): void
  close(): void
}
