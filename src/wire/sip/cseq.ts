/** CSeq (RFC 3261 §20.16): a number below 2**31 and a method. */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { DIGIT, decimal, isToken, skip, skipBlanks } from './chars.ts'

export interface CSeq {
  readonly seq: number
  readonly method: string
}

export function parseCSeq(value: string): Result<CSeq> {
  const end = skip(value, 0, DIGIT)
  const seq = decimal(value.slice(0, end), 0x7fffffff)
  if (seq < 0) return fault('sip-bad-cseq', 'CSeq must begin with a number below 2147483648', 0)
  const at = skipBlanks(value, end)
  const method = value.slice(at)
  if (at === end || !isToken(method)) return fault('sip-bad-cseq', 'CSeq must end with a method', at)
  return ok({ seq, method })
}

export function printCSeq(cseq: CSeq): string {
  return `${cseq.seq} ${cseq.method}`
}
