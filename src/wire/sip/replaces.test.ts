import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { params, sipUri, text, token } from '../../../test/support/sip/arbitraries.ts'
import { codeOf, printsBack, taken } from '../../../test/support/sip/header-properties.ts'
import { parseReferTo, printReferTo } from './refer-to.ts'
import { parseReplaces, printReplaces, replacesFromUriHeader, replacesToUriHeader } from './replaces.ts'
import { printUri } from './uri.ts'

const replaces = fc.record(
  { callId: token, toTag: token, fromTag: token, earlyOnly: fc.boolean(), params: params(['to-tag', 'from-tag', 'early-only']) },
  { noNullPrototype: true },
)

test('Replaces (RFC 3891 §6.1)', () => {
  const r = taken(parseReplaces('98732@sip.example.com ;from-tag=r33th4x0r;to-tag=ff87ff;early-only'))
  assert.deepEqual(r, { callId: '98732@sip.example.com', toTag: 'ff87ff', fromTag: 'r33th4x0r', earlyOnly: true, params: [] })
  for (const bad of ['', 'x', 'x;to-tag=1', 'x;from-tag=1', 'a b;to-tag=1;from-tag=2', 'x;to-tag;from-tag=2'])
    assert.equal(codeOf(parseReplaces(bad)), 'sip-bad-replaces', bad)
  printsBack(replaces, parseReplaces, printReplaces)
})

test('Replaces survives the header part of a URI', () => {
  const r = taken(parseReplaces('12345@192.168.118.3;to-tag=a;from-tag=b'))
  assert.equal(replacesToUriHeader(r), '12345%40192.168.118.3%3Bto-tag%3Da%3Bfrom-tag%3Db')
  assert.deepEqual(taken(replacesFromUriHeader(replacesToUriHeader(r))), r)
})

test('Refer-To gives up the Replaces, the method and the bare target (RFC 3515 §2.1)', () => {
  const r = taken(
    parseReferTo(
      '"Bob" <sip:bob@biloxi.example.com;method=SUBSCRIBE?Accept-Contact=sip%3Ax&Replaces=12345%40h%3Bto-tag%3Da%3Bfrom-tag%3Db>',
    ),
  )
  assert.equal(r.uri, 'sip:bob@biloxi.example.com')
  assert.equal(r.method, 'SUBSCRIBE')
  assert.deepEqual(r.replaces, { callId: '12345@h', toTag: 'a', fromTag: 'b', earlyOnly: false, params: [] })
  assert.deepEqual(r.headers, [{ name: 'Accept-Contact', value: 'sip:x' }])
  assert.equal(taken(parseReferTo('sip:c@d')).method, 'INVITE')
  assert.equal(codeOf(parseReferTo('<sip:a@b?Replaces=x>')), 'sip-bad-replaces')
  assert.equal(codeOf(parseReferTo('<sip:a@b?Replaces=x&Replaces=y>')), 'sip-bad-refer-to')
})

test('Refer-To: printing and parsing are inverse; any text gives a Result', () => {
  const target = sipUri.map(u => printUri({ ...u, params: u.params.filter(p => p.name !== 'method'), headers: [] }))
  const value = fc.record(
    { display: text, uri: target, method: fc.constantFrom('INVITE', 'BYE'), replaces, headers: fc.constant([]), params: params() },
    { noNullPrototype: true },
  )
  printsBack(value, parseReferTo, printReferTo)
})
