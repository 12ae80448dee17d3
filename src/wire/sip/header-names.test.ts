import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalName, headerKind } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { NO_BODY } from './message.ts'
import { lists, tokens } from './tokens.ts'

test('every spelling and compact form leads to one name', () => {
  for (const [spelling, canonical] of [
    ['v', 'Via'],
    ['V', 'Via'],
    ['via', 'Via'],
    ['VIA', 'Via'],
    ['i', 'Call-ID'],
    ['call-id', 'Call-ID'],
    ['CALL-ID', 'Call-ID'],
    ['cseq', 'CSeq'],
    ['x', 'Session-Expires'],
    ['o', 'Event'],
    ['u', 'Allow-Events'],
    ['www-authenticate', 'WWW-Authenticate'],
    ['rack', 'RAck'],
    ['sip-etag', 'SIP-ETag'],
    ['x-call-NOTE', 'X-Call-Note'],
    ['-x', '-X'],
    ['p-UNKNOWN', 'P-Unknown'],
  ] as const)
    assert.equal(canonicalName(spelling), canonical, spelling)
})

test('what has commas but is no list', () => {
  for (const name of [
    'Date',
    'WWW-Authenticate',
    'Authorization',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'Authentication-Info',
    'Subject',
  ])
    assert.equal(headerKind(name)?.list, false, name)
  assert.equal(headerKind('constructor'), undefined)
  assert.equal(headerKind('__proto__'), undefined)
})

test('tokens of a header, empty elements left out', () => {
  const fields = [
    { name: 'Supported', value: '' },
    { name: 'Supported', value: 'Timer' },
    { name: 'Allow', value: 'INVITE' },
  ]
  const m: SipMessage = { kind: 'response', status: 200, reason: 'OK', headers: fields, body: NO_BODY }
  assert.deepEqual(tokens(m, 'Supported'), ['Timer'])
  assert.ok(lists(m, 'Supported', 'timer') && lists(m, 'Allow', 'INVITE') && !lists(m, 'Allow', 'invite'))
})
