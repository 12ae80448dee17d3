/** RES-07: kill -9 of any one process loses no established call. Real telephones, real tones. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoggedEvent } from '../../src/call/events.ts'
import type { Phone } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { ladder, presence, readSound } from './listen.ts'
import { OfficeApi } from './office-api.ts'
import { PhoneRoom } from './phone-room.ts'
import { needs } from './programs.ts'

const plan = `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: ann } }
people:
  ann: { name: Ann, extension: "201" }
  bob: { name: Bob, extension: "202" }
  cid: { name: Cid, extension: "203" }
  dee: { name: Dee, extension: "204" }
services:
  echo-test: { name: Echo test, number: "*43", does: echo }
recording:
  - { record: internal, because: quality of service, keep: 30 days, heard-by: [quality] }
access:
  quality: { who: [ann], may: [configure, search, listen, see-calls] }
`

const options = needs('baresip', 'ffmpeg', 'ffprobe')
const tones = { ann: 440, bob: 1000, cid: 1500, dee: 700 } as const
let x: TestExchange
let api: OfficeApi
let room: PhoneRoom
/** Answers by itself. */
let ann: Phone
let bob: Phone
/** Over TCP. */
let cid: Phone
/** Rings until told. */
let dee: Phone

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan, port: 31000, rtp: '31100-31199', tag: 'crash-' })
  room = new PhoneRoom(x, { sip: 31020, rtp: 31200 })
  ann = await room.phone('201', tones.ann, { secret: 'ann' })
  bob = await room.phone('202', tones.bob, { secret: 'bob' })
  cid = await room.phone('203', tones.cid, { secret: 'cid', transport: 'tcp' })
  dee = await room.phone('204', tones.dee, { secret: 'dee', answers: 'manual' })
  api = await OfficeApi.signIn(x)
})

after(async () => {
  await room?.close()
  await x?.stop()
})

interface Up {
  /** Ends both phones' call and gives the record. */
  ended(): Promise<readonly LoggedEvent[]>
  readonly call: string
}

/** A calls B, both are up. */
async function connect(a: Phone, b: Phone, number: string, answer = async (): Promise<void> => {}): Promise<Up> {
  const seen = x.events().at(-1)?.seq ?? 0
  const counts = [a, b].map(p => [p.count('CALL_ESTABLISHED'), p.count('CALL_CLOSED')] as const)
  await a.dial(number)
  await answer()
  await Promise.all([a, b].map((p, i) => p.event('CALL_ESTABLISHED', counts[i]![0] + 1)))
  const { call } = await x.logged(e => e.seq > seen && e.event.type === 'call.bridged', 'the bridge')
  return {
    call,
    async ended() {
      await Promise.all([a, b].map((p, i) => p.event('CALL_CLOSED', counts[i]![1] + 1)))
      return record(call)
    },
  }
}

/** The call's events, once its figures are in. */
async function record(call: string): Promise<LoggedEvent[]> {
  await x.logged(e => e.call === call && e.event.type === 'call.ended', 'the end of the call')
  await sleep(150)
  return x.events().filter(e => e.call === call)
}

function outcome(events: readonly LoggedEvent[]): unknown {
  const ends = events.filter(e => e.event.type === 'call.ended').map(e => e.event)
  assert.equal(ends.length, 1, 'one end')
  const [end] = ends
  return end?.type === 'call.ended' ? [end.outcome, end.by?.number ?? null] : null
}

/** 100 ms windows without the tone between its first and its last, in the latest call. */
function missing(p: Phone, hz: number): number {
  const sound = readSound(p.heard().at(-1)!.path)
  const heard = ladder(sound.channels[0]!, sound.clockHz, hz)
  return [...heard.slice(heard.indexOf('0'), heard.lastIndexOf('0'))].filter(w => w !== '0').length
}

describe('RES-07 kill -9 of the switch', options, () => {
  test('in a call: not a syllable is lost; it is held, taken back and hung up by the caller', async () => {
    const up = await connect(ann, bob, '202')
    await sleep(500)
    await x.kill('switch')
    await sleep(500)
    await ann.hold()
    await sleep(600)
    await ann.resume()
    await sleep(800)
    await ann.hangUp()
    const events = await up.ended()
    assert.deepEqual(outcome(events), ['answered', '201'])
    assert.ok(events.some(e => e.event.type === 'call.recovered' && e.event.process === 'switch'))
    const held = events.flatMap(e => (e.event.type === 'media.agreed' ? [e.event.held] : []))
    assert.ok(held.includes(true) && held.at(-1) === false, 'held and taken back')
    assert.ok(events.some(e => e.event.type === 'quality.measured'))
    const sound = readSound(bob.heard().at(-1)!.path)
    const heard = ladder(sound.channels[0]!, sound.clockHz, tones.ann)
    const beforeHold = heard.slice(heard.indexOf('0')).split(/[^0]{3,}/)[0]!
    assert.ok(beforeHold.length >= 12, `the voice goes on through the kill: ${heard}`)
  })

  test('in a call over TCP: the called party hangs up, and nothing was missed', async () => {
    const up = await connect(cid, bob, '202')
    await sleep(500)
    await x.kill('switch')
    await sleep(1000)
    await bob.hangUp()
    assert.deepEqual(outcome(await up.ended()), ['answered', '202'])
    assert.ok(
      missing(cid, tones.bob) <= 1 && missing(bob, tones.cid) <= 1,
      `missing ${missing(cid, tones.bob)}, ${missing(bob, tones.cid)}`,
    )
  })

  test('in a call: the called party transfers the caller to somebody whose connection was lost', async () => {
    const up = await connect(ann, bob, '202')
    await x.kill('switch')
    const established = cid.count('CALL_ESTABLISHED')
    const closed = cid.count('CALL_CLOSED')
    await bob.transfer('203')
    await cid.event('CALL_ESTABLISHED', established + 1)
    await sleep(1000)
    await cid.hangUp()
    await cid.event('CALL_CLOSED', closed + 1)
    assert.deepEqual(outcome(await record(up.call)), ['answered', '203'])
    const sound = readSound(cid.heard().at(-1)!.path)
    assert.ok(presence(sound.channels[0]!, sound.clockHz, tones.ann) > 0.5, 'the third party hears the caller')
  })

  for (const way of ['UDP', 'TCP'] as const)
    test(`while it rings, the caller being on ${way}: it is answered afterwards, and both hear each other`, async () => {
      const [caller, tone] = way === 'UDP' ? [ann, tones.ann] : [cid, tones.cid]
      const rung = dee.count('CALL_INCOMING')
      const up = await connect(caller, dee, '204', async () => {
        await dee.event('CALL_INCOMING', rung + 1)
        await sleep(100)
        await x.kill('switch')
        await dee.accept()
      })
      await sleep(1000)
      await dee.hangUp()
      assert.deepEqual(outcome(await up.ended()), ['answered', '204'])
      assert.ok(presence(readSound(dee.heard().at(-1)!.path).channels[0]!, 16_000, tone) > 0.5)
    })

  test('while it rings: the caller gives up, and the other telephone stops ringing', async () => {
    const closed = dee.count('CALL_CLOSED')
    const rung = dee.count('CALL_INCOMING')
    await ann.dial('204')
    await dee.event('CALL_INCOMING', rung + 1)
    await sleep(200)
    const { call } = x.events().findLast(e => e.event.type === 'call.started')!
    await x.kill('switch')
    await ann.hangUp()
    await dee.event('CALL_CLOSED', closed + 1)
    assert.deepEqual(outcome(await record(call)), ['cancelled', '201'])
  })

  test('while a prompt is played: the call goes on where the prompt ends', async () => {
    const closed = ann.count('CALL_CLOSED')
    const established = ann.count('CALL_ESTABLISHED')
    await ann.dial('*43')
    await ann.event('CALL_ESTABLISHED', established + 1)
    const { call } = x.events().findLast(e => e.event.type === 'call.started')!
    await x.kill('switch')
    await x.logged(e => e.call === call && e.event.type === 'announcement.played', 'the end of the prompt', 30_000)
    await sleep(1200)
    await ann.hangUp()
    await ann.event('CALL_CLOSED', closed + 1)
    assert.deepEqual(outcome(await record(call)), ['service', '201'])
    const sound = readSound(ann.heard().at(-1)!.path)
    assert.match(ladder(sound.channels[0]!, sound.clockHz, tones.ann), /0{8}/, 'the caller hears itself')
  })
})

describe('RES-07 kill -9 of another process', options, () => {
  test('media: the sessions are made anew on the same ports; the gap is short, logged and marked in the recording', async t => {
    const up = await connect(ann, bob, '202')
    await sleep(1000)
    await x.kill('media-0')
    await x.logged(e => e.call === up.call && e.event.type === 'call.recovered', 'the recovery')
    await sleep(1500)
    await ann.hangUp()
    const events = await up.ended()
    assert.deepEqual(outcome(events), ['answered', '201'])
    const back = events.find(e => e.event.type === 'call.recovered')!.event
    assert.ok(back.type === 'call.recovered' && back.process === 'media' && back.awayMs > 0)
    const gap = events.find(e => e.event.type === 'recording.gap')?.event
    assert.ok(gap?.type === 'recording.gap' && gap.forMs > 0 && gap.forMs < 10_000, `the gap is in the record: ${JSON.stringify(gap)}`)
    for (const [p, hz] of [
      [ann, tones.bob],
      [bob, tones.ann],
    ] as const) {
      const heard = ladder(readSound(p.heard().at(-1)!.path).channels[0]!, 16_000, hz)
      t.diagnostic(`${p.options.name} missed ${100 * missing(p, hz)} ms`)
      assert.match(heard, /0{5}.*0{8}/, `${p.options.name} hears the other before and after: ${heard}`)
    }
    t.diagnostic(`${gap.forMs} ms are missing in the recording`)
    const recording = await api.recording(r => r.call === up.call)
    assert.equal(recording.state, 'ready', recording.problem ?? '')
    const { channels, clockHz } = await api.sound(recording)
    assert.match(ladder(channels[0]!, clockHz, tones.ann), /0{5}.*0{8}/)
    assert.match(ladder(channels[1]!, clockHz, tones.bob), /0{5}.*0{8}/)
  })

  test('office: nobody on the telephone notices, and the recording is finished later', async () => {
    const up = await connect(ann, bob, '202')
    await sleep(400)
    await x.kill('office')
    await sleep(1000)
    await bob.hangUp()
    const events = await up.ended()
    assert.deepEqual(outcome(events), ['answered', '202'])
    assert.ok(!events.some(e => e.event.type === 'call.recovered'))
    assert.ok(missing(ann, tones.bob) <= 1 && missing(bob, tones.ann) <= 1)
    await x.until(() => x.processLog('office').split('"listening"').length > 2, 'the new office', 30_000)
    api = await OfficeApi.signIn(x)
    const recording = await api.recording(r => r.call === up.call, 30_000)
    assert.equal(recording.state, 'ready', recording.problem ?? '')
    const { channels, clockHz } = await api.sound(recording)
    assert.ok(presence(channels[0]!, clockHz, tones.ann) > 0.8 && presence(channels[1]!, clockHz, tones.bob) > 0.8)
  })

  test('the supervisor: calls go on, another one adopts the media process and starts switch and office anew', async () => {
    const up = await connect(ann, bob, '202')
    await sleep(400)
    const media = x.pid('media-0')
    await x.killSupervisor()
    assert.equal(x.pid('media-0'), media, 'the same media process')
    await sleep(500)
    await ann.hangUp()
    assert.deepEqual(outcome(await up.ended()), ['answered', '201'])
    assert.ok(missing(ann, tones.bob) <= 1 && missing(bob, tones.ann) <= 1)
    // And it watches over what it has adopted.
    await x.kill('media-0')
  })
})
