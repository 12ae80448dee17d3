/** Warning (RFC 3261 §20.43): `307 isi.edu "Session parameter 'foo' not understood"`. */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { quote, quotedEnd, unquote } from './quoted-string.ts'

export interface Warning {
  /** 300–399 for SIP; three digits. */
  readonly code: number
  /** Who says so: host, host:port or a pseudonym. */
  readonly agent: string
  readonly text: string
}

export function parseWarning(value: string): Result<Warning> {
  const m = /^([1-9]\d\d)[ \t]+([^ \t",]+)[ \t]+(?=")/.exec(value)
  if (m === null) return fault('sip-bad-warning', 'a Warning is three digits, an agent and a quoted text', 0)
  const from = m[0].length
  if (quotedEnd(value, from) !== value.length) return fault('sip-bad-warning', 'the text of a Warning must be quoted and stand last', from)
  return ok({ code: Number(m[1]), agent: m[2]!, text: unquote(value.slice(from)) })
}

export function printWarning(w: Warning): string {
  return `${w.code} ${w.agent} ${quote(w.text)}`
}
