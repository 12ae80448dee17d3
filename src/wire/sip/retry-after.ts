/** Retry-After (RFC 3261 §20.33): `18000;duration=3600`, `120 (I'm in a meeting)`. */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { DIGIT, skip, skipBlanks } from './chars.ts'
import { parseDelta } from './delta-seconds.ts'
import type { Param } from './params.ts'
import { parseParams, printParams } from './params.ts'

export interface RetryAfter {
  readonly seconds: number
  /** Without its parentheses, escapes kept. */
  readonly comment?: string
  readonly params: readonly Param[]
}

export function parseRetryAfter(value: string): Result<RetryAfter> {
  const start = skipBlanks(value, 0)
  const end = skip(value, start, DIGIT)
  const seconds = parseDelta(value.slice(start, end))
  if (seconds === undefined) return fault('sip-bad-retry-after', 'a number of seconds must stand first', start)
  let at = skipBlanks(value, end)
  let comment: string | undefined
  if (value.charCodeAt(at) === 40) {
    const close = commentEnd(value, at)
    if (close < 0) return fault('sip-bad-retry-after', 'a comment is not closed', at)
    comment = value.slice(at + 1, close - 1)
    at = close
  }
  const params = parseParams(value, at)
  if (!params.ok) return params
  return ok(comment === undefined ? { seconds, params: params.value } : { seconds, comment, params: params.value })
}

/** The place after the parenthesis that closes the one at `at`; comments nest (§25.1). */
function commentEnd(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 92) i++
    else if (c === 40) depth++
    else if (c === 41 && --depth === 0) return i + 1
  }
  return -1
}

export function printRetryAfter(r: RetryAfter): string {
  return `${r.seconds}${r.comment === undefined ? '' : ` (${r.comment})`}${printParams(r.params)}`
}
