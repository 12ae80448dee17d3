/** Beyond capacity: new calls are refused early, calls that are up and registrations go on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

test('overload: new calls get 503 with Retry-After; a call that is up is hung up and a telephone registers as ever', () => {
  const w = World.office({}, { is: 'answers' })
  const [dana, aida] = [w.phones.get('202')!, w.phones.get('201')!]
  const up = dana.dial('221')
  w.run(2000)
  // Messages stand in our queue for half a second, and go on doing so.
  const slow = (): void => {
    w.core.lookout.gate.observe(700, w.nowMs)
    if (w.nowMs < until) w.later(20, slow)
  }
  const until = w.nowMs + 5000
  slow()
  w.run(1000)
  w.clear()
  const calls = Array.from({ length: 20 }, () => aida.dial('*43'))
  w.run(1000)
  assert.ok(calls.filter(c => c.status === 503).length >= 18)
  const refusal = calls.find(c => c.status === 503)!.notices.at(-1)!
  assert.ok(refusal.is === 'failed' && refusal.retryAfterS !== undefined && refusal.retryAfterS >= 2)
  let registered = 0
  aida.register(600, r => (registered = r.status))
  dana.hangUp(up)
  w.run(2000)
  assert.equal(registered, 200)
  assert.equal(up.state, 'over')
  w.run(60_000)
  const after = aida.dial('*43', { hangsUpAfterMs: 1000 })
  w.run(3000)
  assert.equal(after.status, 200, 'when the queue has drained calls are taken again')
  for (const c of aida.open) aida.hangUp(c)
  w.end()
})

test('no RTP port left: 503, and the calls that have one go on', () => {
  const w = World.office({ rtpPorts: 8 }, { is: 'answers' })
  const [dana, aida] = [w.phones.get('202')!, w.phones.get('201')!]
  const first = dana.dial('221')
  w.run(2000)
  const second = aida.dial('*43')
  const third = w.phones.get('211')!.dial('*43')
  const fourth = w.phones.get('212')!.dial('*43')
  w.run(2000)
  assert.deepEqual([first.status, second.status, third.status, fourth.status], [200, 200, 200, 503])
  for (const p of w.phones.values()) for (const c of p.open) p.hangUp(c)
  w.run(10_000)
  const later = dana.dial('221', { hangsUpAfterMs: 1000 })
  w.run(5000)
  assert.equal(later.status, 200)
  w.end()
})
