/**
 * The long form of test/plans/check-random.test.ts: `node bench/plan-random.ts [PLANS] [CALLS EACH] [FIRST SEED]`. Random plans are
 * checked, then random calls wander through them; the first call that does what the check ruled out ends the run with its story.
 */
import { replayWitness } from '../src/plan/check.ts'
import { loadPlan } from '../src/plan/load.ts'
import { randomOf, randomPlan, walk } from '../test/plans/random-plans.ts'

const [plans = 1_000, calls = 1_000, first = 1] = process.argv.slice(2).map(Number)
let walked = 0
let steps = 0
let good = 0
let witnesses = 0
for (let seed = first; seed < first + plans; seed++) {
  const { compiled, report, plan } = loadPlan([{ name: `random-${seed}.yaml`, text: randomPlan(seed) }], 1)
  if (compiled === null || report === null) throw new Error(`seed ${seed}: the plan does not compile`)
  if (plan !== null) good++
  for (const f of report.findings) if (f.witness !== undefined) witnesses += replayWitness(compiled, f.witness).length > 0 ? 1 : 0
  const random = randomOf(seed * 7919)
  for (let n = 0; n < calls; n++) {
    try {
      steps += walk(compiled, report, random).steps
    } catch (error) {
      console.error(`seed ${seed}, call ${n}: ${(error as Error).message}`)
      process.exit(1)
    }
    walked++
  }
}
console.log(
  `${plans} plans, ${good} of them without an error; ${walked} calls of ${steps} steps: no claim contradicted; ${witnesses} witnesses replayed.`,
)
