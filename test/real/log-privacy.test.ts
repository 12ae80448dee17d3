/** SEC-03: what the processes write about calls, refusals and troubles holds no number, name, password or digest. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestExchange } from './exchange.ts'
import { officePlan } from './office-plan.ts'

const port = 30060
const line = '+77272507788'
const caller = '+77015554433'

function message(method: string, uri: string, from: string, more: readonly string[], body = ''): Buffer {
  const id = Math.random().toString(36).slice(2)
  const head = [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.5:30990;branch=z9hG4bK${id};rport`,
    'Max-Forwards: 70',
    `From: "Secret Person" <sip:${from}@127.0.0.5>;tag=${id}`,
    `To: <${uri}>`,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:x@127.0.0.5:30990>',
    ...more,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

test('SEC-03 logs hold no number, name, password or digest', async () => {
  const x = await TestExchange.start({
    plan: officePlan(`trunks:
  provider: { host: 127.0.0.5, by-address: true, channels: 10 }
lines:
  "${line}": { to: ann, owner: ann }
  "+77272500000": { to: ann, owner: ann }
outgoing:
  rules: [ { calls: emergency, by: any } ]
`),
    port,
    rtp: '30100-30199',
  })
  const socket = createSocket('udp4')
  try {
    await new Promise<void>(done => socket.bind(30990, '127.0.0.5', done))
    const send = (bytes: Buffer): void => socket.send(bytes, port, '127.0.0.1')
    const sdp =
      'v=0\r\no=- 1 1 IN IP4 127.0.0.5\r\ns=-\r\nc=IN IP4 127.0.0.5\r\nt=0 0\r\nm=audio 30992 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n'
    send(message('INVITE', `sip:${line}@127.0.0.1`, caller, ['Content-Type: application/sdp'], sdp))
    send(message('INVITE', `sip:+77019998877@127.0.0.1`, caller, ['Content-Type: application/sdp'], sdp))
    const digest =
      'Digest username="201",realm="switchroom",nonce="abcdef0123",uri="sip:127.0.0.1",response="0123456789abcdef0123456789abcdef"'
    send(message('REGISTER', 'sip:127.0.0.1', '201', [`Authorization: ${digest}`]))
    send(Buffer.from(`garbage ${caller} ${line}\r\n\r\n`))
    send(message('INVITE', `sip:${line}@127.0.0.1`, caller, ['Content-Type: application/sdp'], sdp.replace('m=audio', 'm=nothing')))
    await sleep(1500)
    // Troubles write most: both processes that carry calls die once.
    await x.kill('media-0')
    await x.kill('switch')
    await sleep(1000)
    const secrets = Object.values(JSON.parse(readFileSync(join(x.data, 'secrets.json'), 'utf8')) as Record<string, string>)
    const forbidden = [
      line.slice(1),
      line.slice(3),
      caller.slice(1),
      caller.slice(3),
      '77019998877',
      'Secret Person',
      '0123456789abcdef',
      'abcdef0123',
      ...secrets,
    ]
    const folder = join(x.data, 'log')
    // The terminal is not a log: the first start shows the newcomer what the plan says and which passwords were made.
    for (const text of readdirSync(folder).map(f => readFileSync(join(folder, f), 'utf8'))) {
      for (const word of forbidden) {
        const at = text.indexOf(word)
        assert.equal(at, -1, `a log says: …${text.slice(Math.max(0, at - 60), at + 20)}`)
      }
    }
  } finally {
    socket.close()
    await x.stop()
  }
})
