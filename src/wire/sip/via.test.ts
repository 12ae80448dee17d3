import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { host, params, port } from '../../../test/support/sip/arbitraries.ts'
import { codeOf, printsBack, taken } from '../../../test/support/sip/header-properties.ts'
import { branchOf, hasMagicCookie, markReceived, parseVia, printVia, receivedOf, responseTarget, rportOf } from './via.ts'

test('blanks may stand around the slashes and semicolons (RFC 4475 §3.1.1.1)', () => {
  const via = taken(parseVia('SIP  / 2.0  / TCP     spindle.example.com   ; branch  =   z9hG4bK9ikj8'))
  assert.deepEqual(via, { transport: 'TCP', host: 'spindle.example.com', port: null, params: [{ name: 'branch', value: 'z9hG4bK9ikj8' }] })
})

test('a branch or tag of base64 keeps its padding', () => {
  assert.equal(branchOf(taken(parseVia('SIP/2.0/UDP a;branch=z9hG4bKaGk/+w==;rport'))), 'z9hG4bKaGk/+w==')
})

test('the bare cookie is a branch of a peer of RFC 2543 (RFC 4475 §3.2.1)', () => {
  assert.ok(!hasMagicCookie(branchOf(taken(parseVia('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK')))))
  assert.ok(hasMagicCookie(branchOf(taken(parseVia('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx')))))
})

test('received is read with and without brackets (RFC 5118 §4.5)', () => {
  for (const received of ['[2001:db8::9:255]', '2001:db8::9:255'])
    assert.equal(receivedOf(taken(parseVia(`SIP/2.0/UDP [2001:db8::9:1];received=${received};branch=z9hG4bKas3-111`))), '2001:db8::9:255')
})

test('the server completes received and rport (§18.2.1, RFC 3581 §4)', () => {
  const plain = taken(parseVia('SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKx'))
  assert.equal(printVia(markReceived(plain, '192.0.2.1', 9)), 'SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKx')
  assert.equal(printVia(markReceived(plain, '203.0.113.9', 9)), 'SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKx;received=203.0.113.9')
  const asks = taken(parseVia('SIP/2.0/UDP 192.0.2.1:5062;rport;branch=z9hG4bKx;received=6.6.6.6'))
  assert.equal(rportOf(asks), 0)
  const marked = markReceived(asks, '192.0.2.1', 4711)
  assert.equal(printVia(marked), 'SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKx;received=192.0.2.1;rport=4711')
  assert.equal(rportOf(marked), 4711)
})

test('responses go to maddr, else received and rport, else sent-by (§18.2.2)', () => {
  const to = (text: string) => responseTarget(taken(parseVia(text)))
  assert.deepEqual(to('SIP/2.0/UDP a.example:5062;received=192.0.2.9;rport=4711'), { host: '192.0.2.9', port: 4711 })
  assert.deepEqual(to('SIP/2.0/UDP a.example:5062;received=192.0.2.9;rport'), { host: '192.0.2.9', port: 5062 })
  assert.deepEqual(to('SIP/2.0/UDP a.example;maddr=[2001:db8::7]'), { host: '2001:db8::7', port: 5060 })
  assert.deepEqual(to('SIP/2.0/TLS a.example'), { host: 'a.example', port: 5061 })
})

test('malformed Vias are refused', () => {
  for (const bad of [
    '',
    'SIP/2.0/UDP',
    'SIP/2.0/ host',
    'SIP/2.0/UDPhost',
    'SIP/7.0/UDP host',
    'HTTP/1.1/TCP host',
    'SIP/2.0/UDP a:b',
    'SIP/2.0/UDP ;branch=x',
    'SIP / 2.0 / U>P host',
  ])
    assert.equal(codeOf(parseVia(bad)), 'sip-bad-via', bad)
  assert.equal(codeOf(parseVia('SIP/2.0/UDP 192.0.2.15;;')), 'sip-bad-parameter')
})

test('printing and parsing are inverse; any text gives a Result', () => {
  const transport = fc.constantFrom('UDP', 'TCP', 'TLS', 'WS', 'WSS', 'SCTP', 'UNKNOWN')
  printsBack(fc.record({ transport, host, port, params: params() }, { noNullPrototype: true }), parseVia, printVia)
})
