import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '../kernel/clock.ts'
import { parseSipUri } from '../wire/sip/uri.ts'
import { DnsCache } from './dns.ts'
import { addressRecord as a, nameServer, naptrRecord as naptr, srvRecord as srv } from './testing/name-server.ts'

describe('DNS at the edge', { timeout: 15_000 }, () => {
  const server = nameServer({
    'NAPTR clinic.example': [naptr(20, 10, 'SIP+D2T', '_sip._tcp.clinic.example'), naptr(10, 10, 'SIP+D2U', '_sip._udp.clinic.example')],
    'SRV _sip._udp.clinic.example': [srv(10, 0, 5070, 'one.clinic.example'), srv(20, 0, 5080, 'two.clinic.example')],
    'SRV _sip._tcp.clinic.example': [srv(10, 0, 5090, 'one.clinic.example')],
    'A one.clinic.example': [a('192.0.2.1')],
    'AAAA one.clinic.example': [],
    'A two.clinic.example': [a('192.0.2.2'), a('192.0.2.3')],
  })
  let port: number
  let cache: DnsCache
  before(async () => {
    port = await server.start()
    cache = new DnsCache({ servers: [`127.0.0.1:${port}`], hostsFile: false })
  })
  after(() => server.socket.close())
  const find = async (uri: string, dns = cache): Promise<string> => {
    const parsed = parseSipUri(uri)
    assert.ok(parsed.ok)
    const found = await dns.locate(parsed.value, seededRandom(1))
    return found.is === 'lost' ? found.why : found.hops.map(h => `${h.transport} ${h.host} ${h.port}`).join(', ')
  }

  test('NAPTR, SRV and addresses lead to hops in order', async () => {
    assert.equal(await find('sip:a@clinic.example'), 'udp 192.0.2.1 5070, udp 192.0.2.2 5080, udp 192.0.2.3 5080, tcp 192.0.2.1 5090')
  })

  test('what is known is not asked again, what is asked at once is asked once', async () => {
    const before = server.asked.length
    await Promise.all([find('sip:a@clinic.example'), find('sip:b@clinic.example')])
    assert.equal(server.asked.length, before)
    cache.clear()
    await Promise.all([find('sip:a@clinic.example'), find('sip:b@clinic.example')])
    const again = server.asked.slice(before)
    assert.equal(new Set(again).size, again.length)
  })

  test('what does not exist is an answer, too, and is remembered', async () => {
    assert.equal(await find('sip:a@nowhere.example'), 'no-address')
    const before = server.asked.length
    assert.equal(await find('sip:a@nowhere.example'), 'no-address')
    assert.equal(server.asked.length, before)
  })

  test('a dead name server delays, and does not throw', async () => {
    const dead = new DnsCache({ servers: ['127.0.0.1:9'], timeoutMs: 50, tries: 1, hostsFile: false })
    assert.equal(await find('sip:a@clinic.example:5060', dead), 'no-address')
  })

  test('the hosts file is asked where DNS does not know', async () => {
    const dns = new DnsCache({ servers: [`127.0.0.1:${port}`] })
    assert.match(await find('sip:a@localhost:5060', dns), /udp 127\.0\.0\.1 5060/)
  })
})
