import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../kernel/clock.ts'
import { parseSipUri } from '../../wire/sip/uri.ts'
import type { DnsAnswer, DnsQuestion } from './dns-values.ts'
import { HopMemory } from './hop-memory.ts'
import { byWeight, LOCATE, type Located, type LocateOptions, locate } from './locate.ts'

/** `NAPTR name` → "order pref service replacement"; `SRV name` → "prio weight port target"; `A name`, `AAAA name` → addresses. */
type Zone = Readonly<Record<string, readonly string[]>>

function answer(zone: Zone, q: DnsQuestion): DnsAnswer {
  const rows = zone[`${q.type} ${q.name}`] ?? []
  if (q.type === 'A' || q.type === 'AAAA') return { type: q.type, addresses: rows }
  const split = rows.map(r => r.split(' '))
  if (q.type === 'SRV')
    return {
      type: 'SRV',
      records: split.map(([p, w, port, target]) => ({ priority: Number(p), weight: Number(w), port: Number(port), target: target! })),
    }
  return {
    type: 'NAPTR',
    records: split.map(([o, p, service, replacement]) => ({
      order: Number(o),
      preference: Number(p),
      flags: 's',
      service: service!,
      replacement: replacement!,
    })),
  }
}

function run(uri: string, zone: Zone = {}, options: LocateOptions = LOCATE): { asked: string[]; result: string } {
  const parsed = parseSipUri(uri)
  assert.ok(parsed.ok)
  const cache = new Map<string, DnsAnswer>()
  const asked: string[] = []
  const random = seededRandom(1)
  for (let turn = 0; ; turn++) {
    assert.ok(turn < 6, 'it must come to an end')
    const located: Located = locate(parsed.value, q => cache.get(`${q.type} ${q.name}`), random, options)
    if (located.is === 'lost') return { asked, result: located.why }
    if (located.is === 'found')
      return {
        asked,
        result: located.hops.map(h => `${h.transport} ${h.host} ${h.port}${h.serverName ? ' ' + h.serverName : ''}`).join(', '),
      }
    for (const q of located.questions) {
      asked.push(`${q.type} ${q.name}`)
      cache.set(`${q.type} ${q.name}`, answer(zone, q))
    }
  }
}

const V4: LocateOptions = { ...LOCATE, families: [4] }

describe('locating servers (RFC 3263)', () => {
  const cases: readonly [string, Zone, string, string?][] = [
    ['sip:a@192.0.2.1', {}, 'udp 192.0.2.1 5060'],
    ['sip:a@[2001:db8::1]:5070', {}, 'udp 2001:db8::1 5070'],
    ['sip:a@192.0.2.1;transport=tcp', {}, 'tcp 192.0.2.1 5060'],
    ['sips:a@192.0.2.1', {}, 'tls 192.0.2.1 5061 192.0.2.1'],
    ['sips:a@192.0.2.1;transport=tcp', {}, 'tls 192.0.2.1 5061 192.0.2.1'],
    ['sip:a@x.example:5080', { 'A x.example': ['192.0.2.1', '192.0.2.2'] }, 'udp 192.0.2.1 5080, udp 192.0.2.2 5080', 'A x.example'],
    ['sips:a@x.example:5080', { 'A x.example': ['192.0.2.1'] }, 'tls 192.0.2.1 5080 x.example', 'A x.example'],
    ['sip:a@x.example;maddr=192.0.2.9', {}, 'udp 192.0.2.9 5060'],
    ['sip:a@x.example;transport=sctp', {}, 'no-transport'],
    ['sip:a@x.example;transport=ws', {}, 'no-transport'],
    [
      'sip:a@x.example;transport=tcp',
      { 'SRV _sip._tcp.x.example': ['10 0 5070 s.x.example'], 'A s.x.example': ['192.0.2.5'] },
      'tcp 192.0.2.5 5070',
      'SRV _sip._tcp.x.example, A s.x.example',
    ],
    [
      'sip:a@x.example',
      {
        'NAPTR x.example': [
          '20 10 SIP+D2U _u.x.example',
          '10 20 SIP+D2T _t.x.example',
          '10 10 SIPS+D2T _s.x.example',
          '5 5 E2U+sip _e.x.example',
        ],
        'SRV _s.x.example': ['0 0 5061 a.x.example'],
        'SRV _t.x.example': ['0 0 5060 a.x.example'],
        'SRV _u.x.example': ['0 0 5060 A.x.example.'],
        'A a.x.example': ['192.0.2.1'],
      },
      'tls 192.0.2.1 5061 x.example, tcp 192.0.2.1 5060, udp 192.0.2.1 5060',
    ],
    [
      'sips:a@x.example',
      { 'NAPTR x.example': ['10 10 SIP+D2U _u.x.example', '20 10 SIPS+D2T _s.x.example'], 'SRV _s.x.example': ['0 0 5061 192.0.2.1'] },
      'tls 192.0.2.1 5061 x.example',
    ],
    [
      'sip:a@x.example',
      { 'SRV _sip._tcp.x.example': ['0 0 5062 h.x.example'], 'A h.x.example': ['192.0.2.1'], 'A x.example': ['192.0.2.9'] },
      'tcp 192.0.2.1 5062',
    ],
    ['sip:a@x.example', { 'A x.example': ['192.0.2.9'] }, 'udp 192.0.2.9 5060'],
    ['sip:a@x.example', { 'SRV _sip._udp.x.example': ['0 0 0 .'], 'A x.example': ['192.0.2.9'] }, 'no-address'],
    ['sip:a@nowhere.example', {}, 'no-address'],
  ]
  for (const [uri, zone, expected, asked] of cases)
    test(`${uri} ${Object.keys(zone).length > 0 ? 'with ' + Object.keys(zone).join(', ') : ''} → ${expected}`, () => {
      const r = run(uri, zone, V4)
      assert.equal(r.result, expected)
      if (asked !== undefined) assert.equal(r.asked.join(', '), asked)
    })

  test('both families are asked, the preferred one comes first (RFC 7984)', () => {
    const zone = { 'A x.example': ['192.0.2.1'], 'AAAA x.example': ['2001:db8::1'] }
    assert.equal(run('sip:a@x.example:5060', zone, { ...LOCATE, families: [6, 4] }).result, 'udp 2001:db8::1 5060, udp 192.0.2.1 5060')
    assert.equal(run('sip:a@x.example:5060', zone).result, 'udp 192.0.2.1 5060, udp 2001:db8::1 5060')
  })

  test('priorities are strict, weights are shares (RFC 2782)', () => {
    const random = seededRandom(3)
    const records = [
      { priority: 10, weight: 75, port: 1, target: 'a' },
      { priority: 10, weight: 25, port: 1, target: 'b' },
      { priority: 10, weight: 0, port: 1, target: 'c' },
      { priority: 5, weight: 0, port: 1, target: 'first' },
    ]
    const second: Record<string, number> = {}
    for (let i = 0; i < 4000; i++) {
      const order = byWeight(records, random).map(r => r.target)
      assert.equal(order[0], 'first')
      assert.equal(order.length, 4)
      second[order[1]!] = (second[order[1]!] ?? 0) + 1
    }
    assert.ok(second['a']! > 2800 && second['a']! < 3200, String(second['a']))
    assert.ok((second['c'] ?? 0) > 0)
  })

  test('a hop that failed goes last for a while, longer each time, until it answers', () => {
    const memory = new HopMemory()
    const [a, b, c] = ['a', 'b', 'c'].map(host => ({ transport: 'udp' as const, host, port: 5060 }))
    const order = (now: number) =>
      memory
        .order([a!, b!, c!], now)
        .map(h => h.host)
        .join('')
    memory.failed(a!, 0)
    memory.failed(b!, 10)
    assert.equal(order(20), 'cab')
    assert.equal(order(30_005), 'acb')
    memory.failed(a!, 40_000)
    assert.equal(order(90_000), 'bca')
    memory.answered(a!)
    assert.equal(order(90_000), 'abc')
    for (let i = 0; i < 3000; i++) memory.failed({ transport: 'udp', host: String(i), port: 1 }, 0)
    assert.ok(memory.size <= 1000)
  })

  test('whatever DNS says, the search ends with bounded hops', () => {
    const name = fc.constantFrom('x.example', 'y.example', '_u.x.example', '_sip._udp.x.example', '.', '', '192.0.2.1')
    const row = fc.tuple(fc.nat(3), fc.nat(3), fc.constantFrom('SIP+D2U', 'SIPS+D2T', 'x', '5060', '0'), name).map(r => r.join(' '))
    const key = fc.tuple(fc.constantFrom('NAPTR', 'SRV', 'A', 'AAAA'), name).map(r => r.join(' '))
    const uri = fc.constantFrom('sip:x.example', 'sips:x.example', 'sip:x.example;transport=udp', 'sip:y.example:1')
    fc.assert(
      fc.property(fc.dictionary(key, fc.array(row, { maxLength: 30 })), uri, (zone, u) => {
        const { result } = run(u, zone)
        assert.ok(result.split(',').length <= LOCATE.hops)
      }),
      { numRuns: 300 },
    )
  })
})
