/** RAck and RSeq (RFC 3262 §7.1, §7.2). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { DIGIT, decimal, isBlank, skip, skipBlanks } from './chars.ts'
import type { CSeq } from './cseq.ts'
import { parseCSeq, printCSeq } from './cseq.ts'

export interface RAck {
  readonly rseq: number
  /** Of the request that the provisional response answers. */
  readonly cseq: CSeq
}

/** 1 to 2**32-1. */
export function parseRSeq(value: string): Result<number> {
  const n = decimal(value, 0xffffffff)
  return n < 1 ? fault('sip-bad-rseq', 'RSeq must be a number from 1 to 4294967295', 0) : ok(n)
}

export function printRSeq(rseq: number): string {
  return String(rseq)
}

export function parseRAck(value: string): Result<RAck> {
  const end = skip(value, 0, DIGIT)
  const rseq = decimal(value.slice(0, end), 0xffffffff)
  if (rseq < 0 || !isBlank(value.charCodeAt(end))) return fault('sip-bad-rack', 'RAck must begin with the RSeq that it answers', 0)
  const cseq = parseCSeq(value.slice(skipBlanks(value, end)))
  return cseq.ok ? ok({ rseq, cseq: cseq.value }) : cseq
}

export function printRAck(r: RAck): string {
  return `${r.rseq} ${printCSeq(r.cseq)}`
}
