import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DTLS_SRTP_PROFILES, exportedKeyBytes, splitExportedKeys } from './dtls-keys.ts'

test('RFC 5764 §4.2: client key, server key, client salt, server salt', () => {
  const material = Uint8Array.from({ length: 88 }, (_, i) => i)
  const keys = splitExportedKeys(material, 'AES_CM_128_HMAC_SHA1_80')
  assert.deepEqual([keys.client.key[0], keys.server.key[0], keys.client.salt[0], keys.server.salt[0]], [0, 16, 32, 46])
  assert.deepEqual([keys.client.salt.length, keys.server.salt.at(-1)], [14, 59])
  for (const { suite } of DTLS_SRTP_PROFILES) assert.ok(splitExportedKeys(material, suite).server.key.length >= 16)
  assert.equal(exportedKeyBytes('AEAD_AES_256_GCM'), 88)
  assert.throws(() => splitExportedKeys(new Uint8Array(59), 'AES_CM_128_HMAC_SHA1_80'))
})
