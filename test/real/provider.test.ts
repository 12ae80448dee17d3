/** Two telephone providers (Kamailio) and the exchange between them and its telephones. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Phone, type PhoneOptions } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { Provider } from './kamailio.ts'
import { readSound, secondsOf } from './listen.ts'
import { officePlan } from './office-plan.ts'
import { needs } from './programs.ts'

const port = 32100
const options = needs('kamailio', 'kamcmd', 'baresip', 'ffmpeg', 'ffprobe')
const A = '127.0.0.31:32131'
const B = '127.0.0.32:32132'
const WORLD_PORT = 32200
const plan = officePlan(`lines:
  "+77272500000": { name: Main number, to: ann, owner: ann }
trunks:
  telecom-a: { host: "${A}", register: { user: "77272500000", password: "secret:telecom-a", expires: 2s }, channels: 4, trusts-identity: yes, check-every: 2s }
  telecom-b: { host: "${B}", by-address: true, trusts-identity: no, login: { user: "office", password: "secret:telecom-b" }, channels: 4, check-every: 5s }
outgoing:
  rules: [ { calls: [local, national, mobile], by: [telecom-a, telecom-b] }, { calls: emergency, by: any } ]
  next-trunk-after: 2s
`).replace('cid: { name: Cid,', 'cid: { name: Cid, department: sales, hides-number: yes,')

interface TrunkStatus {
  readonly trunk: string
  readonly up: boolean
  readonly registered: boolean | null
  readonly why: string
}

let folder = ''
let a: Provider
let b: Provider
let x: TestExchange
let ann: Phone
let world: Phone

before(async () => {
  if (options.skip) return
  folder = mkdtempSync(join(tmpdir(), 'switchroom-providers-'))
  const common = { folder, world: `127.0.0.1:${WORLD_PORT}`, customer: `127.0.0.1:${port}` }
  a = await Provider.start({ ...common, at: A, algorithm: 'SHA-256', customers: { '77272500000': 'first-password' } })
  b = await Provider.start({ ...common, at: B, algorithm: 'MD5', customers: { office: 'other-password' } })
  x = await TestExchange.start({
    plan,
    port,
    rtp: '31300-31499',
    tag: 'provider-',
    secrets: { 'telecom-a': 'first-password', 'telecom-b': 'other-password' },
  })
  ann = await phone({
    name: 'ann',
    user: '201',
    password: x.password('201'),
    registrar: x.registrar,
    tone: 440,
    sipPort: port + 20,
    controlPort: port + 22,
    rtpPorts: '31500-31548',
  })
  world = await phone({
    name: 'world',
    user: 'world',
    password: 'unasked',
    registrar: A,
    tone: 800,
    sipPort: WORLD_PORT,
    controlPort: port + 24,
    rtpPorts: '31550-31598',
    codecs: 'PCMA',
  })
})

after(async () => {
  await Promise.allSettled([ann?.stop(), world?.stop()])
  await x?.stop()
  await Promise.allSettled([a?.down(), b?.down()])
  if (folder) rmSync(folder, { recursive: true, force: true })
})

function phone(o: Omit<PhoneOptions, 'folder'>): Promise<Phone> {
  return Phone.start({ folder: x.folder, ...o })
}

function trunk(name: string): TrunkStatus {
  const { out } = x.try('status', '--json', '--data', x.data)
  return (JSON.parse(out) as { trunks: TrunkStatus[] }).trunks.find(t => t.trunk === name)!
}

async function trunkIs(name: string, wanted: (t: TrunkStatus) => boolean, what: string, ms = 20_000): Promise<TrunkStatus> {
  for (const end = Date.now() + ms; ; await sleep(250)) {
    const t = trunk(name)
    if (wanted(t)) return t
    if (Date.now() > end) throw new Error(`${name} is not ${what}: ${JSON.stringify(t)}`)
  }
}

function lastStart() {
  const started = x.events().findLast(e => e.event.type === 'call.started')?.event
  assert.ok(started?.type === 'call.started')
  return started
}

/** By which trunks the latest call was tried, in order. */
function trunksOfLastCall(): (string | null)[] {
  const events = x.events()
  const call = events.findLast(e => e.event.type === 'call.started')!.call
  return events.flatMap(e => (e.call === call && e.event.type === 'leg.started' ? [e.event.trunk] : []))
}

/** Seconds of a tone in the latest call of a telephone. */
function heard(p: Phone, hz: number): number {
  const last = p.heard().at(-1)
  if (!last) return 0
  const sound = readSound(last.path)
  return secondsOf(sound.channels[0]!, sound.clockHz, hz)
}

/** A call that is answered; both hear each other; the caller hangs up. How long it took to be answered, in ms. */
async function talk(from: Phone, to: Phone, target: string): Promise<number> {
  const began = Date.now()
  const [up, over] = [from.count('CALL_ESTABLISHED') + 1, to.count('CALL_CLOSED') + 1]
  await from.dial(target)
  await from.event('CALL_ESTABLISHED', up)
  const tookMs = Date.now() - began
  await sleep(1500)
  await from.hangUp()
  await to.event('CALL_CLOSED', over)
  await sleep(200)
  assert.ok(
    heard(from, to.options.tone) > 0.8,
    `${from.options.name} heard ${to.options.name} for ${heard(from, to.options.tone).toFixed(1)} s`,
  )
  assert.ok(
    heard(to, from.options.tone) > 0.8,
    `${to.options.name} heard ${from.options.name} for ${heard(to, from.options.tone).toFixed(1)} s`,
  )
  return tookMs
}

test('RES-01 SEC-01 the trunk registers with SHA-256 after its time was found too short, and again in time', options, async () => {
  await trunkIs('telecom-a', t => t.registered === true, 'registered')
  assert.deepEqual(a.said().slice(0, 2), ['423', 'registered 77272500000 for 6'])
  assert.equal(trunk('telecom-b').registered, null, 'the other one is known by its address')
  await a.until(/registered 77272500000(.|\n)*registered 77272500000/)
  assert.equal(trunk('telecom-a').up, true)
})

test(
  'IN-01 SEC-02 a call from the provider reaches the line; who calls is whom the provider asserts, not what From says',
  options,
  async () => {
    await talk(world, ann, '+77272500000')
    const started = await x.logged(e => e.event.type === 'call.started', 'the start of the call')
    assert.ok(started.event.type === 'call.started')
    assert.deepEqual(started.event.from, { number: '+77015550101', name: 'Aliya' })
  },
)

test('IN-11 a caller who wants to stay unknown does, though the provider tells us the number', options, async () => {
  await talk(world, ann, '*31+77272500000')
  assert.equal(lastStart().from.number, '')
  const rang = ann.events.findLast(e => e.type === 'CALL_ESTABLISHED')
  assert.equal(rang?.peeruri, 'sip:anonymous@anonymous.invalid', 'the telephone shows no number either')
})

test('OUT-01 OUT-04 a person calls out: challenged, in E.164, under the number of the department', options, async () => {
  await talk(ann, world, '87015550101')
  assert.ok(a.said().includes('407'))
  assert.ok(
    a.said().includes('call by 77272500000 to +77015550101 from +77272500000 asserted +77272500000 privacy <null>'),
    a.said().join('\n'),
  )
})

test('OUT-01 who hides the number is asserted to the provider alone, with the wish for privacy', options, async () => {
  const cid = await phone({
    name: 'cid',
    user: '203',
    password: x.password('203'),
    registrar: x.registrar,
    tone: 560,
    sipPort: port + 26,
    controlPort: port + 28,
    rtpPorts: '31600-31648',
  })
  try {
    await talk(cid, world, '+77015550109')
    assert.ok(a.said().includes('call by 77272500000 to +77015550109 from anonymous asserted +77272500000 privacy id'), a.said().join('\n'))
  } finally {
    await cid.stop()
  }
})

test('OUT-03 what the far party says is final; where one provider fails the next one is asked', options, async () => {
  const closed = ann.count('CALL_CLOSED') + 1
  await ann.dial('87015550486')
  await ann.event('CALL_CLOSED', closed)
  assert.ok(!b.log.includes('+77015550486'), 'busy is not asked for twice')
  await talk(ann, world, '87015551503')
  assert.ok(b.said().some(s => s.startsWith('call by office to +77015551503')))
  assert.deepEqual(trunksOfLastCall(), ['telecom-a', 'telecom-b'])
  assert.equal(trunk('telecom-a').up, true, 'one failed call does not condemn a trunk')
})

test('IN-01 SEC-02 a provider is known by its address; whom it asserts is not believed unless the plan says so', options, async () => {
  const other = await phone({
    name: 'world-b',
    user: 'world',
    password: 'unasked',
    registrar: B,
    tone: 900,
    sipPort: WORLD_PORT + 10,
    controlPort: WORLD_PORT + 12,
    rtpPorts: '31650-31698',
  })
  try {
    await talk(other, ann, '+77272500000')
    const started = lastStart()
    assert.deepEqual([started.origin.kind, started.from.number], ['trunk', '+70000000000'])
  } finally {
    await other.stop()
  }
})

test(
  'RES-01 a password that the provider changed: the status says so, calls leave by the other trunk, the new one mends it',
  options,
  async () => {
    a.setPassword('77272500000', 'second-password')
    const down = await trunkIs('telecom-a', t => !t.up, 'down')
    assert.match(down.why, /registration failed: wrong-credentials \(401\)/)
    assert.equal(x.try('status', '--data', x.data).code, 1, 'scripts see it too')
    await talk(ann, world, '87015550102')
    assert.deepEqual(trunksOfLastCall(), ['telecom-b'])
    x.setSecrets({ 'telecom-a': 'second-password' })
    await x.kill('switch')
    await trunkIs('telecom-a', t => t.up && t.registered === true, 'registered with the new password')
  },
)

test('RES-01 OUT-03 a provider that dies is left at once, and used again when it has proved to be back', options, async () => {
  await a.down()
  await talk(ann, world, '87015550103')
  assert.equal(trunksOfLastCall().at(-1), 'telecom-b', 'nobody had noticed yet: the call found its way all the same')
  const down = await trunkIs('telecom-a', t => !t.up, 'down')
  assert.match(down.why, /does not answer \((OPTIONS|calls) 408\)|ran out and its renewal is not answered/)
  await talk(ann, world, '87015550104')
  assert.deepEqual(trunksOfLastCall(), ['telecom-b'])
  await a.up()
  a.setPassword('77272500000', 'second-password')
  const up = await trunkIs('telecom-a', t => t.up, 'up again', 40_000)
  assert.equal(up.registered, true)
  await talk(ann, world, '87015550105')
  assert.deepEqual(trunksOfLastCall(), ['telecom-a'])
})
