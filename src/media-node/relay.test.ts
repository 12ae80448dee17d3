import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { MediaSession } from '../media/protocol.ts'
import { legOf, nextPort, type RunningMedia, removeFolder, sleep, startMedia, TonePeer, toneShare } from './testing/media-client.ts'

for (const io of ['auto', 'dgram'] as const) {
  describe(`the media process with ${io} sockets`, () => {
    let media: RunningMedia
    before(async () => {
      media = await startMedia(undefined, ['--io', io])
      await media.line.wait('ready')
    })
    after(async () => {
      media.line.close()
      await media.kill('SIGTERM')
      removeFolder(media.folder)
    })

    async function bridged(id: string): Promise<{ a: TonePeer; b: TonePeer; pa: number; pb: number; session: MediaSession }> {
      const a = await TonePeer.open()
      const b = await TonePeer.open()
      const pa = nextPort()
      const pb = nextPort()
      const session: MediaSession = {
        id,
        legs: [legOf('a', pa, a.port), legOf('b', pb, b.port)],
        paths: [
          { from: 'a', to: 'b' },
          { from: 'b', to: 'a' },
        ],
        plays: [],
        recordings: [],
      }
      return { a, b, pa, pb, session }
    }

    test('relays each voice to the other side, without loss, and tells who was heard and the figures', async () => {
      const { a, b, pa, pb, session } = await bridged('r1')
      media.line.send({ op: 'put', session })
      await sleep(50)
      await Promise.all([a.say(440, 30, pa), b.say(1000, 30, pb)])
      await sleep(50)
      assert.ok(toneShare(b.heard, 440) > 0.95, 'b hears a')
      assert.ok(toneShare(a.heard, 1000) > 0.95, 'a hears b')
      assert.equal(b.packets.length, 30)
      for (let i = 1; i < 30; i++) {
        assert.equal((b.packets[i]!.sequence - b.packets[i - 1]!.sequence) & 0xffff, 1)
        assert.equal((b.packets[i]!.timestamp - b.packets[i - 1]!.timestamp) >>> 0, 160)
      }
      await media.line.wait('heard', n => n.id === 'r1' && n.leg === 'a')
      media.line.send({ op: 'drop', id: 'r1' })
      const figures = await media.line.wait('figures', n => n.id === 'r1' && n.final)
      assert.deepEqual(
        figures.legs.map(l => [l.leg, l.packetsIn, l.packetsOut, l.lost]),
        [
          ['a', 30, 30, 0],
          ['b', 30, 30, 0],
        ],
      )
      a.close()
      b.close()
    })

    test('a third party that sprays packets is neither heard nor sent to, before and after the peer speaks', async () => {
      const { a, b, pa, session } = await bridged('r2')
      const thief = await TonePeer.open()
      thief.ssrc = 0x6666
      media.line.send({ op: 'put', session })
      await sleep(50)
      for (let i = 0; i < 3; i++) thief.sayOnce(700, pa)
      await a.say(440, 5, pa)
      b.heard.length = 0
      for (let i = 0; i < 20; i++) {
        thief.sayOnce(700, pa)
        a.sayOnce(440, pa)
        await sleep(5)
      }
      await sleep(30)
      assert.ok(toneShare(b.heard, 440) > 0.95)
      assert.ok(toneShare(b.heard, 700) < 0.01)
      assert.equal(thief.packets.length, 0)
      media.line.send({ op: 'drop', id: 'r2' })
      for (const p of [a, b, thief]) p.close()
    })

    test('a phone behind NAT is latched once its packets prove consistent; a peer by address is not', async () => {
      const { a, b, pa, pb, session } = await bridged('r3')
      const nat = {
        ...session,
        legs: [legOf('a', pa, 9, 'PCMU', { remote: { address: '192.0.2.1', port: 4000, rtcpPort: 4001 } }), session.legs[1]!],
      }
      media.line.send({ op: 'put', session: nat })
      await sleep(50)
      await a.say(440, 26, pa, 5)
      await b.say(1000, 10, pb)
      await sleep(30)
      assert.ok(a.packets.length >= 8, `latched (${a.packets.length})`)
      const trunk = {
        ...nat,
        id: 'r4',
        legs: [
          { ...nat.legs[0]!, latch: false, local: { address: '127.0.0.1', port: nextPort() } },
          { ...nat.legs[1]!, local: { address: '127.0.0.1', port: nextPort() } },
        ],
      }
      media.line.send({ op: 'put', session: trunk })
      await sleep(50)
      b.heard.length = 0
      await a.say(440, 10, trunk.legs[0]!.local.port, 5)
      assert.equal(b.heard.length, 0)
      media.line.send({ op: 'only', ids: [] })
      a.close()
      b.close()
    })

    test('sessions outlive the switch: a new connection finds them still relaying, and the newest switch wins', async () => {
      const { a, b, pa, session } = await bridged('r5')
      media.line.send({ op: 'put', session })
      await sleep(50)
      media.line.close()
      await a.say(440, 5, pa)
      assert.ok(b.packets.length >= 4)
      const { MediaLine } = await import('./testing/media-client.ts')
      const line = await MediaLine.open(media.folder + '/media.sock')
      const ready = await line.wait('ready')
      assert.ok(ready.sessions.includes('r5'))
      ;(media as { line: typeof line }).line = line
      line.send({ op: 'only', ids: [] })
      await line.wait('figures', n => n.id === 'r5' && n.final)
      a.close()
      b.close()
    })

    test('DTMF: telephone-events pass with the other side’s payload type and are told once; digits can be sent', async () => {
      const { a, b, pa, session } = await bridged('r6')
      const legs = [session.legs[0]!, { ...session.legs[1]!, dtmf: { sendType: 96, receiveType: 96, clockHz: 8000 } }]
      media.line.send({ op: 'put', session: { ...session, legs } })
      await sleep(50)
      await a.say(440, 5, pa, 5)
      const ts = a.timestamp
      for (let i = 0; i < 7; i++) {
        const p = new Uint8Array(16)
        const { writeRtpHeader } = await import('../wire/rtp/header.ts')
        writeRtpHeader(p, 101, i === 0, a.sequence++ & 0xffff, ts, a.ssrc)
        p.set([5, i >= 4 ? 0x8a : 0x0a, 0, Math.min(i + 1, 5) * 40], 12)
        a.raw(p, pa)
      }
      const told = await media.line.wait('dtmf', n => n.id === 'r6')
      assert.equal(told.digit, '5')
      assert.equal(told.durationMs, 25)
      await sleep(50)
      assert.equal(media.line.notices.filter(n => n.is === 'dtmf' && n.id === 'r6').length, 1)
      const events = b.packets.filter(p => p.type === 96)
      assert.equal(events.length, 7)
      assert.equal(new Set(events.map(e => e.timestamp)).size, 1)
      media.line.send({ op: 'send-dtmf', id: 'r6', leg: 'b', digits: '42' })
      await sleep(600)
      const sent = b.packets.filter(p => p.type === 96).slice(7)
      assert.deepEqual([...new Set(sent.map(p => p.payload[0]))], [4, 2])
      assert.equal(sent.filter(p => p.payload[0] === 4 && p.payload[1]! >= 0x80).length, 3)
      media.line.send({ op: 'drop', id: 'r6' })
      a.close()
      b.close()
    })

    test('lines that are no commands are refused or ignored, and calls go on', async () => {
      const { a, b, pa, session } = await bridged('r8')
      media.line.send({ op: 'put', session })
      for (const odd of [
        { op: 'fly' },
        { op: 'put' },
        { op: 'put', session: { id: 'x', legs: null } },
        7,
        null,
        { op: 'send-dtmf', id: 'r8', leg: 'z', digits: '1' },
      ])
        media.line.send(odd as never)
      await media.line.wait('refused', n => n.code === 'media.unknown-leg')
      assert.ok(media.line.notices.some(n => n.is === 'refused' && n.code === 'media.bad-command'))
      await a.say(440, 5, pa)
      assert.ok(b.packets.length >= 4)
      media.line.send({ op: 'only', ids: [] })
      a.close()
      b.close()
    })

    test('killed and started anew, the sessions come back on the same ports', async () => {
      const { a, b, pa, session } = await bridged('r7')
      media.line.send({ op: 'put', session })
      await sleep(50)
      await a.say(440, 5, pa, 5)
      await media.kill('SIGKILL')
      media = await startMedia(media.folder, ['--io', io])
      media.line.send({ op: 'put', session })
      await sleep(50)
      b.heard.length = 0
      await a.say(440, 10, pa, 10)
      await sleep(30)
      assert.ok(toneShare(b.heard, 440) > 0.9)
      a.close()
      b.close()
    })
  })
}
