import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatNumber, toDialString } from './telephone-number.ts'

test('E.164 numbers are grouped by calling code', () => {
  const cases = {
    '+77272500000': '+7 727 250 00 00',
    '+12025550123': '+1 202 555 0123',
    '+442071838750': '+44 207 183 87 50',
    '+996312123456': '+996 312 123 456',
    '+4930123456': '+49 301 234 56',
  }
  for (const [number, shown] of Object.entries(cases)) assert.equal(formatNumber(number), shown)
})

test('extensions, short codes and oddities stay as they are', () => {
  for (const number of ['', '201', '*98', '112', '+12', 'anonymous', '+1234567890123456']) assert.equal(formatNumber(number), number)
})

test('grouping adds only spaces', () => {
  fc.assert(fc.property(fc.stringMatching(/^\+\d{7,15}$/), number => formatNumber(number).replaceAll(' ', '') === number))
})

test('a pasted number becomes what can be dialled', () => {
  const cases = {
    '+7 (727) 250-00-00': '+77272500000',
    'tel:+7-701-1112233': '+77011112233',
    ' 201 ': '201',
    '*98#': '*98#',
    '(+7) 701': '+7701',
    hello: '',
    '+': '',
  }
  for (const [typed, dialled] of Object.entries(cases)) assert.equal(toDialString(typed), dialled, typed)
})
