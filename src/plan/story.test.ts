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
