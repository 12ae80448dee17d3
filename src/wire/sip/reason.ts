/** Reason (RFC 3326): why a request was sent, e.g. `Q.850;cause=16;text="Terminated"`. */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { decimal } from './chars.ts'
import type { Param } from './params.ts'
import { param, printParams } from './params.ts'
import { quote } from './quoted-string.ts'
import { parseTokenParams } from './token-params.ts'

export interface Reason {
  /** `SIP`, `Q.850`, or another registered protocol, as written. */
  readonly protocol: string
  readonly cause?: number
  readonly text?: string
  readonly params: readonly Param[]
}

export function parseReason(value: string): Result<Reason> {
  const r = parseTokenParams(value, 'sip-bad-reason', 'Reason')
  if (!r.ok) return r
  const text = param(r.value.params, 'text')
  const causeText = param(r.value.params, 'cause')
  const cause = causeText === undefined ? undefined : decimal(causeText, 0x7fffffff)
  if (cause === -1) return fault('sip-bad-reason', 'cause must be a number')
  return ok({
    protocol: r.value.token,
    ...(cause === undefined ? {} : { cause }),
    ...(text === undefined ? {} : { text }),
    params: r.value.params.filter(p => p.name !== 'cause' && p.name !== 'text'),
  })
}

export function printReason(r: Reason): string {
  return `${r.protocol}${r.cause === undefined ? '' : `;cause=${r.cause}`}${r.text === undefined ? '' : `;text=${quote(r.text)}`}${printParams(r.params)}`
}
