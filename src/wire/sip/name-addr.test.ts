import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameAddr } from '../../../test/support/sip/arbitraries.ts'
import { codeOf, printsBack, taken } from '../../../test/support/sip/header-properties.ts'
import { parseNameAddr, printNameAddr, tagOf } from './name-addr.ts'

test('name-addr: display name, URI parameters inside, header parameters outside the brackets', () => {
  const from = taken(parseNameAddr('"J Rosenberg \\\\\\""       <sip:jdrosen@example.com;lr>  ;  tag = 98asjd8'))
  assert.deepEqual(from, { display: 'J Rosenberg \\"', uri: 'sip:jdrosen@example.com;lr', params: [{ name: 'tag', value: '98asjd8' }] })
  assert.equal(tagOf(from), '98asjd8')
})

test('addr-spec: everything behind the first semicolon belongs to the header (§20.10)', () => {
  assert.deepEqual(taken(parseNameAddr('sip:+19725552222@gw1.example.net;unknownparam')), {
    uri: 'sip:+19725552222@gw1.example.net',
    params: [{ name: 'unknownparam', value: null }],
  })
})

test('an unquoted display name needs no blank before the bracket, and may hold what phones send', () => {
  assert.equal(taken(parseNameAddr('caller<sip:caller@example.com>;tag=323')).display, 'caller')
  assert.equal(taken(parseNameAddr('Айгүл (desk) <sip:a@b>')).display, 'Айгүл (desk)')
})

test('what would be ambiguous is refused', () => {
  for (const [bad, code] of [
    ['Bell, Alexander <sip:a@b>', 'sip-bad-address'],
    ['"Mr. J. User <sip:j.user@example.com>', 'sip-unclosed-quote'],
    ['"a" sip:a@b', 'sip-bad-address'],
    ['<sip:a@b', 'sip-bad-address'],
    ['< sip:a@b >', 'sip-bad-uri'],
    ['sip:user@example.com?Route=%3Csip:sip.example.com%3E', 'sip-bad-address'],
    ['<sip:a@b>;', 'sip-bad-parameter'],
    ['<sip:a@b>;=1', 'sip-bad-parameter'],
    ['<sip:a@b>;a="', 'sip-unclosed-quote'],
    ['<sip:a@b> x', 'sip-bad-parameter'],
    ['', 'sip-bad-uri'],
  ] as const)
    assert.equal(codeOf(parseNameAddr(bad)), code, bad)
})

test('printing and parsing are inverse; any text gives a Result', () => printsBack(nameAddr(), parseNameAddr, printNameAddr))
