/**
 * Two real telephones at a running exchange, by every transport, codec and encryption: what each hears is measured, and so is
 * what was recorded of the call, as the console's player gets it.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { PhoneOptions } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { presence } from './listen.ts'
import { OfficeApi } from './office-api.ts'
import { heardBy, PhoneRoom, talk } from './phone-room.ts'
import { needs } from './programs.ts'

interface Side {
  readonly phone: Partial<PhoneOptions>
  /** What the plan says of the telephone's encryption. */
  readonly srtp?: 'required' | 'optional' | 'none'
}

interface Way {
  readonly name: string
  readonly caller: Side
  readonly called: Side
  /** What both legs must have come to speak. */
  readonly codecs: readonly [string, string]
  readonly encrypted: readonly [boolean, boolean]
}

const tls = { transport: 'tls', encryption: 'srtp-mand' } as const
const ways: readonly Way[] = [
  {
    name: 'UDP, G.711 A-law',
    caller: { phone: { codecs: 'PCMA' } },
    called: { phone: { codecs: 'PCMA' } },
    codecs: ['PCMA', 'PCMA'],
    encrypted: [false, false],
  },
  {
    name: 'TCP, G.711 µ-law',
    caller: { phone: { transport: 'tcp', codecs: 'PCMU' } },
    called: { phone: { transport: 'tcp', codecs: 'PCMU' } },
    codecs: ['PCMU', 'PCMU'],
    encrypted: [false, false],
  },
  {
    name: 'TCP to UDP, G.722',
    caller: { phone: { transport: 'tcp', codecs: 'G722/16000/1' } },
    called: { phone: { codecs: 'G722/16000/1' } },
    codecs: ['G722', 'G722'],
    encrypted: [false, false],
  },
  {
    name: 'UDP, Opus',
    caller: { phone: { codecs: 'opus/48000/2' } },
    called: { phone: { codecs: 'opus/48000/2' } },
    codecs: ['opus', 'opus'],
    encrypted: [false, false],
  },
  {
    name: 'a shared codec is taken before the caller’s favourite, so that nothing is transcoded',
    caller: { phone: { codecs: 'opus/48000/2,G722/16000/1,PCMU' } },
    called: { phone: { codecs: 'PCMA,PCMU' } },
    codecs: ['PCMU', 'PCMU'],
    encrypted: [false, false],
  },
  {
    name: 'TLS and SRTP on both sides, G.711',
    caller: { phone: { ...tls, codecs: 'PCMA' }, srtp: 'required' },
    called: { phone: { ...tls, codecs: 'PCMA' }, srtp: 'required' },
    codecs: ['PCMA', 'PCMA'],
    encrypted: [true, true],
  },
  {
    name: 'TLS and SRTP on both sides, Opus, the plan says nothing of encryption',
    caller: { phone: { ...tls, encryption: 'srtp', codecs: 'opus/48000/2' } },
    called: { phone: { ...tls, encryption: 'srtp', codecs: 'opus/48000/2' } },
    codecs: ['opus', 'opus'],
    encrypted: [true, true],
  },
  {
    name: 'TLS and SRTP demanded on both sides, the plan says nothing of encryption',
    caller: { phone: { ...tls, codecs: 'PCMU' } },
    called: { phone: { ...tls, codecs: 'PCMU' } },
    codecs: ['PCMU', 'PCMU'],
    encrypted: [true, true],
  },
  {
    name: 'TLS and SRTP to plain UDP, G.722',
    caller: { phone: { ...tls, codecs: 'G722/16000/1' }, srtp: 'required' },
    called: { phone: { codecs: 'G722/16000/1' } },
    codecs: ['G722', 'G722'],
    encrypted: [true, false],
  },
  {
    name: 'DTLS-SRTP to plain UDP',
    caller: { phone: { transport: 'tls', encryption: 'dtls_srtp', codecs: 'PCMU' } },
    called: { phone: { codecs: 'PCMU' } },
    codecs: ['PCMU', 'PCMU'],
    encrypted: [true, false],
  },
  {
    name: 'transcoding where nothing is shared: Opus to G.711',
    caller: { phone: { codecs: 'opus/48000/2' } },
    called: { phone: { codecs: 'PCMA' } },
    codecs: ['opus', 'PCMA'],
    encrypted: [false, false],
  },
  {
    name: 'transcoding where nothing is shared: G.722 to G.711, SRTP to plain',
    caller: { phone: { ...tls, codecs: 'G722/16000/1' }, srtp: 'required' },
    called: { phone: { codecs: 'PCMU' } },
    codecs: ['G722', 'PCMU'],
    encrypted: [true, false],
  },
]

const extension = (way: number, side: 0 | 1): string => String(201 + 2 * way + side)

function plan(): string {
  const sides = ways.flatMap((w, i) => [
    { number: extension(i, 0), srtp: w.caller.srtp },
    { number: extension(i, 1), srtp: w.called.srtp },
  ])
  return `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: p201 }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: p201 } }
people:
${sides.map(s => `  p${s.number}: { name: Person ${s.number}, extension: "${s.number}" }`).join('\n')}
devices:
${sides.map(s => `  d${s.number}: { person: p${s.number}, kind: softphone${s.srtp ? `, srtp: ${s.srtp}` : ''} }`).join('\n')}
recording:
  - { record: internal, because: quality of service, keep: 30 days, heard-by: [quality] }
access:
  quality: { who: [p201], may: [configure, search, listen, see-calls] }
`
}

const options = needs('baresip', 'ffmpeg', 'ffprobe')
let x: TestExchange
let room: PhoneRoom
let api: OfficeApi

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan: plan(), port: 27000, rtp: '28000-28199', tag: 'phones-' })
  room = new PhoneRoom(x, { sip: 27020, rtp: 29000 })
  api = await OfficeApi.signIn(x)
})

after(async () => {
  await room?.close()
  await x?.stop()
})

describe('CALL-01 REC-03 SEC-01 two telephones hear each other, and each is on its own channel of the recording:', {
  ...options,
  concurrency: 2,
}, () => {
  ways.forEach((way, i) => {
    test(way.name, async () => {
      const [from, to] = [extension(i, 0), extension(i, 1)]
      const tones = [400 + 40 * i, 1000 + 60 * i] as const
      const [a, b] = await Promise.all([
        room.phone(from, tones[0], { ...way.caller.phone, secret: `d${from}` }),
        room.phone(to, tones[1], { ...way.called.phone, secret: `d${to}` }),
      ])
      try {
        await talk(a, b, to, way.name.startsWith('DTLS') ? 4000 : 2500)
      } finally {
        await Promise.all([a.stop(), b.stop()])
      }
      for (const [ear, own, other] of [
        [a, tones[0], tones[1]],
        [b, tones[1], tones[0]],
      ] as const) {
        const heard = heardBy(ear)
        const share = presence(heard.channels[0]!, heard.clockHz, other)
        assert.ok(share > 0.7, `${ear.options.name} heard the other's tone in ${(100 * share).toFixed(0)} % of the call`)
        assert.ok(presence(heard.channels[0]!, heard.clockHz, own) < 0.1, `${ear.options.name} does not hear itself`)
      }
      const recording = await api.recording(r => r.left.number === from)
      assert.equal(recording.state, 'ready', recording.problem ?? '')
      const { channels, clockHz } = await api.sound(recording)
      assert.equal(channels.length, 2)
      const [left, right] = [channels[0]!, channels[1]!]
      assert.ok(presence(left, clockHz, tones[0]) > 0.8, `left: ${presence(left, clockHz, tones[0])} of the caller's tone`)
      assert.ok(presence(right, clockHz, tones[1]) > 0.8, `right: ${presence(right, clockHz, tones[1])} of the called's tone`)
      assert.ok(presence(left, clockHz, tones[1]) < 0.05 && presence(right, clockHz, tones[0]) < 0.05, 'no voice is on the other channel')
      const legs = (await api.story(recording.call)).legs.filter(l => l.answeredAt !== null || l.role === 'caller')
      assert.deepEqual(
        legs.map(l => [l.codec, l.encrypted]),
        [
          [way.codecs[0], way.encrypted[0]],
          [way.codecs[1], way.encrypted[1]],
        ],
      )
    })
  })
})
