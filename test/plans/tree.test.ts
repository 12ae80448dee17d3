import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { compile } from '../../src/plan/compile.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import { type RouteTree, routeTree, treeText } from '../../src/plan/tree.ts'

const folder = new URL('./golden/', import.meta.url)
const { plan } = compile(parsePlan([{ name: 'plan.yaml', text: readFileSync(new URL('diff/clinic.yaml', folder), 'utf8') }]), 1)
const AT = Date.parse('2026-11-24T10:00:00+05:00')
const grow = (from: string, to: string, suppose: readonly string[] = [], language: 'en' | 'ru' | 'kk' = 'en'): RouteTree => {
  const tree = routeTree(plan!, { from, to, at: AT, suppose, language })
  assert.ok(tree.ok, tree.ok ? '' : tree.error.message)
  return tree.value
}

test('CHK-04 every way a call can go, in three languages: golden', () => {
  const questions: readonly [string, string, readonly string[]][] = [
    ['87015550101', '+77272500000', []],
    ['87015550101', '+77272500020', []],
    ['87015550101', '+77272500030', []],
    ['aida', '8 701 444 11 22', []],
    ['aida', '8 701 444 11 22', ['link isp-b down']],
  ]
  for (const language of ['en', 'ru', 'kk'] as const) {
    const file = new URL(`tree/clinic.${language}.txt`, folder)
    const out = questions
      .map(([from, to, s]) => `# ${from} → ${to} ${s.join(', ')}\n${treeText(grow(from, to, s, language), language)}\n`)
      .join('\n')
    if (process.env['WRITE_GOLDEN'] === '1') writeFileSync(file, out)
    assert.equal(out, readFileSync(file, 'utf8'))
  }
})

test('IN-07 every branch ends: no way is cut off', () => {
  const seen = new Set<number>()
  const walk = (tree: RouteTree): void => {
    if (seen.has(tree.id)) return
    seen.add(tree.id)
    if (tree.branches.length === 0) assert.ok(['voicemail', 'end', 'echo', 'menu'].includes(tree.action), tree.told)
    for (const branch of tree.branches) {
      assert.ok(branch.to !== null)
      walk(branch.to)
    }
  }
  for (const number of plan!.lines.keys()) walk(grow('87015550101', number))
  for (const number of plan!.dial.keys()) walk(grow(number === '201' ? '202' : '201', number))
})

test('a part that was shown is referred to', () => {
  assert.match(treeText(grow('87015550101', '+77272500030'), 'en'), /as above, \[\d+\]|voicemail/)
})

test('a supposition that makes no sense is told so', () => {
  const tree = routeTree(plan!, { from: '202', to: '201', at: AT, suppose: ['adia busy'] })
  assert.ok(!tree.ok)
  assert.match(tree.error.message, /'aida'/)
})
