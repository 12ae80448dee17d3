import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileHours } from './hours.ts'
import { type Calendar, timeClasses } from './time-classes.ts'

const MINUTE = 60_000

/** Stands as the list says from each moment on. */
function calendar(key: string, turns: readonly (readonly [number, string])[]): Calendar {
  return {
    key,
    at(ms) {
      const i = turns.findLastIndex(([from]) => from <= ms)
      return { state: turns[i]?.[1] ?? '', untilMs: turns[i + 1]?.[0] ?? Number.MAX_SAFE_INTEGER }
    },
  }
}

test('SCH-01 moments at which all calendars stand alike are one class', () => {
  const classes = timeClasses(
    [
      calendar('a', [
        [0, 'open'],
        [10, 'closed'],
        [20, 'open'],
        [30, 'closed'],
      ]),
      calendar('b', [
        [0, 'x'],
        [25, 'y'],
      ]),
    ],
    0,
    40,
  )
  assert.deepEqual(
    classes.map(c => [c.atMs, c.spans.map(s => [s.fromMs, s.untilMs]), Object.fromEntries(c.states)]),
    [
      [
        0,
        [
          [0, 10],
          [20, 25],
        ],
        { a: 'open', b: 'x' },
      ],
      [10, [[10, 20]], { a: 'closed', b: 'x' }],
      [25, [[25, 30]], { a: 'open', b: 'y' }],
      [30, [[30, 40]], { a: 'closed', b: 'y' }],
    ],
  )
})

test('no calendars: one class of all; no time: none', () => {
  assert.deepEqual(timeClasses([], 5, 9), [{ atMs: 5, spans: [{ fromMs: 5, untilMs: 9 }], states: new Map() }])
  assert.deepEqual(timeClasses([], 9, 9), [])
})

test('the classes cover the span once, and each calendar stands in them as they say', () => {
  const turns = fc
    .uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 8 })
    .map(at => [0, ...at.sort((a, b) => a - b)])
    .chain(at =>
      fc
        .array(fc.constantFrom('p', 'q', 'r'), { minLength: at.length, maxLength: at.length })
        .map(s => at.map((t, i) => [t, s[i]!] as const)),
    )
  fc.assert(
    fc.property(
      fc.array(turns, { maxLength: 7 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 21, max: 70 }),
      (lists, from, until) => {
        const calendars = lists.map((list, i) => calendar(`c${i}`, list))
        const classes = timeClasses(calendars, from, until)
        for (let at = from; at < until; at++) {
          const here = classes.filter(c => c.spans.some(s => s.fromMs <= at && at < s.untilMs))
          assert.equal(here.length, 1)
          for (const c of calendars) assert.equal(here[0]!.states.get(c.key), c.at(at).state)
        }
        const told = classes.map(c => JSON.stringify([...c.states]))
        assert.equal(new Set(told).size, told.length)
        for (const c of classes) {
          assert.equal(c.atMs, c.spans[0]!.fromMs)
          for (const [i, s] of c.spans.entries()) assert.ok(i === 0 || s.fromMs > c.spans[i - 1]!.untilMs)
        }
      },
    ),
  )
})

test('SCH-01 nights of a zone with summer time: the hour that is missing and the hour that comes twice', () => {
  const hours = compileHours({ days: { 'mon-sun': '00:00-02:30' }, timezone: 'Europe/Berlin', holidays: null, except: {} })
  const night: Calendar = { key: 'night', at: ms => ({ state: hours.at(ms).open ? 'open' : 'closed', untilMs: hours.at(ms).untilMs }) }
  const year = (y: number) => Temporal.PlainDate.from(`${y}-01-01`).toZonedDateTime('Europe/Berlin').epochMilliseconds
  const classes = timeClasses([night], year(2026), year(2027))
  assert.equal(classes.length, 2)
  const open = classes.find(c => c.states.get('night') === 'open')!
  assert.equal(open.spans.length, 365)
  const lengths = new Map<number, number>()
  for (const s of open.spans) {
    const minutes = (s.untilMs - s.fromMs) / MINUTE
    lengths.set(minutes, (lengths.get(minutes) ?? 0) + 1)
  }
  // 29 March: 02:30 is not there and means 03:30 summer time; 25 October: 02:30 comes twice and means the first.
  assert.deepEqual(lengths, new Map([[150, 365]]))
})

test('a calendar that names no later moment does not hold up the work', () => {
  const stuck: Calendar = { key: 'stuck', at: ms => ({ state: 'same', untilMs: ms }) }
  assert.equal(timeClasses([stuck], 0, 100 * MINUTE).length, 1)
})
