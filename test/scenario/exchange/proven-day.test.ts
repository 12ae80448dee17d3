/** CHK-04: what is proven on paper, lived by telephones in virtual time. `bench/plan-live.ts` does the same with as many calls as one likes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadPlan } from '../../../src/plan/load.ts'
import { randomPlan } from '../../plans/random-plans.ts'
import { CALM, type Weather } from '../sip/fake-network.ts'
import { provenDay } from './proven-day.ts'

const DRIZZLE: Weather = { loss: 0.05, duplicate: 0.02, minDelayMs: 1, maxDelayMs: 40 }

test('CHK-04 IN-07 telephones call through random plans: nothing happens that the check has ruled out', () => {
  let calls = 0
  let decisions = 0
  for (let seed = 1; seed <= 30; seed++) {
    const { compiled, report } = loadPlan([{ name: `random-${seed}.yaml`, text: randomPlan(seed) }], 1)
    assert.ok(compiled !== null && report !== null)
    const day = provenDay(seed, compiled, report, seed % 2 === 0 ? CALM : DRIZZLE, 20)
    calls += day.calls
    decisions += day.decisions
  }
  assert.ok(calls > 500 && decisions > calls, `${calls} calls, ${decisions} decisions`)
})
