import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../kernel/clock.ts'
import { type HeaderField, NO_BODY, type SipRequest, type SipResponse } from '../../wire/sip/message.ts'
import { answerChallenge, authorize, type ChallengeState } from './digest-client.ts'
import { digestResponse, ha1 } from './digest-hash.ts'
import { type DigestSecrets, DigestServer, secretFromPassword } from './digest-server.ts'
import { NonceBook } from './nonce-book.ts'

const REALM = 'clinic.example'
const secrets: DigestSecrets = {
  secretOf: (user, realm) =>
    user === 'anna'
      ? { password: 'vanilla sky' }
      : user === 'boris'
        ? secretFromPassword('boris', realm, 'b')
        : user === 'old'
          ? { ha1: { MD5: ha1('MD5', 'old', realm, 'o') } }
          : undefined,
}
const REGISTER: SipRequest = { kind: 'request', method: 'REGISTER', uri: `sip:${REALM}`, headers: [], body: NO_BODY }
const random = seededRandom(7)

function server(more: object = {}): DigestServer {
  return new DigestServer({ realm: REALM, secrets, key: 'k', ...more })
}
function response(headers: readonly HeaderField[], status = 401): SipResponse {
  return { kind: 'response', status, reason: '', headers, body: NO_BODY }
}
function answer(challenge: readonly HeaderField[], username: string, password: string, before: readonly ChallengeState[] = []) {
  const a = answerChallenge(response(challenge), REGISTER, { username, password }, before, random)
  assert.equal(a.is, 'retry')
  return a as Extract<typeof a, { is: 'retry' }>
}
function withHeaders(headers: readonly HeaderField[]): SipRequest {
  return { ...REGISTER, headers }
}

test('SEC-01 SHA-256 is offered before MD5, and a client takes the stronger', () => {
  const challenge = server().challenge('www', 0)
  assert.deepEqual(
    challenge.map(h => /algorithm=([\w-]+)/.exec(h.value)?.[1]),
    ['SHA-256', 'MD5'],
  )
  assert.match(answer(challenge, 'anna', 'x').headers[0]!.value, /algorithm=SHA-256/)
})

test('a client that reads only the first challenge and answers in MD5 is let in', () => {
  const s = server()
  const nonce = /nonce="([^"]+)"/.exec(s.challenge('www', 0)[0]!.value)![1]!
  const uri = REGISTER.uri
  const r = digestResponse('MD5', ha1('MD5', 'anna', REALM, 'vanilla sky'), 'REGISTER', {
    nonce,
    uri,
    qop: { qop: 'auth', nc: '00000001', cnonce: 'ab' },
  })
  const value = `Digest username="anna",realm="${REALM}",nonce="${nonce}",uri="${uri}",response="${r}",algorithm=MD5,qop=auth,nc=00000001,cnonce="ab"`
  assert.deepEqual(s.verify(withHeaders([{ name: 'Authorization', value }]), 'www', 10), { is: 'proven', username: 'anna' })
})

test('right passwords prove, whatever form the secret is kept in; wrong ones and unknown names look alike', () => {
  const s = server()
  const judge = (user: string, password: string) =>
    s.verify(withHeaders(answer(s.challenge('www', 0), user, password).headers), 'www', 10).is
  assert.equal(judge('anna', 'vanilla sky'), 'proven')
  assert.equal(judge('boris', 'b'), 'proven')
  assert.equal(judge('anna', 'vanilla'), 'wrong')
  assert.equal(judge('nobody', 'vanilla sky'), 'wrong')
  assert.equal(judge('old', 'o'), 'wrong', 'no SHA-256 form of this secret is kept')
  assert.deepEqual(s.verify(REGISTER, 'www', 0), { is: 'absent' })
})

test('an old nonce with the right password is stale, with a wrong one it is wrong', () => {
  const s = server({ nonceLifetimeMs: 1000 })
  const challenge = s.challenge('www', 0)
  assert.equal(s.verify(withHeaders(answer(challenge, 'anna', 'vanilla sky').headers), 'www', 1001).is, 'stale')
  assert.equal(s.verify(withHeaders(answer(challenge, 'anna', 'no').headers), 'www', 1001).is, 'wrong')
  assert.match(s.challenge('www', 1001, true)[0]!.value, /,stale=true$/)
})

test('a nonce of another process, or an invented one, is only stale', () => {
  const other = server({ key: 'other' }).challenge('www', 0)
  assert.equal(server().verify(withHeaders(answer(other, 'anna', 'vanilla sky').headers), 'www', 1).is, 'stale')
  const restarted = server()
  const before = server().challenge('www', 0)
  restarted.challenge('www', 10)
  assert.equal(
    restarted.verify(withHeaders(answer(before, 'anna', 'vanilla sky').headers), 'www', 20).is,
    'stale',
    'same key, counts unknown',
  )
})

test('a nonce count serves once; higher counts go on without a new challenge', () => {
  const s = server()
  const credentials = { username: 'anna', password: 'vanilla sky' }
  const first = answer(s.challenge('www', 0), 'anna', 'vanilla sky')
  assert.equal(s.verify(withHeaders(first.headers), 'www', 1).is, 'proven')
  assert.equal(s.verify(withHeaders(first.headers), 'www', 2).is, 'stale', 'replay')
  const second = authorize(first.state, REGISTER, credentials, random)
  assert.match(second.headers[0]!.value, /nc=00000002/)
  assert.equal(s.verify(withHeaders(second.headers), 'www', 3).is, 'proven')
})

test('without qop a nonce serves exactly once, or never when that is not allowed', () => {
  const s = server()
  const strict = server({ allowWithoutQop: false })
  const value = (from: DigestServer): string => {
    const nonce = /nonce="([^"]+)"/.exec(from.challenge('www', 0)[0]!.value)![1]!
    const r = digestResponse('MD5', ha1('MD5', 'anna', REALM, 'vanilla sky'), 'REGISTER', { nonce, uri: REGISTER.uri })
    return `Digest username="anna", realm="${REALM}", nonce="${nonce}", uri="${REGISTER.uri}", response="${r}"`
  }
  const once = withHeaders([{ name: 'Authorization', value: value(s) }])
  assert.equal(s.verify(once, 'www', 1).is, 'proven')
  assert.equal(s.verify(once, 'www', 2).is, 'stale')
  assert.equal(strict.verify(withHeaders([{ name: 'Authorization', value: value(strict) }]), 'www', 1).is, 'malformed')
})

test('an answer for one number does not open another', () => {
  const s = server()
  const invite = { ...REGISTER, method: 'INVITE', uri: 'sip:201@clinic.example' }
  const a = answerChallenge(response(s.challenge('proxy', 0), 407), invite, { username: 'anna', password: 'vanilla sky' }, [], random)
  assert.ok(a.is === 'retry')
  assert.equal(a.headers[0]!.name, 'Proxy-Authorization')
  assert.equal(s.verify({ ...invite, uri: 'sip:009990000@clinic.example', headers: a.headers }, 'proxy', 1).is, 'wrong')
  assert.equal(
    s.verify({ ...invite, uri: 'sip:201@10.0.0.1;transport=udp', headers: a.headers }, 'proxy', 1).is,
    'proven',
    'a proxy may rewrite the host',
  )
})

test('the client gives up on a refused password, retries a stale nonce, and tries once more when a reused nonce is refused', () => {
  const s = server()
  const credentials = { username: 'anna', password: 'x' }
  const first = answer(s.challenge('www', 0), 'anna', 'x')
  assert.deepEqual(answerChallenge(response(s.challenge('www', 1)), REGISTER, credentials, first.state, random), {
    is: 'refused',
    why: 'wrong-password',
  })
  assert.equal(answerChallenge(response(s.challenge('www', 1, true)), REGISTER, credentials, first.state, random).is, 'retry')
  const reused = authorize(first.state, REGISTER, credentials, random)
  assert.equal(answerChallenge(response(s.challenge('www', 1)), REGISTER, credentials, reused.state, random).is, 'retry')
})

test('the client answers every realm of a response once, and skips what it cannot do', () => {
  const headers = [
    { name: 'Proxy-Authenticate', value: 'Digest realm="a", nonce="1", algorithm=MD5, qop="auth-int"' },
    { name: 'Proxy-Authenticate', value: 'Digest realm="b", nonce="2", algorithm=SHA-512-256' },
    { name: 'Proxy-Authenticate', value: 'Bearer authz_server="x"' },
    { name: 'Proxy-Authenticate', value: 'Digest realm="c", nonce="3", opaque="o\\"p"' },
  ]
  const a = answerChallenge(response(headers, 407), REGISTER, { username: 'u', password: 'p' }, [], random)
  assert.ok(a.is === 'retry')
  assert.equal(a.headers.length, 1)
  assert.match(a.headers[0]!.value, /realm="c",nonce="3",.*,opaque="o\\"p"$/)
  assert.deepEqual(answerChallenge(response([], 407), REGISTER, { username: 'u', password: 'p' }, [], random), {
    is: 'refused',
    why: 'no-challenge',
  })
})

test('RFC 7616 §3.9.1 example values', () => {
  const qop = { qop: 'auth' as const, nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' }
  const p = { nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v', uri: '/dir/index.html', qop }
  const key = (a: 'MD5' | 'SHA-256') => ha1(a, 'Mufasa', 'http-auth@example.org', 'Circle of Life')
  assert.equal(digestResponse('MD5', key('MD5'), 'GET', p), '8ca523f5e9506fed4657c9700eebdbec')
  assert.equal(digestResponse('SHA-256', key('SHA-256'), 'GET', p), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1')
})

test('nonce counts: the memory is bounded, overtaking is allowed within a window, nothing is accepted twice', () => {
  const book = new NonceBook({ key: 'k', lifetimeMs: 1e9, remembered: 64 })
  const nonces = Array.from({ length: 500 }, () => book.read(book.issue(0))!)
  for (const n of nonces) assert.equal(book.spend(n, 1, 1), true)
  assert.ok(book.size <= 64)
  for (const n of nonces) assert.equal(book.spend(n, 1, 1), false)
  const n = nonces[499]!
  assert.deepEqual(
    [5, 3, 3, 4, 40, 9, 10, 10, 40].map(c => book.spend(n, c, 1)),
    [true, true, false, true, true, false, true, false, false],
  )
})

test('no sequence of counts is ever accepted twice', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 120 }), counts => {
      const book = new NonceBook({ key: 'k', lifetimeMs: 1e9, remembered: 64 })
      const n = book.read(book.issue(0))!
      const accepted = counts.filter(c => book.spend(n, c, 1))
      assert.equal(new Set(accepted).size, accepted.length)
    }),
    { numRuns: 300 },
  )
})

test('any Authorization value is judged without throwing and never proves anything', () => {
  const s = server()
  const piece = fc.constantFrom(
    'Digest ',
    'username="anna"',
    'realm="clinic.example"',
    'nonce="a-b-c"',
    'uri="sip:x"',
    'response="00"',
    ',',
    ' ',
    '=',
    '"',
    '\\',
    'qop=auth',
    'nc=1',
    'algorithm=MD5',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map(p => 'Digest ' + p.join('')),
      ),
      value => {
        assert.notEqual(s.verify(withHeaders([{ name: 'Authorization', value }]), 'www', 0).is, 'proven')
      },
    ),
    { numRuns: 500 },
  )
})
