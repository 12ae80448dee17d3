import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { WebSocket } from 'ws'
import type { Flow, Hop, Transport } from '../sip/flow.ts'
import { parseStun } from '../wire/stun/parse-stun.ts'
import { BINDING, stunAttribute } from '../wire/stun/stun-message.ts'
import { printStun } from '../wire/stun/write-stun.ts'
import { openTransports, type SocketTransportOptions } from './socket-transports.ts'
import { answerStun } from './stun-responder.ts'
import type { FlowCloseReason, Listener, ListenSpec, SendOutcome, SipTransports, TlsIdentity } from './transport-types.ts'

function options(id: string, size = 0): Buffer {
  const body = 'x'.repeat(size)
  return Buffer.from(
    `OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK${id}\r\nCall-ID: ${id}\r\nContent-Length: ${size}\r\n\r\n${body}`,
  )
}
const idOf = (bytes: Uint8Array): string => /Call-ID: (\S+)/.exec(Buffer.from(bytes).toString())![1]!

/** One side, with everything that happened to it, and a way to wait for more. */
class Side {
  readonly got: { id: string; flow: Flow; bytes: Uint8Array }[] = []
  readonly closed: { flow: Flow; why: FlowCloseReason }[] = []
  readonly garbage: string[] = []
  readonly transports: SipTransports
  private wakers: (() => void)[] = []

  constructor(settings: SocketTransportOptions = {}, reply = false) {
    this.transports = openTransports(
      {
        onMessage: (bytes, flow) => {
          this.got.push({ id: idOf(bytes), flow, bytes })
          if (reply) this.transports.post(flow, options('re-' + idOf(bytes)))
          this.wake()
        },
        onFlowClosed: (flow, why) => {
          this.closed.push({ flow, why })
          this.wake()
        },
        onGarbage: (_flow, fault) => {
          this.garbage.push(fault.code)
          this.wake()
        },
      },
      settings,
    )
  }
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>(r => this.wakers.push(r))
  }
  private wake(): void {
    for (const w of this.wakers.splice(0)) w()
  }
}

const dir = mkdtempSync(join(tmpdir(), 'sip-tls-'))
/** A self-signed certificate for one name. */
function certificate(name: string): TlsIdentity {
  const key = join(dir, name + '.key')
  const cert = join(dir, name + '.pem')
  const san = `subjectAltName=DNS:${name},IP:127.0.0.1`
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-addext',
      san,
    ],
    { stdio: 'ignore' },
  )
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

describe('SIP transports on real sockets', { timeout: 20_000 }, () => {
  const sides: Side[] = []
  let one: TlsIdentity
  let two: TlsIdentity
  const side = (settings?: SocketTransportOptions, reply = false): Side => {
    const s = new Side(settings, reply)
    sides.push(s)
    return s
  }
  before(() => {
    one = certificate('one.example')
    two = certificate('two.example')
  })
  after(async () => {
    await Promise.all(sides.map(s => s.transports.close()))
    rmSync(dir, { recursive: true })
  })
  const hopTo = (l: Listener, more: Partial<Hop> = {}): Hop => ({ transport: l.transport, host: l.local.host, port: l.local.port, ...more })
  const sent = (o: SendOutcome): Flow => {
    assert.ok(o.ok, JSON.stringify(o))
    return o.flow
  }

  for (const [transport, host] of [
    ['udp', '127.0.0.1'],
    ['udp', '::1'],
    ['tcp', '127.0.0.1'],
    ['tcp', '::1'],
    ['tls', '127.0.0.1'],
    ['ws', '127.0.0.1'],
    ['wss', '127.0.0.1'],
  ] as [Transport, string][])
    test(`${transport} on ${host}: there by hop, back by flow, one connection for all`, async () => {
      const a = side({ tlsClient: { ca: one.cert } })
      const b = side({}, true)
      const spec: ListenSpec = { transport, host, port: 0, identities: [{ identity: one }] }
      const listener = await b.transports.listen(spec)
      if (transport === 'udp') await a.transports.listen(spec)
      const hop = hopTo(listener, { serverName: 'one.example' })
      const outcomes = await Promise.all(['1', '2', '3'].map(id => a.transports.send(hop, options(id, 3000))))
      await a.until(() => a.got.length === 3)
      assert.deepEqual(b.got.map(m => m.id).sort(), ['1', '2', '3'])
      assert.deepEqual(a.got.map(m => m.id).sort(), ['re-1', 're-2', 're-3'])
      assert.equal(b.got[0]!.bytes.length, options('1', 3000).length)
      assert.equal(a.transports.connections, transport === 'udp' ? 0 : 1)
      const flow = sent(outcomes[0]!)
      assert.equal(flow.transport, transport)
      assert.deepEqual(a.transports.flowFor(hop)?.connection, flow.connection)
      assert.ok(a.transports.isOpen(flow))
      const back = b.got[0]!.flow
      assert.equal(back.remote.port, transport === 'udp' ? a.got[0]!.flow.local.port : flow.local.port)
      assert.equal(back.transport, transport)
    })

  test('SEC-04 messages cut anywhere arrive whole; CRLF pings are answered; lost framing closes the connection', async () => {
    const s = side()
    const { local } = await s.transports.listen({ transport: 'tcp', host: '127.0.0.1', port: 0 })
    const socket = connect(local.port, local.host)
    let back = ''
    socket.on('data', d => (back += d.toString('latin1')))
    const all = Buffer.concat([options('a', 10), Buffer.from('\r\n\r\n'), options('b', 5)])
    for (let i = 0; i < all.length; i += 7) {
      socket.write(all.subarray(i, i + 7))
      if (i % 35 === 0) await new Promise(r => setImmediate(r))
    }
    await s.until(() => s.got.length === 2)
    assert.equal(back, '\r\n')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await s.until(() => s.closed.length === 1)
    assert.equal(s.closed[0]!.why, 'garbage')
    assert.equal(s.garbage.length, 1)
    socket.destroy()
  })

  test('a closed flow is reported, and sending to it fails at once', async () => {
    const s = side()
    const { local } = await s.transports.listen({ transport: 'tcp', host: '127.0.0.1', port: 0 })
    const socket = connect(local.port, local.host)
    socket.write(options('a'))
    await s.until(() => s.got.length === 1)
    socket.end()
    await s.until(() => s.closed.length === 1)
    assert.equal(s.closed[0]!.why, 'peer')
    const outcome = await s.transports.send(s.got[0]!.flow, options('b'))
    assert.equal(outcome.ok === false && outcome.why, 'closed')
    assert.equal(s.transports.connections, 0)
    const { remote, transport } = s.got[0]!.flow
    const byHop = await s.transports.send({ transport, ...remote, flow: s.got[0]!.flow }, options('c'))
    assert.equal(byHop.ok === false && byHop.why, 'closed', 'the port it called from is not dialled')
  })

  test('nobody listens: the sender is told why', async () => {
    const s = side()
    const l = await side().transports.listen({ transport: 'tcp', host: '127.0.0.1', port: 0 })
    await sides[sides.length - 1]!.transports.close()
    const outcome = await s.transports.send(hopTo(l), options('a'))
    assert.equal(outcome.ok === false && outcome.why, 'refused')
    const u = side()
    await u.transports.listen({ transport: 'udp', host: '127.0.0.1', port: 0 })
    // 255.255.255.255 without SO_BROADCAST, and a datagram beyond 64 KB: the system refuses both.
    const why = (host: string, size = 0) =>
      new Promise(r => u.transports.post({ transport: 'udp', host, port: 5060 }, options('a', size), f => r(f.why)))
    assert.equal(await why('127.0.0.1', 70_000), 'too-big')
    assert.match(String(await why('127.255.255.255')), /error|unreachable/)
    const none = await s.transports.send({ transport: 'udp', host: '127.0.0.1', port: 9 }, options('a'))
    assert.equal(none.ok === false && none.why, 'no-socket')
  })

  test('a certificate for another name, or of an unknown issuer, is refused', async () => {
    const b = side({}, true)
    const l = await b.transports.listen({ transport: 'tls', host: '127.0.0.1', port: 0, identities: [{ identity: one }] })
    const wrongName = await side({ tlsClient: { ca: one.cert } }).transports.send(hopTo(l, { serverName: 'two.example' }), options('a'))
    assert.equal(wrongName.ok === false && wrongName.why, 'certificate')
    const stranger = await side().transports.send(hopTo(l, { serverName: 'one.example' }), options('a'))
    assert.equal(stranger.ok === false && stranger.why, 'certificate')
  })

  test('a listener that asks for client certificates takes only those its authority signed', async () => {
    const b = side({}, true)
    const identity = { ...one, clientCa: two.cert, requireClientCert: true }
    const l = await b.transports.listen({ transport: 'tls', host: '127.0.0.1', port: 0, identities: [{ identity }] })
    const hop = hopTo(l, { serverName: 'one.example' })
    const known = side({ tlsClient: { ca: one.cert, cert: two.cert, key: two.key } })
    sent(await known.transports.send(hop, options('known')))
    await b.until(() => b.got.length === 1)
    // TLS 1.3 refuses after the client thinks it is connected: nothing arrives, and the flow closes.
    const stranger = side({ tlsClient: { ca: one.cert } })
    await stranger.transports.send(hop, options('stranger'))
    await stranger.until(() => stranger.closed.length === 1)
    assert.deepEqual(
      b.got.map(m => m.id),
      ['known'],
    )
  })

  test('the server name chooses the certificate, and certificates can be exchanged while running', async () => {
    const b = side()
    const identities = [{ identity: one }, { serverNames: ['two.example'], identity: two }]
    const l = await b.transports.listen({ transport: 'tls', host: '127.0.0.1', port: 0, identities })
    const nameSeen = (servername: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connectTls({ port: l.local.port, host: '127.0.0.1', servername, rejectUnauthorized: false }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN))
          socket.destroy()
        })
        socket.on('error', reject)
      })
    assert.equal(await nameSeen('two.example'), 'two.example')
    assert.equal(await nameSeen('other.example'), 'one.example')
    l.reload([{ identity: two }])
    assert.equal(await nameSeen('other.example'), 'two.example')
    assert.throws(() => l.reload([{ identity: { cert: 'no', key: 'no' } }]))
    assert.equal(await nameSeen('other.example'), 'two.example')
  })

  test('WebSocket without the sip subprotocol or from a foreign page is refused; a text frame is a message', async () => {
    const s = side({}, true)
    const { local } = await s.transports.listen({ transport: 'ws', host: '127.0.0.1', port: 0, origins: ['https://clinic.example'] })
    const url = `ws://127.0.0.1:${local.port}/`
    const attempt = (protocols: string[], origin?: string): Promise<string> =>
      new Promise(resolve => {
        const ws = new WebSocket(url, protocols, origin === undefined ? {} : { origin })
        ws.on('open', () => {
          ws.send(options('t').toString())
          ws.on('message', (data, binary) => {
            resolve(`${ws.protocol} ${binary ? 'binary' : 'text'} ${idOf(data as Buffer)}`)
            ws.close()
          })
        })
        ws.on('error', e => resolve(e.message))
      })
    assert.match(await attempt([]), /400/)
    assert.match(await attempt(['mqtt']), /400/)
    assert.match(await attempt(['sip'], 'https://evil.example'), /403/)
    assert.equal(await attempt(['mqtt', 'sip'], 'https://clinic.example'), 'sip text re-t')
  })

  test('SEC-01 too many connections from one source are closed; a connection that says nothing is closed', async () => {
    const s = side({ limits: { connectionsPerSource: 2, slowMs: 50 }, sweepMs: 20 })
    const { local } = await s.transports.listen({ transport: 'tcp', host: '127.0.0.1', port: 0 })
    const open = (): Promise<Socket> =>
      new Promise(resolve => {
        const c = connect(local.port, local.host, () => resolve(c))
        c.on('error', () => {})
      })
    const sockets = [await open(), await open(), await open()]
    await new Promise(r => sockets[2]!.on('close', r))
    assert.ok(s.transports.connections <= 2)
    await s.until(() => s.closed.length === 2)
    assert.deepEqual(
      s.closed.map(c => c.why),
      ['slow', 'slow'],
    )
  })

  test('our pings keep a flow; a peer that does not answer them is dropped', async () => {
    const s = side({ limits: { pongMs: 100 }, sweepMs: 20 })
    const peer = side()
    const l = await peer.transports.listen({ transport: 'tcp', host: '127.0.0.1', port: 0 })
    const good = sent(await s.transports.send(hopTo(l), options('a')))
    s.transports.keepAlive(good, 100)
    const deaf = await new Promise<{ port: number; close(): void }>(resolve => {
      import('node:net').then(({ createServer }) => {
        const server = createServer(c => c.resume())
        server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as { port: number }).port, close: () => server.close() }))
      })
    })
    const bad = sent(await s.transports.send({ transport: 'tcp', host: '127.0.0.1', port: deaf.port }, options('a')))
    s.transports.keepAlive(bad, 100)
    await s.until(() => s.closed.length === 1)
    assert.equal(s.closed[0]!.flow.connection, bad.connection)
    assert.ok(s.transports.isOpen(good))
    deaf.close()
  })

  test('UDP keep-alives are no messages, and STUN on the SIP port is answered with the address it came from (RFC 5626)', async () => {
    const s = side({ onStun: answerStun })
    const { local } = await s.transports.listen({ transport: 'udp', host: '127.0.0.1', port: 0 })
    const socket = createSocket('udp4')
    const answered = new Promise<Buffer>(r => socket.once('message', r))
    const request = { class: 'request' as const, method: BINDING, transaction: '0123456789abcdef01234567', attributes: [] }
    socket.send('\r\n\r\n', local.port, local.host)
    socket.send(Buffer.alloc(20), local.port, local.host)
    socket.send(printStun(request), local.port, local.host)
    socket.send(options('a'), local.port, local.host)
    await s.until(() => s.got.length === 1)
    const read = parseStun(new Uint8Array(await answered))
    const { port } = socket.address()
    socket.close()
    assert.ok(read.ok)
    assert.equal(read.value.transaction, request.transaction)
    assert.deepEqual(stunAttribute(read.value, 'xor-mapped-address')?.value, { address: '127.0.0.1', port })
  })
})
