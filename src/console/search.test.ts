import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asText, callsSearch, recordingsSearch } from './search.ts'

test('a search for an extension stays a text', () => {
  assert.deepEqual(callsSearch({ text: 201 }), { text: '201' })
})

test('what an address may not say is left out instead of breaking the page', () => {
  assert.deepEqual(callsSearch({ text: '  ', direction: 'sideways', outcome: 'missed', from: '22.11.2026', to: '2026-11-22', extra: 1 }), {
    outcome: 'missed',
    to: '2026-11-22',
  })
  assert.deepEqual(recordingsSearch({ minSeconds: 'many', kind: 'voicemail' }), { kind: 'voicemail' })
  assert.deepEqual(recordingsSearch({ minSeconds: '60' }), { minSeconds: 60 })
  assert.equal(asText('x'.repeat(500))?.length, 100)
})
