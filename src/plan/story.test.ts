import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadPlan } from './load.ts'
import { type RouteQuestion, tellRoute } from './story.ts'

const plan = loadPlan([{ name: 'plan.yaml', text: readFileSync(new URL('../../examples/clinic/plan.yaml', import.meta.url), 'utf8') }], 1)
  .plan!
const tell = (q: Partial<RouteQuestion> & { from: string; to: string }) =>
  tellRoute(plan, { at: Date.parse('2026-11-23T10:00:00+05:00'), ...q })
const story = (q: Parameters<typeof tell>[0]) => {
  const told = tell(q)
  assert.ok(told.ok, told.ok ? '' : told.error.message)
  return told.value
}

test('CHK-04 a call as a story with clock times', () => {
  const s = story({ from: '87015550101', to: '+77272500020', suppose: ['221 busy, telecom-b down'] })
  assert.deepEqual(
    s.steps.map(x => [x.clock, x.action.do, x.told]),
    [
      ['10:00:00', 'ring', 'The caller has waited 20 s.'],
      ['10:00:20', 'ring', 'No answer.'],
      ['10:00:45', 'voicemail', 'The caller may leave a message.'],
    ],
  )
  assert.equal(s.ending, 'voicemail')
  assert.equal(s.rangMs, 45_000)
  assert.match(s.text, /^10:00:00 {2}A call from \+77015550101 came in by telecom-a\. {2}\[plan\.yaml:\d+\]$/m)
  assert.match(s.text, /Busy: Erlan Kim\./)
})

test('somebody answers', () => {
  const s = story({ from: '202', to: '201', suppose: ['aida answers'] })
  assert.deepEqual([s.ending, s.steps.at(-1)?.told], ['answered', 'aida answers.'])
})

test('one by one: who comes second answers later', () => {
  const s = story({ from: 'anonymous', to: '+77272500010', suppose: ['marat answers'] })
  assert.deepEqual([s.ending, s.rangMs], ['answered', 16_000])
})

test('outgoing: the first trunk fails, the second carries it; a far end that is busy', () => {
  assert.equal(
    story({ from: 'asel', to: '8 701 444 11 22', suppose: ['telecom-b fails'] }).steps[0]?.told,
    '+77014441122 by telecom-a answers.',
  )
  assert.equal(story({ from: 'asel', to: '8 701 444 11 22', suppose: ['87014441122 busy'] }).steps[0]?.told, 'Busy.')
  assert.equal(story({ from: 'asel', to: '8 701 444 11 22', suppose: ['telecom-a fails', 'telecom-b fails'] }).ending, 'refused')
})

test('IN-02 keys, extensions and silence in menus', () => {
  const menu = (...suppose: string[]) => story({ from: '87015550101', to: '+77272500030', suppose }).steps.map(x => x.told)
  assert.equal(menu('presses 1')[0], 'The caller presses 1.')
  assert.deepEqual(menu('dials 201', 'aida answers').at(-1), 'aida answers.')
  assert.equal(menu('presses nothing')[0], 'The caller presses nothing.')
})

test('IN-05 SCH-04 queues and hours as people say it', () => {
  const first = (to: string, suppose: string) => story({ from: '87015550101', to, suppose: [suppose] }).text
  const same = (to: string, one: string, other: string): void => assert.equal(first(to, one), first(to, other), one)
  same('+77272500020', 'nobody logged in support', 'queue support unstaffed')
  same('+77272500020', 'support expects 6min', 'queue support waits 6min')
  same('+77272500020', 'support full', 'queue support full')
  same('+77272500000', 'office closed by hand', 'hours office closed')
  same('+77272500000', 'office is closed', 'hours office closed')
  same('+77272500020', 'erlan does not disturb', 'erlan do-not-disturb')
  assert.notEqual(first('+77272500000', 'office closed by hand'), first('+77272500000', 'aida busy'))
})

test('in Russian and Kazakh', () => {
  assert.match(story({ from: '202', to: '*43', language: 'ru' }).text, /Начинается эхо-тест/)
  assert.match(story({ from: '202', to: '*43', language: 'kk' }).text, /Жаңғырық сынағы басталады/)
})

test('questions that make no sense are told so, with the nearest sense', () => {
  const wrong = (q: Parameters<typeof tell>[0]): string => {
    const told = tell(q)
    assert.ok(!told.ok)
    return told.error.message
  }
  assert.match(wrong({ from: '202', to: '201', suppose: ['telecom-x down'] }), /no trunk called 'telecom-x'.*'telecom-a'/)
  assert.match(wrong({ from: '202', to: '201', suppose: ['adia busy'] }), /'aida'/)
  assert.match(wrong({ from: '202', to: '201', suppose: ['aida bussy'] }), /'busy'/)
  assert.match(wrong({ from: 'zzz', to: '201' }), /'zzz' is nobody/)
})
