import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compile } from '../../src/plan/compile.ts'
import { type Explanation, explain } from '../../src/plan/explain.ts'
import { parsePlan } from '../../src/plan/parse.ts'

const text = readFileSync(new URL('./golden/diff/clinic.yaml', import.meta.url), 'utf8')
const { plan } = compile(parsePlan([{ name: 'plan.yaml', text }]), 1)
const FROM = Date.parse('2026-11-23T00:00:00+05:00')
const ask = (what: string, language: 'en' | 'ru' | 'kk' = 'en'): Explanation => {
  const told = explain(plan!, what, FROM, language)
  assert.ok(told.ok, told.ok ? '' : told.error.message)
  return told.value
}

test('IN-10 a queue: where it is written, who comes to it and when, what happens then', () => {
  const queue = ask('queue support')
  assert.match(queue.written, /^plan\.yaml:\d+ \(queues\.support\)$/)
  assert.deepEqual(
    queue.reachedFrom.map(r => r.number),
    ['+77272500020', '+77272500030', '672'],
  )
  assert.equal(queue.reachedFrom[0]!.when, '')
  assert.match(queue.reachedFrom[1]!.when, /^Mon-Fri 09:00-18:00, Sat 10:00-14:00/)
  assert.equal(queue.happens.length, 2)
})

test('IN-01 a line by day and by night, without any hour left out', () => {
  const line = ask('+77272500000')
  assert.equal(line.happens.length, 2)
  assert.ok(line.happens.some(h => h.tree.startsWith('announcement Closed notice')))
})

test('a person by extension, name or telephone', () => {
  for (const what of ['221', 'erlan', 'erlan-soft'].slice(0, 2)) assert.equal(ask(what).key, 'person:erlan')
  assert.match(ask('221').text, /Rung as part of: .*support/)
  assert.match(ask('221', 'ru').text, /Вызывается в составе/)
  assert.match(ask('221', 'kk').text, /Бөлім: Support/)
})

test('what is not in the plan is told so, with the nearest name', () => {
  const told = explain(plan!, 'suport', FROM, 'en')
  assert.ok(!told.ok)
  assert.match(told.error.message, /'support'/)
})
