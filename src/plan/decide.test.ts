import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CompiledPlan } from './compiled.ts'
import { enter, next } from './decide.ts'
import type { Action, Facts, Origin, Outcome, Step } from './decision.ts'
import { loadPlan } from './load.ts'
import { ENGLISH, reasonText } from './reasons.ts'

function planAt(path: string, change: (text: string) => string = t => t): CompiledPlan {
  const { plan, problems } = loadPlan([{ name: path, text: change(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')) }], 3)
  assert.ok(plan, JSON.stringify(problems[0]))
  return plan
}
const clinic = planAt('examples/clinic/plan.yaml')
const PLANS = [
  clinic,
  planAt('test/plans/valid/branches.yaml'),
  planAt('test/plans/valid/small-office.yaml'),
  planAt('test/plans/valid/sketch.yaml'),
  planAt('test/plans/valid/desk.yaml'),
]

const facts = (at: string, more: Partial<Facts> = {}): Facts => ({
  nowMs: Date.parse(at),
  registered: () => true,
  activeCalls: () => 0,
  trunkUp: () => true,
  trunkCalls: () => 0,
  ...more,
})
const MONDAY = facts('2026-11-23T10:00:00+05:00')
const TRUNK: Origin = { kind: 'trunk', trunk: 'telecom-a', number: '87015550101', display: 'ACME' }
const ring = (step: Step): Extract<Action, { do: 'ring' }> => {
  assert.equal(step.action.do, 'ring')
  return step.action as Extract<Action, { do: 'ring' }>
}

test('IN-10 every step says why, with the place in the plan', () => {
  const step = enter(clinic, MONDAY, TRUNK, '+77272500000')
  assert.deepEqual(
    step.reasons.map(r => r.code),
    ['from-trunk', 'hours-open', 'line-open', 'rings-together', 'recorded', 'announced'],
  )
  const line = step.reasons[2]!
  assert.equal(line.place?.path, 'lines.+77272500000')
  assert.ok(line.place!.line > 1)
  assert.equal(reasonText(line, 'ru'), 'Линия Clinic ведёт на Reception desk.')
})

test('who calls whom is told once, at the beginning', () => {
  assert.deepEqual(enter(clinic, MONDAY, TRUNK, '+77272500010').about, {
    direction: 'in',
    from: { number: '+77015550101', name: 'ACME' },
    to: { number: '+77272500010', name: 'Sales' },
    language: 'ru',
    line: '+77272500010',
    owner: 'marat',
  })
  assert.deepEqual(enter(clinic, MONDAY, { kind: 'device', account: '202' }, '201').about, {
    direction: 'internal',
    from: { number: '202', name: 'Dana Omarova', who: 'dana' },
    to: { number: '201', name: 'Aida Sadykova', who: 'aida' },
    language: 'kk',
  })
  assert.equal(enter(clinic, MONDAY, { kind: 'device', account: '202' }, '87012223344').about?.to.number, '+77012223344')
})

test('the called see the line’s name and the caller', () => {
  assert.deepEqual(ring(enter(clinic, MONDAY, TRUNK, '+77272500010')).shows, { number: '+77015550101', name: 'Sales: ACME' })
  assert.deepEqual(ring(enter(clinic, MONDAY, { kind: 'trunk', trunk: 'telecom-a', number: null }, '+77272500010')).shows, {
    number: 'anonymous',
    name: 'Sales',
    withheld: true,
  })
  assert.deepEqual(ring(enter(clinic, MONDAY, { kind: 'device', account: '202' }, '201')).shows, { number: '202', name: 'Dana Omarova' })
})

test('OUT-01 the number shown: person, department, office; the line for forwarded calls', () => {
  const shownBy = (plan: CompiledPlan, origin: Origin, to: string): unknown => {
    const { action } = enter(plan, MONDAY, origin, to)
    return action.do === 'dial-out' ? action.attempts[0]!.shows : action.do
  }
  assert.deepEqual(shownBy(clinic, { kind: 'device', account: '211' }, '87012223344'), { number: '+77272500010', name: 'Marat Iskakov' })
  assert.deepEqual(shownBy(clinic, { kind: 'device', account: '640' }, '112'), { number: '+77272500000', name: 'Front door' })
  const own = planAt('examples/clinic/plan.yaml', t =>
    t.replace('erlan: { name: Erlan Kim, ', 'erlan: { name: Erlan Kim, shows: "+77272500000", hides-number: yes, '),
  )
  assert.deepEqual(shownBy(own, { kind: 'device', account: '221' }, '87012223344'), {
    number: '+77272500000',
    name: 'Erlan Kim',
    withheld: true,
  })
  const away = { ...MONDAY, registered: (a: string) => a !== '221' && a !== '222' }
  const oncall = ring(enter(clinic, away, TRUNK, '+77272500020')).targets[0]!
  assert.deepEqual(
    [oncall.outside?.number, oncall.outside?.attempts[0]?.shows, oncall.acceptBy],
    ['+77014445566', { number: '+77272500020' }, '1'],
  )
})

test('REC-02 REC-05 rules by group, by department of whoever answers, told once before anyone is rung', () => {
  const desk = ring(enter(clinic, MONDAY, TRUNK, '+77272500000'))
  assert.deepEqual(
    [desk.recording?.purpose, desk.recording?.keepDays, desk.announcement],
    ['appointments', 30, { language: 'ru', prompts: ['recording-notice'] }],
  )
  const first = enter(clinic, MONDAY, TRUNK, '+77272500020')
  assert.equal(ring(first).recording?.purpose, 'service quality')
  assert.notEqual(ring(first).announcement, null)
  const second = ring(next(clinic, MONDAY, first.position, { was: 'no-answer' }))
  assert.deepEqual([second.recording?.purpose, second.recording?.onlyIfLongerMs, second.announcement], ['agreements', 60_000, null])
  const mixed = planAt('examples/clinic/plan.yaml', t =>
    t.replace('ring: [asel, marat], one-by-one: true', 'ring: [asel, olga], one-by-one: true'),
  )
  const targets = ring(enter(mixed, MONDAY, TRUNK, '+77272500010'))
  assert.deepEqual([targets.recording, targets.targets.map(t => t.recording?.purpose ?? null)], [null, ['agreements', null]])
  const out = enter(clinic, MONDAY, { kind: 'device', account: '211' }, '87012223344').action
  assert.ok(out.do === 'dial-out' && out.recording?.purpose === 'agreements' && out.announcement !== null)
  assert.equal(ring(enter(clinic, MONDAY, { kind: 'device', account: '202' }, '201')).recording, null)
})

test('OUT-05 guards: so many at once, so many minutes a day', () => {
  const call = (use: { todayMs: number; atOnce: number }): Action =>
    enter(clinic, { ...MONDAY, outgoingUse: () => use }, { kind: 'device', account: '201' }, '00442079460000').action
  assert.equal(call({ todayMs: 0, atOnce: 1 }).do, 'dial-out')
  assert.equal(call({ todayMs: 0, atOnce: 2 }).do, 'end')
  assert.equal(call({ todayMs: 3_600_000, atOnce: 0 }).do, 'end')
})

test('NUM-09 an emergency call says where it comes from and whom to tell, and is never recorded or announced', () => {
  const { action } = enter(clinic, MONDAY, { kind: 'device', account: '211' }, '112')
  assert.ok(action.do === 'dial-out')
  assert.deepEqual(
    [action.alert, action.recording, action.announcement],
    [{ tell: ['group:reception-desk'], from: '211', address: 'Abai 10, Almaty' }, null, null],
  )
})

test('a call keeps the revision it began with', () => {
  assert.equal(enter(clinic, MONDAY, TRUNK, '+77272500000').position.revision, 3)
})

test('an outcome after the end changes nothing', () => {
  const end = enter(clinic, MONDAY, TRUNK, '201')
  assert.equal(next(clinic, MONDAY, end.position, { was: 'finished' }).action.do, 'end')
})

test('all reasons exist in en, ru and kk with the same values', () => {
  const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(m => m[1]!).sort()
  for (const [code, text] of Object.entries(ENGLISH))
    for (const language of ['ru', 'kk'] as const) {
      const values = Object.fromEntries(names(text).map(n => [n, `‹${n}›`]))
      const told = reasonText({ code, text, values, place: null }, language)
      assert.deepEqual([...told.matchAll(/‹(\w+)›/g)].map(m => m[1]!).sort(), names(text), `${language} ${code}`)
    }
})

/** What users may try to set. */
const FORWARDS = ['voicemail', '201', '202', '204', '620', '87019998877', '00442079460000', '112', '', '*11', '10']
const FORWARDED = new Set(['+77019998877', '+442079460000'])

const OUTCOMES: readonly Outcome[] = [
  { was: 'busy' },
  { was: 'no-answer' },
  { was: 'unreachable' },
  { was: 'rejected' },
  { was: 'failed', status: 500 },
  { was: 'failed', status: 404 },
  { was: 'finished' },
  { was: 'silence' },
  { was: 'keys', keys: '1' },
  { was: 'keys', keys: '0' },
  { was: 'keys', keys: '201' },
  { was: 'keys', keys: '#9' },
  { was: 'waiting' },
]

test('property IN-07: whatever happens, every call ends, rings no longer than the bound, and never leaves from outside but by the plan', () => {
  fc.assert(
    fc.property(fc.nat(PLANS.length - 1), fc.integer({ min: 0, max: 1e6 }), fc.infiniteStream(fc.nat(1e6)), (which, seed, stream) => {
      const plan = PLANS[which]!
      const random = (n: number): number => stream.next().value! % n
      const inside = [...plan.dial.keys(), ...plan.lines.keys(), '87012223344', '112', '2223344', '00442079460000', '999', '']
      const fromTrunk = seed % 2 === 0
      const accounts = [...plan.accounts.keys()]
      const origin: Origin = fromTrunk
        ? { kind: 'trunk', trunk: [...plan.trunks.keys()][random(plan.trunks.size)]!, number: '87015550101' }
        : { kind: 'device', account: accounts[random(accounts.length)]! }
      let nowMs = Date.UTC(2026, random(12), 1 + random(28), random(24), random(60))
      const world = (): Facts => ({
        nowMs,
        registered: () => random(4) > 0,
        activeCalls: () => random(3),
        trunkUp: () => random(3) > 0,
        trunkCalls: () => random(20),
        treatment: () => random(4) === 0,
        override: () => ([null, 'open', 'closed'] as const)[random(3)]!,
        queue: () => ({ waiting: random(5), expectedWaitMs: random(2) === 0 ? null : random(600_000), loggedIn: null }),
        forward: () => (random(2) === 0 ? null : { always: FORWARDS[random(FORWARDS.length)]!, doNotDisturb: random(5) === 0 }),
      })
      let step = enter(
        plan,
        world(),
        origin,
        fromTrunk ? [...plan.lines.keys(), '201', '112', '+77012223344'][random(plan.lines.size + 3)]! : inside[random(inside.length)]!,
      )
      const declared = new Set<string>()
      for (const node of plan.nodes.values()) {
        if (node.kind === 'person' && node.mobile !== null) declared.add(node.mobile)
        if (node.kind === 'outside') declared.add(node.number)
        if (node.kind === 'hunt') for (const m of node.members) if ('outside' in m.target) declared.add(m.target.outside)
      }
      let rangMs = 0
      let undeclared = 0
      for (let steps = 0; ; steps++) {
        assert.ok(steps <= 400, 'too many steps')
        const { action } = step
        if (action.do === 'end') break
        const forMs = action.do === 'ring' || action.do === 'dial-out' ? action.forMs : 0
        const outcome = OUTCOMES[random(OUTCOMES.length)]!
        if (action.do === 'ring') {
          assert.ok((action.targets.length > 0 || action.queue !== undefined) && forMs >= 1_000)
          if (fromTrunk) for (const t of action.targets) if (t.outside) assert.ok(declared.has(t.outside.number))
          if (action.queue === undefined) rangMs += forMs
        }
        if (action.do === 'dial-out') {
          assert.ok(action.attempts.length > 0)
          if (fromTrunk && !declared.has(action.attempts[0]!.e164)) {
            assert.ok(FORWARDED.has(action.attempts[0]!.e164), action.attempts[0]!.e164)
            undeclared++
          }
          if (!action.emergency && fromTrunk) rangMs += forMs
        }
        assert.ok(undeclared <= plan.forwards.outside, 'more forwards outside than the plan lets users set')
        if (fromTrunk) assert.ok(rangMs <= plan.longestRingingMs, `${rangMs}`)
        nowMs += outcome.was === 'waiting' ? 5_000 : forMs
        step = next(plan, world(), JSON.parse(JSON.stringify(step.position)), outcome)
      }
    }),
    { numRuns: 2_500 },
  )
})

test('property SEC-04: whatever is dialled or announced, there is an answer', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.stringMatching(/^[+*#0-9;,. ]{0,24}$/),
    fc.constantFrom('__proto__', 'constructor', '\u0000', '+', '9'.repeat(5_000)),
  )
  fc.assert(
    fc.property(fc.nat(PLANS.length - 1), text, text, fc.boolean(), (which, dialled, caller, outside) => {
      const plan = PLANS[which]!
      const account = plan.accounts.keys().next().value!
      const trunk = plan.trunks.keys().next().value!
      const origin: Origin = outside
        ? { kind: 'trunk', trunk, number: caller, display: caller }
        : { kind: 'device', account: caller.length % 2 === 0 ? account : caller }
      const step = enter(plan, MONDAY, origin, dialled)
      assert.ok(step.position.at.length < 2_000, 'positions stay small, as they go into the log at every step')
      if (outside && step.action.do === 'dial-out') assert.fail('from outside to outside')
    }),
    { numRuns: 2_000 },
  )
})
