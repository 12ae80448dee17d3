import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Flow, Hop } from '../flow.ts'
import { SettledResponses } from './settled-responses.ts'

const flow = (host: string, port: number): Flow => ({
  transport: 'udp',
  local: { host: '192.0.2.1', port: 5060 },
  remote: { host, port },
  connection: '',
})
const hop = (host: string, port: number): Hop => ({ transport: 'udp', host, port, flow: flow(host, port) })

test('RFC 3261 §17.2.2: a retransmission within 64·T1 gets the very same response, to where the first one went', () => {
  const settled = new SettledResponses(32_000)
  const said = Buffer.from('SIP/2.0 200 OK\r\n\r\n')
  settled.keep('REGz9hG4bK1', flow('192.0.2.9', 40_000), hop('192.0.2.9', 5060), said, 1_000)
  const again = settled.find('REGz9hG4bK1', flow('192.0.2.9', 40_000), 33_000)
  assert.deepEqual(Buffer.from(again!.response), said)
  assert.deepEqual([again!.hop.port, again!.hop.flow!.remote.port], [5060, 5060])
  assert.equal(settled.find('REGz9hG4bK1', flow('192.0.2.9', 40_001), 33_000), null, 'somebody else who knows the branch')
  assert.equal(settled.find('REGz9hG4bK1', flow('192.0.2.8', 40_000), 33_000), null)
  assert.equal(settled.find('REGz9hG4bK2', flow('192.0.2.9', 40_000), 33_000), null)
  assert.equal(settled.find('REGz9hG4bK1', flow('192.0.2.9', 40_000), 42_000), null, 'its time is over')
  assert.equal(settled.size, 0)
})

test('whatever is kept is found for its whole life and gone a quarter of it later, in any order of keeping and asking', () => {
  const life = 32_000
  const step = fc.record({
    key: fc.integer({ min: 0, max: 30 }),
    afterMs: fc.integer({ min: 0, max: 9_000 }),
    length: fc.integer({ min: 0, max: 60_000 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), steps => {
      const settled = new SettledResponses(life)
      const kept = new Map<string, { at: number; length: number; mark: number }>()
      let now = 0
      steps.forEach(({ key, afterMs, length }, i) => {
        now += afterMs
        for (const [name, was] of kept) {
          const found = settled.find(name, flow('2001:db8::1', 5060), now)
          if (now < was.at + life) {
            assert.equal(found?.response.length, was.length)
            assert.ok(found.response.every(b => b === was.mark))
          }
          if (now > was.at + life * 1.25) assert.equal(found, null)
        }
        const mark = i % 256
        const name = `k${key}`
        // A key comes once: a branch is never used again.
        if (kept.has(name)) return
        assert.ok(settled.keep(name, flow('2001:db8::1', 5060), hop('2001:db8::1', 5060), new Uint8Array(length).fill(mark), now))
        kept.set(name, { at: now, length, mark })
      })
    }),
    { numRuns: 100 },
  )
})
