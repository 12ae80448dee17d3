import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Latch } from './latch.ts'

const sdp = { address: '198.51.100.7', port: 4000 }

function latch(allowed = true, expected: readonly string[] = []): Latch {
  const l = new Latch(allowed)
  l.expect(sdp, expected, allowed)
  return l
}

test('the address of the SDP locks at once and shuts others out', () => {
  const l = latch()
  assert.equal(l.judge(sdp.address, sdp.port, 1, 1), 'lock')
  assert.equal(l.certain, true)
  assert.equal(l.judge('203.0.113.9', 9, 2, 1), 'drop')
  assert.equal(l.judge(sdp.address, sdp.port, 1, 2), 'take')
})

test('a source behind NAT is sent to only after it kept one SSRC in sequence; sooner where signalling came from', () => {
  const packets = (l: Latch, address: string): number => {
    for (let i = 1; i < 100; i++) if (l.judge(address, 777, 5, i) === 'lock') return i
    return -1
  }
  assert.equal(packets(latch(), '203.0.113.9'), 25)
  assert.equal(packets(latch(true, ['203.0.113.9']), '203.0.113.9'), 4)
  assert.equal(packets(latch(false), '203.0.113.9'), -1)
  const l = latch()
  for (let i = 1; i < 100; i++) assert.notEqual(l.judge('203.0.113.9', 777, i, i), 'lock', 'an SSRC that changes proves nothing')
})

test('a stranger that came first gives way to a named source, never the other way round', () => {
  const l = latch(true, ['203.0.113.5'])
  for (let i = 1; i < 40; i++) l.judge('203.0.113.9', 9, 66, i)
  assert.equal(l.address, '203.0.113.9')
  assert.equal(l.certain, false)
  assert.equal(l.judge(sdp.address, sdp.port, 1, 1), 'lock')
  for (let i = 40; i < 100; i++) assert.equal(l.judge('203.0.113.9', 9, 66, i), 'drop')
})

test('the lock opens when signalling changes the remote, or when told so after silence', () => {
  const l = latch()
  l.judge(sdp.address, sdp.port, 1, 1)
  assert.equal(l.expect(sdp, [], true), false)
  assert.equal(l.judge('203.0.113.9', 9, 2, 1), 'drop')
  l.open()
  assert.equal(l.judge('203.0.113.9', 9, 2, 1), 'take')
  assert.equal(l.expect({ ...sdp, port: 5000 }, [], true), true)
  assert.equal(l.judge(sdp.address, 5000, 3, 1), 'lock')
})

test('after silence the former source is believed at once, a new one after proof', () => {
  const l = latch()
  for (let i = 1; i <= 25; i++) l.judge('203.0.113.9', 777, 5, i)
  l.open()
  for (let i = 1; i < 5; i++) assert.equal(l.judge('203.0.113.66', 9, 6, i), 'take')
  assert.equal(l.judge('203.0.113.9', 777, 5, 900), 'lock')
  assert.equal(l.judge('203.0.113.66', 9, 6, 5), 'drop')
})

test('whatever strangers send, in whatever order, the peer named in the SDP is heard at once and keeps the lock', () => {
  const stranger = fc.tuple(fc.constantFrom('203.0.113.9', '203.0.113.10'), fc.integer({ min: 1, max: 3 }), fc.nat(3), fc.nat(65535))
  fc.assert(
    fc.property(fc.array(stranger, { maxLength: 80 }), fc.array(stranger, { maxLength: 80 }), (before, after) => {
      const l = latch()
      for (const [a, p, ssrc, seq] of before) l.judge(a, p, ssrc, seq)
      assert.equal(l.judge(sdp.address, sdp.port, 1, 1), 'lock')
      for (const [a, p, ssrc, seq] of after) assert.equal(l.judge(a, p, ssrc, seq), 'drop')
      assert.equal(l.judge(sdp.address, sdp.port, 1, 2), 'take')
    }),
    { numRuns: 200 },
  )
})
