import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayBounds, momentsIn } from './moment.ts'

const noon = Date.parse('2026-11-22T07:00:00Z') // 12:00 in Almaty
const words = { today: 'today', yesterday: 'yesterday' }
const almaty = momentsIn('en', 'Asia/Almaty', () => noon, words)

test('clock times are the office’s, not the reader’s', () => {
  assert.equal(almaty.clock(noon + 22_000), '12:00:22')
  assert.equal(almaty.shortClock(Date.parse('2026-11-21T19:00:00Z')), '00:00')
})

test('recent days are words, older ones dates', () => {
  assert.equal(almaty.day(Date.parse('2026-11-21T19:00:00Z')), 'today')
  assert.equal(almaty.day(Date.parse('2026-11-21T18:59:59Z')), 'yesterday')
  assert.match(almaty.full(Date.parse('2026-11-01T07:00:00Z')), /Nov.*2026, 12:00/)
  assert.match(momentsIn('tlh', 'Asia/Almaty', () => noon, words).day(0), /^1\.01\.1970/)
})

test('an unknown time zone does not break the page', () => {
  assert.equal(typeof momentsIn('en', 'Mars/Olympus', () => noon, words).clock(noon), 'string')
})

test('the bounds of a day follow the zone, also when it has 23 hours', () => {
  assert.deepEqual(dayBounds('2026-11-22', 'Asia/Almaty'), {
    fromAt: Date.parse('2026-11-21T19:00:00Z'),
    toAt: Date.parse('2026-11-22T19:00:00Z') - 1,
  })
  const spring = dayBounds('2026-03-29', 'Europe/Berlin')
  assert.equal(spring && spring.toAt + 1 - spring.fromAt, 23 * 3_600_000)
  assert.equal(dayBounds('tomorrow', 'Asia/Almaty'), null)
})
