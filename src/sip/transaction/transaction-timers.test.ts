import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NO_BODY, type SipResponse } from '../../wire/sip/message.ts'
import { type InviteClient, startInviteClient, stepInviteClient } from './invite-client.ts'
import { type InviteServer, startInviteServer, stepInviteServer } from './invite-server.ts'
import type { ClientInput, ServerInput, TimerName } from './machine.ts'
import { type NonInviteClient, startNonInviteClient, stepNonInviteClient } from './non-invite-client.ts'
import { type NonInviteServer, startNonInviteServer, stepNonInviteServer } from './non-invite-server.ts'
import { Bench } from './testing.ts'
import { RFC3261, type TransactionOptions } from './timer-values.ts'

const UDP: TransactionOptions = { ...RFC3261, reliable: false }
const TCP: TransactionOptions = { ...RFC3261, reliable: true }
const BYTES = new Uint8Array([1])

const timer = (t: TimerName): { kind: 'timer'; timer: TimerName } => ({ kind: 'timer', timer: t })
const response = (status: number): ClientInput => ({
  kind: 'response',
  response: { kind: 'response', status, reason: '', headers: [], body: NO_BODY } satisfies SipResponse,
})
const respond = (status: number): ServerInput => ({ kind: 'respond', status, bytes: BYTES })

const inviteClient = (o: TransactionOptions): Bench<InviteClient, ClientInput> =>
  new Bench<InviteClient, ClientInput>(startInviteClient(BYTES, o), (s, i) => stepInviteClient(s, i, o), timer)
const nonInviteClient = (o: TransactionOptions): Bench<NonInviteClient, ClientInput> =>
  new Bench<NonInviteClient, ClientInput>(startNonInviteClient(BYTES, o), (s, i) => stepNonInviteClient(s, i, o), timer)
const inviteServer = (o: TransactionOptions, tryingAfterMs = 200): Bench<InviteServer, ServerInput> =>
  new Bench<InviteServer, ServerInput>(startInviteServer(tryingAfterMs), (s, i) => stepInviteServer(s, i, o), timer)
const nonInviteServer = (o: TransactionOptions): Bench<NonInviteServer, ServerInput> =>
  new Bench<NonInviteServer, ServerInput>(startNonInviteServer(o), (s, i) => stepNonInviteServer(s, i, o), timer)

test('UDP: an INVITE is resent on timer A, doubling without a cap, until timer B', () => {
  const tx = inviteClient(UDP)
  tx.advance(40_000)
  assert.deepEqual(tx.sentAt, [0, 500, 1500, 3500, 7500, 15500, 31500])
  assert.deepEqual(tx.told, ['timeout'])
  assert.equal(tx.state.name, 'terminated')
})

test('TCP: an INVITE is sent once and times out on timer B', () => {
  const tx = inviteClient(TCP)
  tx.advance(31_999)
  assert.deepEqual(tx.told, [])
  tx.advance(1)
  assert.deepEqual([tx.sentAt, tx.told], [[0], ['timeout']])
})

test('a provisional response ends the resending of INVITE and its time-out', () => {
  const tx = inviteClient(UDP)
  tx.feed(response(180))
  tx.advance(600_000)
  assert.deepEqual([tx.sentAt, tx.told, tx.state.name], [[0], ['180'], 'proceeding'])
})

test('a refusal is acknowledged each time it comes until timer D, and told once', () => {
  const tx = inviteClient(UDP)
  tx.feed(response(486))
  tx.feed(response(486))
  assert.deepEqual(tx.told, ['ack', '486', 'ack'])
  tx.advance(31_999)
  assert.equal(tx.state.name, 'completed')
  tx.advance(1)
  assert.equal(tx.state.name, 'terminated')
})

test('RFC 6026: every 2xx is told while Accepted, until timer M', () => {
  const tx = inviteClient(UDP)
  tx.feed(response(200))
  tx.feed(response(200))
  tx.feed(response(180))
  tx.feed(response(486))
  assert.deepEqual(tx.told, ['200', '200'])
  tx.advance(32_000)
  assert.equal(tx.state.name, 'terminated')
})

test('UDP: a request is resent on timer E, capped at T2, until timer F', () => {
  const tx = nonInviteClient(UDP)
  tx.advance(40_000)
  assert.deepEqual(tx.sentAt, [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500])
  assert.deepEqual(tx.told, ['timeout'])
})

test('UDP: after a 100 a request is resent every T2', () => {
  const tx = nonInviteClient(UDP)
  tx.advance(600)
  tx.feed(response(100))
  tx.advance(9000)
  assert.deepEqual(tx.sentAt, [0, 500, 4600, 8600])
})

test('UDP: a final response is told once and repeated ones are swallowed until timer K', () => {
  const tx = nonInviteClient(UDP)
  tx.feed(response(200))
  tx.feed(response(200))
  assert.deepEqual(tx.told, ['200'])
  tx.advance(5000)
  assert.equal(tx.state.name, 'terminated')
})

test('TCP: a final response ends a request at once', () => {
  const tx = nonInviteClient(TCP)
  tx.feed(response(404))
  assert.equal(tx.state.name, 'terminated')
})

test('100 Trying goes out after 200 ms when the user is silent, not when it rang before', () => {
  const silent = inviteServer(UDP)
  silent.advance(200)
  assert.deepEqual(silent.told, ['trying'])
  const quick = inviteServer(UDP)
  quick.advance(100)
  quick.feed(respond(180))
  quick.advance(1000)
  assert.deepEqual([quick.told, quick.sentAt], [[], [100]])
})

test('a repeated INVITE gets the last provisional response again', () => {
  const tx = inviteServer(UDP)
  tx.feed(respond(180))
  tx.advance(500)
  tx.feed({ kind: 'request' })
  assert.deepEqual(tx.sentAt, [0, 500])
})

test('UDP: 486 without ACK is resent on timer G, capped at T2, until timer H', () => {
  const tx = inviteServer(UDP)
  tx.feed(respond(486))
  tx.advance(40_000)
  assert.deepEqual(tx.sentAt, [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500])
  assert.deepEqual(tx.told, ['ack-timeout'])
})

test('UDP: ACK stops the resending, timer I ends it; TCP: ACK ends it', () => {
  const udp = inviteServer(UDP)
  udp.feed(respond(486))
  udp.feed({ kind: 'ack' })
  udp.advance(4999)
  assert.equal(udp.state.name, 'confirmed')
  udp.advance(1)
  assert.deepEqual([udp.state.name, udp.sentAt], ['terminated', [0]])
  const tcp = inviteServer(TCP)
  tcp.feed(respond(486))
  tcp.advance(3000)
  tcp.feed({ kind: 'ack' })
  assert.deepEqual([tcp.state.name, tcp.sentAt], ['terminated', [0]])
})

test('RFC 6026: after a 2xx repeated INVITEs are swallowed and the user may send the 2xx again, until timer L', () => {
  const tx = inviteServer(UDP)
  tx.feed(respond(200))
  tx.feed({ kind: 'request' })
  tx.feed(respond(200))
  tx.feed(respond(486))
  assert.deepEqual(tx.sentAt, [0, 0])
  tx.advance(32_000)
  assert.equal(tx.state.name, 'terminated')
})

test('RFC 4320: 100 to a non-INVITE not before timer E has grown to T2, and no answer after 64·T1', () => {
  const tx = nonInviteServer(UDP)
  tx.feed({ kind: 'request' })
  tx.feed(respond(100))
  tx.advance(3499)
  assert.deepEqual([tx.told, tx.sentAt], [[], []])
  tx.advance(1)
  assert.deepEqual(tx.told, ['trying'])
  tx.advance(28_500)
  assert.equal(tx.state.name, 'terminated')
})

test('RFC 4320: 408 is never sent to a non-INVITE', () => {
  const tx = nonInviteServer(UDP)
  tx.feed(respond(408))
  assert.deepEqual([tx.sentAt, tx.state.name], [[], 'terminated'])
})

test('UDP: a final answer is repeated for each repeated request until timer J', () => {
  const tx = nonInviteServer(UDP)
  tx.feed(respond(200))
  tx.advance(1000)
  tx.feed({ kind: 'request' })
  assert.deepEqual(tx.sentAt, [0, 1000])
  tx.advance(31_000)
  assert.equal(tx.state.name, 'terminated')
})

test('no input sequence wedges a machine: given a final response or silence each ends, without timers', () => {
  const status = fc.constantFrom(100, 180, 199, 200, 299, 302, 404, 408, 486, 503, 603)
  const timers = fc.constantFrom<TimerName>('A', 'B', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'trying')
  const clientInput: fc.Arbitrary<ClientInput> = fc.oneof(
    status.map(response),
    fc.constant<ClientInput>({ kind: 'transport-error' }),
    timers.map(t => timer(t)),
  )
  const serverInput: fc.Arbitrary<ServerInput> = fc.oneof(
    status.map(respond),
    fc.constantFrom<ServerInput>({ kind: 'request' }, { kind: 'ack' }, { kind: 'transport-error' }),
    timers.map(t => timer(t)),
  )
  const steps = <I>(input: fc.Arbitrary<I>): fc.Arbitrary<[I, number][]> =>
    fc.array(fc.tuple(input, fc.integer({ min: 0, max: 5000 })), { maxLength: 25 })
  const finish = <S extends { readonly name: string }, I>(tx: Bench<S, I>, inputs: [I, number][], last: I): void => {
    for (const [input, ms] of inputs) {
      // Timers that are not running do not fire.
      const i = input as { kind?: string; timer?: TimerName }
      if (i.kind === 'timer' && !tx.timers.delete(i.timer!)) continue
      tx.feed(input)
      tx.advance(ms)
    }
    tx.feed(last)
    tx.advance(200_000)
    assert.deepEqual([tx.state.name, tx.timers.size], ['terminated', 0])
  }
  fc.assert(
    fc.property(steps(clientInput), steps(serverInput), fc.boolean(), (client, server, reliable) => {
      const o = reliable ? TCP : UDP
      finish(inviteClient(o), client, response(486))
      finish(nonInviteClient(o), client, response(200))
      finish(inviteServer(o), server, respond(486))
      finish(nonInviteServer(o), server, { kind: 'request' })
    }),
    { numRuns: 300 },
  )
})
