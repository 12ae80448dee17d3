import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeaderField, SipRequest, SipResponse } from '../../wire/sip/message.ts'
import { NO_BODY } from '../../wire/sip/message.ts'
import type { Hop } from '../flow.ts'
import { contactUri, type Dialog, dialogFromRequest, dialogFromResponse, inOrder, retargeted, seen } from './dialog.ts'
import { requestIn, routing } from './in-dialog-request.ts'
import { nextHop } from './next-hop.ts'
import { tagIn } from './tags.ts'

const fields = (pairs: readonly [string, string][]): HeaderField[] => pairs.map(([name, value]) => ({ name, value }))
const HOP: Hop = { transport: 'udp', host: '203.0.113.5', port: 5060 }

const invite: SipRequest = {
  kind: 'request',
  method: 'INVITE',
  uri: 'sip:200@office',
  headers: fields([
    ['Record-Route', '<sip:p2;lr>'],
    ['Record-Route', '<sip:p1;lr>'],
    ['From', '"A" <sip:a@x>;tag=theirs'],
    ['To', '<sip:200@office>'],
    ['Call-ID', 'c1'],
    ['CSeq', '7 INVITE'],
    ['Contact', '<sip:a@203.0.113.5:5062>'],
  ]),
  body: NO_BODY,
}

const answer: SipResponse = {
  kind: 'response',
  status: 200,
  reason: 'OK',
  headers: fields([
    ['Record-Route', '<sip:p2;lr>'],
    ['Record-Route', '<sip:p1;lr>'],
    ['To', '<sip:b@x>;tag=theirs'],
    ['Contact', '<sip:b@198.51.100.9>'],
  ]),
  body: NO_BODY,
}

function called(): Dialog {
  return dialogFromRequest(invite, { localTag: 'ours', source: HOP, behindNat: false, contact: 'sip:us' })!
}

test('RFC 3261 §12.1.1: the called side takes the route set in order, the target from Contact, CSeq from the request', () => {
  const d = called()
  assert.deepEqual(d.routeSet, ['<sip:p2;lr>', '<sip:p1;lr>'])
  assert.equal(d.remoteTarget, 'sip:a@203.0.113.5:5062')
  assert.deepEqual([d.localSeq, d.remoteSeq, d.localTag, d.remoteTag], [0, 7, 'ours', 'theirs'])
  assert.deepEqual([d.local, d.remote], [{ uri: 'sip:200@office' }, { display: 'A', uri: 'sip:a@x' }])
  assert.equal(
    dialogFromRequest(
      { ...invite, headers: invite.headers.filter(h => h.name !== 'Contact') },
      { localTag: 'x', source: HOP, behindNat: false, contact: 'c' },
    ),
    null,
  )
})

test('RFC 3261 §12.1.2: the calling side takes the route set in reverse', () => {
  const inviting = {
    callId: 'c',
    localTag: 'ours',
    local: { uri: 'sip:a@x' },
    remote: { uri: 'sip:b@x' },
    requestUri: 'sip:b@x',
    seq: 3,
    contact: 'sip:us',
    toFlow: false,
  }
  const d = dialogFromResponse(inviting, answer, HOP)
  assert.deepEqual(d.routeSet, ['<sip:p1;lr>', '<sip:p2;lr>'])
  assert.deepEqual([d.remoteTarget, d.localSeq, d.remoteSeq], ['sip:b@198.51.100.9', 3, -1])
  assert.equal(dialogFromResponse(inviting, { ...answer, headers: [] }, HOP).remoteTarget, 'sip:b@x')
})

test('requests carry tags, Call-ID and routes; an address is always in angle brackets', () => {
  const r = requestIn({ ...called(), remote: { display: 'A "B"', uri: 'sip:a@x' } }, { method: 'BYE', seq: 4 })
  assert.equal(r.uri, 'sip:a@203.0.113.5:5062')
  assert.deepEqual(
    r.headers.map(h => `${h.name}: ${h.value}`),
    [
      'Route: <sip:p2;lr>',
      'Route: <sip:p1;lr>',
      'From: <sip:200@office>;tag=ours',
      'To: "A \\"B\\"" <sip:a@x>;tag=theirs',
      'Call-ID: c1',
      'CSeq: 4 BYE',
    ],
  )
})

test('RFC 3261 §12.2.1.1: a strict router first in the route set gets its URI into the request line', () => {
  assert.deepEqual(routing(['<sip:p1>', '<sip:p2;lr>'], 'sip:t'), { uri: 'sip:p1', routes: ['<sip:p2;lr>', '<sip:t>'] })
  assert.deepEqual(routing(['<sip:p1;lr>'], 'sip:t'), { uri: 'sip:t', routes: ['<sip:p1;lr>'] })
  assert.deepEqual(routing([], 'sip:t'), { uri: 'sip:t', routes: [] })
})

test('CSeq: equal and higher are in order, lower is not, the highest is kept', () => {
  const d = called()
  assert.deepEqual(
    [6, 7, 8].map(n => inOrder(d, n)),
    [false, true, true],
  )
  assert.equal(seen(seen(d, 9), 8).remoteSeq, 9)
})

test('a target refresh changes the target and nothing else; without Contact nothing changes', () => {
  const d = called()
  assert.deepEqual(retargeted(d, 'sip:new'), { ...d, remoteTarget: 'sip:new' })
  assert.equal(retargeted(d, undefined), d)
  assert.equal(retargeted(d, d.remoteTarget), d)
})

test('where requests go: by Route or target, by the learned hop where those cannot be reached', () => {
  const plain = { ...called(), routeSet: [] }
  assert.deepEqual(nextHop({ ...plain, remoteTarget: 'sip:a@198.51.100.7:5070' }), { transport: 'udp', host: '198.51.100.7', port: 5070 })
  assert.equal(nextHop({ ...plain, remoteTarget: 'sip:a@198.51.100.7', behindNat: true }), HOP)
  assert.equal(nextHop({ ...plain, remoteTarget: 'sip:a@192.168.1.7' }), HOP)
  assert.equal(nextHop({ ...plain, remoteTarget: 'sip:a@named.example' }), HOP)
  assert.deepEqual(
    nextHop({ ...plain, remoteTarget: 'sip:a@named.example' }, () => ({ transport: 'tls', host: '198.51.100.1', port: 5061 })).host,
    '198.51.100.1',
  )
  assert.deepEqual(nextHop({ ...plain, routeSet: ['<sip:198.51.100.2:5080;lr;transport=tcp>'] }), {
    transport: 'tcp',
    host: '198.51.100.2',
    port: 5080,
  })
  assert.equal(nextHop({ ...plain, remoteTarget: 'not a uri' }), HOP)
})

test('an open connection to the right host is used whatever port the Contact names', () => {
  const flow = {
    transport: 'tcp',
    local: { host: '1.1.1.1', port: 5060 },
    remote: { host: '203.0.113.5', port: 41000 },
    connection: 'c7',
  } as const
  const hop: Hop = { transport: 'tcp', host: '203.0.113.5', port: 5060, flow }
  assert.equal(nextHop({ ...called(), routeSet: [], remoteTarget: 'sip:a@203.0.113.5:5099;transport=tcp', hop }), hop)
})

test('tags in every spelling', () => {
  assert.equal(tagIn('<sip:a@x>;tag=1'), '1')
  assert.equal(tagIn('<sip:a;tag=no@x>;x=y;tag=1;z'), '1')
  assert.equal(tagIn('sip:a@x;tag=1'), '1')
  assert.equal(tagIn('<sip:a@x> ; TAG = 1'), '1')
  assert.equal(tagIn('"a;tag=no" <sip:a@x>'), '')
  assert.equal(tagIn('<sip:a@x;tag=no>'), '')
  assert.equal(tagIn('<sip:a@x>'), '')
  assert.equal(tagIn(undefined), '')
})

test('the first Contact, with a display name or without', () => {
  const contact = (value: string): SipResponse => ({ ...answer, headers: fields([['Contact', value]]) })
  assert.equal(contactUri(contact('<sip:a@x>;q=1')), 'sip:a@x')
  assert.equal(contactUri(contact('"a <b>" <sip:a@x>')), 'sip:a@x')
  assert.equal(contactUri(contact('sip:a@x;expires=5')), 'sip:a@x')
  assert.equal(contactUri(contact('*')), undefined)
})
