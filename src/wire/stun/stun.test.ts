import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressBytes, addressText } from './ip-address.ts'
import { shortTermKey } from './message-integrity.ts'
import { parseStun, type ReceivedStun } from './parse-stun.ts'
import {
  BINDING,
  bindingSuccess,
  type StunAttribute,
  type StunMessage,
  stunAttribute,
  stunError,
  unknownRequiredTypes,
} from './stun-message.ts'
import { printStun } from './write-stun.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const PASSWORD = shortTermKey('VOkJxbRl1RmTxUk/WvJxBt')

function parsed(b: Uint8Array): ReceivedStun {
  const r = parseStun(b)
  assert.ok(r.ok, r.ok ? '' : r.error.message)
  return r.value
}

function intact(m: ReceivedStun, key: Uint8Array): boolean {
  return m.integrity !== 'absent' && m.integrity(key)
}

const REQUEST = bytes(`000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74
  002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020
  000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf`)
const RESPONSE_4 = bytes(`0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643
  000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96`)
const RESPONSE_6 = bytes(`010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220
  002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c`)
const LONG_TERM = bytes(`000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b90000
  0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341
  0014000b6578616d706c652e6f72670000080014f67024656dd64a3e02b8e0712e85c9a28ca89666`)

test('RFC 5769 §2.1: request with ICE attributes, integrity and fingerprint', () => {
  const m = parsed(REQUEST)
  assert.equal(m.class, 'request')
  assert.equal(m.method, BINDING)
  assert.equal(m.transaction, 'b7e7a701bc34d686fa87dfae')
  assert.deepEqual(m.attributes, [
    { kind: 'software', value: 'STUN test client' },
    { kind: 'priority', value: 0x6e0001ff },
    { kind: 'ice-controlled', tieBreaker: '932ff9b151263b36' },
    { kind: 'username', value: 'evtj:h6vY' },
  ])
  assert.equal(m.fingerprint, true)
  assert.ok(intact(m, PASSWORD))
  assert.ok(!intact(m, shortTermKey('wrong')))
})

test('RFC 5769 §2.2, §2.3: responses with IPv4 and IPv6 addresses', () => {
  const four = parsed(RESPONSE_4)
  assert.equal(four.class, 'success')
  assert.deepEqual(stunAttribute(four, 'xor-mapped-address')?.value, { address: '192.0.2.1', port: 32853 })
  assert.ok(intact(four, PASSWORD) && four.fingerprint)
  const six = parsed(RESPONSE_6)
  assert.deepEqual(stunAttribute(six, 'xor-mapped-address')?.value, { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 })
  assert.ok(intact(six, PASSWORD) && six.fingerprint)
})

test('RFC 5769 §2.4: long-term credentials', () => {
  const m = parsed(LONG_TERM)
  const name = stunAttribute(m, 'username')!.value
  const realm = stunAttribute(m, 'realm')!.value
  assert.equal(realm, 'example.org')
  assert.ok(intact(m, createHash('md5').update(`${name}:${realm}:TheMatrIX`).digest()))
  assert.equal(m.fingerprint, false)
})

test("a socket's Buffer is read and checked without a byte of it changing", () => {
  for (const vector of [REQUEST, RESPONSE_4, RESPONSE_6]) {
    const buffer = Buffer.from(vector)
    const m = parsed(buffer)
    assert.ok(intact(m, PASSWORD) && intact(m, PASSWORD))
    assert.deepEqual(Uint8Array.from(buffer), vector)
    assert.deepEqual(m.attributes, parsed(vector).attributes)
  }
  const other = parsed(
    Buffer.from(
      printStun({
        class: 'request',
        method: BINDING,
        transaction: '00'.repeat(12),
        attributes: [{ kind: 'other', type: 0x9999, value: Uint8Array.of(7) }],
      }),
    ),
  )
  assert.ok(!Buffer.isBuffer(stunAttribute(other, 'other')?.value))
})

test('a binding request is answered with where it came from', () => {
  const request = parsed(REQUEST)
  const answer = parsed(
    printStun(bindingSuccess(request, { address: '::ffff:198.51.100.7', port: 40000 }), { key: PASSWORD, fingerprint: true }),
  )
  assert.equal(answer.transaction, request.transaction)
  assert.deepEqual(stunAttribute(answer, 'xor-mapped-address')?.value, { address: '198.51.100.7', port: 40000 })
  assert.ok(intact(answer, PASSWORD))
})

test('an attribute we must know and do not is answered 420 with its type', () => {
  const request: StunMessage = {
    class: 'request',
    method: BINDING,
    transaction: '00'.repeat(12),
    attributes: [
      { kind: 'other', type: 0x7777, value: Uint8Array.of(1) },
      { kind: 'other', type: 0x9999, value: Uint8Array.of(2) },
    ],
  }
  assert.deepEqual(unknownRequiredTypes(request), [0x7777])
  const answer = parsed(printStun(stunError(request, 420, 'Unknown Attribute')))
  assert.deepEqual(stunAttribute(answer, 'error-code'), { kind: 'error-code', code: 420, reason: 'Unknown Attribute' })
  assert.deepEqual(stunAttribute(answer, 'unknown-attributes')?.types, [0x7777])
})

test('SEC-04 any damage breaks fingerprint or form, never the reader', () => {
  fc.assert(
    fc.property(fc.nat({ max: REQUEST.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = REQUEST.slice()
      damaged[at] = damaged[at]! ^ flip
      const result = parseStun(damaged)
      assert.ok(!result.ok || !result.value.fingerprint)
    }),
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), b => typeof parseStun(b).ok === 'boolean'))
  const header = bytes('000100002112a442' + '00'.repeat(12))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), body => {
      const b = new Uint8Array(20 + body.length)
      b.set(header)
      b.set(body, 20)
      b[3] = body.length
      assert.equal(typeof parseStun(b).ok, 'boolean')
    }),
  )
})

const port = fc.nat({ max: 65535 })
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>
const k = <T extends string>(kind: T) => fc.constant(kind)
const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const hex8 = fc.stringMatching(/^[0-9a-f]{16}$/)
const address = record({ address: fc.oneof(fc.ipV4(), fc.ipV6()).map(a => normal(a)), port })
function normal(a: string): string {
  const b = addressBytes(a)!
  return addressText(b, 0, b.length as 4 | 16)
}
const attribute: fc.Arbitrary<StunAttribute> = fc.oneof(
  record({ kind: fc.constantFrom('xor-mapped-address' as const, 'mapped-address' as const), value: address }),
  record({ kind: fc.constantFrom('username' as const, 'realm' as const, 'nonce' as const, 'software' as const), value: text }),
  record({ kind: k('error-code'), code: fc.integer({ min: 300, max: 699 }), reason: text }),
  record({ kind: k('unknown-attributes'), types: fc.array(port, { maxLength: 4 }) }),
  record({ kind: k('priority'), value: fc.nat({ max: 0xffffffff }) }),
  record({ kind: k('use-candidate') }),
  record({ kind: fc.constantFrom('ice-controlled' as const, 'ice-controlling' as const), tieBreaker: hex8 }),
  record({ kind: k('other'), type: fc.integer({ min: 0x9000, max: 0xffff }), value: fc.uint8Array({ maxLength: 9 }) }),
)
const message: fc.Arbitrary<StunMessage> = record({
  class: fc.constantFrom('request' as const, 'indication' as const, 'success' as const, 'error' as const),
  method: fc.nat({ max: 0xfff }),
  transaction: fc.stringMatching(/^[0-9a-f]{24}$/),
  attributes: fc.array(attribute, { maxLength: 6 }),
})

test('parse after print gives the message back, with and without protection', () => {
  fc.assert(
    fc.property(message, fc.boolean(), fc.boolean(), (m, keyed, fingerprint) => {
      const back = parsed(printStun(m, { key: keyed ? PASSWORD : null, fingerprint }))
      assert.deepEqual({ class: back.class, method: back.method, transaction: back.transaction, attributes: back.attributes }, m)
      assert.equal(back.fingerprint, fingerprint)
      assert.equal(intact(back, PASSWORD), keyed)
    }),
  )
})

test('addresses: text to bytes and back, RFC 5952 form', () => {
  for (const [given, wanted] of [
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['10.0.0.255', '10.0.0.255'],
  ])
    assert.equal(normal(given!), wanted)
  for (const bad of ['', '1.2.3', '1.2.3.256', ':', '1::2::3', '1:2:3:4:5:6:7', '12345::', 'host', '1:2:3:4:5:6:7:8:9', '::1.2.3.4:5'])
    assert.equal(addressBytes(bad), null, bad)
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), a => {
      assert.equal(isIP(normal(a)) > 0, true)
      assert.equal(normal(normal(a)), normal(a))
    }),
  )
})
