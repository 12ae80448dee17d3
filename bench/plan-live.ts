/**
 * The long form of test/scenario/exchange/proven-day.test.ts: `node bench/plan-live.ts [PLANS] [CALLS EACH] [FIRST SEED]`. Random plans
 * are checked, then telephones call through them in the live machine, in virtual time, over good and bad networks; the first call that
 * does what the check ruled out ends the run with its story.
 */
import { loadPlan } from '../src/plan/load.ts'
import { randomPlan } from '../test/plans/random-plans.ts'
import { provenDay } from '../test/scenario/exchange/proven-day.ts'
import { CALM, type Weather } from '../test/scenario/sip/fake-network.ts'

const [plans = 200, callsEach = 100, first = 1] = process.argv.slice(2).map(Number)
const WEATHERS: readonly Weather[] = [
  CALM,
  { loss: 0.05, duplicate: 0.02, minDelayMs: 1, maxDelayMs: 40 },
  { loss: 0.2, duplicate: 0.05, minDelayMs: 1, maxDelayMs: 150 },
]
let calls = 0
let decisions = 0
for (let seed = first; seed < first + plans; seed++) {
  const { compiled, report } = loadPlan([{ name: `random-${seed}.yaml`, text: randomPlan(seed) }], 1)
  if (compiled === null || report === null) throw new Error(`seed ${seed}: the plan does not compile`)
  const day = provenDay(seed, compiled, report, WEATHERS[seed % WEATHERS.length]!, callsEach)
  calls += day.calls
  decisions += day.decisions
}
console.log(`${plans} plans, ${calls} calls by telephones, ${decisions} decisions: no claim contradicted.`)
