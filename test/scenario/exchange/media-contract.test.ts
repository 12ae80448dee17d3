/** What the switch expects of any media process: the real engine does it, and so does the one without sound. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TimerQueue } from '../../../src/kernel/timer-queue.ts'
import type { MediaCommand, MediaNotice, MediaSession, Play } from '../../../src/media/protocol.ts'
import { FakePeer, leg, sessionOf, world } from '../../../src/media/testing/fake-network.ts'
import { FakeMedia } from './fake-media.ts'

interface Process {
  readonly notices: MediaNotice[]
  tell(command: MediaCommand): void
  run(ms: number): void
}

/** How long each prompt lasts. */
const WORD_MS = 400

const makers: Readonly<Record<string, () => Process>> = {
  'without sound': () => {
    const timers = new TimerQueue()
    const notices: MediaNotice[] = []
    let now = 0
    const media = new FakeMedia({ timers, nowMs: () => now, notify: n => notices.push(n), playMs: WORD_MS })
    return {
      notices,
      tell: c => media.take([c]),
      run(ms) {
        const end = now + ms
        while (timers.nextAt() <= end) {
          now = timers.nextAt()
          timers.due(now)
        }
        now = end
      },
    }
  },
  'the engine': () => {
    const word = { hz: 8000 as const, pcm: new Int16Array((8000 * WORD_MS) / 1000) }
    const w = world({ clips: { one: word, two: word, calm: word } })
    return { notices: w.notices, tell: c => w.engine.command(c), run: ms => w.run(ms) }
  },
}

const peers = world()
const alice = leg('a', 20000, new FakePeer(peers, '10.0.0.2', 4000, 'PCMU'), 'PCMU')
const bob = leg('b', 20002, new FakePeer(peers, '10.0.0.3', 5000, 'PCMU'), 'PCMU')
const prompt = (token: string, name: string): Play => ({
  leg: 'a',
  token,
  source: { kind: 'prompts', language: 'en', names: [name] },
  repeat: false,
})
const hearing = (plays: readonly Play[]): MediaSession => sessionOf('s', [alice], { paths: [], plays })

const played = (p: Process): string[] => p.notices.flatMap(n => (n.is === 'played' ? [`${n.id} ${n.leg} ${n.token}`] : []))
const farewells = (p: Process): [string, string[]][] =>
  p.notices.flatMap(n => (n.is === 'figures' && n.final ? [[n.id, n.legs.map(l => l.leg)] as [string, string[]]] : []))

for (const [name, make] of Object.entries(makers)) {
  test(`media ${name}: plays of one leg follow each other, each is told once, and a put that repeats them starts nothing again`, () => {
    const p = make()
    const session = hearing([prompt('1', 'one'), prompt('2', 'two')])
    p.tell({ op: 'put', session })
    p.run(200)
    p.tell({ op: 'put', session })
    p.run(100)
    assert.deepEqual(played(p), [])
    p.run(300)
    assert.deepEqual(played(p), ['s a 1'])
    p.run(600)
    p.tell({ op: 'put', session })
    p.run(2000)
    assert.deepEqual(played(p), ['s a 1', 's a 2'])
  })

  test(`media ${name}: a play that is taken away is not told; one that repeats never ends`, () => {
    const p = make()
    p.tell({ op: 'put', session: hearing([prompt('1', 'one')]) })
    p.run(200)
    p.tell({ op: 'put', session: hearing([{ leg: 'a', token: 'hold', source: { kind: 'music', name: 'calm' }, repeat: true }]) })
    p.run(3000)
    assert.deepEqual(played(p), [])
    p.tell({ op: 'put', session: hearing([prompt('2', 'two')]) })
    p.run(1000)
    assert.deepEqual(played(p), ['s a 2'])
  })

  test(`media ${name}: a drop is answered by the last figures of every leg, once, and nothing follows`, () => {
    const p = make()
    p.tell({ op: 'put', session: sessionOf('s', [alice, bob], { plays: [prompt('1', 'one')] }) })
    p.run(100)
    p.tell({ op: 'drop', id: 's' })
    p.run(2000)
    assert.deepEqual(farewells(p), [['s', ['a', 'b']]])
    assert.deepEqual(played(p), [])
  })

  test(`media ${name}: a drop of what it does not know is answered, too`, () => {
    const p = make()
    p.tell({ op: 'drop', id: 'x' })
    p.run(100)
    assert.deepEqual(farewells(p), [['x', []]])
  })

  test(`media ${name}: only those sessions stay that the switch names`, () => {
    const p = make()
    p.tell({ op: 'put', session: sessionOf('s', [alice]) })
    p.tell({ op: 'put', session: sessionOf('t', [bob]) })
    p.run(100)
    p.tell({ op: 'only', ids: ['t'] })
    p.run(100)
    p.tell({ op: 'drop', id: 't' })
    p.run(100)
    assert.deepEqual(farewells(p).at(-1), ['t', ['b']])
    p.tell({ op: 'drop', id: 's' })
    p.run(100)
    assert.deepEqual(farewells(p).at(-1), ['s', []], 'it was gone')
  })
}
