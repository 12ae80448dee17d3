/** What every log of the switch does: the real one and the one in memory. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CallEvent } from '../../../src/call/events.ts'
import { LogStore } from '../../../src/store/log-store.ts'
import type { SwitchLog } from '../../../src/switch/switch-log.ts'
import { MemoryLog } from './memory-log.ts'

const started = { type: 'call.started', v: 1, dialled: '201' } as unknown as CallEvent
const decided = { type: 'call.decided', v: 1 } as unknown as CallEvent
const ended = { type: 'call.ended', v: 1, outcome: 'answered' } as unknown as CallEvent

const makers: readonly [string, () => { log: SwitchLog; close(): void }][] = [
  ['in memory', () => ({ log: new MemoryLog(), close: () => {} })],
  [
    'LogStore',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'switchroom-log-'))
      const log = new LogStore(join(folder, 'switch.db'))
      return {
        log,
        close: () => {
          log.close()
          rmSync(folder, { recursive: true })
        },
      }
    },
  ],
]

for (const [name, make] of makers) {
  test(`${name}: events are numbered upwards, and nothing is seen before the commit`, () => {
    const { log, close } = make()
    assert.equal(log.lastSeq, 0)
    assert.equal(log.dirty, false)
    assert.deepEqual([log.append(10, 'a', started), log.append(11, 'b', started), log.append(12, 'a', decided)], [1, 2, 3])
    assert.equal(log.dirty, true)
    assert.deepEqual([...log.openCalls()], [])
    assert.deepEqual(log.eventsOf('a'), [])
    log.commit()
    assert.equal(log.dirty, false)
    assert.equal(log.lastSeq, 3)
    assert.deepEqual(
      log.eventsOf('a').map(e => [e.seq, e.at, e.call, e.event]),
      [
        [1, 10, 'a', started],
        [3, 12, 'a', decided],
      ],
    )
    close()
  })

  test(`${name}: a call is open from its start until it is closed, in order of their starts`, () => {
    const { log, close } = make()
    for (const call of ['b', 'a', 'c']) log.append(1, call, started)
    log.append(2, 'a', ended)
    log.closed('a')
    log.commit()
    assert.deepEqual(
      [...log.openCalls()].map(o => [o.call, o.events.length]),
      [
        ['b', 1],
        ['c', 1],
      ],
    )
    log.append(3, 'b', decided)
    log.append(4, 'c', ended)
    log.closed('c')
    log.commit()
    assert.deepEqual(
      [...log.openCalls()].map(o => [o.call, o.events.map(e => e.seq)]),
      [['b', [1, 5]]],
    )
    close()
  })

  test(`${name}: the last word on a binding counts`, () => {
    const { log, close } = make()
    log.putBinding('201 x', { contact: 'old' })
    log.putBinding('202 y', { contact: 'other' })
    log.putBinding('201 x', { contact: 'new' })
    log.removeBinding('202 y')
    log.commit()
    assert.deepEqual(log.bindings(), [{ contact: 'new' }])
    log.removeBinding('201 x')
    log.commit()
    assert.deepEqual(log.bindings(), [])
    close()
  })

  test(`${name}: facts and guests are kept; guests run out`, () => {
    const { log, close } = make()
    assert.equal(log.fact('alive'), undefined)
    log.setFact('alive', '1')
    log.setFact('alive', '2')
    assert.equal(log.fact('alive'), '2')
    const guest = { account: '201', username: 'w1', password: 'p', expiresAt: 100 }
    log.admit(guest)
    log.admit({ ...guest, username: 'w2', expiresAt: 300 })
    assert.deepEqual(
      log.admitted(100).map(a => a.username),
      ['w2'],
    )
    assert.deepEqual(log.admitted(300), [])
    close()
  })
}
