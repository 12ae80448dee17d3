import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../kernel/clock.ts'
import { type HeaderField, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { dialogFromRequest } from '../dialog/dialog.ts'
import type { Flow, Hop } from '../flow.ts'
import type { LegCommand } from '../leg.ts'
import { RFC3261 } from '../transaction/timer-values.ts'
import { step } from './machine.ts'
import { idleLeg, type LegEffect, type LegInput, type LegOptions, type LegState, type LegTimer, type Purpose } from './state.ts'

const random = seededRandom(5)
const OPTIONS: LegOptions = {
  timers: RFC3261,
  config: { sessionExpiresS: 1800, minSessionS: 90, reliableProvisional: 'with-sdp', maxRingMs: 60_000, snapshotRinging: true },
  allow: 'INVITE, ACK, BYE',
  supported: ['100rel', 'timer'],
  fraction: () => random.fraction(),
  hex: n => random.hex(n),
  nextHop: d => d.hop,
}
const HOP: Hop = { transport: 'udp', host: '192.0.2.9', port: 5060 }
const FLOW: Flow = { transport: 'udp', local: { host: '192.0.2.1', port: 5060 }, remote: { host: '192.0.2.9', port: 5060 }, connection: '' }
const SDP = new TextEncoder().encode('v=0\r\n')

type Move =
  | { readonly kind: 'command'; readonly command: LegCommand }
  | { readonly kind: 'request'; readonly method: string; readonly seq: number; readonly sdp: boolean; readonly rseq: number }
  | {
      readonly kind: 'response'
      readonly pick: number
      readonly status: number
      readonly tag: string
      readonly sdp: boolean
      readonly rseq: number
    }
  | { readonly kind: 'ack'; readonly seq: number; readonly sdp: boolean }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'timer'; readonly pick: number }

const command = fc.constantFrom<LegCommand>(
  { do: 'progress', status: 180 },
  { do: 'progress', status: 183, sdp: 'a' },
  { do: 'accept', sdp: 'a' },
  { do: 'reject', status: 486 },
  { do: 'answer', sdp: 'b' },
  { do: 'refuse-offer', status: 488 },
  { do: 'offer', sdp: 'c' },
  { do: 'offer' },
  { do: 'identify', who: { uri: 'sip:x' } },
  { do: 'info', contentType: 'a/b', body: 'x' },
  { do: 'send-refer', to: { uri: 'sip:x' } },
  { do: 'refer-reply', refer: 1, status: 202 },
  { do: 'refer-progress', refer: 1, status: 200, reason: 'OK', final: true },
  { do: 'hang-up' },
)

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: command.map(c => ({ kind: 'command' as const, command: c })) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      method: fc.constantFrom('INVITE', 'UPDATE', 'PRACK', 'INFO', 'REFER', 'NOTIFY', 'OPTIONS', 'BYE'),
      seq: fc.integer({ min: 1, max: 9 }),
      sdp: fc.boolean(),
      rseq: fc.nat(3),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('response' as const),
      pick: fc.nat(9),
      status: fc.constantFrom(100, 180, 183, 200, 200, 302, 401, 408, 422, 481, 486, 488, 491, 500, 503),
      tag: fc.constantFrom('t1', 't2'),
      sdp: fc.boolean(),
      rseq: fc.nat(3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ack' as const), seq: fc.integer({ min: 1, max: 9 }), sdp: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'cancel' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('timer' as const), pick: fc.nat(9) }) },
)

/** Keeps the books of one leg: what is open, what was promised. */
class Books {
  state: LegState
  readonly timers = new Set<LegTimer>()
  readonly open = new Map<number, string>()
  readonly asked: { readonly purpose: Purpose; readonly request: SipRequest }[] = []
  over = false
  private tx = 1

  constructor(state: LegState) {
    this.state = state
  }

  feed(input: LegInput): void {
    const done = step(deepFreeze(this.state), input, OPTIONS)
    this.state = done.state
    for (const e of done.effects) this.note(e)
  }

  private note(e: LegEffect): void {
    switch (e.do) {
      case 'start':
        this.timers.add(e.timer)
        break
      case 'stop':
        this.timers.delete(e.timer)
        break
      case 'request':
        this.asked.push(e)
        break
      case 'respond':
        assert.ok(this.open.has(e.tx), `answered twice: ${e.status}`)
        if (e.status >= 200) this.open.delete(e.tx)
        break
      case 'notice':
        assert.ok(!this.over, `${e.notice.is} after the end`)
        if (e.notice.is === 'ended' || e.notice.is === 'failed') this.over = true
        break
      default:
    }
  }

  begin(method: string): number {
    this.open.set(this.tx, method)
    return this.tx++
  }

  play(m: Move): void {
    switch (m.kind) {
      case 'command':
        this.feed({ kind: 'command', command: m.command })
        break
      case 'request': {
        // The endpoint's legs hand a request in only once the tags match a dialog; early ones of callers have the tag of a fork.
        const headers: [string, string][] = [
          ['From', '<sip:p@x>;tag=t1'],
          ['CSeq', `${m.seq} ${m.method}`],
          ['Contact', '<sip:p@192.0.2.9>'],
          ['RAck', `${this.state.nextRseq - 1 + m.rseq} 1 INVITE`],
          ['Refer-To', '<sip:c@x>'],
        ]
        this.feed({ kind: 'request', tx: this.begin(m.method), request: request(m.method, headers, m.sdp), hop: HOP })
        break
      }
      case 'response': {
        const asked = this.asked[m.pick % Math.max(1, this.asked.length)]
        if (!asked) return
        const seq = asked.request.headers.find(h => h.name === 'CSeq')!.value
        const headers: [string, string][] = [
          ['To', `<sip:b@x>;tag=${asked.purpose.for === 'invite' ? m.tag : 't1'}`],
          ['CSeq', seq],
          ['Contact', '<sip:b@192.0.2.9>'],
          ['Session-Expires', '1800;refresher=uac'],
          ['Allow', 'UPDATE'],
          ['Min-SE', '2000'],
        ]
        if (m.status < 200 && m.rseq > 0) headers.push(['Require', '100rel'], ['RSeq', String(m.rseq)])
        this.feed({
          kind: 'response',
          purpose: asked.purpose,
          response: response(m.status, headers, m.sdp),
          hop: HOP,
          local: false,
          contact: 'sip:us',
        })
        break
      }
      case 'ack':
        this.feed({ kind: 'ack', request: request('ACK', [['CSeq', `${m.seq} ACK`]], m.sdp) })
        break
      case 'cancel': {
        const invite = [...this.open].find(([, method]) => method === 'INVITE')
        if (invite) this.feed({ kind: 'cancelled', tx: invite[0], cancel: request('CANCEL', [], false) })
        break
      }
      case 'timer': {
        const running = [...this.timers]
        const timer = running[m.pick % Math.max(1, running.length)]
        if (timer === undefined) return
        this.timers.delete(timer)
        this.feed({ kind: 'timer', timer })
        break
      }
    }
  }

  /** The call layer hangs up, the peer answers or falls silent: nothing may stay open. */
  close(): void {
    this.feed({ kind: 'command', command: { do: 'hang-up' } })
    for (let i = 0; i < 30 && !this.over; i++) {
      const invite = this.asked.find(a => a.purpose.for === 'invite' && a.purpose.attempt === this.state.invite?.attempt)
      if (invite && this.state.phase === 'calling') {
        const seq = `${this.state.invite!.seq} INVITE`
        const gone = response(
          487,
          [
            ['To', '<sip:b@x>'],
            ['CSeq', seq],
          ],
          false,
        )
        this.feed({ kind: 'response', purpose: invite.purpose, response: gone, hop: HOP, local: true, contact: '' })
      }
      for (const timer of [...this.timers]) {
        if (!this.timers.delete(timer)) continue
        this.feed({ kind: 'timer', timer })
      }
    }
    assert.ok(this.over || this.state.phase === 'over', `stuck in ${this.state.phase}`)
    assert.deepEqual([...this.timers], [], 'timers left')
    assert.deepEqual([...this.open.values()], [], 'requests without an answer')
  }
}

function fieldsOf(pairs: readonly [string, string][], sdp: boolean): HeaderField[] {
  const out = pairs.map(([name, value]) => ({ name, value }))
  if (sdp) out.push({ name: 'Content-Type', value: 'application/sdp' })
  return out
}

function request(method: string, headers: readonly [string, string][], sdp: boolean): SipRequest {
  return { kind: 'request', method, uri: 'sip:us@x', headers: fieldsOf(headers, sdp), body: sdp ? SDP : NO_BODY }
}

function response(status: number, headers: readonly [string, string][], sdp: boolean): SipResponse {
  return { kind: 'response', status, reason: '', headers: fieldsOf(headers, sdp), body: sdp ? SDP : NO_BODY }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value)
    for (const v of Object.values(value)) deepFreeze(v)
  }
  return value
}

test('an outgoing leg: whatever comes, the state given is not touched, every request is answered once, nothing is left', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(move, { maxLength: 25 }), (offerless, moves) => {
      const books = new Books(idleLeg('uac'))
      const invite = { do: 'invite', requestUri: 'sip:b@x', from: { uri: 'sip:a@x' }, to: { uri: 'sip:b@x' }, hops: [HOP] } as const
      books.feed({ kind: 'command', command: offerless ? invite : { ...invite, sdp: 'o' } })
      for (const m of moves) books.play(m)
      books.close()
    }),
    { numRuns: 2000 },
  )
})

test('an incoming leg: whatever comes, the state given is not touched, every request is answered once, nothing is left', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.constantFrom('Supported', 'Require', 'X-None'),
      fc.array(move, { maxLength: 25 }),
      (offerless, how, moves) => {
        const books = new Books(idleLeg('uas'))
        const headers: [string, string][] = [
          ['From', '<sip:p@x>;tag=t1'],
          ['To', '<sip:us@x>'],
          ['Call-ID', 'c'],
          ['CSeq', '1 INVITE'],
          ['Contact', '<sip:p@192.0.2.9>'],
          ['Allow', 'UPDATE'],
          ['Session-Expires', '1800'],
          [how, '100rel'],
        ]
        const invite = request('INVITE', headers, !offerless)
        const dialog = dialogFromRequest(invite, { localTag: 'us', source: HOP, behindNat: false, contact: 'sip:us' })!
        books.feed({ kind: 'incoming', tx: books.begin('INVITE'), request: invite, flow: FLOW, dialog })
        for (const m of moves) books.play(m)
        books.close()
      },
    ),
    { numRuns: 2000 },
  )
})
