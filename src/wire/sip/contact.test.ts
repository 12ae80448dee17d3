import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameAddr } from '../../../test/support/sip/arbitraries.ts'
import { codeOf, printsBack, readsAnything, taken } from '../../../test/support/sip/header-properties.ts'
import { bindingParams, parseContact, printContact } from './contact.ts'
import { parseNameAddr } from './name-addr.ts'

test('q, expires, instance and reg-id of a binding (RFC 3261 §20.10, RFC 5626 §4.2)', () => {
  const c = taken(
    parseContact('<sip:1001@192.0.2.5;ob>;q=0.33;expires=3600;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"'),
  )
  assert.ok(c !== '*')
  assert.equal(c.qThousandths, 330)
  assert.equal(c.expiresS, 3600)
  assert.equal(c.regId, 1)
  assert.equal(c.instance, 'urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF')
})

test('absent and unreadable parameters', () => {
  const c = taken(parseContact('<sip:a@b>;expires=soon'))
  assert.ok(c !== '*' && c.qThousandths === 1000 && c.expiresS === undefined && c.instance === undefined && c.regId === undefined)
  const huge = taken(parseContact('<sip:a@b>;expires=280297596632815'))
  assert.ok(huge !== '*' && huge.expiresS === 0xffffffff)
})

test('the star, and what is refused', () => {
  assert.equal(taken(parseContact('*')), '*')
  for (const q of ['2', '1.1', '0.1234', '-1', 'x', '.']) assert.equal(codeOf(parseContact(`<sip:a@b>;q=${q}`)), 'sip-bad-q', q)
  for (const id of ['0', 'x', '99999999999']) assert.equal(codeOf(parseContact(`<sip:a@b>;reg-id=${id}`)), 'sip-bad-reg-id', id)
})

test('a registrar lists bindings with GRUUs so that they read back (RFC 5627 §5.3)', () => {
  const uri = 'sip:1001@192.0.2.5'
  const params = bindingParams({
    expiresS: 60,
    qThousandths: 500,
    instance: 'urn:uuid:x',
    regId: 2,
    pubGruu: 'sip:a@b;gr=x',
    tempGruu: 'sip:t@b;gr',
  })
  const printed = printContact({ uri, params })
  assert.equal(printed, `<${uri}>;q=0.5;expires=60;+sip.instance="<urn:uuid:x>";reg-id=2;pub-gruu="sip:a@b;gr=x";temp-gruu="sip:t@b;gr"`)
  const c = taken(parseContact(printed))
  assert.ok(c !== '*' && c.instance === 'urn:uuid:x' && c.regId === 2 && c.qThousandths === 500)
})

test('printing and parsing are inverse; any text gives a Result', () => {
  printsBack(nameAddr(['q', 'reg-id']), parseNameAddr, printContact)
  readsAnything(parseContact, printContact)
})
