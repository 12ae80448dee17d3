/**
 * CHK-04: calls that the check tells as witnesses, made by telephones. A witness whose world can be set up before the call (telephones
 * away, trunks down) is played from its first to its last step; worlds that change on the way are left to the decision function.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Witness } from '../../../src/plan/check/finding.ts'
import { replayWitness } from '../../../src/plan/check.ts'
import type { CompiledPlan } from '../../../src/plan/compiled.ts'
import type { Outcome } from '../../../src/plan/decision.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import type { CallCase } from '../../plans/cases.ts'
import { randomPlan } from '../../plans/random-plans.ts'
import { sketch } from '../../plans/sketch.ts'
import { CALM } from '../sip/fake-network.ts'
import { paper, play } from './played-case.ts'

/** Null when telephones cannot bring its world about beforehand. */
function caseOf(plan: CompiledPlan, witness: Witness): CallCase | null {
  const suppose = new Set<string>()
  for (const { world } of witness.steps) {
    for (const account of world.away ?? []) suppose.add(`${account} away`)
    for (const trunk of world.trunksDown ?? []) suppose.add(`${trunk} down`)
    if (world.busy || world.trunksFull || world.queues || world.treatments || world.forwards || world.overrides || world.spent) return null
  }
  if (witness.steps.some(s => s.outcome?.was === 'waiting')) return null
  const ways = replayWitness(plan, witness).flatMap((told, i) => {
    const { outcome } = witness.steps[i]!
    return outcome === null ? [sketch(told.action)] : [wordsOf(outcome), sketch(told.action)]
  })
  const { origin } = witness
  const from = origin.kind === 'trunk' ? `${origin.trunk}/${origin.number ?? ''}` : origin.account
  const at = new Date(witness.startMs).toISOString()
  return { title: '', plan: plan as never, from, to: witness.dialled, at, suppose: [...suppose], ways }
}

function wordsOf(outcome: Outcome): string {
  if (outcome.was === 'keys') return `keys ${outcome.keys}`
  return outcome.was === 'failed' ? `failed ${outcome.status}` : outcome.was
}

test('CHK-04 witnesses of findings are calls that telephones can make: they go step by step as the check has told', () => {
  const played = new Map<string, number>()
  for (let seed = 1; seed <= 60; seed++) {
    const { compiled, report } = loadPlan([{ name: `random-${seed}.yaml`, text: randomPlan(seed) }], 1)
    assert.ok(compiled !== null && report !== null)
    for (const finding of report.findings) {
      const c: CallCase | null = finding.witness === undefined ? null : caseOf(compiled, finding.witness)
      if (c === null) continue
      const steps = paper(c)
      const told: string[] = c.ways.filter((_, i) => i % 2 === 0)
      if (JSON.stringify(steps.map(s => sketch(s.action))) !== JSON.stringify(told)) continue
      const { world, decided } = play(c, steps, CALM, seed)
      assert.deepEqual(decided.slice(0, steps.length).map(sketch), told, `seed ${seed}: ${finding.code}: ${finding.message}`)
      for (const p of [...world.phones.values(), ...world.providers.values()]) for (const open of p.open) p.hangUp(open)
      world.end()
      played.set(finding.code, (played.get(finding.code) ?? 0) + 1)
    }
  }
  const sum = [...played.values()].reduce((a, b) => a + b, 0)
  console.log(`${sum} witnesses played by telephones: ${[...played].map(([code, n]) => `${code} ${n}`).join(', ')}`)
  assert.ok(sum >= 40, `only ${sum}`)
})
