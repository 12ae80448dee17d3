import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type QueueDelayProbe, startQueueDelayProbe } from './queue-delay-probe.ts'
import { openTransports } from './socket-transports.ts'
import { systemRandom } from './system-random.ts'

test('the probe measures the wait in our own queue, and a busy loop shows', { timeout: 10_000 }, async () => {
  let probe: QueueDelayProbe | undefined
  const t = openTransports(
    { onMessage: () => {}, onFlowClosed: () => {} },
    { onShort: (bytes, remote) => void probe?.arrived(bytes, remote) },
  )
  const { local } = await t.listen({ transport: 'udp', host: '127.0.0.1', port: 0 })
  const delays: number[] = []
  let wake = (): void => {}
  probe = await startQueueDelayProbe(local, 10, d => {
    delays.push(d)
    wake()
  })
  const until = async (n: number): Promise<void> => {
    while (delays.length < n) await new Promise<void>(r => (wake = r))
  }
  await until(3)
  const busyUntil = performance.now() + 120
  setImmediate(() => {
    while (performance.now() < busyUntil);
  })
  await until(delays.length + 3)
  assert.ok(Math.max(...delays) > 0)
  assert.equal(probe.arrived(Buffer.from('\r\n\r\n'), local), false)
  probe.stop()
  await t.close()
})

test('random hex and fractions', () => {
  assert.match(systemRandom.hex(8), /^[0-9a-f]{16}$/)
  assert.equal(systemRandom.hex(10_000).length, 20_000)
  const drawn = new Set<string>()
  for (let i = 0; i < 5000; i++) {
    drawn.add(systemRandom.hex(8))
    const f = systemRandom.fraction()
    assert.ok(f >= 0 && f < 1)
  }
  assert.equal(drawn.size, 5000)
})
