/**
 * Telephones that fail when a challenge in SHA-256 stands beside the one in MD5, although RFC 8760 §2.4 asks them to pass it over.
 * Some are known by name; the others are noticed: challenged twice in both algorithms, they never came back with an answer.
 * They are asked in MD5 alone. Everyone else is offered both, the stronger first.
 */
import { type HeaderField, header, type SipRequest } from '../wire/sip/message.ts'

/** The library `re` gave up at the first unknown algorithm until its version 2. */
const KNOWN = [/^baresip v(0|1)\./, /^Cisco-CP/, /^SPA\d/, /^Linksys/, /^Polycom.*-UA\/[1-4]\./, /^Grandstream (HT|GXP1|GXP21)/]
const REMEMBERED = 5000
const PATIENCE = 2

export class OldTelephones {
  private readonly unanswered = new Map<string, number>()

  /** The challenge that this telephone can take. */
  fit(request: SipRequest, source: string, challenge: readonly HeaderField[]): readonly HeaderField[] {
    const agent = header(request, 'User-Agent') ?? ''
    const key = `${source} ${agent}`
    const before = this.unanswered.get(key) ?? 0
    const md5 = KNOWN.some(k => k.test(agent)) || before >= PATIENCE
    if (this.unanswered.size >= REMEMBERED) this.unanswered.delete(this.unanswered.keys().next().value!)
    // Once it was asked in MD5 alone it is not counted further.
    if (before <= PATIENCE) this.unanswered.set(key, before + 1)
    return md5 ? challenge.filter(h => h.value.includes('algorithm=MD5')) : challenge
  }

  /** It answered, rightly or wrongly: whatever it got, it understood. What it got in MD5 alone proves nothing of both. */
  answered(request: SipRequest, source: string): void {
    const key = `${source} ${header(request, 'User-Agent') ?? ''}`
    const before = this.unanswered.get(key)
    if (before !== undefined && before <= PATIENCE) this.unanswered.delete(key)
  }
}
