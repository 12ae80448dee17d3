/** CHK-04: what the check claims of random plans, against random calls. `bench/plan-random.ts` does the same with millions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replayWitness } from '../../src/plan/check.ts'
import { loadPlan } from '../../src/plan/load.ts'
import { randomOf, randomPlan, walk } from './random-plans.ts'

test('CHK-04 IN-07 no claim about sixty random plans is contradicted by ten thousand random calls', () => {
  let walked = 0
  let proven = 0
  for (let seed = 1; seed <= 60; seed++) {
    const { compiled, report, problems } = loadPlan([{ name: `random-${seed}.yaml`, text: randomPlan(seed) }], 1)
    assert.ok(compiled !== null && report !== null, `${seed}: ${problems.map(p => `${p.place.line} ${p.message}`).join('; ')}`)
    for (const f of report.findings) if (f.witness !== undefined) assert.ok(replayWitness(compiled, f.witness).length > 0)
    if (problems.every(p => p.severity !== 'error')) proven++
    const random = randomOf(seed * 7919)
    for (let n = 0; n < 170; n++, walked++)
      try {
        walk(compiled, report, random)
      } catch (error) {
        assert.fail(`seed ${seed}: ${(error as Error).message}`)
      }
  }
  assert.ok(walked > 10_000)
  assert.ok(proven >= 8, `only ${proven} of the plans were good`)
})
