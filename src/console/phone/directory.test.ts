import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DirectoryEntry } from '../../office/api/schemas.ts'
import { lampOf, matching } from './directory.ts'

const entry = (name: string, number: string, more: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  id: name,
  kind: 'person',
  name,
  number,
  department: null,
  registered: true,
  inCall: false,
  ...more,
})
const people = [
  entry('Aida Sadykova', '201', { department: 'Reception' }),
  entry('Әлия Ким', '202'),
  entry('Marat Iskakov', '410', { department: 'Sales' }),
]
const found = (typed: string) => matching(people, typed).map(one => one.number)

test('NUM-08 people are found by the beginnings of names, department and by number', () => {
  assert.deepEqual(found(''), ['201', '202', '410'])
  assert.deepEqual(found('sad ai'), ['201'])
  assert.deepEqual(found('SALES'), ['410'])
  assert.deepEqual(found('20'), ['201', '202'])
  assert.deepEqual(found('әлия'), ['202'])
  assert.deepEqual(found('nobody'), [])
})

test('a lamp says busy before anything else, and a group has none', () => {
  assert.equal(lampOf(entry('a', '1', { inCall: true, registered: false })), 'busy')
  assert.equal(lampOf(entry('a', '1', { registered: false })), 'away')
  assert.equal(lampOf(entry('a', '1', { registered: null })), 'unknown')
  assert.equal(lampOf(entry('a', '1', { kind: 'group', registered: null })), null)
})
