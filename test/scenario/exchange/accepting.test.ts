/** Mobiles that are asked to press a key before the caller is connected: SCH-03. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import { World } from './world.ts'

function plan(reach: 'mobile' | 'both'): CompiledPlan {
  const text = `plan: 1
office: { name: Somewhere, country: KZ, timezone: Asia/Almaty, languages: [en, kk], owner: ann, shows: "+77272500000" }
numbering: { ranges: { "200-299": { for: people }, "650-659": { for: roles }, "680-689": { for: voicemail } }, emergency: ["112"] }
people:
  ann: { name: Ann Green, extension: "201", mobile: "+77015550001", language: kk }
  eve: { name: Eve White, extension: "203" }
rotas: { duty: { from: 2026-11-02, hand-over: mon 09:00, turns: [ann], reach: ${reach}, accept-by: "1" } }
roles: { on-call: { number: "650", rota: duty, on-no-answer: voicemail box, on-rejected: eve } }
trunks: { one: { host: 203.0.113.10, by-address: true, channels: 5 } }
lines: { "+77272500000": { to: on-call, owner: ann } }
voicemail: { box: { number: "680", tell: [ann], keep: 90 days } }
outgoing: { rules: [ { calls: [local, national, mobile], who: everyone, by: [one] } ] }
`
  const loaded = loadPlan([{ name: 'plan.yaml', text }], 1)
  assert.ok(loaded.plan, JSON.stringify(loaded.problems))
  return loaded.plan
}

function called(w: World): { readonly w: World; readonly id: string; readonly mobile: string; readonly call: ReturnType<typeof dial> } {
  w.providers.get('one')!.mood = { is: 'answers', afterMs: 2_000 }
  const call = dial(w)
  w.run(5_000)
  const id = w.callIds.at(-1)!
  const leg = w.story.findLast(e => e.event.type === 'leg.answered')?.event
  assert.ok(leg?.type === 'leg.answered')
  return { w, id, mobile: leg.leg, call }
}

const dial = (w: World) => w.phones.get('203')!.dial('650')
const bridged = (w: World): boolean => w.story.some(e => e.event.type === 'call.bridged')

test('SCH-03 a mobile that answers is asked in its person’s language; the key connects, other keys do not', () => {
  const { w, id, mobile, call } = called(World.office({ plan: plan('mobile') }))
  assert.equal(w.media.heard.at(-1)!.words, 'accept-call 1 accept-call-end')
  const play = w.media.sessions.get(id)!.session.plays.find(p => p.leg === mobile)
  assert.ok(play?.source.kind === 'prompts' && play.source.language === 'kk' && play.repeat)
  assert.equal(bridged(w), false)
  assert.notEqual(call.status, 200)
  w.media.press(id, mobile, '52')
  w.run(2_000)
  assert.equal(bridged(w), false)
  w.media.press(id, mobile, '1')
  w.run(2_000)
  assert.equal(bridged(w), true)
  assert.equal(call.status, 200)
  w.phones.get('203')!.hangUp(call)
  w.end()
})

test('SCH-03 a mobile’s own voicemail presses nothing: it does not get the call', () => {
  const { w } = called(World.office({ plan: plan('mobile') }))
  w.run(20_000)
  assert.equal(bridged(w), false)
  assert.equal(w.providers.get('one')!.open.length, 0, 'the mobile was hung up')
  assert.equal(w.media.heard.at(-1)!.words, 'voicemail-greeting beep')
  assert.match(JSON.stringify(w.story), /did not take the call/)
  w.end()
})

test('SCH-03 who hangs up instead of taking the call has refused it: the next in line is rung', () => {
  const { w } = called(World.office({ plan: plan('mobile') }, { is: 'rings' }))
  const provider = w.providers.get('one')!
  provider.hangUp(provider.open[0]!)
  w.run(3_000)
  assert.match(JSON.stringify(w.story), /instead of taking the call/)
  const decisions = w.story.filter(e => e.event.type === 'call.decided')
  assert.equal(decisions.length, 2)
  w.end()
})

test('SCH-03 while the mobile is asked the desk goes on ringing, and whoever is first has the call', () => {
  const office = World.office({ plan: plan('both') })
  const desk = office.phones.get('201')!
  desk.mood = { is: 'answers', afterMs: 8_000 }
  const { w, call } = called(office)
  assert.equal(desk.open.length, 1)
  w.run(5_000)
  assert.equal(bridged(w), true)
  assert.equal(w.providers.get('one')!.open.length, 0)
  w.phones.get('203')!.hangUp(call)
  w.end()
})

test('RES-07 SCH-03 the switch is killed while a mobile is asked: the key still connects', () => {
  const { w, id, mobile, call } = called(World.office({ plan: plan('mobile') }))
  w.crash()
  w.run(500)
  w.restart(500)
  w.run(1_000)
  w.media.press(id, mobile, '1')
  w.run(2_000)
  assert.equal(bridged(w), true)
  assert.equal(call.status, 200)
  w.phones.get('203')!.hangUp(call)
  w.end()
})
