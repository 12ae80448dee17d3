/** Whatever people and networks do: nothing is left, and the log tells it whole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import { CALM, type Weather } from '../sip/fake-network.ts'
import { auditLog, auditRinging, sameAsLog } from './audit.ts'
import { dice, randomDay, randomPlan } from './random-day.ts'
import { planNamed } from './world.ts'

const RAIN: Weather = { loss: 0.2, duplicate: 0.05, minDelayMs: 1, maxDelayMs: 150 }
const DRIZZLE: Weather = { loss: 0.05, duplicate: 0.02, minDelayMs: 1, maxDelayMs: 40 }
const WEATHERS: readonly Weather[] = [CALM, DRIZZLE, RAIN]

function planOf(seed: number): CompiledPlan {
  const d = dice(seed * 7919)
  if (seed % 4 === 0) return planNamed(d.pick(['clinic', 'branches', 'sketch', 'small-office']))
  for (let i = 0; i < 50; i++) {
    const plan = randomPlan(d)
    if (plan !== null) return plan
  }
  throw new Error('no plan passes its check')
}

const first = Number(process.env['SEED'] ?? 1)
const last = Number(process.env['SEEDS'] ?? 24)
for (let seed = first; seed <= last; seed++)
  test(`seed ${seed}: calls at random end, leave nothing, and refold to what they were`, () => {
    let compared = 0
    const weather = WEATHERS[seed % 3]!
    const day = randomDay(seed, planOf(seed), weather, {
      calls: 25,
      withinMs: 120_000,
      between: w => (compared += sameAsLog(w)),
      ...(seed % 5 === 0 ? { rtpPorts: 12 } : {}),
    })
    day.world.end()
    auditLog(day.world)
    auditRinging(day.world)
    assert.ok(compared > 0)
    for (const { call } of day.calls) assert.equal(call.state, 'over', `${call.id} to its caller`)
  })

for (const seed of [101, 102, 103])
  test(`RFC 4028 seed ${seed}: telephones and providers that vanish take no call with them for ever`, () => {
    const day = randomDay(seed, planOf(seed), RAIN, { calls: 25, withinMs: 120_000, vanish: 0.1 })
    day.world.run(4_000_000)
    day.world.end()
    auditLog(day.world)
  })
