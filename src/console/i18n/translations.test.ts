import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { en } from './en.ts'
import { kk } from './kk.ts'
import { ru } from './ru.ts'

interface Tree {
  readonly [key: string]: string | Tree
}

const languages: Readonly<Record<string, Tree>> = { en, ru, kk }
const plural = /_(zero|one|two|few|many|other)$/

function flat(tree: Tree, path = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const here = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') all.set(here, value)
    else for (const [below, text] of flat(value, here)) all.set(below, text)
  }
  return all
}

const plain = (keys: Iterable<string>) => [...new Set([...keys].map(key => key.replace(plural, '')))].sort()
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]).sort()

for (const [language, tree] of Object.entries(languages)) {
  const words = flat(tree)

  test(`${language}: every key of every language, no other`, () => {
    assert.deepEqual(plain(words.keys()), plain(flat(en).keys()))
  })

  test(`${language}: nothing empty, and the same values to fill in as in English`, () => {
    const english = flat(en)
    for (const [key, text] of words) {
      assert.notEqual(text.trim(), '', key)
      const model = english.get(key) ?? english.get(key.replace(plural, '_other')) ?? ''
      assert.deepEqual(holes(text), holes(model), key)
    }
  })

  test(`${language}: counted words have every form the language needs`, () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const counted = plain([...words.keys()].filter(key => plural.test(key)))
    for (const key of counted) for (const form of forms) assert.ok(words.has(`${key}_${form}`), `${key}_${form}`)
  })
}

test('every word of the console is used by a page', () => {
  const folder = new URL('..', import.meta.url)
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.tsx?$/.test(file) && !file.startsWith('i18n') && !file.endsWith('.test.ts'))
    .map(file => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n')
  const unused = plain(flat(en).keys()).filter(key => {
    const parent = key.slice(0, key.lastIndexOf('.'))
    return !source.includes(`'${key}'`) && !source.includes(`\`${parent}.\${`)
  })
  assert.deepEqual(unused, [])
})
