/** Event (RFC 6665 §8.2.1): `presence`, `dialog;id=7`, `presence.winfo`. */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import type { Param } from './params.ts'
import { makeParam, param, printParams, withoutParam } from './params.ts'
import { parseTokenParams } from './token-params.ts'

export interface EventHeader {
  /** Package with its templates; case matters (§8.2.1). */
  readonly event: string
  readonly id?: string
  readonly params: readonly Param[]
}

export function parseEvent(value: string): Result<EventHeader> {
  const r = parseTokenParams(value, 'sip-bad-event', 'Event')
  if (!r.ok) return r
  const id = param(r.value.params, 'id')
  if (id === '') return fault('sip-bad-event', 'the id of an Event is empty')
  const params = withoutParam(r.value.params, 'id')
  return ok(id === undefined ? { event: r.value.token, params } : { event: r.value.token, id, params })
}

export function printEvent(e: EventHeader): string {
  return `${e.event}${e.id === undefined ? '' : printParams([makeParam('id', e.id)])}${printParams(e.params)}`
}

/** Whether two Events name the same subscription of a dialog (§4.5.2: package and id, parameters ignored). */
export function sameEvent(a: EventHeader, b: EventHeader): boolean {
  return a.event === b.event && a.id === b.id
}
