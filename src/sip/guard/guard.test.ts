import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../kernel/clock.ts'
import { header, headerValues, NO_BODY, type SipRequest } from '../../wire/sip/message.ts'
import { parseMessage } from '../../wire/sip/parse-message.ts'
import type { Flow } from '../flow.ts'
import { NetworkTable, parseAddress, sourceKey } from './address-set.ts'
import { BANS, BanList } from './ban-list.ts'
import { glanceAtInvite, RefusedTransactions, refusalFor } from './early-refusal.ts'
import { FrontDoor } from './front-door.ts'
import { OverloadGate } from './overload-gate.ts'
import { SourceGuard } from './source-guard.ts'
import { TokenBuckets } from './token-buckets.ts'

const FLOW: Flow = {
  transport: 'udp',
  local: { host: '198.51.100.1', port: 5060 },
  remote: { host: '203.0.113.5', port: 40000 },
  connection: '',
}

function invite(n = 1, to = '<sip:201@clinic.example>'): Buffer {
  return Buffer.from(
    `INVITE sip:201@clinic.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bK-${n}, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKdown\r\nv: SIP/2.0/TCP p;branch=z9hG4bKthird\r\nMax-Forwards: 70\r\n` +
      `f: "A, B" <sip:a@b>;tag=1\r\nTo: ${to}\r\nCall-ID: c${n}\r\nCSeq: 1 INVITE\r\nContact: <sip:a@10.0.0.1>\r\nContent-Length: 0\r\n\r\n`,
  )
}

describe('SEC-01 guard', () => {
  test('a bucket gives its burst, then its rate', () => {
    const b = new TokenBuckets({ rate: 10, burst: 5, keys: 10 })
    const taken = (now: number, n: number) => Array.from({ length: n }, () => b.take('a', now)).filter(Boolean).length
    assert.equal(taken(0, 20), 5)
    assert.equal(taken(100, 20), 1)
    assert.equal(taken(1_000_000, 20), 5)
    assert.equal(b.take('b', 1_000_000), true)
  })

  test('buckets stay bounded; a crowd of sources shares what one would get', () => {
    const b = new TokenBuckets({ rate: 1, burst: 5, keys: 100 })
    let passed = 0
    for (let i = 0; i < 10_000; i++) if (b.take('source' + i, 0)) passed++
    assert.ok(b.size <= 100)
    assert.equal(passed, 105)
  })

  test('no more passes than burst plus rate times time, whatever the order of keys and moments', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), after: fc.integer({ min: 0, max: 900 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const b = new TokenBuckets({ rate: 3, burst: 4, keys: 100 })
        let now = 0
        const passed: Record<string, number> = {}
        for (const s of steps) {
          now += s.after
          if (b.take(s.key, now)) passed[s.key] = (passed[s.key] ?? 0) + 1
        }
        for (const n of Object.values(passed)) assert.ok(n <= 4 + (now / 1000) * 3 + 1e-6)
      }),
      { numRuns: 200 },
    )
  })

  test('bans grow with repetition, end, and are forgotten after good conduct', () => {
    const bans = new BanList()
    assert.deepEqual(bans.ban('a', 0), { until: 60_000, times: 1 })
    assert.equal(bans.banned('a', 59_999), true)
    assert.equal(bans.banned('a', 60_000), false)
    assert.deepEqual(bans.ban('a', 70_000), { until: 310_000, times: 2 })
    assert.deepEqual(bans.ban('a', 320_000), { until: 320_000 + 960_000, times: 3 })
    assert.equal(bans.ban('a', 1_280_000 + BANS.probationMs).times, 1)
    for (let i = 0; i < 60_000; i++) bans.ban('s' + i, 0)
    assert.ok(bans.size <= BANS.sources)
  })

  test('wrong passwords lead to silence; a known office behind one address has more patience', () => {
    const guard = new SourceGuard()
    let tries = 0
    while (!guard.offend('203.0.113.5', 'wrong-password', 0)) tries++
    assert.ok(tries >= 8 && tries <= 20, String(tries))
    assert.deepEqual(guard.arrive('203.0.113.5', 1), { is: 'silence', why: 'banned', newlyBanned: false })
    assert.deepEqual(guard.arrive('203.0.113.6', 1), { is: 'pass' })
    assert.equal(guard.arrive('203.0.113.5', 60_001).is, 'pass')
    guard.prove('192.0.2.1', 0)
    for (let i = 0; i < 50; i++) assert.equal(guard.offend('192.0.2.1', 'wrong-password', 0), false)
    assert.equal(guard.bansInForce(1).length, 1)
    assert.equal(guard.pardon('203.0.113.5'), true)
    assert.equal(guard.isBanned('203.0.113.5', 1), false)
  })

  test('a scanner is silenced by its own name at once; a trunk on the allow-list never is', () => {
    const guard = new SourceGuard({ allow: ['198.51.100.0/24'] })
    const scan: SipRequest = {
      kind: 'request',
      method: 'OPTIONS',
      uri: 'sip:100@x',
      headers: [{ name: 'User-Agent', value: 'friendly-scanner' }],
      body: NO_BODY,
    }
    assert.deepEqual(guard.inspect(scan, '203.0.113.5', 0), { is: 'silence', why: 'scanner', newlyBanned: true })
    assert.deepEqual(guard.inspect(scan, '198.51.100.3', 0), { is: 'pass' })
    for (let i = 0; i < 5000; i++) {
      assert.equal(guard.arrive('198.51.100.3', 0).is, 'pass')
      assert.equal(guard.offend('198.51.100.3', 'garbage', 0), false)
    }
    assert.equal(guard.inspect({ ...scan, headers: [{ name: 'User-Agent', value: 'Yealink SIP-T46U' }] }, '203.0.113.9', 0).is, 'pass')
  })

  test('a flood from a stranger is cut off and banned; a source that proved a password may speak a lot', () => {
    const guard = new SourceGuard()
    let passed = 0
    for (let i = 0; i < 5000; i++) if (guard.arrive('203.0.113.5', 0).is === 'pass') passed++
    assert.equal(passed, 300)
    assert.equal(guard.isBanned('203.0.113.5', 0), true)
    guard.prove('192.0.2.1', 0)
    for (let i = 0; i < 20_000; i++) assert.equal(guard.arrive('192.0.2.1', 0).is, 'pass')
  })

  test('addresses and networks, of both families, mapped and abbreviated', () => {
    const table = new NetworkTable([
      ['198.51.100.0/24', 'net'],
      ['198.51.100.7', 'host'],
      ['2001:db8::/32', 'six'],
      ['0.0.0.0/0', 'any'],
    ] as const)
    assert.deepEqual(
      ['198.51.100.7', '198.51.100.8', '::ffff:198.51.100.8', '192.0.2.1', '2001:db8:1::9', '[2001:DB8::1]', 'fe80::1%eth0'].map(a =>
        table.find(a),
      ),
      ['host', 'net', 'net', 'any', 'six', 'six', undefined],
    )
    for (const bad of ['1.2.3', '1.2.3.256', '01.2.3.4', '::1::', '12345::', '1:2:3:4:5:6:7:8:9', '', 'host'])
      assert.equal(parseAddress(bad), undefined, bad)
    assert.throws(() => new NetworkTable([['198.51.100.0/33', 1]]))
    assert.deepEqual(
      [sourceKey('192.0.2.1'), sourceKey('::ffff:192.0.2.1'), sourceKey('2001:db8:1:2:3::4') === sourceKey('2001:db8:1:2::9')],
      ['192.0.2.1', '192.0.2.1', true],
    )
    fc.assert(fc.property(fc.string(), s => parseAddress(s) === undefined || typeof sourceKey(s) === 'string'))
    fc.assert(fc.property(fc.ipV6(), s => parseAddress(s) !== undefined))
    fc.assert(fc.property(fc.ipV4(), s => parseAddress(s)?.bits === 32))
  })
})

describe('refusing before parsing', () => {
  test('the 503 carries what RFC 3261 §8.2.6 asks for, and is the same for a retransmission', () => {
    const glance = glanceAtInvite(invite())!
    const bytes = refusalFor(glance, FLOW, 503, 'Service Unavailable', 7)
    const read = parseMessage(bytes)
    assert.ok(read.ok && read.value.kind === 'response')
    const m = read.value
    assert.equal(m.status, 503)
    assert.deepEqual(headerValues(m, 'Via'), [
      'SIP/2.0/UDP 10.0.0.1:5060;rport=40000;branch=z9hG4bK-1;received=203.0.113.5',
      'SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKdown',
      'SIP/2.0/TCP p;branch=z9hG4bKthird',
    ])
    assert.deepEqual(
      ['From', 'Call-ID', 'CSeq', 'Retry-After'].map(n => header(m, n)),
      ['"A, B" <sip:a@b>;tag=1', 'c1', '1 INVITE', '7'],
    )
    assert.match(header(m, 'To')!, /^<sip:201@clinic.example>;tag=\S+$/)
    assert.deepEqual(refusalFor(glanceAtInvite(invite())!, FLOW, 503, 'Service Unavailable', 7), bytes)
  })

  test('calls that are up, other methods, and what is not plain are left to the parser', () => {
    assert.equal(glanceAtInvite(invite(1, '<sip:201@c>;tag=x')), undefined)
    assert.notEqual(glanceAtInvite(invite(1, '<sip:201@c;tag=uri>')), undefined)
    for (const text of [
      invite().toString().replace('INVITE sip', 'OPTIONS sip'),
      invite().toString().replace('\r\nTo:', '\r\n To:'),
      invite().toString().replace('Call-ID', 'X'),
    ])
      assert.equal(glanceAtInvite(Buffer.from(text)), undefined)
  })

  test('any bytes are glanced at without throwing, and any refusal reads as a response', () => {
    const base = invite()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 6 }), changes => {
        const bytes = Buffer.from(base)
        for (const [at, to] of changes) bytes[at] = to
        const glance = glanceAtInvite(bytes)
        if (glance !== undefined)
          assert.equal(
            refusalFor(glance, FLOW, 503, 'x', 1).subarray(0, 12).toString(),
            Buffer.from('SIP/2.0 503 ').subarray(0, 12).toString(),
          )
      }),
      { numRuns: 500 },
    )
  })

  test('a refused transaction stays refused for 32 s', () => {
    const refused = new RefusedTransactions()
    refused.add('z9hG4bK1', 1000)
    assert.deepEqual([refused.has('z9hG4bK1', 2000), refused.has('z9hG4bK2', 2000), refused.has('z9hG4bK1', 40_000)], [true, false, false])
  })

  test('the front door: in quiet times all pass, in a storm new calls get 503, calls that are up go on', () => {
    const gate = new OverloadGate(seededRandom(1))
    const door = new FrontDoor(new SourceGuard({ allow: ['203.0.113.0/24'] }), gate)
    assert.equal(door.look(invite(1), FLOW, 0), 'go')
    gate.observe(700, 10)
    let refusal = door.look(invite(2), FLOW, 20)
    let admitted = 1
    for (; refusal === 'go'; admitted++) refusal = door.look(invite(100 + admitted), FLOW, 20)
    assert.ok(refusal instanceof Uint8Array)
    assert.equal(door.look(invite(3, '<sip:201@c>;tag=x'), FLOW, 30), 'go')
    assert.equal(door.look(Buffer.from('REGISTER sip:x SIP/2.0\r\n'), FLOW, 30), 'go')
    gate.observe(0, 3000)
    assert.equal(door.look(invite(4), FLOW, 3000), 'go')
    assert.deepEqual(door.counts, { silenced: 0, refused: 1, admitted: admitted + 1 })
  })
})
