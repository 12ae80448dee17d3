/** CHK-04: good plans broken in every way that the findings name; the check catches each, and its witnesses show what it says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { judge } from '../../src/plan/check/judge.ts'
import { check, type Finding, replayWitness } from '../../src/plan/check.ts'
import { compile } from '../../src/plan/compile.ts'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import type { PlanProblem } from '../../src/plan/problem.ts'
import type { Plan } from '../../src/plan/schema/plan-schema.ts'
import { readPlanFiles } from '../../src/store/plan-files.ts'
import { MUTATORS } from './mutants.ts'

const fromMs = Date.UTC(2026, 10, 23)
/** The plan, and at how many places each mistake is made in it. */
const PLANS: readonly (readonly [string, number])[] = [
  ['valid/small-office.yaml', 99],
  ['valid/branches.yaml', 99],
  ['../../examples/clinic/plan.yaml', 99],
  ['valid/sketch.yaml', 2],
  ['../../examples/trading-company/plan.yaml', 1],
]

const read = (path: string) => parsePlan(readPlanFiles(fileURLToPath(new URL(path, import.meta.url))))

interface Judged {
  readonly plan: CompiledPlan | null
  readonly problems: readonly PlanProblem[]
}

function judged(parsed: ReturnType<typeof read>, plan: Plan): Judged {
  const compiled = compile({ plan, source: parsed.source, problems: [] }, 1)
  if (compiled.plan === null) return { plan: null, problems: compiled.problems }
  return { plan: compiled.plan, problems: [...compiled.problems, ...check(compiled.plan, { fromMs }).findings] }
}

const name = (p: PlanProblem): string => `${p.code}|${p.place.path}|${p.message}`
let made = 0

for (const [path, most] of PLANS)
  test(`CHK-04 every mistake made in ${path.replace('../../', '')} is caught`, () => {
    const parsed = read(path)
    const before = new Set(judged(parsed, parsed.plan!).problems.map(name))
    const missed: string[] = []
    for (const mutator of MUTATORS)
      mutator
        .breaks(parsed.plan!)
        .slice(0, most)
        .forEach((breaks, i) => {
          const copy = structuredClone(parsed.plan!)
          breaks(copy as never)
          made++
          const { plan, problems } = judged(parsed, copy)
          const found = problems.filter(p => !before.has(name(p)))
          if (!found.some(p => p.code === mutator.code))
            missed.push(`${mutator.name} #${i}: ${[...new Set(found.map(p => p.code))].join(', ') || 'nothing'}`)
          if (plan !== null) for (const p of found) shows(plan, p)
        })
    assert.deepEqual(missed, [])
  })

test('there are 500 mistakes and more', () => {
  assert.ok(made >= 500, String(made))
})

/** A finding's call, played again, ends with a step that has the flaw. */
function shows(plan: CompiledPlan, finding: Finding): void {
  if (finding.witness === undefined) return
  const last = replayWitness(plan, finding.witness).at(-1)!
  if (finding.code.startsWith('emergency')) return
  const flaws = judge(plan, last.step, { allWell: finding.witness.steps.length === 1, byUser: false })
  assert.ok(
    flaws.some(f => f.code === finding.code),
    `${finding.code} ${finding.message}`,
  )
}
