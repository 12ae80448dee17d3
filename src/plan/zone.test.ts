import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dayNumber, isoDay, weekday, Zone, zoneOf } from './zone.ts'

const ZONES = [
  'Asia/Almaty',
  'Asia/Qyzylorda',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Havana',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Asuncion',
  'Atlantic/Azores',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Pacific/Apia',
  'UTC',
]

test('property SCH-01: a zone’s days and wall clocks are those of Temporal', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2036, 0, 1) }),
      fc.integer({ min: 0, max: 1439 }),
      (name, ms, minutes) => {
        const zone = new Zone(name)
        const date = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(name).toPlainDate()
        const day = zone.dayOf(ms)
        assert.equal(isoDay(day), date.toString())
        assert.equal(weekday(day), date.dayOfWeek - 1)
        assert.equal(zone.startOf(day), date.toZonedDateTime(name).epochMilliseconds, `start of ${date} in ${name}`)
        const time = new Temporal.PlainTime(Math.floor(minutes / 60), minutes % 60)
        assert.equal(
          zone.instant(day, minutes),
          date.toZonedDateTime({ timeZone: name, plainTime: time }).epochMilliseconds,
          `${date} ${time} in ${name}`,
        )
      },
    ),
    { numRuns: 3_000 },
  )
})

test('SCH-01 every minute of the nights on which clocks change', () => {
  for (const [name, days] of [
    ['Europe/Berlin', ['2026-03-29', '2026-10-25']],
    ['America/New_York', ['2026-03-08', '2026-11-01']],
    ['Australia/Lord_Howe', ['2026-04-05', '2026-10-04']],
    ['Africa/Cairo', ['2026-04-24', '2026-10-29', '2026-10-30']],
    ['America/Havana', ['2026-03-08', '2026-11-01']],
    ['Asia/Almaty', ['2024-02-29', '2024-03-01']],
  ] as const)
    for (const iso of days) {
      const date = Temporal.PlainDate.from(iso)
      const day = dayNumber(iso)
      const zone = zoneOf(name)
      for (let m = 0; m < 1440; m++) {
        const plainTime = new Temporal.PlainTime(Math.floor(m / 60), m % 60)
        assert.equal(
          zone.instant(day, m),
          date.toZonedDateTime({ timeZone: name, plainTime }).epochMilliseconds,
          `${iso} ${plainTime} ${name}`,
        )
      }
      for (let ms = zone.startOf(day - 1); ms < zone.startOf(day + 2); ms += 600_000)
        assert.equal(isoDay(zone.dayOf(ms)), Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(name).toPlainDate().toString())
    }
})

test('SCH-01 Almaty put its clocks back for good on 1 March 2024', () => {
  const zone = zoneOf('Asia/Almaty')
  assert.equal(zone.instant(dayNumber('2024-02-29'), 540), Date.parse('2024-02-29T09:00:00+06:00'))
  assert.equal(zone.instant(dayNumber('2024-03-01'), 540), Date.parse('2024-03-01T09:00:00+05:00'))
  assert.equal(zone.startOf(dayNumber('2024-03-01')) - zone.startOf(dayNumber('2024-02-29')), 25 * 3_600_000)
})
