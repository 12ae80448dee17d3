/** Codes by which people set things at the telephone, as the decision has them: SCH-04, CALL-01, IN-04. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compareBehaviour } from '../../src/plan/compare.ts'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { mayOverride } from '../../src/plan/decide/by-hand.ts'
import { enter, next } from '../../src/plan/decide.ts'
import { loadPlan } from '../../src/plan/load.ts'
import { suppose } from '../../src/plan/suppose.ts'
import { CODES, withCodes } from './codes.ts'
import { sketch } from './sketch.ts'

const MONDAY = '2026-11-23T10:00:00+05:00'
const EVENING = '2026-11-23T20:00:00+05:00'
const plan = withCodes()

interface Row {
  readonly title: string
  readonly from: string
  readonly to: string
  readonly at?: string
  readonly suppose?: readonly string[]
  readonly does: string
}

const ROWS: readonly Row[] = [
  {
    title: 'SCH-04 while the calendar says open, the code closes until it says closed',
    from: '201',
    to: '*21',
    does: 'announce hours-set-closed sets office closed until 2026-11-23T13:00',
  },
  {
    title: 'SCH-04 while it says closed, the code opens until it says open',
    from: '201',
    to: '*21',
    at: EVENING,
    does: 'announce hours-set-open sets office open until 2026-11-24T04:00',
  },
  {
    title: 'SCH-04 dialled again, the calendar holds',
    from: '201',
    to: '*21',
    suppose: ['hours office closed'],
    does: 'announce hours-by-calendar sets office by calendar',
  },
  {
    title: 'SCH-04 a code with its own time ends after it',
    from: '201',
    to: '*22',
    at: EVENING,
    does: 'announce hours-set-open sets office open until 2026-11-23T23:00',
  },
  {
    title: 'SCH-04 staying open ends half a day after the calendar turned, should nobody think of it',
    from: '201',
    to: '*23',
    does: 'announce hours-set-open sets office open until 2026-11-24T01:00',
  },
  { title: 'SCH-04 whoever is not named may not', from: '211', to: '*21', does: 'end 403 not-permitted' },
  { title: 'SCH-04 whose turn it is in a rota may', from: '211', to: '*24', does: 'announce hours-by-calendar sets office by calendar' },
  { title: 'SCH-04 whose turn it is not may not', from: '222', to: '*24', does: 'end 403 not-permitted' },
  { title: 'SCH-04 a door-phone sets nothing', from: 'door', to: '*21', does: 'end 403 not-permitted' },
  { title: 'CALL-01 the number behind the code', from: '201', to: '*72202', does: 'announce forward-set 2 0 2 sets aida always 202' },
  { title: 'CALL-01 the code alone ends the forward', from: '201', to: '*72', does: 'announce forward-off sets aida always off' },
  { title: 'CALL-01 or the code for it', from: '201', to: '*73', does: 'announce forward-off sets aida always off' },
  { title: 'CALL-01 when busy', from: '201', to: '*90202', does: 'announce forward-set 2 0 2 sets aida busy 202' },
  { title: 'CALL-01 without an answer', from: '201', to: '*92202', does: 'announce forward-set 2 0 2 sets aida noAnswer 202' },
  { title: 'CALL-01 when not reachable', from: '201', to: '*94202', does: 'announce forward-set 2 0 2 sets aida unreachable 202' },
  {
    title: 'IN-04 their own mobile, as they dial it',
    from: '201',
    to: '*7287011112233',
    does: 'announce forward-set 8 7 0 1 1 1 1 2 2 3 3 sets aida always 87011112233',
  },
  { title: 'IN-04 no other number outside', from: '201', to: '*7287019998877', does: 'end 403 not-permitted' },
  { title: 'IN-04 no forward to oneself', from: '201', to: '*72201', does: 'end 403 not-permitted' },
  { title: 'NUM-09 no forward to an emergency number', from: '201', to: '*72112', does: 'end 404 number-unknown' },
  { title: 'IN-04 no forward to a code', from: '201', to: '*72*78', does: 'end 404 number-unknown' },
  { title: 'IN-04 no forward to a number that nobody has', from: '201', to: '*72299', does: 'end 404 number-unknown' },
  {
    title: 'CALL-01 do-not-disturb, for as long as the plan says',
    from: '202',
    to: '*78',
    does: 'announce dnd-set sets dana do-not-disturb on until 2026-11-23T13:00',
  },
  { title: 'CALL-01 do-not-disturb ends', from: '202', to: '*79', does: 'announce dnd-off sets dana do-not-disturb off' },
  { title: 'CALL-01 one code for both: on', from: '202', to: '*76', does: 'announce dnd-set sets dana do-not-disturb on' },
  {
    title: 'CALL-01 one code for both: off',
    from: '202',
    to: '*76',
    suppose: ['dana do-not-disturb'],
    does: 'announce dnd-off sets dana do-not-disturb off',
  },
  {
    title: 'IN-04 whoever is forwarded to a code sets nothing by it',
    from: '202',
    to: '201',
    suppose: ['aida forwards to *78'],
    does: 'ring 201 together 25s',
  },
  { title: 'SEC-02 from outside no code is reached', from: 'telecom-a/+77019998877', to: '*72201', does: 'end 404' },
]

for (const row of ROWS)
  test(row.title, () => {
    const step = begin(row)
    assert.equal(sketch(step.action), row.does)
    assert.ok(step.reasons.every(r => !/\{\w+\}/.test(r.text)))
  })

test('CALL-01 after the confirmation the call ends', () => {
  const facts = factsAt(plan, MONDAY, [])
  const step = enter(plan, facts, { kind: 'device', account: '201' }, '*72202')
  assert.equal(sketch(next(plan, facts, step.position, { was: 'finished' }).action), 'end 200')
})

test('SCH-04 who may by code may by other ways: people, roles, departments, turns', () => {
  const at = Date.parse(MONDAY)
  const may = ['aida', 'dana', 'marat', 'erlan', 'olga', 'nobody'].filter(person => mayOverride(plan, person, 'office', at))
  assert.deepEqual(may, ['aida', 'dana', 'marat'])
  assert.equal(mayOverride(plan, 'aida', 'elsewhere', at), false)
})

test('SCH-04 where the calendar never turns, an override ends after half a day', () => {
  const always = withCodes(1, text => text.replace(/office: \{ mon-fri.*/, 'office: { daily: "00:00-24:00" }'))
  const step = enter(always, factsAt(always, MONDAY, []), { kind: 'device', account: '201' }, '*21')
  assert.equal(sketch(step.action), 'announce hours-set-closed sets office closed until 2026-11-23T17:00')
})

test('CHK-04 who may open and close hours by hand is part of what a change does otherwise', () => {
  const after = withCodes(2, text => text.replace('hours: office, who: [operator] }', 'hours: office, who: [marat] }'))
  const { changes } = compareBehaviour(plan, after, { fromMs: Date.parse(MONDAY) })
  assert.ok(
    changes.some(c => /\*21|Night switch/.test(c.text)),
    changes.map(c => c.text).join('\n'),
  )
})

for (const [title, line, code] of [
  ['hours nobody knows', 'code: { number: "*31", does: override, hours: offfice, who: aida }', 'dangling-reference'],
  ['people nobody knows', 'code: { number: "*31", does: override, hours: office, who: [aida, zoe] }', 'dangling-reference'],
  ['an override by nobody', 'code: { number: "*31", does: override, hours: office }', 'missing'],
  ['an override that is on', 'code: { number: "*31", does: override, hours: office, who: aida, set: on }', 'contradiction'],
  ['an echo for hours', 'code: { number: "*31", does: echo, hours: office }', 'contradiction'],
  ['an echo for a time', 'code: { number: "*31", does: echo, for: 8h }', 'contradiction'],
  ['a forward that speaks words of its own', 'code: { number: "*31", does: forward, say: Hello }', 'contradiction'],
  ['a forward by digits alone', 'code: { number: "675", does: forward }', 'bad-extension'],
  ['a code that begins another', 'code: { number: "*721", does: echo }', 'ambiguous-prefix'],
] as const)
  test(`SCH-04 CALL-01 refuses ${title}`, () => {
    const { problems } = loadPlan([{ name: 'plan.yaml', text: CODES.replace('services:\n', `services:\n  ${line}\n`) }], 1)
    assert.deepEqual([...new Set(problems.filter(p => p.severity === 'error').map(p => p.code))], [code])
  })

test('the worked example with codes is checked as a whole and found good', async () => {
  const { check } = await import('../../src/plan/check.ts')
  const report = check(plan, { fromMs: Date.parse(MONDAY) })
  assert.deepEqual(
    report.findings.filter(f => f.severity === 'error').map(f => f.message),
    [],
  )
})

test('every word of a confirmation is there in every language', () => {
  const texts = readFileSync(new URL('../../assets/prompts/texts.tsv', import.meta.url), 'utf8')
  const names = new Set(texts.split('\n').map(line => line.split('\t')[0]))
  for (const row of ROWS)
    for (const word of begin(row).action.do === 'announce' ? row.does.split(' sets ')[0]!.split(' ').slice(1) : [])
      assert.ok(names.has(word), word)
})

function begin(row: Row) {
  const [trunk, number] = row.from.split('/') as [string, string?]
  const origin =
    number === undefined
      ? ({ kind: 'device', account: row.from === 'door' ? '640' : row.from } as const)
      : ({ kind: 'trunk', trunk, number } as const)
  return enter(plan, factsAt(plan, row.at ?? MONDAY, row.suppose ?? []), origin, row.to)
}

function factsAt(of: CompiledPlan, at: string, statements: readonly string[]) {
  const world = suppose(of, statements)
  assert.ok(world.ok, JSON.stringify(world))
  return world.value.facts(Date.parse(at))
}
