/** The plans of `examples/`: each is checked without any finding, and its golden stories are what its comments promise. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { campusPlan } from '../../examples/campus/generate.ts'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { loadPlan } from '../../src/plan/load.ts'
import { type PlanText, renderProblems } from '../../src/plan/problem.ts'
import { readPlanFiles } from '../../src/store/plan-files.ts'
import { goldenStories, holdStory } from './golden-stories.ts'

const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
const EXAMPLES = ['call-centre', 'campus', 'clinic', 'trading-company']

function clean(files: readonly PlanText[]): CompiledPlan {
  const loaded = loadPlan(files, 1)
  assert.equal(renderProblems(loaded.problems, files), '')
  return loaded.plan!
}

test('every example is listed here and in examples/README.md', () => {
  const folders = readdirSync(examples, { withFileTypes: true }).filter(e => e.isDirectory())
  assert.deepEqual(folders.map(f => f.name).sort(), EXAMPLES)
  const readme = readFileSync(`${examples}README.md`, 'utf8')
  for (const name of EXAMPLES) assert.match(readme, new RegExp(`\\(${name}/`))
})

for (const example of EXAMPLES) {
  const plan = example === 'campus' ? 'sample.yaml' : 'plan.yaml'
  test(`CHK-04 the plan of examples/${example} is checked without a finding`, async t => {
    const loaded = clean(readPlanFiles(`${examples}${example}/${plan}`))
    const stories = goldenStories(example)
    assert.ok(stories.length >= 6, `${stories.length} stories`)
    for (const story of stories) await t.test(story.title, () => holdStory(loaded, story))
  })
}

test('the campus is the same whenever it is generated, and of the size asked for', () => {
  const small = { extensions: 100, queues: 5, lines: 20 }
  assert.equal(campusPlan(small), readFileSync(`${examples}campus/sample.yaml`, 'utf8'))
  const plan = clean([{ name: 'campus.yaml', text: campusPlan({ extensions: 600, queues: 30, lines: 120, seed: 5 }) }])
  assert.equal(plan.accounts.size, 600)
  assert.equal(plan.lines.size, 120)
  assert.equal(Object.keys(plan.source.queues).length, 30)
  assert.notEqual(campusPlan({ ...small, seed: 2 }), campusPlan(small))
})

test('NUM-04 a range that two files bring is refused with both places', () => {
  const files = readPlanFiles(`${examples}trading-company/plan.yaml`)
  const again = { name: 'again.yaml', text: 'numbering:\n  ranges:\n    "400-419": { reserved: Fourth branch }\n' }
  const { plan, problems } = loadPlan([...files, again], 1)
  assert.equal(plan, null)
  assert.deepEqual(
    problems.map(p => `${p.code} ${p.place.file}:${p.place.line} ${p.message}`),
    ["duplicate-key again.yaml:3 'numbering.ranges.400-419' is also written in warsaw.yaml at line 11."],
  )
})
