import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TimerQueue } from '../../kernel/timer-queue.ts'
import { type DelayTimer, DelayTimers } from './delay-timers.ts'

function bench(): { delays: DelayTimers; queue: TimerQueue; pass: (ms: number) => void; now: () => number } {
  let now = 0
  const queue = new TimerQueue()
  const delays = new DelayTimers(queue, { nowMs: () => now })
  const pass = (ms: number): void => {
    const end = now + ms
    while (queue.nextAt() <= end) {
      now = Math.max(now, queue.nextAt())
      queue.due(now)
    }
    now = end
  }
  return { delays, queue, pass, now: () => now }
}

test('thousands of timers of one duration cost the heap one entry', () => {
  const { delays, queue, pass } = bench()
  let fired = 0
  const owner = { due: () => void fired++ }
  for (let i = 0; i < 5000; i++) delays.start(500, 'x', owner)
  assert.equal(queue.size, 1)
  pass(499)
  assert.equal(fired, 0)
  pass(1)
  assert.deepEqual([fired, queue.size, delays.size], [5000, 0, 0])
})

test('a timer may start and stop others of its duration, itself included', () => {
  const { delays, queue, pass, now } = bench()
  const at: number[] = []
  let second: DelayTimer<'x'> | null = null
  const first = {
    due: (): void => {
      at.push(now())
      delays.stop(second!)
      if (at.length < 3) second = delays.start(100, 'x', first)
    },
  }
  delays.start(100, 'x', first)
  second = delays.start(100, 'x', { due: () => assert.fail('was stopped') })
  pass(1000)
  // Its own successor is the one that it stops next.
  assert.deepEqual(at, [100, 200, 300])
  assert.deepEqual([queue.size, delays.size], [0, 0])
})

test('every timer that is not stopped fires, on time, once; nothing is left', () => {
  const moves = fc.array(fc.record({ ms: fc.constantFrom(0, 5, 500, 32_000), stop: fc.option(fc.nat(30)), wait: fc.nat(700) }), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(moves, list => {
      const { delays, queue, pass, now } = bench()
      const timers: { timer: DelayTimer<'x'>; due: number; fired: number[]; stopped: boolean }[] = []
      for (const m of list) {
        const fired: number[] = []
        timers.push({ timer: delays.start(m.ms, 'x', { due: () => void fired.push(now()) }), due: now() + m.ms, fired, stopped: false })
        const victim = m.stop === null ? undefined : timers[m.stop]
        if (victim) {
          victim.stopped ||= victim.fired.length === 0
          delays.stop(victim.timer)
        }
        pass(m.wait)
      }
      pass(40_000)
      for (const t of timers) assert.deepEqual(t.fired, t.stopped ? [] : [t.due])
      assert.deepEqual([queue.size, delays.size], [0, 0])
    }),
  )
})
