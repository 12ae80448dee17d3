/** Session-Expires and Min-SE (RFC 4028 §4, §5). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { DIGIT, skip, skipBlanks } from './chars.ts'
import { parseDelta } from './delta-seconds.ts'
import type { Param } from './params.ts'
import { param, parseParams, printParams, withoutParam } from './params.ts'

/** Min-SE and Session-Expires may not be below this (§4, §5). */
export const LEAST_SESSION_INTERVAL_S = 90

export interface SessionExpires {
  readonly intervalS: number
  readonly refresher?: 'uac' | 'uas'
  readonly params: readonly Param[]
}

export interface MinSe {
  readonly intervalS: number
  readonly params: readonly Param[]
}

export function parseSessionExpires(value: string): Result<SessionExpires> {
  const r = parseMinSe(value)
  if (!r.ok) return r
  const refresher = param(r.value.params, 'refresher')?.toLowerCase()
  if (refresher === undefined) return r
  if (refresher !== 'uac' && refresher !== 'uas') return fault('sip-bad-session-expires', 'refresher must be uac or uas')
  return ok({ intervalS: r.value.intervalS, refresher, params: withoutParam(r.value.params, 'refresher') })
}

export function printSessionExpires(s: SessionExpires): string {
  return `${s.intervalS}${s.refresher === undefined ? '' : `;refresher=${s.refresher}`}${printParams(s.params)}`
}

export function parseMinSe(value: string): Result<MinSe> {
  const at = skipBlanks(value, 0)
  const end = skip(value, at, DIGIT)
  const intervalS = parseDelta(value.slice(at, end))
  if (intervalS === undefined) return fault('sip-bad-session-expires', 'a number of seconds must stand first', at)
  const params = parseParams(value, end)
  return params.ok ? ok({ intervalS, params: params.value }) : params
}

export function printMinSe(m: MinSe): string {
  return `${m.intervalS}${printParams(m.params)}`
}
