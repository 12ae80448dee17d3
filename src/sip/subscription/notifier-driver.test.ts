import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TimerQueue } from '../../kernel/timer-queue.ts'
import { type HeaderField, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import type { ClientObserver, ClientRequest, ServerTransaction } from '../endpoint/contract.ts'
import { MESSAGE_SUMMARY, messageSummary } from './message-summary.ts'
import { NOTIFIER, Notifier } from './notifier.ts'
import { NotifierDriver } from './notifier-driver.ts'
import { SUMMARY_TIMES } from './subscription.ts'

test('CALL-02 the message-waiting lamp: 200, then NOTIFY, then NOTIFY on each change, then silence at the end', () => {
  let now = 0
  let fresh = 0
  const timers = new TimerQueue()
  const sent: { request: SipRequest; observer: ClientObserver }[] = []
  const log: string[] = []
  const source = { transport: 'udp' as const, host: '192.0.2.9', port: 5060 }
  const driver = new NotifierDriver({
    notifier: new Notifier({
      ...NOTIFIER,
      packages: [
        {
          ...SUMMARY_TIMES,
          name: 'message-summary',
          contentType: MESSAGE_SUMMARY,
          admit: (r, s) => (r === s ? 'active' : 'forbidden'),
          body: v => messageSummary(v.entity, { fresh, old: 0 }),
        },
      ],
    }),
    endpoint: {
      request: (request, hops, observer) => {
        assert.deepEqual(hops, [source])
        log.push('NOTIFY')
        sent.push({ request, observer })
        return {} as ClientRequest
      },
    },
    clock: { nowMs: () => now },
    timers,
    contactFor: () => 'sip:clinic.example',
    told: (what, name) => log.push(`${what} ${name}`),
  })
  const headers: HeaderField[] = [
    { name: 'From', value: '<sip:201@h>;tag=r' },
    { name: 'To', value: '<sip:201@h>' },
    { name: 'Call-ID', value: 'c' },
    { name: 'CSeq', value: '1 SUBSCRIBE' },
    { name: 'Contact', value: '<sip:201@192.0.2.9>' },
    { name: 'Event', value: 'message-summary' },
    { name: 'Expires', value: '60' },
  ]
  const request: SipRequest = { kind: 'request', method: 'SUBSCRIBE', uri: 'sip:201@h', headers, body: NO_BODY }
  const transaction = {
    request,
    source,
    behindNat: false,
    toTag: 't',
    respond: (status: number) => void log.push(String(status)),
  } as unknown as ServerTransaction
  const body = (): string => Buffer.from(sent.at(-1)!.request.body).toString().split('\r\n')[0]!
  const reply = (status: number): void =>
    sent
      .at(-1)!
      .observer.response({ kind: 'response', status, reason: '', headers: [], body: NO_BODY } satisfies SipResponse, source, false)

  driver.subscribe(transaction, '201')
  assert.deepEqual(log, ['200', 'began message-summary', 'NOTIFY'])
  assert.equal(body(), 'Messages-Waiting: no')
  reply(200)
  fresh = 1
  now = 100
  driver.changed('message-summary', '201')
  timers.due((now = 1000))
  assert.equal(body(), 'Messages-Waiting: yes')
  reply(200)
  timers.due((now = 60_000))
  assert.deepEqual(log.slice(3), ['NOTIFY', 'NOTIFY', 'ended message-summary'])
  assert.equal(timers.size, 0)
  driver.subscribe(transaction, '999')
  assert.equal(log.at(-1), '403')
})
