import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '../kernel/clock.ts'
import { parseSipUri } from '../wire/sip/uri.ts'
import { DnsCache } from './dns.ts'

type Rdata = Buffer
const TYPES: Readonly<Record<string, number>> = { A: 1, AAAA: 28, SRV: 33, NAPTR: 35 }

function name(text: string): Buffer {
  return Buffer.concat([
    ...text
      .split('.')
      .filter(l => l !== '')
      .map(l => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])),
    Buffer.from([0]),
  ])
}
function u16(...values: number[]): Buffer {
  const b = Buffer.alloc(values.length * 2)
  for (const [i, v] of values.entries()) b.writeUInt16BE(v, i * 2)
  return b
}
const text = (s: string): Buffer => Buffer.concat([Buffer.from([s.length]), Buffer.from(s)])
const a = (ip: string): Rdata => Buffer.from(ip.split('.').map(Number))
const srv = (priority: number, weight: number, port: number, target: string): Rdata =>
  Buffer.concat([u16(priority, weight, port), name(target)])
const naptr = (order: number, preference: number, service: string, replacement: string): Rdata =>
  Buffer.concat([u16(order, preference), text('s'), text(service), text(''), name(replacement)])

/** A name server with one zone, which counts what it is asked. */
function nameServer(zone: Readonly<Record<string, readonly Rdata[]>>) {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (query, from) => {
    const labels: string[] = []
    let at = 12
    while (query[at] !== 0) {
      labels.push(query.subarray(at + 1, at + 1 + query[at]!).toString())
      at += query[at]! + 1
    }
    const type = query.readUInt16BE(at + 1)
    const key = `${Object.keys(TYPES).find(t => TYPES[t] === type) ?? type} ${labels.join('.').toLowerCase()}`
    asked.push(key)
    const records = zone[key] ?? []
    const exists = Object.keys(zone).some(k => k.endsWith(' ' + labels.join('.').toLowerCase()))
    const head = Buffer.concat([query.subarray(0, 2), u16(exists ? 0x8180 : 0x8183, 1, records.length, 0, 0)])
    const rows = records.map(r => Buffer.concat([u16(0xc00c, type, 1, 0, 60, r.length), r]))
    socket.send(Buffer.concat([head, query.subarray(12, at + 5), ...rows]), from.port, from.address)
  })
  return { asked, socket, start: () => new Promise<number>(r => socket.bind(0, '127.0.0.1', () => r(socket.address().port))) }
}

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
