import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileHours, type HoursInput, holidaysOf } from './hours.ts'
import { parseDays, parseSpans } from './schema/calendar-words.ts'

const WEEK: HoursInput = { days: { 'mon-fri': '09:00-18:00', sat: '10:00-14:00' }, timezone: 'Asia/Almaty', holidays: null, except: {} }
const at = (text: string): number => Date.parse(text)
const open = (input: HoursInput, ...moments: string[]): boolean[] => {
  const hours = compileHours(input)
  return moments.map(m => hours.at(at(m)).open)
}

test('SCH-01 opens at the first second and closes at the last', () => {
  assert.deepEqual(
    open(WEEK, '2026-11-23T08:59:59.999+05:00', '2026-11-23T09:00:00+05:00', '2026-11-23T17:59:59.999+05:00', '2026-11-23T18:00:00+05:00'),
    [false, true, true, false],
  )
})

test('SCH-01 weekends, lunch breaks, all day, closed', () => {
  const split: HoursInput = { ...WEEK, days: { 'mon-fri': '09:00-13:00, 14:00-18:00', sun: 'all day', sat: 'closed' } }
  assert.deepEqual(
    open(
      split,
      '2026-11-23T13:30:00+05:00',
      '2026-11-23T14:00:00+05:00',
      '2026-11-22T00:00:00+05:00',
      '2026-11-22T23:59:59+05:00',
      '2026-11-21T12:00:00+05:00',
    ),
    [false, true, true, true, false],
  )
})

test('SCH-01 hours past midnight belong to the day they began on', () => {
  const night: HoursInput = { ...WEEK, days: { fri: '22:00-06:00' } }
  assert.deepEqual(
    open(
      night,
      '2026-11-27T21:59:00+05:00',
      '2026-11-27T23:00:00+05:00',
      '2026-11-28T05:59:00+05:00',
      '2026-11-28T06:00:00+05:00',
      '2026-11-28T23:00:00+05:00',
    ),
    [false, true, true, false, false],
  )
  const answer = compileHours(night).at(at('2026-11-27T23:30:00+05:00'))
  assert.equal(answer.untilMs, at('2026-11-28T00:00:00+05:00'), 'told a day at a time')
})

test('SCH-01 exceptions go before holidays, holidays before the week', () => {
  const hours = compileHours({
    ...WEEK,
    holidays: { country: 'KZ', region: null, only: null, hours: [] },
    except: { '2026-12-16': '10:00-12:00', '01-03': 'closed' },
  })
  assert.deepEqual([hours.at(at('2026-12-16T11:00:00+05:00')).open, hours.at(at('2026-12-16T11:00:00+05:00')).because], [true, 'exception'])
  const holiday = hours.at(at('2026-10-26T11:00:00+05:00'))
  assert.deepEqual([holiday.open, holiday.because], [false, 'holiday'])
  assert.equal(hours.at(at('2028-01-03T11:00:00+05:00')).open, false, 'every year')
})

test('SCH-01 spring: the hour that is left out', () => {
  const berlin: HoursInput = { ...WEEK, timezone: 'Europe/Berlin', days: { sun: '01:00-04:00' } }
  assert.deepEqual(
    open(berlin, '2026-03-29T00:59:00+01:00', '2026-03-29T01:30:00+01:00', '2026-03-29T03:30:00+02:00', '2026-03-29T04:00:00+02:00'),
    [false, true, true, false],
  )
  const hours = compileHours({ ...berlin, days: { sun: '02:30-04:00' } })
  assert.equal(hours.at(at('2026-03-29T03:29:00+02:00')).open, false, '02:30 does not exist: an hour later is meant')
  assert.equal(hours.at(at('2026-03-29T03:30:00+02:00')).open, true)
})

test('SCH-01 autumn: the hour that comes twice', () => {
  const berlin: HoursInput = { ...WEEK, timezone: 'Europe/Berlin', days: { sun: '02:00-03:00' } }
  assert.deepEqual(open(berlin, '2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00', '2026-10-25T03:00:00+01:00'), [true, true, false])
})

test('SCH-01 29 February', () => {
  const leap: HoursInput = { ...WEEK, except: { '02-29': 'closed' } }
  assert.deepEqual(open(leap, '2028-02-29T10:00:00+05:00', '2028-03-01T10:00:00+05:00', '2027-03-01T10:00:00+05:00'), [false, true, true])
})

test('SCH-01 New Year in the office’s own zone, not in UTC', () => {
  const year: HoursInput = { ...WEEK, days: { daily: 'all day' }, except: { '2027-01-01': 'closed' } }
  assert.deepEqual(open(year, '2026-12-31T18:59:59Z', '2026-12-31T19:00:00Z', '2027-01-01T18:59:59Z', '2027-01-01T19:00:00Z'), [
    true,
    false,
    false,
    true,
  ])
})

test('holidays of Kazakhstan hold Nauryz and Independence Day', () => {
  const year = holidaysOf('KZ', null, 2026)
  assert.ok(['2026-03-21', '2026-03-22', '2026-03-23', '2026-12-16'].every(d => year.has(d)))
})

test('property: an answer holds until the moment it names, in any zone', () => {
  const zones = ['Asia/Almaty', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC']
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2029, 0, 1) }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 1, max: 24 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (timezone, moment, from, length, part) => {
        const to = (from + length) % 24
        const two = (n: number): string => String(n).padStart(2, '0')
        const text = length === 24 ? 'all day' : `${two(from)}:00-${two(to)}:00`
        const hours = compileHours({ days: { daily: text }, timezone, holidays: null, except: {} })
        const answer = hours.at(moment)
        assert.ok(answer.untilMs > moment)
        assert.ok(answer.untilMs - moment <= 26 * 3_600_000)
        const later = moment + Math.floor((answer.untilMs - moment) * part)
        assert.equal(compileHours({ days: { daily: text }, timezone, holidays: null, except: {} }).at(later).open, answer.open)
      },
    ),
    { numRuns: 400 },
  )
})

test('spans and days as people write them', () => {
  assert.deepEqual(parseSpans('09:00-18:00'), [{ from: 540, to: 1080 }])
  assert.deepEqual(parseSpans('22:00-06:00'), [{ from: 1320, to: 1800 }])
  assert.deepEqual(parseSpans('00:00-24:00'), [{ from: 0, to: 1440 }])
  for (const wrong of ['9-18', '09:00', '25:00-26:00', '09:60-10:00', '09:00-09:00', '09:00-12:00, 11:00-13:00', '24:00-24:30', ''])
    assert.equal(parseSpans(wrong), null, wrong)
  assert.deepEqual(parseDays('mon-fri'), [0, 1, 2, 3, 4])
  assert.deepEqual(parseDays('sat-mon'), [5, 6, 0])
  assert.deepEqual(parseDays('mon, wed'), [0, 2])
  for (const wrong of ['monday', 'mon-', 'mon-tue-wed', '', 'constructor']) assert.equal(parseDays(wrong), null, wrong)
})
