/** delta-seconds and the headers that are nothing else: Expires, Min-Expires (RFC 3261 §20.19, §20.23). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { all, DIGIT, decimal } from './chars.ts'

const MOST = 0xffffffff

/** Beyond 2**32-1 it is that (§20.19, RFC 4475 §3.1.2.4); undefined when it is no number. */
export function parseDelta(text: string | undefined): number | undefined {
  if (text === undefined || !all(text, DIGIT)) return undefined
  const n = decimal(text, MOST)
  return n < 0 ? MOST : n
}

export function parseExpires(value: string): Result<number> {
  const n = parseDelta(value)
  return n === undefined ? fault('sip-bad-expires', 'a number of seconds is needed here', 0) : ok(n)
}

export function printExpires(seconds: number): string {
  return String(Math.min(MOST, Math.max(0, Math.floor(seconds))))
}
