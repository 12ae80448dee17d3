/**
 * RES-07: the switch is killed at every commit of a call: just before it (what the turn decided is lost), just after it (it is in the log, but
 * nothing of it was sent). Another switch takes over from the log; both telephones come to a proper end, and the record tells what they saw.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { applyEvent, type CallState } from '../../../src/call/call-state.ts'
import type { LoggedEvent } from '../../../src/call/events.ts'
import { seededRandom } from '../../../src/kernel/clock.ts'
import { CALM, type Weather } from '../sip/fake-network.ts'
import type { PhoneCall, Telephone } from './telephone.ts'
import { World } from './world.ts'

/** How long the office is without its switch. */
const AWAY_MS = 700
/** Retransmissions and the way there and back. */
const TOLERANCE_MS = 4500
/** A crash later than this is out of any call. */
const LONGEST_MS = 100_000

interface Act {
  readonly name: string
  /** An account, or a trunk. */
  readonly by?: string
  readonly dials: string
  readonly awayMs?: number
  /** What happens, at which ms after dialling. */
  readonly script: readonly (readonly [number, (s: Stage) => void])[]
  readonly outcome: readonly string[]
}

interface Stage {
  readonly w: World
  readonly caller: Telephone
  readonly erlan: Telephone
  readonly call: PhoneCall
}

const hangsUp = (s: Stage): void => s.caller.hangUp(s.call)

const holds: Act['script'] = [
  [2500, ({ caller, call }) => call.state === 'up' && caller.redirect(call, 'sendonly')],
  [4500, ({ caller, call }) => call.state === 'up' && caller.redirect(call, 'sendrecv')],
  [6500, ({ erlan }) => erlan.rung?.state === 'up' && erlan.redirect(erlan.rung, 'sendonly')],
  [8500, ({ erlan }) => erlan.rung?.state === 'up' && erlan.redirect(erlan.rung, 'sendrecv')],
]

const acts: readonly Act[] = [
  { name: 'the caller hangs up', dials: '221', outcome: ['answered'], script: [...holds, [11_000, hangsUp]] },
  {
    name: 'the called hangs up',
    dials: '221',
    outcome: ['answered'],
    script: [...holds, [11_000, s => s.erlan.rung && s.erlan.hangUp(s.erlan.rung)]],
  },
  {
    name: 'the caller gives up while it rings',
    dials: '222',
    outcome: ['cancelled'],
    script: [[6000, hangsUp]],
  },
  {
    name: 'the called transfers the caller to somebody else',
    dials: '221',
    outcome: ['answered'],
    script: [
      [
        3000,
        ({ erlan }) => erlan.rung?.state === 'up' && erlan.command(erlan.rung, { do: 'send-refer', to: { uri: 'sip:211@switchroom' } }),
      ],
      [20_000, hangsUp],
    ],
  },
  {
    name: 'from outside to a group, announced and recorded',
    by: 'telecom-b',
    dials: '+77272500000',
    outcome: ['answered'],
    script: [[20_000, hangsUp]],
  },
  {
    name: 'from outside to voicemail',
    by: 'telecom-b',
    dials: '+77272500010',
    outcome: ['voicemail'],
    script: [[55_000, hangsUp]],
  },
  { name: 'out by a trunk', dials: '87012223344', outcome: ['answered'], script: [[9000, hangsUp]] },
  {
    name: 'away until the prompt of the echo test has ended',
    dials: '*43',
    awayMs: 4000,
    outcome: ['service', 'cancelled'],
    script: [[16_000, hangsUp]],
  },
  { name: 'the echo test', dials: '*43', outcome: ['service', 'cancelled'], script: [[11_000, hangsUp]] },
]

function stage(act: Act, seed: number, weather: Weather): World {
  const w = World.office({ seed, weather })
  w.phones.get('221')!.mood = { is: 'answers', afterMs: 1000 }
  w.phones.get('202')!.mood = { is: 'answers', afterMs: 4000 }
  w.phones.get('211')!.mood = act.outcome.includes('voicemail') ? { is: 'rings' } : { is: 'answers', afterMs: 1000 }
  return w
}

function perform(
  act: Act,
  kills: readonly { readonly commit: number; readonly when: 'before' | 'after' }[],
  seed = 7,
  weather = CALM,
): { w: World; call: PhoneCall; commits: number } {
  const w = stage(act, seed, weather)
  let commits = 0
  let diedAt = -1
  w.log.onCommit = when => {
    if (when === 'before') commits++
    if (!w.lives || !kills.some(k => k.commit === commits && k.when === when)) return
    diedAt = w.nowMs
    w.crash()
  }
  const caller = w.providers.get(act.by ?? '') ?? w.phones.get('202')!
  const erlan = w.phones.get('221')!
  const call = caller.dial(act.dials)
  const s: Stage = { w, caller, erlan, call }
  const start = w.nowMs
  const script = [...act.script]
  while (w.nowMs < start + LONGEST_MS) {
    while (script.length > 0 && w.nowMs - start >= script[0]![0]) script.shift()![1](s)
    if (!w.lives && w.nowMs >= diedAt + (act.awayMs ?? AWAY_MS)) w.restart(w.nowMs - diedAt)
    w.run(20)
  }
  return { w, call, commits }
}

describe('RES-07 the switch is killed at every commit:', () => {
  for (const act of acts) {
    test(act.name, t => {
      const whole = perform(act, [])
      whole.w.end()
      const failures: string[] = []
      assert.ok(whole.commits > 2, 'there are moments to be killed at')
      t.diagnostic(`${2 * whole.commits} kills`)
      for (let commit = 1; commit <= whole.commits; commit++) {
        for (const when of ['before', 'after'] as const) {
          try {
            check(act, perform(act, [{ commit, when }]))
          } catch (error) {
            failures.push(`killed ${when} commit ${commit} of ${whole.commits}: ${(error as Error).message}`)
          }
        }
      }
      assert.deepEqual(failures, [])
    })
  }
})

test('RES-07 killed again and again while messages are lost, doubled and late: both ends come to an end, and one record says so', () => {
  const failures: string[] = []
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed)
    const act = acts[seed % acts.length]!
    const kills = Array.from({ length: 1 + (seed % 3) }, () => ({
      commit: 1 + Math.floor(random.fraction() * 14),
      when: random.fraction() < 0.5 ? ('before' as const) : ('after' as const),
    }))
    try {
      const { w, call } = perform(act, kills, seed, { loss: 0.1, duplicate: 0.1, minDelayMs: 1, maxDelayMs: 200 })
      w.network.weather = CALM
      w.run(200_000)
      assert.equal(call.state, 'over', 'the caller is done')
      checkRecords(w)
      w.log.onCommit = () => {}
      w.end()
    } catch (error) {
      failures.push(`seed ${seed}, ${act.name}, killed ${JSON.stringify(kills)}: ${(error as Error).message}`)
    }
  }
  assert.deepEqual(failures, [])
})

/** Everyone is done, and there is one whole record. */
function checkRecords(w: World): readonly LoggedEvent[] {
  for (const phone of [...w.phones.values(), ...w.providers.values()]) assert.equal(phone.open.length, 0, `${phone.username} is done`)
  const records = w.callIds.map(id => w.eventsOf(id))
  for (const events of records) {
    let state: CallState | null = null
    for (const e of events) state = applyEvent(state, e.event, e.at, e.call)
    assert.ok(state !== null && state.ended !== null, 'no call is left open')
    assert.ok(
      Object.values(state.legs).every(l => l.phase === 'over'),
      'no leg is left open',
    )
    assert.ok(
      state.recordings.every(r => !r.running),
      'no recording is left running',
    )
    const types = events.map(e => e.event.type)
    for (const once of ['call.started', 'call.ended', 'call.answered'] as const) assert.ok(types.filter(t => t === once).length <= 1, once)
    assert.ok(types.filter(t => t === 'recording.started').length <= 1, 'one recording')
    assert.ok(events.findIndex(e => e.event.type === 'call.ended') > events.findLastIndex(e => e.event.type === 'leg.ended'), 'ended last')
  }
  assert.equal(records.length, 1, 'one record')
  assert.deepEqual([...w.log.openCalls()], [], 'closed')
  return records[0]!
}

/** Both ends are done, and the record says what they saw. */
function check(act: Act, { w, call }: { w: World; call: PhoneCall }): void {
  assert.equal(call.state, 'over', 'the caller is done')
  const record = checkRecords(w)
  const end = record.find(e => e.event.type === 'call.ended')!
  assert.ok(end.event.type === 'call.ended' && act.outcome.includes(end.event.outcome), `the record says ${JSON.stringify(end.event)}`)
  if (call.upAt !== null) {
    const answer = record.find(e => e.event.type === 'call.answered')
    assert.ok(answer && Math.abs(answer.at - call.upAt) < TOLERANCE_MS + (act.awayMs ?? AWAY_MS), 'answered when the caller heard it')
  }
  assert.ok(Math.abs(end.at - call.overAt!) < TOLERANCE_MS + (act.awayMs ?? AWAY_MS), `ended ${end.at - call.overAt!} ms after the caller`)
  w.log.onCommit = () => {}
  w.end()
}
