/**
 * The first look at bytes, before they are parsed: may this source speak, and is there room for one more call? Made to be the
 * endpoint's `early`: 'go', 'drop', or a refusal to send back.
 */
import type { Flow } from '../flow.ts'
import { glanceAtInvite, RefusedTransactions, refusalFor } from './early-refusal.ts'
import type { OverloadGate } from './overload-gate.ts'
import type { SourceGuard } from './source-guard.ts'

export interface FrontDoorCounts {
  silenced: number
  refused: number
  admitted: number
}

export class FrontDoor {
  private readonly guard: SourceGuard
  private readonly gate: OverloadGate
  private readonly refusedBefore = new RefusedTransactions()
  private readonly banned: (address: string, why: string) => void
  readonly counts: FrontDoorCounts = { silenced: 0, refused: 0, admitted: 0 }

  /** `banned` is told of each new ban, once. */
  constructor(guard: SourceGuard, gate: OverloadGate, banned: (address: string, why: string) => void = () => {}) {
    this.guard = guard
    this.gate = gate
    this.banned = banned
  }

  /** For bytes that no running transaction has claimed: retransmissions of admitted calls never come here. */
  look(bytes: Uint8Array, flow: Flow, nowMs: number): 'go' | 'drop' | Uint8Array {
    const verdict = this.guard.arrive(flow.remote.host, nowMs)
    if (verdict.is === 'silence') {
      this.counts.silenced++
      if (verdict.newlyBanned) this.banned(flow.remote.host, verdict.why)
      return 'drop'
    }
    if (!isInvite(bytes)) return 'go'
    if (!this.gate.shedding) {
      // Counted in quiet times, too, re-INVITEs among them: when the storm comes the gate must know what was normal.
      this.gate.admit(nowMs)
      this.counts.admitted++
      return 'go'
    }
    const glance = glanceAtInvite(bytes)
    if (glance === undefined) return 'go'
    const again = this.refusedBefore.has(glance.branch, nowMs)
    const admission = again ? undefined : this.gate.admit(nowMs)
    if (admission?.admit) {
      this.counts.admitted++
      return 'go'
    }
    this.counts.refused++
    if (!again) this.refusedBefore.add(glance.branch, nowMs)
    return refusalFor(glance, flow, 503, 'Service Unavailable', admission === undefined ? 5 : admission.retryAfterS)
  }
}

function isInvite(bytes: Uint8Array): boolean {
  return bytes[0] === 73 && bytes[1] === 78 && bytes[2] === 86 && bytes[6] === 32
}
