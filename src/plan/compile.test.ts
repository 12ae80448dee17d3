import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { check } from './check.ts'
import { compile } from './compile.ts'
import type { CompiledPlan } from './compiled.ts'
import { enter } from './decide.ts'
import { parsePlan } from './parse.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const clinicText = read('examples/clinic/plan.yaml')
const branchesText = read('test/plans/valid/branches.yaml')

function compiled(text: string): CompiledPlan {
  const { plan, problems } = compile(parsePlan([{ name: 'plan.yaml', text }]), 1)
  assert.ok(plan, JSON.stringify(problems, null, 1))
  return plan
}
const warnings = (text: string): string[] => check(compiled(text)).findings.map(p => `${p.severity} ${p.code} ${p.place.path}`)

test('every device is an account; a person without one brings a telephone of their own', () => {
  const plan = compiled(clinicText)
  const account = (user: string): unknown[] => {
    const a = plan.accounts.get(user)
    return [a?.owner, a?.device, a?.secret, a?.transports, a?.media.kind, a?.displayName]
  }
  assert.deepEqual(account('201'), ['person:aida', 'aida-web', 'devices/aida-web', ['ws'], 'webrtc', 'Aida Sadykova'])
  assert.deepEqual(account('211'), ['person:marat', 'marat-desk', 'devices/marat-desk', null, 'sdes-optional', 'Marat Iskakov'])
  assert.deepEqual(account('221'), ['person:erlan', 'erlan-soft', 'devices/erlan-soft', ['tls', 'tcp'], 'sdes', 'Erlan Kim'])
  assert.deepEqual(account('222'), ['person:olga', null, 'people/olga', null, 'rtp', 'Olga Petrova'])
  assert.deepEqual(account('640'), ['room:door', 'door', 'devices/door', null, 'rtp', 'Front door'])
  assert.deepEqual([...compiled(branchesText).accounts.keys()], ['201', '201-web', '202', '301', '302'])
})

test('trunks: one that registers, one known by address; secrets stay names (SEC-03)', () => {
  const { trunks } = compiled(clinicText)
  const a = trunks.get('telecom-a')!
  assert.deepEqual(
    [a.host, a.port, a.register, a.sources, a.channels, a.numberForm, a.media.latch],
    ['sip.kaztel.example', 0, { user: '77272500000', secret: 'kaztel', realm: null, expiresS: 600 }, [], 30, '+e164', true],
  )
  const b = trunks.get('telecom-b')!
  assert.deepEqual([b.register, b.login, b.sources, b.media.latch], [null, null, ['203.0.113.10'], false])
  assert.deepEqual(
    [compiled(branchesText).trunks.get('city')?.host, compiled(branchesText).trunks.get('city')?.port],
    ['198.51.100.7', 5060],
  )
})

test('NUM-01 one table of everything that can be dialled', () => {
  const { dial, emergency, lines } = compiled(clinicText)
  assert.deepEqual(
    ['201', '620', '600', '650', '640', '680', '*43'].map(n => dial.get(n)),
    ['person:aida', 'group:reception-desk', 'queue:support', 'role:operator', 'room:door', 'voicemail:office', 'service:echo-test'],
  )
  assert.deepEqual([...emergency], ['112', '101', '102', '103'])
  assert.deepEqual([...lines.keys()], ['+77272500000', '+77272500010', '+77272500020', '+77272500030'])
})

test('words of the plan become prompts in their languages', () => {
  const { prompts } = compiled(clinicText)
  assert.deepEqual([...prompts.keys()], ['menus/welcome', 'services/about-us'])
  assert.deepEqual(Object.keys(prompts.get('services/about-us')!.texts), ['ru', 'kk', 'en'])
})

test('phones of one person ring as one when a group rings one by one', () => {
  const plan = compiled(branchesText.replace('ring: [nina, otto], for: 20s', 'ring: [nina, ivan], one-by-one: true, for: 20s'))
  const facts = {
    nowMs: Date.parse('2026-11-23T12:00:00+03:00'),
    registered: () => true,
    activeCalls: () => 0,
    trunkUp: () => true,
    trunkCalls: () => 0,
  }
  const { action } = enter(plan, facts, { kind: 'trunk', trunk: 'berlin', number: null }, '+493012345678')
  assert.ok(action.do === 'ring')
  assert.deepEqual(
    action.targets.map(t => [t.account, t.also]),
    [
      ['301', undefined],
      ['201', ['201-web']],
    ],
  )
})

test('CHK-04 findings that are no errors: what nobody reaches, numbers that do not call back, contract facts', () => {
  assert.deepEqual(warnings(clinicText), [])
  assert.deepEqual(
    warnings(
      clinicText.replace('sales:     { name: Sales,     shows: "+77272500010"', 'sales:     { name: Sales,     shows: "+77272599999"'),
    ),
    ['warning shown-not-ours departments.sales.shows'],
  )
  assert.deepEqual(warnings(clinicText.replace('otherwise: night, owner', 'otherwise: voicemail office, owner')), [
    'warning unused routes.night',
  ])
  assert.deepEqual(warnings(clinicText.replace('sla: 99.9%, ', '')), ['warning provider-facts providers.kaztel'])
  assert.deepEqual(warnings(clinicText.replace('channels: 10, link: isp-b', 'channels: 10, emergency: no, link: isp-b')), [
    'warning emergency-single trunks.telecom-a',
  ])
  const silent = warnings(
    clinicText
      .replace('  on-busy: voicemail office\n', '')
      .replace('for: 25s, on-no-answer: voicemail office, on-busy: voicemail office }', 'for: 25s }'),
  )
  for (const line of ['+77272500000', '+77272500020']) assert.ok(silent.includes(`warning ends-without-a-word lines.${line}`))
})

test('CHK-04 NUM-09 errors: a loop through a line, no trunk for emergency calls, a line that reaches nobody', () => {
  assert.deepEqual(warnings(clinicText.replace('{ to: closed }, { to: voicemail office }', '{ to: "+77272500000" }')), [
    'error loop routes.night.steps.0',
  ])
  assert.deepEqual(
    warnings(
      clinicText.replaceAll('channels: 30,', 'channels: 30, emergency: no,').replaceAll('channels: 10,', 'channels: 10, emergency: no,'),
    ),
    ['error emergency-uncovered trunks.telecom-a'],
  )
})

test('SCH-01 a loop that exists only at night is found', () => {
  const found = warnings(
    clinicText
      .replace('{ to: closed }, { to: voicemail office }', '{ to: reception-desk, for: 20s }, { to: support }')
      .replace('on-nobody: { to: on-call }', 'on-nobody: { to: night }'),
  )
  assert.deepEqual(
    found.filter(f => f.startsWith('error')),
    ['error loop queues.support', 'error loop routes.night.steps.1'],
  )
})
