import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile } from './compile.ts'
import { loadPlan } from './load.ts'
import { parsePlan } from './parse.ts'
import { nearest, renderProblems } from './problem.ts'
import { isDate } from './schema/calendar-words.ts'
import { durationMs } from './schema/durations.ts'
import { planJsonSchema } from './schema/reference.ts'
import { includesOf } from './source.ts'

const small = readFileSync(new URL('../../test/plans/valid/small-office.yaml', import.meta.url), 'utf8')

test('all problems are told at once, each with place, and rendered with their lines', () => {
  const text = small
    .replace('extension: "202"', 'extention: "202"')
    .replace('for: 25s', 'for: soon')
    .replace('country: KZ', 'country: Kz')
    .replace('"secret:provider"', 'hunter2')
  const { problems } = parsePlan([{ name: 'plan.yaml', text }])
  assert.deepEqual(problems.map(p => p.code).sort(), ['bad-country', 'bad-duration', 'plain-secret', 'unknown-key'])
  const shown = renderProblems(problems, [{ name: 'plan.yaml', text }])
  assert.match(shown, /error unknown-key {2}plan\.yaml:20:\d+ {2}people\.bob\.extention/)
  assert.match(shown, /Did you mean 'extension'\?/)
  assert.match(shown, /4 errors, 0 warnings/)
  const [frame] = shown.split('\n\n')
  const lines = frame!.split('\n')
  const caret = lines.findIndex(l => /│ *\^$/.test(l))
  assert.ok(caret > 0)
  assert.equal(lines[caret]!.indexOf('^') - lines[caret]!.indexOf('│') - 2, Number(/:(\d+) {2}/.exec(lines[0]!)![1]) - 1)
})

test('references are all told at once too', () => {
  const text = small.replace('to: desk,', 'to: dask,').replace('turns: [ann]', 'turns: [anne]').replace('link: isp }', 'link: ips }')
  const { problems } = compile(parsePlan([{ name: 'p', text }]), 1)
  assert.deepEqual(
    problems.map(p => p.code),
    ['dangling-reference', 'dangling-reference', 'dangling-reference'],
  )
})

test('a plan in several files: sections are joined, places name their file', () => {
  const people = 'people:\n  cat: { name: Cat, extension: "203" }\nvoicemail:\n  spare: { number: "681" }\n'
  const main = 'include: [people.yaml]\n' + small
  assert.deepEqual(includesOf(main), ['people.yaml'])
  const { plan } = loadPlan(
    [
      { name: 'plan.yaml', text: main },
      { name: 'people.yaml', text: people },
    ],
    1,
  )
  assert.equal(plan?.nodes.get('person:cat')?.place.file, 'people.yaml')
  assert.equal(plan?.nodes.get('person:cat')?.place.line, 2)
  const twice = loadPlan(
    [
      { name: 'plan.yaml', text: main },
      { name: 'people.yaml', text: 'people:\n  ann: { name: Other, extension: "204" }\n' },
    ],
    1,
  )
  assert.deepEqual(
    twice.problems.map(p => [p.code, p.place.file, p.place.line]),
    [['duplicate-key', 'people.yaml', 2]],
  )
})

test('an empty file, a list, a comment', () => {
  for (const [text, code] of [
    ['', 'empty-plan'],
    ['# nothing yet\n', 'empty-plan'],
    ['- plan\n', 'not-a-map'],
    ['plan', 'not-a-map'],
  ] as const)
    assert.deepEqual(
      parsePlan([{ name: 'p', text }]).problems.map(p => p.code),
      [code],
      text,
    )
})

test('SEC-04 hostile YAML: aliases that multiply, deep nesting, strange keys', () => {
  const bomb =
    'a: &a [x, x, x, x, x, x, x, x, x]\n' +
    'bcdefghi'
      .split('')
      .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`)
      .join('\n')
  assert.ok(parsePlan([{ name: 'p', text: bomb }]).problems.length > 0)
  assert.ok(parsePlan([{ name: 'p', text: 'x: ' + '['.repeat(500) }]).problems.length > 0)
  assert.ok(parsePlan([{ name: 'p', text: '__proto__: { polluted: yes }\nconstructor: 1\n' }]).problems.length > 0)
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
  const odd = small.replace('  bob: { name', '  constructor: { name').replaceAll('bob', 'constructor')
  assert.ok(loadPlan([{ name: 'p', text: odd }], 1).plan, 'names of objects’ own machinery are names like others')
})

test('property SEC-04: whatever is done to the text, reading it never throws and every problem has a place', () => {
  const cut = fc.tuple(
    fc.nat(small.length),
    fc.nat(40),
    fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('{', '}', '[', ']', ':', '"', '&a ', '*a', '- ', '\t', '\n', '!!x ', '|', '%')),
  )
  fc.assert(
    fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), cuts => {
      let text = small
      for (const [at, length, put] of cuts) text = text.slice(0, at) + put + text.slice(at + length)
      const files = [{ name: 'p', text }]
      const { plan, problems } = loadPlan(files, 1)
      assert.ok(plan !== null || problems.some(p => p.severity === 'error'))
      for (const p of problems) assert.ok(p.place.line >= 1 && p.place.column >= 1 && p.message !== '' && p.code !== 'bad-value')
      renderProblems(problems, files)
    }),
    { numRuns: 120 },
  )
})

test('the schema becomes JSON Schema for editors', () => {
  const schema = planJsonSchema() as { properties: Record<string, unknown> }
  assert.ok(['office', 'people', 'lines', 'drills'].every(k => k in schema.properties))
})

test('durations and days', () => {
  assert.deepEqual(
    ['25s', '1.5min', '8h', '90 days', '3 years', '500ms'].map(durationMs),
    [25_000, 90_000, 28_800_000, 7_776_000_000, 94_608_000_000, 500],
  )
  assert.deepEqual(['25', 's', '25 seconds', '-5s', ''].map(durationMs), [null, null, null, null, null])
  assert.deepEqual(['2028-02-29', '2027-02-29', '2026-13-01', '2100-02-29', '2000-02-29'].map(isDate), [true, false, false, false, true])
})

test('did you mean', () => {
  assert.equal(nearest('extention', ['extension', 'email']), 'extension')
  assert.equal(nearest('recpetion', ['reception', 'sales']), 'reception')
  assert.equal(nearest('xyz', ['reception']), null)
})
