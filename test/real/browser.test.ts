/** The console in a real browser: the first administrator signs in, the page is a telephone, the call is seen, told and heard again. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Phone, type PhoneOptions } from './baresip.ts'
import { Browser } from './browser.ts'
import { TestExchange } from './exchange.ts'
import { readSound, secondsOf } from './listen.ts'
import { officePlan } from './office-plan.ts'
import { needs } from './programs.ts'

const port = 31700
const options = needs('chromium', 'baresip', 'ffmpeg', 'ffprobe')
const plan = officePlan(`recording:
  - { record: internal, because: training, keep: 30 days, heard-by: [quality] }
access:
  quality: { who: [ann], may: [search, listen] }
`)
const BROWSER_HZ = 620
const PHONE_HZ = 1000

let x: TestExchange
let b: Browser
const phones: Phone[] = []

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan, port, rtp: '31800-31899', tag: 'browser-' })
  b = await Browser.start(BROWSER_HZ)
})

after(async () => {
  await Promise.allSettled([b?.stop(), ...phones.map(p => p.stop())])
  await x?.stop()
})

async function bob(more: Partial<PhoneOptions> = {}): Promise<Phone> {
  const n = phones.length
  const p = await Phone.start({
    name: `bob${n}`,
    folder: x.folder,
    user: '202',
    password: x.password('202'),
    registrar: x.registrar,
    tone: PHONE_HZ,
    sipPort: port + 20 + 4 * n,
    controlPort: port + 22 + 4 * n,
    rtpPorts: `${31900 + 50 * n}-${31948 + 50 * n}`,
    ...more,
  })
  phones.push(p)
  return p
}

/** Seconds of the browser's tone in the phone's latest call. */
function heardByPhone(p: Phone): number {
  const last = p.heard().at(-1)
  if (!last) return 0
  const sound = readSound(last.path)
  return secondsOf(sound.channels[0]!, sound.clockHz, BROWSER_HZ)
}

/** A busy test machine may refuse a call early (503, Retry-After): then a person would try again, too. */
async function ringBrowser(p: Phone): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const closed = p.count('CALL_CLOSED')
    await p.dial('201')
    const rings = b.the('answer').waitFor()
    const refused = p.until(() => p.count('CALL_CLOSED') > closed, 'end of the call').then(() => true)
    const over = await Promise.race([rings.then(() => false), refused])
    rings.catch(() => {})
    refused.catch(() => {})
    if (!over) return
    assert.ok(attempt < 4 && /session closed: 503/.test(p.log), `the telephone's call ended before it rang:\n${p.log.slice(-800)}`)
    await sleep(1500)
  }
}

test('ACC-04 the first administrator signs in with the one-time password and must choose another', options, async () => {
  const file = readFileSync(join(x.data, 'first-password.txt'), 'utf8').trim()
  const [user, once] = file.split(/\s+/) as [string, string]
  await b.page.goto(x.http)
  await b.the('sign-in-user').fill(user)
  await b.the('sign-in-password').fill(`${once}x`)
  await b.the('sign-in-submit').click()
  await b.the('sign-in-error').waitFor()
  await b.shot('1-wrong-password')
  b.complaints.length = 0 // the browser reports the refused attempt
  await b.the('sign-in-password').fill(once)
  await b.the('sign-in-submit').click()
  await b.the('password-old').fill(once)
  await b.shot('2-first-password')
  for (const field of ['password-new', 'password-again']) await b.the(field).fill('a quiet morning at the switchboard')
  await b.the('password-submit').click()
  await b.the('dial-input').waitFor()
  assert.throws(() => readFileSync(join(x.data, 'first-password.txt')), 'the one-time password is gone from the disk')
})

test('TOP-04 the page registers as a telephone over WebSocket, with credentials of its own', options, async () => {
  await b.see('registration', 'state', 'registered')
  await b.shot('3-phone')
  const status = JSON.parse(x.command('status', '--json')) as { registered: { account: string; transport: string }[] }
  assert.deepEqual(
    status.registered.map(r => [r.account, r.transport]),
    [['201', 'ws']],
  )
})

test(
  'TOP-04 CALL-01 the browser calls a telephone that speaks only G.711: both hear, hold holds, the browser hangs up',
  options,
  async () => {
    const p = await bob({ codecs: 'PCMA' })
    await b.the('dial-input').fill('202')
    await b.the('call-button').click()
    await b.see('phone-call', 'phase', 'up')
    const heard = await b.hears(PHONE_HZ)
    assert.ok(heard > 0.7, `the browser heard the telephone in ${(100 * heard).toFixed(0)} % of the looks`)
    await b.shot('4-call-up')
    await b.the('nav-live').click()
    await b.the('live-call').waitFor()
    await b.see('live-state', 'state', 'talking')
    await b.shot('5-live')
    await b.the('nav-phone').click()
    await b.the('hold').click()
    await b.see('phone-call', 'held', 'true')
    await sleep(500)
    await b.shot('6-held')
    await b.the('resume').click()
    await b.see('phone-call', 'held', 'false')
    await sleep(500)
    const again = await b.hears(PHONE_HZ)
    assert.ok(again > 0.7, `after hold the browser heard the telephone in ${(100 * again).toFixed(0)} % of the looks`)
    await b.the('hang-up').click()
    await p.event('CALL_CLOSED')
    await sleep(200)
    assert.ok(heardByPhone(p) > 2, `the telephone heard the browser for ${heardByPhone(p).toFixed(1)} s`)
    await p.stop()
  },
)

test('TOP-04 CALL-01 a telephone with Opus calls the browser: both hear, the telephone hangs up', options, async () => {
  const p = await bob({ codecs: 'opus/48000/2' })
  await ringBrowser(p)
  await b.the('answer').click()
  await b.see('phone-call', 'phase', 'up')
  const heard = await b.hears(PHONE_HZ)
  assert.ok(heard > 0.7, `the browser heard the telephone in ${(100 * heard).toFixed(0)} % of the looks`)
  await p.event('CALL_ESTABLISHED')
  await b.shot('7-called')
  // Keys are agreed first: on a busy machine that takes a good part of the first second.
  await sleep(1500)
  await p.hangUp()
  await b.see('call-state', 'end', 'ended-there')
  await sleep(200)
  assert.ok(heardByPhone(p) > 0.8, `the telephone heard the browser for ${heardByPhone(p).toFixed(1)} s`)
  await p.stop()
})

test('CALL-01 a call that the browser declines, or that the caller gives up, ends at once on both sides', options, async () => {
  const p = await bob()
  await ringBrowser(p)
  await b.the('decline').click()
  await p.event('CALL_CLOSED')
  assert.equal(await b.the('hang-up').count(), 0)
  await ringBrowser(p)
  await p.hangUp()
  await b.see('call-state', 'end', 'missed')
  await p.stop()
})

test('RES-07 TOP-04 a call of the browser outlives kill -9 of media and of the switch', options, async () => {
  const before = b.complaints.length
  const p = await bob({ codecs: 'PCMA' })
  await b.the('dial-input').fill('202')
  await b.the('call-button').click()
  await b.see('phone-call', 'phase', 'up')
  assert.ok((await b.hears(PHONE_HZ)) > 0.7, 'the browser hears the telephone')
  await x.kill('media-0')
  const afterMedia = await b.hears(PHONE_HZ)
  assert.ok(afterMedia > 0.7, `after media was killed the browser heard the telephone in ${(100 * afterMedia).toFixed(0)} % of the looks`)
  await x.kill('switch')
  await b.see('registration', 'state', 'registered')
  const afterSwitch = await b.hears(PHONE_HZ)
  assert.ok(
    afterSwitch > 0.7,
    `after the switch was killed the browser heard the telephone in ${(100 * afterSwitch).toFixed(0)} % of the looks`,
  )
  await b.the('hang-up').click()
  await p.event('CALL_CLOSED')
  await sleep(200)
  assert.ok(heardByPhone(p) > 3, `the telephone heard the browser for ${heardByPhone(p).toFixed(1)} s`)
  await p.stop()
  b.complaints.length = before // the browser reports that the switch was away for a moment
})

test('IN-10 REC-03 the story of the call and its recording, one voice per channel, open in the browser', options, async () => {
  await b.the('nav-calls').click()
  await b.the('call').nth(3).waitFor()
  await b.shot('8-calls')
  await b.the('call').nth(3).getByTestId('call-link').click()
  await b.see('story-outcome', 'outcome', 'answered')
  await b.the('story-line').first().waitFor()
  await b.the('recording-listen').waitFor()
  await b.shot('9-story')
  await b.the('recording-listen').click()
  await b.see('player', 'state', 'ready')
  await b.see('player-play', 'playing', 'true')
  await sleep(700)
  await b.shot('10-player')
  const clock = await b.the('player-clock').textContent()
  assert.match(clock ?? '', /\d:\d\d \/ \d:\d\d/)
  const told = await b.the('recording-sheet').textContent()
  assert.doesNotMatch(told ?? '', /lost .left channel/, "the browser's silences (comfort noise) are no losses")
  await b.the('nav-recordings').click()
  await b.the('recording').nth(1).waitFor()
  await b.shot('11-recordings')
})

test('SEC-04 the content policy lets the page do all of this: nothing was refused, no exception', options, () => {
  assert.deepEqual(b.complaints, [])
})
