import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileHours, type HoursInput, holidaysOf } from './hours.ts'
import { DAYS, parseDays, parseHandOver, parseMoved, parseSpans } from './schema/calendar-words.ts'

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
  assert.equal(answer.untilMs, at('2026-11-28T06:00:00+05:00'), 'midnight is no change')
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

test('SCH-01 a weekend is one answer until Monday', () => {
  const answer = compileHours(WEEK).at(at('2026-11-21T14:00:00+05:00'))
  assert.deepEqual([answer.open, answer.untilMs], [false, at('2026-11-23T09:00:00+05:00')])
  const always = compileHours({ ...WEEK, days: { daily: 'all day' } }).at(at('2026-11-21T14:00:00+05:00'))
  assert.ok(always.untilMs > at('2027-11-21T14:00:00+05:00'), 'no end in sight')
})

test('SCH-01 a moved day is worked as another, and the day it was moved from is closed', () => {
  const hours = compileHours({
    ...WEEK,
    holidays: { country: 'KZ', region: null, only: null, hours: [] },
    moved: { '2026-05-16': 'works as mon', '2026-05-18': 'closed', '2026-12-16': 'works as fri' },
  })
  assert.deepEqual(
    ['2026-05-16T17:00', '2026-05-18T12:00', '2026-05-23T17:00', '2026-12-16T12:00'].map(t => hours.at(at(`${t}:00+05:00`)).open),
    [true, false, false, true],
  )
  assert.deepEqual(
    [hours.at(at('2026-05-16T17:00:00+05:00')).because, hours.at(at('2026-05-16T17:00:00+05:00')).detail],
    ['exception', '2026-05-16'],
  )
})

test('SCH-01 half days: the working day before a holiday', () => {
  const hours = compileHours({
    ...WEEK,
    holidays: { country: 'KZ', region: null, only: null, hours: [], before: parseSpans('09:00-13:00') },
  })
  assert.deepEqual(
    ['2026-12-15T12:59', '2026-12-15T13:00', '2026-12-14T17:00'].map(t => hours.at(at(`${t}:00+05:00`)).open),
    [true, false, true],
    '16 December is Independence Day',
  )
})

test('SCH-01 exceptions of several days; a day of its own goes before them', () => {
  const hours = compileHours({ ...WEEK, except: { '2026-12-28 to 2027-01-08': 'closed', '2026-12-30': '10:00-11:00', '01-05': 'all day' } })
  assert.deepEqual(
    ['2026-12-25T12:00', '2026-12-28T12:00', '2026-12-30T10:30', '2027-01-05T12:00', '2027-01-08T12:00', '2027-01-11T12:00'].map(
      t => hours.at(at(`${t}:00+05:00`)).open,
    ),
    [true, false, true, false, false, true],
  )
})

test('SCH-01 a week day of its own goes before a stretch of days, in whatever order they are written', () => {
  for (const days of [
    { 'mon-fri': '09:00-18:00', wed: '12:00-20:00' },
    { wed: '12:00-20:00', 'mon-fri': '09:00-18:00' },
  ])
    assert.deepEqual(open({ ...WEEK, days }, '2026-11-25T09:00:00+05:00', '2026-11-25T19:00:00+05:00', '2026-11-26T09:00:00+05:00'), [
      false,
      true,
      true,
    ])
})

test('SCH-01 the nights on which clocks change, minute by minute', () => {
  for (const [timezone, night] of [
    ['Europe/Berlin', '2026-03-29'],
    ['Europe/Berlin', '2026-10-25'],
    ['America/New_York', '2026-03-08'],
    ['America/New_York', '2026-11-01'],
    ['Australia/Lord_Howe', '2026-04-05'],
    ['Australia/Lord_Howe', '2026-10-04'],
    ['Asia/Almaty', '2024-03-01'],
  ] as const)
    for (const text of ['01:30-03:30', '02:00-02:30', '02:15-02:45, 03:00-03:01', '23:30-02:30']) {
      const input: HoursInput = { ...WEEK, timezone, days: { daily: text } }
      const start = Temporal.PlainDate.from(night).subtract({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds
      agreesWithNaive(input, start, start + 3 * 86_400_000, 60_000)
    }
})

const known = new Map<number, ReadonlyMap<string, string>>()
function holidaysIn(year: number): ReadonlyMap<string, string> {
  if (!known.has(year)) known.set(year, holidaysOf('KZ', null, year))
  return known.get(year)!
}

/** The same rules once more, as plainly as can be: every span of today and yesterday turned into moments by Temporal. */
function naive(input: HoursInput, ms: number): boolean {
  const today = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(input.timezone).toPlainDate()
  const moment = (date: Temporal.PlainDate, minutes: number): number =>
    date
      .add({ days: Math.floor(minutes / 1440) })
      .toZonedDateTime({ timeZone: input.timezone, plainTime: new Temporal.PlainTime(Math.floor((minutes % 1440) / 60), minutes % 60) })
      .epochMilliseconds
  for (const date of [today.subtract({ days: 1 }), today]) {
    const iso = date.toString()
    let text = input.except[iso] ?? input.except[iso.slice(5)]
    const moved = input.moved?.[iso]
    const holiday = input.holidays !== null && holidaysIn(date.year).has(iso)
    if (text === undefined && moved === 'closed') text = 'closed'
    if (text === undefined && moved === undefined && holiday) text = 'closed'
    const as = moved?.startsWith('works as ') ? moved.slice(9) : DAYS[date.dayOfWeek - 1]!
    text ??= input.days[as] ?? input.days.daily ?? 'closed'
    for (const span of parseSpans(text)!) if (moment(date, span.from) <= ms && ms < moment(date, span.to)) return true
  }
  return false
}

/** Every moment of the grid, and every change at its very millisecond. */
function agreesWithNaive(input: HoursInput, fromMs: number, untilMs: number, stepMs: number): void {
  const hours = compileHours(input)
  for (let ms = fromMs; ms < untilMs; ms += stepMs) {
    const { open: is } = hours.at(ms)
    if (is !== naive(input, ms)) assert.fail(`${new Date(ms).toISOString()} is ${is} in ${JSON.stringify(input)}`)
  }
  for (let ms = fromMs; ms < untilMs; ) {
    const now = hours.at(ms)
    const end = Math.min(now.untilMs, untilMs)
    assert.ok(now.untilMs > ms)
    assert.equal(naive(input, end - 1), now.open)
    if (end < untilMs) {
      const then = hours.at(end)
      assert.equal(naive(input, end), then.open)
      assert.ok(then.open !== now.open || then.because !== now.because || then.detail !== now.detail, 'untilMs is a change')
    }
    ms = end
  }
}

test('property SCH-01: over a whole year the hours are those that plain counting gives, and each answer ends exactly where it says', () => {
  const time = fc
    .integer({ min: 0, max: 95 })
    .map(q => `${String(Math.floor(q / 4)).padStart(2, '0')}:${String((q % 4) * 15).padStart(2, '0')}`)
  const spans = fc.oneof(
    fc.constantFrom('closed', 'all day', '00:00-24:00', '22:00-06:00', '23:45-00:15'),
    fc.tuple(time, time).map(([a, b]) => (a === b ? 'all day' : `${a}-${b}`)),
  )
  const day = fc.integer({ min: 0, max: 365 }).map(n => Temporal.PlainDate.from('2028-01-01').add({ days: n }).toString())
  fc.assert(
    fc.property(
      fc.constantFrom('Asia/Almaty', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
      fc.dictionary(fc.constantFrom(...DAYS), spans, { maxKeys: 7 }),
      fc.dictionary(fc.oneof(day, fc.constantFrom('02-29', '12-31', '01-01')), spans, { maxKeys: 4 }),
      fc.dictionary(day, fc.constantFrom('works as mon', 'works as sun', 'closed'), { maxKeys: 3 }),
      fc.boolean(),
      (timezone, days, except, moved, holidays) => {
        const input: HoursInput = {
          timezone,
          days,
          except,
          moved,
          holidays: holidays ? { country: 'KZ', region: null, only: null, hours: [] } : null,
        }
        const from = Date.UTC(2027, 11, 30)
        agreesWithNaive(input, from, from + 370 * 86_400_000, 6 * 3_600_000 - 1_000_003)
      },
    ),
    { numRuns: 25 },
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

test('moved days and hand-overs as people write them', () => {
  assert.deepEqual(['works as mon', 'works as sun', 'closed'].map(parseMoved), [0, 6, 'closed'])
  for (const wrong of ['mon', 'works as monday', 'works as', 'open', '']) assert.equal(parseMoved(wrong), null, wrong)
  assert.deepEqual(parseHandOver('mon 09:00'), { everyDays: 7, weekdays: [0], times: [540] })
  assert.deepEqual(parseHandOver('daily 08:00, 20:00'), { everyDays: 1, weekdays: null, times: [480, 1200] })
  assert.deepEqual(parseHandOver('mon, thu 09:00'), { everyDays: 7, weekdays: [0, 3], times: [540] })
  assert.deepEqual(parseHandOver('every 2 weeks mon 09:00'), { everyDays: 14, weekdays: [0], times: [540] })
  assert.deepEqual(parseHandOver('every 2 weeks, mon 09:00'), { everyDays: 14, weekdays: [0], times: [540] })
  assert.deepEqual(parseHandOver('every 3 days 09:00'), { everyDays: 3, weekdays: null, times: [540] })
  for (const wrong of [
    'mon',
    '09:00',
    'mon 9:00',
    'mon 24:00',
    'mon 09:60',
    'daily 20:00, 08:00',
    'every 2 weeks mon, thu 09:00',
    'every 0 days 09:00',
    'every 2 days mon 09:00',
    'monday 09:00',
    'mon, mon 09:00',
    'every week mon 09:00',
  ])
    assert.equal(parseHandOver(wrong), null, wrong)
})
