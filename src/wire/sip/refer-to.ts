/** Refer-To (RFC 3515 §2.1) with the Replaces of an attended transfer taken out of its URI (RFC 3891 §5, RFC 5589 §7). */
import type { Result } from '../../kernel/result.ts'
import { fault, ok } from '../../kernel/result.ts'
import type { NameAddr } from './name-addr.ts'
import { parseNameAddr, printNameAddr } from './name-addr.ts'
import type { Param } from './params.ts'
import { NO_PARAMS } from './params.ts'
import type { Replaces } from './replaces.ts'
import { parseReplaces, printReplaces } from './replaces.ts'
import { parseUri, printUri } from './uri.ts'

export interface ReferTo {
  readonly display?: string
  /** The target without its header part. */
  readonly uri: string
  /** `method=` of the URI, upper case; INVITE when it names none (§2.1). */
  readonly method: string
  readonly replaces?: Replaces
  /** The other headers that the URI asks to put into the request; whoever sends it decides which are harmless. */
  readonly headers: readonly Param[]
  readonly params: readonly Param[]
}

export function parseReferTo(value: string): Result<ReferTo> {
  const address = parseNameAddr(value)
  if (!address.ok) return address
  const uri = parseUri(address.value.uri)
  if (!uri.ok) return uri
  const display = address.value.display === undefined ? {} : { display: address.value.display }
  const { params } = address.value
  if (uri.value.scheme !== 'sip' && uri.value.scheme !== 'sips')
    return ok({ ...display, uri: address.value.uri, method: 'INVITE', headers: NO_PARAMS, params })
  const method = uri.value.params.find(p => p.name === 'method')?.value ?? 'INVITE'
  const wanted = uri.value.headers.filter(h => h.name.toLowerCase() === 'replaces')
  if (wanted.length > 1) return fault('sip-bad-refer-to', 'Refer-To names two dialogs to replace')
  const headers = uri.value.headers.filter(h => h.name.toLowerCase() !== 'replaces')
  const target = printUri({ ...uri.value, params: uri.value.params.filter(p => p.name !== 'method'), headers: NO_PARAMS })
  if (wanted.length === 0) return ok({ ...display, uri: target, method, headers, params })
  const replaces = parseReplaces(wanted[0]!.value ?? '')
  return replaces.ok ? ok({ ...display, uri: target, method, replaces: replaces.value, headers, params }) : replaces
}

export function printReferTo(r: ReferTo): string {
  const address: NameAddr = { ...(r.display === undefined ? {} : { display: r.display }), uri: targetUri(r), params: r.params }
  return printNameAddr(address)
}

function targetUri(r: ReferTo): string {
  const uri = parseUri(r.uri)
  if (!uri.ok || (uri.value.scheme !== 'sip' && uri.value.scheme !== 'sips')) return r.uri
  const params = r.method === 'INVITE' ? uri.value.params : [...uri.value.params, { name: 'method', value: r.method }]
  const headers = r.replaces === undefined ? r.headers : [{ name: 'Replaces', value: printReplaces(r.replaces) }, ...r.headers]
  return printUri({ ...uri.value, params, headers })
}
