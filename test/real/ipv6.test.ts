/** IPv6 from the telephone's packet to the echo of its voice: a small telephone made of the house's own SIP layer, on ::1. */
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TimerQueue } from '../../src/kernel/timer-queue.ts'
import { openTransports } from '../../src/net/socket-transports.ts'
import { systemClock } from '../../src/net/system-clock.ts'
import { systemRandom } from '../../src/net/system-random.ts'
import { createEndpoint } from '../../src/sip/endpoint/endpoint.ts'
import { createLegs } from '../../src/sip/leg/legs.ts'
import type { LegNotice } from '../../src/sip/leg.ts'
import { TestExchange } from './exchange.ts'

const port = 30560
const plan = `plan: 1
office: { name: Six, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
numbering:
  ranges:
    "300-399": { for: people, purpose: Office, owner: ann }
people:
  ann: { name: Ann, extension: "301" }
services:
  echo: { number: "*43", does: echo }
trunks:
  six: { host: "[::1]", by-address: true, channels: 10 }
lines:
  "+77272500000": { to: echo, owner: ann }
outgoing:
  rules: [ { calls: emergency, by: any } ]
`

test('SIP and RTP over IPv6: a call by a trunk to the echo test hears itself', async () => {
  const x = await TestExchange.start({ plan, port, rtp: '30600-30699', host: '::1' })
  const timers = new TimerQueue()
  const tick = setInterval(() => timers.due(Date.now()), 10)
  const transports = openTransports({ onMessage: (bytes, flow) => endpoint.receive(bytes, flow), onFlowClosed: () => {} })
  const endpoint = createEndpoint({
    timers,
    clock: systemClock,
    random: systemRandom,
    io: {
      send: (hop, bytes, failed) => transports.post(hop, bytes, failed && (() => failed())),
      sentBy: () => ({ host: '::1', port: 30590 }),
    },
    user: { request: tx => void tx.respond(405) },
  })
  const notices: LegNotice[] = []
  const legs = createLegs({
    endpoint,
    timers,
    clock: systemClock,
    random: systemRandom,
    notify: (_leg, notice) => notices.push(notice),
    contactFor: () => 'sip:six@[::1]:30590',
  })
  const rtp: Socket = createSocket('udp6')
  try {
    await transports.listen({ transport: 'udp', host: '::1', port: 30590 })
    await new Promise<void>(done => rtp.bind(30592, '::1', done))
    const heard: Buffer[] = []
    rtp.on('message', packet => heard.push(packet))
    const sdp = 'v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio 30592 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n'
    legs.command('call-0', {
      do: 'invite',
      requestUri: `sip:+77272500000@[::1]:${port}`,
      from: { uri: 'sip:+77011112233@[::1]' },
      to: { uri: 'sip:+77272500000@[::1]' },
      hops: [{ transport: 'udp', host: '::1', port }],
      sdp,
    })
    await x.until(() => notices.some(n => n.is === 'answered'), 'the answer')
    const answered = notices.find(n => n.is === 'answered')
    const theirs = answered?.is === 'answered' ? (answered.sdp ?? '') : ''
    assert.match(theirs, /c=IN IP6 ::1/)
    const theirPort = Number(/m=audio (\d+)/.exec(theirs)![1])
    // A voice that cannot be mistaken for a prompt: every packet carries its own sequence number in its samples.
    let sequence = 0
    const speak = setInterval(() => {
      const packet = Buffer.alloc(172, 0x55)
      packet.writeUInt8(0x80, 0)
      packet.writeUInt8(0, 1)
      packet.writeUInt16BE(sequence, 2)
      packet.writeUInt32BE(sequence * 160, 4)
      packet.writeUInt32BE(0x5151, 8)
      sequence++
      rtp.send(packet, theirPort, '::1')
    }, 20)
    const mine = (): number => heard.filter(p => p.length === 172 && p.subarray(12).every(b => b === 0x55)).length
    try {
      await x.until(() => mine() > 50, 'the echo of our voice', 20_000)
    } finally {
      clearInterval(speak)
    }
    legs.command('call-0', { do: 'hang-up' })
    await x.logged(e => e.event.type === 'call.ended', 'the end of the call')
    await sleep(50)
  } finally {
    clearInterval(tick)
    rtp.close()
    await transports.close()
    await x.stop()
  }
})
