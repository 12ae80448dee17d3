/** Subscription-State (RFC 6665 §4.1.3, §8.2.3). */
import type { Result } from '../../kernel/result.ts'
import { ok } from '../../kernel/result.ts'
import { parseDelta } from './delta-seconds.ts'
import type { Param } from './params.ts'
import { makeParam, param, printParams } from './params.ts'
import { parseTokenParams } from './token-params.ts'

export interface SubscriptionState {
  /** `active`, `pending`, `terminated`, or an extension, in lower case. */
  readonly state: string
  /** `deactivated`, `probation`, `rejected`, `timeout`, `giveup`, `noresource`, `invariant`, or an extension, in lower case. */
  readonly reason?: string
  readonly expiresS?: number
  readonly retryAfterS?: number
  readonly params: readonly Param[]
}

export function parseSubscriptionState(value: string): Result<SubscriptionState> {
  const r = parseTokenParams(value, 'sip-bad-subscription-state', 'Subscription-State')
  if (!r.ok) return r
  const reason = param(r.value.params, 'reason')?.toLowerCase()
  const expiresS = parseDelta(param(r.value.params, 'expires'))
  const retryAfterS = parseDelta(param(r.value.params, 'retry-after'))
  return ok({
    state: r.value.token.toLowerCase(),
    ...(reason === undefined ? {} : { reason }),
    ...(expiresS === undefined ? {} : { expiresS }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    params: r.value.params.filter(p => p.name !== 'reason' && p.name !== 'expires' && p.name !== 'retry-after'),
  })
}

export function printSubscriptionState(s: SubscriptionState): string {
  let out = s.state
  if (s.reason !== undefined) out += printParams([makeParam('reason', s.reason)])
  if (s.expiresS !== undefined) out += `;expires=${s.expiresS}`
  if (s.retryAfterS !== undefined) out += `;retry-after=${s.retryAfterS}`
  return out + printParams(s.params)
}
