import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PROBLEMS } from '../src/office/api/problems.ts'
import { PROBLEM_CODES } from '../src/plan/problem-codes.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const document = readFileSync(join(root, 'docs/errors.md'), 'utf8')

/** Every row of a table whose first cell is one code: the code, and the cells behind it. */
const rows = [...document.matchAll(/^\| `([^`]+)` *\|(.*)\|$/gm)].map(m => ({
  code: m[1]!,
  cells: m[2]!.split('|').map(cell => cell.trim()),
}))
const codes = new Set(rows.map(row => row.code))

/** A code may be a problem of the plan and one of the HTTP interface. */
function saysOf(code: string, first: string): boolean {
  return rows.some(row => row.code === code && row.cells[0] === first)
}

/** The protocols and rooms by which a literal in the sources is known to be a code. */
const CODE = /'((?:sip|sdp|rtcp|srtp|stun|wav|ogg|opus|seal|spool|media)[-.][a-z][a-z-]*)'/g

/** What looks like a code and is none: types of events, parts of stories, attributes of SDP, words of the plan, a scanner's name. */
const OTHER = new Set(['media.agreed', 'media.offered', 'media.held', 'media.resumed', 'media-drop', 'media.sock', 'rtcp-mux', 'sip-scan'])

function codesInSources(): Set<string> {
  const found = new Set<string>([...Object.keys(PROBLEM_CODES), ...Object.keys(PROBLEMS)])
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    if (file.includes('.test.') || file.includes('/testing/') || file.startsWith('src/console/')) continue
    const text = readFileSync(join(root, file), 'utf8')
    for (const m of text.matchAll(/\b(?:fault|refused)\(\s*'([^']+)'/g)) found.add(m[1]!)
    for (const m of text.matchAll(CODE)) if (!OTHER.has(m[1]!)) found.add(m[1]!)
  }
  return found
}

test('docs/errors.md explains every code of the sources, and none that is not there', () => {
  const inSources = codesInSources()
  const missing = [...inSources].filter(code => !codes.has(code))
  const invented = [...codes].filter(code => !inSources.has(code))
  assert.deepEqual({ missing, invented }, { missing: [], invented: [] })
})

test('docs/errors.md gives the HTTP status of each problem as the table does', () => {
  for (const [code, [status]] of Object.entries(PROBLEMS)) assert.ok(saysOf(code, String(status)), `${code} is ${status}`)
})

test('docs/errors.md tells the problems of a plan in the words of the catalogue', () => {
  for (const [code, sentence] of Object.entries(PROBLEM_CODES)) assert.ok(saysOf(code, sentence), `${code}: ${sentence}`)
})
