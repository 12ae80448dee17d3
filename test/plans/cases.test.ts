/** The case table against the decision function. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { enter, next } from '../../src/plan/decide.ts'
import type { Origin, Outcome } from '../../src/plan/decision.ts'
import { loadPlan } from '../../src/plan/load.ts'
import { suppose } from '../../src/plan/suppose.ts'
import { CASES, type CallCase, WAITING_CASES } from './cases.ts'
import { sketch } from './sketch.ts'

const plans = new Map<string, CompiledPlan>()
function planOf(name: CallCase['plan']): CompiledPlan {
  let plan = plans.get(name)
  if (plan === undefined) {
    const file =
      name === 'clinic' ? new URL('../../examples/clinic/plan.yaml', import.meta.url) : new URL(`valid/${name}.yaml`, import.meta.url)
    const loaded = loadPlan([{ name, text: readFileSync(file, 'utf8') }], 1)
    assert.deepEqual(
      loaded.problems.filter(p => p.severity === 'error'),
      [],
    )
    plan = loaded.plan!
    plans.set(name, plan)
  }
  return plan
}

export function originOf(from: string): Origin {
  const slash = from.indexOf('/')
  if (slash < 0) return { kind: 'device', account: from }
  const number = from.slice(slash + 1)
  return { kind: 'trunk', trunk: from.slice(0, slash), number: number === '' ? null : number }
}

function outcomeOf(text: string): Outcome {
  const [was, status] = text.split(' ')
  if (was === 'keys') return { was, keys: status! }
  return was === 'failed' ? { was, status: Number(status) } : { was: was as 'busy' }
}

for (const c of [...CASES, ...WAITING_CASES])
  test(`${c.plan}: ${c.title}`, () => {
    const plan = planOf(c.plan)
    const world = suppose(plan, c.suppose ?? [])
    assert.ok(world.ok, world.ok ? '' : world.error.message)
    let nowMs = Date.parse(c.at)
    let step = enter(plan, world.value.facts(nowMs), originOf(c.from), c.to)
    const ways: string[] = [sketch(step.action)]
    for (let i = 1; i < c.ways.length; i += 2) {
      const outcome = outcomeOf(c.ways[i]!)
      nowMs += outcome.was === 'no-answer' && 'forMs' in step.action ? step.action.forMs : outcome.was === 'waiting' ? 5_000 : 1_000
      step = next(plan, world.value.facts(nowMs), step.position, outcome)
      ways.push(c.ways[i]!, sketch(step.action))
    }
    assert.deepEqual(ways, c.ways, step.reasons.map(r => r.text).join('\n'))
    for (const r of step.reasons) assert.ok(r.text !== '' && !r.text.includes('{'), r.code)
  })
