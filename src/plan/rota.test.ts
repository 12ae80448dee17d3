import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileHours } from './hours.ts'
import { readFeed } from './ical.ts'
import { compileRota, coverage, dutyWord, type LayerInput, type RotaInput, type StandIn } from './rota.ts'

type Turns = Extract<LayerInput, { turns: unknown }>
const WEEKLY: Turns = { name: '', from: '2026-11-02', handOver: 'mon 09:00', turns: ['erlan', 'marat', 'aida'] }
const rotaOf = (layer: Partial<Turns> = {}, timezone = 'Asia/Almaty', overrides: readonly StandIn[] = []) =>
  compileRota({ timezone, layers: [{ ...WEEKLY, ...layer }], overrides })
const at = (text: string): number => Date.parse(text)
const who = (layer: Partial<Turns>, moment: string, timezone?: string): string | undefined => rotaOf(layer, timezone).at(at(moment))?.who

test('SCH-02 turns follow one another at the hand-over, to the second', () => {
  assert.equal(who({}, '2026-11-02T08:59:59+05:00'), undefined)
  assert.equal(who({}, '2026-11-02T09:00:00+05:00'), 'erlan')
  assert.equal(who({}, '2026-11-09T08:59:59+05:00'), 'erlan')
  assert.equal(who({}, '2026-11-09T09:00:00+05:00'), 'marat')
  assert.equal(who({}, '2026-11-16T09:00:00+05:00'), 'aida')
  assert.equal(who({}, '2026-11-23T09:00:00+05:00'), 'erlan')
})

test('SCH-02 a rota that begins between two hand-overs begins at the next one', () => {
  assert.equal(who({ from: '2026-11-04' }, '2026-11-09T08:00:00+05:00'), undefined)
  assert.equal(who({ from: '2026-11-04' }, '2026-11-09T09:00:00+05:00'), 'erlan')
})

test('SCH-02 before a rota begins it is nobody’s turn, and it is known until when', () => {
  assert.deepEqual(rotaOf().standing(at('2026-10-30T12:00:00+05:00')), { turn: null, untilMs: at('2026-11-02T09:00:00+05:00') })
})

test('SCH-02 daily turns, every three days, every two weeks, twice a week', () => {
  const daily = { handOver: 'daily 20:00' }
  assert.equal(who(daily, '2026-11-02T20:00:00+05:00'), 'erlan')
  assert.equal(who(daily, '2026-11-03T19:59:00+05:00'), 'erlan')
  assert.equal(who(daily, '2026-11-03T20:00:00+05:00'), 'marat')
  const third = { handOver: 'every 3 days 20:00' }
  assert.deepEqual(
    ['02', '05', '08', '11'].map(d => who(third, `2026-11-${d}T20:00:00+05:00`)),
    ['erlan', 'marat', 'aida', 'erlan'],
  )
  const fortnight = { handOver: 'every 2 weeks, mon 09:00' }
  assert.deepEqual(
    ['2026-11-15', '2026-11-16', '2026-11-29', '2026-11-30'].map(d => who(fortnight, `${d}T10:00:00+05:00`)),
    ['erlan', 'marat', 'marat', 'aida'],
  )
  const twice = { handOver: 'mon, thu 09:00' }
  assert.deepEqual(
    ['02', '05', '09', '12', '16'].map(d => who(twice, `2026-11-${d}T09:00:00+05:00`)),
    ['erlan', 'marat', 'aida', 'erlan', 'marat'],
  )
})

test('SCH-02 day shift and night shift: several hand-overs a day', () => {
  const shifts = { handOver: 'daily 08:00, 20:00', turns: ['erlan', 'marat', 'aida'] }
  assert.deepEqual(
    ['02T08:00', '02T19:59', '02T20:00', '03T07:59', '03T08:00', '03T20:00'].map(t => who(shifts, `2026-11-${t}:00+05:00`)),
    ['erlan', 'erlan', 'marat', 'marat', 'aida', 'erlan'],
  )
})

test('SCH-02 someone who stands in has it from hand-over to hand-over of that day, and a turn says so', () => {
  const rota = rotaOf({ except: { '2026-11-04': 'aida' } })
  const turn = rota.at(at('2026-11-04T12:00:00+05:00'))
  assert.deepEqual([turn?.who, turn?.swapped], ['aida', true])
  const before = rota.at(at('2026-11-04T08:00:00+05:00'))
  assert.deepEqual([before?.who, before?.untilMs], ['erlan', at('2026-11-04T09:00:00+05:00')])
  const after = rota.at(at('2026-11-05T09:00:00+05:00'))
  assert.deepEqual([after?.who, after?.fromMs], ['erlan', at('2026-11-05T09:00:00+05:00')])
})

test('SCH-02 two turns change places', () => {
  const swapped = { swaps: [['2026-11-02', '2026-11-16']] as const }
  assert.deepEqual(
    ['02', '09', '16', '23'].map(d => who(swapped, `2026-11-${d}T12:00:00+05:00`)),
    ['aida', 'marat', 'erlan', 'erlan'],
  )
  const shifts = { handOver: 'daily 08:00, 20:00', swaps: [['2026-11-02 20:00', '2026-11-03 08:00']] as const }
  assert.deepEqual(
    ['02T12:00', '02T23:00', '03T12:00'].map(t => who(shifts, `2026-11-${t}:00+05:00`)),
    ['erlan', 'aida', 'marat'],
  )
})

test('SCH-02 an override goes before turns, stand-ins and hours, from its moment to its moment', () => {
  const rota = rotaOf({ except: { '2026-11-04': 'aida' } }, 'Asia/Almaty', [{ who: 'dana', from: '2026-11-04 13:30', until: '2026-11-06' }])
  assert.deepEqual(
    ['04T13:29', '04T13:30', '05T23:59', '06T00:00'].map(t => rota.at(at(`2026-11-${t}:00+05:00`))?.who),
    ['aida', 'dana', 'dana', 'erlan'],
  )
  assert.equal(rota.at(at('2026-11-05T12:00:00+05:00'))?.untilMs, at('2026-11-06T00:00:00+05:00'))
  assert.ok(rota.turns.includes('dana'))
})

test('SCH-02 layers: the first line, then the second; hours of a line', () => {
  const office = compileHours({ days: { 'mon-fri': '09:00-18:00' }, timezone: 'Asia/Almaty', holidays: null, except: {} })
  const rota = compileRota({
    timezone: 'Asia/Almaty',
    layers: [
      { ...WEEKLY, name: 'first', during: office },
      { ...WEEKLY, name: 'second', turns: ['dana', 'erlan'] },
    ],
    overrides: [{ who: 'aida', from: '2026-11-03 10:00', until: '2026-11-03 11:00', layer: 'second' }],
  })
  const day = rota.at(at('2026-11-03T12:00:00+05:00'))!
  assert.deepEqual([day.who, day.next, day.untilMs], ['erlan', ['dana'], at('2026-11-03T18:00:00+05:00')])
  const night = rota.at(at('2026-11-03T22:00:00+05:00'))!
  assert.deepEqual([night.who, night.next], ['dana', []])
  assert.equal(dutyWord(rota.at(at('2026-11-03T10:30:00+05:00'))), 'erlan aida')
})

test('SCH-02 gaps and overlaps of a year', () => {
  const office = compileHours({ days: { 'mon-fri': '09:00-18:00' }, timezone: 'Asia/Almaty', holidays: null, except: {} })
  const rota = compileRota({
    timezone: 'Asia/Almaty',
    layers: [
      { ...WEEKLY, name: 'first', turns: ['erlan'], during: office },
      { ...WEEKLY, name: 'second', turns: ['erlan', 'dana'] },
    ],
  })
  const { gaps, overlaps } = coverage(rota, at('2026-11-01T00:00:00+05:00'), at('2026-11-16T00:00:00+05:00'))
  assert.deepEqual(gaps, [{ fromMs: at('2026-11-01T00:00:00+05:00'), untilMs: at('2026-11-02T09:00:00+05:00') }])
  assert.equal(overlaps.length, 10)
  assert.deepEqual(overlaps[0]!.lines, [
    { layer: 'first', who: 'erlan' },
    { layer: 'second', who: 'erlan' },
  ])
})

test('SCH-02 across the change of clocks the hand-over stays at nine', () => {
  const berlin = { from: '2026-03-23' }
  assert.equal(who(berlin, '2026-03-30T08:59:00+02:00', 'Europe/Berlin'), 'erlan')
  assert.equal(who(berlin, '2026-03-30T09:00:00+02:00', 'Europe/Berlin'), 'marat')
})

test('SCH-02 a hand-over within the hour that is left out is an hour later on the wall; in the hour that comes twice it is the first', () => {
  const night = { from: '2026-03-22', handOver: 'sun 02:30' }
  assert.equal(who(night, '2026-03-29T01:59:00+01:00', 'Europe/Berlin'), 'erlan')
  assert.equal(who(night, '2026-03-29T03:29:00+02:00', 'Europe/Berlin'), 'erlan')
  assert.equal(who(night, '2026-03-29T03:30:00+02:00', 'Europe/Berlin'), 'marat')
  const autumn = { from: '2026-10-18', handOver: 'sun 02:30' }
  assert.equal(who(autumn, '2026-10-25T02:29:00+02:00', 'Europe/Berlin'), 'erlan')
  assert.equal(who(autumn, '2026-10-25T02:30:00+02:00', 'Europe/Berlin'), 'marat')
  assert.equal(who(autumn, '2026-10-25T02:00:00+01:00', 'Europe/Berlin'), 'marat', 'it is not taken back')
})

test('SCH-02 two hand-overs that the change of clocks pushes over each other: nobody has a turn of negative length', () => {
  const rota = rotaOf({ from: '2026-03-28', handOver: 'daily 02:30, 03:00', turns: ['erlan', 'marat'] }, 'Europe/Berlin')
  assert.equal(rota.at(at('2026-03-29T01:59:59+01:00'))?.who, 'marat')
  assert.equal(rota.at(at('2026-03-29T03:00:00+02:00'))?.who, 'marat', 'erlan’s half hour is not there')
  assert.equal(rota.at(at('2026-03-30T02:30:00+02:00'))?.who, 'erlan')
})

test('SCH-02 across New Year and 29 February turns go on', () => {
  const daily = { from: '2027-12-30', handOver: 'daily 09:00' }
  assert.deepEqual(
    ['2027-12-31', '2028-01-01', '2028-02-28', '2028-02-29', '2028-03-01'].map(d => who(daily, `${d}T12:00:00+05:00`)),
    ['marat', 'aida', 'erlan', 'marat', 'aida'],
  )
})

test('roles held from a day on: all who hold it at the moment', () => {
  const rota = compileRota({
    timezone: 'Asia/Almaty',
    together: true,
    layers: [
      { name: '0', holder: 'aida', from: null, until: '2026-12-01' },
      { name: '1', holder: 'dana', from: '2026-12-01', until: null },
      { name: '2', holder: 'marat', from: null, until: null },
    ],
  })
  assert.equal(dutyWord(rota.at(at('2026-11-30T23:59:59+05:00'))), 'aida marat')
  assert.equal(dutyWord(rota.at(at('2026-12-01T00:00:00+05:00'))), 'dana marat')
  assert.equal(rota.at(at('2026-11-30T23:59:59+05:00'))?.untilMs, at('2026-12-01T00:00:00+05:00'))
})

test('SCH-02 a calendar feed: whoever began last is first, holes are nobody’s', () => {
  const { events } = readFeed(
    [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'SUMMARY:erlan',
      'DTSTART;TZID=Asia/Almaty:20261102T090000',
      'DTEND;TZID=Asia/Almaty:20261109T090000',
      'RRULE:FREQ=WEEKLY;INTERVAL=2',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'SUMMARY:marat',
      'DTSTART:20261104T040000Z',
      'DTEND:20261104T160000Z',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n'),
  )
  const rota = compileRota({ timezone: 'Asia/Almaty', layers: [{ name: '', feed: events }] })
  assert.equal(rota.at(at('2026-11-03T12:00:00+05:00'))?.who, 'erlan')
  const both = rota.at(at('2026-11-04T12:00:00+05:00'))!
  assert.deepEqual([both.who, both.next, both.untilMs], ['marat', ['erlan'], at('2026-11-04T21:00:00+05:00')])
  assert.deepEqual(rota.standing(at('2026-11-10T00:00:00+05:00')), { turn: null, untilMs: at('2026-11-16T09:00:00+05:00') })
})

/** The same rules once more, as slowly and plainly as can be: by counting hand-overs from the first one. */
function naive(layer: Turns, timezone: string, ms: number): string | null {
  const [word, time] = layer.handOver.split(' ') as [string, string]
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
  const now = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone)
  let date = Temporal.PlainDate.from(layer.from)
  let who: string | null = null
  for (let turn = 0; Temporal.PlainDate.compare(date, now.toPlainDate()) <= 0; date = date.add({ days: 1 })) {
    if (word !== 'daily' && days[date.dayOfWeek - 1] !== word) continue
    const begins = date.toZonedDateTime({ timeZone: timezone, plainTime: Temporal.PlainTime.from(time) })
    if (begins.epochMilliseconds <= ms) who = layer.turns[turn++ % layer.turns.length]!
  }
  return who
}

test('property SCH-02: turns are those that counting gives, and an answer holds exactly until the moment it names', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Asia/Almaty', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
      fc.constantFrom('daily', 'mon', 'thu', 'sun'),
      fc.constantFrom('00:00', '01:45', '02:15', '02:30', '09:00', '23:59'),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: -3 * 86_400_000, max: 400 * 86_400_000 }), { minLength: 4, maxLength: 4 }),
      (timezone, day, time, begin, people, moments) => {
        const from = Temporal.PlainDate.from('2026-01-01').add({ days: begin })
        const layer: Turns = { name: '', from: from.toString(), handOver: `${day} ${time}`, turns: 'abcde'.slice(0, people).split('') }
        const rota = compileRota({ timezone, layers: [layer] })
        for (const offset of moments) {
          const ms = from.toZonedDateTime(timezone).epochMilliseconds + offset
          const { turn, untilMs } = rota.standing(ms)
          assert.equal(turn?.who ?? null, naive(layer, timezone, ms))
          assert.ok(untilMs > ms && (turn === null || (turn.fromMs <= ms && turn.untilMs === untilMs)))
          assert.equal(naive(layer, timezone, untilMs - 1), turn?.who ?? null)
          if (turn !== null) assert.equal(naive(layer, timezone, turn.fromMs), turn.who)
          const next = rota.at(untilMs)
          assert.ok(next !== null && next.fromMs === untilMs && (people === 1 || next.who !== turn?.who))
        }
      },
    ),
    { numRuns: 250 },
  )
})

test('property SCH-02: with layers, hours, swaps and stand-ins a rota stands still between the changes it names', () => {
  const hours = compileHours({ days: { daily: '20:00-08:00', sun: 'all day' }, timezone: 'Europe/Berlin', holidays: null, except: {} })
  const input: RotaInput = {
    timezone: 'Europe/Berlin',
    layers: [
      { name: 'night', from: '2026-02-02', handOver: 'daily 20:00', turns: ['a', 'b', 'c'], during: hours, except: { '2026-03-28': 'd' } },
      { name: 'week', from: '2026-03-02', handOver: 'mon, fri 09:00', turns: ['e', 'a'], swaps: [['2026-03-27', '2026-04-03']] },
    ],
    overrides: [{ who: 'f', from: '2026-03-29 01:30', until: '2026-03-29 03:30', layer: 'week' }],
  }
  const rota = compileRota(input)
  const begin = at('2026-01-25T00:00:00Z')
  const end = at('2026-04-20T00:00:00Z')
  let changes = 0
  for (let ms = begin; ms < end; ) {
    const { turn, untilMs } = rota.standing(ms)
    for (const inside of [ms, Math.floor((ms + untilMs) / 2), untilMs - 1]) {
      const fresh = compileRota(input).at(inside)
      assert.equal(dutyWord(fresh), dutyWord(turn))
      if (turn !== null) assert.deepEqual([fresh?.fromMs, fresh?.untilMs], [turn.fromMs, turn.untilMs])
    }
    changes++
    ms = untilMs
  }
  assert.ok(changes > 150)
})
