import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callEnd, type SessionEnd } from './call-end.ts'

const out: SessionEnd = { by: 'there', direction: 'out', wasUp: false, status: null, cause: '', reason: '' }

test('refusals of the called side become words', () => {
  const cases = {
    486: 'busy',
    600: 'busy',
    603: 'rejected',
    404: 'not-found',
    484: 'not-found',
    480: 'unavailable',
    503: 'unavailable',
    408: 'no-answer',
    488: 'failed',
  } as const
  for (const [status, end] of Object.entries(cases)) assert.equal(callEnd({ ...out, status: Number(status) }), end, status)
})

test('an incoming call that stops ringing was missed, unless somebody else answered', () => {
  const incoming: SessionEnd = { ...out, direction: 'in', cause: 'Canceled' }
  assert.equal(callEnd(incoming), 'missed')
  assert.equal(callEnd({ ...incoming, reason: 'SIP;cause=200;text="Call completed elsewhere"' }), 'answered-elsewhere')
  assert.equal(callEnd({ ...incoming, by: 'here' }), 'declined')
})

test('who hung up is told, and the machinery is not blamed on a person', () => {
  assert.equal(callEnd({ ...out, wasUp: true }), 'ended-there')
  assert.equal(callEnd({ ...out, wasUp: true, by: 'here' }), 'ended-here')
  assert.equal(callEnd({ ...out, wasUp: true, by: 'system', cause: 'RTP Timeout' }), 'connection')
  assert.equal(callEnd({ ...out, cause: 'Connection Error' }), 'connection')
  assert.equal(callEnd({ ...out, by: 'here', cause: 'User Denied Media Access' }), 'microphone')
})
