import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { setRtpSequence, writeRtpHeader } from '../rtp/header.ts'
import { HmacSha1 } from './hmac-sha1.ts'
import { deriveKey, deriveSessionKeys, type SessionKeys } from './key-derivation.ts'
import { REPLAY_WINDOW, ReplayWindow } from './replay-window.ts'
import { type MasterKey, masterKeyFromHex } from './sdes-key.ts'
import { SRTP_FORGED, SRTP_MALFORMED, SRTP_REPLAYED, SrtpReceiver, SrtpSender, transformOf } from './srtp-context.ts'
import { SRTP_MAX_OVERHEAD, SRTP_SUITES, type SrtpSuiteName } from './suite.ts'

const SUITES = Object.keys(SRTP_SUITES) as SrtpSuiteName[]
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const hex = (b: Uint8Array) => Buffer.from(b).toString('hex')
const roomy = (b: Uint8Array) => {
  const out = new Uint8Array(b.length + SRTP_MAX_OVERHEAD)
  out.set(b)
  return out
}
const MASTER: MasterKey = { key: bytes('e1f97a0d3e018be0d64fa32c06de4139'), salt: bytes('0ec675ad498afeebb6960b3aabe6') }
const masterFor = (suite: SrtpSuiteName) => masterKeyFromHex('5a'.repeat(23) + 'c3'.repeat(23), suite)

function voice(sequence: number, ssrc = 0xcafebabe, payloadBytes = 160): Uint8Array {
  const packet = new Uint8Array(12 + payloadBytes + SRTP_MAX_OVERHEAD).fill(sequence & 0xff)
  writeRtpHeader(packet, 8, false, sequence, sequence * 160, ssrc)
  return packet
}

test('RFC 3711 B.3: session keys', () => {
  const keys = deriveSessionKeys(MASTER, 'AES_CM_128_HMAC_SHA1_80').rtp
  assert.equal(hex(keys.cipherKey), 'c61e7a93744f39ee10734afe3ff7a087')
  assert.equal(hex(keys.salt), '30cbbc08863d8c85d49db34a9ae1')
  assert.equal(hex(keys.authKey), 'cebe321f6ff7716b6fd4ab49af256a156d38baa4')
})

test('RFC 6188 §7.4: session keys of 256 bits', () => {
  const master = {
    key: bytes('f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6'),
    salt: bytes('3b04803de51ee7c96423ab5b78d2'),
  }
  assert.equal(hex(deriveKey(master, 0, 32)), '5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4')
  assert.equal(hex(deriveKey(master, 2, 14)), 'fa31791685ca444a9e07c6c64e93')
})

test('RFC 3711 B.2: AES-CM key stream', () => {
  const keys: SessionKeys = {
    cipherKey: bytes('2b7e151628aed2a6abf7158809cf4f3c'),
    salt: bytes('f0f1f2f3f4f5f6f7f8f9fafbfcfd'),
    authKey: new Uint8Array(20),
  }
  const packet = new Uint8Array(48 + 10)
  transformOf('AES_CM_128_HMAC_SHA1_80', { rtp: keys, rtcp: keys }).protectRtp(packet, 48, 0, 0, 0)
  assert.equal(
    hex(packet.subarray(0, 48)),
    'e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0',
  )
})

test('whole packets as the reference implementation makes them', () => {
  const rtp = 'abababababababababababababababab'
  const cm = roomy(bytes('800f1234decafbadcafebabe' + rtp))
  const cmLength = new SrtpSender('AES_CM_128_HMAC_SHA1_80', MASTER).protect(cm, 28)
  assert.equal(hex(cm.subarray(0, cmLength)), '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb')
  const gcmMaster = { key: bytes('000102030405060708090a0b0c0d0e0f'), salt: bytes('a0a1a2a3a4a5a6a7a8a9aaab') }
  const gcm = roomy(bytes('800f1234decafbadcafebabe' + rtp))
  const gcmLength = new SrtpSender('AEAD_AES_128_GCM', gcmMaster).protect(gcm, 28)
  assert.equal(hex(gcm.subarray(0, gcmLength)), '800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392')
  const rtcp = roomy(bytes('81c8000bcafebabe' + rtp))
  const sender = new SrtpSender('AES_CM_128_HMAC_SHA1_80', MASTER)
  assert.ok(sender.protectRtcp(roomy(bytes('81c8000bcafebabe')), 8) > 0)
  const rtcpLength = sender.protectRtcp(rtcp, 24)
  assert.equal(hex(rtcp.subarray(0, rtcpLength)), '81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798')
})

const GCM_SALT = '517569642070726f2071756f'
const KEY_256 = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
function gcm(key: string) {
  const keys: SessionKeys = { cipherKey: bytes(key), salt: bytes(GCM_SALT), authKey: new Uint8Array(0) }
  return transformOf('AEAD_AES_256_GCM', { rtp: keys, rtcp: keys })
}
const RTP = '8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573'
const RTCP = '81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef'

for (const [section, key, protectedRtp, protectedRtcp] of [
  [
    '16.1/17.1',
    KEY_256.slice(0, 32),
    '8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce',
    '81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4',
  ],
  [
    '16.2/17.2',
    KEY_256,
    '8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13',
    '81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4',
  ],
] as const)
  test(`RFC 7714 §${section}: AES-GCM packets`, () => {
    const rtp = roomy(bytes(RTP))
    const rtpLength = gcm(key).protectRtp(rtp, RTP.length / 2, 12, 0x5501a0b2, 0xf17b)
    assert.equal(hex(rtp.subarray(0, rtpLength)), protectedRtp)
    assert.equal(gcm(key).unprotectRtp(rtp, rtpLength, 12, 0x5501a0b2, 0xf17b), RTP.length / 2)
    assert.equal(hex(rtp.subarray(0, RTP.length / 2)), RTP)
    const rtcp = roomy(bytes(RTCP))
    const rtcpLength = gcm(key).protectRtcp(rtcp, RTCP.length / 2, 0x4d617273, 0x5d4)
    assert.equal(hex(rtcp.subarray(0, rtcpLength)), protectedRtcp)
    assert.equal(gcm(key).unprotectRtcp(rtcp, rtcpLength, 0x4d617273), RTCP.length / 2)
    assert.equal(hex(rtcp.subarray(0, RTCP.length / 2)), RTCP)
  })

test('RFC 7714 §17.3: RTCP that is tagged but not encrypted is accepted', () => {
  const packet = bytes(RTCP + '841dd9683dd78ec92ae58790125f62b3000005d4')
  assert.equal(gcm(KEY_256.slice(0, 32)).unprotectRtcp(packet, packet.length, 0x4d617273), RTCP.length / 2)
  assert.equal(hex(packet.subarray(0, RTCP.length / 2)), RTCP)
})

test('our HMAC-SHA1 is the one of node:crypto', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.nat({ max: 0xffffffff }),
      fc.boolean(),
      (key, data, word, withWord) => {
        const theirs = createHmac('sha1', key).update(data)
        if (withWord) theirs.update(Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word))
        assert.equal(hex(new HmacSha1(key).digest(data, 0, data.length, word, withWord)), theirs.digest('hex'))
      },
    ),
  )
})

for (const suite of SUITES) {
  test(`${suite}: RTP and RTCP come out as they went in, across the sequence number's wrap`, () => {
    const sender = new SrtpSender(suite, masterFor(suite))
    const receiver = new SrtpReceiver(suite, masterFor(suite))
    for (const sequence of [65533, 65534, 65535, 0, 1, 2]) {
      const packet = voice(sequence)
      const plain = hex(packet.subarray(0, 172))
      const length = sender.protect(packet, 172)
      assert.equal(length, 172 + SRTP_SUITES[suite].rtpTagBytes)
      assert.notEqual(hex(packet.subarray(0, 172)), plain)
      assert.equal(receiver.unprotect(packet, length), 172)
      assert.equal(hex(packet.subarray(0, 172)), plain)
      const rtcp = roomy(bytes('80c90001cafebabe81ca000200000001'))
      const rtcpLength = sender.protectRtcp(rtcp, 16)
      assert.equal(rtcpLength, 16 + 4 + SRTP_SUITES[suite].rtcpTagBytes)
      assert.equal(receiver.unprotectRtcp(rtcp, rtcpLength), 16)
      assert.equal(hex(rtcp.subarray(0, 16)), '80c90001cafebabe81ca000200000001')
    }
  })

  test(`SEC-04 ${suite}: replays, forgeries and rubbish are told apart and leave the packet alone`, () => {
    const sender = new SrtpSender(suite, masterFor(suite))
    const receiver = new SrtpReceiver(suite, masterFor(suite))
    const packet = voice(7)
    const length = sender.protect(packet, 172)
    const copy = packet.slice()
    copy[20] = copy[20]! ^ 1
    const before = hex(copy)
    assert.equal(receiver.unprotect(copy, length), SRTP_FORGED)
    assert.equal(hex(copy), before)
    assert.equal(receiver.unprotect(packet.slice(), length), 172)
    assert.equal(receiver.unprotect(packet.slice(), length), SRTP_REPLAYED)
    assert.equal(sender.protect(voice(7), 172), SRTP_REPLAYED)
    assert.deepEqual([receiver.forged, receiver.replayed], [1, 1])
    assert.equal(sender.protect(new Uint8Array(172).fill(0x80), 172), SRTP_MALFORMED)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), junk => {
        assert.ok(receiver.unprotect(junk, junk.length) < 0)
        assert.ok(receiver.unprotectRtcp(junk, junk.length) < 0)
      }),
    )
  })

  test(`${suite}: a receiver made anew in mid-call finds the rollover counter`, () => {
    const sender = new SrtpSender(suite, masterFor(suite))
    for (let sequence = 0; sequence <= 3 * 65536; sequence += 20_000) sender.protect(voice(sequence & 0xffff, 1, 0), 12)
    const late = new SrtpReceiver(suite, masterFor(suite), true)
    let lost = 0
    for (let sequence = 3; sequence < 20; sequence++) {
      const packet = voice(sequence, 1)
      if (late.unprotect(packet, sender.protect(packet, 172)) !== 172) lost++
    }
    assert.equal(lost, 2)
  })
}

test('late packets within the window are taken once, also from before the wrap', () => {
  const suite = 'AES_CM_128_HMAC_SHA1_80'
  const sender = new SrtpSender(suite, masterFor(suite))
  const receiver = new SrtpReceiver(suite, masterFor(suite))
  const sent = [65534, 65535, 0, 1].map(sequence => {
    const packet = voice(sequence)
    return { packet, length: sender.protect(packet, 172) }
  })
  for (const i of [0, 3, 1, 2]) assert.equal(receiver.unprotect(sent[i]!.packet.slice(), sent[i]!.length), 172, `packet ${i}`)
  for (const i of [0, 1, 2, 3]) assert.equal(receiver.unprotect(sent[i]!.packet.slice(), sent[i]!.length), SRTP_REPLAYED)
  const stray = sent[0]!.packet.slice()
  setRtpSequence(stray, 30000)
  assert.equal(receiver.unprotect(stray, sent[0]!.length), SRTP_FORGED)
})

test('the replay window agrees with a set of all indices', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2000 }), { maxLength: 300 }), indices => {
      const window = new ReplayWindow()
      const known = new Set<number>()
      let highest = -1
      for (const index of indices) {
        assert.equal(window.isNew(index), index > highest || (highest - index < REPLAY_WINDOW && !known.has(index)))
        if (!window.isNew(index)) continue
        window.accept(index)
        known.add(index)
        highest = Math.max(highest, index)
      }
    }),
  )
})
