import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../kernel/clock.ts'
import { OverloadGate } from './overload-gate.ts'

interface Message {
  readonly sentAt: number
  readonly kind: 'invite' | 'later' | 'ack' | 'probe'
  readonly call: number
}

/** An admitted INVITE costs 0.3 ms, six more messages of its call 0.1 ms each; so 1,111 calls a second are the most. */
const INVITE_MS = 0.3
const LATER_MS = 0.1
const REFUSE_MS = 0.03
const ACK_MS = 0.01
const CAPACITY = 1000 / (INVITE_MS + 6 * LATER_MS)

/**
 * One server reading one queue in order, in virtual time. Callers that hear nothing repeat their INVITE after 0.5, 1, 2 s (a repeated one
 * that was admitted costs as much as an ACK); one that waits longer than 3 s has given up. What counts are calls answered in time.
 * `stolen`: the share of time that the machine gives to others, in slices of 20 to 80 ms.
 */
function run(offeredPerS: number, seconds: number, gate: OverloadGate | undefined, stolen = 0) {
  const queue: Message[] = []
  let head = 0
  /** What arrives, by millisecond. */
  const later: Message[][] = []
  const random = seededRandom(9)
  const done = new Map<number, 'up' | 'refused'>()
  let server = 0
  let calls = 0
  let nextCall = 0
  let nextSlice = 0
  let up = 0
  let waitSum = 0
  let waits = 0
  const from = seconds * 500
  const at = (time: number, message: Message): void => {
    const bucket = (later[time] ??= [])
    bucket.push(message)
  }
  for (let now = 0; now < seconds * 1000; now++) {
    while (nextCall <= now) {
      const call = calls++
      at(now, { sentAt: now, kind: 'invite', call })
      for (const again of [500, 1500]) at(now + again, { sentAt: now, kind: 'invite', call })
      nextCall += (1000 / offeredPerS) * 2 * random.fraction()
    }
    if (now % 20 === 0) queue.push({ sentAt: now, kind: 'probe', call: -1 })
    for (const message of later[now] ?? [])
      if (message.kind !== 'invite' || message.sentAt === now || !done.has(message.call)) queue.push(message)
    delete later[now]
    server = Math.max(server, now)
    if (stolen > 0 && now >= nextSlice) {
      const slice = 20 + 60 * random.fraction()
      server += slice
      nextSlice = now + (slice / stolen) * (0.5 + random.fraction())
    }
    while (head < queue.length && server < now + 1) {
      const m = queue[head++]!
      if (m.kind === 'probe') {
        gate?.observe(server - m.sentAt, server)
        if (now > from) {
          waitSum += server - m.sentAt
          waits++
        }
      } else if (m.kind === 'later') server += LATER_MS
      else if (m.kind === 'ack' || done.has(m.call)) server += ACK_MS
      else if (gate === undefined || gate.admit(server).admit) {
        server += INVITE_MS
        done.set(m.call, 'up')
        if (server - m.sentAt < 3000 && now > from) up++
        for (let i = 1; i <= 6; i++) at(now + 5 * i * i, { sentAt: now + 5 * i * i, kind: 'later', call: m.call })
      } else {
        server += REFUSE_MS
        done.set(m.call, 'refused')
        at(now + 1, { sentAt: now + 1, kind: 'ack', call: m.call })
      }
    }
    if (head > 10_000) {
      queue.splice(0, head)
      head = 0
    }
  }
  return { upPerS: up / (seconds / 2), waitMs: waitSum / Math.max(1, waits) }
}

test('below capacity nothing is refused', () => {
  const gate = new OverloadGate(seededRandom(1))
  const { upPerS } = run(CAPACITY * 0.85, 10, gate)
  assert.equal(gate.refused, 0)
  assert.ok(upPerS > CAPACITY * 0.8)
})

test('without a gate, twice the capacity collapses: the model is honest', () => {
  assert.ok(run(CAPACITY * 2, 20, undefined).upPerS < CAPACITY * 0.5)
})

for (const times of [1.2, 2, 4])
  test(`offered ${times} times the capacity, nine tenths of what refusing leaves is answered, and nobody waits long`, () => {
    const offered = CAPACITY * times
    const share = (REFUSE_MS + ACK_MS) / 1000
    // x calls and (offered - x) refusals fill one second.
    const possible = (1 - offered * share) / (1 / CAPACITY - share)
    const { upPerS, waitMs } = run(offered, 12, new OverloadGate(seededRandom(2)))
    assert.ok(upPerS > 0.9 * possible, `${upPerS.toFixed(0)} of ${possible.toFixed(0)} calls per second`)
    assert.ok(waitMs < 100, `mean wait ${waitMs.toFixed(0)} ms`)
  })

for (const stolen of [0.3, 0.6])
  test(`on a machine that gives ${stolen * 100} % of its time to others, three quarters of what is left is still used`, () => {
    const left = 1000 * (1 - stolen)
    const offered = CAPACITY * 2 * (1 - stolen)
    const possible = (left - offered * (REFUSE_MS + ACK_MS)) / (1000 / CAPACITY - REFUSE_MS - ACK_MS)
    const { upPerS } = run(offered, 20, new OverloadGate(seededRandom(2)), stolen)
    assert.ok(upPerS > 0.75 * possible, `${upPerS.toFixed(0)} of ${possible.toFixed(0)} calls per second`)
  })

test('after the storm the gate opens fully again', () => {
  const gate = new OverloadGate(seededRandom(3))
  run(CAPACITY * 2, 5, gate)
  assert.equal(gate.shedding, true)
  for (let now = 5000; now < 15_000; now += 50) {
    if (now % 200 === 0) gate.admit(now)
    gate.observe(0, now)
  }
  assert.equal(gate.shedding, false)
  assert.deepEqual(gate.admit(20_000), { admit: true })
})

test('a queue that is hopelessly long admits no more than the floor until it has drained; a lone call is never refused', () => {
  const gate = new OverloadGate(seededRandom(4))
  gate.observe(800, 0)
  let admitted = 0
  while (gate.admit(1).admit) admitted++
  assert.equal(admitted, 10)
  gate.observe(5, 100)
  assert.equal(gate.admit(200).admit, true)
})

test('Retry-After is spread', () => {
  const gate = new OverloadGate(seededRandom(5))
  gate.observe(800, 0)
  const seen = new Set<number>()
  for (let i = 0; i < 200; i++) {
    const verdict = gate.admit(1)
    if (!verdict.admit) seen.add(verdict.retryAfterS)
  }
  assert.ok(seen.size >= 8)
})
