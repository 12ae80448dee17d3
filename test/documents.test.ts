import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const documents = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })].sort()

test('every link of the documents leads to a file or folder that is there', () => {
  const broken: string[] = []
  for (const name of documents) {
    const text = readFileSync(join(root, name), 'utf8')
    for (const m of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
      if (!/^https?:/.test(m[1]!) && !existsSync(join(root, dirname(name), m[1]!))) broken.push(`${name} → ${m[1]}`)
  }
  assert.deepEqual(broken, [])
})

test('every decision has a number of its own, a title that carries it, and is found by number', () => {
  const files = globSync('docs/adr/*.md', { cwd: root }).sort()
  const numbers = files.map(f => /docs\/adr\/(\d{4})-[a-z0-9-]+\.md$/.exec(f)?.[1])
  assert.equal(new Set(numbers).size, files.length)
  for (const [i, file] of files.entries())
    assert.match(readFileSync(join(root, file), 'utf8'), new RegExp(`^# ${Number(numbers[i])}\\. `), `${file} begins with its number`)
})

test('every package that package.json asks for has its reason in ADR 5', () => {
  const asked = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string>>
  const reasons = readFileSync(join(root, 'docs/adr/0005-dependencies.md'), 'utf8')
  const names = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap(kind => Object.keys(asked[kind] ?? {}))
  assert.deepEqual(
    names.filter(name => !reasons.includes(`\`${name}\``)),
    [],
  )
})
