/**
 * Who is calling, as far as it can be believed, and how we say it to others (RFC 3323 privacy, RFC 3325 asserted identity,
 * draft-ietf-sip-privacy-04 Remote-Party-ID, which providers still send).
 */
import type { HeaderField } from '../../wire/sip/message.ts'
import { parseNameAddr, printNameAddr } from '../../wire/sip/name-addr.ts'
import { param } from '../../wire/sip/params.ts'
import { parseUri, printUri, sipUri } from '../../wire/sip/uri.ts'
import type { NameAddr } from '../leg.ts'

/** What the request said; `remoteParty` are Remote-Party-ID values. */
export interface ClaimedIdentity {
  readonly from: NameAddr
  readonly asserted: readonly NameAddr[]
  readonly privacy: readonly string[]
  readonly remoteParty?: readonly string[]
}

export interface CallerIdentity {
  /** User part or telephone number as sent, '' when nothing is known. */
  readonly user: string
  readonly display?: string
  /** Known to us perhaps, but not to be shown to the called person. */
  readonly withheld: boolean
  /** What it rests on. */
  readonly by: 'asserted' | 'remote-party' | 'from'
}

/** RFC 3325 §5: assertions count only from those we trust; a stranger's are as if they were not there. */
export function callerOf(claim: ClaimedIdentity, trusted: boolean): CallerIdentity {
  const hidden = claim.privacy.some(p => p === 'id' || p === 'user' || p === 'header')
  if (trusted) {
    // Of a sip and a tel identity (§9.1 allows one each) the number is the better one.
    const best = claim.asserted.find(a => a.uri.startsWith('tel:')) ?? claim.asserted[0]
    if (best !== undefined) return identity(best, hidden, 'asserted')
    const party = remoteParty(claim.remoteParty ?? [])
    if (party !== undefined) return identity(party.who, hidden || party.hidden, 'remote-party')
  }
  return identity(claim.from, hidden || isAnonymous(claim.from), 'from')
}

function isAnonymous(who: NameAddr): boolean {
  const uri = parseUri(who.uri)
  if (!uri.ok) return true
  if (uri.value.scheme === 'tel' || uri.value.scheme === 'other') return false
  const user = uri.value.user.toLowerCase()
  return uri.value.host.toLowerCase() === 'anonymous.invalid' || user === 'anonymous' || user === 'unavailable' || user === 'restricted'
}

function remoteParty(values: readonly string[]): { who: NameAddr; hidden: boolean } | undefined {
  for (const value of values) {
    const read = parseNameAddr(value)
    if (!read.ok) continue
    const { params, uri, display } = read.value
    if ((param(params, 'party') ?? 'calling') !== 'calling' || param(params, 'screen') === 'no') continue
    const privacy = param(params, 'privacy')?.toLowerCase() ?? 'off'
    return { who: display === undefined ? { uri } : { display, uri }, hidden: privacy.startsWith('full') || privacy.startsWith('uri') }
  }
  return undefined
}

function identity(who: NameAddr, withheld: boolean, by: CallerIdentity['by']): CallerIdentity {
  const uri = parseUri(who.uri)
  const user = !uri.ok
    ? ''
    : uri.value.scheme === 'tel'
      ? uri.value.number.replace(/[-.()]/g, '')
      : uri.value.scheme === 'other'
        ? ''
        : uri.value.user
  const anonymous = isAnonymous(who)
  return { user: anonymous ? '' : user, ...(who.display !== undefined && !anonymous && { display: who.display }), withheld, by }
}

/** How we present a caller on a leg that we make. */
export interface OutgoingIdentityStyle {
  /** Host of the URIs we write: ours, or the provider's. */
  readonly domain: string
  /** The far end belongs to our trust domain: it is told who calls even when that is withheld from the called (RFC 3325 §7). */
  readonly trusted: boolean
  /** Which header carries the assertion. */
  readonly assertion: 'p-asserted-identity' | 'p-preferred-identity' | 'remote-party-id' | 'none'
  /** Providers that know their customers by From want the account there always. */
  readonly fromUser?: string
}

export interface OutgoingIdentity {
  readonly from: NameAddr
  readonly headers: readonly HeaderField[]
}

const ANONYMOUS: NameAddr = { display: 'Anonymous', uri: 'sip:anonymous@anonymous.invalid' }

/** `user`: the number, already written as the far end wants it. */
export function presentCaller(
  caller: { readonly user: string; readonly name?: string; readonly withheld?: boolean },
  style: OutgoingIdentityStyle,
): OutgoingIdentity {
  const withheld = caller.withheld === true || caller.user === ''
  const real = address(caller.user, caller.name, style.domain)
  const account = style.fromUser === undefined ? undefined : address(style.fromUser, withheld ? 'Anonymous' : caller.name, style.domain)
  const from = account ?? (withheld ? ANONYMOUS : real)
  const headers: HeaderField[] = []
  if (caller.user !== '' && style.assertion !== 'none' && (style.trusted || !withheld)) headers.push(assertion(real, withheld, style))
  if (withheld) headers.push({ name: 'Privacy', value: 'id' })
  return { from, headers }
}

function address(user: string, name: string | undefined, domain: string): NameAddr {
  const uri = printUri(sipUri(user, domain))
  return name === undefined || name === '' ? { uri } : { display: name, uri }
}

function assertion(who: NameAddr, withheld: boolean, style: OutgoingIdentityStyle): HeaderField {
  const value = printNameAddr({ ...who, params: [] })
  if (style.assertion === 'remote-party-id')
    return { name: 'Remote-Party-ID', value: `${value};party=calling;screen=yes;privacy=${withheld ? 'full' : 'off'}` }
  return { name: style.assertion === 'p-preferred-identity' ? 'P-Preferred-Identity' : 'P-Asserted-Identity', value }
}
