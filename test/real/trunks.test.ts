/** Calls from and to the outside: lines, groups and their fallbacks, voicemail, trunks that fail, what a provider is told of the caller. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Phone } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { ladder, presence, readSound } from './listen.ts'
import { OfficeApi } from './office-api.ts'
import { heardBy, PhoneRoom, talk } from './phone-room.ts'
import { needs } from './programs.ts'
import { headerOf, Sipp } from './sipp.ts'

const port = 27400
const plan = `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann, shows: "+77272500000", area: "727" }
numbering:
  ranges:
    "200-299": { for: people, purpose: Office, owner: ann }
    "600-619": { for: groups, owner: ann }
  emergency: ["112"]
people:
  ann: { name: Ann, extension: "201", department: sales, voicemail: office }
  bob: { name: Bob, extension: "202" }
  cid: { name: Cid, extension: "203" }
  dee: { name: Dee, extension: "204", hides-number: yes }
departments: { sales: { lead: ann, shows: "+77272500010" } }
groups:
  desk: { name: Desk, number: "600", ring: [ann, bob], together: true, for: 3s, on-no-answer: voicemail office, on-busy: cid }
lines:
  "+77272500000": { name: Main, to: desk, owner: ann }
  "+77272500010": { name: Sales, to: cid, owner: ann }
voicemail:
  office: { name: Office, tell: [ann], keep: 90 days }
trunks:
  good: { host: "127.0.0.2:${port + 80}", by-address: ["127.0.0.2"], channels: 10, check-every: 0s }
  poor: { host: "127.0.0.3:${port + 82}", by-address: ["127.0.0.3"], channels: 10, check-every: 0s, number-form: e164 }
  dead: { host: "127.0.0.4:${port + 84}", by-address: ["127.0.0.4"], channels: 10, check-every: 0s }
outgoing:
  rules:
    - { calls: [local, national], who: everyone, by: [poor, good] }
    - { calls: mobile, who: everyone, by: [dead, good] }
  next-trunk-after: 1s
recording:
  - { record: incoming, because: quality of service, announce: yes, keep: 30 days, heard-by: [quality] }
access:
  quality: { who: [ann], may: [configure, search, listen, see-calls] }
`

const options = needs('baresip', 'sipp', 'ffmpeg', 'ffprobe')
let x: TestExchange
let room: PhoneRoom
let api: OfficeApi
let provider: Phone
let ann: Phone
let bob: Phone
let cid: Phone
let gateway: Sipp

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan, port, rtp: '28400-28599', tag: 'trunks-' })
  room = new PhoneRoom(x, { sip: port + 20, rtp: 29100 })
  api = await OfficeApi.signIn(x)
  // The provider's subscriber: calls us as +77272511111, and is the one who answers what leaves by the trunk `good`.
  const outside = { secret: 'ann', address: '127.0.0.2', registers: false, sipPort: port + 80 } as const
  ;[provider, ann, bob, cid, gateway] = await Promise.all([
    room.phone('+77272511111', 620, { ...outside, aliases: ['+77272511113', '+77015550103'] }),
    room.phone('201', 900, { secret: 'ann', answers: 'manual' }),
    room.phone('202', 1100, { secret: 'bob', answers: 'manual' }),
    room.phone('203', 1500, { secret: 'cid' }),
    Sipp.listen({ scenario: 'provider', folder: x.folder, local: ['127.0.0.3', port + 82], rtpPort: 29300, calls: 20, timeoutS: 120 }),
  ])
})

after(async () => {
  await gateway?.stop()
  await room?.close()
  await x?.stop()
})

describe('calls from outside', options, () => {
  test('IN-01 IN-03 CALL-02 a line rings a group; nobody answers; voicemail greets and keeps what the caller says', async () => {
    await provider.dial('+77272500000')
    await Promise.all([ann.event('CALL_INCOMING'), bob.event('CALL_INCOMING')])
    // Notice, three seconds of ringing, greeting and beep, a message of two seconds.
    await Promise.all([ann.event('CALL_CLOSED'), bob.event('CALL_CLOSED')])
    const left = await x.logged(e => e.event.type === 'recording.started' && e.event.kind === 'voicemail', 'the beep')
    await sleep(2500)
    await provider.hangUp()
    await provider.event('CALL_CLOSED')

    const heard = heardBy(provider)
    assert.match(ladder(heard.channels[0]!, heard.clockHz, 900, 1100), /^[.?]*\?{10}[.?]*\?{15}[.?]*$/, 'the notice and the greeting')
    const recording = await api.recording(r => r.call === left.call && r.kind === 'voicemail')
    const { channels, clockHz } = await api.sound(recording)
    assert.ok(presence(channels[0]!, clockHz, 620) > 0.8, `the message is the caller's tone: ${ladder(channels[0]!, clockHz, 620)}`)
    assert.ok(recording.durationMs > 2000 && recording.durationMs < 3500, `${recording.durationMs} ms`)
    const box = await api.voicemail()
    assert.deepEqual(
      box.messages.map(m => [m.box, m.call, m.recording]),
      [['office', left.call, recording.id]],
    )
    assert.equal((await api.story(left.call)).call.outcome, 'voicemail')
    assert.match(x.command('recordings'), new RegExp(`${recording.id}.*voicemail office`))
  })

  test('IN-03 REC-03 REC-05 all of the group are busy: the call goes where the plan says, is recorded, and both hear each other', async () => {
    const [a, b] = [ann.count('CALL_INCOMING'), bob.count('CALL_INCOMING')]
    const closed = cid.count('CALL_CLOSED')
    await provider.dial('+77272500000')
    await Promise.all([ann.event('CALL_INCOMING', a + 1), bob.event('CALL_INCOMING', b + 1)])
    await Promise.all([ann.hangUp(), bob.hangUp()])
    await cid.event('CALL_ESTABLISHED')
    await sleep(2000)
    await cid.hangUp()
    await cid.event('CALL_CLOSED', closed + 1)
    const call = await api.callTo('+77272500000')
    assert.equal(call.outcome, 'answered')
    assert.equal(call.answeredBy?.who, 'cid')
    const recording = await api.recording(r => r.call === call.id)
    const { channels, clockHz } = await api.sound(recording)
    assert.ok(presence(channels[0]!, clockHz, 620) > 0.8, `left: ${ladder(channels[0]!, clockHz, 620)}`)
    assert.ok(presence(channels[1]!, clockHz, 1500) > 0.8, `right: ${ladder(channels[1]!, clockHz, 1500)}`)
    const ear = heardBy(cid)
    assert.ok(presence(ear.channels[0]!, ear.clockHz, 620) > 0.7)
  })

  test('SEC-02 IN-07 who comes from elsewhere is no trunk, whatever From says; a number that is no line of ours is refused', async () => {
    const facts = { folder: x.folder, remote: x.registrar, keys: { from: '+77015550101' } }
    const stranger = Sipp.start({
      ...facts,
      scenario: 'refused',
      local: ['127.0.0.9', port + 86],
      rtpPort: 29310,
      service: '+77272500010',
      keys: { ...facts.keys, status: '401' },
    })
    const wrong = Sipp.start({
      ...facts,
      scenario: 'refused',
      local: ['127.0.0.3', port + 88],
      rtpPort: 29320,
      service: '+77279999999',
      keys: { ...facts.keys, status: '404' },
    })
    await Promise.all([stranger.done(), wrong.done()])
    assert.equal((await api.calls()).filter(c => c.dialled === '+77272500010').length, 0)
  })
})

describe('calls to the outside', options, () => {
  const invites = (digits: string): string[] => gateway.received().filter(m => m.startsWith('INVITE') && m.slice(0, 60).includes(digits))

  test('OUT-01 OUT-03 OUT-04 a trunk that answers 503 is left for the next; the provider is told the number that the plan shows', async () => {
    await talk(ann, provider, '2511111', 1500)
    const [first] = invites('2511111')
    assert.match(first!, /^INVITE sip:77272511111@127\.0\.0\.3/, 'in full, as this provider wants it')
    assert.match(headerOf(first!, 'P-Asserted-Identity') ?? '', /\+77272500010@/, "the department's number")
    assert.match(headerOf(first!, 'From') ?? '', /\+77272500010@/)
    const heard = readSound(ann.heard().at(-1)!.path)
    assert.ok(presence(heard.channels[0]!, heard.clockHz, 620) > 0.7, 'who called hears who answered')
    const { legs, call } = await api.story((await api.callTo('2511111')).id)
    assert.deepEqual(
      legs.map(l => l.trunk),
      [null, 'poor', 'good'],
    )
    assert.equal(call.outcome, 'answered')
  })

  test('OUT-03 a trunk that keeps silent is left for the next after the time that the plan gives it', async () => {
    await talk(ann, provider, '2511113', 500)
    assert.ok(invites('2511113').length >= 1)
    const { legs } = await api.story((await api.callTo('2511113')).id)
    assert.deepEqual(
      legs.map(l => l.trunk),
      [null, 'poor', 'good'],
    )
  })

  test('OUT-03 OUT-06 a trunk whose host is not there costs the caller nothing', async () => {
    await talk(ann, provider, '87015550103', 500)
    const call = await api.callTo('87015550103')
    assert.ok(call.ringMs < 2500, `connected after ${call.ringMs} ms`)
  })

  test('OUT-03 a far party that is busy is not asked again by another trunk', async () => {
    const [closed, before] = [ann.count('CALL_CLOSED'), provider.events.length]
    await ann.dial('2511112')
    await ann.event('CALL_CLOSED', closed + 1)
    assert.match(ann.events.findLast(e => e.type === 'CALL_CLOSED')!.param, /486/)
    assert.equal(provider.events.length, before, 'the other trunk was not tried')
    assert.equal((await api.callTo('2511112')).outcome, 'busy')
  })

  test('OUT-01 who hides their number is anonymous to the far party and known to the provider', async () => {
    const dee = await room.phone('204', 1700, { secret: 'dee' })
    await dee.dial('2511122')
    await dee.event('CALL_CLOSED')
    const [invite] = invites('2511122')
    assert.match(headerOf(invite!, 'From') ?? '', /anonymous\.invalid/)
    assert.match(headerOf(invite!, 'Privacy') ?? '', /\bid\b/)
    assert.match(headerOf(invite!, 'P-Asserted-Identity') ?? '', /\+77272500000@/)
  })

  test('IN-03 NUM-04 an unknown number is explained in words before the call ends with 404', async () => {
    const closed = ann.count('CALL_CLOSED')
    await ann.dial('299')
    await ann.event('CALL_CLOSED', closed + 1)
    assert.match(ann.events.findLast(e => e.type === 'CALL_CLOSED')!.param, /404/)
    const heard = readSound(ann.heard().at(-1)!.path)
    assert.match(ladder(heard.channels[0]!, heard.clockHz, 620), /\?{8}/)
  })
})
