import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { text, token } from '../../../test/support/sip/arbitraries.ts'
import { codeOf, printsBack, readsAnything, taken } from '../../../test/support/sip/header-properties.ts'
import type { DigestChallenge, DigestCredentials } from './auth.ts'
import { parseChallenge, parseCredentials, printChallenge, printCredentials } from './auth.ts'
import { parseAuthenticationInfo, printAuthenticationInfo } from './authentication-info.ts'

test('SEC-01 the challenge of RFC 7616 §3.9.1', () => {
  const c = taken(
    parseChallenge(
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", stale=TRUE',
    ),
  )
  assert.ok(c.scheme === 'Digest')
  assert.deepEqual(c.qop, ['auth', 'auth-int'])
  assert.equal(c.algorithm, 'SHA-256')
  assert.equal(c.stale, true)
})

test('SEC-01 credentials: commas in quotes do not separate, the uri is kept as sent, username* is decoded', () => {
  const c = taken(
    parseCredentials(
      `Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe,realm="a, \\"b\\"",nonce="n",uri="sip:%61@b",response="00",qop=auth,nc=0000000A,cnonce="c",userhash=false`,
    ),
  )
  assert.ok(c.scheme === 'Digest')
  assert.equal(c.username, 'Jäsøn Doe')
  assert.equal(c.realm, 'a, "b"')
  assert.equal(c.uri, 'sip:%61@b')
  assert.equal(c.nc, '0000000A')
})

test('an unknown scheme is a value, not an error (RFC 4475 §3.3.7)', () => {
  assert.deepEqual(taken(parseCredentials('NoOneKnowsThisScheme opaque-data=here')), {
    scheme: 'other',
    name: 'NoOneKnowsThisScheme',
    rest: 'opaque-data=here',
  })
})

test('incomplete or ambiguous credentials are refused', () => {
  const whole = 'username="u",realm="r",nonce="n",uri="sip:a",response="x"'
  assert.equal(codeOf(parseCredentials(`Digest ${whole}`)), 'ok')
  for (const part of whole.split(','))
    assert.equal(codeOf(parseCredentials(`Digest ${whole.replace(part, 'x=y')}`)), 'sip-bad-credentials', part)
  assert.equal(codeOf(parseCredentials(`Digest ${whole},nc=1`)), 'sip-bad-credentials')
  assert.equal(codeOf(parseCredentials(`Digest ${whole},realm="other"`)), 'sip-bad-auth')
  assert.equal(codeOf(parseCredentials('Digest username="u')), 'sip-unclosed-quote')
  assert.equal(codeOf(parseCredentials('')), 'sip-bad-auth')
  assert.equal(codeOf(parseChallenge('Digest realm="r"')), 'sip-bad-challenge')
})

const optional = <T>(a: fc.Arbitrary<T>) => fc.option(a, { nil: undefined })
/** Leaves out absent keys as the parser does. */
function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T
}

const credentials = fc
  .record({
    scheme: fc.constant('Digest' as const),
    username: text,
    realm: text,
    nonce: text,
    uri: text,
    response: text,
    algorithm: optional(token),
    cnonce: optional(text),
    opaque: optional(text),
    qop: optional(token),
    nc: optional(fc.integer({ min: 0 }).map(n => n.toString(16).padStart(8, '0'))),
    userhash: optional(fc.boolean()),
  })
  .map(v => compact(v) as DigestCredentials)

const challenge = fc
  .record({
    scheme: fc.constant('Digest' as const),
    realm: text,
    nonce: text,
    opaque: optional(text),
    algorithm: optional(token),
    qop: fc.array(token, { maxLength: 3 }),
    stale: fc.boolean(),
    domain: optional(text),
    userhash: optional(fc.boolean()),
  })
  .map(v => compact(v) as DigestChallenge)

test('printing and parsing are inverse; any text gives a Result', () => {
  printsBack(credentials, t => parseCredentials(t) as ReturnType<typeof parseCredentials> & { value: DigestCredentials }, printCredentials)
  printsBack(challenge, t => parseChallenge(t) as ReturnType<typeof parseChallenge> & { value: DigestChallenge }, printChallenge)
  readsAnything(parseAuthenticationInfo, printAuthenticationInfo)
  const info = { nextnonce: 'n"x', qop: 'auth', rspauth: 'aa', cnonce: 'c', nc: '00000001' }
  assert.deepEqual(taken(parseAuthenticationInfo(printAuthenticationInfo(info))), info)
})
