import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compile } from './compile.ts'
import type { CompiledPlan } from './compiled.ts'
import { keepPlan, revivePlan } from './kept-plan.ts'
import { parsePlan } from './parse.ts'
import type { PlanText } from './problem.ts'
import { tellRoute } from './story.ts'

const valid = new URL('../../test/plans/valid/', import.meta.url)
const plans: readonly (readonly PlanText[])[] = [
  ...readdirSync(valid)
    .filter(n => n.endsWith('.yaml'))
    .map(name => [{ name, text: readFileSync(new URL(name, valid), 'utf8') }]),
  [{ name: 'clinic.yaml', text: readFileSync(new URL('../../examples/clinic/plan.yaml', import.meta.url), 'utf8') }],
  [
    { name: 'plan.yaml', text: 'plan: 1\noffice: { name: Two Files, country: KZ, timezone: Asia/Almaty }\ninclude: [people.yaml]\n' },
    {
      name: 'people.yaml',
      text: 'numbering: { ranges: { "200-299": { for: people } } }\npeople: { ann: { name: Ann, extension: "201" } }\n',
    },
  ],
]

for (const texts of plans)
  test(`OPS-03 ${texts[0]!.name}: what was kept of a plan gives the same plan as its text, places and all`, () => {
    const parsed = parsePlan(texts)
    const { plan } = compile(parsed, 7)
    assert.ok(plan)
    const kept = JSON.parse(JSON.stringify(keepPlan(parsed, plan, [2026, 2027])))
    const again = revivePlan(kept, 7)
    assert.ok(again)
    assert.deepEqual(data(again), data(plan))
    for (const path of ['numbering.emergency', 'outgoing', 'people.ann', 'office.name', 'nowhere.at.all'])
      assert.deepEqual(again.place(path), plan.place(path))
  })

test('OPS-03 a kept plan knows its holidays', () => {
  const texts = plans.find(p => p[0]!.name === 'clinic.yaml')!
  const parsed = parsePlan(texts)
  const { plan } = compile(parsed, 1)
  const kept = keepPlan(parsed, plan!, [2026])
  assert.ok(kept.holidays.some(([key, days]) => key.startsWith('KZ/') && key.endsWith('/2026') && days.length > 5))
  const question = { from: '+77011234567', to: [...plan!.lines.keys()][0]!, at: Date.parse('2026-12-16T11:00:00+05:00'), suppose: [] }
  assert.deepEqual(tellRoute(revivePlan(kept, 1)!, question), tellRoute(plan!, question))
})

/** Everything but functions. */
function data(plan: CompiledPlan): unknown {
  const seen = new Map<unknown, unknown>()
  const copy = (value: unknown): unknown => {
    if (typeof value === 'function') return 'function'
    if (value === null || typeof value !== 'object') return value
    const known = seen.get(value)
    if (known !== undefined) return known
    if (value instanceof Map) return [...value].map(copy)
    if (value instanceof Set) return [...value].map(copy)
    const out: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {}
    seen.set(value, out)
    for (const [key, inner] of Object.entries(value)) if (inner !== undefined) (out as Record<string, unknown>)[key] = copy(inner)
    return out
  }
  return copy(plan)
}
