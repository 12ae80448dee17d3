import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { MediaStreamTrack, useOPUS as opus, usePCMU as pcmu, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift'
import type { LegMedia } from '../media/leg-media.ts'
import type { LocalMedia } from '../media/media-profile.ts'
import { acceptAnswer, makeAnswer, makeOffer } from '../media/offer-answer.ts'
import { readOffer } from '../media/remote-offer.ts'
import { decodeG711, encodeG711 } from '../wire/audio/g711.ts'
import { ensureDtlsCertificate } from './dtls-certificate.ts'
import { legOf, nextPort, type RunningMedia, removeFolder, sleep, startMedia, TonePeer, toneShare } from './testing/media-client.ts'

const codecs = {
  audio: [pcmu(), opus(), new RTCRtpCodecParameters({ mimeType: 'audio/telephone-event', clockRate: 8000, payloadType: 101 })],
}

/** A browser: what it hears as sound, and a way to speak a tone. */
class Browser {
  readonly pc = new RTCPeerConnection({ codecs, iceServers: [], iceAdditionalHostAddresses: ['127.0.0.1'], iceUseIpv6: false })
  readonly track = new MediaStreamTrack({ kind: 'audio' })
  readonly heard: number[] = []
  private sequence = 1
  private at = 0

  constructor() {
    this.pc.addTransceiver(this.track, { direction: 'sendrecv' })
  }

  /** Listens below the tracks: this peer wants SSRCs announced, which real browsers do not. */
  listen(): void {
    for (const transport of this.pc.dtlsTransports)
      transport.onRtp.subscribe(rtp => {
        if (rtp.header.payloadType !== 0) return
        const pcm = new Int16Array(rtp.payload.length)
        decodeG711('mu', rtp.payload, 0, rtp.payload.length, pcm)
        this.heard.push(...pcm)
      })
  }

  say(hz: number): void {
    const pcm = new Int16Array(160)
    for (let i = 0; i < 160; i++) pcm[i] = Math.round(8000 * Math.sin((2 * Math.PI * hz * (this.at + i)) / 8000))
    this.at += 160
    const payload = Buffer.alloc(160)
    encodeG711('mu', pcm, 0, 160, payload)
    const header = new RtpHeader({ payloadType: 0, sequenceNumber: this.sequence++, timestamp: this.at, ssrc: 1234, marker: false })
    this.track.writeRtp(new RtpPacket(header, payload))
  }
}

const profile = { kind: 'webrtc', codecs: ['PCMU', 'opus'], dtmf: 'rfc4733' } as const

async function talk(browser: Browser, phone: TonePeer, phonePort: number): Promise<void> {
  browser.heard.length = 0
  phone.heard.length = 0
  for (let i = 0; i < 25; i++) {
    browser.say(440)
    phone.sayOnce(1000, phonePort)
    await sleep(10)
  }
  await sleep(100)
  assert.ok(toneShare(phone.heard, 440) > 0.9, `the telephone hears the browser (${phone.heard.length} samples)`)
  assert.ok(toneShare(browser.heard, 1000) > 0.9, `the browser hears the telephone (${browser.heard.length} samples)`)
}

async function until(is: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 100 && !is(); i++) await sleep(50)
  assert.ok(is(), what)
}

test('TOP-04 a browser and a telephone hear each other (ICE-lite, DTLS-SRTP), called and calling, also after the media process was killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'media-'))
  const cert = join(folder, 'dtls.pem')
  const key = join(folder, 'dtls.key')
  const fingerprint = await ensureDtlsCertificate(cert, key)
  assert.equal(await ensureDtlsCertificate(cert, key), fingerprint)
  const args = ['--dtls-cert', cert, '--dtls-key', key]
  let media: RunningMedia = await startMedia(folder, args)
  const phone = await TonePeer.open()
  const browsers: Browser[] = []
  try {
    for (const calling of [true, false]) {
      const browser = new Browser()
      browsers.push(browser)
      const port = nextPort()
      const phonePort = nextPort()
      const local: LocalMedia = {
        leg: 'browser',
        address: '127.0.0.1',
        port,
        sessionId: '1',
        sessionVersion: 1,
        ice: { ufrag: 'abcdefgh', pwd: 'abcdefghijklmnopqrstuvwx' },
        fingerprint,
      }
      let leg: LegMedia
      let connect: () => Promise<void>
      if (calling) {
        await browser.pc.setLocalDescription(await browser.pc.createOffer())
        const offer = readOffer(browser.pc.localDescription!.sdp)
        assert.ok(offer.ok)
        const answer = makeAnswer(local, profile, offer.value)
        assert.ok(answer.ok)
        leg = answer.value.media
        connect = () => browser.pc.setRemoteDescription({ type: 'answer', sdp: answer.value.sdp })
      } else {
        const offer = makeOffer(local, profile)
        await browser.pc.setRemoteDescription({ type: 'offer', sdp: offer.sdp })
        await browser.pc.setLocalDescription(await browser.pc.createAnswer())
        const accepted = acceptAnswer(offer, browser.pc.localDescription!.sdp)
        if (!accepted.ok) assert.fail(accepted.error.message)
        leg = accepted.value
        connect = async () => {}
      }
      const session = {
        id: 'w' + calling,
        legs: [leg, legOf('phone', phonePort, phone.port)],
        paths: [
          { from: 'browser', to: 'phone' },
          { from: 'phone', to: 'browser' },
        ],
        plays: [],
        recordings: [],
      }
      media.line.send({ op: 'put', session })
      await sleep(50)
      await connect()
      await until(() => browser.pc.connectionState === 'connected', 'the browser connects')
      browser.listen()
      await talk(browser, phone, phonePort)
      if (!calling) break
      await media.kill('SIGKILL')
      media = await startMedia(folder, args)
      media.line.send({ op: 'put', session })
      await sleep(50)
      // Its first authentic packet shows where the browser is.
      browser.heard.length = 0
      await until(() => {
        browser.say(440)
        phone.sayOnce(1000, phonePort)
        return browser.heard.length > 5 * 160
      }, 'the browser is heard again')
      await talk(browser, phone, phonePort)
    }
  } finally {
    for (const b of browsers) await b.pc.close()
    phone.close()
    media.line.close()
    await media.kill('SIGTERM')
    removeFolder(folder)
  }
})
