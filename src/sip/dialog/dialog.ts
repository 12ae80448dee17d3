/** A dialog as one peer keeps it (RFC 3261 §12): plain data; every change makes a new value. */
import { header, headerValues, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import type { Hop } from '../flow.ts'
import type { NameAddr } from '../leg.ts'
import { tagIn } from './tags.ts'

export interface Dialog {
  readonly callId: string
  readonly localTag: string
  /** '' towards a peer of RFC 2543. */
  readonly remoteTag: string
  readonly local: NameAddr
  readonly remote: NameAddr
  readonly remoteTarget: string
  /** Topmost first, as it goes into Route. */
  readonly routeSet: readonly string[]
  /** CSeq of the last request that we sent. */
  readonly localSeq: number
  /** CSeq of the highest request that came; -1 before any. */
  readonly remoteSeq: number
  /** Where the peer was last heard (or reached). */
  readonly hop: Hop
  /** What the peer writes about its own address cannot be used: keep to `hop`. */
  readonly behindNat: boolean
  /** The Contact URI that we gave to the peer. */
  readonly contact: string
}

export interface Inviting {
  readonly callId: string
  readonly localTag: string
  readonly local: NameAddr
  readonly remote: NameAddr
  readonly requestUri: string
  readonly seq: number
  readonly contact: string
  /** The INVITE went over a flow that the peer had opened (a registered phone). */
  readonly toFlow: boolean
}

/** UAC side, from a 1xx with a To tag or a 2xx (§12.1.2). */
export function dialogFromResponse(invite: Inviting, response: SipResponse, hop: Hop): Dialog {
  const routes = headerValues(response, 'Record-Route').reverse()
  return {
    callId: invite.callId,
    localTag: invite.localTag,
    remoteTag: tagIn(header(response, 'To')),
    local: invite.local,
    remote: invite.remote,
    remoteTarget: contactUri(response) ?? invite.requestUri,
    routeSet: routes,
    localSeq: invite.seq,
    remoteSeq: -1,
    hop,
    // A peer that we reached over a flow of its own making is where the flow is, whatever its Contact says.
    behindNat: invite.toFlow,
    contact: invite.contact,
  }
}

export interface Arrival {
  readonly localTag: string
  readonly source: Hop
  readonly behindNat: boolean
  readonly contact: string
}

/** UAS side, from the request that opens the dialog (§12.1.1). Null when it has no usable Contact. */
export function dialogFromRequest(request: SipRequest, arrival: Arrival): Dialog | null {
  const target = contactUri(request)
  const from = parseNameAddr(header(request, 'From') ?? '')
  const to = parseNameAddr(header(request, 'To') ?? '')
  if (target === undefined || !from.ok || !to.ok) return null
  return {
    callId: header(request, 'Call-ID') ?? '',
    localTag: arrival.localTag,
    remoteTag: tagIn(header(request, 'From')),
    local: bare(to.value),
    remote: bare(from.value),
    remoteTarget: target,
    routeSet: headerValues(request, 'Record-Route'),
    localSeq: 0,
    remoteSeq: Number.parseInt(header(request, 'CSeq') ?? '0', 10),
    hop: arrival.source,
    behindNat: arrival.behindNat,
    contact: arrival.contact,
  }
}

/** Only the latest request counts (§12.2.2): a lower CSeq than one seen is out of order. */
export function inOrder(dialog: Dialog, seq: number): boolean {
  return seq >= dialog.remoteSeq
}

export function seen(dialog: Dialog, seq: number): Dialog {
  return seq > dialog.remoteSeq ? { ...dialog, remoteSeq: seq } : dialog
}

/** INVITE and UPDATE refresh the remote target, in both directions (§12.2.1.2, §12.2.2; RFC 3311 §5.1). */
export function retargeted(dialog: Dialog, uri: string | undefined): Dialog {
  return uri === undefined || uri === dialog.remoteTarget ? dialog : { ...dialog, remoteTarget: uri }
}

/** The URI of the first Contact. */
export function contactUri(message: SipRequest | SipResponse): string | undefined {
  const value = header(message, 'Contact')
  if (value === undefined || value === '*') return undefined
  const open = value.charCodeAt(0) === 60 ? 0 : value.indexOf('<')
  if (open >= 0 && value.charCodeAt(0) !== 34) {
    const close = value.indexOf('>', open)
    if (close > 0) return value.slice(open + 1, close)
  }
  const parsed = parseNameAddr(value)
  return parsed.ok ? parsed.value.uri : undefined
}

function bare(address: { readonly display?: string; readonly uri: string }): NameAddr {
  return address.display === undefined ? { uri: address.uri } : { display: address.display, uri: address.uri }
}
