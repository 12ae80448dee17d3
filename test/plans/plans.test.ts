/**
 * Every plan file of the corpus: the valid ones have no error, each wrong one has exactly the problems that its first line names,
 * at those lines. Codes that are warnings, or that only `check` finds, are named here with the tests that make them.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compile } from '../../src/plan/compile.ts'
import { loadPlan } from '../../src/plan/load.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import { inOrder, type PlanProblem, type PlanText, renderProblems } from '../../src/plan/problem.ts'
import { PROBLEM_CODES, type ProblemCode } from '../../src/plan/problem-codes.ts'

const here = new URL('.', import.meta.url)
const filesIn = (folder: string): string[] => readdirSync(new URL(folder, here)).filter(f => f.endsWith('.yaml'))
const textOf = (path: string): string => readFileSync(new URL(path, here), 'utf8')

/** A plan of the corpus with what it names from the folder `beside`. */
function planFiles(folder: string, name: string): PlanText[] {
  const text = textOf(`${folder}/${name}`)
  const beside = new Set([...text.matchAll(/beside\/[a-z-]+\.(?:yaml|ics)/g)].map(m => m[0]))
  return [{ name, text }, ...[...beside].map(b => ({ name: b, text: textOf(`${folder}/${b}`) }))]
}

/** '# expect: bad-country at line 3; missing at beside/people.yaml:2' → each, as 'code place'. */
function expected(text: string): string[] {
  const [, list] = /^\uFEFF?# expect: (.+?)\r?$/m.exec(text)!
  return list!.split('; ').map(item => item.replace(' at line ', ' ').replace(' at ', ' '))
}

function told(name: string, problems: readonly PlanProblem[]): string[] {
  return inOrder(problems).map(p => `${p.code} ${p.place.file === name ? '' : `${p.place.file}:`}${p.place.line}`)
}

test('the corpus is whole: 4 valid plans, 6 doubtful ones, 330 wrong ones', () => {
  assert.deepEqual(
    ['valid', 'doubtful', 'invalid'].map(folder => filesIn(folder).length),
    [4, 6, 330],
  )
})

for (const path of [...filesIn('valid').map(f => `valid/${f}`), '../../examples/clinic/plan.yaml'])
  test(`valid: ${path}`, () => {
    const files = [{ name: path, text: textOf(path) }]
    const { plan, problems } = loadPlan(files, 7)
    const errors = problems.filter(p => p.severity === 'error')
    assert.equal(errors.length, 0, renderProblems(errors, files))
    assert.equal(plan?.revision, 7)
    if (path.includes('examples')) assert.deepEqual(problems, [], renderProblems(problems, files))
  })

for (const name of filesIn('invalid'))
  test(`invalid: ${name}`, () => {
    const files = planFiles('invalid', name)
    const wanted = expected(files[0]!.text)
    const { plan, problems } = loadPlan(files, 1)
    assert.equal(plan, null)
    const errors = inOrder(problems.filter(p => p.severity === 'error'))
    const rendered = renderProblems(errors, files)
    assert.deepEqual([...new Set(told(name, errors))], wanted, rendered)
    for (const p of errors) {
      assert.ok(files.some(f => f.name === p.place.file))
      assert.ok(p.place.column >= 1)
      assert.match(p.message, /[.:]$|[.].*/, 'a whole sentence')
      assert.doesNotMatch(p.message + p.remedy, /undefined|\[object|NaN|Invalid input/)
    }
    const [first] = errors
    assert.ok(rendered.startsWith(`error ${first!.code}  ${first!.place.file}:${first!.place.line}:${first!.place.column}`))
    if (/password|pin-in-clear/.test(name))
      assert.doesNotMatch(problems.map(p => p.message + p.remedy).join(), /hunter2|s3cr3t|4711/, 'SEC-03')
  })

for (const name of filesIn('doubtful'))
  test(`doubtful: ${name}`, () => {
    const files = planFiles('doubtful', name)
    const { plan, problems } = compile(parsePlan(files), 1)
    assert.ok(plan !== null, renderProblems(problems, files))
    assert.deepEqual(told(name, problems), expected(files[0]!.text), renderProblems(problems, files))
    assert.ok(problems.every(p => p.severity === 'warning' && p.remedy !== ''))
  })

/** Found by `check`, whose mutation test breaks whole plans in each of these ways, or only ever warned of. */
const ELSEWHERE: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'too-many-hops',
  'ends-without-a-word',
  'unused',
  'emergency-single',
  'no-address',
  'shown-not-ours',
  'provider-facts',
  'reaches-unnamed',
  'never-reached',
  'unguarded-rule',
  'outside-to-paid',
  'shadowed-rule',
  'calls-back-elsewhere',
  'rota-gap',
  'rota-overlap',
  'no-outage-treatment',
  'unowned-number',
  'unheard-box',
  'range-fills',
])

test('every code of the catalogue is shown by a wrong plan, or is named as found elsewhere', () => {
  const shown = new Set(
    ['invalid', 'doubtful'].flatMap(folder =>
      filesIn(folder).flatMap(name => expected(textOf(`${folder}/${name}`)).map(item => item.split(' ')[0]!)),
    ),
  )
  const missing = Object.keys(PROBLEM_CODES).filter(code => !shown.has(code) && !ELSEWHERE.has(code as ProblemCode))
  assert.deepEqual(missing, [])
  assert.deepEqual(
    [...ELSEWHERE].filter(code => shown.has(code)),
    [],
    'needs no other place',
  )
})
