/** Encryption of one leg, both ways: keys agreed by SDES or exported from DTLS, over the SRTP of `wire/srtp`. In place. */
import { ok, type Result } from '../kernel/result.ts'
import { type MasterKey, masterKeyOf } from '../wire/srtp/sdes-key.ts'
import { SrtpReceiver, SrtpSender } from '../wire/srtp/srtp-context.ts'
import type { LegMedia, SrtpSuite } from './leg-media.ts'

export class SrtpGuard {
  private readonly sender: SrtpSender
  private receiver: SrtpReceiver | null = null
  private remoteKey = ''

  constructor(suite: SrtpSuite, local: MasterKey) {
    this.sender = new SrtpSender(suite, local)
  }

  /** The peer's key; called again with the same one it keeps the replay state. */
  trust(suite: SrtpSuite, remote: MasterKey, name: string): void {
    if (this.remoteKey === name && this.receiver !== null) return
    this.remoteKey = name
    // A media process that was started anew meets streams whose counters have rolled over.
    this.receiver = new SrtpReceiver(suite, remote, true)
  }

  /** Each returns the new length, or a negative number (forged, replayed, malformed, no key yet). */
  protect(packet: Uint8Array, length: number): number {
    return this.sender.protect(packet, length)
  }

  unprotect(packet: Uint8Array, length: number): number {
    return this.receiver === null ? -1 : this.receiver.unprotect(packet, length)
  }

  protectControl(packet: Uint8Array, length: number): number {
    return this.sender.protectRtcp(packet, length)
  }

  unprotectControl(packet: Uint8Array, length: number): number {
    return this.receiver === null ? -1 : this.receiver.unprotectRtcp(packet, length)
  }
}

type Sdes = Extract<LegMedia['srtp'], { kind: 'sdes' }>

/** The guard for SDES keys. An existing guard with the same keys is kept: its counters must go on (RFC 3711 §9.1). */
export function sdesGuard(keys: Sdes, before: { readonly keys: Sdes; readonly guard: SrtpGuard } | null): Result<SrtpGuard> {
  let guard = before !== null && before.keys.suite === keys.suite && before.keys.localKey === keys.localKey ? before.guard : null
  if (guard === null) {
    const local = masterKeyOf(keys.localKey, keys.suite)
    if (!local.ok) return local
    guard = new SrtpGuard(keys.suite, local.value)
  }
  if (keys.remoteKey !== null) {
    const remote = masterKeyOf(keys.remoteKey, keys.suite)
    if (!remote.ok) return remote
    guard.trust(keys.suite, remote.value, keys.remoteKey)
  }
  return ok(guard)
}
