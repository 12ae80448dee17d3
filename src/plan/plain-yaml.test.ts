import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { readPlainYaml } from './plain-yaml.ts'
import { readSource } from './source.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const corpus = globSync(['examples/**/*.yaml', 'test/plans/**/*.yaml'], { cwd: root }).map(name => ({
  name,
  text: readFileSync(`${root}${name}`, 'utf8'),
}))

/** Whatever is read plainly is what the library reads, to the last column; and the library finds no fault with it. */
function agrees(text: string): boolean {
  const plain = readPlainYaml(text, 0)
  if (plain === null) return false
  const whole = readSource([{ name: 'p', text }], true)
  const both = readSource([{ name: 'p', text }])
  assert.deepEqual(whole.source.root, both.source.root, text)
  assert.deepEqual(whole.problems, both.problems, text)
  assert.deepEqual(whole.source.placeAt(0, text.length - 1, []), both.source.placeAt(0, text.length - 1, []))
  return true
}

test('every plan of the corpus: read plainly or not at all, and then as the library reads it', () => {
  const plainly = corpus.filter(f => agrees(f.text)).map(f => f.name)
  assert.ok(plainly.length > corpus.length / 2)
  for (const name of ['examples/clinic/plan.yaml', 'examples/campus/sample.yaml']) assert.ok(plainly.includes(name), name)
})

test('small texts of all kinds', () => {
  const read = [
    'a: b',
    'a: b # c',
    'a: b#c',
    'a:\n  b: c\n  d: e\nf: g\n',
    'a:\n  - b\n  - { c: d }\n  - [e, f]\n',
    'a: {}\nb: []\n',
    'a: { b: [c, { d: "e" }], f: \'g\' }',
    'a: 1\nb: 4.0\nc: +7\nd: 007\ne: true\nf: null\ng: Null\nh: nully\ni: 2026-12-31\nj: 09:00-18:00\nk: yes\nl: no\nm: 203.0.113.10\nn: .5\no: 1.\np: 12345678901234567890\n',
    '# only\n\na: b\n   # in between\nb: c\n',
    '"+7727": { to: x }\n\'*1\': y\n10: z\nнет: да\n',
    'a: b c  d   \n',
    'a:   { b: c }   # d\n',
    'a: http://x/y\nb: 8 701 222 33 44\nc: (727) 1\n',
  ]
  for (const text of read) assert.ok(agrees(text), text)
  const left = [
    'a: &x b\nc: *x\n',
    'a: |\n  b\n',
    'a: b\n  c\n',
    'a:\n',
    'a:\n- b\n',
    'a: "b\\n"\n',
    "a: 'it''s'\n",
    'a: { b: c,\n  d: e }\n',
    'a: { b, c: d }\n',
    'a: { b: c, b: d }\n',
    'a: b: c\n',
    'a: 1e5\n',
    'b: 0x10\n',
    'a\n',
    '- a\n',
    '',
    '---\na: b\n',
    'a: b\n...\n',
    'a: b\n b: c\n',
    'a: [b: c]\n',
    'a: {b: c}d\n',
    'a: "b" c\n',
    '? a\n: b\n',
    'a:\tb\n',
    'a: @b\n',
    'a: b]\nc: - d\n',
  ]
  for (const text of left) agrees(text)
  assert.equal(readPlainYaml('a: &x b\n', 0), null)
})

test('property SEC-04: the two readings never differ, whatever is done to a plan', () => {
  const bases = corpus.filter(f => f.name.includes('valid/') || f.name.includes('clinic')).map(f => f.text)
  const piece = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ': ',
      ' #',
      '"',
      "'",
      ',',
      ', ',
      '- ',
      '\n',
      '\n  ',
      '  ',
      '&a ',
      '*a',
      '|',
      '? ',
      '%',
      '!x ',
      '~',
      '1.0',
      '0x1',
      '.5',
      'null',
      '\\',
      'é',
      '…',
      '---\n',
    ),
    fc.string({ maxLength: 4 }),
  )
  let plainly = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...bases),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.nat(6), piece), { minLength: 1, maxLength: 2 }),
      (base, from, cuts) => {
        // A few sections are enough, and quick; most changes leave what is no longer plain, so there are many.
        const lines = base.split('\n')
        const sections = lines.flatMap((line, n) => (/^\S/.test(line) ? [n] : []))
        const first = sections[from % sections.length]!
        let text = lines.slice(first, first + 8).join('\n')
        for (const [at, length, put] of cuts)
          text = text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + length)
        if (agrees(text)) plainly++
      },
    ),
    { numRuns: 2_000 },
  )
  assert.ok(plainly > 100, `${plainly} were read plainly`)
})
