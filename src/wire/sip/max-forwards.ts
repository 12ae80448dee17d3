/** Max-Forwards (RFC 3261 §20.22) and Max-Breadth (RFC 5393 §5.3.3). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { decimal } from './chars.ts'

export function parseMaxForwards(value: string): Result<number> {
  const n = decimal(value, 255)
  return n < 0 ? fault('sip-bad-max-forwards', 'a number from 0 to 255 is needed', 0) : ok(n)
}

export function printMaxForwards(hops: number): string {
  return String(hops)
}

export function parseMaxBreadth(value: string): Result<number> {
  const n = decimal(value, 0x7fffffff)
  return n < 0 ? fault('sip-bad-max-breadth', 'a number is needed', 0) : ok(n)
}

export function printMaxBreadth(branches: number): string {
  return String(branches)
}
