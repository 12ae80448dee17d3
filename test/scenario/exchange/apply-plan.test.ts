/** Another plan while calls ring, are held and talk: none is dropped or led elsewhere, and new ones follow the new plan. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import { DigestServer } from '../../../src/sip/digest/digest-server.ts'
import { World } from './world.ts'

interface Changes {
  /** Where the line leads. */
  readonly line?: string
  readonly onNoAnswer?: string
  readonly people?: string
  readonly trunks?: string
  readonly bobsPassword?: string
  readonly lines?: string
}

const TELECOM = 'telecom: { host: sip.telecom.example, register: { user: "77272500000", password: "secret:telecom" }, channels: 10 }'
const SECOND = 'second: { host: sip.second.example, register: { user: "77272600000", password: "secret:second" }, channels: 5 }'

function plan(revision: number, c: Changes = {}): CompiledPlan {
  const text = `plan: 1
office: { name: Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann, area: "727" }
numbering:
  ranges: { "200-299": { for: people, owner: ann }, "620-639": { for: groups, owner: ann }, "680-689": { for: voicemail, owner: ann } }
people:
  ann: { name: Ann, extension: "201", ring-for: 20s }
  bob: { name: Bob, extension: "202", ring-for: 20s, on-no-answer: ${c.onNoAnswer ?? 'cid'} }
  cid: { name: Cid, extension: "203", ring-for: 20s }
  ${c.people ?? 'dee: { name: Dee, extension: "204", ring-for: 20s }'}
devices:
  bob-desk: { person: bob, kind: yealink-t54w, password: "secret:${c.bobsPassword ?? 'bob-desk'}" }
links: { isp: {} }
trunks:
  ${c.trunks ?? TELECOM}
lines:
  "+77272500000": { to: ${c.line ?? 'bob'}, owner: ann }
  ${c.lines ?? ''}
voicemail:
  office: { number: "680", tell: [ann], keep: 90 days }
outgoing:
  rules: [ { calls: [local, national, mobile], who: everyone, by: [${/^\w+/.exec(c.trunks ?? TELECOM)![0]}] } ]
`
  const { plan: read, problems } = loadPlan([{ name: 'plan.yaml', text }], revision)
  assert.ok(read, JSON.stringify(problems))
  return read
}

const LINE = '+77272500000'
const registers = (w: World, host: string): number =>
  w.network.sent.filter(s => s.to === host && Buffer.from(s.bytes).toString('latin1').startsWith('REGISTER')).length

test('OPS-03 calls that ring, wait on hold and talk stay as they are, and new ones follow the new plan', () => {
  const w = World.office({ plan: plan(1) })
  const [ann, bob, cid, dee] = [w.phones.get('201')!, w.phones.get('202')!, w.phones.get('203')!, w.phones.get('204')!]
  const telecom = w.providers.get('telecom')!
  // Talking and held: Ann and Cid. Ringing: a caller from outside at Bob's.
  cid.mood = { is: 'answers' }
  const talking = ann.dial('203')
  w.run(5000)
  ann.redirect(talking, 'sendonly')
  w.run(2000)
  const ringing = telecom.dial(LINE)
  w.run(3000)
  assert.equal(talking.state, 'up')
  assert.equal(ringing.state, 'ringing')
  w.clear()

  const changes = w.apply(plan(2, { line: 'dee', onNoAnswer: 'hang-up' }))
  assert.deepEqual(changes.trunks, { added: [], removed: [], changed: [] })
  w.run(1000)
  w.shows('') // nobody hears of it
  assert.equal(talking.state, 'up')
  assert.equal(ringing.state, 'ringing')

  dee.mood = { is: 'answers' }
  const later = telecom.dial(LINE)
  w.run(3000)
  assert.equal(later.state, 'up', 'the new plan leads to Dee, who answers')
  // Bob does not answer: by the plan of its beginning the call goes on to Cid, who is on the phone; not to hang-up at once.
  w.run(20_000)
  const first = w.eventsOf(w.callIds[1]!)
  const decided = first.flatMap(e => (e.event.type === 'call.decided' ? [JSON.stringify(e.event)] : []))
  assert.ok(
    decided.some(d => d.includes('cid') || d.includes('203')),
    decided.join('\n'),
  )
  assert.deepEqual(
    w.callIds.map(id => w.eventsOf(id).flatMap(e => (e.event.type === 'call.started' ? [e.event.revision] : []))[0]),
    [1, 1, 2],
  )
  ann.redirect(talking, 'sendrecv')
  w.run(1000)
  assert.equal(talking.state, 'up')
  assert.equal(talking.endedBy, null)
  for (const call of [talking, later]) (call === later ? telecom : ann).hangUp(call)
  for (const call of bob.open) bob.hangUp(call)
  w.run(60_000)
  w.end()
})

test('OPS-03 a call of the plan before goes on by it also when the switch is killed after the change', () => {
  const w = World.office({ plan: plan(1) })
  const [bob, cid] = [w.phones.get('202')!, w.phones.get('203')!]
  const caller = w.phones.get('201')!
  const call = caller.dial('202')
  w.run(3000)
  w.apply(plan(2, { onNoAnswer: 'hang-up' }))
  w.crash()
  w.run(1500)
  w.restart(1500)
  assert.equal(bob.open.length, 1)
  cid.mood = { is: 'answers' }
  w.run(25_000)
  assert.equal(call.state, 'up')
  assert.equal(cid.open.length, 1, 'Bob did not answer: Cid, as the first plan said')
  caller.hangUp(call)
  w.run(5000)
  const again = caller.dial('202')
  w.run(30_000)
  assert.equal(again.state, 'over')
  assert.equal(cid.open.length, 0)
  w.end()
})

test('OPS-03 new accounts work, removed ones are registered no more, and their lamps end', () => {
  const w = World.office({ plan: plan(1) })
  const [ann, bob, dee] = [w.phones.get('201')!, w.phones.get('202')!, w.phones.get('204')!]
  ann.subscribe('dialog', '204', 3600)
  ann.subscribe('dialog', '202', 3600)
  dee.subscribe('dialog', '201', 3600)
  w.run(3000)
  const talk = dee.dial('202')
  bob.mood = { is: 'answers' }
  w.run(3000)
  assert.equal(talk.state, 'up')
  w.clear()
  const changes = w.apply(plan(2, { people: 'eva: { name: Eva, extension: "205" }' }))
  assert.deepEqual([changes.accounts.added, changes.accounts.removed, changes.accounts.registrationsEnded], [['205'], ['204'], 1])
  w.run(1000)
  const ended = w.network.sent.map(s => Buffer.from(s.bytes).toString('latin1')).filter(t => t.startsWith('NOTIFY'))
  assert.deepEqual(ended.flatMap(t => /^Subscription-State: (terminated.*?)\r?$/m.exec(t)?.[1] ?? []).sort(), [
    'terminated;reason=noresource',
    'terminated;reason=rejected',
  ])
  assert.equal(talk.state, 'up', 'whoever talks, talks on')
  const eva = w.phone('205', { is: 'answers' })
  let status = 0
  eva.register(3600, r => (status = r.status))
  let gone = 0
  dee.register(3600, r => (gone = r.status))
  w.run(2000)
  assert.equal(status, 200)
  assert.notEqual(gone, 200)
  const call = ann.dial('205')
  w.run(2000)
  assert.equal(call.state, 'up')
  const nobody = ann.dial('204')
  w.run(10_000)
  assert.ok(nobody.status !== null && nobody.status >= 400, String(nobody.status))
  ann.hangUp(call)
  dee.hangUp(talk)
  w.run(4_000_000)
  w.end()
})

test('OPS-03 a changed password: the telephone must come again with the new one', () => {
  const w = World.office({ plan: plan(1) })
  const [ann, bob] = [w.phones.get('201')!, w.phones.get('202')!]
  const changes = w.apply(plan(2, { bobsPassword: 'bob-desk-2' }))
  assert.deepEqual(changes.accounts.otherPassword, ['202'])
  let old = 0
  bob.register(3600, r => (old = r.status))
  w.run(2000)
  assert.equal(old, 401)
  const renewed = w.phone('202', { is: 'answers' }, { key: 'bob-renewed' })
  renewed.register()
  w.run(2000)
  const call = ann.dial('202')
  w.run(3000)
  assert.equal(call.state, 'up')
  assert.equal(bob.calls.length, 0)
  ann.hangUp(call)
  w.run(5000)
  w.end()
})

test('OPS-03 unchanged trunks are not registered anew; a new one registers; a removed one takes its leave when its last call is over', () => {
  const w = World.office({ plan: plan(1) })
  const telecom = w.providers.get('telecom')!
  const ann = w.phones.get('201')!
  const out = ann.dial('87017654321')
  w.run(5000)
  assert.equal(out.state, 'up')
  w.clear()
  const changes = w.apply(plan(2, { trunks: `${SECOND}\n  ${TELECOM}` }))
  assert.deepEqual(changes.trunks, { added: ['second'], removed: [], changed: [] })
  const second = w.provider('second')
  w.run(10_000)
  assert.equal(registers(w, w.hostOf('telecom')), 0)
  assert.ok(registers(w, w.hostOf('second')) >= 1)
  assert.equal(w.core.trunks.statuses().find(t => t.trunk === 'second')?.registered, true)
  w.clear()
  w.apply(plan(3, { trunks: SECOND }))
  w.run(5000)
  assert.equal(registers(w, w.hostOf('telecom')), 0, 'a call over it is still up')
  assert.equal(out.state, 'up')
  const next = ann.dial('87017654322')
  w.run(5000)
  assert.ok(second.open.length > 0, 'new calls leave by the new one')
  ann.hangUp(out)
  ann.hangUp(next)
  w.run(10_000)
  assert.ok(registers(w, w.hostOf('telecom')) >= 1)
  assert.deepEqual(
    w.core.trunks.statuses().map(t => t.trunk),
    ['second'],
  )
  assert.equal(telecom.open.length, 0)
  w.end()
})

test("OPS-03 a trunk's password that becomes known is used at once, without another plan", () => {
  const w = new World({ plan: plan(1) })
  const telecom = w.provider('telecom')
  telecom.demands = new DigestServer({
    realm: 'telecom.example',
    key: 'k',
    secrets: { secretOf: () => ({ password: 'right' }) },
  })
  w.core.trunks.start()
  w.run(10_000)
  assert.equal(w.core.trunks.statuses()[0]!.registered, false)
  w.passwords.set('telecom', 'right')
  const changes = w.core.planChanged()
  assert.deepEqual(changes.trunks.changed, ['telecom'])
  w.run(5000)
  assert.equal(w.core.trunks.statuses()[0]!.registered, true)
  w.end()
})
