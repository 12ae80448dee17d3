import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { E164 } from '../kernel/e164.ts'
import { e164 } from '../kernel/e164.ts'
import { asDialled, insideForm, isWithheld, outsideNumber } from './normalise.ts'

const ALMATY = { country: 'KZ', area: '727' }
const MOSCOW = { country: 'RU', area: '495' }
const BERLIN = { country: 'DE', area: '30' }
const NEW_YORK = { country: 'US', area: '212' }
const NOWHERE = { country: 'KZ', area: '' }

const TABLE = [
  [ALMATY, '8 701 111 22 33', '+77011112233', 'mobile'],
  [ALMATY, '8-702-777-88-99', '+77027778899', 'mobile'],
  [ALMATY, '+7 701 444 55 66', '+77014445566', 'mobile'],
  [ALMATY, '77014445566', '+77014445566', 'mobile'],
  [ALMATY, '7014445566', '+77014445566', 'mobile'],
  [ALMATY, '8 (727) 250-00-00', '+77272500000', 'local'],
  [ALMATY, '2500000', '+77272500000', 'local'],
  [ALMATY, '250-00-00', '+77272500000', 'local'],
  [ALMATY, '87172500000', '+77172500000', 'national'],
  [ALMATY, '88002000000', '+78002000000', 'national'],
  [ALMATY, '8 10 44 20 7946 0000', '+442079460000', 'international'],
  [ALMATY, '00442079460000', '+442079460000', 'international'],
  [ALMATY, '+442079460000', '+442079460000', 'international'],
  [ALMATY, '89161234567', '+79161234567', 'international'],
  [MOSCOW, '89161234567', '+79161234567', 'mobile'],
  [MOSCOW, '84957654321', '+74957654321', 'local'],
  [MOSCOW, '7654321', '+74957654321', 'local'],
  [MOSCOW, '88121234567', '+78121234567', 'national'],
  [MOSCOW, '87014445566', '+77014445566', 'international'],
  [MOSCOW, '88095001234', '+78095001234', 'premium'],
  [BERLIN, '030 12345678', '+493012345678', 'local'],
  [BERLIN, '12345678', '+493012345678', 'local'],
  [BERLIN, '0151 23456789', '+4915123456789', 'mobile'],
  [BERLIN, '0049 89 1234567', '+49891234567', 'national'],
  [BERLIN, '0900 1234567', '+499001234567', 'premium'],
  [NEW_YORK, '(202) 456-1111', '+12024561111', 'national'],
  [NEW_YORK, '1 212 456 1111', '+12124561111', 'local'],
] as const

for (const [habit, dialled, number, kind] of TABLE)
  test(`OUT-04 ${habit.country} ${habit.area}: ${dialled} is ${number}, ${kind}`, () => {
    const read = outsideNumber(dialled, habit)
    assert.equal(read?.e164, number)
    assert.equal(read?.class, kind)
  })

test('OUT-04 an extension behind the number is kept apart', () => {
  for (const text of ['+7 727 250 00 00 доб. 12', '+77272500000 вн 12', '+77272500000 ext. 12', '+77272500000,12', '8 727 250-00-00 x12'])
    assert.deepEqual([outsideNumber(text, ALMATY)?.e164, outsideNumber(text, ALMATY)?.extension], ['+77272500000', '12'], text)
})

test('what is no telephone number stays none', () => {
  for (const text of ['', '+', '1', '112', '201', 'reception', 'anonymous', '+7727', '*43', 'a'.repeat(200), '9'.repeat(30), '+0123456789'])
    assert.equal(outsideNumber(text, ALMATY), null, text)
})

test('seven digits without an area code known are no number', () => {
  assert.equal(outsideNumber('2500000', NOWHERE), null)
})

test('inside form drops what people write between digits', () => {
  assert.equal(insideForm('2 01'), '201')
  assert.equal(insideForm('*43#'), '*43#')
  assert.equal(insideForm('(20)-1.'), '201')
})

test('withheld callers', () => {
  for (const w of [null, '', 'anonymous', 'Anonymous', 'Restricted']) assert.ok(isWithheld(w))
  assert.ok(!isWithheld('+77012223344'))
})

test('OUT-04 numbers go out as the provider wants them', () => {
  const almaty = '+77272500000' as E164
  const london = '+442079460000' as E164
  assert.equal(asDialled(almaty, '+e164', 'KZ'), '+77272500000')
  assert.equal(asDialled(almaty, 'e164', 'KZ'), '77272500000')
  assert.equal(asDialled(almaty, 'national', 'KZ'), '87272500000')
  assert.equal(asDialled(london, 'national', 'KZ'), '810442079460000')
  assert.equal(asDialled('+493012345678' as E164, 'national', 'DE'), '03012345678')
  assert.equal(asDialled(london, 'national', 'DE'), '00442079460000')
})

test('property: any text gives a number in E.164 form or none, and reading it again changes nothing', () => {
  const text = fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[+*#0-9 ().-]{0,20}$/))
  fc.assert(
    fc.property(text, fc.constantFrom(ALMATY, MOSCOW, BERLIN, NEW_YORK, NOWHERE), (dialled, habit) => {
      const read = outsideNumber(dialled, habit)
      if (read === null) return
      assert.notEqual(e164(read.e164), null)
      if (read.valid) assert.equal(outsideNumber(read.e164, habit)?.e164, read.e164)
    }),
    { numRuns: 3_000 },
  )
})
