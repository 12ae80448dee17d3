import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../kernel/clock.ts'
import { type HeaderField, NO_BODY, type SipRequest } from '../../wire/sip/message.ts'
import type { Flow, Transport } from '../flow.ts'
import { type Binding, memoryBindingStore } from './binding.ts'
import { contactKey, parseContactClaim } from './contact-claim.ts'
import { REGISTRAR, type RegisterOutcome, Registrar, type RegistrarNotice, type RegistrarOptions } from './registrar.ts'

const DOMAIN = 'clinic.example'

function flowOf(port = 5060, transport: Transport = 'udp', connection = '', host = '192.0.2.7'): Flow {
  return { transport, local: { host: '198.51.100.1', port: 5060 }, remote: { host, port }, connection }
}

interface Ask {
  readonly contacts?: readonly string[]
  readonly cseq?: number
  readonly callId?: string
  readonly expires?: string
  readonly supported?: readonly string[]
  readonly path?: readonly string[]
  readonly require?: readonly string[]
  readonly vias?: number
  readonly user?: string
}

function ask(a: Ask): SipRequest {
  const list = (name: string, values: readonly string[] = []): HeaderField[] => values.map(value => ({ name, value }))
  const headers = [
    ...list('Via', new Array(a.vias ?? 1).fill('SIP/2.0/UDP h;branch=z9hG4bKx')),
    { name: 'To', value: `<sip:${a.user ?? '201'}@10.0.0.1>` },
    { name: 'Call-ID', value: a.callId ?? 'c1' },
    { name: 'CSeq', value: `${a.cseq ?? 1} REGISTER` },
    ...list('Contact', a.contacts),
    ...list('Supported', a.supported),
    ...list('Path', a.path),
    ...list('Require', a.require),
    ...(a.expires === undefined ? [] : [{ name: 'Expires', value: a.expires }]),
  ]
  return { kind: 'request', method: 'REGISTER', uri: `sip:${DOMAIN}`, headers, body: NO_BODY }
}

function set(more: Partial<RegistrarOptions> = {}, store = memoryBindingStore(), seed = 1) {
  const notices: RegistrarNotice[] = []
  const registrar = new Registrar({ ...REGISTRAR, domain: DOMAIN, gruuKey: 'k', ...more }, store, seededRandom(seed), n => notices.push(n))
  const register = (a: Ask, flow = flowOf(), now = 0, account = a.user ?? '201') => registrar.register(ask(a), flow, account, now)
  const uris = (now = 1000) => registrar.contacts('201', now).map(c => c.requestUri)
  const heard = () => notices.splice(0).map(n => ('left' in n ? `${n.is} ${n.left}` : n.is))
  return { registrar, register, uris, heard, store, notices }
}
const values = (o: RegisterOutcome, name: string): string[] => o.headers.filter(h => h.name === name).map(h => h.value)

describe('registrar', () => {
  test('a contact is bound, listed with its remaining time, refreshed, and removed by expires=0', () => {
    const { register, uris, heard, registrar } = set()
    const first = register({ contacts: ['<sip:201@192.0.2.7:5060>;expires=600'] })
    assert.equal(first.status, 200)
    assert.deepEqual(values(first, 'Contact'), ['<sip:201@192.0.2.7:5060>;expires=600'])
    assert.deepEqual(uris(), ['sip:201@192.0.2.7:5060'])
    const query = register({ cseq: 2 }, flowOf(), 100_000)
    assert.deepEqual(values(query, 'Contact'), ['<sip:201@192.0.2.7:5060>;expires=500'])
    register({ contacts: ['<sip:201@192.0.2.7:5060>'], cseq: 3 }, flowOf(), 200_000)
    assert.deepEqual(heard(), ['registered', 'refreshed'])
    assert.equal(registrar.isRegistered('201', 3_000_000), true)
    assert.deepEqual(values(register({ contacts: ['<sip:201@192.0.2.7:5060>;expires=0'], cseq: 4 }, flowOf(), 300_000), 'Contact'), [])
    assert.deepEqual(heard(), ['unregistered 0'])
    assert.deepEqual(uris(), [])
  })

  test('several contacts are sorted by q, then by freshness', () => {
    const { register, uris } = set()
    register({ contacts: ['<sip:201@a>;q=0.5', '<sip:201@b>;q=0.8'] }, flowOf(1))
    register({ contacts: ['<sip:201@c>;q=0.5'], callId: 'c2' }, flowOf(2), 10)
    register({ contacts: ['<sip:201@d>'], callId: 'c3' }, flowOf(3), 20)
    assert.deepEqual(uris(), ['sip:201@d', 'sip:201@b', 'sip:201@c', 'sip:201@a'])
  })

  test('too brief is 423 with Min-Expires, too long is shortened, and neither binds half a request', () => {
    const { register, uris } = set()
    const brief = register({ contacts: ['<sip:201@a>', '<sip:201@b>;expires=30'] })
    assert.equal(brief.status, 423)
    assert.deepEqual(values(brief, 'Min-Expires'), ['60'])
    assert.deepEqual(uris(), [])
    assert.deepEqual(values(register({ contacts: ['<sip:201@a>'], expires: '999999999999' }), 'Contact'), ['<sip:201@a>;expires=7200'])
    assert.deepEqual(values(register({ contacts: ['<sip:201@a>;expires=soon'], cseq: 2 }), 'Contact'), ['<sip:201@a>;expires=3600'])
  })

  test('the wildcard clears all, alone and with Expires: 0 only', () => {
    const { register, uris, heard } = set()
    register({ contacts: ['<sip:201@a>', '<sip:201@b>'] })
    assert.equal(register({ contacts: ['*'], cseq: 2 }).status, 400)
    assert.equal(register({ contacts: ['*', '<sip:201@a>'], expires: '0', cseq: 2 }).status, 400)
    assert.equal(register({ contacts: ['*'], expires: '0', cseq: 1 }).status, 500, 'CSeq did not go up')
    assert.equal(uris().length, 2)
    heard()
    assert.equal(register({ contacts: ['*'], expires: '0', cseq: 2 }).status, 200)
    assert.deepEqual(heard(), ['unregistered 1', 'unregistered 0'])
  })

  test('within one Call-ID an older or equal CSeq changes nothing; another Call-ID takes over', () => {
    const { register } = set()
    register({ contacts: ['<sip:201@a>'], cseq: 5 })
    assert.equal(register({ contacts: ['<sip:201@a>;expires=0'], cseq: 5 }).status, 500)
    assert.equal(register({ contacts: ['<sip:201@a>;expires=0'], cseq: 4 }).status, 500)
    assert.equal(register({ contacts: ['<sip:201@a>'], cseq: 1, callId: 'after-restart' }).status, 200)
  })

  test('SEC-02 only the owner of a name registers for it; foreign hosts and schemes are refused', () => {
    const { register, registrar } = set({ isOurs: h => h === '10.0.0.1' })
    assert.equal(register({ contacts: ['<sip:x@a>'], user: '202' }, flowOf(), 0, '201').status, 403)
    assert.equal(register({ contacts: ['<tel:+77172000000>'] }).status, 400)
    const foreign = {
      ...ask({ contacts: ['<sip:x@a>'] }),
      headers: ask({ contacts: ['<sip:x@a>'] }).headers.map(h => (h.name === 'To' ? { ...h, value: '<sip:201@else.example>' } : h)),
    }
    assert.equal(registrar.register(foreign, flowOf(), '201', 0).status, 404)
    assert.equal(register({ contacts: ['<sip:x@a>'], require: ['pref'] }).status, 420)
  })

  test('an AOR holds a bounded number of contacts', () => {
    const { register } = set({ maxContacts: 2 })
    assert.equal(register({ contacts: ['<sip:201@a>', '<sip:201@b>'] }).status, 200)
    assert.equal(register({ contacts: ['<sip:201@c>'], cseq: 2 }).status, 403)
    assert.equal(register({ contacts: ['<sip:201@a>'], cseq: 3 }).status, 200)
  })

  test('bindings expire by themselves, in order, and refreshes put that off', () => {
    const { registrar, register, heard } = set()
    register({ contacts: ['<sip:201@a>;expires=100', '<sip:201@b>;expires=200'] })
    register({ contacts: ['<sip:201@a>;expires=300'], cseq: 2 }, flowOf(), 50_000)
    heard()
    assert.equal(registrar.nextAt(), 100_000)
    registrar.expire(100_000)
    assert.deepEqual(heard(), [])
    registrar.expire(200_000)
    assert.deepEqual(heard(), ['expired 1'])
    registrar.expire(350_000)
    assert.deepEqual(heard(), ['expired 0'])
    assert.equal(registrar.size, 0)
    assert.equal(registrar.nextAt(), Number.POSITIVE_INFINITY)
  })

  test('RES-07 after a restart a telephone that takes TCP connections at the address it came from is called there', () => {
    const before = set()
    const flow = flowOf(40000, 'tcp', 'one')
    before.register({ contacts: ['<sip:201@192.0.2.7:5062;transport=tcp>'] }, flow)
    before.register({ contacts: ['<sip:201@10.0.0.9:5062;transport=tcp>'], callId: 'behind a NAT' }, flow)
    const flows = before.registrar.contacts('201', 1).map(c => c.hops[0]?.flow)
    assert.deepEqual(flows, [flow, flow])
    const store = memoryBindingStore()
    for (const b of before.store.loadAll()) store.put(b)
    const hops = set({}, store)
      .registrar.contacts('201', 1)
      .map(c => c.hops)
    assert.deepEqual(hops, [[{ transport: 'tcp', host: '192.0.2.7', port: 5062 }]])
  })

  test('RES-07 bindings survive a restart; contacts on connections come back when their telephone does', () => {
    const before = set()
    before.register({ contacts: ['<sip:201@a>'] })
    before.register({ contacts: ['<sip:201@x.invalid;transport=ws>'], callId: 'ws' }, flowOf(40000, 'ws', 'one'))
    const kept = JSON.parse(JSON.stringify([...before.store.loadAll()])) as Binding[]
    const store = memoryBindingStore()
    for (const b of kept) store.put(b)
    const after = set({}, store)
    assert.deepEqual(after.uris(), ['sip:201@a'])
    after.register({ contacts: ['<sip:201@x.invalid;transport=ws>'], callId: 'ws', cseq: 2 }, flowOf(40001, 'ws', 'two'))
    assert.equal(after.uris().length, 2)
    after.registrar.expire(4_000_000)
    assert.equal(store.size, 0)
  })

  test('a closed connection makes its contacts unreachable at once, others stay', () => {
    const { registrar, register, uris, heard } = set()
    const ws = flowOf(40000, 'ws', 'conn-1')
    register({ contacts: ['<sip:201@x.invalid;transport=ws>'] }, ws)
    register({ contacts: ['<sip:201@a>'], callId: 'c2' })
    heard()
    registrar.flowClosed(ws)
    assert.deepEqual(heard(), ['unreachable 1'])
    assert.deepEqual(uris(), ['sip:201@a'])
    registrar.flowClosed(ws)
    assert.deepEqual(heard(), [])
    register({ contacts: ['<sip:201@x.invalid;transport=ws>'], cseq: 2 }, flowOf(40002, 'ws', 'conn-2'))
    assert.equal(uris().length, 2)
  })

  test('contacts are reached by the flow they registered from, whatever their address says', () => {
    const { registrar, register } = set()
    const flow = flowOf(61234, 'udp', '', '203.0.113.9')
    register({ contacts: ['<sip:201@192.168.1.20:5060>'] }, flow)
    const [contact] = registrar.contacts('201', 1)
    assert.deepEqual(contact!.hops, [{ transport: 'udp', host: '203.0.113.9', port: 61234, flow }])
    assert.equal(contact!.requestUri, 'sip:201@192.168.1.20:5060')
    assert.equal(contact!.binding.natted, true)
    assert.deepEqual([...registrar.nattedFlows()], [flow])
  })

  test('Path is kept as the route set, answered, and refused to those who do not know it', () => {
    const { registrar, register } = set()
    const path = ['<sip:edge2@192.0.2.2;lr>', '<sip:edge1@192.0.2.1:5070;lr>']
    assert.equal(register({ contacts: ['<sip:201@a>'], path }).status, 421)
    const done = register({ contacts: ['<sip:201@a>'], path, supported: ['path'] })
    assert.deepEqual(values(done, 'Path'), path)
    const [contact] = registrar.contacts('201', 1)
    assert.deepEqual(contact!.routes, path)
    assert.deepEqual(contact!.hops, [{ transport: 'udp', host: '192.0.2.2', port: 5060 }])
  })

  test('outbound: one binding per instance and reg-id, replaced when the flow changes, with Flow-Timer', () => {
    const { registrar, register } = set()
    const contact = (n: number): string => `<sip:201@192.0.2.7;transport=tcp;ob>;+sip.instance="<urn:uuid:1>";reg-id=${n}`
    const supported = ['path', 'outbound']
    const done = register({ contacts: [contact(1)], supported }, flowOf(1, 'tcp', 'x'))
    assert.deepEqual([values(done, 'Require'), values(done, 'Flow-Timer')], [['outbound'], ['120']])
    register({ contacts: [contact(2)], supported, cseq: 2 }, flowOf(2, 'tcp', 'y'), 10)
    assert.equal(registrar.contacts('201', 20).length, 2)
    register({ contacts: [contact(1)], supported, callId: 'reborn' }, flowOf(3, 'tcp', 'z'), 20)
    assert.deepEqual(
      registrar.contacts('201', 30).map(c => c.hops[0]!.flow!.connection),
      ['z', 'y'],
    )
    assert.equal(register({ contacts: [contact(1)], supported, vias: 2, cseq: 9 }).status, 439)
    assert.equal(register({ contacts: [contact(1)], supported, vias: 2, cseq: 9, path: ['<sip:e@192.0.2.1;lr;ob>'] }).status, 200)
    const withoutSupport = register({ contacts: [contact(1)], callId: 'plain' })
    assert.deepEqual(values(withoutSupport, 'Require'), [])
  })

  test('a telephone that restarts with another port takes the place of its former self', () => {
    const { register, uris } = set()
    register({ contacts: ['<sip:201@192.0.2.7:1111>;+sip.instance="<urn:uuid:1>"'] })
    register({ contacts: ['<sip:201@192.0.2.7:2222>;+sip.instance="<urn:uuid:1>"'], callId: 'c2' })
    assert.deepEqual(uris(), ['sip:201@192.0.2.7:2222'])
  })

  test('GRUU: public and temporary lead to the instance; temporary ones cannot be linked and die with the Call-ID', () => {
    const { registrar, register } = set()
    const contact = '<sip:201@a>;+sip.instance="<urn:uuid:f81d4fae>"'
    const gruus = (o: RegisterOutcome) =>
      /pub-gruu="([^"]+)";temp-gruu="([^"]+)"/.exec(values(o, 'Contact').join())!.slice(1) as [string, string]
    register({ contacts: ['<sip:201@other>'], callId: 'o' })
    const [pub, temp1] = gruus(register({ contacts: [contact], supported: ['gruu'] }))
    const [, temp2] = gruus(register({ contacts: [contact], supported: ['gruu'], cseq: 2 }))
    assert.equal(pub, 'sip:201@clinic.example;gr=urn:uuid:f81d4fae')
    assert.notEqual(temp1, temp2)
    for (const gruu of [pub, temp1, temp2])
      assert.deepEqual(
        registrar.lookup(gruu, 1).map(c => c.requestUri),
        ['sip:201@a'],
      )
    assert.equal(registrar.lookup('sip:201@clinic.example', 1).length, 2)
    register({ contacts: [contact], supported: ['gruu'], callId: 'reborn' })
    assert.deepEqual(registrar.lookup(temp1, 1), [])
    assert.equal(registrar.lookup(pub, 1).length, 1)
    assert.deepEqual(registrar.lookup(temp1.replace(/tgruu\../, 'tgruu.0'), 1), [])
    const plain = register({ contacts: [contact], callId: 'x' })
    assert.doesNotMatch(values(plain, 'Contact').join(), /gruu/)
  })

  test('contact keys: host and parameter names without case, user with', () => {
    const key = (c: string): string => {
      const r = parseContactClaim(c)
      return r.ok ? contactKey(r.value.parsed) : r.error.code
    }
    assert.equal(key('<sip:A@Host.Example;Transport=TCP;line=1>'), key('<sip:A@host.example;line=1;transport=tcp>;q=0.1'))
    assert.notEqual(key('<sip:a@h>'), key('<sip:A@h>'))
    assert.notEqual(key('<sip:a@h>'), key('<sip:a@h:5060>'))
  })

  test('no sequence of REGISTERs, closures and time leaves the store, the table and the timers in disagreement', () => {
    const contact = fc.constantFrom(
      '<sip:201@a>',
      '<sip:201@b>;q=0.3',
      '<sip:201@a>;expires=0',
      '*',
      '<sip:201@c>;+sip.instance="<i>";reg-id=1',
      '<sip:201@d>;+sip.instance="<i>"',
      'nonsense',
      '<sip:201@e>;expires=70',
    )
    const step = fc.record({
      contacts: fc.array(contact, { maxLength: 3 }),
      callId: fc.constantFrom('x', 'y'),
      expires: fc.option(fc.constantFrom('0', '60', '1'), { nil: undefined }),
      after: fc.integer({ min: 0, max: 60_000 }),
      connection: fc.constantFrom('', 'p', 'q'),
      close: fc.boolean(),
      supported: fc.subarray(['outbound', 'gruu', 'path']),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const { registrar, store } = set()
        let now = 0
        let cseq = 1
        for (const s of steps) {
          now += s.after
          const flow = flowOf(1, s.connection === '' ? 'udp' : 'tcp', s.connection)
          if (s.close) registrar.flowClosed(flow)
          else
            registrar.register(
              ask({
                contacts: s.contacts,
                callId: s.callId,
                supported: s.supported,
                cseq: cseq++,
                ...(s.expires !== undefined && { expires: s.expires }),
              }),
              flow,
              '201',
              now,
            )
          assert.equal(store.size, registrar.size)
          assert.equal(new Set([...registrar.bindings()].map(b => b.id)).size, registrar.size)
        }
        registrar.expire(now + 8_000_000)
        assert.deepEqual([registrar.size, store.size, registrar.nextAt()], [0, 0, Number.POSITIVE_INFINITY])
      }),
      { numRuns: 150 },
    )
  })
})
