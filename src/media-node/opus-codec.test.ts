import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakePeer, leg, sessionOf, share, world } from '../media/testing/fake-network.ts'
import { loadOpus } from './opus-codec.ts'

test('Opus is translated to and from G.711 and G.722, and relayed untouched between two Opus sides', async () => {
  const opus = await loadOpus()
  assert.ok(opus !== null, 'an Opus library loads')
  for (const other of ['PCMU', 'G722', 'opus'] as const) {
    const w = world({ opus })
    const a = new FakePeer(w, '10.0.0.2', 4000, 'opus', opus)
    const b = new FakePeer(w, '10.0.0.3', 5000, other, opus)
    w.engine.command({ op: 'put', session: sessionOf('s', [leg('a', 20000, a, 'opus'), leg('b', 20002, b, other)]) })
    w.run(1000, () => {
      a.say(440, '10.0.0.1:20000')
      b.say(800, '10.0.0.1:20002')
    })
    assert.ok(share(b.heard, 440, b.hz, b.hz / 5) > 0.85, `opus→${other}: ${share(b.heard, 440, b.hz, b.hz / 5)}`)
    assert.ok(share(a.heard, 800, a.hz, a.hz / 5) > 0.85, `${other}→opus: ${share(a.heard, 800, a.hz, a.hz / 5)}`)
    assert.ok(Math.abs(b.packets.length - 50) <= 1)
  }
})

test('bytes that are no Opus give no sound and no error', async () => {
  const opus = (await loadOpus())!
  const decoder = opus.decoder(16000)
  const pcm = new Int16Array(5760)
  for (let i = 0; i < 50; i++) {
    const junk = Uint8Array.from({ length: i }, (_, k) => (k * 37 + i * 11) & 0xff)
    assert.ok(decoder.decode(junk, 0, junk.length, pcm) >= 0)
  }
})
