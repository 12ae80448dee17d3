import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const src = join(root, 'src')

/** The layer table of ARCHITECTURE.md. Imports go strictly downward; within wire/ a protocol may use another where the table says so. */
const ranks: Readonly<Record<string, number>> = {
  kernel: 0,
  wire: 1,
  plan: 2,
  sip: 2,
  media: 2,
  call: 3,
  recording: 4,
  resilience: 4,
  crm: 4,
  quality: 4,
  operations: 4,
  access: 4,
  store: 5,
  net: 5,
  switch: 6,
  'media-node': 6,
  office: 6,
  cli: 6,
  console: 6,
}

/** The console knows the office's HTTP interface by its types; nothing of them is left at run time. */
const typesOnly = new Set(['console → office'])

interface Import {
  readonly from: string
  readonly to: string
  readonly isType: boolean
}

function imports(): Import[] {
  const out: Import[] = []
  for (const file of globSync('**/*.{ts,tsx}', { cwd: src })) {
    const text = readFileSync(join(src, file), 'utf8')
    for (const m of text.matchAll(/(import|export)\s+(type\s)?[^'"]*?from\s+['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]/g)) {
      const target = m[3] ?? m[4]
      if (target) out.push({ from: file, to: relative(src, join(src, dirname(file), target)), isType: m[2] !== undefined })
    }
  }
  return out
}

const folderOf = (file: string): string => file.split('/')[0]!

test('every folder of src has a rank', () => {
  const folders = readdirSync(src).filter(f => statSync(join(src, f)).isDirectory())
  assert.deepEqual(
    folders.filter(f => !(f in ranks)),
    [],
  )
})

test('imports go strictly downward, equal ranks do not import each other', () => {
  const wrong = imports()
    .filter(i => folderOf(i.from) !== folderOf(i.to))
    .filter(i => !(ranks[folderOf(i.to)]! < ranks[folderOf(i.from)]!))
    .filter(i => !(i.isType && typesOnly.has(`${folderOf(i.from)} → ${folderOf(i.to)}`)))
    .filter(i => !i.from.includes('.test.'))
  assert.deepEqual(
    wrong.map(i => `${i.from} → ${i.to}`),
    [],
  )
})

test('below the edge there are no sockets, clocks, timers, randomness or disk', () => {
  const allowed = new Set(['node:crypto'])
  const wrong: string[] = []
  for (const file of globSync('**/*.ts', { cwd: src })) {
    if (ranks[folderOf(file)]! >= 5 || file.endsWith('.test.ts')) continue
    const text = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    for (const m of text.matchAll(/from\s+'(node:[^']+)'/g)) if (!allowed.has(m[1]!)) wrong.push(`${file}: ${m[1]}`)
    for (const word of ['Date.now(', 'Math.random(', 'setTimeout(', 'setInterval(', 'setImmediate(', 'performance.now('])
      if (text.includes(word)) wrong.push(`${file}: ${word}`)
  }
  assert.deepEqual(wrong, [])
})

test('ARCHITECTURE.md names every folder, also those within others', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const folders = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(f => statSync(join(src, f)).isDirectory())
  assert.deepEqual(
    folders.filter(f => !text.includes(`\`${f}/\``)),
    [],
  )
})
