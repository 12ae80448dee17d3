/**
 * What people set at the telephone holds for the calls after it: hours opened and closed (SCH-04), forwards and do-not-disturb (CALL-01).
 * It ends by itself, survives the switch, and a new plan has the last word (IN-04).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoggedEvent } from '../../../src/call/events.ts'
import type { Action } from '../../../src/plan/decision.ts'
import { withCodes } from '../../plans/codes.ts'
import { sketch } from '../../plans/sketch.ts'
import { RAIN, World } from './world.ts'

const SALES = '+77272500010'
const HOUR = 3_600_000

/** Dials a code and listens to the end; what was heard. */
function dials(w: World, who: string, code: string): string {
  const before = w.media.heard.length
  const call = w.phones.get(who)!.dial(code)
  w.run(10_000)
  assert.notEqual(call.state, 'up', 'the exchange hangs up after its confirmation')
  return w.media.heard
    .slice(before)
    .map(h => h.words)
    .join(' ')
}

/** Telephones of the scenario do not renew their registration by themselves. */
function hoursPass(w: World, hours: number): void {
  w.run(hours * HOUR)
  for (const phone of w.phones.values()) phone.register()
  w.run(40_000)
}

/** What the exchange decided first for a call of `who` to `to`; the call is given up. */
function firstOf(w: World, who: string, to: string): string {
  const from = w.callIds.length
  const phone = w.phones.get(who) ?? w.providers.get(who)!
  const call = phone.dial(to)
  w.run(3000)
  const decided = w.log.eventsOf(w.callIds[from]!).find(e => e.event.type === 'call.decided')!
  phone.hangUp(call)
  w.run(3000)
  return sketch((decided.event as { readonly action: Action }).action)
}

const settings = (events: readonly LoggedEvent[]): object[] =>
  events.flatMap(e => (e.event.type === 'setting.changed' ? [{ by: e.event.by.who, ...e.event.setting }] : []))

for (const [name, weather] of [
  ['', undefined],
  [', in bad weather', RAIN],
] as const)
  test(`SCH-04 the office closes by hand, and opens with its calendar again${name}`, () => {
    const w = World.office({ plan: withCodes(), ...(weather ? { weather } : {}) })
    const open = firstOf(w, '201', SALES)
    assert.equal(dials(w, '201', '*21'), 'hours-set-closed')
    const closed = firstOf(w, '201', SALES)
    assert.notEqual(closed, open)
    hoursPass(w, 24)
    assert.equal(firstOf(w, '201', SALES), open, 'the next morning')
    w.end()
  })

test('SCH-04 dialled again, the calendar holds at once; others are refused and nothing is set', () => {
  const w = World.office({ plan: withCodes() })
  const open = firstOf(w, '202', SALES)
  dials(w, '202', '*21')
  const closed = firstOf(w, '202', SALES)
  assert.equal(dials(w, '222', '*21'), 'not-permitted')
  assert.equal(firstOf(w, '202', SALES), closed)
  assert.equal(dials(w, '201', '*21'), 'hours-by-calendar')
  assert.equal(firstOf(w, '202', SALES), open)
  const told = w.callIds.flatMap(id => settings(w.log.eventsOf(id)))
  assert.deepEqual(
    told.map(s => JSON.stringify(s)),
    [
      `{"by":"dana","is":"override","hours":"office","state":"closed","untilMs":${Date.parse('2026-11-23T18:00:00+05:00')}}`,
      '{"by":"aida","is":"override","hours":"office","state":null,"untilMs":null}',
    ],
  )
  w.end()
})

test('CALL-01 a forward is set, followed, and ended by its code', () => {
  const w = World.office({ plan: withCodes() })
  assert.equal(dials(w, '202', '*72221'), 'forward-set 2 2 1')
  assert.equal(firstOf(w, '201', '202'), 'ring 221 together 25s')
  assert.equal(dials(w, '202', '*72'), 'forward-off')
  assert.equal(firstOf(w, '201', '202'), 'ring 202 together 25s')
  w.end()
})

test('CALL-01 forwards for a busy telephone, one that is not answered and one that is away', () => {
  const w = World.office({ plan: withCodes() })
  dials(w, '202', '*90221')
  dials(w, '202', '*92222')
  w.phones.get('202')!.mood = { is: 'says', status: 486 }
  const busy = w.phones.get('201')!.dial('202')
  w.run(3000)
  assert.ok(w.phones.get('221')!.rung, 'busy: 221 rings')
  w.phones.get('201')!.hangUp(busy)
  w.run(3000)
  w.phones.get('202')!.mood = { is: 'rings' }
  const late = w.phones.get('201')!.dial('202')
  w.run(30_000)
  assert.ok(w.phones.get('222')!.rung, 'no answer: 222 rings')
  w.phones.get('201')!.hangUp(late)
  w.run(3000)
  w.end()
})

test('CALL-01 whoever does not want to be disturbed is not rung, for as long as the plan says', () => {
  const w = World.office({ plan: withCodes() })
  assert.equal(dials(w, '202', '*78'), 'dnd-set')
  assert.equal(firstOf(w, '201', '202'), 'voicemail office')
  assert.equal(dials(w, '202', '*79'), 'dnd-off')
  assert.equal(firstOf(w, '201', '202'), 'ring 202 together 25s')
  dials(w, '202', '*78')
  hoursPass(w, 9)
  assert.equal(firstOf(w, '201', '202'), 'ring 202 together 25s')
  w.end()
})

test('CALL-01 what was dialled holds, also when its confirmation is not heard out', () => {
  const w = World.office({ plan: withCodes() })
  const dana = w.phones.get('202')!
  const call = dana.dial('*78')
  w.run(500)
  assert.equal(call.state, 'up')
  dana.hangUp(call)
  w.run(2000)
  assert.equal(firstOf(w, '201', '202'), 'voicemail office')
  w.end()
})

test('SEC-02 nobody sets something for others by transferring them to a code', () => {
  const w = World.office({ plan: withCodes() })
  const [dana, erlan] = [w.phones.get('202')!, w.phones.get('221')!]
  erlan.mood = { is: 'answers' }
  const call = dana.dial('221')
  w.run(3000)
  erlan.command(erlan.rung!, { do: 'send-refer', to: { uri: 'sip:*78@switchroom' } })
  w.run(5000)
  assert.equal(call.state, 'up', 'the two are together again')
  dana.hangUp(call)
  w.run(2000)
  assert.equal(firstOf(w, '201', '202'), 'ring 202 together 25s')
  w.end()
})

test('RES-07 what is set by hand survives the switch, in whatever moment it is killed', () => {
  for (const at of [20, 60, 120, 400, 1500]) {
    const w = World.office({ plan: withCodes() })
    const dana = w.phones.get('202')!
    const call = dana.dial('*72221')
    w.run(at)
    w.crash()
    w.run(700)
    w.restart(700)
    w.run(15_000)
    if (call.state === 'up') dana.hangUp(call)
    w.run(2000)
    const said = w.callIds.some(id => settings(w.log.eventsOf(id)).length > 0)
    const rings = firstOf(w, '201', '202')
    // Told is set: nobody hears a confirmation of what a new switch would not know.
    if (said) assert.equal(rings, 'ring 221 together 25s', `killed ${at} ms after dialling`)
    else assert.match(rings, /^ring 2(02|21) together 25s$/)
    w.end()
  }
})

test('IN-04 a forward that a new plan does not allow any more is passed over, and followed again under one that does', () => {
  const w = World.office({ plan: withCodes() })
  dials(w, '201', '*7287011112233')
  assert.match(firstOf(w, '202', '201'), /^out /)
  w.apply(withCodes(2, text => text.replace('may-forward: own-mobile', 'may-forward: inside')))
  assert.equal(firstOf(w, '202', '201'), 'ring 201 together 25s')
  w.apply(withCodes(3))
  assert.match(firstOf(w, '202', '201'), /^out /)
  w.end()
})

test('SCH-04 an override of hours that a new plan does not have is dropped', () => {
  const w = World.office({ plan: withCodes() })
  const open = firstOf(w, '201', SALES)
  dials(w, '201', '*21')
  w.apply(
    withCodes(2, text =>
      text
        .replaceAll('hours: office', 'hours: counter')
        .replaceAll('during: office', 'during: counter')
        .replace('\n  office: { mon-fri', '\n  counter: { mon-fri'),
    ),
  )
  assert.equal(firstOf(w, '201', SALES), open)
  w.apply(withCodes(3))
  assert.equal(firstOf(w, '201', SALES), open)
  w.end()
})
