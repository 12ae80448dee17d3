import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRecent, type RecentNumber, withRecent } from './recent-numbers.ts'

const number = (text: string, at = 1): RecentNumber => ({ number: text, name: '', at })

test('redialling moves a number to the top instead of listing it twice', () => {
  assert.deepEqual(
    withRecent([number('201'), number('202'), number('203')], number('203', 9)).map(one => [one.number, one.at]),
    [
      ['203', 9],
      ['201', 1],
      ['202', 1],
    ],
  )
})

test('the list stays short', () => {
  let list: readonly RecentNumber[] = []
  for (let index = 0; index < 30; index++) list = withRecent(list, number(String(index)))
  assert.equal(list.length, 8)
})

test('what an older page stored never breaks this one', () => {
  for (const text of [null, '', '{', '{}', '[1,null,{"number":5}]', '"x"']) assert.deepEqual(parseRecent(text), [])
  assert.deepEqual(parseRecent(JSON.stringify([number('201'), 5])), [number('201')])
})
