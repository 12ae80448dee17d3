/** Lines and trunks: calls that come from providers and calls that leave by them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import { DigestServer } from '../../../src/sip/digest/digest-server.ts'
import { World } from './world.ts'

const CALLER = { from: { uri: 'sip:87015550101@198.51.100.201' } }

test('IN-01 IN-03 a line rings a group, nobody answers: voicemail', () => {
  const w = World.office()
  const provider = w.providers.get('telecom-a')!
  const call = provider.dial('+77272500000', CALLER)
  w.run(60_000)
  w.shows(`
    telecom-a -> exchange: INVITE (1) +sdp
    exchange -> telecom-a: 200 INVITE +sdp
    telecom-a -> exchange: ACK (1)
    exchange -> 201: INVITE (1) +sdp
    exchange -> 202: INVITE (1) +sdp
    201 -> exchange: 180 INVITE
    202 -> exchange: 180 INVITE
    exchange -> 201: CANCEL (1)
    exchange -> 202: CANCEL (1)
    201 -> exchange: 200 CANCEL
    201 -> exchange: 487 INVITE
    202 -> exchange: 200 CANCEL
    202 -> exchange: 487 INVITE
    exchange -> 201: ACK (1)
    exchange -> 202: ACK (1)`)
  assert.deepEqual(
    w.media.heard.map(h => h.words),
    ['recording-notice', 'voicemail-greeting beep'],
  )
  provider.hangUp(call)
  w.run(2000)
  assert.ok(w.story.some(e => e.event.type === 'voicemail.left'))
  w.end()
})

test('IN-03 CALL-04 all of a group say busy: the busy fallback at once', () => {
  const w = World.office({}, { is: 'says', status: 486 })
  const provider = w.providers.get('telecom-a')!
  const call = provider.dial('+77272500000', CALLER)
  w.run(10_000)
  w.shows(`
    telecom-a -> exchange: INVITE (1) +sdp
    exchange -> telecom-a: 200 INVITE +sdp
    telecom-a -> exchange: ACK (1)
    exchange -> 201: INVITE (1) +sdp
    exchange -> 202: INVITE (1) +sdp
    201 -> exchange: 486 INVITE
    202 -> exchange: 486 INVITE
    exchange -> 201: ACK (1)
    exchange -> 202: ACK (1)`)
  assert.equal(w.media.heard.at(-1)!.words, 'voicemail-greeting beep')
  provider.hangUp(call)
  w.end()
})

test('REC-05 whoever calls a recorded group hears so before anyone rings; both sides are recorded', () => {
  const w = World.office()
  const aida = w.phones.get('201')!
  aida.mood = { is: 'answers', afterMs: 3000 }
  const provider = w.providers.get('telecom-a')!
  const call = provider.dial('+77272500000', CALLER)
  w.run(1500)
  assert.equal(aida.calls.length, 0)
  w.run(8500)
  const id = w.callIds[0]!
  const { session } = w.media.sessions.get(id)!
  assert.deepEqual(
    session.recordings.map(r => [r.left, r.right]),
    [[[`${id}-0`], [`${id}-1`]]],
  )
  provider.hangUp(call)
  w.end()
})

test('OUT-03 OUT-04 a mobile leaves by the trunk named first, dialled as it wants, showing the department', () => {
  const w = World.office()
  const dana = w.phones.get('202')!
  const call = dana.dial('87012223344', { hangsUpAfterMs: 2000 })
  w.run(10_000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> telecom-b: INVITE (1) +sdp
    telecom-b -> exchange: 180 INVITE
    telecom-b -> exchange: 200 INVITE +sdp
    exchange -> 202: 180 INVITE
    exchange -> telecom-b: ACK (1)
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (2)
    202 -> exchange: BYE (3)
    exchange -> 202: 200 BYE
    exchange -> telecom-b: BYE (2)
    telecom-b -> exchange: 200 BYE`)
  const rung = w.providers.get('telecom-b')!.rung!.invite!
  assert.equal(rung.dialled, '77012223344')
  assert.equal(/sip:([^@]*)/.exec(rung.from.uri)![1], '+77272500000')
  assert.equal(call.endedBy, 'us')
  w.end()
})

test('OUT-03 503: the next trunk at once', () => {
  const w = World.office()
  w.providers.get('telecom-b')!.mood = { is: 'says', status: 503 }
  const dana = w.phones.get('202')!
  dana.dial('87012223344', { hangsUpAfterMs: 2000 })
  w.run(10_000)
  w.shows(`
    202 -> exchange: INVITE (1) +sdp
    exchange -> 202: 401 INVITE
    202 -> exchange: ACK (1)
    202 -> exchange: INVITE (2) +sdp
    exchange -> telecom-b: INVITE (1) +sdp
    telecom-b -> exchange: 503 INVITE
    exchange -> telecom-b: ACK (1)
    exchange -> telecom-a: INVITE (1) +sdp
    telecom-a -> exchange: 180 INVITE
    telecom-a -> exchange: 200 INVITE +sdp
    exchange -> 202: 180 INVITE
    exchange -> telecom-a: ACK (1)
    exchange -> 202: 200 INVITE +sdp
    202 -> exchange: ACK (2)
    202 -> exchange: BYE (3)
    exchange -> 202: 200 BYE
    exchange -> telecom-a: BYE (2)
    telecom-a -> exchange: 200 BYE`)
  w.end()
})

test('OUT-03 silence: the next trunk within the bound of the plan', () => {
  const w = World.office()
  w.providers.get('telecom-b')!.mood = { is: 'silent' }
  const dana = w.phones.get('202')!
  const call = dana.dial('87012223344', { hangsUpAfterMs: 2000 })
  const at = w.nowMs
  w.run(3900)
  assert.equal(w.providers.get('telecom-a')!.calls.length, 0)
  w.run(300)
  assert.equal(w.providers.get('telecom-a')!.calls.length, 1)
  assert.equal(w.plan.nextTrunkAfterMs, 4000)
  w.run(10_000)
  assert.equal(call.status, 200)
  assert.ok(w.nowMs - at < 20_000)
  w.end()
})

test('OUT-03 busy at the far end is busy: no other trunk is asked', () => {
  const w = World.office()
  for (const p of w.providers.values()) p.mood = { is: 'says', status: 486 }
  const call = w.phones.get('202')!.dial('87012223344')
  w.run(10_000)
  assert.equal(call.status, 486)
  assert.equal(w.providers.get('telecom-a')!.calls.length, 0)
  w.end()
})

const ON_CALL = (ring: string): CompiledPlan =>
  loadPlan(
    [
      {
        name: 'on-call',
        text: `
plan: 1
office: { name: Somewhere, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann, area: "727", shows: "+77272500000" }
numbering: { ranges: { "200-299": { for: people }, "650-659": { for: roles }, "680-689": { for: voicemail } }, emergency: ["112"] }
people:
  ann: { name: Ann Green, extension: "201", mobile: "+77015550001" }
  bob: { name: Bob Brown, extension: "202", mobile: "+77015550002" }
  eve: { name: Eve White, extension: "203" }
roles: { on-call: { number: "650", held-by: [ann, bob], ${ring}, on-no-answer: voicemail box } }
trunks: { one: { host: 203.0.113.10, by-address: true, channels: 5 }, two: { host: 203.0.113.20, by-address: true, channels: 5 } }
lines: { "+77272500000": { to: on-call, owner: ann } }
voicemail: { box: { number: "680", tell: [ann], keep: 90 days } }
outgoing: { rules: [ { calls: [local, national, mobile], who: everyone, by: [one, two] } ], next-trunk-after: 3s }
`,
      },
    ],
    1,
  ).plan!

const tried = (w: World, trunk: string): (string | undefined)[] => w.providers.get(trunk)!.calls.map(c => c.invite?.dialled)

test('IN-06 OUT-03 mobiles rung together with telephones: a trunk that fails or is silent is replaced while the others ring', () => {
  for (const mood of [{ is: 'says', status: 503 }, { is: 'silent' }] as const) {
    const w = World.office({ plan: ON_CALL('reach: both') })
    w.providers.get('one')!.mood = mood
    w.providers.get('two')!.mood = { is: 'answers', afterMs: 5000 }
    const call = w.phones.get('203')!.dial('650')
    w.run(4000)
    assert.deepEqual([w.phones.get('201')!.open.length, w.phones.get('202')!.open.length], [1, 1])
    assert.deepEqual(tried(w, 'two'), ['+77015550001', '+77015550002'])
    w.run(6000)
    assert.deepEqual([w.phones.get('201')!.open.length, w.phones.get('202')!.open.length], [0, 0])
    assert.equal(call.status, 200, 'by the second trunk a mobile answered')
    w.phones.get('203')!.hangUp(call)
    w.end()
  }
})

test('IN-04 mobiles one by one: who does not answer is not rung again by another trunk, the next one is', () => {
  const w = World.office({ plan: ON_CALL('reach: mobile, ring: one-by-one') })
  w.providers.get('one')!.mood = { is: 'rings' }
  const call = w.phones.get('203')!.dial('650')
  w.run(80_000)
  assert.deepEqual(tried(w, 'one'), ['+77015550001', '+77015550002'])
  assert.deepEqual(tried(w, 'two'), [])
  assert.equal(w.media.heard.at(-1)!.words, 'voicemail-greeting beep')
  w.phones.get('203')!.hangUp(call)
  w.end()
})

test('OUT-03 mobiles one by one: a trunk that fails is replaced within the turn of the one who is rung', () => {
  const w = World.office({ plan: ON_CALL('reach: mobile, ring: one-by-one') })
  w.providers.get('one')!.mood = { is: 'says', status: 503 }
  w.providers.get('two')!.mood = { is: 'rings' }
  const call = w.phones.get('203')!.dial('650')
  w.run(5000)
  assert.deepEqual(tried(w, 'two'), ['+77015550001'])
  w.run(75_000)
  assert.deepEqual(tried(w, 'two'), ['+77015550001', '+77015550002'])
  w.phones.get('203')!.hangUp(call)
  w.end()
})

test('early media of the far end is heard by the caller before the answer', () => {
  const w = World.office()
  w.providers.get('telecom-b')!.mood = { is: 'answers', early: true, afterMs: 3000 }
  const call = w.phones.get('202')!.dial('87012223344', { hangsUpAfterMs: 1000 })
  w.run(1000)
  assert.deepEqual(call.progress, [183])
  assert.equal(call.early, true)
  assert.equal(w.media.sessions.get(w.callIds[0]!)!.session.paths.length, 2)
  w.run(10_000)
  assert.equal(call.status, 200)
  w.end()
})

test('RES-01 a trunk that answers no probe is left out, and taken again when it answers', () => {
  const w = World.office()
  const provider = w.providers.get('telecom-b')!
  provider.mood = { is: 'silent' }
  w.run(300_000)
  assert.equal(w.core.trunks.isUp('telecom-b'), false)
  w.clear()
  w.phones.get('202')!.dial('87012223344', { hangsUpAfterMs: 1000 })
  w.run(5000)
  assert.equal(w.providers.get('telecom-a')!.calls.length, 1)
  provider.mood = { is: 'answers' }
  w.run(120_000)
  assert.equal(w.core.trunks.isUp('telecom-b'), true)
  w.end()
})

test('SEC-02 From names a trunk’s caller, but the packets come from elsewhere: challenged like any stranger', () => {
  const w = World.office()
  const stranger = w.phone('77272500000', { is: 'rings' }, { password: 'guess' })
  const call = stranger.dial('+77272500000', { from: { uri: 'sip:87015550101@203.0.113.10' } })
  w.run(5000)
  assert.equal(call.status, 401)
  assert.deepEqual(w.callIds, [])
  w.end()
})

test('a provider that wants a password gets it: for the registration (401) and for each call (407)', () => {
  const w = new World()
  const provider = w.provider('telecom-a')
  w.provider('telecom-b')
  provider.demands = new DigestServer({
    realm: 'kaztel',
    key: 'provider',
    secrets: { secretOf: user => (user === '77272500000' ? { password: 'password of kaztel' } : undefined) },
  })
  w.phone('202').register()
  w.core.trunks.start()
  w.run(10_000)
  assert.equal(w.core.trunks.statuses().find(t => t.trunk === 'telecom-a')!.registered, true)
  w.clear()
  const call = w.phones.get('202')!.dial('2223344', { hangsUpAfterMs: 1000 })
  w.run(5000)
  assert.equal(call.status, 200)
  assert.equal(provider.rung!.invite!.dialled, '+77272223344')
  w.end()
})
