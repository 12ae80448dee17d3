/** RES-07: the switch dies at random moments of many calls (the short form of bench/crash.ts). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BusyOffice } from '../../bench/crash/office.ts'
import { crashes } from '../../bench/crash.ts'

test('RES-07 kill -9 of the switch at random moments: no call that is up is lost, none in set-up hangs, every record is right', async t => {
  const office = await BusyOffice.open(30500)
  try {
    const f = await crashes(office, 'switch', 3)
    t.diagnostic(`${f.calls} calls, ${f.upAtKill} up and ${f.setUpsAtKill} in set-up at a kill; back after ${f.awayMs.join(', ')} ms`)
    assert.deepEqual(f.lost, [])
    assert.deepEqual(f.wrong, [])
    assert.ok(f.upAtKill > 0)
  } finally {
    await office.close()
  }
})
