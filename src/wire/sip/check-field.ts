/** The checks that `parse-message.ts` makes on headers that every element must understand. */
import type { Fault } from '../../kernel/result.ts'
import { decimal } from './chars.ts'
import { parseCSeq } from './cseq.ts'
import { parseNameAddr } from './name-addr.ts'
import { parseVia } from './via.ts'

export type FieldCheck = (value: string) => Fault | null

function address(value: string): Fault | null {
  const r = parseNameAddr(value)
  return r.ok ? null : r.error
}

/** Call-ID is word [ "@" word ] (RFC 3261 §25.1): anything printable, no blanks. */
function callId(value: string): Fault | null {
  if (value === '') return { code: 'sip-bad-call-id', message: 'Call-ID is empty' }
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i)
    if (c <= 32 || c === 127) return { code: 'sip-bad-call-id', message: 'Call-ID holds a blank or a control character', at: i }
  }
  return null
}

const checks: Record<string, FieldCheck> = {
  Via(value) {
    const r = parseVia(value)
    return r.ok ? null : r.error
  },
  From: address,
  To: address,
  Route: address,
  'Record-Route': address,
  Contact: value => (value === '*' ? null : address(value)),
  'Call-ID': callId,
  CSeq(value) {
    const r = parseCSeq(value)
    return r.ok ? null : r.error
  },
  'Max-Forwards': value =>
    decimal(value, 255) < 0 ? { code: 'sip-bad-max-forwards', message: 'Max-Forwards must be a number from 0 to 255' } : null,
  'Content-Length': value =>
    decimal(value, 0xffffffff) < 0 ? { code: 'sip-bad-content-length', message: 'Content-Length must be a number' } : null,
}

/** The check of a header, by canonical name. */
export function fieldCheck(name: string): FieldCheck | null {
  return Object.hasOwn(checks, name) ? checks[name]! : null
}
