import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseRtcp } from '../wire/rtcp/parse-rtcp.ts'
import { compactNtpAt } from '../wire/rtcp/report-figures.ts'
import { writeRtcp } from '../wire/rtcp/write-rtcp.ts'
import { rtpSequence, rtpSsrc, rtpTimestamp, writeRtpHeader } from '../wire/rtp/header.ts'
import { masterKeyOf } from '../wire/srtp/sdes-key.ts'
import { SrtpReceiver, SrtpSender } from '../wire/srtp/srtp-context.ts'
import type { CodecName } from './leg-media.ts'
import type { MediaNotice } from './protocol.ts'
import { FakePeer, leg, sessionOf, share, world } from './testing/fake-network.ts'

const told = <K extends MediaNotice['is']>(list: readonly MediaNotice[], is: K): Extract<MediaNotice, { is: K }>[] =>
  list.filter(n => n.is === is) as Extract<MediaNotice, { is: K }>[]

test('two sides without a shared codec are translated, each way, with unbroken numbering', () => {
  const names: CodecName[] = ['PCMU', 'PCMA', 'G722', 'L16']
  for (const x of names)
    for (const y of names) {
      const w = world()
      const a = new FakePeer(w, '10.0.0.2', 4000, x)
      const b = new FakePeer(w, '10.0.0.3', 5000, y)
      w.engine.command({ op: 'put', session: sessionOf('s', [leg('a', 20000, a, x), leg('b', 20002, b, y)]) })
      w.run(1000, () => {
        a.say(440, '10.0.0.1:20000')
        b.say(1000, '10.0.0.1:20002')
      })
      assert.ok(share(b.heard, 440, b.hz, 800) > 0.95, `${x}→${y}`)
      assert.ok(share(a.heard, 1000, a.hz, 800) > 0.95, `${y}→${x}`)
      assert.ok(Math.abs(b.packets.length - 50) <= 1)
      for (let i = 1; i < b.packets.length; i++) {
        assert.equal((rtpSequence(b.packets[i]!) - rtpSequence(b.packets[i - 1]!)) & 0xffff, 1)
        assert.equal((rtpTimestamp(b.packets[i]!) - rtpTimestamp(b.packets[i - 1]!)) >>> 0, y === 'L16' ? 320 : 160)
      }
    }
})

test('up to five parties are mixed: each hears all the others and not itself', () => {
  const w = world()
  const tones = [440, 600, 800, 1000, 1300]
  const codecs: CodecName[] = ['PCMU', 'PCMA', 'G722', 'L16', 'PCMU']
  const peers = codecs.map((c, i) => new FakePeer(w, `10.0.0.${10 + i}`, 4000, c))
  const legs = peers.map((p, i) => leg(`p${i}`, 20000 + 2 * i, p, codecs[i]!))
  w.engine.command({ op: 'put', session: sessionOf('s', legs) })
  w.run(2000, () => {
    for (const [i, p] of peers.entries()) p.say(tones[i]!, `10.0.0.1:${20000 + 2 * i}`)
  })
  peers.forEach((p, i) => {
    tones.forEach((hz, j) => {
      const part = share(p.heard, hz, p.hz, p.hz / 2)
      if (i === j) assert.ok(part < 0.01, `${i} hears itself: ${part}`)
      else assert.ok(part > 0.18, `${i} hears ${j}: ${part}`)
    })
    assert.ok(p.packets.length >= 98)
  })
})

test('what is sent keeps one SSRC and runs on through a change of source, of the source’s SSRC and of its timestamps', () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const b = new FakePeer(w, '10.0.0.3', 5000, 'PCMU')
  const c = new FakePeer(w, '10.0.0.4', 6000, 'PCMU')
  const legs = [leg('a', 20000, a, 'PCMU'), leg('b', 20002, b, 'PCMU'), leg('c', 20004, c, 'PCMU')]
  w.engine.command({ op: 'put', session: sessionOf('s', legs, { paths: [{ from: 'a', to: 'b' }] }) })
  w.run(200, () => a.say(440, '10.0.0.1:20000'))
  a.ssrc = 777
  a.sequence = 9
  a.timestamp = 3_000_000_000
  w.run(200, () => a.say(440, '10.0.0.1:20000'))
  a.timestamp = (a.timestamp + 80_000_000) >>> 0
  w.run(200, () => a.say(440, '10.0.0.1:20000'))
  w.engine.command({ op: 'put', session: sessionOf('s', legs, { paths: [{ from: 'c', to: 'b' }] }) })
  w.run(200, () => c.say(440, '10.0.0.1:20004'))
  assert.equal(new Set(b.packets.map(rtpSsrc)).size, 1)
  assert.ok(b.packets.length >= 39)
  for (let i = 1; i < b.packets.length; i++) {
    assert.equal((rtpSequence(b.packets[i]!) - rtpSequence(b.packets[i - 1]!)) & 0xffff, 1)
    const step = (rtpTimestamp(b.packets[i]!) - rtpTimestamp(b.packets[i - 1]!)) >>> 0
    assert.ok(step >= 80 && step <= 640, `timestamp step ${step} at ${i}`)
  }
})

test('loss and reordering of the sender are passed on as they are, duplicates are not', () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const b = new FakePeer(w, '10.0.0.3', 5000, 'PCMU')
  w.engine.command({ op: 'put', session: sessionOf('s', [leg('a', 20000, a, 'PCMU'), leg('b', 20002, b, 'PCMU')]) })
  const send = (n: number): void => {
    a.sequence = 100 + n
    a.timestamp = 1000 + 160 * n
    a.say(440, '10.0.0.1:20000')
  }
  for (const n of [0, 1, 3, 2, 2, 5, 6]) send(n)
  const first = rtpSequence(b.packets[0]!)
  assert.deepEqual(
    b.packets.map(p => (rtpSequence(p) - first) & 0xffff),
    [0, 1, 3, 2, 5, 6],
  )
})

test('hold: a leg that we only receive from is sent nothing, and one that we only send to is not heard', () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const b = new FakePeer(w, '10.0.0.3', 5000, 'PCMU')
  const both = (d: 'sendonly' | 'recvonly' | 'inactive' | 'sendrecv') =>
    sessionOf('s', [leg('a', 20000, a, 'PCMU', { direction: d }), leg('b', 20002, b, 'PCMU')])
  const talk = (): void =>
    w.run(200, () => {
      a.say(440, '10.0.0.1:20000')
      b.say(1000, '10.0.0.1:20002')
    })
  const heard = (d: 'sendonly' | 'recvonly' | 'inactive' | 'sendrecv'): [boolean, boolean] => {
    a.packets.length = 0
    b.packets.length = 0
    w.engine.command({ op: 'put', session: both(d) })
    talk()
    return [a.packets.length > 0, b.packets.length > 0]
  }
  assert.deepEqual(heard('sendrecv'), [true, true])
  assert.deepEqual(heard('recvonly'), [false, true])
  assert.deepEqual(heard('sendonly'), [true, false])
  assert.deepEqual(heard('inactive'), [false, false])
  assert.deepEqual(heard('sendrecv'), [true, true])
})

test('prompts play in order, tell when they end, and give way to the echo that follows; the same token is not started again', () => {
  const tone = (hz: number, ms: number) => ({
    hz: 8000 as const,
    pcm: Int16Array.from({ length: ms * 8 }, (_, i) => 8000 * Math.sin((2 * Math.PI * hz * i) / 8000)),
  })
  const w = world({ clips: { one: tone(500, 400), two: tone(700, 400) } })
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMA')
  const session = sessionOf('s', [leg('a', 20000, a, 'PCMA')], {
    plays: [
      { leg: 'a', token: 't1', source: { kind: 'prompts', language: 'en', names: ['one', 'two'] }, repeat: false },
      { leg: 'a', token: 't2', source: { kind: 'echo' }, repeat: false },
    ],
  })
  w.engine.command({ op: 'put', session })
  w.run(400)
  w.engine.command({ op: 'put', session: { ...session, legs: [...session.legs] } })
  assert.ok(share(a.heard, 500, 8000) > 0.9)
  a.heard.length = 0
  w.run(500, () => a.say(1000, '10.0.0.1:20000'))
  assert.ok(share(a.heard, 700, 8000) > 0.7)
  assert.deepEqual(
    told(w.notices, 'played').map(n => n.token),
    ['t1'],
  )
  a.heard.length = 0
  w.run(400, () => a.say(1000, '10.0.0.1:20000'))
  assert.ok(share(a.heard, 1000, 8000) > 0.95)
  w.engine.command({
    op: 'put',
    session: {
      ...session,
      plays: [{ leg: 'a', token: 't3', source: { kind: 'prompts', language: 'en', names: ['absent'] }, repeat: false }],
    },
  })
  assert.equal(told(w.notices, 'refused').at(-1)?.code, 'media.nothing-to-play')
  assert.equal(told(w.notices, 'played').at(-1)?.token, 't3')
})

test('progress tones and music sound on G.722 as well', () => {
  const pcm = Int16Array.from({ length: 8000 }, (_, i) => 8000 * Math.sin((2 * Math.PI * 600 * i) / 8000))
  const w = world({ clips: { calm: { hz: 8000, pcm } } })
  const a = new FakePeer(w, '10.0.0.2', 4000, 'G722')
  const put = (token: string, source: object): void =>
    w.engine.command({
      op: 'put',
      session: sessionOf('s', [leg('a', 20000, a, 'G722')], { plays: [{ leg: 'a', token, source, repeat: true } as never] }),
    })
  put('t1', { kind: 'tone', tone: 'dial' })
  w.run(1000)
  assert.ok(share(a.heard, 425, 16000, 400) > 0.9)
  a.heard.length = 0
  put('t2', { kind: 'music', name: 'calm' })
  w.run(3000)
  assert.ok(share(a.heard, 600, 16000, 400) > 0.9)
  assert.equal(a.packets.length, 200)
})

test('digits as tones are heard once each when asked for, speech-like sound is not; who has no events hears tones', () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const b = new FakePeer(w, '10.0.0.3', 5000, 'PCMU')
  const legs = [leg('a', 20000, a, 'PCMU'), leg('b', 20002, b, 'PCMU', { dtmf: null, inBandDtmf: true })]
  w.engine.command({ op: 'put', session: sessionOf('s', legs) })
  // The engine dials to b in-band; b's sound is fed back as if b had dialled.
  w.engine.command({ op: 'send-dtmf', id: 's', leg: 'b', digits: '159D*#' })
  w.run(1400)
  for (const p of b.packets) {
    const back = p.slice()
    back[8] = 9
    w.network.deliver(back, b, '10.0.0.1:20002')
    w.now += 20
  }
  w.run(200, () => b.say(1100, '10.0.0.1:20002'))
  const digits = told(w.notices, 'dtmf')
  assert.equal(digits.map(d => d.digit).join(''), '159D*#')
  assert.ok(digits.every(d => d.by === 'in-band' && d.leg === 'b' && d.durationMs >= 80 && d.durationMs <= 160))
})

test('SRTP by SDES both ways, also between two suites; forged and plain packets are dropped', () => {
  for (const suite of ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_256_GCM'] as const) {
    const w = world()
    const size = suite === 'AEAD_AES_256_GCM' ? 44 : 30
    const ours = Buffer.alloc(size, 1).toString('base64')
    const theirs = Buffer.alloc(size, 2).toString('base64')
    const key = (b: string) => {
      const k = masterKeyOf(b, suite)
      assert.ok(k.ok)
      return k.value
    }
    const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
    const b = new FakePeer(w, '10.0.0.3', 5000, 'PCMU')
    const sender = new SrtpSender(suite, key(theirs))
    const receiver = new SrtpReceiver(suite, key(ours))
    a.wrap = (p, n) => sender.protect(p, n)
    a.unwrap = (p, n) => receiver.unprotect(p, n)
    const legs = [
      leg('a', 20000, a, 'PCMU', { srtp: { kind: 'sdes', suite, localKey: ours, remoteKey: theirs } }),
      leg('b', 20002, b, 'PCMU'),
    ]
    w.engine.command({ op: 'put', session: sessionOf('s', legs) })
    w.run(400, () => {
      a.say(440, '10.0.0.1:20000')
      b.say(1000, '10.0.0.1:20002')
    })
    assert.ok(share(b.heard, 440, 8000) > 0.95)
    assert.ok(share(a.heard, 1000, 8000) > 0.95)
    const before = b.packets.length
    a.wrap = (_p, n) => n
    a.say(440, '10.0.0.1:20000')
    assert.equal(b.packets.length, before)
    w.engine.command({ op: 'put', session: sessionOf('s', [...legs]) })
    a.wrap = (p, n) => sender.protect(p, n)
    a.say(440, '10.0.0.1:20000')
    assert.equal(b.packets.length, before + 1)
  }
})

test('QOS-01 reports go out and come in: round trip, the far end’s loss, our jitter', () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const b = new FakePeer(w, '10.0.0.3', 5000, 'PCMU')
  w.engine.command({ op: 'put', session: sessionOf('s', [leg('a', 20000, a, 'PCMU'), leg('b', 20002, b, 'PCMU')]) })
  w.run(8000, () => {
    a.say(440, '10.0.0.1:20000')
    b.say(1000, '10.0.0.1:20002')
  })
  const parsed = parseRtcp(a.control.at(-1)!)
  assert.ok(parsed.ok)
  const sr = parsed.value[0]!
  assert.ok(sr.kind === 'sender-report' && sr.packets > 20 && sr.reports[0]?.ssrc === a.ssrc)
  const reply = new Uint8Array(200)
  const lastSr = compactNtpAt(1_700_000_000_000 + w.now - 30)
  const report = { ssrc: sr.ssrc, fractionLost: 64, cumulativeLost: 3, extendedHighest: 9, jitter: 1, lastSr, delaySinceLastSr: 0 }
  const n = writeRtcp([{ kind: 'receiver-report', ssrc: a.ssrc, reports: [report] }], reply)
  w.network.deliver(reply.slice(0, n), { address: a.address, port: a.port + 1 }, '10.0.0.1:20001')
  w.engine.command({ op: 'figures', id: 's' })
  const f = told(w.notices, 'figures')[0]!.legs[0]!
  assert.equal(f.farLoss, 0.25)
  assert.ok(f.rttMs !== null && Math.abs(f.rttMs - 30) < 1)
  assert.equal(f.packetsIn, 400)
  assert.equal(f.jitterMs, 0)
  w.engine.command({ op: 'drop', id: 's' })
  const bye = parseRtcp(a.control.at(-1)!)
  assert.ok(bye.ok && bye.value.some(p => p.kind === 'goodbye'))
})

test('silence is told after five seconds and speech again when it returns; comfort noise passes where both know it', () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const b = new FakePeer(w, '10.0.0.3', 5000, 'PCMU')
  const legs = [leg('a', 20000, a, 'PCMU', { comfortNoiseType: 13 }), leg('b', 20002, b, 'PCMU', { comfortNoiseType: 13 })]
  w.engine.command({ op: 'put', session: sessionOf('s', legs) })
  w.run(100, () => a.say(440, '10.0.0.1:20000'))
  const noise = new Uint8Array(13)
  writeRtpHeader(noise, 13, false, a.sequence++, a.timestamp, a.ssrc)
  noise[12] = 70
  w.network.deliver(noise, a, '10.0.0.1:20000')
  assert.equal(b.packets.at(-1)![1], 13)
  w.run(6000)
  assert.deepEqual(
    told(w.notices, 'silent').map(n => [n.leg, Math.round(n.forMs / 1000)]),
    [
      ['b', 5],
      ['a', 5],
    ],
  )
  a.say(440, '10.0.0.1:20000')
  assert.equal(told(w.notices, 'heard').length, 2)
})

test('a port that comes back for another call has forgotten the peer of the last one', () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  w.engine.command({ op: 'put', session: sessionOf('s1', [leg('a', 20000, a, 'PCMU')]) })
  w.run(100, () => a.say(440, '10.0.0.1:20000'))
  w.engine.command({ op: 'drop', id: 's1' })
  const before = a.packets.length
  const plays = [{ leg: 'a', token: 't', source: { kind: 'tone', tone: 'dial' }, repeat: true } as const]
  w.engine.command({ op: 'put', session: sessionOf('s2', [leg('a', 20000, null, 'PCMU')], { plays }) })
  w.run(200)
  assert.equal(a.packets.length, before)
})

test('SEC-04 any bytes on any port, plain or encrypted, are taken without throwing, and silence is what they get', () => {
  const header = fc.constantFrom(0x80, 0x90, 0xb0, 0x8f, 0, 1, 22, 64)
  const second = fc.constantFrom(0, 8, 13, 101, 200, 201, 203)
  const key = Buffer.alloc(30, 3).toString('base64')
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const b = new FakePeer(w, '10.0.0.3', 5000, 'G722')
  const c = new FakePeer(w, '10.0.0.4', 6000, 'PCMU')
  const srtp = { kind: 'sdes', suite: 'AES_CM_128_HMAC_SHA1_80', localKey: key, remoteKey: key } as const
  const legs = [
    leg('a', 20000, a, 'PCMU', { inBandDtmf: true, comfortNoiseType: 13 }),
    leg('b', 20002, b, 'G722'),
    leg('c', 20004, c, 'PCMU', { srtp }),
  ]
  w.engine.command({ op: 'put', session: sessionOf('s', legs) })
  fc.assert(
    fc.property(header, second, fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 5 }), (first, type, rest, port) => {
      w.network.deliver(Uint8Array.from([first, type, ...rest]), { address: '10.0.0.2', port: 4000 }, '10.0.0.1:' + (20000 + port))
      w.engine.tick()
      w.now += 20
    }),
    { numRuns: 1000 },
  )
  assert.equal(c.packets.length > 0, true, 'the mix goes on')
})

test('a leg whose codec is not agreed yet is neither sent to nor heard', () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const b = new FakePeer(w, '10.0.0.3', 5000, 'PCMU')
  w.engine.command({ op: 'put', session: sessionOf('s', [leg('a', 20000, a, 'PCMU'), leg('b', 20002, b, 'PCMU', { codec: null })]) })
  w.run(200, () => {
    a.say(440, '10.0.0.1:20000')
    b.say(440, '10.0.0.1:20002')
  })
  assert.equal(b.packets.length, 0)
})

test('ports come back for the next session; a port that is taken is refused with a reason', async () => {
  const w = world()
  const a = new FakePeer(w, '10.0.0.2', 4000, 'PCMU')
  const one = sessionOf('s1', [leg('a', 20000, a, 'PCMU')])
  w.engine.command({ op: 'put', session: one })
  w.engine.command({ op: 'put', session: { ...one, id: 's2' } })
  await Promise.resolve()
  assert.deepEqual(
    told(w.notices, 'refused').map(n => [n.id, n.code]),
    [
      ['s2', 'media.port-unavailable'],
      ['s2', 'media.port-unavailable'],
    ],
  )
  w.engine.command({ op: 'only', ids: [] })
  assert.equal(told(w.notices, 'figures').filter(n => n.final).length, 2)
  w.engine.command({ op: 'put', session: { ...one, id: 's3' } })
  w.run(100, () => a.say(440, '10.0.0.1:20000'))
  assert.ok(told(w.notices, 'heard').some(n => n.id === 's3'))
})
