import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enter } from '../decide.ts'
import type { Facts } from '../decision.ts'
import { loadPlan } from '../load.ts'

const text = `plan: 1
office: { name: Traders, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
sites:
  almaty: { address: "Abai 1, Almaty" }
  warsaw: { address: "Prosta 2, Warszawa", country: PL, timezone: Europe/Warsaw }
numbering: { ranges: { "200-249": { for: people, site: almaty }, "250-299": { for: people, site: warsaw } }, emergency: ["112"] }
people: { ann: { name: Ann, extension: "201" }, ewa: { name: Ewa, extension: "251" } }
trunks:
  polish: { host: 203.0.113.10, by-address: true, channels: 4, site: warsaw }
  kazakh: { host: 203.0.113.20, by-address: true, channels: 4, site: almaty }
`

test('NUM-09 emergency calls leave by trunks of their own country first: abroad the same digits call somebody else', () => {
  const { compiled } = loadPlan([{ name: 'plan.yaml', text }], 1)
  assert.ok(compiled)
  const order = (account: string, down: readonly string[]): readonly string[] => {
    const facts: Facts = {
      nowMs: Date.UTC(2026, 10, 24),
      registered: () => true,
      activeCalls: () => 0,
      trunkUp: t => !down.includes(t),
      trunkCalls: () => 0,
    }
    const { action } = enter(compiled, facts, { kind: 'device', account }, '112')
    return action.do === 'dial-out' ? action.attempts.map(a => a.trunk) : []
  }
  assert.deepEqual(order('201', []), ['kazakh', 'polish'])
  assert.deepEqual(order('251', []), ['polish', 'kazakh'])
  assert.deepEqual(order('201', ['kazakh']), ['kazakh', 'polish'], 'one that seems down is tried before a foreign one')
})
