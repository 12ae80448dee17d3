/** Replaces (RFC 3891 §6.1) and, of the same shape, Join (RFC 3911 §7.1) and Target-Dialog (RFC 4538 §7). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { trimmed, URI_HEADER } from './chars.ts'
import { percentDecode, percentEncode } from './escaping.ts'
import type { Param } from './params.ts'
import { hasParam, makeParam, param, parseParams, printParams } from './params.ts'

export interface Replaces {
  readonly callId: string
  /** Tag of the element that receives the header; `0` also for a peer of RFC 2543 (§6.1). */
  readonly toTag: string
  readonly fromTag: string
  readonly earlyOnly: boolean
  readonly params: readonly Param[]
}

export function parseReplaces(value: string): Result<Replaces> {
  let end = value.indexOf(';')
  if (end < 0) end = value.length
  const callId = trimmed(value, 0, end)
  if (callId === '' || /[\s,]/.test(callId)) return fault('sip-bad-replaces', 'Replaces must begin with a Call-ID', 0)
  const params = parseParams(value, end)
  if (!params.ok) return params
  const toTag = param(params.value, 'to-tag')
  const fromTag = param(params.value, 'from-tag')
  if (toTag === undefined || toTag === '' || fromTag === undefined || fromTag === '')
    return fault('sip-bad-replaces', 'Replaces needs to-tag and from-tag')
  const rest = params.value.filter(p => p.name !== 'to-tag' && p.name !== 'from-tag' && p.name !== 'early-only')
  return ok({ callId, toTag, fromTag, earlyOnly: hasParam(params.value, 'early-only'), params: rest })
}

export function printReplaces(r: Replaces): string {
  return `${r.callId}${printParams([makeParam('to-tag', r.toTag), makeParam('from-tag', r.fromTag)])}${r.earlyOnly ? ';early-only' : ''}${printParams(r.params)}`
}

/** As it stands in the `?Replaces=` of a Refer-To URI (RFC 5589 §7). */
export function replacesToUriHeader(r: Replaces): string {
  return percentEncode(printReplaces(r), URI_HEADER)
}

export function replacesFromUriHeader(escaped: string): Result<Replaces> {
  return parseReplaces(percentDecode(escaped))
}
