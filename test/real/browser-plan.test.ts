/** The plan changed by two people in a real browser: proposed, read, approved by the other, applied, taken back; and errors taken upon oneself. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Browser } from './browser.ts'
import { TestExchange } from './exchange.ts'
import { chosenPassword, OfficeApi } from './office-api.ts'
import { needs } from './programs.ts'

const port = 23400
const options = needs('chromium')
const MARATS = 'velvet harbour counts sparrows'

/** An office open on weekdays and at these hours more; nobody at the reception: `onNoAnswer`. */
function plan(more = '', onNoAnswer = 'aida'): string {
  return `plan: 1
office: { name: Small Office, country: KZ, timezone: Asia/Almaty, languages: [en, ru, kk], owner: aida, approvers: [aida, marat] }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: aida }, "600-609": { for: groups, purpose: Groups, owner: aida } }
people:
  aida: { name: Aida Sadykova, extension: "201" }
  marat: { name: Marat Iskakov, extension: "202" }
  dana: { name: Dana Omarova, extension: "203", on-no-answer: marat }
groups:
  reception: { name: Reception desk, number: "600", ring: [dana, marat], for: 20s, on-no-answer: ${onNoAnswer} }
hours:
  office: { mon-fri: "09:00-18:00"${more} }
trunks:
  city: { host: 127.0.0.1, by-address: true, channels: 4 }
lines:
  "+77272500000": { name: Main number, owner: aida, to: reception, during: office, otherwise: hang-up }
access:
  management: { who: [aida, marat], may: [configure, search] }
`
}
const SATURDAYS = ', sat: "10:00-14:00"'

let x: TestExchange
let b: Browser
/** Where Marat's first password comes from. */
let api: OfficeApi
/** The change that opens the office on Saturdays. */
let saturdays = 0

before(async () => {
  if (options.skip) return
  ;[x, b] = await Promise.all([TestExchange.start({ plan: plan(), port, rtp: '23500-23599', tag: 'browser-plan-' }), Browser.start(500)])
  api = await OfficeApi.signIn(x)
})

after(async () => {
  await b?.stop()
  await x?.stop()
})

async function signIn(user: string, password: string): Promise<void> {
  await b.the('sign-in-user').fill(user)
  await b.the('sign-in-password').fill(password)
  await b.the('sign-in-submit').click()
}

async function signOut(): Promise<void> {
  await b.the('nav-account').click()
  await b.the('sign-out').click()
  await b.the('sign-in-user').waitFor()
}

/** Hands a plan in on the page of the plan. */
async function handIn(text: string, why: string): Promise<void> {
  await b.the('nav-plan').click()
  await b.the('plan-why').fill(why)
  await b.page.locator('input[type=file]').setInputFiles({ name: 'plan.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) })
  await b.the('plan-propose').click()
}

/** The change that it became. */
async function propose(text: string, why: string): Promise<number> {
  await handIn(text, why)
  await b.see('change-state', 'state', 'checked')
  return Number(/\d+$/.exec(b.page.url())?.[0])
}

async function openChange(id: number): Promise<void> {
  await b.the('nav-plan').click()
  await b.the(`change-${id}`).click()
  await b.the('change-history').waitFor()
}

async function applyAndWait(): Promise<void> {
  await b.the('change-apply').click()
  await b.see('change-state', 'state', 'post-checked')
}

/** Where a caller comes to on a Saturday before noon, by the plan in force. */
const onSaturday = (): string =>
  x.command('route', '--from', '+77015550101', '--to', '+77272500000', '--at', '2026-11-28T11:00', '--suppose', 'nobody confirms')

/** The trunk leads nowhere, so it ends with 1. */
const status = (): string => x.try('status', '--data', x.data).out

describe('OPS-03 the plan is changed in the browser', options, () => {
  test('a plan with a mistake is refused with its place and what to write instead, and leaves nothing behind', async () => {
    await b.page.goto(x.http)
    await signIn('admin', chosenPassword)
    await b.the('dial-input').waitFor()
    await b.the('nav-plan').click()
    await b.the('plan-changes').waitFor()
    await handIn(plan(', satt: "10:00-14:00"'), 'Saturdays')
    await b.the('plan-mistakes').waitFor()
    await b.shot('plan-1-refused')
    assert.match((await b.the('plan-mistakes').textContent()) ?? '', /satt.*plan\.yaml:12/)
    assert.equal(await b.the('plan-changes').locator('tbody tr').count(), 1)
  })

  test('what will be different and what the check found are read before anybody says yes; the author cannot', async () => {
    saturdays = await propose(plan(SATURDAYS), 'Open on Saturdays before noon')
    assert.match(
      (await b.the('change-differences').textContent()) ?? '',
      /Saturdays 10:00-14:00: calls to \+77272500000 now reach Reception desk .* instead of the end of the call/,
    )
    assert.match((await b.the('change-findings').textContent()) ?? '', /Warning\. .*no trunk is left/)
    await b.shot('plan-2-proposed')
    assert.equal(await b.the('change-approve').count(), 0)
    assert.equal(await b.the('change-apply').count(), 0)
    assert.match((await b.the('change-next').textContent()) ?? '', /marat/i)
    assert.doesNotMatch(onSaturday(), /Reception desk/)
  })

  test('the other one approves and applies; calls go by it from then on', async () => {
    const { oneTimePassword } = (await api.post('/api/users', { user: 'marat', person: 'marat', administrator: false })) as {
      oneTimePassword: string
    }
    await signOut()
    await signIn('marat', oneTimePassword)
    await b.the('password-old').fill(oneTimePassword)
    for (const field of ['password-new', 'password-again']) await b.the(field).fill(MARATS)
    await b.the('password-submit').click()
    await b.the('dial-input').waitFor()
    await openChange(saturdays)
    await b.shot('plan-3-to-approve')
    await b.the('change-reason').fill('Agreed with the owner')
    await b.the('change-approve').click()
    await b.see('change-state', 'state', 'approved')
    await b.shot('plan-4-approved')
    await applyAndWait()
    assert.match((await b.the('change-history').textContent()) ?? '', /approved.*Agreed with the owner/)
    await b.shot('plan-5-applied')
    assert.match(onSaturday(), /Reception desk/)
    assert.match(status(), /plan revision 2/)
  })

  test('the revision before is put in force again at once, with a reason', async () => {
    await b.the('nav-plan').click()
    await b.the('rollback-1').click()
    await b.the('rollback-why').fill('The lease says no Saturdays')
    await b.shot('plan-6-going-back')
    await b.the('rollback-do').click()
    await b.see('change-state', 'state', 'post-checked')
    await b.shot('plan-7-back')
    assert.doesNotMatch(onSaturday(), /Reception desk/)
    await openChange(saturdays)
    await b.see('change-state', 'state', 'rolled-back')
  })

  test('CHK-04 a plan with an error is applied only when the other one takes it upon themselves, with a reason', async () => {
    const change = await propose(plan('', 'reception'), 'Reception rings on')
    const found = (await b.the('change-findings').textContent()) ?? ''
    assert.match(found, /Error\. .*loop/)
    assert.match(found, /The call has been at Reception desk before/, 'the call that shows it is told')
    await b.shot('plan-8-error')
    assert.equal(await b.the('change-override').count(), 0, 'not by the author')
    await signOut()
    await signIn('admin', chosenPassword)
    await b.the('dial-input').waitFor()
    await openChange(change)
    await b.the('change-approve').click()
    await b.see('change-state', 'state', 'approved')
    assert.equal(await b.the('change-apply').count(), 0)
    assert.match((await b.the('change-next').textContent()) ?? '', /found errors/)
    assert.ok(await b.the('change-override').isDisabled(), 'not without a reason')
    await b.the('change-reason').fill('Known; the desk is manned until the new plan is ready')
    await b.shot('plan-9-override')
    await b.the('change-override').click()
    await applyAndWait()
    assert.match((await b.the('change-history').textContent()) ?? '', /the desk is manned/)
    assert.match(status(), /plan revision 4/)
  })

  test('the pages fit a narrow window in every language', async () => {
    for (const language of ['en', 'ru', 'kk']) {
      await b.the('nav-account').click()
      await b.the('language').locator(`input[value=${language}]`).dispatchEvent('click')
      for (const width of [1200, 800, 420]) {
        await b.page.setViewportSize({ width, height: 900 })
        await b.the('nav-plan').click()
        await b.the('plan-changes').waitFor()
        await fits(`plan-list-${language}-${width}`)
        await b.the('plan-changes').getByRole('link', { name: 'Reception rings on' }).click()
        await b.the('change-history').waitFor()
        await fits(`plan-change-${language}-${width}`)
      }
    }
  })

  test('SEC-04 nothing of this was refused by the content policy or failed in the page', () => {
    // The browser itself reports what the office answers to somebody who is not signed in yet, and to a wrong plan.
    assert.deepEqual(
      b.complaints.filter(c => !/the server responded with a status of (401|422)/.test(c)),
      [],
    )
  })
})

async function fits(name: string): Promise<void> {
  await b.shot(name)
  const [content, window] = await b.page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )
  assert.ok(content <= window, `${name}: ${content} px of content in ${window} px`)
}
