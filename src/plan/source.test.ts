import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { parsePlan } from './parse.ts'
import type { PlanText } from './problem.ts'
import { includesOf } from './source.ts'

const small = readFileSync(new URL('../../test/plans/valid/small-office.yaml', import.meta.url), 'utf8')
const told = (...files: PlanText[]): string[] => compile(parsePlan(files), 1).problems.map(p => `${p.code} ${p.place.file}:${p.place.line}`)
const file = (name: string, text: string): PlanText => ({ name, text })
const main = (include: string, text = small): PlanText => file('plan.yaml', `include: ${include}\n${text}`)

test('problems name the file in which they stand', () => {
  const people = file('people.yaml', 'people:\n  cat: { name: Cat Grey, extension: "203", department: frnt }\n')
  const lines = file('more/lines.yaml', 'lines:\n  "+77272500001": { to: dask, owner: ann }\n')
  assert.deepEqual(told(main('[people.yaml, more/lines.yaml]'), people, lines).sort(), [
    'dangling-reference more/lines.yaml:2',
    'dangling-reference people.yaml:2',
  ])
})

test('sections are joined, ranges and short codes too; a person or a line stands in one file only', () => {
  const branch = file(
    'branch.yaml',
    'numbering:\n  ranges:\n    "300-319": { for: people, owner: ann }\n  short-codes: { "*11": ann }\npeople:\n  cat: { name: Cat, extension: "301" }\n',
  )
  assert.deepEqual(told(main('[branch.yaml]'), branch), [])
  const twice = file(
    'twice.yaml',
    'numbering:\n  ranges:\n    "200-299": { reserved: Other }\nlines:\n  "+77272500000": { to: ann, owner: ann }\n',
  )
  assert.deepEqual(told(main('[twice.yaml]'), twice), ['duplicate-key twice.yaml:3', 'duplicate-key twice.yaml:5'])
})

test('files that include each other, or themselves, are read once', () => {
  const a = file('a.yaml', 'include: [b.yaml, a.yaml]\npeople:\n  cat: { name: Cat, extension: "203" }\n')
  const b = file('b.yaml', 'include: [a.yaml, plan.yaml]\npeople:\n  dan: { name: Dan, extension: "204" }\n')
  assert.deepEqual(told(main('[a.yaml]'), a, b), [])
})

test('SEC-04 nothing outside of the plan’s folder is asked for', () => {
  const text =
    'include: [people.yaml, ../secrets.yaml, /etc/passwd, "C:\\\\x.yaml", a/../../b.yaml]\nrotas:\n  week: { ical: ../../etc/shadow }\n'
  assert.deepEqual(includesOf(text, 'plan.yaml'), ['people.yaml'])
  assert.deepEqual(includesOf('include: [../people.yaml]\n', 'branches/astana.yaml'), ['../people.yaml'], 'within the folder it may climb')
  assert.deepEqual(includesOf('include: [../../people.yaml]\n', 'branches/astana.yaml'), [])
})

test('a calendar beside the plan becomes part of it, and is kept with it', () => {
  const feed = file(
    'feeds/on-call.ics',
    'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:On call: Ann Green\r\nDTSTART;VALUE=DATE:20261102\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
  )
  const text = small.replace(/ {2}week: .*/, '  week: { ical: feeds/on-call.ics, reach: mobile }')
  const parsed = parsePlan([file('plan.yaml', text), feed])
  const { plan, problems } = compile(parsed, 1)
  assert.deepEqual(problems, [])
  assert.equal(plan!.rotas.get('week')!.at(Date.parse('2026-12-24T12:00:00+05:00'))?.who, 'ann')
  assert.deepEqual(includesOf(text, 'plan.yaml'), ['feeds/on-call.ics'])
  // What is kept is plain JSON.
  const kept = JSON.parse(JSON.stringify(parsed.plan)) as typeof parsed.plan
  const again = compile({ plan: kept, source: parsed.source, problems: [] }, 1).plan
  assert.equal(again!.rotas.get('week')!.at(Date.parse('2026-12-24T12:00:00+05:00'))?.who, 'ann')
})

test('a role held from a day on rings whoever holds it on the day', () => {
  const text = small.replace('held-by: [ann, bob]', 'held-by: [ { who: ann, until: 2026-12-01 }, { who: bob, from: 2026-12-01 } ]')
  const { plan, problems } = compile(parsePlan([file('plan.yaml', text)]), 1)
  assert.deepEqual(problems, [])
  const role = plan!.nodes.get('role:operator')
  assert.ok(role?.kind === 'role')
  const rota = plan!.rotas.get(role.rota!)!
  assert.deepEqual(
    ['2026-11-30T23:00:00+05:00', '2026-12-01T00:00:00+05:00'].map(t => rota.at(Date.parse(t))?.who),
    ['ann', 'bob'],
  )
})

test('a byte order mark and Windows line ends change nothing', () => {
  assert.deepEqual(told(file('plan.yaml', `\uFEFF${small}`)), [])
  assert.deepEqual(told(file('plan.yaml', small.replaceAll('\n', '\r\n'))), [])
})
