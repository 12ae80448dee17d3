/** Content-Type and the media ranges of Accept (RFC 3261 §20.15, §20.1), Content-Disposition (§20.11). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { skip, skipBlanks, TOKEN } from './chars.ts'
import type { Param } from './params.ts'
import { hasParam, param, parseParams, printParams } from './params.ts'
import { parseTokenParams, printTokenParams } from './token-params.ts'

export interface MediaType {
  /** Lower case, `*` in a range. */
  readonly type: string
  readonly subtype: string
  readonly params: readonly Param[]
}

export interface ContentDisposition {
  /** Lower case: session, render, icon, alert, early-session … */
  readonly disposition: string
  /** Whether a body that is not understood makes the request fail; true unless `handling=optional`. */
  readonly required: boolean
  readonly params: readonly Param[]
}

export function parseContentType(value: string): Result<MediaType> {
  const at = skipBlanks(value, 0)
  const typeEnd = skip(value, at, TOKEN)
  const slash = skipBlanks(value, typeEnd)
  if (typeEnd === at || value.charCodeAt(slash) !== 47) return fault('sip-bad-media-type', 'a media type reads type/subtype', at)
  const from = skipBlanks(value, slash + 1)
  const end = skip(value, from, TOKEN)
  if (end === from) return fault('sip-bad-media-type', 'a media type reads type/subtype', from)
  const params = parseParams(value, end)
  return params.ok
    ? ok({ type: value.slice(at, typeEnd).toLowerCase(), subtype: value.slice(from, end).toLowerCase(), params: params.value })
    : params
}

export function printContentType(t: MediaType): string {
  return `${t.type}/${t.subtype}${printParams(t.params)}`
}

/** Whether an Accept range (`application/*`) takes a type; `q=0` refuses it. */
export function accepts(range: MediaType, type: MediaType): boolean {
  if (Number(param(range.params, 'q') ?? '1') === 0) return false
  return (range.type === '*' || range.type === type.type) && (range.subtype === '*' || range.subtype === type.subtype)
}

export function parseContentDisposition(value: string): Result<ContentDisposition> {
  const r = parseTokenParams(value, 'sip-bad-disposition', 'Content-Disposition')
  if (!r.ok) return r
  const required = !hasParam(r.value.params, 'handling') || param(r.value.params, 'handling')?.toLowerCase() !== 'optional'
  return ok({ disposition: r.value.token.toLowerCase(), required, params: r.value.params })
}

export function printContentDisposition(d: ContentDisposition): string {
  return printTokenParams({ token: d.disposition, params: d.params })
}
