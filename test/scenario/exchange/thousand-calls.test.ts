/** A thousand calls on a bad network, mixed outcomes: their records equal what a plain recount of the log and the telephones themselves say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldCalls } from '../../../src/operations/call-record.ts'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import { auditLog } from './audit.ts'
import { dice } from './random-day.ts'
import type { PhoneCall, Telephone } from './telephone.ts'
import { World } from './world.ts'

const PEOPLE = 60
const CALLS = 1000

function bigOffice(): CompiledPlan {
  const people = Array.from({ length: PEOPLE }, (_, i) => {
    const letter = (n: number): string => String.fromCharCode(65 + n)
    return `  p${i}: { name: Person ${letter(Math.floor(i / 26))}${letter(i % 26)}, extension: "${1001 + i}" }`
  })
  const text = [
    'plan: 1',
    'office: { name: Big Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: p0, area: "727", shows: "+77272500000" }',
    'numbering: { ranges: { "1000-1999": { for: people }, "620-639": { for: groups }, "680-689": { for: voicemail } }, emergency: ["112"] }',
    'defaults: { ring-for: 10s, calls-at-once: 3, on-no-answer: voicemail box }',
    'people:',
    ...people,
    'groups: { front: { number: "620", ring: [p0, p1, p2, p3], together: true, for: 12s, on-no-answer: voicemail box, on-busy: voicemail box } }',
    'trunks: { one: { host: 203.0.113.10, by-address: true, channels: 500 }, two: { host: 203.0.113.20, by-address: true, channels: 500 } }',
    'lines: { "+77272500000": { to: front, owner: p0 } }',
    'services: { echo-test: { number: "*43", does: echo } }',
    'voicemail: { box: { number: "680", tell: [p0], keep: 90 days } }',
    'outgoing: { rules: [ { calls: [local, national, mobile], who: everyone, by: [one, two] } ], next-trunk-after: 4s }',
  ]
  const { plan, problems } = loadPlan([{ name: 'big', text: text.join('\n') + '\n' }], 1)
  assert.ok(plan, JSON.stringify(problems.map(p => p.message)))
  return plan
}

test('CRM-01 CRM-04 a thousand calls with 5 % loss: the records equal a recount of the log, and the callers agree', () => {
  const d = dice(2026)
  const world = World.office({ plan: bigOffice(), seed: 5, weather: { loss: 0.05, duplicate: 0.02, minDelayMs: 1, maxDelayMs: 60 } })
  for (const p of [...world.phones.values(), ...world.providers.values()])
    p.whim = () => {
      const n = d.below(10)
      if (n < 6) return { is: 'answers', afterMs: d.below(6000), hangsUpAfterMs: 2000 + d.below(20_000) }
      return n < 8 ? { is: 'rings' } : { is: 'says', status: d.pick([486, 603, 480, 503]) }
    }
  const phones = [...world.phones.values()]
  const placed: { caller: Telephone; call: PhoneCall }[] = []
  for (let i = 0; i < CALLS; i++) {
    const fromOutside = i % 5 === 0
    const caller = fromOutside ? d.pick([...world.providers.values()]) : d.pick(phones)
    const number = fromOutside ? '+77272500000' : d.pick(['620', '*43', `8701555${1000 + i}`, ...phones.map(p => p.username)])
    const call = caller.dial(number, {
      headers: [{ name: 'Subject', value: String(i) }],
      ...(fromOutside ? { from: { uri: `sip:8701555${1000 + i}@${caller.host}` } } : {}),
      hangsUpAfterMs: 1000 + d.below(25_000),
    })
    if (d.chance(0.1)) world.later(d.below(5000), () => caller.hangUp(call))
    placed.push({ caller, call })
    world.run(100)
  }
  world.run(60_000)
  world.end()
  auditLog(world)

  const { events } = world.log
  const records = foldCalls(events)
  const started = events.filter(e => e.event.type === 'call.started')
  assert.equal(records.size, started.length)
  // Whoever gave up before proving who they are has made no call.
  assert.equal(started.length, placed.filter(p => p.call.status !== 401).length)
  for (const [call, { record, bridge, state, recording }] of records) {
    const mine = world.eventsOf(call)
    const at = (type: string): number | null => mine.find(e => e.event.type === type)?.at ?? null
    const ended = mine.find(e => e.event.type === 'call.ended')!
    assert.ok(ended.event.type === 'call.ended')
    assert.deepEqual([record.startedAt, record.answeredAt, record.endedAt], [mine[0]!.at, at('call.answered'), ended.at])
    assert.equal(record.outcome, ended.event.outcome)
    const bridgedAt = at('call.bridged')
    assert.equal(record.talkMs, bridgedAt === null ? 0 : ended.at - bridgedAt)
    assert.equal(record.outcome === 'answered', bridgedAt !== null)
    assert.equal(record.answeredBy === null, bridgedAt === null)
    assert.equal(record.ringMs, (record.answeredAt ?? ended.at) - record.startedAt)
    assert.deepEqual([bridge, state, recording], [null, 'ending', []])
  }
  // The telephones' own count. Whoever gave up in the very moment of the answer hears 487, and the call was answered all the same.
  for (const [call, { record }] of records) {
    const first = world.eventsOf(call)[0]!.event
    assert.ok(first.type === 'call.started')
    const { status } = placed[Number(first.invite.extra.find(h => h.name === 'Subject')!.value)]!.call
    if (status === 200) assert.notEqual(record.answeredAt, null, call)
    else if (record.answeredAt !== null) assert.equal(status, 487, call)
    else if (status !== 487) assert.equal(record.status, status, call)
  }
  const outcomes = new Set([...records.values()].map(r => r.record.outcome))
  assert.deepEqual(
    [...outcomes].sort(),
    ['answered', 'busy', 'cancelled', 'failed', 'missed', 'service', 'voicemail'].filter(o => outcomes.has(o as 'busy')),
  )
  assert.ok(outcomes.size >= 5, [...outcomes].join())
})
