/**
 * An exchange as an office places it: with a certificate of its own, two media processes, a provider known by name,
 * telephones over connections that a NAT would forget.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:https'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkServerIdentity } from 'node:tls'
import { addressRecord, nameServer, naptrRecord, srvRecord } from '../../src/net/testing/name-server.ts'
import { Phone } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { Provider } from './kamailio.ts'
import { secondsOf } from './listen.ts'
import { officePlan } from './office-plan.ts'
import { heardBy, PhoneRoom } from './phone-room.ts'
import { needs } from './programs.ts'

const port = 26300
const SILENT = '127.0.0.41'
const SPEAKS = '127.0.0.42'
const PROVIDER_PORT = 26440
const WORLD_PORT = 26460
const options = needs('baresip', 'openssl', 'kamailio', 'kamcmd', 'ffmpeg', 'ffprobe')

const plan = officePlan(`lines:
  "+77272500000": { name: Main number, to: ann, owner: ann }
trunks:
  telecom: { host: provider.example, by-address: true, login: { user: "office", password: "secret:telecom" }, channels: 4, check-every: 5s }
outgoing:
  rules: [ { calls: [local, national, mobile], by: [telecom] }, { calls: emergency, by: any } ]
`)

/** Of the provider's two servers the one to be preferred is silent. */
const names = nameServer({
  'NAPTR provider.example': [naptrRecord(10, 10, 'SIP+D2U', '_sip._udp.provider.example')],
  'SRV _sip._udp.provider.example': [
    srvRecord(10, 0, PROVIDER_PORT, 'one.provider.example'),
    srvRecord(20, 0, PROVIDER_PORT, 'two.provider.example'),
  ],
  'A one.provider.example': [addressRecord(SILENT)],
  'A two.provider.example': [addressRecord(SPEAKS)],
  'AAAA one.provider.example': [],
  'AAAA two.provider.example': [],
})

let folder = ''
let x: TestExchange
let provider: Provider
let room: PhoneRoom
const others: Phone[] = []

before(async () => {
  if (options.skip) return
  folder = mkdtempSync(join(tmpdir(), 'switchroom-placement-'))
  certificate(folder)
  const dns = await names.start()
  provider = await Provider.start({
    folder,
    at: `${SPEAKS}:${PROVIDER_PORT}`,
    world: `127.0.0.1:${WORLD_PORT}`,
    customer: `127.0.0.1:${port}`,
    algorithm: 'SHA-256',
    customers: { office: 'pass-of-the-office' },
  })
  x = await TestExchange.start({
    plan,
    port,
    rtp: '26600-26799',
    tag: 'placement-',
    secrets: { telecom: 'pass-of-the-office' },
    more: ['--tls-cert', join(folder, 'own.crt'), '--tls-key', join(folder, 'own.key'), '--media', '2', '--dns', `127.0.0.1:${dns}`],
  })
  room = new PhoneRoom(x, { sip: port + 20, rtp: 26800 })
})

after(async () => {
  await Promise.allSettled([room?.close(), ...others.map(p => p.stop())])
  await x?.stop()
  await provider?.down()
  names.socket.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** As an office's own authority would issue it. */
function certificate(into: string): void {
  const subject = ['-subj', '/CN=pbx.clinic.example', '-addext', 'subjectAltName=DNS:pbx.clinic.example']
  const files = ['-keyout', join(into, 'own.key'), '-out', join(into, 'own.crt')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...subject, ...files],
    {
      stdio: 'ignore',
    },
  )
}

interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

function page(path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    const host = 'pbx.clinic.example'
    const ask = get(
      {
        host: '127.0.0.1',
        port: port + 8,
        path,
        ca: readFileSync(join(folder, 'own.crt')),
        servername: host,
        headers: { host },
        checkServerIdentity: (_name, cert) => checkServerIdentity(host, cert),
      },
      answer => {
        let body = ''
        answer.on('data', d => (body += d))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }))
      },
    )
    ask.once('error', reject)
  })
}

/** Resolves when both say that the call is up. */
async function call(from: Phone, to: Phone, target: string): Promise<void> {
  const up = [from.count('CALL_ESTABLISHED') + 1, to.count('CALL_ESTABLISHED') + 1] as const
  await from.dial(target)
  await Promise.all([from.event('CALL_ESTABLISHED', up[0]), to.event('CALL_ESTABLISHED', up[1])])
}

function heardSeconds(p: Phone, hz: number): number {
  const { channels, clockHz } = heardBy(p)
  return secondsOf(channels[0]!, clockHz, hz)
}

describe('an exchange in its place', options, () => {
  test('SEC-04 TOP-04 with a certificate of its own the console is there by HTTPS only, and browsers are told to stay', async () => {
    const console = await page('/')
    assert.equal(console.status, 200)
    assert.match(console.body, /<div id="root">/)
    assert.match(String(console.headers['strict-transport-security']), /max-age=\d{6,}/)
    assert.match(String(console.headers['content-security-policy']), /wss:/)
    assert.equal((await page('/api/status')).status, 401)
    assert.match(x.output, /Console +https:\/\//)
    await assert.rejects(fetch(`http://127.0.0.1:${port + 8}/`), 'no plain HTTP on that port')
  })

  test('RES-01 a provider known by name: NAPTR, SRV and address are followed, and its silent server costs no call anything', async () => {
    const world = await Phone.start({
      folder: x.folder,
      name: 'world',
      user: 'world',
      password: 'unasked',
      registrar: `${SPEAKS}:${PROVIDER_PORT}`,
      tone: 800,
      sipPort: WORLD_PORT,
      controlPort: WORLD_PORT + 2,
      rtpPorts: '26900-26918',
      codecs: 'PCMA',
    })
    others.push(world)
    const ann = await room.phone('201', 440, { secret: 'ann' })
    await x.until(
      () => {
        const { out } = x.try('status', '--json', '--data', x.data)
        return /answers/.test((JSON.parse(out) as { trunks: { why: string }[] }).trunks[0]!.why)
      },
      'the provider to answer',
      30_000,
    )
    assert.ok(names.asked.includes('SRV _sip._udp.provider.example') && names.asked.includes('A one.provider.example'))
    await call(ann, world, '+77015550199')
    await sleep(2000)
    await ann.hangUp()
    await world.event('CALL_CLOSED')
    await sleep(300)
    assert.ok(heardSeconds(world, 440) > 1, 'the far side heard us')
    assert.ok(heardSeconds(ann, 800) > 1, 'we heard the far side')
  })

  test('RES-07 two media processes: each takes calls, and when one is killed the calls of the other hear nothing of it', async () => {
    const ann = await room.phone('201', 440, { secret: 'ann' })
    const bob = await room.phone('202', 550, { secret: 'bob' })
    const cid = await room.phone('203', 660, { secret: 'cid', transport: 'tcp' })
    const dee = await room.phone('204', 770, { secret: 'dee', transport: 'tls' })
    await call(ann, bob, '202')
    await call(cid, dee, '204')
    await sleep(1500)
    const nodes = x.events().flatMap(e => (e.event.type === 'call.started' ? [e.event.node] : []))
    assert.deepEqual(new Set(nodes.slice(-2)), new Set(['media-0', 'media-1']))
    const victim = nodes.at(-1) as 'media-0' | 'media-1'
    await x.kill(victim)
    await sleep(2500)
    await Promise.all([ann.hangUp(), cid.hangUp()])
    await Promise.all([bob.event('CALL_CLOSED'), dee.event('CALL_CLOSED')])
    await sleep(300)
    const ofOthers = x
      .events()
      .filter(e => e.event.type === 'call.recovered')
      .map(e => e.call)
    const begun = x.events().flatMap(e => (e.event.type === 'call.started' ? [{ call: e.call, node: e.event.node }] : []))
    for (const id of ofOthers) assert.equal(begun.find(c => c.call === id)?.node, victim, 'only calls of the killed one were taken up anew')
    assert.ok(heardSeconds(bob, 440) > 2.5, 'bob heard ann again')
    assert.ok(heardSeconds(dee, 660) > 2.5, 'dee heard cid again')
  })

  test('TOP-04 RFC 5626: the exchange answers the keep-alives by which a telephone holds its way through a NAT open', async () => {
    const socket = createConnection({ host: '127.0.0.1', port })
    try {
      const answer = new Promise<string>(done => socket.once('data', d => done(d.toString('latin1'))))
      socket.write('\r\n\r\n')
      assert.equal(await answer, '\r\n', 'a pong for the double CRLF')
    } finally {
      socket.destroy()
    }
  })
})
