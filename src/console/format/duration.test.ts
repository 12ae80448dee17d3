import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAfter, formatDuration, isoDuration } from './duration.ts'

test('durations read like a clock', () => {
  assert.deepEqual([0, 999, 7_000, 61_000, 723_400, 3_723_000, 36_000_000].map(formatDuration), [
    '0:00',
    '0:00',
    '0:07',
    '1:01',
    '12:03',
    '1:02:03',
    '10:00:00',
  ])
})

test('a clock that runs a little behind the server never shows a negative time', () => {
  assert.equal(formatDuration(-1500), '0:00')
  assert.equal(formatDuration(Number.NaN), '0:00')
  assert.equal(formatAfter(-5), '+0.0 s')
})

test('offsets in a story are fine below ten seconds and coarse above', () => {
  assert.deepEqual([0, 440, 9_999, 10_000, 65_000].map(formatAfter), ['+0.0 s', '+0.4 s', '+10.0 s', '+0:10', '+1:05'])
  assert.equal(isoDuration(65_400), 'PT65S')
})
