import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codeOf, taken } from '../../../test/support/sip/header-properties.ts'
import { parseContentType } from './content-type.ts'
import { findPart, parseMultipart, printMultipart } from './multipart.ts'

const mixed = taken(parseContentType('multipart/mixed;boundary="b 1"'))
const SDP = { headers: [{ name: 'Content-Type', value: 'application/sdp' }], body: Buffer.from('v=0\r\n') }
const TEXT = { headers: [{ name: 'Content-Type', value: 'text/plain' }], body: Buffer.from('--b 1x is no boundary\r\n') }

function plain(parts: readonly { headers: unknown; body: Uint8Array }[]) {
  return parts.map(p => ({ headers: p.headers, body: [...p.body] }))
}

test('parts are cut at boundary lines only; preamble and epilogue do not count (RFC 2046 §5.1)', () => {
  const body = Buffer.concat([Buffer.from('preamble\r\n'), printMultipart([TEXT, SDP], 'b 1'), Buffer.from('epilogue')])
  assert.deepEqual(plain(taken(parseMultipart(body, mixed))), plain([TEXT, SDP]))
})

test('a part without headers, and folded headers', () => {
  const body = Buffer.from('--b 1\r\n\r\nbare\r\n--b 1\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\n\r\n--b 1--')
  const parts = taken(parseMultipart(body, mixed))
  assert.deepEqual(plain(parts), [
    { headers: [], body: [...Buffer.from('bare')] },
    { headers: [{ name: 'Content-Type', value: 'text/plain; charset=utf-8' }], body: [] },
  ])
})

test('SDP is found among other parts, nested ones too', () => {
  const inner = { headers: [{ name: 'Content-Type', value: 'multipart/alternative;boundary=in' }], body: printMultipart([TEXT, SDP], 'in') }
  const found = findPart(printMultipart([TEXT, inner], 'b 1'), mixed, 'application/sdp')
  assert.equal(Buffer.from(found!.body).toString(), 'v=0\r\n')
  assert.equal(findPart(printMultipart([TEXT], 'b 1'), mixed, 'application/sdp'), undefined)
})

test('what is no multipart is refused', () => {
  for (const bad of ['', 'x', '--b 1\r\nA: b\r\n\r\nno end', '--b 1\r\nno colon\r\n\r\n\r\n--b 1--', '--b 1'])
    assert.equal(codeOf(parseMultipart(Buffer.from(bad), mixed)), 'sip-bad-multipart', bad)
  assert.equal(codeOf(parseMultipart(Buffer.from(''), taken(parseContentType('multipart/mixed')))), 'sip-bad-multipart')
})

test('printing and parsing are inverse; any bytes give a Result', () => {
  const part = fc.record({ headers: fc.constant(SDP.headers), body: fc.uint8Array({ maxLength: 30 }) }, { noNullPrototype: true })
  const type = taken(parseContentType('multipart/mixed;boundary=7a9cbec02ceef655'))
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), parts => {
      assert.deepEqual(plain(taken(parseMultipart(printMultipart(parts, '7a9cbec02ceef655'), type))), plain(parts))
    }),
  )
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('--b 1', '\r\n', '--', ' ', 'x', ':') }),
      s => void parseMultipart(Buffer.from(s), mixed),
    ),
  )
})
