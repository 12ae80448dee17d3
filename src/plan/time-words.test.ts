import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileHours, type Hours, instant } from './hours.ts'
import { type TimeSpan, timeClasses } from './time-classes.ts'
import { describeSpans, momentWords } from './time-words.ts'

const ZONE = 'Asia/Almaty'
const at = (text: string): number => Temporal.PlainDateTime.from(text).toZonedDateTime(ZONE).epochMilliseconds
const FROM = at('2026-11-23T00:00')
const UNTIL = at('2027-11-23T00:00')

function spansOf(hours: Hours, state: 'open' | 'closed'): readonly TimeSpan[] {
  const calendar = { key: 'h', at: (ms: number) => ({ state: hours.at(ms).open ? 'open' : 'closed', untilMs: hours.at(ms).untilMs }) }
  return timeClasses([calendar], FROM, UNTIL).find(c => c.states.get('h') === state)?.spans ?? []
}
const hours = (days: Record<string, string>, more: { holidays?: boolean; except?: Record<string, string> } = {}): Hours =>
  compileHours({
    days,
    timezone: ZONE,
    holidays: more.holidays ? { country: 'KZ', region: null, only: null, hours: [] } : null,
    except: more.except ?? {},
  })
const holidayIn =
  (h: Hours) =>
  (date: string): string | null => {
    const noon = h.at(instant(Temporal.PlainDate.from(date), 720, ZONE))
    return noon.because === 'holiday' ? noon.detail : null
  }
const words = (h: Hours, state: 'open' | 'closed', language: 'en' | 'ru' | 'kk' = 'en'): string =>
  describeSpans(spansOf(h, state), ZONE, language, { fromMs: FROM, untilMs: UNTIL, holiday: holidayIn(h) })

test('SCH-01 hours of a week', () => {
  const office = hours({ 'mon-fri': '09:00-18:00', sat: '10:00-14:00' })
  assert.equal(words(office, 'open'), 'Mon-Fri 09:00-18:00, Sat 10:00-14:00')
  assert.equal(words(office, 'closed'), 'Mon-Thu 18:00-09:00, Fri 18:00-10:00, Sat 14:00-Mon 09:00')
  assert.equal(words(office, 'open', 'ru'), 'пн-пт 09:00-18:00, сб 10:00-14:00')
  assert.equal(words(office, 'open', 'kk'), 'дс-жм 09:00-18:00, сб 10:00-14:00')
})

test('one day of the week, every day, a break', () => {
  assert.equal(words(hours({ sat: '14:00-18:00' }), 'open'), 'Saturdays 14:00-18:00')
  assert.equal(words(hours({ sat: '14:00-18:00' }), 'open', 'ru'), 'по субботам 14:00-18:00')
  assert.equal(words(hours({ sat: '14:00-18:00' }), 'open', 'kk'), 'сенбі күндері 14:00-18:00')
  assert.equal(words(hours({ 'mon-sun': '08:00-20:00' }), 'open'), 'daily 08:00-20:00')
  assert.equal(words(hours({ 'mon-sun': '08:00-20:00' }), 'closed'), 'daily 20:00-08:00')
  assert.equal(words(hours({ 'mon-wed': '09:00-13:00, 14:00-18:00' }), 'open'), 'Mon-Wed 09:00-13:00 and 14:00-18:00')
})

test('SCH-01 holidays and exceptions', () => {
  const office = hours({ 'mon-fri': '09:00-18:00' }, { holidays: true })
  assert.equal(words(office, 'open'), 'Mon-Fri 09:00-18:00, except on holidays')
  assert.equal(words(office, 'closed'), 'Mon-Thu 18:00-09:00, Fri 18:00-Mon 09:00 and on holidays')
  const short = hours({ 'mon-fri': '09:00-18:00' }, { except: { '2026-12-31': '09:00-13:00' } })
  assert.equal(words(short, 'open'), 'Mon-Fri 09:00-18:00 and on 31 Dec 2026 09:00-13:00')
  const shut = hours({ 'mon-fri': '09:00-18:00' }, { except: { '2026-12-31': 'closed' } })
  assert.equal(words(shut, 'open'), 'Mon-Fri 09:00-18:00, except on 31 Dec 2026')
})

test('what does not come back is told by its dates', () => {
  const span = (from: string, to: string): TimeSpan => ({ fromMs: at(from), untilMs: at(to) })
  const tell = (...spans: TimeSpan[]): string => describeSpans(spans, ZONE, 'en', { fromMs: FROM, untilMs: UNTIL })
  assert.equal(tell(span('2026-12-31T13:00', '2026-12-31T18:00')), 'on 31 Dec 2026 13:00-18:00')
  assert.equal(tell(span('2026-12-31T00:00', '2027-01-01T00:00')), 'on 31 Dec 2026')
  assert.equal(tell(span('2026-12-31T13:00', '2027-11-23T00:00')), 'from 31 Dec 2026 13:00 on')
  assert.equal(tell(span('2026-11-23T00:00', '2026-12-01T00:00')), 'until 1 Dec 2026')
  assert.equal(tell({ fromMs: FROM, untilMs: UNTIL }), 'at any time')
  assert.equal(tell(), 'never')
  const turns = Array.from({ length: 6 }, (_, i) => ({
    fromMs: at('2026-12-07T09:00') + i * 14 * 86_400_000,
    untilMs: at('2026-12-14T09:00') + i * 14 * 86_400_000,
  }))
  assert.equal(tell(...turns), '6 times, first from 7 Dec 2026 09:00 to 14 Dec 2026 09:00')
  assert.equal(momentWords(at('2026-11-28T15:00'), ZONE, 'en'), 'Sat 28 Nov 2026 15:00')
})
