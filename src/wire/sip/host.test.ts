import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { host, ipv4, ipv6, port } from '../../../test/support/sip/arbitraries.ts'
import { isAddress, isIpv4, isIpv6, parseHost, printHost, sameHost } from './host.ts'

test('an IPv6 reference stands in brackets, a port behind them', () => {
  assert.deepEqual(parseHost('[2001:db8::10]:5070'), { host: '2001:db8::10', port: 5070 })
  assert.deepEqual(parseHost('[2001:db8::10:5070]'), { host: '2001:db8::10:5070', port: null })
  assert.equal(parseHost('2001:db8::10'), null)
})

test('RFC 5118 §4.10: the third colon before an IPv4 part is tolerated, elsewhere it is not', () => {
  assert.deepEqual(parseHost('[2001:db8:::192.0.2.1]'), { host: '2001:db8::192.0.2.1', port: null })
  assert.equal(parseHost('[2001:db8:::1]'), null)
})

test('addresses', () => {
  for (const good of ['::', '::1', '1::', '1:2:3:4:5:6:7:8', '::ffff:192.0.2.1', '1:2:3:4:5:6:192.0.2.1']) assert.ok(isIpv6(good), good)
  for (const bad of ['', ':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1::', '12345::', '::1.2.3', '1.2.3.4::', 'g::', ':1', '1:'])
    assert.ok(!isIpv6(bad), bad)
  for (const bad of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '1.2.3.', '1.2.3.0400', 'a.b.c.d']) assert.ok(!isIpv4(bad), bad)
  assert.ok(isAddress('192.0.2.1') && isAddress('::1') && !isAddress('example.com') && !isAddress('1.example'))
})

test('every address and every host prints and parses back', () => {
  fc.assert(fc.property(ipv4, a => isIpv4(a)))
  fc.assert(fc.property(ipv6, a => isIpv6(a) && sameHost(a, a.toUpperCase())))
  fc.assert(fc.property(host, port, (h, p) => assert.deepEqual(parseHost(printHost(h, p)), { host: h, port: p })))
})
