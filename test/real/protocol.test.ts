/** SIP as others speak it: offers in every place, reliable responses, timers, cancels that cross, several contacts, wrong passwords, scanners. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestExchange } from './exchange.ts'
import { ladder, secondsOf } from './listen.ts'
import { OfficeApi } from './office-api.ts'
import { heardBy, PhoneRoom } from './phone-room.ts'
import { needs } from './programs.ts'
import { Sipp, type SippOptions } from './sipp.ts'

const port = 27600
const plan = `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: ann } }
people:
  ann: { name: Ann, extension: "201" }
  bob: { name: Bob, extension: "202" }
  cid: { name: Cid, extension: "203" }
  dee: { name: Dee, extension: "204" }
  eve: { name: Eve, extension: "205", ring-for: 20s }
  fay: { name: Fay, extension: "206" }
devices:
  desk-a: { person: fay, kind: desk-phone, username: fay-a }
  desk-b: { person: fay, kind: softphone, username: fay-b }
lines:
  "+77272500001": { name: One,   to: ann, owner: ann }
  "+77272500002": { name: Two,   to: bob, owner: ann }
  "+77272500003": { name: Three, to: cid, owner: ann }
  "+77272500004": { name: Four,  to: dee, owner: ann }
  "+77272500005": { name: Five,  to: eve, owner: ann }
  "+77272500006": { name: Six,   to: fay, owner: ann }
trunks:
  provider: { host: 127.0.0.3, by-address: ["127.0.0.3"], channels: 50, check-every: 0s }
recording:
  - { record: line +77272500002, because: quality of service, announce: no, keep: 30 days, heard-by: [quality] }
access:
  quality: { who: [ann], may: [configure, search, listen, see-calls] }
`

const options = needs('baresip', 'sipp', 'ffmpeg', 'ffprobe')
let x: TestExchange
let room: PhoneRoom
let api: OfficeApi
let callers = 0

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan, port, rtp: '28600-28799', tag: 'protocol-' })
  room = new PhoneRoom(x, { sip: port + 20, rtp: 29200 })
  api = await OfficeApi.signIn(x)
})

after(async () => {
  await room?.close()
  await x?.stop()
})

/** A caller behind the trunk, who plays this scenario to the end. */
function caller(scenario: string, service: string, more: Partial<SippOptions> = {}): Sipp {
  const n = callers++
  return Sipp.start({
    scenario,
    service,
    folder: x.folder,
    local: ['127.0.0.3', port + 100 + n],
    remote: x.registrar,
    rtpPort: 29400 + 8 * n,
    ...more,
    keys: { from: '+77015550101', ...more.keys },
  })
}

describe('calls as others make them', { ...options, concurrency: 2 }, () => {
  test('CALL-01 an INVITE without offer: ours goes in the 200, theirs comes in the ACK, and both hear', async () => {
    const ann = await room.phone('201', 500, { secret: 'ann' })
    await caller('offer-in-200', '+77272500001', { echoes: true }).done()
    await ann.event('CALL_CLOSED')
    await ann.stop()
    const ear = heardBy(ann)
    assert.ok(secondsOf(ear.channels[0]!, ear.clockHz, 500) > 1.8, `her own voice came back: ${ladder(ear.channels[0]!, ear.clockHz, 500)}`)
    assert.equal((await api.callTo('+77272500001')).outcome, 'answered')
  })

  test('CALL-01 reliable provisional responses where the caller requires them', async () => {
    const bob = await room.phone('202', 500, { secret: 'bob', answers: 'manual' })
    const sipp = caller('prack', '+77272500002')
    await bob.event('CALL_INCOMING')
    await sleep(300)
    await bob.accept()
    await sipp.done()
    await bob.stop()
    assert.equal((await api.callTo('+77272500002')).outcome, 'answered')
  })

  test('CALL-01 session timers: 422 to what is too short, refreshes by UPDATE and re-INVITE answered', async () => {
    const cid = await room.phone('203', 500, { secret: 'cid' })
    await caller('timers', '+77272500003').done()
    await cid.event('CALL_CLOSED')
    await cid.stop()
    assert.equal((await api.callTo('+77272500003')).outcome, 'answered')
  })

  test('CALL-01 hold and resume by re-INVITE: music for the held, silence for the holder; digits by INFO become events', async () => {
    const dee = await room.phone('204', 500, { secret: 'dee' })
    await caller('holder', '+77272500004', { echoes: true }).done()
    await dee.event('CALL_CLOSED')
    await dee.stop()
    const ear = heardBy(dee)
    const row = ladder(ear.channels[0]!, ear.clockHz, 500)
    // What the holder is sent comes back as an echo: nothing during the hold, so the music stands alone.
    assert.match(row, /0{9}[.?]*\?{9}[.?]*0{9}/, row)
    const digits = dee.events.flatMap(e => (e.type === 'CALL_DTMF_START' ? [e.param] : [])).join('')
    assert.equal(digits, '59')
  })

  test('CALL-01 a caller who gives up while it rings: 487 for them, CANCEL for the telephone, no answer in the record', async () => {
    const eve = await room.phone('205', 500, { secret: 'eve', answers: 'manual' })
    const sipp = caller('cancel', '+77272500005')
    await eve.event('CALL_INCOMING')
    await sipp.done()
    await eve.event('CALL_CLOSED')
    await eve.stop()
    const call = await api.callTo('+77272500005')
    assert.equal(call.outcome, 'cancelled')
    assert.equal(call.answeredAt, null)
  })

  test('CALL-01 a CANCEL that crosses the answer changes nothing: the call is up and ends with BYE', async () => {
    const cid = await room.phone('203', 600, { secret: 'cid' })
    const before = (await api.calls()).length
    await caller('cancel-race', '+77272500003').done()
    await cid.event('CALL_CLOSED')
    await cid.stop()
    assert.ok((await api.calls()).length > before || (await api.callTo('+77272500003')).outcome === 'answered')
  })

  test('CALL-01 REC-03 a caller changes its codec in mid-call: both go on hearing, and both voices stay where they belong', async () => {
    const bob = await room.phone('202', 700, { secret: 'bob', codecs: 'PCMA' })
    await caller('codec-change', '+77272500002', { echoes: true, keys: { from: '+77015550177' } }).done()
    await bob.event('CALL_CLOSED')
    await bob.stop()
    const ear = heardBy(bob)
    const row = ladder(ear.channels[0]!, ear.clockHz, 700)
    assert.match(row, /^.{0,3}0{10,}.{0,3}0{12,}.{0,3}$/, row)
    const recording = await api.recording(r => r.left.number === '+77015550177')
    const { channels, clockHz } = await api.sound(recording)
    for (const c of channels) assert.match(ladder(c, clockHz, 700), /^.{0,4}0{10,}.{0,3}0{12,}.{0,3}$/, ladder(c, clockHz, 700))
    const { legs } = await api.story(recording.call)
    assert.deepEqual(
      legs.map(l => l.codec),
      ['PCMU', 'PCMA'],
    )
  })

  test('CALL-01 SEC-04 an offer too early gets 491; an old CSeq, an offer that is none, a BYE after the end are refused; the call goes on', async () => {
    const ann = await room.phone('201', 600, { secret: 'ann' })
    await caller('second-invite', '+77272500001').done()
    await ann.event('CALL_CLOSED')
    await ann.stop()
  })

  test('CALL-01 IN-04 two telephones of one person ring together; one answers, the other is cancelled as answered elsewhere', async () => {
    const [a, b] = await Promise.all([
      room.phone('fay-a', 500, { secret: 'desk-a', answers: 'manual' }),
      room.phone('fay-b', 500, { secret: 'desk-b', answers: 'manual' }),
    ])
    const ann = await room.phone('202', 900, { secret: 'bob' })
    await ann.dial('206')
    await Promise.all([a.event('CALL_INCOMING'), b.event('CALL_INCOMING')])
    await b.accept()
    await Promise.all([b.event('CALL_ESTABLISHED'), ann.event('CALL_ESTABLISHED'), a.event('CALL_CLOSED')])
    await ann.hangUp()
    await b.event('CALL_CLOSED')
    await Promise.all([a.stop(), b.stop(), ann.stop()])
    const call = await api.callTo('206')
    assert.equal(call.outcome, 'answered')
    const { legs } = await api.story(call.id)
    assert.equal(legs.filter(l => l.role === 'called').length, 2)
    assert.equal(legs.filter(l => l.role === 'called' && l.answeredAt !== null).length, 1)
  })
})

/** Sends one datagram from an address of its own; what comes back within `ms`. */
async function ask(from: string, text: string, ms: number): Promise<string[]> {
  const socket = createSocket('udp4')
  const got: string[] = []
  socket.on('message', m => got.push(m.toString()))
  await new Promise<void>(done => socket.bind({ address: from, port: 0 }, done))
  socket.send(text, port, '127.0.0.1')
  await sleep(ms)
  socket.close()
  return got
}

function register(from: string, user: string, agent: string, authorization = ''): string {
  return [
    'REGISTER sip:127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/UDP ${from}:5060;rport;branch=z9hG4bK${Math.random().toString(36).slice(2)}`,
    `From: <sip:${user}@127.0.0.1>;tag=${Math.random().toString(36).slice(2)}`,
    `To: <sip:${user}@127.0.0.1>`,
    `Call-ID: ${Math.random().toString(36).slice(2)}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:${user}@${from}:5060>`,
    'Max-Forwards: 70',
    `User-Agent: ${agent}`,
    ...(authorization ? [`Authorization: ${authorization}`] : []),
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}

/** The answer without what differs in every answer. */
function shape(answer: string): string {
  return answer
    .replace(/^(Via|From|To|Call-ID|Date):.*\r\n/gm, '$1\r\n')
    .replace(/nonce="[^"]*"/g, 'nonce')
    .replaceAll(/20[12]@|999@/g, 'user@')
}

describe('strangers', options, () => {
  test('SEC-01 a wrong password and an unknown user get the very same answers', async () => {
    const answers: string[][] = []
    for (const [user, from] of [
      ['201', '127.0.0.20'],
      ['999', '127.0.0.25'],
      ['999', '127.0.0.20'],
    ] as const) {
      const [challenge] = await ask(from, register(from, user, 'phone'), 150)
      const nonce = /algorithm=MD5.*?nonce="([^"]+)"|nonce="([^"]+)".*?algorithm=MD5/.exec(challenge!)
      const wrong = `Digest username="${user}", realm="switchroom", nonce="${nonce?.[1] ?? nonce?.[2]}", uri="sip:127.0.0.1", qop=auth, nc=00000001, cnonce="abcd", algorithm=MD5, response="${'0'.repeat(32)}"`
      const [refusal] = await ask(from, register(from, user, 'phone', wrong), 150)
      answers.push([shape(challenge!), shape(refusal!)])
    }
    assert.match(answers[0]![0]!, /^SIP\/2.0 401/)
    assert.match(answers[0]![1]!, /^SIP\/2.0 40[13]/)
    assert.deepEqual(answers[0], answers[1])
    assert.deepEqual(answers[0], answers[2])
  })

  test('SEC-01 scanners and garbage hear nothing; who guesses passwords is shut out for a while, and others are not', async () => {
    assert.deepEqual(await ask('127.0.0.21', register('127.0.0.21', '100', 'friendly-scanner'), 200), [])
    assert.deepEqual(await ask('127.0.0.22', 'GET / HTTP/1.0\r\n\r\n', 200), [])
    const digest = `Digest username="201", realm="switchroom", nonce="x", uri="sip:127.0.0.1", qop=auth, nc=00000001, cnonce="abcd", algorithm=MD5, response="${'0'.repeat(32)}"`
    let answered = 0
    for (let i = 0; i < 60; i++) {
      const [challenge] = await ask('127.0.0.23', register('127.0.0.23', '201', 'phone'), 20)
      const nonce = /nonce="([^"]+)"/.exec(challenge ?? '')?.[1]
      if (nonce === undefined) break
      answered++
      await ask('127.0.0.23', register('127.0.0.23', '201', 'phone', digest.replace('nonce="x"', `nonce="${nonce}"`)), 20)
    }
    assert.ok(answered < 60, `after ${answered} wrong guesses it is still answered`)
    assert.equal((await ask('127.0.0.24', register('127.0.0.24', '201', 'phone'), 150)).length, 1)
  })
})
