/** Lamps of colleagues follow their calls. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

test('CALL-03 the lamp of a colleague: dark, early while ringing, confirmed while talking, dark again', () => {
  const w = World.office()
  const [aida, dana, erlan] = [w.phones.get('201')!, w.phones.get('202')!, w.phones.get('221')!]
  let status = 0
  aida.subscribe('dialog', '221', 600, r => (status = r.status))
  w.run(2000)
  assert.equal(status, 200)
  const lamp = (): string => /<state[^>]*>([^<]*)</.exec(aida.notified.at(-1) ?? '')?.[1] ?? 'dark'
  assert.equal(lamp(), 'dark')
  erlan.mood = { is: 'answers', afterMs: 5000 }
  const call = dana.dial('221')
  w.run(3000)
  assert.equal(lamp(), 'early')
  w.run(5000)
  assert.equal(lamp(), 'confirmed')
  dana.hangUp(call)
  w.run(3000)
  assert.ok(lamp() === 'dark' || lamp() === 'terminated', lamp())
  for (const body of aida.notified) assert.ok(!body.includes('Omarova'), 'nobody learns who calls')
  w.run(700_000)
  w.end()
})

test('CALL-03 a watcher whose telephone is gone is forgotten', () => {
  const w = World.office()
  const [aida, dana] = [w.phones.get('201')!, w.phones.get('202')!]
  aida.subscribe('dialog', '221', 600)
  w.run(2000)
  aida.mood = { is: 'silent' }
  const call = dana.dial('221')
  w.run(60_000)
  dana.hangUp(call)
  w.run(700_000)
  w.end()
})

test('SEC-01 a stranger watches nobody', () => {
  const w = World.office()
  const stranger = w.phone('201', { is: 'rings' }, { password: 'guess', key: 'stranger' })
  let status = 0
  stranger.subscribe('dialog', '221', 600, r => (status = r.status))
  w.run(2000)
  assert.equal(status, 401)
  assert.deepEqual(stranger.notified, [])
  w.end()
})
