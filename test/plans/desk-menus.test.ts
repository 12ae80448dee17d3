/** Menus and queues in detail: what the action carries besides who is rung. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enter, next } from '../../src/plan/decide.ts'
import type { Outcome } from '../../src/plan/decision.ts'
import { reasonText } from '../../src/plan/reasons.ts'
import { codes, deskPlan, doing, follow, MONDAY_MS, OUTSIDE, phone, problemsOf, world } from './desk.ts'

const desk = deskPlan()
const key = (keys: string): Outcome => ({ was: 'keys', keys })
const SILENCE: Outcome = { was: 'silence' }
const MAIN = '+77272600000'
const HELP = '+77272600001'

test('IN-02 a menu that asks for the language is said in all of them, later ones in the one chosen', () => {
  const first = doing(follow(desk, world(), OUTSIDE, MAIN), 'menu')
  assert.deepEqual([first.languages, first.language, first.silenceMs], [['ru', 'kk', 'en'], 'ru', 5_000])
  const second = follow(desk, world(), OUTSIDE, MAIN, key('1'))
  assert.deepEqual([doing(second, 'menu').languages, doing(second, 'menu').language], [undefined, 'kk'])
  const box = doing(follow(desk, world({ registered: () => false }), OUTSIDE, MAIN, key('3'), key('1')), 'voicemail')
  assert.equal(box.language, 'en', 'the caller’s choice holds to the end of the call')
})

test('IN-02 a language key without a way repeats the menu in that language', () => {
  const plan = deskPlan('keys: { "1": welcome, "2": welcome, "3": welcome }', 'keys: { "5": welcome }')
  const said = follow(plan, world(), OUTSIDE, MAIN, key('3'))
  assert.deepEqual([doing(said, 'menu').menu, doing(said, 'menu').language, doing(said, 'menu').languages], ['languages', 'en', undefined])
  assert.equal(reasonText(said.reasons[0]!, 'ru'), 'В меню languages звонящий нажал 3: дальше с ним говорят по-английски.')
})

test('IN-02 with dial-through it is said how extensions look, so that nobody waits for more digits than there can be', () => {
  const menu = doing(follow(desk, world(), OUTSIDE, MAIN, key('2')), 'menu')
  assert.deepEqual([menu.dialThrough, menu.extensions], [true, { first: '126', longest: 3 }])
  const inner = doing(follow(desk, world(), OUTSIDE, MAIN, key('2'), key('2')), 'menu')
  assert.deepEqual([inner.dialThrough, inner.extensions], [false, undefined])
})

test('IN-02 wrong keys are counted anew at every menu, and not when a right one follows', () => {
  const back = follow(desk, world(), OUTSIDE, MAIN, key('2'), key('7'), key('2'), key('*'), key('7'))
  assert.equal(doing(back, 'menu').menu, 'welcome')
  assert.deepEqual(codes(back), ['menu-wrong-key', 'menu-again', 'menu-speaks-extensions'])
})

test('IN-02 wrong keys without an own way go where silence leads, silence without a way says goodbye', () => {
  const plan = deskPlan('    on-wrong-key: { again: 1, to: desk }\n', '')
  const gone = follow(plan, world(), OUTSIDE, MAIN, key('2'), key('7'), key('7'), key('7'))
  assert.equal(gone.reasons.find(r => r.code === 'goes-to')?.values['to'], 'desk')
  assert.equal(doing(follow(desk, world(), OUTSIDE, MAIN, key('2'), key('2'), SILENCE, SILENCE), 'end').status, 200)
})

test('IN-07 waiting on in a queue by pressing a key is no loop, but has an end', () => {
  const plan = deskPlan('    on-waited: { after: 60s, to: waited }', '    on-waited: { after: 60s, to: bills }')
  let outcomes: Outcome[] = []
  let waits = 0
  for (let n = 0; n < 40; n++) {
    const step = follow(plan, world(), OUTSIDE, HELP, ...outcomes)
    if (step.action.do === 'end') break
    if (step.action.do === 'ring') waits++
    outcomes = [...outcomes, step.action.do === 'ring' ? { was: 'no-answer' } : key('1')]
  }
  assert.equal(waits, 13)
  assert.equal(follow(plan, world(), OUTSIDE, HELP, ...outcomes).action.do, 'end')
})

test('IN-07 menus that send a silent caller round in a circle are a loop', () => {
  const plan = deskPlan('    say: { ru: "Один: новый счёт.', '    on-silence: welcome\n    say: { ru: "Один: новый счёт.')
  const round = follow(plan, world(), OUTSIDE, MAIN, key('2'), key('2'), SILENCE)
  assert.equal(doing(round, 'menu').menu, 'welcome', 'a key was pressed there: once back is no loop')
  const loop = deskPlan('on-silence: { after: 4s, again: 1, to: desk }', 'on-silence: languages')
  assert.ok(codes(follow(loop, world(), OUTSIDE, MAIN, SILENCE, SILENCE)).includes('loop'))
})

test('Q-02 the queue’s part: strategy, tiers, priority, wrap-up; those preferred make a tier of their own', () => {
  const plain = doing(follow(desk, world(), OUTSIDE, HELP), 'ring')
  assert.deepEqual(plain.queue, { id: 'help', music: null, says: [], strategy: 'longest-idle', priority: 1, wrapUpMs: 10_000 })
  assert.deepEqual(
    plain.targets.map(t => [t.who, t.tier]),
    [
      ['carla', 1],
      ['bob', 1],
      ['ann', 2],
    ],
  )
  const preferred = doing(follow(desk, world(), OUTSIDE, MAIN, key('2'), key('1')), 'ring')
  assert.deepEqual(
    preferred.targets.map(t => [t.who, t.tier]),
    [
      ['bob', 1],
      ['carla', 2],
      ['ann', 3],
    ],
  )
  const vip = doing(follow(desk, world(), { kind: 'trunk', trunk: 'one', number: '+77015000001' }, HELP), 'ring')
  assert.equal(vip.queue?.priority, 11)
})

test('Q-02 agents who have not logged in are not rung, and it is said so', () => {
  const facts = world({ queue: () => ({ waiting: 0, expectedWaitMs: null, loggedIn: new Set(['ann']) }) })
  const step = follow(desk, facts, OUTSIDE, HELP)
  assert.deepEqual(
    doing(step, 'ring').targets.map(t => t.who),
    ['ann'],
  )
  assert.equal(step.reasons.find(r => r.code === 'skipped-logged-out')?.text, 'Not logged in: Carla White, Bob Brown.')
})

test('Q-01 waiting is no ringing: a queue leaves the bound of ringing untouched, and has its own', () => {
  const plan = deskPlan('defaults: { ring-for: 20s,', 'defaults: { longest-ringing: 30s, ring-for: 20s,')
  const waits = doing(follow(plan, world(), OUTSIDE, HELP), 'ring')
  assert.equal(waits.forMs, 60_000)
  const later = world({ nowMs: MONDAY_MS + 60_000 })
  const first = follow(plan, world(), OUTSIDE, HELP)
  const lead = doing(follow(plan, later, OUTSIDE, HELP, { was: 'no-answer' }), 'ring')
  assert.equal(lead.forMs, 15_000, 'the whole ringing time is left')
  assert.ok(first.position.at.length < 600)
  const silent = deskPlan('    on-waited: { after: 60s, to: waited }\n', '')
  assert.equal(doing(follow(silent, world(), OUTSIDE, HELP), 'ring').forMs, 600_000, 'nobody waits for ever')
  assert.equal(doing(follow(silent, world(), OUTSIDE, HELP, { was: 'no-answer' }), 'voicemail').box, 'office')
})

test('Q-01 a call that waits on has its time left; when it is over, waiting ends', () => {
  const at = (ms: number, free: readonly string[]) => world({ nowMs: MONDAY_MS + ms, activeCalls: a => (free.includes(a) ? 0 : 1) })
  const first = enter(desk, at(0, []), OUTSIDE, HELP)
  assert.deepEqual([doing(first, 'ring').targets, doing(first, 'ring').forMs], [[], 60_000])
  const second = next(desk, at(40_000, ['202']), first.position, { was: 'waiting' })
  assert.deepEqual([doing(second, 'ring').targets.map(t => t.who), doing(second, 'ring').forMs], [['bob'], 20_000])
  const third = next(desk, at(59_500, ['202']), second.position, { was: 'waiting' })
  assert.equal(doing(third, 'voicemail').box, 'office', 'the lead is busy as well')
  const gone = next(desk, world({ registered: () => false }), first.position, { was: 'waiting' })
  assert.deepEqual(codes(gone).slice(0, 2), ['queue-nobody', 'goes-to'], 'the last agent has gone home')
})

test('IN-02 Q-02 what a menu or queue asks for has to exist', () => {
  const first = (from: string, to: string): string => {
    const [problem] = problemsOf(from, to)
    return `${problem?.code} ${problem?.place.path}: ${problem?.message} ${problem?.remedy}`
  }
  assert.match(
    first('if: caller is vip', 'if: caller is vipp'),
    /^bad-condition queues\.help\.priority\.0\.if: .*Did you mean 'caller is vip'\?/,
  )
  assert.match(first('if: menu-key 1', 'if: menu-key 12'), /^bad-condition queues\.help\.prefer\.if: /)
  assert.match(first('skill: accounting, level', 'skill: acounting, level'), /^dangling-reference .*Did you mean 'accounting'\?/)
  assert.match(first('languages: [ru, kk, en]', 'languages: [ru, kk]'), /^unknown-value menus\.languages\.languages\.3: .*'en'/)
  assert.match(first('"line +77272600001"', '"line +77272600009"'), /^dangling-reference queues\.help\.priority\.1\.if: /)
})

test('IN-02 a menu inside a route: when it leads nowhere further, the route goes on', () => {
  const plan = deskPlan('waited: { steps: [ { to: lead, for: 15s },', 'waited: { steps: [ { to: bills }, { to: lead, for: 15s },')
  const step = follow(plan, world({ registered: a => a === '201' }), phone('202'), '600', { was: 'no-answer' })
  assert.equal(doing(step, 'menu').menu, 'bills')
  const silent = next(plan, world(), next(plan, world(), step.position, SILENCE).position, SILENCE)
  assert.deepEqual(codes(silent), ['menu-no-key', 'route-step', 'rings'])
})
