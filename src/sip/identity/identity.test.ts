import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { callerOf, presentCaller } from './identity.ts'

const from = { display: 'Bob', uri: 'sip:999@evil.example' }
const asserted = [{ uri: 'sip:100@provider.example' }, { uri: 'tel:+7-717-200-0000' }]

test('assertions count from the trusted only; a number is better than a name', () => {
  assert.deepEqual(callerOf({ from, asserted, privacy: [] }, true), { user: '+77172000000', withheld: false, by: 'asserted' })
  assert.deepEqual(callerOf({ from, asserted, privacy: [] }, false), { user: '999', display: 'Bob', withheld: false, by: 'from' })
})

test('privacy is honoured: known to us, not to be shown', () => {
  const anonymous = { display: 'Anonymous', uri: 'sip:anonymous@anonymous.invalid' }
  assert.deepEqual(callerOf({ from: anonymous, asserted, privacy: ['id'] }, true), { user: '+77172000000', withheld: true, by: 'asserted' })
  assert.deepEqual(callerOf({ from: anonymous, asserted: [], privacy: [] }, false), { user: '', withheld: true, by: 'from' })
  assert.equal(callerOf({ from, asserted: [], privacy: ['none'] }, false).withheld, false)
})

test('Remote-Party-ID is read where there is no assertion', () => {
  const remoteParty = ['"X" <sip:1@h>;party=called', '"Ann" <sip:+77010000000@h>;party=calling;screen=yes;privacy=full']
  assert.deepEqual(callerOf({ from, asserted: [], privacy: [], remoteParty }, true), {
    user: '+77010000000',
    display: 'Ann',
    withheld: true,
    by: 'remote-party',
  })
  assert.equal(callerOf({ from, asserted: [], privacy: [], remoteParty: ['<sip:1@h>;screen=no', 'junk'] }, true).by, 'from')
})

test('a shown caller stands in From and in the assertion the provider wants', () => {
  const style = { domain: 'p.example', trusted: true, assertion: 'p-asserted-identity' as const }
  assert.deepEqual(presentCaller({ user: '+77172000000', name: 'Clinic' }, style), {
    from: { display: 'Clinic', uri: 'sip:+77172000000@p.example' },
    headers: [{ name: 'P-Asserted-Identity', value: '"Clinic" <sip:+77172000000@p.example>' }],
  })
  assert.deepEqual(presentCaller({ user: '1' }, { ...style, assertion: 'remote-party-id', fromUser: 'acc' }), {
    from: { uri: 'sip:acc@p.example' },
    headers: [{ name: 'Remote-Party-ID', value: '<sip:1@p.example>;party=calling;screen=yes;privacy=off' }],
  })
})

test('a withheld caller: the trusted are told with Privacy: id, others nothing at all (RFC 3325 §7)', () => {
  const style = { domain: 'p.example', trusted: true, assertion: 'p-asserted-identity' as const }
  const told = presentCaller({ user: '+77172000000', name: 'Clinic', withheld: true }, style)
  assert.equal(told.from.uri, 'sip:anonymous@anonymous.invalid')
  assert.deepEqual(
    told.headers.map(h => h.name),
    ['P-Asserted-Identity', 'Privacy'],
  )
  const untold = presentCaller({ user: '+77172000000', name: 'Clinic', withheld: true }, { ...style, trusted: false })
  assert.doesNotMatch(JSON.stringify(untold), /7172|Clinic/)
  assert.deepEqual(untold.headers, [{ name: 'Privacy', value: 'id' }])
})

test('whatever a name or number holds, headers stay one line and addresses stay whole', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (user, name) => {
      const out = presentCaller({ user, name }, { domain: 'h', trusted: true, assertion: 'p-asserted-identity' })
      assert.doesNotMatch(out.headers.map(h => h.value).join(''), /[\r\n]/)
      const back = callerOf({ from: out.from, asserted: [], privacy: [] }, false)
      if (back.user !== '') assert.equal(back.user, user)
    }),
    { numRuns: 300 },
  )
})
