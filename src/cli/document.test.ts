import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const sketch = join(root, 'test/plans/valid/sketch.yaml')

function switchroom(...args: string[]): { readonly status: number | null; readonly out: string; readonly err: string } {
  const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'src/cli/main.ts'), ...args], {
    encoding: 'utf8',
  })
  return { status: run.status, out: run.stdout, err: run.stderr }
}

test('NUM-07 the command writes the documents in every language, and the contents lead to all of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-documents-'))
  try {
    const { status, err } = switchroom('document', sketch, '--out', folder, '--language', 'all', '--at', '2026-11-24')
    assert.equal(status, 0, err)
    for (const language of ['en', 'ru', 'kk']) {
      const index = readFileSync(join(folder, language, 'index.html'), 'utf8')
      const links = [...index.matchAll(/href="([^"#]+)"/g)].map(m => m[1]!)
      assert.ok(links.length > 6)
      for (const link of links) assert.ok(existsSync(join(folder, language, link)), `${language}/${link}`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('NUM-06 the command proposes numbers and blocks, for people and for programs', () => {
  const numbers = switchroom('next-free', sketch, '--for', 'people', '--site', 'branch', '--count', '3', '--json')
  assert.deepEqual(
    (JSON.parse(numbers.out) as { numbers: { number: string }[] }).numbers.map(n => n.number),
    ['400', '401', '402'],
  )
  const block = switchroom('next-free', sketch, '--site', 'astana', '--block', '20')
  assert.match(
    block.out,
    /^430-449 {2}20 numbers, all free\n[\s\S]*"450-499": \{ reserved: "Branch growth" \}\n[\s\S]*None of the \d+ numbers in use changes/,
  )
})

test('what cannot be done is said with what can', () => {
  for (const [args, words] of [
    [['document', sketch], /where shall the documents go/],
    [['document', sketch, '--out', '/tmp/x', '--language', 'de'], /en, ru, kk or all/],
    [['document', sketch, '--out', '/tmp/x', '--at', 'soon'], /2026-12-31/],
    [['next-free', sketch, '--for', 'peopel'], /Did you mean 'people'/],
    [['next-free', sketch, '--site', 'Not a site'], /lower-case words/],
    [['next-free', sketch, '--count', '0'], /--count 0/],
  ] as const) {
    const run = switchroom(...args)
    assert.equal(run.status, 2, args.join(' '))
    assert.match(run.err, words)
  }
})
