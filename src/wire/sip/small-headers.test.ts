/** Headers too small for a test file of their own; each has its examples and both properties. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { params, text, token } from '../../../test/support/sip/arbitraries.ts'
import { codeOf, printsBack, readsAnything, taken } from '../../../test/support/sip/header-properties.ts'
import { accepts, parseContentDisposition, parseContentType, printContentDisposition, printContentType } from './content-type.ts'
import { parseCSeq, printCSeq } from './cseq.ts'
import { parseDate, printDate } from './date.ts'
import { parseExpires, printExpires } from './delta-seconds.ts'
import { parseEvent, printEvent, sameEvent } from './event.ts'
import { parseMaxBreadth, parseMaxForwards, printMaxBreadth, printMaxForwards } from './max-forwards.ts'
import { param } from './params.ts'
import { parsePrivacy, printPrivacy } from './privacy.ts'
import { parseRAck, parseRSeq, printRAck, printRSeq } from './rack.ts'
import { parseReason, printReason } from './reason.ts'
import { parseRetryAfter, printRetryAfter } from './retry-after.ts'
import { parseMinSe, parseSessionExpires, printMinSe, printSessionExpires } from './session-expires.ts'
import { statusPhrase } from './status-phrases.ts'
import { parseSubscriptionState, printSubscriptionState } from './subscription-state.ts'
import { parseWarning, printWarning } from './warning.ts'

const seconds = fc.integer({ min: 0, max: 0xffffffff })
const plain = { noNullPrototype: true } as const

test('CSeq: a number below 2**31, a method of any token (RFC 3261 §20.16)', () => {
  assert.deepEqual(taken(parseCSeq('0009  INVITE')), { seq: 9, method: 'INVITE' })
  for (const bad of ['', '1', 'INVITE', '2147483648 INVITE', '36893488147419103232 REGISTER', '1INVITE', '1 IN VITE', '-1 ACK'])
    assert.equal(codeOf(parseCSeq(bad)), 'sip-bad-cseq', bad)
  printsBack(fc.record({ seq: fc.integer({ min: 0, max: 0x7fffffff }), method: token }, plain), parseCSeq, printCSeq)
})

test('Event: package, id, sameness (RFC 6665 §4.5.2)', () => {
  assert.deepEqual(taken(parseEvent('dialog;id=7;shared')), { event: 'dialog', id: '7', params: [{ name: 'shared', value: null }] })
  assert.ok(sameEvent(taken(parseEvent('dialog;id=7')), taken(parseEvent('dialog;id=7;x'))))
  assert.ok(!sameEvent(taken(parseEvent('dialog')), taken(parseEvent('dialog;id=7'))))
  printsBack(fc.record({ event: token, id: token, params: params(['id']) }, plain), parseEvent, printEvent)
})

test('Subscription-State (RFC 6665 §8.2.3)', () => {
  assert.deepEqual(taken(parseSubscriptionState('Terminated;Reason=timeout;retry-after=30')), {
    state: 'terminated',
    reason: 'timeout',
    retryAfterS: 30,
    params: [],
  })
  const reason = token.map(t => t.toLowerCase())
  const value = fc.record(
    { state: reason, reason, expiresS: seconds, retryAfterS: seconds, params: params(['reason', 'expires', 'retry-after']) },
    plain,
  )
  printsBack(value, parseSubscriptionState, printSubscriptionState)
})

test('Session-Expires and Min-SE (RFC 4028)', () => {
  assert.deepEqual(taken(parseSessionExpires('1800;Refresher=UAS')), { intervalS: 1800, refresher: 'uas', params: [] })
  assert.equal(codeOf(parseSessionExpires('90;refresher=me')), 'sip-bad-session-expires')
  assert.equal(codeOf(parseSessionExpires('soon')), 'sip-bad-session-expires')
  const refresher = fc.constantFrom('uac' as const, 'uas' as const)
  printsBack(fc.record({ intervalS: seconds, refresher, params: params(['refresher']) }, plain), parseSessionExpires, printSessionExpires)
  printsBack(fc.record({ intervalS: seconds, params: params() }, plain), parseMinSe, printMinSe)
})

test('Reason (RFC 3326)', () => {
  assert.deepEqual(taken(parseReason('Q.850 ;cause=16 ;text="Normal; \\"clearing\\""')), {
    protocol: 'Q.850',
    cause: 16,
    text: 'Normal; "clearing"',
    params: [],
  })
  assert.equal(codeOf(parseReason('SIP;cause=x')), 'sip-bad-reason')
  printsBack(fc.record({ protocol: token, cause: fc.nat(), text, params: params(['cause', 'text']) }, plain), parseReason, printReason)
})

test('RAck and RSeq (RFC 3262)', () => {
  assert.deepEqual(taken(parseRAck('776656 1 INVITE')), { rseq: 776656, cseq: { seq: 1, method: 'INVITE' } })
  assert.equal(codeOf(parseRAck('1')), 'sip-bad-rack')
  assert.equal(codeOf(parseRSeq('0')), 'sip-bad-rseq')
  const cseq = fc.record({ seq: fc.integer({ min: 0, max: 0x7fffffff }), method: token }, plain)
  printsBack(fc.record({ rseq: seconds, cseq }, plain), parseRAck, printRAck)
  printsBack(fc.integer({ min: 1, max: 0xffffffff }), parseRSeq, printRSeq)
})

test('Privacy (RFC 3323, RFC 3325)', () => {
  assert.deepEqual(taken(parsePrivacy('ID; critical')), ['id', 'critical'])
  assert.equal(codeOf(parsePrivacy('')), 'sip-bad-privacy')
  printsBack(
    fc.array(
      token.map(t => t.toLowerCase()),
      { minLength: 1, maxLength: 4 },
    ),
    parsePrivacy,
    printPrivacy,
  )
})

test('Retry-After with comment and duration (RFC 3261 §20.33)', () => {
  const r = taken(parseRetryAfter("120 (I'm in a (long) meeting) ;duration=3600"))
  assert.equal(r.seconds, 120)
  assert.equal(r.comment, "I'm in a (long) meeting")
  assert.equal(param(r.params, 'duration'), '3600')
  assert.equal(taken(parseRetryAfter('949302838503028349304023988')).seconds, 0xffffffff)
  for (const bad of ['', '(x)', '5 (x', '5 x']) assert.notEqual(codeOf(parseRetryAfter(bad)), 'ok', bad)
  printsBack(fc.record({ seconds, params: params() }, plain), parseRetryAfter, printRetryAfter)
})

test('Warning (RFC 3261 §20.43)', () => {
  assert.deepEqual(taken(parseWarning('307 isi.edu "Session parameter \'foo\' not understood"')), {
    code: 307,
    agent: 'isi.edu',
    text: "Session parameter 'foo' not understood",
  })
  for (const bad of ['1812 overture "In Progress"', '307 isi.edu', '307 isi.edu "x', '307 isi.edu "x" y'])
    assert.equal(codeOf(parseWarning(bad)), 'sip-bad-warning', bad)
  printsBack(fc.record({ code: fc.integer({ min: 300, max: 399 }), agent: token, text }, plain), parseWarning, printWarning)
})

test('Max-Forwards, Max-Breadth, Expires', () => {
  assert.equal(taken(parseMaxForwards('0068')), 68)
  for (const bad of ['', '256', '300', '-1', '7 0']) assert.equal(codeOf(parseMaxForwards(bad)), 'sip-bad-max-forwards', bad)
  assert.equal(taken(parseExpires('1'.padEnd(100, '0'))), 0xffffffff)
  assert.equal(codeOf(parseExpires('soon')), 'sip-bad-expires')
  printsBack(fc.integer({ min: 0, max: 255 }), parseMaxForwards, printMaxForwards)
  printsBack(fc.nat(), parseMaxBreadth, printMaxBreadth)
  printsBack(seconds, parseExpires, printExpires)
})

test('Content-Type, Accept ranges, Content-Disposition', () => {
  const sdp = taken(parseContentType('Application/SDP ; charset="utf-8"'))
  assert.deepEqual(sdp, { type: 'application', subtype: 'sdp', params: [{ name: 'charset', value: '"utf-8"' }] })
  assert.ok(accepts(taken(parseContentType('application/*')), sdp) && accepts(taken(parseContentType('*/*;q=0.1')), sdp))
  assert.ok(!accepts(taken(parseContentType('text/*')), sdp) && !accepts(taken(parseContentType('*/*;q=0.0')), sdp))
  assert.equal(taken(parseContentDisposition('Early-Session;handling=optional')).required, false)
  assert.equal(taken(parseContentDisposition('session')).required, true)
  for (const bad of ['', 'text', 'text/', '/plain', 'text/plain charset']) assert.notEqual(codeOf(parseContentType(bad)), 'ok', bad)
  const lower = token.map(t => t.toLowerCase())
  printsBack(fc.record({ type: lower, subtype: lower, params: params() }, plain), parseContentType, printContentType)
  readsAnything(parseContentDisposition, printContentDisposition)
})

test('Date: GMT only (RFC 3261 §20.17, RFC 4475 §3.1.2.12)', () => {
  assert.equal(taken(parseDate('Sat, 13 Nov 2010 23:29:00 GMT')), Date.UTC(2010, 10, 13, 23, 29))
  for (const bad of ['Fri, 01 Jan 2010 16:00:00 EST', 'Fri, 31 Feb 2010 16:00:00 GMT', 'Fri, 01 Jan 2010 25:00:00 GMT', '2010-01-01', ''])
    assert.equal(codeOf(parseDate(bad)), 'sip-bad-date', bad)
  printsBack(
    fc.integer({ min: 0, max: 253402300799 }).map(s => s * 1000),
    parseDate,
    printDate,
  )
})

test('an unregistered status takes the phrase of its class', () => {
  assert.equal(statusPhrase(486), 'Busy Here')
  assert.equal(statusPhrase(499), 'Bad Request')
  assert.equal(statusPhrase(699), 'Busy Everywhere')
})
