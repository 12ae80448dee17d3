import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type HeaderField, header, NO_BODY, type SipRequest } from '../../wire/sip/message.ts'
import { DIALOG_INFO, dialogInfo } from './dialog-info.ts'
import { MESSAGE_SUMMARY, messageSummary } from './message-summary.ts'
import { NOTIFIER, Notifier, type NotifierEffect } from './notifier.ts'
import { presenceDocument } from './presence.ts'
import { DIALOG_TIMES, type EventPackage, SUMMARY_TIMES, type Subscription } from './subscription.ts'

const busy = new Set<string>()
const PACKAGES: readonly EventPackage[] = [
  {
    ...DIALOG_TIMES,
    name: 'dialog',
    contentType: DIALOG_INFO,
    admit: resource => (resource === '999' ? 'unknown' : resource === 'boss' ? 'pending' : resource === 'secret' ? 'forbidden' : 'active'),
    body: v => dialogInfo(v.entity, v.version, busy.has(v.resource) ? [{ id: '1', state: 'confirmed', direction: 'recipient' }] : []),
  },
  {
    ...SUMMARY_TIMES,
    name: 'message-summary',
    contentType: MESSAGE_SUMMARY,
    admit: () => 'active',
    body: v => messageSummary(v.entity, { fresh: 1, old: 2 }),
  },
]

interface Ask {
  readonly resource?: string
  readonly event?: string
  readonly expires?: string
  readonly accept?: string
  readonly toTag?: string
  readonly cseq?: number
  readonly callId?: string
  readonly subscriber?: string
}

function rig(store?: { kept: Map<string, Subscription> }, options = {}) {
  const notifier = new Notifier({
    ...NOTIFIER,
    packages: PACKAGES,
    ...(store && {
      store: {
        loadAll: () => [...store.kept.values()],
        put: (s: Subscription) => void store.kept.set(s.id, JSON.parse(JSON.stringify(s))),
        remove: (id: string) => void store.kept.delete(id),
      },
    }),
    ...options,
  })
  const r = {
    notifier,
    now: 0,
    ended: [] as string[],
    notifies: [] as { id: string; request: SipRequest }[],
    take(effects: readonly NotifierEffect[]): { status: number; headers: readonly HeaderField[] } | undefined {
      let answer: { status: number; headers: readonly HeaderField[] } | undefined
      for (const e of effects) {
        if (e.do === 'respond') answer = e
        else if (e.do === 'notify') r.notifies.push(e)
        else if (e.do === 'ended') r.ended.push(e.resource)
      }
      return answer
    },
    ask(a: Ask = {}) {
      const headers: HeaderField[] = [
        { name: 'From', value: '<sip:100@clinic.example>;tag=remote' },
        { name: 'To', value: `<sip:${a.resource ?? '201'}@clinic.example>${a.toTag ? ';tag=' + a.toTag : ''}` },
        { name: 'Call-ID', value: a.callId ?? 'c1' },
        { name: 'CSeq', value: `${a.cseq ?? 1} SUBSCRIBE` },
        { name: 'Contact', value: '<sip:100@192.0.2.9:5060>' },
        { name: 'Event', value: a.event ?? 'dialog' },
        ...(a.expires === undefined ? [] : [{ name: 'Expires', value: a.expires }]),
        ...(a.accept === undefined ? [] : [{ name: 'Accept', value: a.accept }]),
      ]
      const request: SipRequest = {
        kind: 'request',
        method: 'SUBSCRIBE',
        uri: `sip:${a.resource ?? '201'}@clinic.example;user=phone`,
        headers,
        body: NO_BODY,
      }
      const source = { transport: 'udp' as const, host: '192.0.2.9', port: 5060 }
      return r.take(
        notifier.subscribe(
          { request, localTag: 'ours', source, behindNat: false, contact: 'sip:clinic.example', subscriber: a.subscriber ?? '100' },
          r.now,
        ),
      )!
    },
    change: (resource = '201') => r.take(notifier.changed('dialog', resource, r.now)),
    answer: (status: number, id = r.notifies.at(-1)!.id) => r.take(notifier.notified(id, status, r.now)),
    due(now: number) {
      r.now = now
      r.take(notifier.due(now))
    },
    state: () => r.notifies.map(n => header(n.request, 'Subscription-State')!),
    last: () => r.notifies.at(-1)!.request,
  }
  return r
}
const value = (headers: readonly HeaderField[], name: string) => headers.find(h => h.name === name)?.value

describe('subscriptions (RFC 6665)', () => {
  test('CALL-03 accepted, told at once, told of changes with rising CSeq and version, ended by Expires: 0', () => {
    const r = rig()
    busy.clear()
    const answer = r.ask({ expires: '600' })
    assert.deepEqual([answer.status, value(answer.headers, 'Expires')], [200, '600'])
    assert.equal(r.state()[0], 'active;expires=600')
    assert.deepEqual(
      [header(r.last(), 'Event'), header(r.last(), 'Content-Type'), header(r.last(), 'Contact')],
      ['dialog', DIALOG_INFO, '<sip:clinic.example>'],
    )
    assert.equal(r.last().uri, 'sip:100@192.0.2.9:5060')
    assert.match(header(r.last(), 'To')!, /;tag=remote$/)
    assert.match(header(r.last(), 'From')!, /;tag=ours$/)
    r.answer(200)
    r.now = 1000
    busy.add('201')
    r.change()
    const bodies = r.notifies.map(n => Buffer.from(n.request.body).toString())
    assert.match(bodies[0]!, /version="0" state="full" entity="sip:201@clinic.example"\/>/)
    assert.match(bodies[1]!, /version="1".*<state>confirmed<\/state>/s)
    assert.deepEqual(
      r.notifies.map(n => header(n.request, 'CSeq')),
      ['1 NOTIFY', '2 NOTIFY'],
    )
    r.answer(200)
    r.ask({ toTag: 'ours', cseq: 2, expires: '0' })
    assert.equal(r.state().at(-1), 'terminated;reason=timeout')
    assert.deepEqual([r.ended, r.notifier.size, r.notifier.nextAt()], [['201'], 0, Number.POSITIVE_INFINITY])
  })

  test('what cannot be subscribed to is refused with the reason', () => {
    const r = rig()
    const bad = r.ask({ event: 'weather' })
    assert.deepEqual([bad.status, value(bad.headers, 'Allow-Events')], [489, 'dialog, message-summary'])
    assert.equal(r.ask({ event: '' }).status, 489)
    const brief = r.ask({ expires: '10' })
    assert.deepEqual([brief.status, value(brief.headers, 'Min-Expires')], [423, '60'])
    assert.equal(r.ask({ accept: 'text/plain' }).status, 406)
    assert.equal(r.ask({ resource: '999' }).status, 404)
    assert.equal(r.ask({ resource: 'secret' }).status, 403)
    assert.equal(r.ask({ toTag: 'unknown' }).status, 481)
    assert.equal(r.notifier.size, 0)
  })

  test('Expires: 0 without a subscription fetches the state once', () => {
    const r = rig()
    assert.equal(r.ask({ expires: '0', event: 'message-summary' }).status, 200)
    assert.equal(r.state()[0], 'terminated;reason=timeout')
    assert.equal(
      Buffer.from(r.last().body).toString(),
      'Messages-Waiting: yes\r\nMessage-Account: sip:201@clinic.example\r\nVoice-Message: 1/2\r\n',
    )
    assert.equal(r.notifier.size, 0)
  })

  test('a refresh needs a higher CSeq, moves the target and the end, and is followed by a NOTIFY', () => {
    const r = rig()
    r.ask({ expires: '100' })
    r.answer(200)
    r.now = 50_000
    assert.equal(r.ask({ toTag: 'ours', cseq: 1 }).status, 500)
    assert.equal(r.ask({ toTag: 'ours', cseq: 2, expires: '100' }).status, 200)
    assert.equal(r.notifies.length, 2)
    r.answer(200)
    r.due(149_000)
    assert.equal(r.notifier.size, 1)
    r.due(150_000)
    assert.equal(r.state().at(-1), 'terminated;reason=timeout')
  })

  test('bursts are told together, and never two at a time', () => {
    const r = rig()
    r.ask()
    r.change()
    r.change()
    assert.equal(r.notifies.length, 1, 'the first has no answer yet')
    r.now = 1000
    r.answer(200)
    assert.equal(r.notifies.length, 2)
    r.answer(200)
    r.now = 1050
    r.change()
    r.change()
    assert.equal(r.notifies.length, 2, 'too soon after the last')
    assert.equal(r.notifier.nextAt(), 1200)
    r.due(1200)
    assert.equal(r.notifies.length, 3)
    r.answer(200)
    r.due(5000)
    assert.equal(r.notifies.length, 3)
  })

  test('a watcher that is gone, or says so, is forgotten; one that is busy is not', () => {
    for (const [status, left] of [
      [481, 0],
      [408, 0],
      [503, 0],
      [200, 1],
      [401, 1],
      [500, 1],
    ] as const) {
      const r = rig()
      r.ask()
      r.answer(status)
      assert.equal(r.notifier.size, left, String(status))
    }
  })

  test('a pending watcher learns nothing until it is approved', () => {
    const r = rig()
    r.ask({ resource: 'boss', expires: '600' })
    assert.equal(r.state()[0], 'pending;expires=600')
    assert.deepEqual([r.last().body.length, header(r.last(), 'Content-Type')], [0, undefined])
    r.answer(200)
    r.now = 1000
    r.take(r.notifier.decide('dialog', 'boss', '100', 'active', 1000))
    assert.match(r.state()[1]!, /^active;/)
    assert.match(Buffer.from(r.last().body).toString(), /version="0"/)
    r.take(r.notifier.decide('dialog', 'boss', '100', 'rejected', 1000))
    assert.equal(r.state()[2], 'terminated;reason=rejected')
  })

  test('several packages and ids share a dialog without mixing', () => {
    const r = rig()
    r.ask({ event: 'dialog;id=1' })
    r.ask({ event: 'dialog;id=2' })
    r.ask({ event: 'message-summary' })
    assert.equal(r.notifier.size, 3)
    assert.deepEqual(
      r.notifies.map(n => header(n.request, 'Event')),
      ['dialog;id=1', 'dialog;id=2', 'message-summary'],
    )
  })

  test('one subscriber cannot take all places', () => {
    const r = rig(undefined, { mostPerSubscriber: 2 })
    for (let i = 0; i < 2; i++) assert.equal(r.ask({ callId: 'c' + i }).status, 200)
    assert.equal(r.ask({ callId: 'c9' }).status, 503)
    assert.equal(r.ask({ callId: 'c9', subscriber: '101' }).status, 200)
  })

  test('RES-07 subscriptions survive a restart: lamps are told the present state with higher counters', () => {
    const store = { kept: new Map<string, Subscription>() }
    const before = rig(store)
    before.ask({ expires: '3600' })
    before.answer(200)
    const after = rig(store)
    assert.equal(after.notifier.size, 1)
    after.due(10)
    assert.ok(Number.parseInt(header(after.last(), 'CSeq')!, 10) > 1)
    assert.match(header(after.last(), 'Subscription-State')!, /^active/)
    after.answer(200)
    assert.equal(after.ask({ toTag: 'ours', cseq: 2 }).status, 200)
    after.due(10_000_000)
    assert.equal(store.kept.size, 0)
  })

  test('no sequence of events leaks a subscription or a timer, and CSeq only rises', () => {
    const step = fc.oneof(
      fc.record({
        ask: fc.record({
          resource: fc.constantFrom('201', '202', 'boss'),
          event: fc.constantFrom('dialog', 'message-summary'),
          expires: fc.constantFrom('0', '60', '600'),
          callId: fc.constantFrom('a', 'b'),
        }),
        again: fc.boolean(),
      }),
      fc.record({ change: fc.constantFrom('201', '202') }),
      fc.record({ answer: fc.constantFrom(200, 481, 500) }),
      fc.record({ after: fc.integer({ min: 0, max: 100_000 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), steps => {
        const r = rig()
        let cseq = 1
        for (const s of steps) {
          if ('ask' in s) r.ask({ ...s.ask, cseq: cseq++, ...(s.again && { toTag: 'ours' }) })
          else if ('change' in s) r.change(s.change)
          else if ('after' in s) r.due(r.now + s.after)
          else if (r.notifies.length > 0) r.answer(s.answer)
          if (r.notifier.size > 0) assert.ok(r.notifier.nextAt() < Number.POSITIVE_INFINITY)
        }
        const rising = new Map<string, number>()
        for (const n of r.notifies) {
          const seq = Number.parseInt(header(n.request, 'CSeq')!, 10)
          if (seq > 1) assert.ok(seq > (rising.get(n.id) ?? 0))
          rising.set(n.id, seq)
        }
        r.due(r.now + 10_000_000)
        assert.deepEqual([r.notifier.size, r.notifier.nextAt()], [0, Number.POSITIVE_INFINITY])
      }),
      { numRuns: 200 },
    )
  })

  test('documents stay well-formed whatever names hold', () => {
    const nasty = `<&>"'\u0001`
    const doc = dialogInfo(nasty, 0, [
      { id: nasty, state: 'early', direction: 'initiator', callId: nasty, remote: { display: nasty, uri: nasty } },
    ])
    assert.doesNotMatch(doc.replace(/&(amp|lt|gt|quot|apos);/g, ''), /[&\u0001]|<&|="[^"]*</)
    assert.match(doc, /display="&lt;&amp;&gt;&quot;&apos;"/)
    assert.match(presenceDocument('sip:1@h', false, 'a<b'), /<basic>closed<\/basic><\/status><note>a&lt;b<\/note>/)
    assert.equal(
      messageSummary('sip:1@h', { fresh: 0, old: 1, urgentFresh: 0 }),
      'Messages-Waiting: no\r\nMessage-Account: sip:1@h\r\nVoice-Message: 0/1 (0/0)\r\n',
    )
  })
})
