import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegQuality } from '../../office/api/schemas.ts'
import { formatShare, verdictOf } from './quality.ts'

const fine: LegQuality = {
  leg: 'a',
  party: null,
  codec: 'PCMA',
  packetsIn: 500,
  packetsOut: 500,
  lost: 0,
  lossShare: 0,
  jitterMs: 2,
  maxJitterMs: 5,
  rttMs: 12,
  farLoss: 0,
}

test('QOS-01 what was not measured is unknown, not good', () => {
  assert.equal(verdictOf({ ...fine, packetsIn: 0 }), 'unknown')
  assert.equal(verdictOf({ ...fine, lossShare: null }), 'unknown')
  assert.equal(verdictOf({ ...fine, rttMs: null, farLoss: null }), 'good')
})

test('the worst figure decides', () => {
  assert.equal(verdictOf({ ...fine, lossShare: 0.02 }), 'fair')
  assert.equal(verdictOf({ ...fine, farLoss: 0.05 }), 'poor')
  assert.equal(verdictOf({ ...fine, jitterMs: 40 }), 'fair')
  assert.equal(verdictOf({ ...fine, rttMs: 700 }), 'poor')
})

test('shares are percentages a person can read', () => {
  assert.deepEqual([0, 0.0004, 0.013, 0.25].map(formatShare), ['0 %', '< 0.1 %', '1.3 %', '25 %'])
})
