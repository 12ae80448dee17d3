import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sipUri as anySipUri } from '../../../test/support/sip/arbitraries.ts'
import { codeOf, printsBack, taken } from '../../../test/support/sip/header-properties.ts'
import { parseSipUri, parseUri, printUri, sipUri } from './uri.ts'

test('a SIP URI comes apart into user, password, host, port, parameters and headers', () => {
  assert.deepEqual(taken(parseUri('sip:alice:secret@[2001:db8::1]:5070;transport=TCP;lr?Subject=a%20b&to=c')), {
    scheme: 'sip',
    user: 'alice',
    password: 'secret',
    host: '2001:db8::1',
    port: 5070,
    params: [
      { name: 'transport', value: 'TCP' },
      { name: 'lr', value: null },
    ],
    headers: [
      { name: 'Subject', value: 'a b' },
      { name: 'to', value: 'c' },
    ],
  })
})

test('escapes are undone in user, parameter names and values (RFC 4475 §3.1.1.3)', () => {
  const uri = taken(parseSipUri('sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31'))
  assert.equal(uri.user, 'caller')
  assert.deepEqual(uri.params, [
    { name: 'lr', value: null },
    { name: 'name', value: 'value%41' },
  ])
})

test('a user part with semicolon, question mark and # is a user part (RFC 4475 §3.1.1.9)', () => {
  assert.equal(taken(parseSipUri('sip:user;par=u%40example.net@example.com')).user, 'user;par=u@example.net')
  assert.equal(taken(parseSipUri('sip:*21*1002#@example.com')).user, '*21*1002#')
})

test('a user built from anything cannot break out of its place', () => {
  assert.equal(printUri(sipUri('1@evil;x\r\nVia: y', 'example.com')), 'sip:1%40evil;x%0D%0AVia%3A%20y@example.com')
})

test('tel and foreign schemes', () => {
  assert.deepEqual(taken(parseUri('tel:+1-201-555-0123;ext=5')), {
    scheme: 'tel',
    number: '+1-201-555-0123',
    params: [{ name: 'ext', value: '5' }],
  })
  assert.deepEqual(taken(parseUri('urn:service:sos')), { scheme: 'other', name: 'urn', rest: 'service:sos' })
  assert.equal(taken(parseUri('SIPS:a@b')).scheme, 'sips')
  assert.equal(codeOf(parseSipUri('tel:112')), 'sip-wrong-scheme')
})

test('malformed URIs are refused with a place', () => {
  for (const bad of [
    '',
    'sip',
    ':x',
    'sip:',
    'sip:@host',
    'sip:a b@host',
    'sip:a@',
    'sip:a@ho st',
    'sip:a@host:',
    'sip:a@host:99999',
    'sip:a%4@host',
    'sip:2001:db8::10',
    'sip:a@[2001:db8]',
    'sip:a@[::1]x',
    'sip:a@host;',
    'sip:a@host;=x',
    'sip:a@host;x=',
    'sip:a@host?x',
    'tel:',
    'tel:x',
    'tel:+',
    'http:',
    'a<b:c',
    '<sip:a@b>',
    'sip:a"@b',
  ])
    assert.equal(codeOf(parseUri(bad)), 'sip-bad-uri', bad)
})

test('printing and parsing are inverse; any text gives a Result', () => {
  printsBack(anySipUri, parseSipUri, printUri)
})
