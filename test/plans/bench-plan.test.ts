/** That `bench/plan.ts` runs; how fast anything is, is said by the benchmark and by no test. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { bytesPer, calibrationNs, median, quantile, timed } from '../../bench/plan/measure.ts'

test('bench/plan.ts --smoke measures every plan and judges the largest', () => {
  const bench = new URL('../../bench/plan.ts', import.meta.url).pathname
  const done = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', bench, '--smoke'], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.equal(done.status, 0, done.stderr)
  for (const part of [
    /Calibration loop: \d/,
    /\| clinic +\|/,
    /\| campus 60 +\|/,
    /\| campus 120 +\|/,
    /(?:holds|misses) +check after a small edit/,
  ])
    assert.match(done.stdout, part)
  assert.doesNotMatch(done.stdout, /NaN|undefined/)
})

test('medians, quantiles and the bytes of a call', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(quantile([5, 1, 4, 2, 3], 0.99), 5)
  let calls = 0
  const kept: unknown[] = []
  assert.equal(timed(3, () => ++calls).value, 3)
  assert.ok(bytesPer(() => kept.push(new Array(100).fill(0))) > 400)
  assert.ok(calibrationNs(1_000) > 0)
})
