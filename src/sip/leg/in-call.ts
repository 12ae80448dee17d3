/** What else travels inside a call: INFO with DTMF, REFER and its NOTIFYs, OPTIONS (RFC 6086, 3515, 4488, 3261 §11). */
import { header, type SipRequest } from '../../wire/sip/message.ts'
import { parseNameAddr } from '../../wire/sip/name-addr.ts'
import { parseReferTo } from '../../wire/sip/refer-to.ts'
import { addressText } from '../dialog/in-dialog-request.ts'
import type { LegCommand } from '../leg.ts'
import { plainAddress } from './header-values.ts'
import { mediaType } from './session-body.ts'
import type { ReferSubscription } from './state.ts'
import type { Turn } from './turn.ts'

const utf8 = new TextDecoder('utf-8')

export function informed(turn: Turn, tx: number, request: SipRequest): void {
  const type = mediaType(header(request, 'Content-Type') ?? '')
  const text = utf8.decode(request.body)
  if (type === 'application/dtmf-relay') dtmf(turn, tx, field(text, 'signal'), Number(field(text, 'duration') ?? ''))
  else if (type === 'application/dtmf') dtmf(turn, tx, text.trim(), 0)
  else if (header(request, 'Info-Package') !== undefined) turn.respond(tx, 469, { headers: [{ name: 'Recv-Info', value: '' }] })
  else if (request.body.length === 0) turn.respond(tx, 200)
  else turn.respond(tx, 415, { headers: [{ name: 'Accept', value: 'application/dtmf-relay, application/dtmf' }] })
}

function dtmf(turn: Turn, tx: number, value: string | undefined, durationMs: number): void {
  const digit = digitOf(value)
  if (digit === null) {
    turn.respond(tx, 400)
    return
  }
  turn.respond(tx, 200)
  turn.notice({ is: 'dtmf', digit, durationMs: durationMs > 0 && durationMs <= 60_000 ? durationMs : 160 })
}

/** Some send the event number of RFC 4733 for * and #. */
function digitOf(value: string | undefined): string | null {
  if (value === undefined) return null
  if (value === '10') return '*'
  if (value === '11') return '#'
  const c = value.toUpperCase()
  return c.length === 1 && '0123456789*#ABCD'.includes(c) ? c : null
}

function field(text: string, name: string): string | undefined {
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=')
    if (equals > 0 && line.slice(0, equals).trim().toLowerCase() === name) return line.slice(equals + 1).trim()
  }
  return undefined
}

export function sendInfo(turn: Turn, command: LegCommand & { readonly do: 'info' }): void {
  if (turn.s.phase !== 'up') return
  turn.send({ for: 'info' }, 'INFO', [{ name: 'Content-Type', value: command.contentType }], Buffer.from(command.body, 'utf8'))
}

/** REFER from the peer: the call layer decides, `refer-reply` answers (RFC 3515 §2.4.2). */
export function referred(turn: Turn, tx: number, request: SipRequest, seq: number): void {
  const { s } = turn
  if (!s.dialog) {
    // An early dialog of ours may not live to see the outcome.
    turn.respond(tx, 480)
    return
  }
  const parsed = parseReferTo(header(request, 'Refer-To') ?? '')
  if (!parsed.ok) {
    turn.respond(tx, 400, { reason: 'Refer-To Missing or Bad' })
    return
  }
  const { uri, method, replaces, display } = parsed.value
  if (method !== 'INVITE') {
    turn.respond(tx, 501, { reason: 'Only INVITE Can Be Referred' })
    return
  }
  const refer = turn.nextId()
  const quiet = (header(request, 'Refer-Sub') ?? '').toLowerCase().startsWith('false')
  s.refers = [...s.refers, { refer, tx, seq, quiet, state: 'asked' }]
  const by = parseNameAddr(header(request, 'Referred-By') ?? '')
  turn.notice({
    is: 'refer',
    refer,
    to: display === undefined ? { uri } : { display, uri },
    ...(replaces ? { replaces: { callId: replaces.callId, toTag: replaces.toTag, fromTag: replaces.fromTag } } : {}),
    ...(by.ok ? { by: plainAddress(by.value) } : {}),
  })
}

export function replyToRefer(turn: Turn, refer: number, status: number): void {
  const r = turn.s.refers.find(x => x.refer === refer)
  if (r?.state !== 'asked' || r.tx === null) return
  const positive = status < 300
  const headers = positive && r.quiet ? [{ name: 'Refer-Sub', value: 'false' }] : []
  turn.respond(r.tx, positive ? 202 : status, { headers })
  put(turn, { ...r, tx: null, state: positive && !r.quiet ? 'active' : 'closed' })
  // The first NOTIFY follows at once (RFC 3515 §2.4.4).
  if (positive && !r.quiet) notify(turn, r, 100, 'Trying', false)
}

export function referProgress(turn: Turn, refer: number, status: number, reason: string, final: boolean): void {
  const r = turn.s.refers.find(x => x.refer === refer)
  if (r?.state !== 'active') return
  notify(turn, r, status, reason, final)
  if (final) put(turn, { ...r, state: 'closed' })
}

function notify(turn: Turn, r: ReferSubscription, status: number, reason: string, final: boolean): void {
  const state = final ? 'terminated;reason=noresource' : 'active;expires=180'
  const headers = [
    { name: 'Event', value: `refer;id=${r.seq}` },
    { name: 'Subscription-State', value: state },
    { name: 'Contact', value: `<${turn.s.dialog!.contact}>` },
    { name: 'Content-Type', value: 'message/sipfrag;version=2.0' },
  ]
  turn.send({ for: 'notify', refer: r.refer }, 'NOTIFY', headers, Buffer.from(`SIP/2.0 ${status} ${reason}\r\n`, 'utf8'))
}

/** The peer ended the subscription, or does not know it: no more NOTIFYs. */
export function notifyRefused(turn: Turn, refer: number): void {
  const r = turn.s.refers.find(x => x.refer === refer)
  if (r) put(turn, { ...r, state: 'closed' })
}

function put(turn: Turn, r: ReferSubscription): void {
  const others = turn.s.refers.filter(x => x.refer !== r.refer)
  turn.s.refers = r.state === 'closed' ? others : [...others, r]
}

/** REFER of ours: the outcome comes in NOTIFYs that the leg answers. */
export function sendRefer(turn: Turn, command: LegCommand & { readonly do: 'send-refer' }): void {
  const { s } = turn
  if (s.phase !== 'up') return
  const replaces = command.replaces === undefined ? '' : `?Replaces=${encodeURIComponent(command.replaces)}`
  const headers = [
    { name: 'Refer-To', value: addressText({ ...command.to, uri: command.to.uri + replaces }) },
    { name: 'Referred-By', value: addressText({ uri: s.dialog!.local.uri }) },
    { name: 'Contact', value: `<${s.dialog!.contact}>` },
  ]
  turn.send({ for: 'refer' }, 'REFER', headers)
}
