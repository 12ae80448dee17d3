/** Hours, forwards and do-not-disturb over HTTP: who may, what is recorded (SCH-04, CALL-01, IN-04, IN-09). The switch's own store answers. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { withCodes } from '../../test/plans/codes.ts'
import { hashPassword } from '../access/password-hash.ts'
import type { HoursView, PersonView } from '../operations/by-hand.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { OfficeStore } from '../store/office-store.ts'
import { SettingsByHand } from '../switch/settings-by-hand.ts'
import type { Problem } from './api/schemas.ts'
import type { RunningOffice } from './office.ts'
import { PLAN, startTestOffice, TestBrowser, TestSwitch, temporaryData } from './office-fixture.ts'

const PASSWORD = 'four quiet green words'
/** A Monday at ten, when the office is open. */
const MONDAY = Date.parse('2026-11-23T10:00:00+05:00')
const EVENING = Date.parse('2026-11-23T18:00:00+05:00')
const NEXT_YEAR = Date.parse('2027-01-01T00:00:00+05:00')

describe('what is set by hand, over HTTP', () => {
  const { data, remove } = temporaryData()
  const facts = new Map<string, string>()
  const settings = new SettingsByHand(withCodes(), { get: name => facts.get(name), set: (name, value) => void facts.set(name, value) })
  const as: Record<string, TestBrowser> = {}
  let exchange: TestSwitch
  let office: RunningOffice

  before(async () => {
    exchange = new TestSwitch(dataPaths(data).switchSocket, request => {
      if (request.ask === 'by-hand')
        return { hours: settings.hours(request.as, MONDAY), person: request.person && settings.person(request.person, MONDAY) }
      if (request.ask !== 'set-by-hand') return null
      const done = settings.ask(request.setting, request.as, MONDAY)
      if ('refused' in done) throw new Error(done.refused)
      return done
    })
    office = await startTestOffice(data)
    const store = new OfficeStore(dataPaths(data).officeDb)
    const hash = await hashPassword(PASSWORD, { memoryKiB: 64, passes: 1, lanes: 1 })
    for (const person of PLAN.people)
      store.users.add({ user: person.id, name: person.name, person: person.id, administrator: false, hash, mustChange: false }, Date.now())
    store.close()
    for (const person of PLAN.people) {
      as[person.id] = new TestBrowser(office.url)
      assert.equal((await as[person.id]!.signIn(person.id, PASSWORD)).status, 200)
    }
  })

  after(async () => {
    await office.close()
    exchange.close()
    remove()
  })

  const hours = (answer: { body: unknown }): HoursView => (answer.body as { hours: HoursView[] }).hours.find(h => h.id === 'office')!

  test('SCH-04 those whom a code names close and open by the console as well; it ends when the calendar turns', async () => {
    const closed = await as['dana']!.ask('PUT', '/api/hours/office/override', { state: 'closed' })
    assert.equal(closed.status, 200)
    assert.deepEqual(hours(closed), {
      id: 'office',
      open: false,
      calendar: 'open',
      byHand: { state: 'closed', untilMs: EVENING },
      may: true,
    })
    assert.equal(settings.override('office', EVENING - 1), 'closed')
    assert.equal(settings.override('office', EVENING), null)
    assert.equal(hours(await as['marat']!.ask('GET', '/api/hours')).open, false)
    assert.equal(hours(await as['dana']!.ask('PUT', '/api/hours/office/override', { state: 'calendar' })).byHand, null)
  })

  test('SCH-04 an end of one’s own; none that has passed, and no hours that are not there', async () => {
    const until = MONDAY + 3_600_000
    const closed = await as['dana']!.ask('PUT', '/api/hours/office/override', { state: 'closed', until })
    assert.equal(hours(closed).byHand?.untilMs, until)
    assert.equal((await as['dana']!.ask('PUT', '/api/hours/office/override', { state: 'closed', until: MONDAY })).status, 409)
    const unknown = await as['aida']!.ask('PUT', '/api/hours/nights/override', { state: 'closed' })
    assert.match((unknown.body as Problem).detail, /no hours 'nights'/)
    assert.equal((await as['aida']!.ask('PUT', '/api/hours/office/override', { state: 'ajar' })).status, 400)
    await as['aida']!.ask('PUT', '/api/hours/office/override', { state: 'calendar' })
  })

  test('IN-04 everyone sets their own forwards within what the plan lets them', async () => {
    const set = await as['dana']!.ask('PUT', '/api/people/dana/forwards/no-answer', { to: '211' })
    assert.deepEqual((set.body as PersonView).noAnswer, { to: '211', untilMs: null })
    assert.deepEqual(settings.forward('dana', MONDAY), { noAnswer: '211' })
    const outside = await as['dana']!.ask('PUT', '/api/people/dana/forwards/always', { to: '+77019998877' })
    assert.match((outside.body as Problem).detail, /further than the plan lets dana forward/)
    const nowhere = await as['dana']!.ask('PUT', '/api/people/dana/forwards/always', { to: '299' })
    assert.match((nowhere.body as Problem).detail, /no call can go to 299/)
    const off = await as['dana']!.ask('PUT', '/api/people/dana/forwards/no-answer', { to: null })
    assert.equal((off.body as PersonView).noAnswer, null)
    assert.equal(settings.forward('dana', MONDAY), null)
  })

  test('CALL-01 do-not-disturb until a time', async () => {
    const until = MONDAY + 3_600_000
    const set = await as['marat']!.ask('PUT', '/api/people/marat/do-not-disturb', { on: true, until })
    assert.deepEqual((set.body as PersonView).doNotDisturb, { untilMs: until })
    assert.equal(settings.forward('marat', until - 1)?.doNotDisturb, true)
    assert.equal(settings.forward('marat', until)?.doNotDisturb, undefined)
  })

  test('SEC-02 nobody sets or sees those of others, but who may configure', async () => {
    assert.equal((await as['marat']!.ask('PUT', '/api/people/dana/forwards/always', { to: '211' })).status, 403)
    assert.equal((await as['marat']!.ask('GET', '/api/people/dana/forwards')).status, 403)
    assert.equal((await as['aida']!.ask('PUT', '/api/people/dana/forwards/always', { to: '211', until: NEXT_YEAR })).status, 200)
    const seen = await as['dana']!.ask('GET', '/api/people/dana/forwards')
    assert.deepEqual((seen.body as PersonView).always, { to: '211', untilMs: NEXT_YEAR })
    assert.equal((await as['aida']!.ask('GET', '/api/people/zoe/forwards')).status, 404)
    assert.equal((await new TestBrowser(office.url).ask('GET', '/api/hours')).status, 401)
  })

  test('IN-09 every change is in the audit log: who, what, until when', async () => {
    const { body } = await as['aida']!.ask('GET', '/api/audit?limit=50')
    const { entries } = body as { entries: { who: string; action: string; object: string; details: Record<string, unknown> }[] }
    const made = entries.filter(e => e.action.endsWith('.set')).reverse()
    assert.deepEqual(
      made.map(e => `${e.who} ${e.action} ${e.object}`),
      [
        'dana override.set hours:office',
        'dana override.set hours:office',
        'dana override.set hours:office',
        'aida override.set hours:office',
        'dana forward.set person:dana',
        'dana forward.set person:dana',
        'marat do-not-disturb.set person:marat',
        'aida forward.set person:dana',
      ],
    )
    assert.deepEqual(made[0]!.details, { hours: 'office', state: 'closed', untilMs: EVENING })
  })
})
