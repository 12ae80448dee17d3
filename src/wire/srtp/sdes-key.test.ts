import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { base64Of, masterKeyFromHex, masterKeyOf, parseSdesKey, printSdesKey } from './sdes-key.ts'
import { isSrtpSuite, SRTP_SUITES, type SrtpSuiteName } from './suite.ts'

const CM = 'AES_CM_128_HMAC_SHA1_80'

test('RFC 4568 §9.1: key, lifetime and MKI of the example', () => {
  const r = parseSdesKey('inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:32', CM)
  assert.ok(r.ok)
  assert.equal(r.value.key.length, 16)
  assert.equal(r.value.salt.length, 14)
  assert.equal(r.value.lifetime, '2^20')
  assert.deepEqual(r.value.mki, { value: 1, bytes: 32 })
  assert.equal(base64Of(r.value), 'PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR')
})

test('every suite: what we print we read', () => {
  for (const suite of Object.keys(SRTP_SUITES) as SrtpSuiteName[]) {
    const master = masterKeyFromHex('0123456789abcdef'.repeat(6), suite)
    const r = parseSdesKey(printSdesKey(master), suite)
    assert.ok(r.ok)
    assert.deepEqual([r.value.key, r.value.salt, r.value.lifetime, r.value.mki], [master.key, master.salt, null, null])
    const unpadded = masterKeyOf(base64Of(master).replace(/=+$/, ''), suite)
    assert.ok(unpadded.ok && unpadded.value.key.length === SRTP_SUITES[suite].keyBytes)
  }
  assert.ok(isSrtpSuite(CM) && !isSrtpSuite('F8_128_HMAC_SHA1_80') && !isSrtpSuite('toString'))
})

test('SEC-04 wrong keys are refused, and no message holds key material', () => {
  const bad = [
    'inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVB',
    'inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR;inline:x',
    'prompt:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR',
    'inline:PS1uQCVe*CFCanVmcjkpPywjNWhcYD0mXXtxaVBR',
    'inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|soon',
    'inline:',
    '',
  ]
  for (const text of bad) {
    const r = parseSdesKey(text, CM)
    assert.ok(!r.ok, text)
    assert.ok(!r.error.message.includes('PS1u'))
  }
  fc.assert(fc.property(fc.string(), text => typeof parseSdesKey('inline:' + text, CM).ok === 'boolean'))
})
