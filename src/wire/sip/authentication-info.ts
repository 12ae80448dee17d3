/** Authentication-Info (RFC 3261 §20.6, RFC 7616 §3.5): the server's proof that it knows the password, and the next nonce. */
import type { Result } from '../../kernel/result.ts'
import { ok } from '../../kernel/result.ts'
import { authParams } from './auth.ts'
import { isToken } from './chars.ts'
import { quote } from './quoted-string.ts'

export interface AuthenticationInfo {
  readonly nextnonce?: string
  readonly qop?: string
  readonly rspauth?: string
  readonly cnonce?: string
  readonly nc?: string
}

const KEYS = ['nextnonce', 'qop', 'rspauth', 'cnonce', 'nc'] as const

export function parseAuthenticationInfo(value: string): Result<AuthenticationInfo> {
  const params = authParams(value, 0)
  if (!params.ok) return params
  const out: Record<string, string> = {}
  for (const key of KEYS) {
    const text = params.value.get(key)
    if (text !== undefined) out[key] = text
  }
  return ok(out)
}

/** qop and nc are tokens there, the rest is quoted. */
export function printAuthenticationInfo(info: AuthenticationInfo): string {
  const parts: string[] = []
  for (const key of KEYS) {
    const text = info[key]
    if (text !== undefined) parts.push(`${key}=${(key === 'qop' || key === 'nc') && isToken(text) ? text : quote(text)}`)
  }
  return parts.join(',')
}
