/** What happens within a call of two real telephones: the recording notice, holds with music, digits, what the recording holds of it all. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Phone, PhoneOptions } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { ladder, readSound, secondsOf } from './listen.ts'
import { OfficeApi } from './office-api.ts'
import { heardBy, PhoneRoom, talk } from './phone-room.ts'
import { needs } from './programs.ts'

const plan = `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: ann } }
people:
  ann: { name: Ann, extension: "201", department: sales }
  bob: { name: Bob, extension: "202" }
  cid: { name: Cid, extension: "203", department: sales }
  dee: { name: Dee, extension: "204" }
  eve: { name: Eve, extension: "205", department: sales }
  fay: { name: Fay, extension: "206" }
  gus: { name: Gus, extension: "207" }
  hal: { name: Hal, extension: "208" }
  ida: { name: Ida, extension: "209" }
  jan: { name: Jan, extension: "210" }
departments: { sales: { lead: ann } }
devices:
  eve-desk: { person: eve, kind: softphone, srtp: required }
  fay-desk: { person: fay, kind: softphone, srtp: required }
services:
  echo-test: { name: Echo test, number: "*43", does: echo }
recording:
  - { record: internal, because: quality of service, announce: yes, keep: 30 days, heard-by: [quality] }
access:
  quality: { who: [ann], may: [configure, search, listen, see-calls] }
`

const options = needs('baresip', 'ffmpeg', 'ffprobe')
let x: TestExchange
let room: PhoneRoom
let api: OfficeApi

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan, port: 27200, rtp: '28200-28399', tag: 'calls-' })
  room = new PhoneRoom(x, { sip: 27220, rtp: 29500 })
  api = await OfficeApi.signIn(x)
})

after(async () => {
  await room?.close()
  await x?.stop()
})

/** Holding and resuming, each with its re-INVITE answered before the next step. */
async function hold(p: Phone, ms: number): Promise<void> {
  await p.hold()
  await sleep(ms)
  await p.resume()
  await sleep(300)
}

const tls = { transport: 'tls', encryption: 'srtp-mand' } as const
const holds: readonly {
  readonly name: string
  readonly from: readonly [user: string, secret: string, phone: Partial<PhoneOptions>]
  readonly to: readonly [user: string, secret: string, phone: Partial<PhoneOptions>]
  readonly codecs: readonly [string, string]
}[] = [
  {
    name: 'UDP, G.711',
    from: ['201', 'ann', { codecs: 'PCMA' }],
    to: ['202', 'bob', { codecs: 'PCMA' }],
    codecs: ['PCMA', 'PCMA'],
  },
  {
    name: 'TCP, G.722 with G.711: transcoded',
    from: ['203', 'cid', { transport: 'tcp', codecs: 'G722/16000/1' }],
    to: ['204', 'dee', { codecs: 'PCMU' }],
    codecs: ['G722', 'PCMU'],
  },
  {
    name: 'TLS, SRTP, Opus',
    from: ['205', 'eve-desk', { ...tls, codecs: 'opus/48000/2' }],
    to: ['206', 'fay-desk', { ...tls, codecs: 'opus/48000/2' }],
    codecs: ['opus', 'opus'],
  },
]

/**
 * The ear is that of the party who is held: baresip keeps no record of what it hears after a hold of its own
 * (`protocol.test.ts` has a holder that echoes).
 */
describe('CALL-01 REC-03 REC-05 notice, talk, hold with music, talk again, all recorded:', { ...options, concurrency: 3 }, () => {
  for (const { name, from, to, codecs } of holds)
    test(name, async () => {
      const [ta, tb] = [450, 1250]
      const [a, b] = await Promise.all([
        room.phone(from[0], ta, { ...from[2], secret: from[1] }),
        room.phone(to[0], tb, { ...to[2], secret: to[1] }),
      ])
      for (const [holder, held] of [
        [a, b],
        [b, a],
      ] as const) {
        const earlier = held.heard().length
        await talk(a, b, to[0], 1200, async () => {
          await hold(holder, 1500)
          await sleep(1000)
        })
        const ear = readSound(held.heard()[earlier]!.path)
        const [heard, mine, other] = [ear.channels[0]!, held.options.tone, holder.options.tone]
        const row = ladder(heard, ear.clockHz, other, mine)
        if (held === a) assert.match(row, /^[.?]*\?{10}/, `the caller hears the notice first: ${row}`)
        assert.match(row, /0{7}[.?]*\?{8}[.?]*0{7,}.{0,2}$/, `the held party hears the other, music, and the other again: ${row}`)
        assert.ok(secondsOf(heard, ear.clockHz, mine) < 0.2, `nobody hears themselves: ${row}`)

        const call = await api.callTo(to[0])
        const recording = await api.recording(r => r.call === call.id)
        const { channels, clockHz } = await api.sound(recording)
        const kept = channels.map(c => ladder(c, clockHz, ta, tb))
        const rows = `\nleft  ${kept[0]}\nright ${kept[1]}`
        assert.match(kept[0]!, /^.{0,3}0{8}.*0{8}.{0,4}$/, `left holds the caller, also after the hold${rows}`)
        assert.match(kept[1]!, /^.{0,3}1{8}.*1{8}.{0,4}$/, `right holds the called, also after the hold${rows}`)
        assert.ok(!/1/.test(kept[0]!) && !/0/.test(kept[1]!), `no voice is on the other's channel${rows}`)
        assert.ok(Math.abs(recording.durationMs - call.talkMs) < 400, `it is as long as the talk of ${call.talkMs} ms${rows}`)

        const log = x.events().filter(e => e.call === call.id)
        const agreed = log.flatMap(e => (e.event.type === 'media.agreed' ? [e.event] : []))
        const codec = codecs[holder === a ? 0 : 1]
        assert.deepEqual(
          agreed.map(e => [e.held, e.media.codec?.name]),
          [
            [true, codec],
            [false, codec],
          ],
          'hold and resume were agreed, and kept the codec',
        )
        const notice = log.findIndex(e => e.event.type === 'announcement.played' && e.event.complete)
        const begun = log.findIndex(e => e.event.type === 'leg.started')
        assert.ok(notice > 0 && notice < begun, 'the log proves that the notice was heard to its end before anybody was called')
        const story = await api.story(call.id)
        assert.deepEqual(
          story.legs.map(l => l.codec),
          codecs,
        )
      }
      await Promise.all([a.stop(), b.stop()])
    })
})

describe('and beside that', { ...options, concurrency: 3 }, () => {
  test('CALL-01 digits by RFC 4733 arrive at the other telephone, both ways, also across a change of codec', async () => {
    const [gus, hal] = await Promise.all([
      room.phone('207', 500, { secret: 'gus', codecs: 'opus/48000/2' }),
      room.phone('208', 1300, { secret: 'hal', codecs: 'PCMA' }),
    ])
    await talk(gus, hal, '208', 300, async () => {
      await gus.digits('15#')
      await hal.digits('72*')
      await sleep(400)
    })
    await Promise.all([gus.stop(), hal.stop()])
    const digits = (p: Phone): string => p.events.flatMap(e => (e.type === 'CALL_DTMF_START' ? [e.param] : [])).join('')
    assert.equal(digits(hal), '15#', 'from Opus to G.711')
    assert.equal(digits(gus), '72*', 'from G.711 to Opus')
  })

  test(
    'REC-03 a telephone that stands still for a while and then sends it all at once is recorded in step with the other',
    options,
    async () => {
      const [ida, jan] = await Promise.all([room.phone('209', 500, { secret: 'ida' }), room.phone('210', 1300, { secret: 'jan' })])
      await talk(ida, jan, '210', 1500, async () => {
        ida.freeze()
        await sleep(1400)
        ida.thaw()
        await sleep(1500)
      })
      await Promise.all([ida.stop(), jan.stop()])
      const call = await api.callTo('210')
      const recording = await api.recording(r => r.call === call.id)
      const { channels, clockHz } = await api.sound(recording)
      const kept = channels.map(c => ladder(c, clockHz, 500, 1300))
      const rows = `\nleft  ${kept[0]}\nright ${kept[1]}\n${JSON.stringify(recording.gaps)}`
      assert.ok(Math.abs(recording.durationMs - call.talkMs) < 400, `as long as the talk of ${call.talkMs} ms${rows}`)
      assert.ok(secondsOf(channels[0]!, clockHz, 500) > recording.durationMs / 1000 - 0.7, `the late voice is there${rows}`)
      assert.match(kept[0]!, /^.{0,4}0{12}.*0{12}.{0,4}$/, `before and after${rows}`)
      assert.match(kept[1]!, /^.{0,4}1{38,}.{0,4}$/, `and the other voice without a hole${rows}`)
    },
  )

  test('CALL-01 REC-03 blind transfer: the caller and the third party hear each other, and the recording goes on', async () => {
    const [ann, cid, dee] = await Promise.all([
      room.phone('201', 450, { secret: 'ann' }),
      room.phone('203', 1250, { secret: 'cid' }),
      room.phone('204', 1900, { secret: 'dee' }),
    ])
    await ann.dial('203')
    await cid.event('CALL_ESTABLISHED')
    await sleep(1000)
    await cid.transfer('204')
    await dee.event('CALL_ESTABLISHED')
    await cid.event('CALL_CLOSED')
    await sleep(1500)
    await ann.hangUp()
    await dee.event('CALL_CLOSED')
    await Promise.all([ann, cid, dee].map(p => p.stop()))
    const [third, caller] = [heardBy(dee), heardBy(ann)]
    assert.ok(secondsOf(third.channels[0]!, third.clockHz, 450) > 1, 'the third party hears the caller')
    const row = ladder(caller.channels[0]!, caller.clockHz, 450, 1250, 1900)
    assert.match(row, /1{7}.*2{9}/, `the caller hears the one, then the other: ${row}`)
    const call = await api.callTo('203')
    const recording = await api.recording(r => r.call === call.id)
    const { channels, clockHz } = await api.sound(recording)
    const kept = channels.map(c => ladder(c, clockHz, 450, 1250, 1900))
    assert.match(kept[0]!, /0{7}.*0{9}/, kept.join('\n'))
    assert.match(kept[1]!, /1{7}.*2{9}/, kept.join('\n'))
  })

  test('CALL-01 the echo service speaks, then gives back what it hears', async () => {
    const bob = await room.phone('202', 800, { secret: 'bob' })
    await bob.dial('*43')
    await bob.event('CALL_ESTABLISHED')
    await sleep(6500)
    await bob.hangUp()
    await bob.event('CALL_CLOSED')
    await bob.stop()
    const heard = heardBy(bob)
    const row = ladder(heard.channels[0]!, heard.clockHz, 800)
    assert.match(row, /^[.?]*\?{8}[.?]*0{5}/, row)
  })
})
