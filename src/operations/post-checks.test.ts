import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SwitchStatus } from './control-protocol.ts'
import { postChecks } from './post-checks.ts'

const status = (revision: number, trunks: SwitchStatus['trunks'] = []): SwitchStatus => ({
  version: '0',
  startedAt: 0,
  planRevision: revision,
  planName: 'Office',
  calls: 0,
  registrations: 0,
  media: [],
  listening: [],
  trunks,
})
const lines = [{ line: '+77272500000', step: 'ring 201' }]
const followed = { revision: 5, accounts: 3, lines }
const expected = { accounts: 3, lines }
const down = { trunk: 'telecom-a', up: false, registered: false, why: 'does not answer' }

const bad = (care: Parameters<typeof postChecks>[0]): string[] => postChecks(care).flatMap(c => (c.ok ? [] : [`${c.name}: ${c.detail}`]))

test('OPS-03 all is well: the revision, the telephones, the trunks, the lines', () => {
  assert.deepEqual(bad({ revision: 5, expected, status: status(5), followed, before: null }), [])
})

test('OPS-03 each thing that is not as the proposal said is told by name', () => {
  assert.deepEqual(bad({ revision: 5, expected, status: status(4), followed, before: null }), [
    'revision: the switch follows revision 4, not 5',
  ])
  assert.deepEqual(bad({ revision: 5, expected: { accounts: 4, lines }, status: status(5), followed, before: null }), [
    'accounts: 3 telephones instead of 4',
  ])
  assert.deepEqual(
    bad({
      revision: 5,
      expected: { accounts: 3, lines: [{ line: '+77272500000', step: 'announce closed' }] },
      status: status(5),
      followed,
      before: null,
    }),
    ['lines: +77272500000: ring 201 instead of announce closed'],
  )
  assert.deepEqual(bad({ revision: 5, expected, status: status(5, [down]), followed, before: status(4) }), [
    'trunks: telecom-a: does not answer',
  ])
})

test('OPS-03 a trunk that was down before is named, and is no fault of the change', () => {
  const checks = postChecks({ revision: 5, expected, status: status(5, [down]), followed, before: status(4, [down]) })
  assert.deepEqual(
    checks.map(c => c.ok),
    [true, true, true, true],
  )
  assert.match(checks[2]!.detail, /as before the change/)
})
