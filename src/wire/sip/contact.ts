/** Contact (RFC 3261 §20.10) with the parameters of registration: q, expires, outbound (RFC 5626), GRUU (RFC 5627). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import { decimal } from './chars.ts'
import { parseDelta } from './delta-seconds.ts'
import type { NameAddr } from './name-addr.ts'
import { parseNameAddr, printNameAddr } from './name-addr.ts'
import type { Param } from './params.ts'
import { param } from './params.ts'
import { quote } from './quoted-string.ts'

export interface Contact extends NameAddr {
  /** Thousandths; 1000 when not given. */
  readonly qThousandths: number
  /** Seconds, at most 2**32-1; undefined when not given or unreadable (§10.3: then the default holds). */
  readonly expiresS: number | undefined
  /** `+sip.instance` without its quotes and angle brackets, e.g. `urn:uuid:…`. */
  readonly instance: string | undefined
  readonly regId: number | undefined
}

/** `*` means every binding of the address of record (§10.2.2). */
export function parseContact(value: string): Result<Contact | '*'> {
  if (value === '*') return ok('*')
  const address = parseNameAddr(value)
  if (!address.ok) return address
  const { params } = address.value
  const q = parseQ(param(params, 'q'))
  if (q < 0) return fault('sip-bad-q', 'q must be from 0 to 1 with at most three decimals')
  const regId = param(params, 'reg-id')
  const regIdNumber = regId === undefined ? undefined : decimal(regId, 0x7fffffff)
  if (regIdNumber !== undefined && regIdNumber < 1) return fault('sip-bad-reg-id', 'reg-id must be a number from 1 to 2147483647')
  return ok({
    ...address.value,
    qThousandths: q,
    expiresS: parseDelta(param(params, 'expires')),
    instance: parseInstance(params),
    regId: regIdNumber,
  })
}

export function printContact(contact: NameAddr | '*'): string {
  return contact === '*' ? '*' : printNameAddr(contact)
}

/** qvalue = "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3("0") ] in thousandths; -1 when malformed. */
function parseQ(text: string | undefined): number {
  if (text === undefined) return 1000
  return /^(?:0?(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) && text !== '' && text !== '.' ? Math.round(Number(text) * 1000) : -1
}

function parseInstance(params: readonly Param[]): string | undefined {
  const text = param(params, '+sip.instance')
  return text?.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : undefined
}

/** The parameters of a binding as a registrar lists it (§10.3 step 8, RFC 5627 §5.3). */
export interface BindingParams {
  readonly expiresS?: number
  readonly qThousandths?: number
  readonly instance?: string
  readonly regId?: number
  readonly pubGruu?: string
  readonly tempGruu?: string
}

export function bindingParams(b: BindingParams): readonly Param[] {
  const out: Param[] = []
  if (b.qThousandths !== undefined && b.qThousandths !== 1000) out.push({ name: 'q', value: String(b.qThousandths / 1000) })
  if (b.expiresS !== undefined) out.push({ name: 'expires', value: String(b.expiresS) })
  if (b.instance !== undefined) out.push({ name: '+sip.instance', value: quote(`<${b.instance}>`) })
  if (b.regId !== undefined) out.push({ name: 'reg-id', value: String(b.regId) })
  if (b.pubGruu !== undefined) out.push({ name: 'pub-gruu', value: quote(b.pubGruu) })
  if (b.tempGruu !== undefined) out.push({ name: 'temp-gruu', value: quote(b.tempGruu) })
  return out
}
