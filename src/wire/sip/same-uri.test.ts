import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sipUri } from '../../../test/support/sip/arbitraries.ts'
import { sameUri } from './same-uri.ts'
import { printUri } from './uri.ts'

const equal: readonly (readonly [string, string])[] = [
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
  ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
  [
    'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
    'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
  ],
  ['sip:alice@atlanta.com?subject=project%20x&priority=urgent', 'sip:alice@atlanta.com?priority=urgent&subject=project%20x'],
  ['sip:a@[2001:db8::9:1]', 'sip:a@[2001:DB8:0:0::9:1]'],
  ['tel:+1-201-555-0123', 'tel:+12015550123'],
  ['tel:863-1234;phone-context=+1-914-555', 'tel:8631234;phone-context=+1914555'],
]

const different: readonly (readonly [string, string])[] = [
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ['sip:a@b', 'sips:a@b'],
  ['sip:a:x@b', 'sip:a@b'],
  ['sip:a;b@c', 'sip:a%3Bb@c'],
  ['tel:+12015550123', 'tel:+12015550123;ext=1'],
  ['tel:112', 'sip:112@b'],
]

test('the examples of RFC 3261 §19.1.4 and RFC 3966 §4', () => {
  for (const [a, b] of equal) assert.ok(sameUri(a, b) && sameUri(b, a), `${a} = ${b}`)
  for (const [a, b] of different) assert.ok(!sameUri(a, b) && !sameUri(b, a), `${a} ≠ ${b}`)
})

test('a URI that cannot be read equals only itself', () => {
  assert.ok(sameUri('sip:@', 'sip:@'))
  assert.ok(!sameUri('sip:@', 'sip:a@b'))
})

test('every URI equals itself, also when its letters of scheme, host and parameter names change case', () => {
  fc.assert(
    fc.property(sipUri, uri => {
      const shouted = { ...uri, host: uri.host.toUpperCase(), params: uri.params.map(p => ({ name: p.name, value: p.value })) }
      assert.ok(sameUri(printUri(uri), printUri(shouted)))
    }),
  )
})
