import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compareBehaviour } from '../compare.ts'
import type { CompiledPlan } from '../compiled.ts'
import { enter } from '../decide.ts'
import { loadPlan } from '../load.ts'
import { renderProblems } from '../problem.ts'

const small = readFileSync(new URL('../../../test/plans/valid/small-office.yaml', import.meta.url), 'utf8')

function planOf(change: readonly (readonly [string | RegExp, string])[], feed = ''): CompiledPlan {
  let text = small
  for (const [from, to] of change) {
    assert.notEqual(text.replace(from, to), text)
    text = text.replace(from, to)
  }
  const files = [{ name: 'plan.yaml', text }, ...(feed === '' ? [] : [{ name: 'on-call.ics', text: feed }])]
  const { plan, problems } = loadPlan(files, 1)
  assert.ok(plan !== null, renderProblems(problems, files))
  return plan
}

/** In which order who rings when an inside number is dialled from the door. */
function rung(plan: CompiledPlan, number: string, moment: string): readonly string[] {
  const facts = { nowMs: Date.parse(moment), registered: () => true, activeCalls: () => 0, trunkUp: () => true, trunkCalls: () => 0 }
  const { action } = enter(plan, facts, { kind: 'device', account: '640' }, number)
  return action.do === 'ring' ? [action.order, ...action.targets.map(t => t.who)] : [action.do]
}

test('a role held from a day on rings whoever holds it, and the plan checks clean', () => {
  const dated = 'held-by: [ { who: ann, until: 2026-12-01 }, { who: bob, from: 2026-12-01 } ]'
  const plan = planOf([['held-by: [ann, bob]', dated]])
  assert.deepEqual(rung(plan, '650', '2026-11-30T12:00:00+05:00'), ['together', 'ann'])
  assert.deepEqual(rung(plan, '650', '2026-12-01T12:00:00+05:00'), ['together', 'bob'])
})

test('CHK-04 another day on which a role changes hands is a difference of behaviour; so are other hours of a rota', () => {
  const dated = (day: string): CompiledPlan =>
    planOf([['held-by: [ann, bob]', `held-by: [ { who: ann, until: ${day} }, { who: bob, from: ${day} } ]`]])
  const from = { fromMs: Date.parse('2026-11-23T00:00:00+05:00') }
  assert.notEqual(compareBehaviour(dated('2026-12-01'), dated('2026-12-08'), from).changes.length, 0)
  assert.equal(compareBehaviour(dated('2026-12-01'), dated('2026-12-01'), from).changes.length, 0)
  const nights = (hours: string): CompiledPlan =>
    planOf([
      ['turns: [ann], reach: mobile', 'turns: [ann], during: nights'],
      ['hours:\n', `hours:\n  nights: { daily: "${hours}" }\n`],
    ])
  assert.notEqual(compareBehaviour(nights('20:00-08:00'), nights('21:00-08:00'), from).changes.length, 0)
})

test('SCH-02 the second line rings after the first; among others who ring, the first line stands for the role', () => {
  const layers =
    'week: { layers: { first: { from: 2026-11-02, hand-over: mon 09:00, turns: [ann] }, second: { from: 2026-11-02, hand-over: mon 09:00, turns: [bob] } } }'
  const plan = planOf([
    [/week: .*/, layers],
    ['ring: [ann, bob], together: true', 'ring: [on-call, door], together: true'],
  ])
  assert.deepEqual(rung(plan, '651', '2026-11-24T12:00:00+05:00'), ['one-by-one', 'ann', 'bob'])
  const facts = {
    nowMs: Date.parse('2026-11-24T12:00:00+05:00'),
    registered: () => true,
    activeCalls: () => 0,
    trunkUp: () => true,
    trunkCalls: () => 0,
  }
  const { action } = enter(plan, facts, { kind: 'device', account: '202' }, '620')
  assert.ok(action.do === 'ring')
  assert.deepEqual(
    action.targets.map(t => t.who),
    ['ann', 'door'],
  )
})

test('SCH-02 a calendar file names people as the plan does: by name, within a title, by address', () => {
  const feed = ['On call: Ann Green', 'bob', 'BOB BROWN (stand-in)']
    .map(
      (title, i) =>
        `BEGIN:VEVENT\r\nSUMMARY:${title}\r\nDTSTART;VALUE=DATE:2026110${2 + i}\r\nRRULE:FREQ=DAILY;INTERVAL=3\r\nEND:VEVENT\r\n`,
    )
    .join('')
  const plan = planOf([[/week: .*/, 'week: { ical: on-call.ics }']], `BEGIN:VCALENDAR\r\n${feed}END:VCALENDAR\r\n`)
  assert.deepEqual(
    ['02', '03', '04', '05'].map(day => rung(plan, '651', `2026-11-${day}T12:00:00+05:00`)[1]),
    ['ann', 'bob', 'bob', 'ann'],
  )
})
