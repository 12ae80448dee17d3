/** The door: who may speak at all, and whether one more call fits (SEC-01). The looks themselves are `sip/guard`'s. */
import type { Clock, Random } from '../kernel/clock.ts'
import { tagIn } from '../sip/dialog/tags.ts'
import type { Flow } from '../sip/flow.ts'
import { FrontDoor } from '../sip/guard/front-door.ts'
import { OverloadGate } from '../sip/guard/overload-gate.ts'
import { type Offence, SourceGuard } from '../sip/guard/source-guard.ts'
import { header, type SipRequest } from '../wire/sip/message.ts'

export class Lookout {
  readonly guard: SourceGuard
  readonly gate: OverloadGate
  readonly door: FrontDoor
  private readonly clock: Clock
  private readonly banned: (address: string, why: string) => void

  /** `banned` hears of each new ban, once: the source is a stranger's address, not a caller's number. */
  constructor(clock: Clock, random: Random, trunkSources: readonly string[], banned: (address: string, why: string) => void) {
    this.clock = clock
    this.banned = banned
    this.guard = new SourceGuard({ allow: trunkSources })
    this.gate = new OverloadGate(random)
    this.door = new FrontDoor(this.guard, this.gate, banned)
  }

  /** Bytes that no running transaction has claimed, before they are parsed. */
  look(bytes: Uint8Array, flow: Flow): 'go' | 'drop' | Uint8Array {
    return this.door.look(bytes, flow, this.clock.nowMs())
  }

  /** A parsed request, before anything is made for it: whoever is met with silence leaves no transaction behind, and hears no 100. */
  admits(request: SipRequest, flow: Flow): 'go' | 'drop' {
    // Within a dialog it was admitted long ago.
    if (tagIn(header(request, 'To')) !== '') return 'go'
    const verdict = this.guard.inspect(request, flow.remote.host, this.clock.nowMs())
    if (verdict.is === 'pass') return 'go'
    if (verdict.newlyBanned) this.banned(flow.remote.host, verdict.why)
    return 'drop'
  }

  garbage(flow: Flow): void {
    this.offend(flow, 'garbage')
  }

  offend(flow: Flow, offence: Offence): void {
    if (this.guard.offend(flow.remote.host, offence, this.clock.nowMs())) this.banned(flow.remote.host, offence)
  }

  proven(flow: Flow): void {
    this.guard.prove(flow.remote.host, this.clock.nowMs())
  }
}
