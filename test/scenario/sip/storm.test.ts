import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../../src/kernel/clock.ts'
import type { LegCommand } from '../../../src/sip/leg.ts'
import { FakeNetwork, STORM } from './fake-network.ts'
import { A, B, C, meeting, quiet } from './meeting.ts'
import { ANSWER, answering, HELD, HOLD, Party } from './party.ts'

test('a hundred calls through loss, duplication and reordering: all are told the truth and nothing is left', () => {
  const net = new FakeNetwork(7, STORM)
  const { a, b } = meeting({ react: answering() }, { react: answering() }, net)
  for (let i = 0; i < 100; i++) {
    a.call(B, { ...(i % 3 === 0 ? { reliableProvisional: 'required' } : {}) }, `call-${i}`)
    net.run(50)
  }
  net.run(30_000)
  const up = a.diary.filter(d => d.notice.is === 'answered').map(d => d.leg)
  assert.ok(up.length >= 98, `only ${up.length} answered`)
  up.forEach((leg, i) => {
    a.command(leg, i % 2 === 0 ? { do: 'offer', sdp: HOLD } : { do: 'hang-up' })
  })
  net.run(40_000)
  for (const leg of up) a.command(leg, { do: 'hang-up' })
  for (let i = 1; i <= 100; i++) b.command(`${B}-in-${i}`, { do: 'hang-up' })
  quiet(net, a, b)
  endedOnce(a)
  endedOnce(b)
})

/** Each leg that was answered or offered ends with exactly one `ended` (or `failed`), and nothing follows. */
function endedOnce(party: Party): void {
  const last = new Map<string, number>()
  party.diary.forEach((d, i) => {
    assert.ok(!last.has(d.leg), `${d.leg}: ${d.notice.is} after the end`)
    if (d.notice.is === 'ended' || d.notice.is === 'failed') last.set(d.leg, i)
  })
  for (const d of party.diary) assert.ok(last.has(d.leg), `${d.leg} never ended`)
}

const COMMANDS: readonly LegCommand[] = [
  { do: 'progress', status: 180 },
  { do: 'progress', status: 183, sdp: ANSWER },
  { do: 'accept', sdp: ANSWER },
  { do: 'reject', status: 486 },
  { do: 'answer', sdp: HELD },
  { do: 'refuse-offer', status: 488 },
  { do: 'offer', sdp: HOLD },
  { do: 'offer' },
  { do: 'identify', who: { uri: 'sip:x@y' } },
  { do: 'info', contentType: 'application/dtmf-relay', body: 'Signal=1\r\n' },
  { do: 'send-refer', to: { uri: 'sip:c@d' } },
  { do: 'refer-reply', refer: 1, status: 202 },
  { do: 'refer-progress', refer: 1, status: 200, reason: 'OK', final: true },
  { do: 'hang-up' },
]

test('no sequence of commands and network faults wedges a leg or leaks a timer', () => {
  const move = fc.record({
    side: fc.boolean(),
    command: fc.nat(COMMANDS.length - 1),
    wait: fc.constantFrom(0, 1, 7, 100, 600, 3000, 33_000),
  })
  const start = fc.record({
    seed: fc.nat(),
    offerless: fc.boolean(),
    reliable: fc.constantFrom<'supported' | 'required' | 'off'>('supported', 'required', 'off'),
    stormy: fc.boolean(),
    stream: fc.boolean(),
    /** Both sides answer by themselves, so that the moves meet an established call. */
    willing: fc.boolean(),
    moves: fc.array(move, { maxLength: 14 }),
  })
  fc.assert(
    fc.property(start, s => {
      const net = new FakeNetwork(s.seed, s.stormy ? STORM : undefined)
      const transport = s.stream ? 'tcp' : 'udp'
      const react = s.willing ? { react: answering() } : {}
      const legConfig = { sessionExpiresS: 90, maxRingMs: 60_000 }
      const { a, b } = meeting({ transport, legConfig, ...react }, { transport, legConfig, ...react }, net)
      a.call(B, { offerless: s.offerless, reliableProvisional: s.reliable })
      for (const m of s.moves) {
        if (m.side) a.command('out', COMMANDS[m.command]!)
        else b.command(`${B}-in-1`, COMMANDS[m.command]!)
        net.run(m.wait)
      }
      a.command('out', { do: 'hang-up' })
      net.run(100)
      for (let i = 1; i < 4; i++) b.command(`${B}-in-${i}`, { do: 'hang-up' })
      quiet(net, a, b)
      endedOnce(a)
      endedOnce(b)
    }),
    { numRuns: 500 },
  )
})

test('no bytes, mutated from real ones, throw or leave anything behind', () => {
  const net = new FakeNetwork(3)
  const { a } = meeting({ react: answering() }, { react: answering() }, net)
  a.call(B)
  net.run(100)
  a.command('out', { do: 'offer', sdp: HOLD })
  a.command('out', { do: 'info', contentType: 'application/dtmf', body: '1' })
  net.run(100)
  a.command('out', { do: 'hang-up' })
  net.run(100)
  const corpus = net.sent.map(p => p.bytes)
  const random = seededRandom(11)
  const victim = new Party(net, C, { react: answering() })
  for (let i = 0; i < 4000; i++) {
    const bytes = Uint8Array.from(corpus[Math.floor(random.fraction() * corpus.length)]!)
    for (let n = Math.floor(random.fraction() * 6); n > 0; n--)
      bytes[Math.floor(random.fraction() * bytes.length)] = Math.floor(random.fraction() * 256)
    const flow = { transport: 'udp' as const, local: { host: C, port: 5060 }, remote: { host: A, port: 5060 }, connection: '' }
    victim.endpoint.receive(bytes, flow)
    if (i % 50 === 0) net.run(1000)
  }
  net.run(200_000)
  for (let i = 1; i < 5000; i++) victim.command(`${C}-in-${i}`, { do: 'hang-up' })
  for (const t of victim.requests) t.respond(404)
  quiet(net, victim)
})
