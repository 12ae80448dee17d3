/**
 * Branches we make: cookie, our mark, 64 random bits and, for INVITE, a hash of the Request-URI. The mark and the hash tell a
 * loop (our request has come back to us for the same destination) from a spiral (RFC 5393 §4.2, RFC 3261 §16.3 item 4).
 */
import type { Random } from '../../kernel/clock.ts'
import { headerValues, type SipRequest } from '../../wire/sip/message.ts'
import { branchOf, parseVia } from '../../wire/sip/via.ts'

export class Branches {
  private readonly prefix: string
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
    this.prefix = `z9hG4bK${random.hex(3)}`
  }

  make(request: SipRequest): string {
    const branch = this.prefix + this.random.hex(8)
    return request.method === 'INVITE' ? `${branch}.${hash(request.uri)}` : branch
  }

  /** True when we have sent this very INVITE away already. `vias` beyond the topmost are looked at, so most requests cost nothing. */
  isLoop(request: SipRequest, topVia: string): boolean {
    let seen = false
    for (const h of request.headers) {
      if (h.name !== 'Via') continue
      if (seen && h.value.includes(this.prefix)) return this.sameDestination(request)
      seen = true
    }
    return topVia.includes(this.prefix) && this.sameDestination(request)
  }

  private sameDestination(request: SipRequest): boolean {
    const wanted = `.${hash(request.uri)}`
    return headerValues(request, 'Via').some(value => {
      const via = parseVia(value)
      const branch = via.ok ? branchOf(via.value) : ''
      return branch.startsWith(this.prefix) && branch.endsWith(wanted)
    })
  }
}

/** FNV-1a, 32 bits, base 36. */
export function hash(text: string): string {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return (h >>> 0).toString(36)
}
