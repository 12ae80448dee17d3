/**
 * IN-06 as one real call: a customer calls Support; the agent's telephone rings and nobody takes it; after 20 s the call goes to whoever
 * is on call, whose mobile is busy; voicemail takes the message. What happened is what `route` had told, and `why` tells it again.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadPlan } from '../../src/plan/load.ts'
import { tellRoute } from '../../src/plan/story.ts'
import type { Phone } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { ladder, presence } from './listen.ts'
import { OfficeApi } from './office-api.ts'
import { PhoneRoom } from './phone-room.ts'
import { needs } from './programs.ts'
import { Sipp } from './sipp.ts'

const port = 25_700
/** The provider's gateway in the scenario is busy on numbers that end with 2. */
const MOBILE = '+77014445562'
const plan = `plan: 1
office: { name: Densaulyk Clinic, country: KZ, timezone: Asia/Almaty, languages: [en], owner: erlan, area: "727", shows: "+77272500020" }
numbering:
  ranges:
    "200-299": { for: people, owner: erlan }
    "600-619": { for: queues, owner: erlan }
    "650-669": { for: roles, owner: erlan }
people:
  erlan: { name: Erlan Kim, extension: "221", department: support }
  marat: { name: Marat Iskakov, extension: "211", department: support, mobile: "${MOBILE}" }
departments: { support: { name: Support, lead: erlan, shows: "+77272500020" } }
roles:
  on-call: { name: On-call, number: "651", rota: support-rota, on-no-answer: voicemail support, on-busy: voicemail support, on-unreachable: voicemail support }
rotas:
  support-rota: { from: 2026-01-05, hand-over: mon 09:00, turns: [marat], reach: mobile, accept-by: "1" }
queues:
  support: { name: Support, number: "600", agents: { erlan: 1 }, ring: "longest-idle, 15s each", on-waited: { after: 20s, to: on-call }, on-nobody: { to: on-call } }
lines:
  "+77272500020": { name: Support, to: support, owner: on-call }
voicemail:
  support: { name: Support, tell: [erlan], keep: 90 days }
trunks:
  city: { host: "127.0.0.2:${port + 80}", by-address: ["127.0.0.2"], channels: 10, check-every: 0s }
  mobile: { host: "127.0.0.3:${port + 82}", by-address: ["127.0.0.3"], channels: 10, check-every: 0s, number-form: e164 }
outgoing:
  rules:
    - { calls: [local, national], who: everyone, by: [city] }
    - { calls: mobile, who: everyone, by: [mobile] }
access:
  quality: { who: [erlan], may: [configure, search, listen, see-calls] }
`

const options = needs('baresip', 'sipp', 'ffmpeg', 'ffprobe')
let x: TestExchange
let room: PhoneRoom
let api: OfficeApi
let customer: Phone
let erlan: Phone
let gateway: Sipp

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan, port, rtp: '25820-25899', tag: 'worked-' })
  room = new PhoneRoom(x, { sip: port + 20, rtp: 25_740 })
  api = await OfficeApi.signIn(x)
  const outside = { secret: 'erlan', address: '127.0.0.2', registers: false, sipPort: port + 80 } as const
  ;[customer, erlan, gateway] = await Promise.all([
    room.phone('+77015550101', 620, outside),
    room.phone('221', 900, { secret: 'erlan', answers: 'manual' }),
    Sipp.listen({ scenario: 'provider', folder: x.folder, local: ['127.0.0.3', port + 82], rtpPort: 25_910, calls: 5, timeoutS: 60 }),
  ])
})

after(async () => {
  await gateway?.stop()
  await room?.close()
  await x?.stop()
})

test('IN-06 IN-10 Support queue; after 20 s to On-call; On-call busy, so voicemail: as real calls', options, async () => {
  await customer.dial('+77272500020')
  await erlan.event('CALL_INCOMING')
  const left = await x.logged(e => e.event.type === 'recording.started' && e.event.kind === 'voicemail', 'the beep', 35_000)
  await sleep(2_500)
  await customer.hangUp()
  await customer.event('CALL_CLOSED')

  // Who was rung, when, and what came of it.
  assert.equal(erlan.count('CALL_ESTABLISHED'), 0, 'nobody took it')
  const invites = gateway.received().filter(m => m.startsWith('INVITE'))
  assert.deepEqual(
    invites.map(m => /^INVITE sip:(\d+)@/.exec(m)?.[1]),
    [MOBILE.slice(1)],
    'the mobile of who is on call was tried once, as its provider wants it dialled',
  )
  const log = x.events().filter(e => e.call === left.call)
  const decided = log.flatMap(e => (e.event.type === 'call.decided' ? [{ at: e.at, step: e.event }] : []))
  const began = log[0]!.at
  const toOnCall = decided.find(d => d.step.reasons.some(r => r.code === 'turn'))!
  assert.ok(Math.abs(toOnCall.at - began - 20_000) < 2_000, `to On-call after ${toOnCall.at - began} ms`)

  // The message is in the box of Support, and holds what the customer said.
  const recording = await api.recording(r => r.call === left.call && r.kind === 'voicemail')
  const { channels, clockHz } = await api.sound(recording)
  assert.ok(presence(channels[0]!, clockHz, 620) > 0.8, ladder(channels[0]!, clockHz, 620))
  assert.deepEqual(
    (await api.voicemail()).messages.map(m => [m.box, m.call]),
    [['support', left.call]],
  )

  // It ran where it was proven: the same decisions, for the same reasons, that the plan told before.
  const told = tellRoute(loadPlan([{ name: 'plan.yaml', text: plan }], 1).plan!, {
    from: '+77015550101',
    to: '+77272500020',
    at: began,
    suppose: [`${MOBILE} busy`],
  })
  assert.ok(told.ok)
  // While it waits the plan is asked again who can be rung now; that is no other way for the call to go.
  const ways = decided.filter((d, i) => i === 0 || d.step.reasons[0]?.code !== 'queue-waits')
  assert.deepEqual(
    ways.map(d => d.step.reasons.map(r => r.code)),
    told.value.steps.map(s => s.reasons.map(r => r.code)),
  )
  const why = x.command('why', 'last')
  const expected = [/waits in .*Support/, /waited .*20 s/, /turn of Marat Iskakov/, /busy/, /voicemail .*Support/]
  let from = 0
  for (const part of expected) {
    const found = part.exec(why.slice(from))
    assert.ok(found, `${part} in\n${why}`)
    from += found.index
  }
})
