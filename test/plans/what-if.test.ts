import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { compile } from '../../src/plan/compile.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import { dependencies } from '../../src/plan/what-if/failed.ts'
import { dependenciesText, whatIfText } from '../../src/plan/what-if/words.ts'
import { everySingleFailure, type WhatIf, whatIf } from '../../src/plan/what-if.ts'

const folder = new URL('./golden/', import.meta.url)
const text = readFileSync(new URL('diff/clinic.yaml', folder), 'utf8')
const load = (written: string) => {
  const { plan, problems } = compile(parsePlan([{ name: 'plan.yaml', text: written }]), 1)
  assert.ok(plan, JSON.stringify(problems.find(p => p.severity === 'error')))
  return plan
}
const clinic = load(text)
const AT = Date.parse('2026-11-24T10:00:00+05:00')
const ask = (...failures: string[]): WhatIf => {
  const told = whatIf(clinic, failures, AT)
  assert.ok(told.ok, told.ok ? '' : told.error.message)
  return told.value
}
const verdicts = (what: WhatIf, of: string): string[] => what.answers.filter(a => a.of === of).map(a => `${a.subject} ${a.verdict}`)

test('TOP-02 one link of two: calls leave by the other, telephones inside notice nothing', () => {
  const what = ask('link isp-a down')
  assert.deepEqual(what.trunks, ['telecom-a'])
  assert.deepEqual(what.telephones, [])
  assert.deepEqual(new Set(what.answers.filter(a => a.of === 'inside').map(a => a.verdict)), new Set(['works']))
  assert.deepEqual(verdicts(what, 'line')[0], '+77272500000 otherwise')
  assert.ok(what.answers.filter(a => a.of === 'emergency').every(a => a.verdict !== 'fails'))
})

test('TOP-02 TOP-03 no internet at all: inside goes on, nothing leaves, who sits elsewhere is lost', () => {
  const what = ask('internet down')
  assert.deepEqual(what.trunks, ['telecom-a', 'telecom-b'])
  assert.deepEqual(
    what.telephones,
    [...clinic.accounts.values()].filter(a => a.device === 'erlan-soft').map(a => a.username),
  )
  assert.ok(what.answers.filter(a => a.of === 'out' || a.of === 'emergency').every(a => a.verdict === 'fails'))
  assert.ok(verdicts(what, 'inside').includes('201 works'))
  assert.ok(verdicts(what, 'voicemail').every(v => v.endsWith('works')))
})

test('TOP-02 several at once, and names that are short', () => {
  assert.deepEqual(ask('isp-a, isp-b').trunks, ask('link isp-a down', 'link isp-b down').trunks)
  assert.deepEqual(ask('provider kaztel').trunks, ['telecom-a'])
})

test('TOP-02 without power for the exchange nothing works; what else hangs on the UPS is named', () => {
  const plan = load(`${text}\npower: { ups-main: { feeds: [pbx, switch-1, dana-desk] } }\n`)
  const told = whatIf(plan, ['ups ups-main'], AT)
  assert.ok(told.ok)
  assert.equal(told.value.exchange, true)
  assert.ok(told.value.also.includes('switch-1'))
  assert.ok(told.value.answers.every(a => a.verdict === 'fails'))
})

test('TOP-02 every single failure has an answer', () => {
  const all = everySingleFailure(clinic, AT)
  assert.deepEqual(
    all.map(w => w.failures.join()),
    ['link isp-a', 'link isp-b', 'trunk telecom-a', 'trunk telecom-b', 'provider kaztel', 'provider beemob', 'site main'],
  )
})

test('what is no part of the plan is said so, with the nearest name', () => {
  const wrong = whatIf(clinic, ['link isp-x down'], AT)
  assert.ok(!wrong.ok)
  assert.match(wrong.error.message, /no link called 'isp-x'.*'isp-a'/)
})

test('TOP-02 golden answers', () => {
  const questions = [['link isp-a down'], ['isp-a', 'isp-b'], ['trunk telecom-b down']]
  for (const language of ['en', 'ru', 'kk'] as const) {
    const file = new URL(`what-if/clinic.${language}.txt`, folder)
    const out = [
      ...questions.map(q => whatIfText(clinic, ask(...q), language)),
      dependenciesText(clinic, dependencies(clinic), language),
    ].join('\n\n')
    if (process.env['WRITE_GOLDEN'] === '1') writeFileSync(file, `${out}\n`)
    assert.equal(`${out}\n`, readFileSync(file, 'utf8'))
  }
})
