import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRota, type RotaInput } from './rota.ts'

const WEEKLY: RotaInput = {
  from: '2026-11-02',
  handOver: 'mon 09:00',
  turns: ['erlan', 'marat', 'aida'],
  timezone: 'Asia/Almaty',
  except: {},
}
const who = (input: RotaInput, moment: string): string | undefined => compileRota(input).at(Date.parse(moment))?.who

test('SCH-02 turns follow one another at the hand-over, to the second', () => {
  assert.equal(who(WEEKLY, '2026-11-02T08:59:59+05:00'), undefined)
  assert.equal(who(WEEKLY, '2026-11-02T09:00:00+05:00'), 'erlan')
  assert.equal(who(WEEKLY, '2026-11-09T08:59:59+05:00'), 'erlan')
  assert.equal(who(WEEKLY, '2026-11-09T09:00:00+05:00'), 'marat')
  assert.equal(who(WEEKLY, '2026-11-16T09:00:00+05:00'), 'aida')
  assert.equal(who(WEEKLY, '2026-11-23T09:00:00+05:00'), 'erlan')
})

test('SCH-02 a rota that begins between two hand-overs begins at the next one', () => {
  assert.equal(who({ ...WEEKLY, from: '2026-11-04' }, '2026-11-09T08:00:00+05:00'), undefined)
  assert.equal(who({ ...WEEKLY, from: '2026-11-04' }, '2026-11-09T09:00:00+05:00'), 'erlan')
})

test('SCH-02 daily turns', () => {
  const daily: RotaInput = { ...WEEKLY, handOver: 'daily 20:00' }
  assert.equal(who(daily, '2026-11-02T20:00:00+05:00'), 'erlan')
  assert.equal(who(daily, '2026-11-03T19:59:00+05:00'), 'erlan')
  assert.equal(who(daily, '2026-11-03T20:00:00+05:00'), 'marat')
})

test('SCH-02 a swap holds from hand-over to hand-over of its day, and a turn says so', () => {
  const swapped: RotaInput = { ...WEEKLY, except: { '2026-11-04': 'aida' } }
  const rota = compileRota(swapped)
  const turn = rota.at(Date.parse('2026-11-04T12:00:00+05:00'))
  assert.deepEqual([turn?.who, turn?.swapped], ['aida', true])
  const before = rota.at(Date.parse('2026-11-04T08:00:00+05:00'))
  assert.deepEqual([before?.who, before?.untilMs], ['erlan', Date.parse('2026-11-04T09:00:00+05:00')])
  const after = rota.at(Date.parse('2026-11-05T09:00:00+05:00'))
  assert.deepEqual([after?.who, after?.fromMs], ['erlan', Date.parse('2026-11-05T09:00:00+05:00')])
})

test('SCH-02 across the change of clocks the hand-over stays at nine', () => {
  const berlin: RotaInput = { ...WEEKLY, from: '2026-03-23', timezone: 'Europe/Berlin' }
  assert.equal(who(berlin, '2026-03-30T08:59:00+02:00'), 'erlan')
  assert.equal(who(berlin, '2026-03-30T09:00:00+02:00'), 'marat')
})
