/** The plan changed under two real telephones that talk: through the command line and over HTTP, applied, taken back, and nobody is cut off. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ChangeView, PlanOverviewView } from '../../src/operations/change-view.ts'
import type { Phone } from './baresip.ts'
import { TestExchange } from './exchange.ts'
import { OfficeApi } from './office-api.ts'
import { PhoneRoom, talk } from './phone-room.ts'
import { needs } from './programs.ts'

const switchroom = fileURLToPath(new URL('../../bin/switchroom', import.meta.url))

/** Bob's calls go to `onNoAnswer`; `more` people. */
function plan(onNoAnswer: string, more = ''): string {
  return `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann, approvers: [ann, bob] }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: ann } }
people:
  ann: { name: Ann, extension: "201" }
  bob: { name: Bob, extension: "202", on-no-answer: ${onNoAnswer} }
  cid: { name: Cid, extension: "203", forward: { always: ${onNoAnswer} } }
  ${more}
services:
  echo-test: { name: Echo test, number: "*43", does: echo }
access:
  boss: { who: [ann, bob], may: [configure, search] }
`
}

const options = needs('baresip')
const password = 'velvet harbour counts sparrows'
let x: TestExchange
let room: PhoneRoom
let api: OfficeApi
let ann: Phone
let bob: Phone

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan: plan('hang-up'), port: 25400, rtp: '25500-25599', tag: 'plan-' })
  room = new PhoneRoom(x, { sip: 25420, rtp: 25620 })
  api = await OfficeApi.signIn(x)
  ;[ann, bob] = await Promise.all([room.phone('201', 400), room.phone('202', 500)])
})

after(async () => {
  await room?.close()
  await x?.stop()
})

/** Runs a command; what it needs to know secretly goes in at standard input. */
function command(args: readonly string[], input = ''): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise(resolve => {
    const child = spawn(switchroom, [...args, '--data', x.data])
    let said = ''
    child.stdout.on('data', d => (said += d))
    child.stderr.on('data', d => (said += d))
    child.on('close', code => resolve({ code, said }))
    child.stdin.end(input)
  })
}

function file(text: string): string {
  const path = join(x.folder, 'proposed.yaml')
  writeFileSync(path, text)
  return path
}

/** Bob signs in for the first time. */
async function letBobIn(): Promise<void> {
  const { oneTimePassword } = (await api.post('/api/users', { user: 'bob', person: 'bob', administrator: false })) as {
    oneTimePassword: string
  }
  const ask = (path: string, body: unknown, cookie = ''): Promise<Response> =>
    fetch(x.http + path, {
      method: 'POST',
      headers: { 'x-switchroom': 'test', 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    })
  const signedIn = await ask('/api/session', { user: 'bob', password: oneTimePassword })
  const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!
  assert.equal((await ask('/api/me/password', { old: oneTimePassword, new: password }, cookie)).status, 200)
}

async function settled(id: number): Promise<ChangeView> {
  for (let i = 0; i < 100; i++) {
    const change = await api.get<ChangeView>(`/api/plan/changes/${id}`)
    if (change.state !== 'applied') return change
    await sleep(100)
  }
  throw new Error(`change ${id} was not looked at`)
}

const revisionsOfCalls = (): number[] => x.events().flatMap(e => (e.event.type === 'call.started' ? [e.event.revision] : []))

describe('OPS-03 the plan is changed while people talk', options, () => {
  test('by command: proposed, approved with the password of somebody else, applied; the call goes on, new calls follow, a new telephone registers', async () => {
    await letBobIn()
    await talk(ann, bob, '202', 800, async () => {
      const closed = [ann.count('CALL_CLOSED'), bob.count('CALL_CLOSED')]
      const proposed = await command([
        'plan',
        'propose',
        file(plan('hang-up', 'dee: { name: Dee, extension: "204" }')),
        '--why',
        'Dee joins us',
        '--as',
        'ann',
      ])
      assert.equal(proposed.code, 0, proposed.said)
      assert.match(proposed.said, /people: dee added/)
      const early = await command(['plan', 'apply', '2', '--as', 'ann'])
      assert.equal(early.code, 2)
      assert.match(early.said, /waits for the approval of bob/)
      const own = await command(['plan', 'approve', '2', '--as', 'admin'], 'copper lantern drifts northward\n')
      assert.match(own.said, /proposed change 2: somebody else must approve it/)
      const guessed = await command(['plan', 'approve', '2', '--as', 'bob'], 'a guess\n')
      assert.equal(guessed.code, 2)
      assert.equal((await command(['plan', 'approve', '2', '--as', 'bob'], `${password}\n`)).code, 0)
      const applied = await command(['plan', 'apply', '2', '--as', 'ann'])
      assert.equal(applied.code, 0, applied.said)
      assert.match(applied.said, /post-checked, revision 2/)
      assert.match(applied.said, /1 calls go on by the plan before|calls go on/)
      assert.deepEqual([ann.count('CALL_CLOSED'), bob.count('CALL_CLOSED')], closed, 'nobody was cut off')
      assert.match(x.command('status'), /plan revision 2/)
    })
    const dee = await room.phone('204', 600, { secret: 'people/dee' })
    await talk(ann, dee, '204', 300)
    assert.deepEqual(revisionsOfCalls(), [1, 2])
  })

  test('over HTTP: applied and taken back during one call, which lives through both; the telephone that is gone cannot call', async () => {
    await talk(bob, ann, '201', 300, async () => {
      const closed = [ann.count('CALL_CLOSED'), bob.count('CALL_CLOSED')]
      const files = [{ name: 'plan.yaml', text: plan('ann') }]
      const change = (await api.post('/api/plan/changes', { why: 'Dee leaves us', files })) as ChangeView
      assert.deepEqual([change.state, change.base], ['checked', 2])
      const refused = await api.raw('POST', `/api/plan/changes/${change.id}/approve`, {})
      assert.equal(refused.status, 403)
      assert.equal((await command(['plan', 'approve', String(change.id), '--as', 'bob'], `${password}\n`)).code, 0)
      await api.post(`/api/plan/changes/${change.id}/apply`, {})
      assert.equal((await settled(change.id)).state, 'post-checked')
      const names = (await api.get<{ entries: { number: string }[] }>('/api/directory')).entries.map(e => e.number)
      assert.ok(!names.includes('204'), 'the office follows at once')
      const back = (await api.post('/api/plan/rollback', { to: 2, why: 'Dee stays after all' })) as ChangeView
      assert.deepEqual([back.revision, (await settled(back.id)).state], [4, 'post-checked'])
      assert.deepEqual([ann.count('CALL_CLOSED'), bob.count('CALL_CLOSED')], closed, 'nobody was cut off')
    })
    const { changes } = await api.get<PlanOverviewView>('/api/plan')
    assert.deepEqual(
      changes.map(c => [c.state, c.revision]),
      [
        ['post-checked', 4],
        ['rolled-back', 3],
        ['post-checked', 2],
        ['applied', 1],
      ],
    )
    const audit = await api.get<{ entries: { action: string }[] }>('/api/audit?limit=200')
    for (const action of ['plan.proposed', 'plan.approved', 'plan.applied', 'plan.rolled-back'])
      assert.ok(
        audit.entries.some(e => e.action === action),
        action,
      )
  })

  test("a killed switch starts again with the revision in force; a provider's password is taken over at once", async () => {
    await x.kill('switch')
    assert.match(x.command('status'), /plan revision 4/)
    const set = await command(['secret', 'set', 'people/dee'], 'another-password\n')
    assert.equal(set.code, 0, set.said)
    await x.until(() => !/^204 /m.test(x.command('status')), 'Dee to be registered no more', 5000)
  })
})
