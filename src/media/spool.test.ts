import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MediaLeg } from './media-leg.ts'
import { SpoolMixer } from './spool-mix.ts'
import { readSpoolHead, soundPart, spoolFrames } from './spool-reader.ts'
import { SpoolWriter, tapsOf } from './spool-writer.ts'
import { agreedCodec, FakePeer, leg, sessionOf, share, world } from './testing/fake-network.ts'
import { voiceCodecs } from './voice-codecs.ts'

const T0 = 1_700_000_000_000

function bytesOf(writer: SpoolWriter): Uint8Array {
  const parts: Uint8Array[] = []
  for (let b = writer.take(); b !== null; b = writer.take()) {
    parts.push(b.slice())
    writer.done(b)
  }
  return Buffer.concat(parts)
}

function mixed(bytes: Uint8Array, hz: 8000 | 16000 = 8000): { left: number[]; right: number[]; gaps: SpoolMixer['gaps'] } {
  const head = readSpoolHead(bytes)
  assert.ok(head.ok)
  const codecs = voiceCodecs(null)
  const mixer = new SpoolMixer({ hz, decoder: codec => codecs.decoder(agreedCodec(codec)) })
  const left: number[] = []
  const right: number[] = []
  const keep = (b: { left: Int16Array; right: Int16Array }): void => {
    left.push(...b.left)
    right.push(...b.right)
  }
  for (const f of spoolFrames(bytes, head.value.framesAt)) for (const b of mixer.take(f, head.value.header.startedAt)) keep(b)
  for (const b of mixer.finish()) keep(b)
  return { left, right, gaps: mixer.gaps }
}

/** A call of a and b, recorded: what the spool holds after `talk`. */
function recorded(
  talk: (w: ReturnType<typeof world>, a: FakePeer, b: FakePeer, writer: SpoolWriter) => void,
  codecB: 'PCMU' | 'G722' = 'G722',
): Uint8Array {
  const writer = new SpoolWriter([])
  const tap = { id: 'rec', path: '', left: ['a'], right: ['b'], paused: false }
  const w = world({ taps: () => tapsOf(writer, tap) })
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMA')
  const b = new FakePeer(w, '10.0.0.3', 5000, codecB)
  writer.begin({ recording: 'rec', session: 's', startedAt: T0 + w.now })
  w.engine.command({ op: 'put', session: sessionOf('s', [leg('a', 20000, a, 'PCMA'), leg('b', 20002, b, codecB)]) })
  talk(w, a, b, writer)
  writer.end(T0 + w.now)
  return bytesOf(writer)
}

test('REC-03 each voice is in its own channel, in time with the other, whatever the codecs', () => {
  const bytes = recorded((w, a, b) => {
    w.run(3000, t => {
      if (t < 100) a.say(440, '10.0.0.1:20000')
      if (t >= 50) b.say(1000, '10.0.0.1:20002')
    })
  })
  const { left, right, gaps } = mixed(bytes)
  assert.deepEqual(gaps, [])
  assert.equal(left.length, right.length)
  assert.ok(Math.abs(left.length - 24000) < 400)
  assert.ok(share(left.slice(0, 15800), 440, 8000) > 0.95)
  assert.equal(Math.max(...left.slice(16200)), 0)
  assert.ok(Math.max(...right.slice(0, 7900)) < 50)
  assert.ok(share(right.slice(8200), 1000, 8000) > 0.95)
})

test('REC-03 loss, pause and a restart of the media process are silence of the right length, and are reported', () => {
  const bytes = recorded((w, a, b, writer) => {
    const both = (): void => {
      a.say(440, '10.0.0.1:20000')
      b.say(1000, '10.0.0.1:20002')
    }
    w.run(1000, both)
    // 200 ms of a are lost.
    w.run(200, () => {
      a.sequence++
      a.timestamp += 160
      b.say(1000, '10.0.0.1:20002')
    })
    w.run(800, both)
    writer.pause(true, T0 + w.now)
    w.run(1000, both)
    writer.pause(false, T0 + w.now)
    w.run(1000, both)
    w.now += 700
    a.ssrc = 5
    writer.gap('the media process was started anew', T0 + w.now)
    w.run(1000, both)
  }, 'PCMU')
  const { left, right, gaps } = mixed(bytes)
  assert.deepEqual(
    gaps.map(g => [g.why, g.side, Math.round(g.fromMs / 20) * 20, Math.round((g.toMs - g.fromMs) / 20) * 20]),
    [
      ['packets-lost', 'left', 1000, 200],
      ['paused', null, 2000, 1000],
      ['not-recorded', null, 3980, 720],
    ],
  )
  const at = (pcm: number[], fromMs: number, toMs: number): number[] => pcm.slice(fromMs * 8, toMs * 8)
  assert.equal(Math.max(...at(left, 1010, 1190)), 0)
  assert.ok(share(at(right, 1010, 1190), 1000, 8000) > 0.95)
  assert.equal(Math.max(...at(right, 2020, 2980)), 0)
  assert.ok(share(at(left, 3010, 3950), 440, 8000) > 0.95)
  assert.ok(share(at(left, 4750, 5650), 440, 8000) > 0.95)
  assert.ok(share(at(right, 4750, 5650), 1000, 8000) > 0.95)
})

test('REC-03 a silence that the speaker announces, and keys pressed, are no losses; packets lost in between are', () => {
  const bytes = recorded((w, a, b) => {
    const speak = (): void => {
      a.say(440, '10.0.0.1:20000')
      b.say(1000, '10.0.0.1:20002')
    }
    const noise = new Uint8Array(13)
    w.run(1000, speak)
    w.run(600, t => {
      b.say(1000, '10.0.0.1:20002')
      // One packet of comfort noise in 100 ms, type 13, and digits of type 101: the latter bear the time of their beginning.
      if (t % 5 === 0) a.tell(t < 15 ? 13 : 101, noise, '10.0.0.1:20000')
      a.timestamp += 160
    })
    w.run(1000, speak)
    w.run(100, () => {
      a.sequence++
      a.timestamp += 160
      b.say(1000, '10.0.0.1:20002')
    })
    w.run(1000, speak)
  }, 'PCMU')
  const { left, gaps } = mixed(bytes)
  assert.deepEqual(
    gaps.map(g => [g.why, g.side, Math.round(g.fromMs / 20) * 20, Math.round((g.toMs - g.fromMs) / 20) * 20]),
    [['packets-lost', 'left', 2600, 100]],
  )
  assert.equal(Math.max(...left.slice(1010 * 8, 1590 * 8)), 0)
})

test('jitter and reordering do not wobble the sound: it lies by RTP time', () => {
  const bytes = recorded((w, a) => {
    const late: (() => void)[] = []
    for (let i = 0; i < 100; i++) {
      const now = w.now
      if (i % 7 === 3) {
        const { sequence, timestamp } = a
        a.sequence++
        a.timestamp += 160
        late.push(() => {
          const keep = [a.sequence, a.timestamp] as const
          a.sequence = sequence
          a.timestamp = timestamp
          a.say(0, '10.0.0.1:20000')
          ;[a.sequence, a.timestamp] = keep
        })
      } else {
        w.now += i % 5
        a.say(0, '10.0.0.1:20000')
        late.pop()?.()
      }
      w.now = now + 20
    }
  })
  assert.deepEqual(
    mixed(bytes).gaps.filter(g => g.toMs - g.fromMs > 25),
    [],
  )
})

for (const stallMs of [1200, 1800])
  test(`REC-03 a network that held a voice back for ${stallMs} ms and gives it all at once: it lies where it was spoken, in step with the other`, () => {
    const bytes = recorded((w, a, b) => {
      w.run(6000, t => {
        b.say(1000, '10.0.0.1:20002')
        const at = t * 20
        if (at < 1000 || at > 1000 + stallMs) a.say(440, '10.0.0.1:20000')
        if (at === 1000 + stallMs) for (let i = 0; i <= stallMs / 20; i++) a.say(440, '10.0.0.1:20000')
      })
    })
    const { left, right, gaps } = mixed(bytes)
    assert.deepEqual(gaps, [])
    assert.ok(Math.abs(left.length - 48000) < 400, `${left.length} samples`)
    assert.ok(share(left.slice(800, 47200), 440, 8000) > 0.9, `${share(left.slice(800, 47200), 440, 8000)}`)
    assert.ok(share(right.slice(800, 47200), 1000, 8000) > 0.95)
  })

test('REC-03 a speaker who paused without letting the RTP time run begins anew where they go on, and nothing is called lost', () => {
  const bytes = recorded((w, a, b) => {
    w.run(5000, t => {
      b.say(1000, '10.0.0.1:20002')
      if (t < 50 || t >= 150) a.say(440, '10.0.0.1:20000')
    })
  })
  const { left, gaps } = mixed(bytes)
  assert.deepEqual(gaps, [])
  assert.equal(Math.max(...left.slice(8300, 23700)), 0)
  assert.ok(share(left.slice(24300, 39700), 440, 8000) > 0.95)
})

test('a torn end is ignored, wherever the tear is, and the sound length is where to go on', () => {
  const whole = recorded((w, a) => w.run(200, () => a.say(440, '10.0.0.1:20000')))
  const head = readSpoolHead(whole)
  assert.ok(head.ok)
  assert.equal(soundPart(whole).length, whole.length)
  const frames = [...spoolFrames(whole, head.value.framesAt)]
  assert.deepEqual([...new Set(frames.map(f => f.kind))], ['leg', 'audio', 'end'])
  fc.assert(
    fc.property(fc.integer({ min: head.value.framesAt, max: whole.length }), fc.uint8Array({ maxLength: 40 }), (at, junk) => {
      const torn = Buffer.concat([whole.subarray(0, at), junk])
      const sound = soundPart(torn).length
      assert.ok(sound <= torn.length)
      for (const f of spoolFrames(torn, head.value.framesAt)) assert.ok(f.payload.length < 65536)
    }),
    { numRuns: 200 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), b => soundPart(b).length <= b.length),
    { numRuns: 200 },
  )
})

test('several legs on one side are heard together', () => {
  const writer = new SpoolWriter([])
  const tap = { id: 'rec', path: '', left: ['a', 'b'], right: ['c'], paused: false }
  const w = world({ taps: () => tapsOf(writer, tap) })
  const peers = [440, 700, 1000].map((hz, i) => ({
    hz,
    p: new FakePeer(w, `10.0.0.${2 + i}`, 4000, 'PCMU'),
    to: `10.0.0.1:${20000 + 2 * i}`,
  }))
  writer.begin({ recording: 'rec', session: 's', startedAt: T0 + w.now })
  w.engine.command({
    op: 'put',
    session: sessionOf(
      's',
      peers.map((x, i) => leg('abc'[i]!, 20000 + 2 * i, x.p, 'PCMU')),
    ),
  })
  w.run(1000, () => {
    for (const x of peers) x.p.say(x.hz, x.to)
  })
  const { left, right } = mixed(bytesOf(writer))
  assert.ok(share(left, 440, 8000) > 0.4 && share(left, 700, 8000) > 0.4)
  assert.ok(share(right, 1000, 8000) > 0.95)
})

test('a disk that stops costs bounded memory, and what is lost is counted', () => {
  const writer = new SpoolWriter([])
  const codec = agreedCodec('PCMU')
  const fake = { id: 'a', media: { codec }, received: { ssrc: 1 } } as unknown as MediaLeg
  const packet = new Uint8Array(172)
  for (let i = 0; i < 40_000; i++) writer.audio(0, fake, packet, 12, 172, i & 0xffff, i * 160, T0 + i * 20)
  assert.ok(writer.lost > 10_000)
  assert.ok(bytesOf(writer).length < 5 << 20)
})
