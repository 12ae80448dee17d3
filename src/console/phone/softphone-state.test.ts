import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  callInHand,
  canDial,
  isOn,
  liveCalls,
  mostCalls,
  type PhoneEffect,
  type PhoneInput,
  type PhoneState,
  phoneOff,
  soundOf,
  step,
} from './softphone-state.ts'

const dana = { number: '202', name: 'Dana Omarova' }
const marat = { number: '410', name: 'Marat Iskakov' }

function run(...inputs: readonly PhoneInput[]): { state: PhoneState; effects: PhoneEffect[] } {
  let state = phoneOff
  let effects: PhoneEffect[] = []
  for (const input of inputs) {
    const next = step(state, input)
    state = next.state
    effects = [...next.effects]
  }
  return { state, effects }
}

const ready: readonly PhoneInput[] = [{ was: 'switch-on' }, { was: 'connecting' }, { was: 'registered' }]
const spokenWithDana: readonly PhoneInput[] = [
  ...ready,
  { was: 'dial', id: 'a', party: dana, at: 1000 },
  { was: 'progress', id: 'a', early: false },
  { was: 'up', id: 'a', at: 4000 },
]
const maratCalls: PhoneInput = { was: 'incoming', id: 'b', party: marat, at: 5000 }

test('switching on starts the SIP side once', () => {
  assert.deepEqual(run({ was: 'switch-on' }).effects, [{ do: 'start' }])
  assert.deepEqual(run({ was: 'switch-on' }, { was: 'switch-on' }).effects, [])
})

test('nothing can be dialled before the phone is registered', () => {
  const { state, effects } = run({ was: 'switch-on' }, { was: 'connecting' }, { was: 'dial', id: 'a', party: dana, at: 0 })
  assert.deepEqual([state.calls, effects], [[], []])
})

test('an outgoing call dials, rings with our own tone, is up, and ends', () => {
  assert.deepEqual(run(...ready, { was: 'dial', id: 'a', party: dana, at: 1000 }).effects, [{ do: 'dial', id: 'a', number: '202' }])
  assert.equal(soundOf(run(...spokenWithDana.slice(0, -1)).state), 'ringback')
  const up = run(...spokenWithDana).state
  assert.deepEqual([up.calls[0]?.phase, up.calls[0]?.upAt, soundOf(up)], ['up', 4000, 'none'])
  const over = run(...spokenWithDana, { was: 'over', id: 'a', end: 'ended-there', at: 9000 })
  assert.deepEqual([over.state.calls[0]?.phase, over.state.calls[0]?.end], ['over', 'ended-there'])
  assert.equal(over.effects[0]?.do, 'dismiss-later')
  assert.deepEqual(
    run(...spokenWithDana, { was: 'over', id: 'a', end: 'ended-there', at: 9000 }, { was: 'dismiss', id: 'a', at: 15_000 }).state.calls,
    [],
  )
})

test('early media from the far end silences our ringing tone for good', () => {
  const early = run(
    ...ready,
    { was: 'dial', id: 'a', party: dana, at: 0 },
    { was: 'progress', id: 'a', early: true },
    { was: 'progress', id: 'a', early: false },
  )
  assert.equal(soundOf(early.state), 'none')
})

test('an incoming call rings until it is answered', () => {
  const ringing = run(...ready, maratCalls)
  assert.deepEqual([soundOf(ringing.state), callInHand(ringing.state)?.id, canDial(ringing.state)], ['ring', 'b', false])
  const answered = run(...ready, maratCalls, { was: 'answer', id: 'b', at: 6000 })
  assert.deepEqual(
    [answered.effects, answered.state.calls[0]?.phase, soundOf(answered.state)],
    [[{ do: 'answer', id: 'b' }], 'answering', 'none'],
  )
})

test('declining is not hanging up, and stays "declined" whatever the SIP side reports', () => {
  const declined = run(...ready, maratCalls, { was: 'hang-up', id: 'b', at: 6000 })
  assert.deepEqual(declined.effects, [{ do: 'decline', id: 'b' }])
  assert.equal(
    run(...ready, maratCalls, { was: 'hang-up', id: 'b', at: 6000 }, { was: 'over', id: 'b', end: 'missed', at: 6001 }).state.calls[0]?.end,
    'declined',
  )
})

test('a second call knocks softly; answering it holds the first', () => {
  const knocking = run(...spokenWithDana, maratCalls)
  assert.equal(soundOf(knocking.state), 'call-waiting')
  const both = run(...spokenWithDana, maratCalls, { was: 'answer', id: 'b', at: 6000 })
  assert.deepEqual(both.effects, [
    { do: 'hold', id: 'a' },
    { do: 'answer', id: 'b' },
  ])
  const back = run(
    ...spokenWithDana,
    maratCalls,
    { was: 'answer', id: 'b', at: 6000 },
    { was: 'up', id: 'b', at: 6100 },
    { was: 'resume', id: 'a', at: 7000 },
  )
  assert.deepEqual(back.effects, [
    { do: 'hold', id: 'b' },
    { do: 'resume', id: 'a' },
  ])
  assert.equal(callInHand(back.state)?.id, 'a')
})

test('a third call is told busy so that the plan can go on', () => {
  const third = run(...spokenWithDana, maratCalls, { was: 'incoming', id: 'c', party: dana, at: 5500 })
  assert.deepEqual([third.effects, third.state.calls.length], [[{ do: 'refuse-busy', id: 'c' }], 2])
})

test('digits go out only while the call is up and not held', () => {
  assert.deepEqual(run(...spokenWithDana, { was: 'digit', id: 'a', digit: '5' }).effects, [{ do: 'send-digit', id: 'a', digit: '5' }])
  assert.deepEqual(run(...spokenWithDana, { was: 'hold', id: 'a', at: 0 }, { was: 'digit', id: 'a', digit: '5' }).effects, [])
  assert.deepEqual(run(...spokenWithDana, { was: 'digit', id: 'a', digit: 'x' }).effects, [])
})

test('a hold that the SIP side could not make is shown as it is', () => {
  assert.equal(run(...spokenWithDana, { was: 'hold', id: 'a', at: 0 }, { was: 'held', id: 'a', held: false }).state.calls[0]?.held, false)
})

test('losing the connection keeps the call on screen and says that it is tried again', () => {
  const { state } = run(...spokenWithDana, { was: 'lost', trouble: 'no-connection' })
  assert.deepEqual([state.registration, state.calls[0]?.phase, canDial(state)], [{ is: 'waiting', trouble: 'no-connection' }, 'up', false])
})

test('switching off ends every call before the SIP side stops', () => {
  assert.deepEqual(run(...spokenWithDana, maratCalls, { was: 'switch-off' }).effects, [
    { do: 'hang-up', id: 'a' },
    { do: 'decline', id: 'b' },
    { do: 'stop' },
  ])
})

test('a telephone taken over by another tab is quiet here, and can be taken back', () => {
  const taken = run(...spokenWithDana, { was: 'taken-elsewhere' })
  assert.deepEqual([taken.state.registration, taken.state.calls], [{ is: 'elsewhere' }, []])
  assert.deepEqual(run(...ready, { was: 'taken-elsewhere' }, { was: 'switch-on' }).effects, [{ do: 'start' }])
})

test('a microphone that is refused is remembered until the next attempt', () => {
  const refused = run(
    ...ready,
    { was: 'dial', id: 'a', party: dana, at: 0 },
    { was: 'microphone', trouble: 'denied' },
    { was: 'over', id: 'a', end: 'microphone', at: 5 },
  )
  assert.equal(refused.state.microphone, 'denied')
  assert.equal(step(refused.state, { was: 'dial', id: 'b', party: dana, at: 9 }).state.microphone, null)
})

const id = fc.constantFrom('a', 'b', 'c')
const at = fc.nat()
const anyInput: fc.Arbitrary<PhoneInput> = fc.oneof(
  fc.constantFrom<PhoneInput>(
    { was: 'switch-on' },
    { was: 'registered' },
    { was: 'connecting' },
    { was: 'lost', trouble: 'no-connection' },
    { was: 'taken-elsewhere' },
    { was: 'switch-off' },
  ),
  fc.record({ was: fc.constant('dial' as const), id, party: fc.constant(dana), at }),
  fc.record({ was: fc.constant('incoming' as const), id, party: fc.constant(marat), at }),
  fc.record({
    was: fc.constantFrom(
      'answer' as const,
      'hang-up' as const,
      'hold' as const,
      'resume' as const,
      'mute' as const,
      'unmute' as const,
      'dismiss' as const,
    ),
    id,
    at,
  }),
  fc.record({ was: fc.constant('digit' as const), id, digit: fc.constantFrom('1', '#') }),
  fc.record({ was: fc.constant('progress' as const), id, early: fc.boolean() }),
  fc.record({ was: fc.constant('up' as const), id, at }),
  fc.record({ was: fc.constantFrom('held' as const, 'held-there' as const), id, held: fc.boolean() }),
  fc.record({ was: fc.constant('over' as const), id, end: fc.constantFrom('ended-there' as const, 'missed' as const), at }),
)

test('no sequence of inputs wedges the phone: few calls, orders only for known calls, and off is always reachable', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), inputs => {
      let state = phoneOff
      for (const input of inputs) {
        const next = step(state, input)
        assert.ok(liveCalls(next.state).length <= mostCalls)
        assert.equal(new Set(next.state.calls.map(call => call.id)).size, next.state.calls.length)
        const known = new Set([...state.calls, ...next.state.calls].map(call => call.id))
        for (const effect of next.effects) if ('id' in effect && effect.do !== 'refuse-busy') assert.ok(known.has(effect.id))
        for (const call of next.state.calls) assert.equal(call.phase === 'over', call.overAt !== null)
        state = next.state
      }
      const off = step(state, { was: 'switch-off' }).state
      assert.equal(isOn(off) || soundOf(off) !== 'none', false)
    }),
  )
})
