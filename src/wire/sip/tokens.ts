/** Lists of tokens across all fields of a header: Supported, Require, Allow, Allow-Events … */
import type { SipMessage } from './message.ts'

/** In order, as written; empty elements (`Supported:`) left out. */
export function tokens(message: SipMessage, name: string): string[] {
  const out: string[] = []
  for (const h of message.headers) if (h.name === name && h.value !== '') out.push(h.value)
  return out
}

/** Whether a token stands in the list. Option tags and event packages are compared without case, methods with it (§7.1, §7.3.1). */
export function lists(message: SipMessage, name: string, token: string): boolean {
  const exact = name === 'Allow'
  const wanted = exact ? token : token.toLowerCase()
  for (const h of message.headers) if (h.name === name && (exact ? h.value : h.value.toLowerCase()) === wanted) return true
  return false
}
