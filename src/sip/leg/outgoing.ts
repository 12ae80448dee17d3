/** The calling side until the call is up: INVITE, early dialogs, 2xx of several forks, CANCEL (RFC 3261 §13.2, §9.1; RFC 3262 §4). */
import { type HeaderField, header, headerValues, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import { contactUri, type Dialog, dialogFromResponse } from '../dialog/dialog.ts'
import { addressText, tagged } from '../dialog/in-dialog-request.ts'
import { tagIn } from '../dialog/tags.ts'
import type { Hop } from '../flow.ts'
import type { LegCommand, LegNotice, ReasonValue } from '../leg.ts'
import { ackAndBye, dropOffer, over } from './farewell.ts'
import { addressesOf, lists, numberOf, reasonHeaders, reasonOf } from './header-values.ts'
import { SDP_TYPE, sdpBytes, sessionBody } from './session-body.ts'
import { askSession, takeSession } from './session-timer.ts'
import { SEQ_JUMP, snapshotOf } from './snapshot.ts'
import type { Fork, LegInput, OutgoingInvite } from './state.ts'
import type { Turn } from './turn.ts'

type InviteCommand = LegCommand & { readonly do: 'invite' }

/** How long a 2xx with an offer waits for our answer: its sender gives up after 32 s. */
const ANSWER_DUE_MS = 20_000

export function invite(turn: Turn, command: InviteCommand): void {
  const { s, o } = turn
  s.invite = {
    command,
    callId: o.hex(16),
    localTag: o.hex(8),
    seq: 1,
    attempt: 1,
    sessionExpiresS: o.config.sessionExpiresS,
    minSessionS: 0,
    cancelled: false,
    expired: false,
    resumed: false,
    refusedForks: [],
  }
  s.phase = 'calling'
  s.localSdp = command.sdp ?? null
  s.credentials = command.credentials ?? null
  s.reliableWanted = command.reliableProvisional ?? 'supported'
  launch(turn)
  turn.start('ring-end', o.config.maxRingMs)
}

function launch(turn: Turn): void {
  const i = turn.s.invite!
  const request = inviteRequest(turn, i)
  turn.effects.push({ do: 'request', purpose: { for: 'invite', attempt: i.attempt }, request, hops: i.command.hops, dialog: null })
}

function inviteRequest(turn: Turn, i: OutgoingInvite): SipRequest {
  const { o, s } = turn
  const c = i.command
  const headers: HeaderField[] = []
  for (const route of c.routes ?? []) headers.push({ name: 'Route', value: route })
  if (c.maxForwards !== undefined) headers.push({ name: 'Max-Forwards', value: String(c.maxForwards) })
  headers.push(
    { name: 'From', value: tagged(c.from, i.localTag) },
    { name: 'To', value: addressText(c.to) },
    { name: 'Call-ID', value: i.callId },
    { name: 'CSeq', value: `${i.seq} INVITE` },
    { name: 'Allow', value: o.allow },
  )
  const timed = c.sessionTimer !== false
  const tags = o.supported.filter(t => (t !== '100rel' || s.reliableWanted !== 'off') && (t !== 'timer' || timed))
  headers.push({ name: 'Supported', value: tags.join(', ') })
  if (s.reliableWanted === 'required') headers.push({ name: 'Require', value: '100rel' })
  if (timed) headers.push(...askSession(i.sessionExpiresS, i.minSessionS, null))
  if (c.sdp !== undefined) headers.push(SDP_TYPE)
  if (c.headers) headers.push(...c.headers)
  return { kind: 'request', method: 'INVITE', uri: c.requestUri, headers, body: c.sdp === undefined ? NO_BODY : sdpBytes(c.sdp) }
}

type Response = LegInput & { readonly kind: 'response' }

export function inviteResponse(turn: Turn, input: Response): void {
  const i = turn.s.invite
  if (!i || input.purpose.for !== 'invite' || input.purpose.attempt !== i.attempt) return
  const { response } = input
  // Credentials may have moved CSeq on (RFC 3261 §22.2).
  const seq = Number.parseInt(header(response, 'CSeq') ?? '', 10)
  if (seq > i.seq) turn.s.invite = { ...i, seq }
  if (response.status < 200) provisional(turn, input)
  else if (response.status < 300) success(turn, response, input.hop, input.contact)
  else failure(turn, response)
}

function provisional(turn: Turn, input: Response): void {
  const { s } = turn
  const { response } = input
  if (response.status === 100 || s.phase !== 'calling') return
  const tag = tagIn(header(response, 'To'))
  const body = sessionBody(response)
  const sdp = body === 'unsupported' ? undefined : body.sdp
  if (header(response, 'Allow') !== undefined) s.peerAllows = headerValues(response, 'Allow')
  let told = sdp
  if (tag !== '') {
    const rseq = lists(response, 'Require', '100rel') ? (numberOf(response, 'RSeq') ?? -1) : -1
    const fork = forkFor(turn, tag, input)
    if (rseq >= 0) {
      // Out of order or again: not acknowledged, not told (RFC 3262 §4).
      if (fork.rseq >= 0 && rseq !== fork.rseq + 1) return
      told = reliable(turn, { ...fork, rseq }, sdp, rseq)
    } else if (s.invite!.command.sdp === undefined) told = undefined
    else if (sdp !== undefined) putFork(turn, { ...fork, sdp })
  }
  if (s.invite!.cancelled) return
  const notice = { is: 'progress', status: response.status, early: tag, headers: response.headers } as const
  turn.notice(told === undefined ? notice : { ...notice, sdp: told })
}

/** A reliable 1xx: PRACK at once, or with our answer when it carries an offer (RFC 3262 §5). Returns the SDP to tell. */
function reliable(turn: Turn, fork: Fork, sdp: string | undefined, rseq: number): string | undefined {
  const { s } = turn
  const offered = s.invite!.command.sdp !== undefined
  if (offered) {
    putFork(turn, sdp === undefined ? fork : { ...fork, sdp, agreed: true })
    prack(turn, fork.dialog, rseq, null)
    return sdp
  }
  if (sdp !== undefined && !fork.agreed && s.owed === null && !s.invite!.cancelled) {
    putFork(turn, { ...fork, sdp })
    s.owed = { in: 'reliable-1xx', remoteTag: fork.dialog.remoteTag, rseq }
    return sdp
  }
  putFork(turn, fork)
  prack(turn, fork.dialog, rseq, null)
  return undefined
}

function prack(turn: Turn, dialog: Dialog, rseq: number, sdp: string | null): void {
  const rack: HeaderField = { name: 'RAck', value: `${rseq} ${turn.s.invite!.seq} INVITE` }
  const body = sdp === null ? undefined : sdpBytes(sdp)
  turn.send({ for: 'prack' }, 'PRACK', sdp === null ? [rack] : [rack, SDP_TYPE], body, dialog)
}

/** Our answer to an offer in a reliable 1xx travels in PRACK. */
export function answerInPrack(turn: Turn, remoteTag: string, rseq: number, sdp: string): void {
  const fork = turn.s.forks.find(f => f.dialog.remoteTag === remoteTag)
  turn.s.owed = null
  turn.s.localSdp = sdp
  if (!fork) return
  putFork(turn, { ...fork, agreed: true })
  prack(turn, fork.dialog, rseq, sdp)
}

function forkFor(turn: Turn, tag: string, input: Response): Fork {
  const known = turn.s.forks.find(f => f.dialog.remoteTag === tag)
  const target = contactUri(input.response)
  if (known) {
    if (target === undefined || target === known.dialog.remoteTarget) return known
    return { ...known, dialog: { ...known.dialog, remoteTarget: target } }
  }
  const fork: Fork = { dialog: dialogOf(turn, input.response, input.hop, input.contact), rseq: -1, sdp: null, agreed: false }
  turn.s.forks = [...turn.s.forks, fork]
  return fork
}

function putFork(turn: Turn, fork: Fork): void {
  turn.s.forks = turn.s.forks.map(f => (f.dialog.remoteTag === fork.dialog.remoteTag ? fork : f))
}

function dialogOf(turn: Turn, response: SipResponse, hop: Hop, contact: string): Dialog {
  const i = turn.s.invite!
  const { from, to, requestUri, hops } = i.command
  const seq = i.resumed ? i.seq + SEQ_JUMP : i.seq
  const toFlow = hops.some(h => h.flow !== undefined && h.host === hop.host && h.port === hop.port)
  return dialogFromResponse(
    { callId: i.callId, localTag: i.localTag, local: from, remote: to, requestUri, seq, contact, toFlow },
    response,
    hop,
  )
}

/** 2xx: the first one makes the call, every other one makes a dialog that is ended at once. */
function success(turn: Turn, response: SipResponse, hop: Hop, contact: string): void {
  const { s } = turn
  const i = s.invite!
  const tag = tagIn(header(response, 'To'))
  if (s.dialog && s.dialog.remoteTag === tag) {
    if (s.phase !== 'owing') turn.ackAgain(tag, i.seq)
    return
  }
  if (i.refusedForks.includes(tag)) {
    turn.ackAgain(tag, i.seq)
    return
  }
  const fork = s.forks.find(f => f.dialog.remoteTag === tag)
  const fresh = dialogOf(turn, response, hop, contact)
  // §13.2.2.4: the route set is taken anew from the 2xx; CSeq goes on where PRACKs left it.
  const dialog = fork ? { ...fresh, localSeq: Math.max(fork.dialog.localSeq, i.seq), remoteSeq: fork.dialog.remoteSeq } : fresh
  if (s.phase !== 'calling' || i.cancelled) {
    s.invite = { ...i, refusedForks: [...i.refusedForks, tag] }
    ackAndBye(turn, dialog, i.seq)
    if (s.phase === 'calling') gaveUp(turn)
    return
  }
  established(turn, dialog, fork, response)
}

function established(turn: Turn, dialog: Dialog, fork: Fork | undefined, response: SipResponse): void {
  const { s } = turn
  const i = s.invite!
  const body = sessionBody(response)
  const own = body === 'unsupported' ? undefined : body.sdp
  if (s.ours && !fork?.agreed) {
    // It was offered in the early dialog of a fork that has lost: offer it again to the one that answered.
    s.waiting ??= { why: s.ours.why, sdp: s.ours.sdp, headers: s.ours.headers }
    s.ours = null
    turn.stop('rest')
  }
  s.dialog = dialog
  s.forks = []
  s.inviteSeq = i.seq
  s.agreed = true
  // An UPDATE of this very fork may still wait for its answer; offers of forks that lost do not.
  if (s.owed?.in !== 'update' || s.owed.remoteTag !== dialog.remoteTag) dropOffer(turn)
  s.peerAllows = headerValues(response, 'Allow')
  s.peerSupports = headerValues(response, 'Supported')
  turn.stop('ring-end')
  if (i.command.sessionTimer !== false) takeSession(turn, response)
  const asserted = addressesOf(response, 'P-Asserted-Identity')[0]
  // Some peers answer only in an unreliable 183 and leave the 2xx empty: take the last that this fork said.
  const sdp = fork?.agreed ? (fork.sdp ?? undefined) : (own ?? (i.command.sdp === undefined ? undefined : (fork?.sdp ?? undefined)))
  const needsAnswer = i.command.sdp === undefined && !fork?.agreed && sdp !== undefined
  if (needsAnswer) {
    s.phase = 'owing'
    s.owed = { in: '2xx' }
    turn.start('answer-due', ANSWER_DUE_MS)
  } else {
    s.phase = 'up'
    turn.ack(dialog, i.seq, null)
  }
  const notice: LegNotice = {
    is: 'answered',
    needsAnswer,
    snapshot: snapshotOf(s)!,
    ...(sdp === undefined ? {} : { sdp }),
    ...(asserted ? { asserted } : {}),
  }
  turn.notice(notice)
}

/** The answer to an offer in a 2xx goes into the ACK (§13.2.2.4). */
export function answerInAck(turn: Turn, sdp: string): void {
  const { s } = turn
  turn.stop('answer-due')
  s.owed = null
  s.phase = 'up'
  s.localSdp = sdp
  turn.ack(s.dialog!, s.inviteSeq, sdp)
}

function failure(turn: Turn, response: SipResponse): void {
  const { s } = turn
  const i = s.invite!
  if (s.phase !== 'calling') return
  const minimum = numberOf(response, 'Min-SE')
  if (response.status === 422 && !i.cancelled && minimum !== undefined && minimum > i.sessionExpiresS && i.attempt < 4) {
    // RFC 4028 §7.3: again, with an interval that the next hop takes.
    s.invite = { ...i, seq: i.seq + 1, attempt: i.attempt + 1, sessionExpiresS: minimum, minSessionS: minimum }
    s.forks = []
    dropOffer(turn)
    launch(turn)
    return
  }
  if (i.expired && response.status === 487) {
    over(turn, { is: 'failed', status: 408, reason: 'Request Timeout', contacts: [] })
    return
  }
  const retryAfterS = numberOf(response, 'Retry-After')
  const why = reasonOf(response)
  over(turn, {
    is: 'failed',
    status: response.status,
    reason: response.reason,
    contacts: contactsOf(response),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    ...(why ? { why } : {}),
  })
}

function contactsOf(response: SipResponse): readonly string[] {
  const out: string[] = []
  for (const value of headerValues(response, 'Contact')) {
    const parsed = parseNameAddr(value)
    if (parsed.ok) out.push(parsed.value.uri)
  }
  return out
}

/** We wanted the call no longer, and its 2xx has just been dealt with. */
function gaveUp(turn: Turn): void {
  const expired = turn.s.invite!.expired
  over(turn, { is: 'failed', status: expired ? 408 : 487, reason: expired ? 'Request Timeout' : 'Request Terminated', contacts: [] })
}

/** CANCEL; the leg ends with the INVITE's final response, whatever it is. */
export function cancel(turn: Turn, why?: ReasonValue, expired = false): void {
  const i = turn.s.invite!
  if (i.cancelled) return
  turn.s.invite = { ...i, cancelled: true, expired }
  dropOffer(turn)
  turn.stop('ring-end')
  turn.effects.push({ do: 'cancel', headers: reasonHeaders(why) })
}

/** A 2xx that found no transaction any more: after our restart, or after Timer M. */
export function strayTwoHundred(turn: Turn, response: SipResponse, hop: Hop): void {
  const { s } = turn
  const tag = tagIn(header(response, 'To'))
  const seq = Number.parseInt(header(response, 'CSeq') ?? '', 10)
  if (s.role !== 'uac' || !s.dialog) return
  if (tag === s.dialog.remoteTag) {
    if (s.phase === 'owing' || s.owed?.in === 'reinvite-2xx') return
    // After a restart the ACK is made anew; its answer, if it carried one, is no longer known.
    if (s.invite === null) turn.ack(s.dialog, seq, null)
    else turn.ackAgain(tag, seq)
    return
  }
  const fork: Dialog = { ...s.dialog, remoteTag: tag, remoteTarget: contactUri(response) ?? s.dialog.remoteTarget, localSeq: seq, hop }
  ackAndBye(turn, { ...fork, routeSet: headerValues(response, 'Record-Route').reverse() }, seq)
}
