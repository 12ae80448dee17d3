/**
 * ICE-lite (RFC 8445 §2.5): we are reachable, so we only answer checks. A check with the right credentials proves who sends from where; the one with
 * USE-CANDIDATE, or the first, says where our packets go. Anything else is met with silence, so that nobody can use us as a mirror.
 */

import { shortTermKey } from '../wire/stun/message-integrity.ts'
import { parseStun } from '../wire/stun/parse-stun.ts'
import { BINDING, bindingSuccess, stunAttribute, stunError } from '../wire/stun/stun-message.ts'
import { printStun } from '../wire/stun/write-stun.ts'

export interface IceCheck {
  readonly reply: Uint8Array
  /** The peer is to be sent to where this check came from. */
  readonly nominated: boolean
}

export class IceLite {
  private readonly ufrag: string
  private readonly key: Uint8Array
  private chosen = false

  constructor(localUfrag: string, localPwd: string) {
    this.ufrag = localUfrag
    this.key = shortTermKey(localPwd)
  }

  /** A STUN packet from `address`; null when it deserves no answer. */
  take(packet: Uint8Array, length: number, address: string, port: number): IceCheck | null {
    const parsed = parseStun(packet, length)
    if (!parsed.ok || parsed.value.class !== 'request' || parsed.value.method !== BINDING) return null
    const request = parsed.value
    const username = stunAttribute(request, 'username')?.value
    // RFC 8445 §7.2.2: ours, a colon, the peer's.
    if (username === undefined || !username.startsWith(this.ufrag + ':')) return null
    if (request.integrity === 'absent' || !request.integrity(this.key)) return null
    const protection = { key: this.key, fingerprint: true }
    // Both sides lite, or confused: the full agent must be in control (§7.3.1.1).
    if (stunAttribute(request, 'ice-controlled') !== undefined)
      return { reply: printStun(stunError(request, 487, 'Role Conflict'), protection), nominated: false }
    const nominated = stunAttribute(request, 'use-candidate') !== undefined || !this.chosen
    if (nominated) this.chosen = true
    return { reply: printStun(bindingSuccess(request, { address, port }), protection), nominated }
  }
}
