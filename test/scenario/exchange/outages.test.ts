/** What the plan declares for outages happens by itself, and ends by itself: RES-02, OUT-06. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadPlan } from '../../../src/plan/load.ts'
import { World } from './world.ts'

const plan = loadPlan(
  [
    {
      name: 'plan.yaml',
      text: `plan: 1
office: { name: Somewhere, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann, shows: "+77272500000" }
numbering: { ranges: { "200-299": { for: people }, "680-689": { for: voicemail } }, emergency: ["112"] }
people:
  ann: { name: Ann Green, extension: "201", mobile: "+77015550001" }
  eve: { name: Eve White, extension: "203" }
trunks:
  one: { host: 203.0.113.10, by-address: true, channels: 5, provider: kaztel }
  two: { host: 203.0.113.20, by-address: true, channels: 5, provider: beemob }
providers: { kaztel: { name: Kaztel }, beemob: { name: Beemob } }
lines: { "+77272500000": { to: eve, owner: ann } }
voicemail: { box: { number: "680", tell: [ann], keep: 90 days } }
defaults: { on-no-answer: voicemail box, on-busy: voicemail box, on-unreachable: voicemail box }
outgoing: { rules: [ { calls: [local, national, mobile], who: everyone, by: [one, two] } ] }
outage: [ { if: trunk one down, then: lines to mobile ann, return: automatic after 1min } ]
`,
    },
  ],
  1,
)

test('RES-02 RES-03 while a trunk is down its treatment is in force: lines go to a mobile, and come back a while after', () => {
  assert.ok(plan.plan, JSON.stringify(plan.problems))
  const w = World.office({ plan: plan.plan })
  const [one, two] = [w.providers.get('one')!, w.providers.get('two')!]
  one.mood = { is: 'silent' }
  w.run(300_000)
  assert.deepEqual(w.alarms, ["outage treatment 'trunk one down' is in force"])
  two.mood = { is: 'answers', afterMs: 1_000 }
  const call = two.dial('+77272500000', { from: { uri: 'sip:87015550101@203.0.113.20' } })
  w.run(5_000)
  assert.equal(call.status, 200)
  assert.equal(
    two.calls.some(c => c.invite?.dialled === '+77015550001'),
    true,
    'the mobile was called',
  )
  assert.equal(w.phones.get('203')!.calls.length, 0)
  two.hangUp(call)
  one.mood = { is: 'answers' }
  w.run(240_000)
  assert.equal(w.alarms.at(-1), "outage treatment 'trunk one down' has ended")
  const later = two.dial('+77272500000', { from: { uri: 'sip:87015550101@203.0.113.20' } })
  w.run(2_000)
  assert.equal(w.phones.get('203')!.open.length, 1)
  two.hangUp(later)
  w.end()
})
