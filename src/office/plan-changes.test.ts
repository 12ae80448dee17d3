/** Changes of the plan over HTTP, with a switch that the test plays. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askOffice } from '../cli/office-client.ts'
import type { ControlRequest, SwitchStatus } from '../operations/control-protocol.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { keepRevision } from '../store/plan-files.ts'
import { latestRevision, revisionFolder } from '../store/plan-revisions.ts'
import { Database } from '../store/sqlite.ts'
import type { Change, PlanOverview } from './api/plan-schemas.ts'
import type { OneTimePassword, Problem } from './api/schemas.ts'
import type { RunningOffice } from './office.ts'
import { startTestOffice, TestBrowser, TestSwitch, temporaryData } from './office-fixture.ts'

const { data, remove } = temporaryData()
const paths = dataPaths(data)
const chosen = 'copper lantern drifts northward'

/** The switch: which revision it follows, and what it says no to. */
const follows = { revision: 1, refuses: false, trunkUp: true }
let theSwitch: TestSwitch
let office: RunningOffice
const people = new Map<string, TestBrowser>()

function plan(name: string, more = ''): { name: string; text: string }[] {
  const text = `plan: 1
office: { name: ${name}, country: KZ, timezone: Asia/Almaty, owner: aida, approvers: [aida, dana] }
numbering: { ranges: { "200-299": { for: people, owner: aida }, "620-639": { for: groups, owner: aida } } }
people:
  aida: { name: Aida, extension: "201" }
  dana: { name: Dana, extension: "202" }
${more}`
  return [{ name: 'plan.yaml', text }]
}

/** Two groups that hand a call to each other for ever: readable, but wrong. */
const LOOP = `groups:
  desk: { number: "620", ring: [aida], for: 25s, on-no-answer: back, on-busy: back, on-unreachable: back }
  back: { number: "621", ring: [dana], for: 25s, on-no-answer: desk, on-busy: desk, on-unreachable: desk }
`

function answer(request: ControlRequest): unknown {
  if (request.ask === 'apply-plan') {
    if (follows.refuses) throw new Error('cannot be read')
    follows.revision = request.revision
    return {
      revision: request.revision,
      accounts: { added: ['205'], removed: [], otherPassword: [] },
      registrationsEnded: 0,
      trunks: { added: [], removed: [], changed: [] },
      callsOnOlder: 2,
    }
  }
  if (request.ask === 'plan-followed') return { revision: follows.revision, accounts: 2, lines: [] }
  if (request.ask === 'status')
    return {
      planRevision: follows.revision,
      trunks: follows.trunkUp ? [] : [{ trunk: 'telecom-a', up: false, registered: false, why: 'does not answer' }],
    } as unknown as SwitchStatus
  return null
}

async function start(): Promise<void> {
  office = await startTestOffice(data)
}

before(async () => {
  keepRevision(paths.plans, plan('First'), Date.now())
  theSwitch = new TestSwitch(paths.switchSocket, answer)
  await start()
  const [user, password] = readFileSync(paths.firstPassword, 'utf8').trim().split(/\s+/) as [string, string]
  const aida = new TestBrowser(office.url)
  await aida.signIn(user, password)
  await aida.ask('POST', '/api/me/password', { old: password, new: chosen })
  people.set('aida', aida)
  for (const person of ['dana', 'marat']) {
    const made = await aida.ask('POST', '/api/users', { user: person, person, administrator: person === 'marat' })
    const browser = new TestBrowser(office.url)
    const { oneTimePassword } = made.body as OneTimePassword
    await browser.signIn(person, oneTimePassword)
    await browser.ask('POST', '/api/me/password', { old: oneTimePassword, new: `${chosen} ${person}` })
    people.set(person, browser)
  }
})

after(async () => {
  await office.close()
  theSwitch.close()
  remove()
})

const as = (who: string): TestBrowser => people.get(who)!

async function say(who: string, path: string, body?: unknown): Promise<Change> {
  const reply = await as(who).ask('POST', path, body)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body as Change
}

async function refused(who: string, path: string, body: unknown, status: number, code: string): Promise<Problem> {
  const reply = await as(who).ask('POST', path, body)
  const problem = reply.body as Problem
  assert.deepEqual([reply.status, problem.code], [status, code], JSON.stringify(problem))
  return problem
}

const propose = (who: string, name: string, more = ''): Promise<Change> =>
  say(who, '/api/plan/changes', { why: `becomes ${name}`, files: plan(name, more) })

async function until(id: number, state: Change['state'], ms = 8000): Promise<Change> {
  for (const end = Date.now() + ms; ; await sleep(50)) {
    const change = (await as('aida').ask('GET', `/api/plan/changes/${id}`)).body as Change
    if (change.state === state) return change
    assert.ok(Date.now() < end, `change ${id} is ${change.state}, not ${state}: ${JSON.stringify(change.history)}`)
  }
}

test('OPS-03 a revision that was not proposed is in the record all the same', async () => {
  const overview = (await as('aida').ask('GET', '/api/plan')).body as PlanOverview
  assert.equal(overview.revision, 1)
  assert.deepEqual(overview.approvers, ['aida', 'dana'])
  assert.deepEqual(
    overview.changes.map(c => [c.author.user, c.why, c.revision]),
    [['command line', 'the first start', 1]],
  )
})

test('OPS-03 proposed, checked, approved by somebody else, applied, looked at, and taken back in one step', async () => {
  const change = await propose('aida', 'Second', 'services: { echo: { number: "*43", does: echo } }\n')
  assert.equal(change.state, 'checked')
  assert.ok(change.summary.includes('services: echo added'), String(change.summary))
  await refused('aida', `/api/plan/changes/${change.id}/apply`, {}, 409, 'not-approved')
  await refused('aida', `/api/plan/changes/${change.id}/approve`, {}, 403, 'own-change')
  await refused('marat', `/api/plan/changes/${change.id}/approve`, {}, 403, 'not-an-approver')
  const approved = await say('dana', `/api/plan/changes/${change.id}/approve`, { note: 'fine' })
  assert.deepEqual([approved.state, approved.approvals[0]?.by.person], ['approved', 'dana'])
  assert.equal(latestRevision(paths.plans), 1, 'an approval applies nothing')
  const applied = await say('aida', `/api/plan/changes/${change.id}/apply`, {})
  assert.deepEqual([applied.state, applied.revision, follows.revision], ['applied', 2, 2])
  assert.ok(existsSync(join(revisionFolder(paths.plans, 2), 'parsed.json')), 'a restarted switch reads it without YAML')
  assert.match(applied.history.at(-1)!.text, /new telephones: 205; 2 calls go on by the plan before/)
  const looked = await until(change.id, 'post-checked')
  assert.deepEqual(
    looked.postChecks.map(c => [c.name, c.ok]),
    [
      ['revision', true],
      ['accounts', true],
      ['trunks', true],
      ['lines', true],
      ['sound', true],
    ],
  )
  const back = await say('aida', '/api/plan/rollback', { to: 1, why: 'complaints' })
  assert.deepEqual([back.revision, back.rollbackTo, back.proven, follows.revision], [3, 1, true, 3])
  assert.equal((await until(change.id, 'rolled-back')).revision, 2)
  assert.equal(readFileSync(join(revisionFolder(paths.plans, 3), 'plan.yaml'), 'utf8'), plan('First')[0]!.text)
  await refused('aida', '/api/plan/rollback', { to: 99, why: 'so so' }, 404, 'not-found')
  await refused('aida', '/api/plan/rollback', { to: 3, why: 'so so' }, 409, 'nothing-changes')
})

test('OPS-03 what cannot become a plan is refused with every place, and leaves nothing behind', async () => {
  const seen = ((await as('aida').ask('GET', '/api/plan')).body as PlanOverview).changes.length
  const problem = await refused(
    'aida',
    '/api/plan/changes',
    { why: 'a try', files: plan('Bad', 'lines: { "+77272500000": { to: nobody } }\n') },
    422,
    'plan-invalid',
  )
  assert.match(problem.errors![0]!.path, /^plan\.yaml:\d+:\d+$/)
  assert.equal(((await as('aida').ask('GET', '/api/plan')).body as PlanOverview).changes.length, seen)
  for (const name of ['/etc/x.yaml', 'parsed.json'])
    await refused('aida', '/api/plan/changes', { why: 'a try', files: [{ name, text: plan('X')[0]!.text }] }, 422, 'plan-invalid')
})

test('OPS-03 of two proposals on one revision the second is checked again before anything else', async () => {
  const [one, two] = [await propose('aida', 'One'), await propose('marat', 'Two')]
  await say('dana', `/api/plan/changes/${one.id}/approve`, {})
  await say('dana', `/api/plan/changes/${two.id}/approve`, {})
  await say('aida', `/api/plan/changes/${one.id}/apply`, {})
  const problem = await refused('marat', `/api/plan/changes/${two.id}/apply`, {}, 409, 'out-of-date')
  assert.match(problem.detail, /checked against plan revision 3, but revision 4 is in force/)
  const again = await say('marat', `/api/plan/changes/${two.id}/check`)
  assert.deepEqual([again.state, again.base, again.approvals], ['checked', 4, []])
  await refused('marat', `/api/plan/changes/${two.id}/apply`, {}, 409, 'not-approved')
  await say('marat', `/api/plan/changes/${two.id}/refuse`, { why: 'not needed any more' })
})

test('OPS-03 errors of the check are overridden by a named person who is not the author, with a reason', async () => {
  const change = await propose('aida', 'Loop', LOOP)
  assert.ok(change.errors > 0, JSON.stringify(change.findings))
  await say('dana', `/api/plan/changes/${change.id}/approve`, {})
  await refused('aida', `/api/plan/changes/${change.id}/apply`, {}, 409, 'errors-found')
  await refused('aida', `/api/plan/changes/${change.id}/override`, { why: 'I know' }, 403, 'own-change')
  await refused('dana', `/api/plan/changes/${change.id}/override`, { why: 'I know' }, 403, 'not-allowed')
  await refused('marat', `/api/plan/changes/${change.id}/override`, {}, 400, 'bad-request')
  const overridden = await say('marat', `/api/plan/changes/${change.id}/override`, { why: 'the groups are empty until Monday' })
  assert.deepEqual([overridden.override?.by.person, overridden.override?.why], ['marat', 'the groups are empty until Monday'])
  const applied = await say('aida', `/api/plan/changes/${change.id}/apply`, {})
  assert.equal(applied.state, 'applied')
})

test('OPS-03 at a time to come, also when the office is restarted before', async () => {
  const change = await propose('marat', 'Timed')
  await say('aida', `/api/plan/changes/${change.id}/approve`, {})
  await refused('marat', `/api/plan/changes/${change.id}/apply`, { at: Date.now() - 5000 }, 422, 'in-the-past')
  const before = latestRevision(paths.plans)
  const scheduled = await say('marat', `/api/plan/changes/${change.id}/apply`, { at: Date.now() + 700 })
  assert.equal(scheduled.state, 'scheduled')
  const cookies = [...people].map(([who, browser]) => [who, browser.cookie] as const)
  await office.close()
  await sleep(800)
  assert.equal(latestRevision(paths.plans), before)
  await start()
  for (const [who, cookie] of cookies) {
    const browser = new TestBrowser(office.url)
    browser.cookie = cookie
    people.set(who, browser)
  }
  const applied = await until(change.id, 'post-checked')
  assert.equal(applied.revision, before + 1)
  assert.equal(applied.history.find(h => h.type === 'applied')?.by?.person, 'marat')
})

test('OPS-03 a switch that says no: the revision is taken back, and the change may be tried again', async () => {
  const change = await propose('marat', 'Refused by the switch')
  await say('dana', `/api/plan/changes/${change.id}/approve`, {})
  const before = latestRevision(paths.plans)
  follows.refuses = true
  await refused('marat', `/api/plan/changes/${change.id}/apply`, {}, 409, 'switch-refused')
  follows.refuses = false
  assert.equal(latestRevision(paths.plans), before)
  const again = await say('marat', `/api/plan/changes/${change.id}/apply`, {})
  assert.equal(again.revision, before + 1)
})

test('OPS-03 SEC-02 at the machine one says in whose name, and it is recorded; an approval wants its own password all the same', async () => {
  const socket = paths.officeSocket
  const body = { why: 'from the machine', files: plan('From The Machine') }
  const { body: change } = await askOffice<Change>(socket, 'POST', '/api/plan/changes', body, { as: 'marat' })
  assert.deepEqual([change.author.person, change.author.via], ['marat', 'machine'])
  await assert.rejects(askOffice(socket, 'POST', '/api/plan/changes', body, {}), /in whose name/)
  await assert.rejects(askOffice(socket, 'POST', '/api/plan/changes', body, { as: 'nobody-here' }), /in whose name/)
  await assert.rejects(askOffice(socket, 'POST', `/api/plan/changes/${change.id}/approve`, {}, { as: 'dana' }), /sign in with your name/)
  const session = await askOffice(socket, 'POST', '/api/session', { user: 'dana', password: `${chosen} dana` }, {})
  const approved = await askOffice<Change>(socket, 'POST', `/api/plan/changes/${change.id}/approve`, {}, { cookie: session.cookie })
  assert.deepEqual([approved.body.approvals[0]?.by.person, approved.body.approvals[0]?.by.via], ['dana', 'machine'])
  const stranger = await new TestBrowser(office.url).ask('GET', '/api/plan', undefined, { 'x-switchroom-as': 'aida' })
  assert.equal(stranger.status, 401, 'over the network the name alone is worth nothing')
  assert.equal(statSync(socket).mode & 0o777, 0o600)
})

test('OPS-03 the record is a chain: whoever alters it is found out', async () => {
  const verify = async (): Promise<{ ok: boolean; brokenAt: number | null; entries: number }> =>
    (await as('aida').ask('GET', '/api/plan/verification')).body as never
  const sound = await verify()
  assert.equal(sound.ok, true)
  assert.ok(sound.entries > 20)
  const db = new Database(paths.officeDb)
  db.run(`UPDATE plan_change_event SET data = replace(data, 'the groups are empty', 'nothing to see') WHERE type = 'overridden'`)
  db.close()
  assert.equal((await verify()).ok, false)
})
