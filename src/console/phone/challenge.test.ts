import assert from 'node:assert/strict'
import { test } from 'node:test'
import { preferMd5Challenge } from './challenge.ts'

const sha = 'WWW-Authenticate: Digest realm="office", nonce="n1", algorithm=SHA-256, qop="auth"'
const md5 = 'WWW-Authenticate: Digest realm="office", nonce="n2", algorithm=MD5, qop="auth"'
const reply = (...challenges: readonly string[]) =>
  ['SIP/2.0 401 Unauthorized', 'CSeq: 1 REGISTER', ...challenges, 'Content-Length: 0', '', ''].join('\r\n')

test('of several challenges the one that the page can answer stays', () => {
  assert.equal(preferMd5Challenge(reply(sha, md5)), reply(md5))
  const implied = 'Proxy-Authenticate: Digest realm="office", nonce="n3"'
  assert.equal(preferMd5Challenge(reply(sha, implied)), reply(implied))
})

test('nothing else is touched', () => {
  for (const message of [reply(sha), reply(md5), 'SIP/2.0 200 OK\r\n\r\n', 'SIP/2.0 401 Unauthorized', '\r\n\r\n'])
    assert.equal(preferMd5Challenge(message), message)
})
