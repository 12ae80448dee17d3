import assert from 'node:assert/strict'
import { existsSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import type { LocalMedia } from '../media/media-profile.ts'
import { acceptAnswer, makeAnswer, makeOffer } from '../media/offer-answer.ts'
import { readOffer } from '../media/remote-offer.ts'
import { ensureDtlsCertificate } from './dtls-certificate.ts'
import { legOf, nextPort, removeFolder, sleep, startMedia, TonePeer, toneShare } from './testing/media-client.ts'

const executablePath = '/usr/bin/chromium'
/** Where it is missing the test says so; in CI it must be there. */
const missing = existsSync(executablePath) || process.env['CI'] === 'true' ? false : 'chromium is not installed'

/** Runs in the page: a call with a tone of 440 Hz as its microphone, and a meter for what comes in. */
const page = `
async function makeCall() {
  const context = new AudioContext({ sampleRate: 48000 })
  const tone = new OscillatorNode(context, { frequency: 440 })
  const out = new MediaStreamAudioDestinationNode(context)
  tone.connect(new GainNode(context, { gain: 0.3 })).connect(out)
  tone.start()
  const pc = new RTCPeerConnection()
  pc.addTrack(out.stream.getAudioTracks()[0], out.stream)
  pc.ontrack = e => {
    const element = new Audio()
    element.srcObject = e.streams[0] ?? new MediaStream([e.track])
    element.play()
    const meter = new AnalyserNode(context, { fftSize: 4096 })
    new MediaStreamAudioSourceNode(context, { mediaStream: element.srcObject }).connect(meter)
    window.loudest = () => {
      const bins = new Float32Array(meter.frequencyBinCount)
      meter.getFloatFrequencyData(bins)
      let best = 0
      bins.forEach((x, i) => { if (x > bins[best]) best = i })
      return { hz: best * 48000 / 4096, db: bins[best] }
    }
  }
  window.pc = pc
}
async function gathered() {
  if (pc.iceGatheringState !== 'complete') await new Promise(r => { pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && r() })
  return pc.localDescription.sdp
}
async function offer() { await makeCall(); await pc.setLocalDescription(await pc.createOffer()); return gathered() }
async function answer(sdp) { await makeCall(); await pc.setRemoteDescription({ type: 'offer', sdp }); await pc.setLocalDescription(await pc.createAnswer()); return gathered() }
async function accept(sdp) { await pc.setRemoteDescription({ type: 'answer', sdp }) }
`

test('TOP-04 Chromium and a telephone hear each other, with Opus translated, calling and called', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'media-'))
  const cert = join(folder, 'dtls.pem')
  const key = join(folder, 'dtls.key')
  const fingerprint = await ensureDtlsCertificate(cert, key)
  const media = await startMedia(folder, ['--dtls-cert', cert, '--dtls-key', key])
  const phone = await TonePeer.open()
  const server = createServer((_q, r) => r.setHeader('content-type', 'text/html').end(`<script>${page}</script>`))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection'],
  })
  try {
    for (const calling of [true, false]) {
      const tab = await browser.newPage()
      await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
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
      const profile = { kind: 'webrtc', codecs: ['opus', 'PCMU'], dtmf: 'rfc4733' } as const
      const begin = (leg: Parameters<typeof legOf>[3] | object): void =>
        media.line.send({
          op: 'put',
          session: {
            id: 'c' + calling,
            legs: [leg as never, legOf('phone', phonePort, phone.port)],
            paths: [
              { from: 'browser', to: 'phone' },
              { from: 'phone', to: 'browser' },
            ],
            plays: [],
            recordings: [],
          },
        })
      if (calling) {
        const offer = readOffer(await tab.evaluate<string>('offer()'))
        assert.ok(offer.ok)
        const answer = makeAnswer(local, profile, offer.value)
        assert.ok(answer.ok)
        assert.equal(answer.value.media.codec?.name, 'opus')
        begin(answer.value.media)
        await tab.evaluate(`accept(${JSON.stringify(answer.value.sdp)})`)
      } else {
        const offer = makeOffer(local, profile)
        const accepted = acceptAnswer(offer, await tab.evaluate<string>(`answer(${JSON.stringify(offer.sdp)})`))
        if (!accepted.ok) assert.fail(accepted.error.message)
        begin(accepted.value)
      }
      let heard = { hz: 0, db: -200 }
      let share = 0
      const isHeard = (): boolean => Math.abs(heard.hz - 1000) < 30 && heard.db > -60
      for (let i = 0; i < 120 && !(share > 0.8 && isHeard()); i++) {
        phone.heard.length = 0
        await phone.say(1000, 15, phonePort)
        share = toneShare(phone.heard, 440)
        heard = (await tab.evaluate('window.loudest ? window.loudest() : { hz: 0, db: -200 }')) as typeof heard
      }
      assert.ok(share > 0.8, `the telephone hears Chromium (${share}, ${phone.heard.length} samples)`)
      assert.ok(isHeard(), `Chromium hears the telephone (${JSON.stringify(heard)})`)
      await tab.close()
      media.line.send({ op: 'drop', id: 'c' + calling })
      await sleep(50)
    }
  } finally {
    await browser.close()
    server.close()
    phone.close()
    media.line.close()
    await media.kill('SIGTERM')
    removeFolder(folder)
  }
})
