import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LiveCall } from '../../office/api/schemas.ts'
import { emptyBoard, foldLive } from './live-board.ts'

const call = (id: string, startedAt: number, state: LiveCall['state'] = 'ringing'): LiveCall => ({
  id,
  direction: 'in',
  from: { number: '+77011112233' },
  to: { number: '201' },
  dialled: '201',
  startedAt,
  answeredAt: null,
  state,
  stateSinceAt: startedAt,
  ringing: [],
  with: null,
  trunk: null,
  group: null,
  recording: false,
  mayEnd: true,
})
const ids = (board: { readonly calls: readonly LiveCall[] }) => board.calls.map(one => one.id)

test('a board replaces all that was known', () => {
  const before = foldLive(emptyBoard, { is: 'board', at: 1, switchHere: true, calls: [call('old', 1)] })
  assert.deepEqual(ids(foldLive(before, { is: 'board', at: 2, switchHere: true, calls: [call('b', 5), call('a', 4)] })), ['a', 'b'])
})

test('a change adds, replaces in place and removes', () => {
  const board = foldLive(emptyBoard, { is: 'board', at: 1, switchHere: true, calls: [call('a', 1), call('b', 2), call('c', 3)] })
  const next = foldLive(board, { is: 'change', at: 9, calls: [call('b', 2, 'talking'), call('d', 4)], ended: ['a', 'never-seen'] })
  assert.deepEqual(ids(next), ['b', 'c', 'd'])
  assert.equal(next.calls[0]?.state, 'talking')
  assert.equal(next.at, 9)
})

test('a call that began and ended in one message is not shown', () => {
  assert.deepEqual(ids(foldLive(emptyBoard, { is: 'change', at: 1, calls: [call('a', 1)], ended: ['a'] })), [])
})

test('a switch that went away keeps the list but says so', () => {
  const board = foldLive(emptyBoard, { is: 'board', at: 1, switchHere: true, calls: [call('a', 1)] })
  const away = foldLive(board, { is: 'switch', at: 2, here: false })
  assert.deepEqual([away.switchHere, ids(away)], [false, ['a']])
})
