import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Status } from '../../office/api/schemas.ts'
import { health } from './health.ts'

type Switch = NonNullable<Status['switch']>
const running = (media: Switch['media'], trunks: readonly boolean[]): Status => ({
  at: 1,
  office: { version: '0', startedAt: 1, memoryBytes: 1 },
  switch: {
    version: '0',
    startedAt: 1,
    planRevision: 1,
    planName: 'clinic',
    calls: 0,
    registrations: 0,
    media,
    listening: [],
    trunks: trunks.map((up, index) => ({ trunk: `t${index}`, up, registered: null, why: '' })),
  },
  switchAway: null,
  log: { upTo: 0, read: 0 },
  recordings: { waiting: 0, failed: 0 },
})
const levels = (status: Status | null, silent = false) => Object.fromEntries(health(status, silent).map(part => [part.name, part.level]))

test('one of two trunks down is a warning, all down is bad, none at all is no fault', () => {
  const media = [{ node: 'm1', connected: true }]
  assert.equal(levels(running(media, [true, false]))['trunks'], 'warn')
  assert.equal(levels(running(media, [false]))['trunks'], 'bad')
  assert.equal(levels(running(media, []))['trunks'], 'good')
})

test('a switch without a media process cannot connect voices', () => {
  assert.equal(levels(running([], []))['media'], 'bad')
  assert.equal(levels(running([{ node: 'm1', connected: false }], []))['media'], 'bad')
})

test('what a silent part knew is unknown, not down', () => {
  assert.deepEqual(levels({ ...running([], []), switch: null, switchAway: 'no answer' }), {
    office: 'good',
    switch: 'bad',
    media: 'unknown',
    trunks: 'unknown',
  })
  assert.deepEqual(levels(null, true), { office: 'bad', switch: 'unknown', media: 'unknown', trunks: 'unknown' })
})
