/** Every plan file of the corpus: the valid ones have no error, each wrong one has exactly the problem that its first line names. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadPlan } from '../../src/plan/load.ts'
import { renderProblems } from '../../src/plan/problem.ts'

const here = new URL('.', import.meta.url)
const filesIn = (folder: string): string[] => readdirSync(new URL(folder, here)).filter(f => f.endsWith('.yaml'))
const textOf = (path: string): string => readFileSync(new URL(path, here), 'utf8')

test('the corpus is whole: 4 valid plans, 102 wrong ones', () => {
  assert.deepEqual([filesIn('valid').length, filesIn('invalid').length], [4, 102])
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
    const text = textOf(`invalid/${name}`)
    const [, code, line] = /^# expect: (\S+) at line (\d+)$/m.exec(text)!
    const files = [{ name, text }]
    const { plan, problems } = loadPlan(files, 1)
    assert.equal(plan, null)
    const errors = problems.filter(p => p.severity === 'error')
    const rendered = renderProblems(errors, files)
    assert.deepEqual([...new Set(errors.map(p => p.code))], [code], rendered)
    assert.equal(errors[0]!.place.line, Number(line), rendered)
    for (const p of errors) {
      assert.equal(p.place.file, name)
      assert.ok(p.place.column >= 1)
      assert.match(p.message, /[.:]$|[.].*/, 'a whole sentence')
      assert.doesNotMatch(p.message + p.remedy, /undefined|\[object|NaN/)
    }
    assert.match(rendered, new RegExp(`^error ${code}  ${name}:${line}:`))
    if (name.includes('password')) assert.doesNotMatch(problems.map(p => p.message + p.remedy).join(), /hunter2|s3cr3t/, 'SEC-03')
  })
