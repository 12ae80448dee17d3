import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_BODY, type SipRequest } from '../wire/sip/message.ts'
import { OldTelephones } from './old-telephones.ts'

const both = [
  { name: 'WWW-Authenticate', value: 'Digest algorithm=SHA-256' },
  { name: 'WWW-Authenticate', value: 'Digest algorithm=MD5' },
]
const from = (agent: string): SipRequest => ({
  kind: 'request',
  method: 'REGISTER',
  uri: 'sip:a',
  headers: [{ name: 'User-Agent', value: agent }],
  body: NO_BODY,
})

test('a telephone known to fail at SHA-256 is asked in MD5 alone, at once', () => {
  assert.equal(new OldTelephones().fit(from('baresip v1.0.0'), '10.0.0.2', both).length, 1)
})

test('one that twice gave no answer to both is asked in MD5 alone from then on, also after it has answered', () => {
  const old = new OldTelephones()
  const asked = (): number => old.fit(from('Phone 1'), '10.0.0.2', both).length
  assert.deepEqual([asked(), asked(), asked()], [2, 2, 1])
  old.answered(from('Phone 1'), '10.0.0.2')
  assert.equal(asked(), 1)
})

test('one that answers is offered both, however often its password is wrong', () => {
  const old = new OldTelephones()
  for (let i = 0; i < 20; i++) {
    assert.equal(old.fit(from('Phone 2'), '10.0.0.2', both).length, 2)
    old.answered(from('Phone 2'), '10.0.0.2')
    assert.equal(old.fit(from('Phone 2'), '10.0.0.2', both).length, 2, 'the challenge after the wrong answer')
  }
})
