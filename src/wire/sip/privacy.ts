/** Privacy (RFC 3323 §4.2; `id` RFC 3325 §9.3; `history` RFC 7044). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { isToken } from './chars.ts'

/** Lower-case tokens: header, session, user, id, history, none, critical … Commas are met where semicolons belong. */
export function parsePrivacy(value: string): Result<readonly string[]> {
  const out: string[] = []
  for (const part of value.split(/[;,]/)) {
    const token = part.trim().toLowerCase()
    if (!isToken(token)) return fault('sip-bad-privacy', 'Privacy is a row of tokens with semicolons between', 0)
    out.push(token)
  }
  return ok(out)
}

export function printPrivacy(tokens: readonly string[]): string {
  return tokens.join(';')
}
