/** The short form of `bench/fuzz/run.ts`: the same inputs every time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from '../../bench/fuzz/fuzz.ts'
import { targets } from '../../bench/fuzz/targets.ts'

test('SEC-04 every wire parser survives random and mutated inputs, and what it accepts it prints so that it reads back', () => {
  const { tallies, findings } = fuzz(targets, targets, { count: 20_000, seed: 4475, from: 0, seconds: 0 })
  assert.deepEqual(
    findings.map(f => `${f.target} ${f.input}: ${f.error} (${Buffer.from(f.bytes).toString('hex')})`),
    [],
  )
  assert.ok(tallies.reduce((n, t) => n + t.inputs, 0) >= 20_000)
  // Seeds that a parser does not accept would make the run worthless.
  for (const t of targets)
    if (!t.name.startsWith('srtp'))
      assert.ok(
        t.seeds.some(s => t.run(Uint8Array.from(s))),
        t.name,
      )
})
