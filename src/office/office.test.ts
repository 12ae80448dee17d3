import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { hashPassword } from '../access/password-hash.ts'
import {
  answeredCall,
  decidedVoicemail,
  ended,
  fromOutside,
  RECORDED,
  recordingStarted,
  recordingStopped,
  SampleLog,
  started,
} from '../operations/sample-calls.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { OfficeStore } from '../store/office-store.ts'
import type { CallStory, CallsPage, LiveMessage, Me, Problem, RecordingsPage } from './api/schemas.ts'
import type { RunningOffice } from './office.ts'
import { PLAN, startTestOffice, TestBrowser, TestLog, TestSwitch, temporaryData } from './office-fixture.ts'

const PASSWORD = 'four quiet green words'
const START = Date.now() - 3_600_000

describe('the office over HTTP', () => {
  const { data, remove } = temporaryData()
  const samples = new SampleLog()
  let log: TestLog
  let exchange: TestSwitch
  let office: RunningOffice
  const as: Record<string, TestBrowser> = {}
  const logged: string[] = []

  before(async () => {
    log = new TestLog(data)
    log.append(samples.call('c1', START, answeredCall('+77272500000', 'r1')))
    log.append(
      samples.call('c2', START + 100_000, [
        [0, fromOutside('+77272500010', { number: '+77019998877' })],
        [1, decidedVoicemail('sales')],
        [10, recordingStarted('v1', { kind: 'voicemail', box: 'sales', right: null, left: { number: '+77019998877' } })],
        [9000, { type: 'voicemail.left', v: 1, box: 'sales', recording: 'v1', durationMs: 8990, tell: ['marat'] }],
        [9001, recordingStopped('v1')],
        [9002, ended('voicemail')],
      ]),
    )
    log.append(
      samples.call('c3', START + 200_000, [
        [0, started({ from: { number: '410', who: 'marat' }, to: { number: '*43' }, origin: { kind: 'device', account: '410' } })],
      ]),
    )
    exchange = new TestSwitch(dataPaths(data).switchSocket, request =>
      request.ask === 'registrations' ? [{ account: '201', reachable: true }] : null,
    )
    office = await startTestOffice(data, PLAN, logged)
    // People who sign in, beside the administrator that the first start made.
    const store = new OfficeStore(dataPaths(data).officeDb)
    const hash = await hashPassword(PASSWORD, { memoryKiB: 64, passes: 1, lanes: 1 })
    for (const person of PLAN.people)
      store.users.add({ user: person.id, name: person.name, person: person.id, administrator: false, hash, mustChange: false }, Date.now())
    // Finishing has its own test: here are two that are finished, in clear.
    await office.settled()
    const day = new Date(START).toISOString().slice(0, 10).replaceAll('-', '/')
    mkdirSync(join(data, 'recordings', day), { recursive: true })
    for (const id of ['r1', 'v1']) {
      const file = `${day}/${id}.opus`
      writeFileSync(join(data, 'recordings', file), Buffer.from(Array.from({ length: 1000 }, (_, i) => i & 255)))
      store.recordings.put({
        ...store.recordings.raw(id)!,
        state: 'ready',
        problem: null,
        format: 'opus',
        file,
        sizeBytes: 1000,
        durationMs: 60_000,
      })
    }
    store.close()
    for (const person of PLAN.people) {
      const browser = new TestBrowser(office.url)
      assert.equal((await browser.signIn(person.id, PASSWORD)).status, 200)
      as[person.id] = browser
    }
  })

  after(async () => {
    await office.close()
    exchange.close()
    log.close()
    remove()
  })

  const get = async <T>(who: string, path: string): Promise<T> => (await as[who]!.ask('GET', path)).body as T

  test('ACC-04 the first start makes an administrator whose one-time password must be replaced before anything else', async () => {
    const file = dataPaths(data).firstPassword
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const [user, password] = readFileSync(file, 'utf8').trim().split(/\s+/) as [string, string]
    assert.equal(user, 'admin')
    const browser = new TestBrowser(office.url)
    const me = (await browser.signIn(user, password)).body as Me
    assert.deepEqual([me.mustChangePassword, me.administrator, me.person, me.name, me.rights], [true, true, 'aida', 'Aida Sadykova', []])
    assert.equal(((await browser.ask('GET', '/api/calls')).body as Problem).code, 'password-change-required')
    const weak = await browser.ask('POST', '/api/me/password', { old: password, new: 'admin-admin-1' })
    assert.equal((weak.body as Problem).errors?.[0]?.path, 'new')
    assert.equal(weak.status, 422)
    const changed = await browser.ask('POST', '/api/me/password', { old: password, new: PASSWORD })
    assert.equal((changed.body as Me).mustChangePassword, false)
    assert.ok((changed.body as Me).rights.includes('configure'))
    assert.equal(existsSync(file), false)
    assert.equal((await browser.ask('GET', '/api/calls')).status, 200)
    assert.equal((await new TestBrowser(office.url).signIn(user, password)).status, 401)
  })

  test('SEC-01 unknown names and wrong passwords get the same answer; further attempts wait', async () => {
    const answers = []
    for (const user of ['marat', 'nobody']) answers.push(await new TestBrowser(office.url).signIn(user, 'wrong wrong wrong'))
    assert.deepEqual(answers[0]!.body, answers[1]!.body)
    assert.equal((answers[0]!.body as Problem).code, 'sign-in-failed')
    let last = answers[1]!
    for (let i = 0; i < 6; i++) last = await new TestBrowser(office.url).signIn('nobody', 'wrong wrong wrong')
    assert.equal(last.status, 429)
    assert.ok(Number(last.headers.get('retry-after')) >= 1)
  })

  test('ACC-04 the session cookie is HttpOnly and strict; signing out ends the session on the server', async () => {
    const browser = new TestBrowser(office.url)
    const { headers } = await browser.signIn('dana', PASSWORD)
    const cookie = headers.get('set-cookie')!
    assert.match(cookie, /^switchroom=[\w-]{43};.*HttpOnly.*SameSite=Strict/)
    assert.equal((await browser.ask('GET', '/api/me')).status, 200)
    const kept = browser.cookie
    assert.equal((await browser.ask('DELETE', '/api/session')).status, 204)
    browser.cookie = kept
    assert.equal((await browser.ask('GET', '/api/me')).status, 401)
    const store = readFileSync(dataPaths(data).officeDb)
    assert.equal(store.includes(kept.split('=')[1]!), false)
  })

  test('requests from other sites and without the header are refused', async () => {
    const forged = await as['dana']!.ask('GET', '/api/calls', undefined, { 'sec-fetch-site': 'cross-site' })
    assert.equal((forged.body as Problem).code, 'cross-site')
    const origin = await as['dana']!.ask('DELETE', '/api/session', undefined, { origin: 'http://elsewhere.example' })
    assert.equal(origin.status, 403)
    const bare = await fetch(`${office.url}/api/session`, { method: 'DELETE', headers: { cookie: as['dana']!.cookie } })
    assert.equal(bare.status, 403)
    assert.equal((await as['dana']!.ask('GET', '/api/me')).status, 200)
  })

  test('ACC-01 everyone sees the calls the rights table gives them: history, pages, filters', async () => {
    const ids = async (who: string, query = '') => (await get<CallsPage>(who, `/api/calls${query}`)).calls.map(call => call.id)
    assert.deepEqual(await ids('aida'), ['c3', 'c2', 'c1'])
    assert.deepEqual(await ids('marat'), ['c3'])
    assert.deepEqual(await ids('dana', '?outcome=voicemail'), ['c2'])
    assert.deepEqual(await ids('dana', '?direction=in&limit=1'), ['c2'])
    assert.deepEqual(await ids('dana', `?text=${encodeURIComponent('8 (701) 999-88-77')}`), ['c2'])
    assert.deepEqual(await ids('dana', '?text=sadyk'), ['c1'])
    assert.deepEqual(await ids('dana', '?text=410'), ['c3'])
    assert.deepEqual(await ids('dana', `?from=${new Date(START + 150_000).toISOString()}`), ['c3'])
    const first = await get<CallsPage>('aida', '/api/calls?limit=2')
    assert.deepEqual(
      first.calls.map(call => call.id),
      ['c3', 'c2'],
    )
    const second = await get<CallsPage>('aida', `/api/calls?limit=2&cursor=${first.next}`)
    assert.deepEqual([second.calls.map(call => call.id), second.next], [['c1'], null])
  })

  test('IN-10 the story of a call; a call one may not see is as good as none', async () => {
    const story = await get<CallStory>('aida', '/api/calls/c1')
    assert.equal(story.call.outcome, 'answered')
    assert.equal(story.lines.at(-1)?.text, 'the call is over: answered, ended by +77011234567')
    assert.deepEqual(
      story.legs.map(leg => `${leg.role} ${leg.party.number} ${leg.codec}`),
      ['caller +77011234567 PCMA', 'called 201 PCMA'],
    )
    assert.deepEqual(
      story.recordings.map(recording => recording.id),
      ['r1'],
    )
    assert.equal((await as['marat']!.ask('GET', '/api/calls/c1')).status, 404)
    assert.equal((await as['aida']!.ask('GET', '/api/calls/none')).status, 404)
  })

  test('ACC-02 a lead listens without downloading; a rule’s own list of listeners narrows who hears it', async () => {
    const may = async (who: string) => {
      const { recordings } = await get<RecordingsPage>(who, '/api/recordings?kind=call')
      return recordings.map(recording => `${recording.id} ${recording.may.listen} ${recording.may.download}`)
    }
    // r1 was made under a rule heard by lead-support, which is Aida's grant.
    assert.deepEqual(RECORDED.heardBy, ['lead-support'])
    assert.deepEqual(await may('aida'), ['r1 true false'])
    assert.deepEqual(await may('dana'), ['r1 false false'])
    assert.deepEqual(await may('marat'), [])
    assert.equal((await as['aida']!.ask('GET', '/api/recordings/r1/download')).status, 403)
    assert.equal((await as['marat']!.ask('GET', '/api/recordings/r1/audio')).status, 404)
    assert.equal((await as['marat']!.ask('GET', '/api/recordings/v1/download')).status, 200)
  })

  test('REC-04 audio comes whole and by ranges', async () => {
    const whole = await as['aida']!.ask('GET', '/api/recordings/r1/audio')
    assert.deepEqual([whole.status, whole.bytes.length, whole.headers.get('content-type')], [200, 1000, 'audio/ogg'])
    const part = await as['aida']!.ask('GET', '/api/recordings/r1/audio', undefined, { range: 'bytes=10-19' })
    assert.deepEqual(
      [part.status, [...part.bytes], part.headers.get('content-range')],
      [206, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19], 'bytes 10-19/1000'],
    )
    const tail = await as['aida']!.ask('GET', '/api/recordings/r1/audio', undefined, { range: 'bytes=-5' })
    assert.deepEqual([...tail.bytes], [227, 228, 229, 230, 231])
    const beyond = await as['aida']!.ask('GET', '/api/recordings/r1/audio', undefined, { range: 'bytes=1000-' })
    assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */1000'])
  })

  test('ACC-03 every listen and download is in the audit log, whose chain can be checked', async () => {
    await as['aida']!.ask('GET', '/api/recordings/r1/audio', undefined, { range: 'bytes=0-9' })
    await as['marat']!.ask('GET', '/api/recordings/v1/audio')
    const { entries } = await get<{ entries: { who: string; action: string; object: string }[] }>('aida', '/api/audit')
    const heard = entries
      .filter(entry => entry.action.startsWith('recording.'))
      .map(entry => `${entry.who} ${entry.action} ${entry.object}`)
    assert.ok(heard.includes('aida recording.listen recording:r1'))
    assert.ok(heard.includes('marat recording.listen recording:v1'))
    // The pieces of one listening are one record.
    assert.equal(heard.filter(line => line === 'aida recording.listen recording:r1').length, 1)
    assert.equal((await get<{ ok: boolean }>('aida', '/api/audit/verification')).ok, true)
    assert.equal((await as['marat']!.ask('GET', '/api/audit')).status, 403)
  })

  test('CALL-02 voicemail is listed for those it is for, and heard once listened to', async () => {
    await as['marat']!.ask('GET', '/api/recordings/v1/audio')
    const page = await get<{
      boxes: unknown
      messages: { recording: string; from: unknown; durationMs: number; heardAt: number | null }[]
    }>('marat', '/api/voicemail')
    assert.deepEqual(page.boxes, [{ box: 'sales', messages: 1, unheard: 0 }])
    assert.deepEqual(
      page.messages.map(message => [message.recording, message.from]),
      [['v1', { number: '+77019998877' }]],
    )
    assert.ok(page.messages[0]!.heardAt)
  })

  test('CALL-01 a call is ended by the switch on request of those who may, and by nobody else', async () => {
    assert.equal((await as['aida']!.ask('POST', '/api/calls/c1/hang-up')).status, 409)
    assert.equal((await as['dana']!.ask('POST', '/api/calls/c3/hang-up')).status, 404)
    assert.equal((await as['marat']!.ask('POST', '/api/calls/c3/hang-up')).status, 204)
    const asked = exchange.asked.find(request => request.ask === 'hang-up')
    assert.deepEqual(asked && 'call' in asked && [asked.call, asked.by], ['c3', 'marat'])
  })

  test('TOP-04 the softphone gets credentials of its own that the switch admits', async () => {
    const { body } = await as['marat']!.ask('POST', '/api/softphone')
    const phone = body as { uri: string; username: string; password: string; wsUrls: string[]; displayName: string }
    assert.deepEqual([phone.uri, phone.displayName, phone.wsUrls], ['sip:410@127.0.0.1', 'Marat Iskakov', ['ws://127.0.0.1:15066']])
    const admitted = exchange.asked.findLast(request => request.ask === 'admit')
    assert.ok(admitted?.ask === 'admit')
    assert.deepEqual([admitted.account, admitted.username, admitted.password], ['410', phone.username, phone.password])
  })

  test('NUM-08 the directory says who is registered and who is on the telephone', async () => {
    const { entries } = await get<{ entries: { id: string; registered: boolean | null }[] }>('dana', '/api/directory')
    assert.deepEqual(
      entries.map(entry => `${entry.id} ${entry.registered}`),
      ['person:aida true', 'person:marat false', 'service:echo null'],
    )
  })

  test('CRM-03 the live board is pushed: first whole, then what changed, each viewer their own', async () => {
    const watch = (who: string) => {
      const socket = new WebSocket(`${office.url.replace('http', 'ws')}/api/live`, { headers: { cookie: as[who]!.cookie } })
      const heard: LiveMessage[] = []
      const waiting: { until: () => boolean; resolve: () => void }[] = []
      socket.on('message', text => {
        heard.push(JSON.parse(String(text)) as LiveMessage)
        for (const one of waiting) if (one.until()) one.resolve()
      })
      const when = (until: () => boolean) => (until() ? Promise.resolve() : new Promise<void>(resolve => waiting.push({ until, resolve })))
      return { socket, heard, when }
    }
    const all = watch('aida')
    const own = watch('marat')
    await Promise.all([all.when(() => all.heard.length > 0), own.when(() => own.heard.length > 0)])
    const board = all.heard[0]!
    assert.deepEqual(board.is === 'board' && board.calls.map(call => call.id), ['c3'])
    log.append(samples.call('c4', Date.now(), answeredCall('+77272500000', null).slice(0, 4)))
    exchange.notice(samples.events.length)
    await all.when(() =>
      all.heard.some(message => message.is === 'change' && message.calls.some(call => call.id === 'c4' && call.state === 'ringing')),
    )
    log.append(samples.call('c4', Date.now(), [[0, ended('missed')]]))
    exchange.notice(samples.events.length)
    await all.when(() => all.heard.some(message => message.is === 'change' && message.ended.includes('c4')))
    assert.equal(own.heard.length, 1)
    all.socket.close()
    own.socket.close()
    const stranger = new WebSocket(`${office.url.replace('http', 'ws')}/api/live`)
    const [status] = await new Promise<[number]>(resolve =>
      stranger.on('unexpected-response', (_request, response) => resolve([response.statusCode ?? 0])),
    )
    assert.equal(status, 401)
  })

  test('ACC-04 administrators let people sign in with one-time passwords, and shut them out at once', async () => {
    const admin = as['aida']!
    const made = await admin.ask('POST', '/api/users', { user: 'asel', person: null, name: 'Asel Nurlanova' })
    assert.equal(made.status, 201)
    const asel = new TestBrowser(office.url)
    const me = (await asel.signIn('asel', (made.body as { oneTimePassword: string }).oneTimePassword)).body as Me
    assert.deepEqual([me.name, me.mustChangePassword], ['Asel Nurlanova', true])
    assert.equal((await admin.ask('POST', '/api/users', { user: 'ASEL', person: null })).status, 409)
    assert.equal((await admin.ask('POST', '/api/users', { user: 'x', person: 'nobody' })).status, 404)
    assert.equal((await admin.ask('PATCH', '/api/users/asel', { disabled: true })).status, 204)
    assert.equal((await asel.ask('GET', '/api/me')).status, 401)
    assert.equal(((await admin.ask('PATCH', '/api/users/admin', { disabled: true })).body as Problem).code, 'last-administrator')
    const { users } = (await admin.ask('GET', '/api/users')).body as { users: { user: string }[] }
    assert.deepEqual(
      users.map(user => user.user),
      ['admin', 'aida', 'asel', 'dana', 'marat'],
    )
    assert.equal((await as['marat']!.ask('GET', '/api/users')).status, 403)
    assert.equal((await as['marat']!.ask('POST', '/api/users', { user: 'evil', person: null, administrator: true })).status, 403)
  })

  test('RES-07 without a switch the office still answers, and says so', async () => {
    exchange.close()
    let status = (await as['aida']!.ask('GET', '/api/status')).body as { switch: unknown; switchAway: string | null }
    while (status.switchAway === null) status = (await as['aida']!.ask('GET', '/api/status')).body as typeof status
    assert.equal(status.switch, null)
    assert.match(status.switchAway, /switch/)
    const softphone = await as['marat']!.ask('POST', '/api/softphone')
    assert.deepEqual([softphone.status, (softphone.body as Problem).code], [503, 'switch-away'])
    assert.equal((await as['aida']!.ask('GET', '/api/calls/live')).status, 200)
  })

  test('SEC-03 the log of all this holds no number, no password, no session', async () => {
    await as['aida']!.ask('GET', `/api/calls?text=${encodeURIComponent('+77019998877')}&limit=x`)
    await as['aida']!.ask('GET', '/api/nothing/+77019998877')
    const text = logged.join('')
    assert.ok(logged.some(line => line.includes('/api/calls/:id')))
    for (const secret of ['7701', '9998877', '272500', PASSWORD, as['aida']!.cookie.split('=')[1]!])
      assert.equal(text.includes(secret), false, secret)
  })

  test('SEC-04 wrong requests get a problem with the place, unknown paths a 404, pages the hint to build the console', async () => {
    const wrong = await as['aida']!.ask('GET', '/api/calls?limit=9999')
    assert.equal(wrong.headers.get('content-type')?.split(';')[0], 'application/problem+json')
    assert.equal((wrong.body as Problem).errors?.[0]?.path, 'limit')
    assert.equal((await as['aida']!.ask('GET', '/api/nothing')).status, 404)
    assert.equal((await as['aida']!.ask('POST', '/api/session', undefined, { 'content-type': 'text/xml' })).status, 415)
    const page = await new TestBrowser(office.url).ask('GET', '/calls/c1')
    assert.match(String(page.body), /npm run build:console/)
    assert.match(page.headers.get('content-security-policy')!, /connect-src 'self' blob: ws:\/\/127\.0\.0\.1:15066/)
    const api = (await new TestBrowser(office.url).ask('GET', '/api/openapi.json')).body as { paths: object }
    assert.ok(Object.keys(api.paths).length >= 16)
  })
})
