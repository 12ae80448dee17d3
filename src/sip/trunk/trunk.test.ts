import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../kernel/clock.ts'
import { type HeaderField, header, headerValues, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { DigestServer } from '../digest/digest-server.ts'
import { HEALTH, type HealthInput, type HealthSettings, initialHealth, stepHealth } from './health.ts'
import {
  idleRegistration,
  type RegistrationEffect,
  type RegistrationInput,
  type RegistrationSettings,
  refreshAfterMs,
  stepRegistration,
} from './registration.ts'
import { TrunkTable } from './trunk-match.ts'

const SETTINGS: RegistrationSettings = {
  registrar: 'sip:provider.example',
  aor: 'sip:100200@provider.example',
  contact: 'sip:100200@198.51.100.1:5060',
  credentials: { username: '100200', password: 'secret' },
  expiresS: 600,
}

/** The machine with a clock and a list of what it did. */
function driver(settings = SETTINGS, seed = 1) {
  const random = seededRandom(seed)
  const d = {
    settings,
    now: 1000,
    state: idleRegistration(settings, random),
    sent: [] as SipRequest[],
    reports: [] as string[],
    keepAlive: 0,
    feed(input: RegistrationInput) {
      const step = stepRegistration(d.state, input, d.settings, d.now, random)
      d.state = step.state
      for (const e of step.effects as RegistrationEffect[]) {
        if (e.do === 'send') d.sent.push(e.request)
        else if (e.do === 'report') d.reports.push(e.up ? 'up' : `down ${e.why} ${e.status}`)
        else d.keepAlive = e.everyMs
      }
    },
    answer(status: number, ...headers: readonly [string, string][]) {
      const request = d.last()
      const all: HeaderField[] = [{ name: 'CSeq', value: header(request, 'CSeq')! }, ...headers.map(([name, value]) => ({ name, value }))]
      const response: SipResponse = { kind: 'response', status, reason: '', headers: all, body: NO_BODY }
      d.feed({ is: 'response', response })
    },
    last: () => d.sent[d.sent.length - 1]!,
    expires: () => /;expires=(\d+)/.exec(header(d.last(), 'Contact')!)![1],
    wait() {
      assert.ok(d.state.nextAt > 0, 'there must be a deadline')
      d.now = Math.max(d.now, d.state.nextAt)
      d.feed({ is: 'time' })
    },
  }
  return d
}
const ok = ['Contact', '<sip:100200@198.51.100.1:5060>;expires=600'] as [string, string]
const server = new DigestServer({ realm: 'provider.example', key: 'k', secrets: { secretOf: () => ({ password: 'secret' }) } })
const challenge = (now: number, stale = false): [string, string][] => server.challenge('www', now, stale).map(h => [h.name, h.value])

describe('registration at a provider', () => {
  test('challenged, answered, refreshed at four fifths with the same nonce, unregistered on stop', () => {
    const d = driver()
    d.feed({ is: 'start' })
    assert.equal(header(d.last(), 'Authorization'), undefined)
    d.answer(401, ...challenge(d.now))
    assert.equal(server.verify(d.last(), 'www', d.now).is, 'proven')
    assert.ok(Number.parseInt(header(d.sent[1]!, 'CSeq')!, 10) > Number.parseInt(header(d.sent[0]!, 'CSeq')!, 10))
    d.answer(200, ['Contact', '<sip:other@192.0.2.1>;expires=30'], ok)
    assert.deepEqual(d.reports, ['up'])
    assert.ok(d.state.nextAt >= 1000 + 456_000 && d.state.nextAt <= 1000 + 480_000)
    const before = d.now
    d.wait()
    assert.ok(d.now > before)
    assert.match(header(d.last(), 'Authorization')!, /nc=00000002/)
    d.answer(200, ok)
    d.feed({ is: 'stop' })
    assert.equal(d.expires(), '0')
    d.answer(200)
    assert.deepEqual([d.state.phase, d.state.nextAt], ['stopped', 0])
  })

  test('423 is obeyed at once and remembered', () => {
    const d = driver()
    d.feed({ is: 'start' })
    d.answer(423, ['Min-Expires', '1800'])
    assert.equal(d.expires(), '1800')
    d.answer(200, ['Expires', '1800'])
    d.wait()
    assert.equal(d.expires(), '1800')
    d.answer(423, ['Min-Expires', '99999999'])
    assert.deepEqual(d.reports.at(-1), 'up', 'the old registration still holds')
  })

  test('a wrong password is asked about once and then rarely; new settings try at once', () => {
    const d = driver()
    d.feed({ is: 'start' })
    d.answer(401, ...challenge(d.now))
    d.answer(401, ...challenge(d.now))
    assert.deepEqual(d.reports, ['down wrong-credentials 401'])
    assert.equal(d.sent.length, 2)
    assert.ok(d.state.nextAt - d.now >= 150_000)
    d.settings = { ...SETTINGS, credentials: { username: '100200', password: 'new' } }
    d.feed({ is: 'changed' })
    assert.equal(d.sent.length, 3)
    assert.equal(header(d.last(), 'Authorization'), undefined)
  })

  test('a nonce that grew old between refreshes is replaced, whether the provider says stale or not', () => {
    for (const stale of [true, false]) {
      const d = driver()
      d.feed({ is: 'start' })
      d.answer(401, ...challenge(d.now))
      d.answer(200, ok)
      d.wait()
      d.answer(401, ...challenge(d.now, stale))
      assert.match(header(d.last(), 'Authorization')!, /nc=00000001/)
      d.answer(200, ok)
      assert.deepEqual(d.reports, ['up', 'up'])
    }
  })

  test('refusals back off for minutes, failures of the way for seconds, Retry-After is obeyed', () => {
    const d = driver()
    d.feed({ is: 'start' })
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      d.answer(503)
      waits.push(d.state.nextAt - d.now)
      d.wait()
    }
    assert.ok(waits[0]! >= 7500 && waits[0]! <= 15_000 && waits[5]! >= 150_000 && waits[5]! <= 300_000, waits.join())
    d.answer(503, ['Retry-After', '1200'])
    assert.equal(d.state.nextAt - d.now, 1_200_000)
    d.wait()
    d.answer(403)
    assert.equal(d.reports.at(-1), 'down refused 403')
    assert.ok(d.state.nextAt - d.now >= 300_000)
  })

  test('a failed refresh raises no alarm while the old registration holds, and one when it ends', () => {
    const d = driver()
    d.feed({ is: 'start' })
    d.answer(200, ok)
    d.reports.length = 0
    let tries = 0
    while (d.reports.length === 0) {
      d.wait()
      d.answer(408)
      assert.ok(++tries < 20)
    }
    assert.ok(tries >= 3)
    assert.deepEqual(d.reports, ['down unreachable 408'])
    assert.ok(d.now >= d.state.until)
    d.wait()
    d.answer(200, ok)
    assert.equal(d.reports.at(-1), 'up')
  })

  test('a lost flow registers anew within a second', () => {
    const d = driver({ ...SETTINGS, instance: 'urn:uuid:1' })
    d.feed({ is: 'start' })
    assert.match(header(d.last(), 'Contact')!, /\+sip\.instance="<urn:uuid:1>";reg-id=1/)
    assert.deepEqual(headerValues(d.last(), 'Supported'), ['path', 'outbound'])
    d.answer(200, ok, ['Flow-Timer', '100'])
    assert.ok(d.keepAlive >= 80_000 && d.keepAlive <= 95_000)
    d.feed({ is: 'flow-lost' })
    assert.equal(d.reports.at(-1), 'down flow-lost 0')
    assert.ok(d.state.nextAt - d.now < 1000)
    d.wait()
    assert.equal(d.sent.length, 2)
  })

  test('refresh times', () => {
    const random = seededRandom(1)
    for (const [granted, low, high] of [
      [60, 28_500, 30_000],
      [600, 456_000, 480_000],
      [3600, 3_078_000, 3_240_000],
    ] as const)
      for (let i = 0; i < 20; i++) {
        const ms = refreshAfterMs(granted, random)
        assert.ok(ms >= low && ms <= high)
      }
  })

  test('no sequence of inputs wedges it: while it is not stopped, a deadline or an answer is always due', () => {
    const status = fc.constantFrom(100, 200, 301, 401, 403, 407, 408, 423, 480, 500, 503, 600)
    const input = fc.oneof(
      status.map(s => ({ answer: s })),
      fc.constantFrom(
        { is: 'time' as const },
        { is: 'flow-lost' as const },
        { is: 'network-changed' as const },
        { is: 'start' as const },
        { is: 'stop' as const },
        { is: 'changed' as const },
      ),
    )
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), inputs => {
        const d = driver()
        d.feed({ is: 'start' })
        for (const i of inputs) {
          if ('answer' in i) d.answer(i.answer, ...(i.answer === 401 ? challenge(d.now) : []), ['Min-Expires', '700'])
          else if (i.is === 'time' && d.state.nextAt > 0) d.wait()
          else d.feed(i)
          if (d.state.phase === 'registered' || d.state.phase === 'waiting' || d.state.phase === 'unregistering')
            assert.ok(d.state.nextAt > 0)
          assert.deepEqual(JSON.parse(JSON.stringify(d.state)), d.state)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('RES-01 health of a trunk', () => {
  function run(settings: HealthSettings = HEALTH) {
    const r = {
      now: 0,
      state: initialHealth(0),
      reports: [] as string[],
      probes: 0,
      feed(input: HealthInput) {
        const step = stepHealth(r.state, input, settings, r.now)
        r.state = step.state
        for (const e of step.effects) {
          if (e.do === 'probe') r.probes++
          else r.reports.push(`${e.up ? 'up' : 'down'} ${e.why}`)
        }
      },
      probe(status: number) {
        r.now = Math.max(r.now, r.state.nextAt)
        r.feed({ is: 'time' })
        assert.equal(r.state.probing, true)
        r.feed({ is: 'probed', status })
      },
    }
    return r
  }

  test('one lost probe is nothing, three in a row bring it down, two good ones bring it back', () => {
    const r = run()
    r.probe(200)
    assert.equal(r.state.nextAt, 30_000)
    r.probe(408)
    assert.equal(r.state.nextAt - r.now, 5000, 'in doubt it is asked sooner')
    r.probe(200)
    r.probe(408)
    r.probe(408)
    assert.deepEqual(r.reports, [])
    r.probe(503)
    assert.deepEqual(r.reports, ['down probe'])
    r.probe(404)
    assert.deepEqual(r.reports, ['down probe'])
    r.probe(200)
    assert.deepEqual(r.reports, ['down probe', 'up probe'])
  })

  test('live calls testify too: a busy callee for the trunk, a time-out against it', () => {
    const r = run()
    r.probe(200)
    r.feed({ is: 'call', status: 408 })
    r.feed({ is: 'call', status: 486 })
    r.feed({ is: 'call', status: 408 })
    r.feed({ is: 'call', status: 503 })
    assert.deepEqual(r.reports, [])
    r.feed({ is: 'call', status: 408 })
    assert.deepEqual(r.reports, ['down call'])
  })

  test('a trunk that flaps must behave well for longer each time', () => {
    const r = run()
    const goodNeeded: number[] = []
    for (let fall = 0; fall < 5; fall++) {
      while (r.state.up) r.probe(408)
      let n = 0
      while (!r.state.up) {
        r.probe(200)
        n++
      }
      goodNeeded.push(n)
    }
    assert.deepEqual(goodNeeded, [2, 4, 8, 16, 16])
  })

  test('a lost registration counts at once, and probes alone do not undo it', () => {
    const r = run()
    r.feed({ is: 'registration', up: false })
    assert.deepEqual(r.reports, ['down registration'])
    for (let i = 0; i < 5; i++) r.probe(200)
    assert.deepEqual(r.reports, ['down registration'])
    r.feed({ is: 'registration', up: true })
    r.probe(200)
    assert.deepEqual(r.reports, ['down registration', 'up probe'])
  })

  test('without probes a fallen trunk is tried again after a while', () => {
    const r = run({ ...HEALTH, probes: false })
    for (let i = 0; i < 3; i++) r.feed({ is: 'call', status: 503 })
    assert.deepEqual(r.reports, ['down call'])
    r.now = r.state.nextAt
    r.feed({ is: 'time' })
    assert.deepEqual(r.reports, ['down call', 'up time'])
    assert.equal(r.probes, 0)
    r.feed({ is: 'registration', up: false })
    r.feed({ is: 'registration', up: true })
    r.now = r.state.nextAt
    r.feed({ is: 'time' })
    assert.equal(r.state.up, true)
  })

  test('whatever happens, the verdict alternates and a deadline or a probe is always open', () => {
    const input = fc.oneof(
      fc.constantFrom(200, 408, 486, 503).map(status => ({ is: 'call' as const, status })),
      fc.boolean().map(up => ({ is: 'registration' as const, up })),
      fc.constantFrom(200, 503).map(probe => ({ probe })),
    )
    fc.assert(
      fc.property(fc.array(input, { maxLength: 80 }), inputs => {
        const r = run()
        for (const i of inputs) {
          if ('probe' in i) r.probe(i.probe)
          else r.feed(i)
        }
        r.reports.forEach((report, i) => {
          assert.equal(report.startsWith(i % 2 === 0 ? 'down' : 'up'), true)
        })
        assert.ok(r.state.nextAt < Number.MAX_SAFE_INTEGER)
      }),
      { numRuns: 300 },
    )
  })
})

describe('SEC-02 where a call comes from', () => {
  const table = new TrunkTable([
    { trunk: 'a', networks: ['198.51.100.0/24', '2001:db8:a::/48'] },
    { trunk: 'b', networks: ['198.51.100.7'], username: 'office' },
    { trunk: 'c', networks: [], username: 'roaming' },
    { trunk: 'a2', networks: ['198.51.100.0/24'] },
  ])
  const cases: readonly [string, string | undefined, string][] = [
    ['198.51.100.9', undefined, 'trunk a'],
    ['2001:db8:a::5', undefined, 'trunk a'],
    ['198.51.100.7', 'office', 'trunk b'],
    ['203.0.113.1', 'office', 'stranger'],
    ['203.0.113.1', 'roaming', 'trunk c'],
    ['203.0.113.1', undefined, 'stranger'],
    ['203.0.113.1', 'somebody', 'stranger'],
    ['garbage', undefined, 'stranger'],
  ]
  for (const [address, proven, expected] of cases)
    test(`${address} ${proven ?? 'without password'} → ${expected}`, () => {
      const m = table.match(address, proven)
      assert.equal('trunk' in m ? `${m.is} ${m.trunk}` : m.is, expected)
    })
  test('trunks that share addresses are all named; a network that wants a password is challenged', () => {
    assert.deepEqual(table.match('198.51.100.9'), { is: 'trunk', trunk: 'a', also: ['a2'] })
    assert.deepEqual(new TrunkTable([{ trunk: 'b', networks: ['192.0.2.1'], username: 'u' }]).match('192.0.2.1'), {
      is: 'prove',
      trunk: 'b',
    })
  })
})
