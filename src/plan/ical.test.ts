import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { occurrences, readFeed } from './ical.ts'
import { zoneOf } from './zone.ts'

const ALMATY = zoneOf('Asia/Almaty')
const at = (text: string): number => Date.parse(text)
const calendar = (...events: readonly (readonly string[])[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.flatMap(e => ['BEGIN:VEVENT', ...e, 'END:VEVENT']), 'END:VCALENDAR', ''].join('\r\n')
const one = (...lines: string[]): string => calendar(['SUMMARY:aida', ...lines])

/** Local starts within the span, as '2026-11-02 09:00'. */
function starts(text: string, zone = ALMATY, from = '2026-01-01T00:00:00Z', until = '2027-01-01T00:00:00Z'): string[] {
  const { events, problems } = readFeed(text)
  assert.deepEqual(problems, [])
  return events
    .flatMap(e => occurrences(e, zone, at(from), at(until)))
    .map(o => o.fromMs)
    .sort((a, b) => a - b)
    .map(ms =>
      Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone.name).toPlainDateTime().toString().slice(0, 16).replace('T', ' '),
    )
}

test('SCH-02 a feed: moments in UTC, in a named zone, on the wall, whole days, durations', () => {
  assert.deepEqual(starts(one('DTSTART:20261102T040000Z', 'DTEND:20261102T160000Z')), ['2026-11-02 09:00'])
  assert.deepEqual(starts(one('DTSTART;TZID=Europe/Berlin:20261102T090000', 'DTEND;TZID=Europe/Berlin:20261102T180000')), [
    '2026-11-02 13:00',
  ])
  assert.deepEqual(starts(one('DTSTART:20261102T090000', 'DURATION:P1W')), ['2026-11-02 09:00'])
  assert.deepEqual(starts(one('DTSTART;VALUE=DATE:20261102', 'DTEND;VALUE=DATE:20261109')), ['2026-11-02 00:00'])
  assert.deepEqual(starts(one('DTSTART;VALUE=DATE:20261102')), ['2026-11-02 00:00'], 'a whole day when no end is said')
  assert.deepEqual(starts(one('DTSTART;TZID="Central Asia Standard Time":20261102T090000', 'DURATION:PT8H')), ['2026-11-02 09:00'])
  assert.deepEqual(starts(one('DTSTART;TZID=/citadel.org/20210210_1/Asia/Almaty:20261102T090000', 'DURATION:PT8H')), ['2026-11-02 09:00'])
})

test('SCH-02 a feed: daily and weekly repetition with interval, count, end, days and exceptions', () => {
  const week = ['DTSTART:20261102T090000', 'DURATION:P7D']
  assert.deepEqual(starts(one(...week, 'RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3')), [
    '2026-11-02 09:00',
    '2026-11-16 09:00',
    '2026-11-30 09:00',
  ])
  assert.deepEqual(starts(one(...week, 'RRULE:FREQ=WEEKLY;UNTIL=20261116')), ['2026-11-02 09:00', '2026-11-09 09:00', '2026-11-16 09:00'])
  assert.deepEqual(starts(one(...week, 'RRULE:FREQ=WEEKLY;UNTIL=20261116T035959Z')), ['2026-11-02 09:00', '2026-11-09 09:00'])
  assert.deepEqual(starts(one('DTSTART:20261102T090000', 'DURATION:PT8H', 'RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4')), [
    '2026-11-02 09:00',
    '2026-11-05 09:00',
    '2026-11-09 09:00',
    '2026-11-12 09:00',
  ])
  assert.deepEqual(
    starts(one('DTSTART:20261102T090000', 'DURATION:PT8H', 'RRULE:FREQ=DAILY;INTERVAL=3;COUNT=3', 'EXDATE:20261105T090000')),
    ['2026-11-02 09:00', '2026-11-08 09:00'],
  )
  assert.deepEqual(starts(one('DTSTART:20261130T090000', 'DURATION:PT8H', 'RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261207')), [
    '2026-11-30 09:00',
    '2026-12-01 09:00',
    '2026-12-02 09:00',
    '2026-12-03 09:00',
    '2026-12-04 09:00',
    '2026-12-07 09:00',
  ])
})

test('SCH-02 a feed: weeks begin on the day it says, which matters every two weeks', () => {
  const sunday = ['DTSTART:20261101T090000', 'DURATION:PT8H']
  assert.deepEqual(starts(one(...sunday, 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=4;WKST=SU')), [
    '2026-11-01 09:00',
    '2026-11-02 09:00',
    '2026-11-15 09:00',
    '2026-11-16 09:00',
  ])
  assert.deepEqual(starts(one(...sunday, 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=4;WKST=MO')), [
    '2026-11-01 09:00',
    '2026-11-09 09:00',
    '2026-11-15 09:00',
    '2026-11-23 09:00',
  ])
})

test('SCH-02 a feed: one of a series moved, one cancelled', () => {
  const series = ['UID:a', 'SUMMARY:aida', 'DTSTART:20261102T090000', 'DURATION:PT8H', 'RRULE:FREQ=DAILY;COUNT=4']
  const moved = ['UID:a', 'SUMMARY:dana', 'RECURRENCE-ID:20261103T090000', 'DTSTART:20261103T120000', 'DURATION:PT8H']
  const cancelled = [
    'UID:a',
    'SUMMARY:aida',
    'STATUS:CANCELLED',
    'RECURRENCE-ID:20261104T090000',
    'DTSTART:20261104T090000',
    'DURATION:PT8H',
  ]
  assert.deepEqual(starts(calendar(series, moved, cancelled)), ['2026-11-02 09:00', '2026-11-03 12:00', '2026-11-05 09:00'])
})

test('SCH-02 a feed: a week from nine to nine stays so when clocks change', () => {
  const berlin = zoneOf('Europe/Berlin')
  const { events } = readFeed(
    one('DTSTART;TZID=Europe/Berlin:20261019T090000', 'DTEND;TZID=Europe/Berlin:20261026T090000', 'RRULE:FREQ=WEEKLY'),
  )
  const [first, second] = occurrences(events[0]!, berlin, at('2026-10-20T00:00:00Z'), at('2026-10-28T00:00:00Z'))
  assert.equal(first!.untilMs, at('2026-10-26T09:00:00+01:00'))
  assert.equal(second!.fromMs, first!.untilMs)
})

test('folded lines, quoted parameters, escaped text, alarms inside of events', () => {
  const { events, problems } = readFeed(
    'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY;X-NOTE="a;b:c":Aida\\, Sady\r\n kova\r\nDTSTART:20261102T090000\r\nDURATION:PT8H\r\nBEGIN:VALARM\r\nDURATION:PT5M\r\nSUMMARY:Wake up\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
  )
  assert.deepEqual(problems, [])
  assert.deepEqual([events[0]!.who, events[0]!.minutes], ['Aida, Sadykova', 480])
})

test('what cannot be understood is told with its line, and the rest is read', () => {
  const good = ['SUMMARY:aida', 'DTSTART:20261102T090000', 'DURATION:PT8H']
  const problemOf = (...lines: string[]): string => {
    const { events, problems } = readFeed(calendar(good, lines))
    assert.deepEqual([events.length, problems.length], [1, 1])
    return `${problems[0]!.line} ${problems[0]!.message}`
  }
  assert.match(problemOf('SUMMARY:x', 'DURATION:PT8H'), /^8 .*no start/)
  assert.match(problemOf('DTSTART:20261102T090000', 'DURATION:PT8H'), /names nobody/)
  assert.match(problemOf('SUMMARY:x', 'DTSTART:20261131T090000', 'DURATION:PT8H'), /^10 '20261131T090000' is no moment/)
  assert.match(problemOf('SUMMARY:x', 'DTSTART;TZID=Mars/Olympus:20261102T090000', 'DURATION:PT8H'), /zone 'Mars\/Olympus' is not known/)
  assert.match(problemOf(...good, 'RRULE:FREQ=MONTHLY'), /FREQ=MONTHLY/)
  assert.match(problemOf(...good, 'RRULE:FREQ=WEEKLY;BYSETPOS=1'), /BYSETPOS/)
  assert.match(problemOf(...good, 'RRULE:FREQ=WEEKLY;INTERVAL=0'), /INTERVAL=0/)
  assert.match(problemOf('SUMMARY:x', 'DTSTART:20261102T090000', 'DTEND:20261102T080000'), /ends before it begins/)
  assert.match(readFeed('<html>').problems[0]!.message, /no calendar/)
})

test('property SEC-04: whatever the text, reading a feed does not throw', () => {
  const good = one(
    'DTSTART;TZID=Asia/Almaty:20261102T090000',
    'DTEND:20261109T090000',
    'RRULE:FREQ=WEEKLY;BYDAY=MO,TU;COUNT=9',
    'EXDATE:20261103T090000',
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 8 })), { minLength: 1, maxLength: 5 }), cuts => {
      let text = good
      for (const [from, length, put] of cuts) text = text.slice(0, from) + put + text.slice(from + length)
      const { events } = readFeed(text)
      for (const e of events) occurrences(e, ALMATY, at('2026-01-01T00:00:00Z'), at('2026-03-01T00:00:00Z'))
    }),
    { numRuns: 300 },
  )
})
