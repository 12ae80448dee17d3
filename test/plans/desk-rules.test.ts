/** Forwards, outages, callers, rights and shown numbers in detail. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enter, next } from '../../src/plan/decide.ts'
import type { UserForward } from '../../src/plan/decision.ts'
import { type Failures, isOutage } from '../../src/plan/outages.ts'
import { reasonText } from '../../src/plan/reasons.ts'
import { codes, deskPlan, doing, follow, MONDAY_MS, OUTSIDE, phone, problemsOf, world } from './desk.ts'

const desk = deskPlan()
const forwards = (set: Readonly<Record<string, UserForward>>) => world({ forward: person => set[person] ?? null })

test('SEC-02 of the forwards that users set, only so many are followed, and only one leaves the office', () => {
  const chain = { ann: { always: '202' }, bob: { always: '203' }, carla: { always: '204' }, dan: { always: '87019998877' } }
  const most = follow(desk, forwards(chain), phone('251'), '201')
  assert.deepEqual(
    doing(most, 'ring').targets.map(t => t.account),
    ['204', '204-fair'],
  )
  assert.ok(codes(most).includes('forward-limit'))
  const plan = deskPlan('  waited: { steps: [ { to: lead, for: 15s },', '  waited: { steps: [ { to: ann }, { to: dan },')
  const out = forwards({ ann: { always: '87011112233' }, dan: { always: '87014445566' } })
  const first = follow(plan, out, OUTSIDE, '+77272600001', { was: 'no-answer' })
  assert.equal(doing(first, 'dial-out').attempts[0]?.e164, '+77011112233')
  const second = next(plan, out, first.position, { was: 'busy' })
  assert.equal(doing(second, 'ring').targets[0]?.who, 'dan', 'a second one would leave: it is passed over')
  assert.ok(codes(second).includes('forward-limit'))
})

test('SEC-02 a forward outside has the rights of whoever set it, not of whoever calls, and no PIN', () => {
  const set = forwards({ dan: { always: '00442079460000' }, bob: { always: '87012223344' } })
  assert.equal(doing(follow(desk, set, phone('640'), '204'), 'dial-out').attempts[0]?.e164, '+442079460000')
  const denied = follow(
    deskPlan('mobile: "+77012223344", skills', 'may-call: internal, mobile: "+77012223344", skills'),
    set,
    phone('201'),
    '202',
  )
  assert.equal(doing(denied, 'ring').targets[0]?.who, 'bob')
  assert.deepEqual(codes(denied).slice(-3), ['rights-denied', 'forward-may-not', 'rings'])
  const byPin = enter(desk, forwards({ dan: { always: '+78095001234' } }), { kind: 'device', account: '201', pin: 'abroad' }, '204')
  assert.equal(byPin.action.do, 'ring')
})

test('SEC-02 a short code that leads outside is an outside number for those who forward to it', () => {
  const step = follow(desk, forwards({ carla: { always: '10' } }), phone('201'), '203')
  assert.ok(codes(step).includes('forward-may-not'))
  assert.equal(doing(follow(desk, forwards({ dan: { always: '10' } }), phone('201'), '204'), 'dial-out').attempts[0]?.e164, '+77017770000')
})

test('CALL-01 a forward that nobody can follow ends no call', () => {
  for (const always of ['', '299', '*11', '112', 'nonsense', '9'.repeat(500), '__proto__'])
    assert.ok(['ring', 'voicemail'].includes(follow(desk, forwards({ dan: { always } }), phone('201'), '204').action.do), always)
})

test('CALL-01 after a forward that was not answered comes the box, not the telephone', () => {
  const step = follow(desk, forwards({ dan: { busy: '87014445566', noAnswer: '87014445566' } }), phone('201'), '204', { was: 'no-answer' })
  assert.equal(doing(step, 'dial-out').attempts[0]?.e164, '+77014445566')
  const after = next(desk, world({ nowMs: MONDAY_MS + 30_000, forward: () => ({ busy: '87014445566' }) }), step.position, { was: 'busy' })
  assert.equal(doing(after, 'voicemail').box, 'office')
})

test('IN-11 a caller on the VIP list is never blocked; numbers are known however they come', () => {
  const plan = deskPlan('blocked: ["+77015000000", "+7900*"]', 'blocked: ["+7701*", "8 705 111 22 33"]')
  const from = (number: string) => follow(plan, world(), { kind: 'trunk', trunk: 'one', number }, '+77272600004').action.do
  assert.deepEqual(['87015000001', '77015000001', '+77015000001'].map(from), ['ring', 'ring', 'ring'])
  assert.deepEqual(['87015550101', '77015550101', '87051112233', '+77051112233'].map(from), ['end', 'end', 'end', 'end'])
  const asOthers = deskPlan('  anonymous: announce\n', '')
  assert.equal(follow(asOthers, world(), { kind: 'trunk', trunk: 'one', number: 'anonymous' }, '+77272600004').action.do, 'ring')
  const sent = deskPlan('anonymous: announce', 'anonymous: to voicemail office')
  assert.equal(follow(sent, world(), { kind: 'trunk', trunk: 'one', number: null }, '+77272600004').action.do, 'voicemail')
  assert.equal(follow(plan, world(), phone('201'), '+77272600004').action.do, 'ring', 'lists are of callers from outside')
})

test('RES-02 outages are read from a manager’s words', () => {
  const plan = deskPlan(
    '{ if: link isp-a down, then: two carries all }',
    '{ if: link isp-a down and site branch cut off for 30s, then: "two, one carry all", confirm: [lead, bob], return: automatic after 5min }',
  )
  const { place, ...first } = plan.outages[0]!
  assert.deepEqual(first, {
    index: 0,
    text: 'link isp-a down and site branch cut off for 30s',
    conditions: [
      { is: 'link-down', link: 'isp-a' },
      { is: 'site-cut-off', site: 'branch' },
    ],
    forMs: 30_000,
    effect: { does: 'carry-all', trunks: ['two', 'one'] },
    confirm: ['lead', 'bob'],
    returnAfterMs: 300_000,
  })
  assert.equal(place.path, 'outage.0')
  const lines = (then: string): readonly unknown[] => {
    const { effect } = deskPlan('then: two carries all', `then: ${then}`).outages[0]!
    return effect.does === 'lines-to' ? [effect.lines === 'all' ? 'all' : [...effect.lines], effect.to] : [effect.does]
  }
  assert.deepEqual(lines('lines to desk'), ['all', 'group:desk'])
  assert.deepEqual(lines('line +77272600004 to +77017770000'), [['+77272600004'], 'outside:+77017770000'])
  assert.deepEqual(lines('lines of site branch to voicemail office'), [['+77172600000'], 'voicemail:office'])
  assert.deepEqual(lines('lines of department sales to their mobiles'), [['+77272600004', '+77272600005'], 'their-mobiles'])
  assert.deepEqual(lines('lines to mobile dan'), ['all', 'mobile:dan'])
  assert.deepEqual(lines('premium and international calls refused'), ['refuse-out'])
})

test('RES-02 wrong outages', () => {
  const first = (from: string, to: string): string => {
    const [problem] = problemsOf(from, to)
    return `${problem?.code} ${problem?.place.path}: ${problem?.message} ${problem?.remedy}`
  }
  assert.match(first('if: link isp-a down', 'if: link isp-aa down'), /^dangling-reference outage\.0\.if: .*'isp-a'/)
  assert.match(first('if: link isp-a down', 'if: it rains'), /^bad-condition outage\.0\.if: .*'link isp-a down'/)
  assert.match(first('then: two carries all', 'then: two carrys all'), /^bad-treatment outage\.0\.then: .*carries all/)
  assert.match(first('then: two carries all', 'then: tow carries all'), /^dangling-reference outage\.0\.then: .*'two'/)
  assert.match(first('refused with later', 'refused with latre'), /^dangling-reference outage\.1\.then: .*'later'/)
  assert.match(first('then: calls out refused', 'then: internatoinal calls refused'), /^bad-treatment outage\.1\.then: .*'international'/)
  assert.match(first('return: when confirmed', 'return: some day'), /^bad-treatment outage\.2\.return: /)
  assert.match(first('confirm: ann', 'confirm: anne'), /^dangling-reference outage\.2\.confirm: .*'ann'/)
  assert.match(first('to lead mobiles', 'to leader mobiles'), /^dangling-reference outage\.2\.then: .*'lead'/)
  assert.match(first('[dan, "+77018889900"], site: main', '[carla], site: main'), /^no-mobile departments\.sales/)
})

test('RES-02 an outage holds when all of what it names has failed', () => {
  const [link, trunks, provider, cutOff] = desk.outages
  const failures = (links: readonly string[], down: readonly string[] = []): Failures => ({
    linkDown: l => links.includes(l),
    trunkDown: t => down.includes(t),
    powerLow: () => false,
  })
  const holds = (f: Failures): boolean[] => [link, trunks, provider, cutOff].map(t => isOutage(desk, t!, f))
  assert.deepEqual(holds(failures([])), [false, false, false, false])
  assert.deepEqual(holds(failures(['isp-a'])), [true, false, true, false])
  assert.deepEqual(holds(failures(['isp-a', 'isp-b'])), [true, false, true, true])
  assert.deepEqual(holds(failures(['isp-a', 'isp-c'])), [true, true, true, false])
  assert.deepEqual(holds(failures([], ['one', 'two'])), [false, true, true, false])
})

test('OUT-05 a PIN opens the rule that names it, and no other; without one it is said that there is one', () => {
  const denied = doing(follow(desk, world(), phone('202'), '00442079460000'), 'end')
  assert.deepEqual([denied.status, denied.needsPin], [403, 'abroad'])
  const proven = { kind: 'device', account: '202', pin: 'abroad' } as const
  const let_ = follow(desk, world(), proven, '00442079460000')
  assert.equal(doing(let_, 'dial-out').attempts[0]?.trunk, 'one')
  assert.ok(codes(let_).includes('rule-by-pin'))
  assert.equal(doing(follow(desk, world(), { ...proven, account: '640' }, '00442079460000'), 'dial-out').attempts.length, 1)
  assert.equal(doing(follow(desk, world(), { ...proven, account: '640' }, '87012223344'), 'end').needsPin, undefined)
  assert.equal(doing(follow(desk, world(), { ...proven, pin: 'other' }, '00442079460000'), 'end').needsPin, 'abroad')
  const spent = world({ outgoingUse: () => ({ todayMs: 3_600_000, atOnce: 0 }) })
  assert.equal(follow(desk, spent, proven, '00442079460000').action.do, 'end', 'guards hold for PINs too')
})

test('OUT-05 a sum of money spent today is the end of a rule', () => {
  const call = (todaySpent?: number) =>
    follow(
      desk,
      world({ outgoingUse: () => ({ todayMs: 0, atOnce: 0, ...(todaySpent === undefined ? {} : { todaySpent }) }) }),
      phone('202'),
      '87012223344',
    )
  assert.deepEqual(
    [call(), call(4_999), call(5_000)].map(s => s.action.do),
    ['dial-out', 'dial-out', 'end'],
  )
  assert.equal(
    reasonText(call(5_000).reasons.find(r => r.code === 'guard-spend')!, 'ru'),
    'Защита правила 3 останавливает звонок: сегодняшние 5000 KZT израсходованы.',
  )
})

test('OUT-05 so many calls an hour are the end of a rule', () => {
  const plan = deskPlan('guard: { per-day: 60min, at-once: 2 }', 'guard: { per-hour: 3 }')
  const call = (lastHourCalls: number) =>
    follow(plan, world({ outgoingUse: () => ({ todayMs: 0, atOnce: 0, lastHourCalls }) }), phone('204'), '00442079460000').action.do
  assert.deepEqual([2, 3].map(call), ['dial-out', 'end'])
})

test('OUT-03 trunks of the caller’s own site first', () => {
  const plan = deskPlan('{ calls: [local, national], by: [one, two] }', '{ calls: [local, national], by: [own-site, one, two] }')
  const order = (account: string) => doing(follow(plan, world(), phone(account), '2223344'), 'dial-out').attempts.map(a => a.trunk)
  assert.deepEqual(
    [order('202'), order('251')],
    [
      ['one', 'two'],
      ['two', 'one'],
    ],
  )
})

test('OUT-01 a client sees the line by which they last spoke with us, while it is ours', () => {
  const shown = (line: string | null): string =>
    doing(follow(desk, world({ lastLine: () => line }), phone('202'), '87012223344'), 'dial-out').attempts[0]!.shows.number
  assert.deepEqual(['+77272600004', '+77270000000', null].map(shown), ['+77272600004', '+77272600001', '+77272600001'])
})

test('OUT-01 every attempt says whose number it shows', () => {
  const whose = (account: string): string =>
    follow(desk, world(), phone(account), '2223344')
      .reasons.find(r => r.code === 'trunk-chosen')!
      .text.replace(/^.*\((.*)\)\.$/, '$1')
  assert.deepEqual(['204-fair', '204', '201', '202', '251'].map(whose), [
    "the device's",
    "the person's",
    "the role's",
    "the department's",
    "the site's",
  ])
})

test('SCH-04 hours set by hand go before the calendar, and it is said so', () => {
  const by = (now: 'open' | 'closed' | null, at = '2026-11-23T10:00:00+05:00') =>
    follow(desk, world({ nowMs: Date.parse(at), override: hours => (hours === 'office' ? now : null) }), OUTSIDE, '+77172600000')
  assert.deepEqual(
    [by(null), by('closed'), by('open', '2026-11-23T23:00:00+05:00')].map(s => s.action.do),
    ['ring', 'voicemail', 'ring'],
  )
  assert.equal(reasonText(by('closed').reasons.find(r => r.code === 'hours-closed-by-hand')!, 'kk'), 'office: қолмен жабылған.')
})
