import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_LIMITS } from './parse-message.ts'
import type { StreamItem } from './stream-framer.ts'
import { StreamFramer } from './stream-framer.ts'

function message(id: string, body = ''): string {
  return `OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK${id}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: ${id}\r\nCSeq: 1 OPTIONS\r\nl: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

function shown(items: readonly StreamItem[]): string[] {
  return items.map(i => (i.is === 'message' ? Buffer.from(i.bytes).toString() : i.is === 'broken' ? i.fault.code : i.is))
}

function feed(framer: StreamFramer, ...chunks: string[]): string[] {
  return chunks.flatMap(c => shown(framer.push(Buffer.from(c))))
}

test('messages are cut by Content-Length, bodies that look like messages included (§18.3)', () => {
  const inner = message('x', message('y'))
  assert.deepEqual(feed(new StreamFramer(), message('1') + inner + message('2', 'é')), [message('1'), inner, message('2', 'é')])
})

test('a double CRLF is a ping, a single one a pong, in whatever pieces they come (RFC 5626 §3.5.1)', () => {
  assert.deepEqual(feed(new StreamFramer(), '\r\n\r\n'), ['ping'])
  assert.deepEqual(feed(new StreamFramer(), '\r\n'), ['pong'])
  assert.deepEqual(feed(new StreamFramer(), '\r', '\n\r', '\n'), ['ping'])
  assert.deepEqual(feed(new StreamFramer(), '\r\n', '\r\n'), ['pong', 'ping'])
  assert.deepEqual(feed(new StreamFramer(), `\r\n\r\n${message('1')}\r\n\r\n`), ['ping', message('1'), 'ping'])
  assert.deepEqual(feed(new StreamFramer(), `\r\n${message('1')}`, '\r\n', message('2')), ['pong', message('1'), 'pong', message('2')])
})

test('without exactly one Content-Length the boundary is lost: the asker is told, then nothing is read', () => {
  for (const bad of [
    message('1').replace('l: 0\r\n', ''),
    message('1').replace('l: 0', 'l: 0\r\nContent-Length: 5'),
    message('1').replace('l: 0', 'l: -1'),
  ]) {
    const framer = new StreamFramer()
    const [item] = framer.push(Buffer.from(bad))
    assert.ok(item?.is === 'broken')
    assert.equal(item.fault.code, 'sip-no-content-length')
    assert.equal(item.fault.status, 400)
    assert.ok(item.fault.partial?.headers.some(h => h.name === 'Via'))
    assert.deepEqual(feed(framer, message('2')), [])
  }
})

test('SEC-04 what is held is bounded', () => {
  const framer = new StreamFramer({ ...DEFAULT_LIMITS, maxHeadBytes: 1000, maxBytes: 2000 })
  assert.deepEqual(feed(framer, 'x'.repeat(900)), [])
  assert.equal(framer.heldBytes, 900)
  assert.deepEqual(feed(framer, 'x'.repeat(900)), ['sip-head-too-large'])
  assert.equal(framer.heldBytes, 0)
  assert.deepEqual(feed(new StreamFramer({ ...DEFAULT_LIMITS, maxBytes: 2000 }), message('1', 'b'.repeat(1999))), ['sip-too-large'])
})

test('what is no SIP at all breaks the stream without an answer', () => {
  const [item] = new StreamFramer().push(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
  assert.ok(item?.is === 'broken' && item.fault.status === undefined && item.fault.partial === null)
})

test('the same messages come out however the stream is cut', () => {
  const stream = Buffer.from(`\r\n\r\n${message('1', 'body')}${message('2')}\r\n\r\n${message('3', '\r\n\r\n')}`)
  const whole = shown(new StreamFramer().push(stream))
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), cuts => {
      const framer = new StreamFramer()
      const out: string[] = []
      let from = 0
      for (const to of [...cuts.sort((a, b) => a - b), stream.length]) {
        out.push(...shown(framer.push(Uint8Array.from(stream.subarray(from, to)))))
        from = to
      }
      assert.deepEqual(
        out.filter(i => i !== 'pong'),
        whole,
      )
      assert.equal(framer.heldBytes, 0)
    }),
  )
})

test('what was given out is never written to again, also when the stream comes byte by byte', () => {
  const framer = new StreamFramer()
  const given: Uint8Array[] = []
  const sent = [message('1', 'abc'), message('2'), message('3', 'x'.repeat(5000)), message('4')]
  for (const byte of Buffer.from(sent.join('')))
    for (const item of framer.push(Uint8Array.of(byte))) if (item.is === 'message') given.push(item.bytes)
  assert.deepEqual(
    given.map(b => Buffer.from(b).toString()),
    sent,
  )
})

test('any bytes in any pieces neither throw nor grow', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), chunks => {
      const framer = new StreamFramer({ ...DEFAULT_LIMITS, maxHeadBytes: 100, maxBytes: 200 })
      for (const c of chunks) framer.push(c)
      assert.ok(framer.heldBytes <= 200)
    }),
  )
})
