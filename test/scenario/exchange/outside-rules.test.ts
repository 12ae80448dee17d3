/** Who may call in as a trunk, what guards let out, and which number a client sees. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import { World } from './world.ts'

function provingPlan(more: string): CompiledPlan {
  const text = `plan: 1
office: { name: Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
numbering: { ranges: { "200-299": { for: people, purpose: Office, owner: ann } } }
people: { ann: { name: Ann, extension: "201" } }
trunks: { cloud: { host: 198.51.100.7, incoming: { user: cloud-in, password: "secret:cloud-in" }, ${more}channels: 4 } }
lines: { "+77272500000": { name: Main, to: ann, owner: ann } }
voicemail: { box: { tell: [ann] } }
defaults: { on-no-answer: voicemail box, on-busy: voicemail box }
`
  const { plan, problems } = loadPlan([{ name: 'plan.yaml', text }], 1)
  assert.ok(plan, JSON.stringify(problems))
  return plan
}

test('SEC-02 a provider that proves itself by password may call from anywhere, and nobody by saying its name', () => {
  const w = World.office({ plan: provingPlan('') }, { is: 'answers' })
  const cloud = w.phone('cloud-in', { is: 'rings' }, { password: 'password of cloud-in' })
  const call = cloud.dial('+77272500000', { from: { uri: 'sip:+77015550101@cloud.example' } })
  w.run(3_000)
  assert.equal(call.status, 200)
  const began = w.story[0]!.event
  assert.ok(began.type === 'call.started')
  assert.deepEqual(began.origin, { kind: 'trunk', trunk: 'cloud', number: '+77015550101' })
  cloud.hangUp(call)
  const thief = w.phone('cloud-in', { is: 'rings' }, { key: 'thief', password: 'guessed' })
  const refused = thief.dial('+77272500000', { from: { uri: 'sip:+77015550101@cloud.example' } })
  w.run(3_000)
  assert.equal(refused.status, 401)
  w.end()
})

test('SEC-02 with an address as well, password and address are both needed', () => {
  const w = World.office({ plan: provingPlan('by-address: true, ') }, { is: 'answers' })
  const elsewhere = w.phone('cloud-in', { is: 'rings' }, { password: 'password of cloud-in' })
  const call = elsewhere.dial('+77272500000', { from: { uri: 'sip:+77015550101@cloud.example' } })
  w.run(3_000)
  assert.equal(call.status, 403, 'the right password from the wrong place')
  const there = w.providers.get('cloud')!.dial('+77272500000', { from: { uri: 'sip:+77015550101@cloud.example' } })
  w.run(3_000)
  assert.equal(there.status, 401, 'the right place without the password')
  w.end()
})

test('OUT-05 a guard: no more calls abroad at once than the rule allows', () => {
  const w = World.office()
  const [aida, marat] = [w.phones.get('201')!, w.phones.get('211')!]
  const first = [aida.dial('810442071838750'), marat.dial('810442071838751')]
  w.run(5_000)
  assert.deepEqual(
    first.map(c => c.status),
    [200, 200],
  )
  const third = marat.dial('810442071838752')
  w.run(5_000)
  assert.equal(third.status, 403)
  assert.match(JSON.stringify(w.story), /guard-at-once/)
  aida.hangUp(first[0]!)
  w.run(2_000)
  const fourth = marat.dial('810442071838752')
  w.run(5_000)
  assert.equal(fourth.status, 200, 'one has ended: another may begin')
  for (const c of [first[1]!, fourth]) marat.hangUp(c)
  w.end()
})

test('OUT-05 a guard: so many minutes abroad in a day of the office, whatever restarts meanwhile', () => {
  const w = World.office()
  const aida = w.phones.get('201')!
  const long = aida.dial('810442071838750')
  w.run(31 * 60_000)
  w.crash()
  w.run(1_000)
  w.restart(1_000)
  w.run(30 * 60_000)
  assert.equal(long.status, 200)
  const meanwhile = w.phones.get('211')!.dial('810442071838751')
  w.run(5_000)
  assert.equal(meanwhile.status, 403, 'an hour is spoken and the call still goes on')
  aida.hangUp(long)
  w.run(5_000)
  w.crash()
  w.restart(1_000)
  w.run(5_000)
  const after = aida.dial('810442071838750')
  w.run(5_000)
  assert.equal(after.status, 403)
  assert.match(JSON.stringify(w.story), /guard-per-day/)
  w.run(24 * 3_600_000)
  const tomorrow = aida.dial('810442071838750')
  w.run(5_000)
  assert.equal(tomorrow.status, 200)
  aida.hangUp(tomorrow)
  w.end()
})

test('OUT-01 a client is called back from the line by which they last spoke with us', () => {
  const text = `plan: 1
office: { name: Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann, shows: "+77272500000" }
numbering: { ranges: { "200-299": { for: people, purpose: Office, owner: ann } } }
people: { ann: { name: Ann, extension: "201" } }
trunks: { one: { host: 198.51.100.7, by-address: true, channels: 4 } }
lines: { "+77272500000": { name: Main, to: ann, owner: ann }, "+77272500010": { name: Sales, to: ann, owner: ann } }
voicemail: { box: { tell: [ann] } }
defaults: { on-no-answer: voicemail box, on-busy: voicemail box }
outgoing: { rules: [ { calls: mobile, by: one, shows: last-line } ] }
`
  const { plan, problems } = loadPlan([{ name: 'plan.yaml', text }], 1)
  assert.ok(plan, JSON.stringify(problems))
  const w = World.office({ plan }, { is: 'answers' })
  const [ann, one] = [w.phones.get('201')!, w.providers.get('one')!]
  const shown = (number: string): string | undefined => {
    const call = ann.dial(number)
    w.run(3_000)
    ann.hangUp(call)
    w.run(1_000)
    return one.calls.at(-1)!.invite?.from.uri.match(/sip:([^@]*)@/)?.[1]
  }
  assert.equal(shown('87015550101'), '+77272500000', 'a client who never called')
  const incoming = one.dial('+77272500010', { from: { uri: 'sip:87015550101@198.51.100.7' } })
  w.run(3_000)
  one.hangUp(incoming)
  w.run(1_000)
  w.crash()
  w.restart(500)
  w.run(5_000)
  assert.equal(shown('87015550101'), '+77272500010')
  assert.equal(shown('87015550102'), '+77272500000')
  w.end()
})

test('OUT-05 a guard by the hour, across a restart and another plan; what no guard asks about is not counted', () => {
  const text = (first: string, revision: number): CompiledPlan => {
    const { plan, problems } = loadPlan(
      [
        {
          name: 'plan.yaml',
          text: `plan: 1
office: { name: Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann, shows: "+77272500000" }
numbering: { ranges: { "200-299": { for: people, purpose: Office, owner: ann } } }
people: { ann: { name: Ann, extension: "201", may-call: international } }
trunks: { one: { host: 198.51.100.7, by-address: true, channels: 4 } }
lines: { "+77272500000": { name: Main, to: ann, owner: ann } }
voicemail: { box: { tell: [ann] } }
defaults: { on-no-answer: voicemail box, on-busy: voicemail box }
outgoing:
  rules:
${first}    - { calls: international, who: allowed, by: [one], guard: { per-hour: 2 } }
`,
        },
      ],
      revision,
    )
    assert.ok(plan, JSON.stringify(problems))
    return plan
  }
  const w = World.office({ plan: text('    - { calls: mobile, by: one }\n', 1) }, { is: 'answers' })
  const ann = w.phones.get('201')!
  const called = (number: string): number | null => {
    const call = ann.dial(number)
    w.run(3_000)
    const { status } = call
    ann.hangUp(call)
    w.run(1_000)
    return status
  }
  for (let i = 0; i < 5; i++) assert.equal(called('87015550101'), 200)
  assert.equal(w.log.fact('outgoing-use'), undefined, 'rules without a guard leave nothing behind')
  assert.equal(called('810442071838750'), 200)
  w.crash()
  w.restart(500)
  w.run(5_000)
  // The guarded rule moves from second to first place.
  w.apply(text('', 2))
  assert.equal(called('810442071838751'), 200)
  assert.equal(called('810442071838752'), 403)
  assert.match(JSON.stringify(w.story), /guard-per-hour/)
  w.run(3_600_000)
  assert.equal(called('810442071838752'), 200)
  w.end()
})
