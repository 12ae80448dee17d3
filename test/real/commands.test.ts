/** The command line against a running exchange: what it shows, and what it says when asked for something that cannot be. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestExchange } from './exchange.ts'
import { PhoneRoom, talk } from './phone-room.ts'
import { needs } from './programs.ts'

const plan = `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: ann } }
people:
  ann: { name: Ann, extension: "201" }
  bob: { name: Bob, extension: "202", on-no-answer: voicemail office }
voicemail: { office: { name: Office, tell: [ann] } }
hours: { office: { mon-fri: "09:00-18:00" } }
lines: { "+77272500000": { name: Main, to: bob, during: office, otherwise: voicemail office, owner: ann } }
trunks: { provider: { host: 127.0.0.3, by-address: true, channels: 5, check-every: 0s } }
`

const options = needs('baresip')
let x: TestExchange
let room: PhoneRoom

before(async () => {
  if (options.skip) return
  x = await TestExchange.start({ plan, port: 27900, rtp: '28800-28899', tag: 'commands-' })
  room = new PhoneRoom(x, { sip: 27920, rtp: 29700 })
})

after(async () => {
  await room?.close()
  await x?.stop()
})

describe('switchroom', options, () => {
  test('status, calls and why tell of what is registered, what goes on and what was decided: IN-10', async () => {
    const [ann, bob] = await Promise.all([
      room.phone('201', 500, { secret: 'ann', transport: 'tcp' }),
      room.phone('202', 900, { secret: 'bob' }),
    ])
    await talk(ann, bob, '202', 200, async () => {
      const status = x.command('status')
      assert.match(status, /Calls now: 1\. {2}Registered contacts: 2\./)
      assert.match(status, /201\s+tcp\s+baresip/)
      assert.match(status, /provider\s+up/)
      assert.match(x.command('calls', '--live'), /Ann \(201\)\s+202 .*talking/)
    })
    await sleep(100)
    assert.match(x.command('calls'), /Ann \(201\)\s+202 \(.*202.*\)\s+answered/)
    const why = x.command('why', 'last')
    assert.match(why, /Ann .*dials 202; plan revision 1 decides/)
    assert.match(why, /202 is Bob\..*\[plan\.yaml:\d+ people\.bob\]/)
    assert.match(why, /hangs up/)
    const json = JSON.parse(x.command('calls', '--json')) as { outcome: string }[]
    assert.equal(json[0]?.outcome, 'answered')
    await Promise.all([ann.stop(), bob.stop()])
  })

  test('route says where a call would go at another time, without calling: IN-01 SCH-01', () => {
    assert.match(x.command('route', '--from', '+77015550101', '--to', '+77272500000', '--at', '2026-11-23T10:00'), /Bob/)
    const night = x.command('route', '--from', '+77015550101', '--to', '+77272500000', '--at', '2026-11-23T23:00')
    assert.match(night, /closed/i)
    assert.match(night, /voicemail|Office/i)
  })

  const wrong: readonly (readonly [args: readonly string[], says: RegExp, remedy: RegExp])[] = [
    [['statsu'], /no command 'statsu'/, /one of: up, status/],
    [['status', '--colour'], /--colour/, /status --help/],
    [['why'], /which call\?/, /switchroom calls/],
    [['why', 'nonesuch'], /no call nonesuch/, /switchroom calls --last/],
    [['route', '--from', '201'], /from somebody to somebody/, /--to/],
    [['route', '--from', '201', '--to', '202', '--at', 'tomorrow'], /tomorrow: not a date/, /2026-12-31T18:30/],
    [['up'], /which plan\?/, /--plan FILE, or --example/],
    [['up', '--plan', 'nowhere.yaml'], /no plan at .*nowhere\.yaml/, /YAML/],
    [['up', '--example', '--sip', '5060'], /--sip 5060: not an address/, /0\.0\.0\.0:5060/],
    [['up', '--example', '--rtp', '9-8'], /--rtp 9-8: not a range/, /20000-29999/],
    [['up', '--example', '--tls-cert', 'a.pem'], /belong together/, /both or none/],
  ]
  for (const [args, says, remedy] of wrong)
    test(`wrong options end with code 2, what is wrong and what to do: switchroom ${args.join(' ')}`, () => {
      const own = args[0] === 'up' || args[0] === 'statsu' ? [] : ['--data', x.data]
      const { code, err } = x.try(...args, ...own)
      assert.equal(code, 2, err)
      assert.match(err, says)
      assert.match(err, remedy)
    })

  test('NUM-04 a wrong plan ends with code 2, file, line, what is wrong and what would be right; nothing is started', () => {
    const path = join(x.folder, 'wrong.yaml')
    writeFileSync(path, plan.replace('extension: "202"', 'extension: "201"').replace('to: bob, during', 'to: bbo, during'))
    const { code, out, err } = x.try(
      'up',
      '--plan',
      path,
      '--data',
      join(x.folder, 'other'),
      '--sip',
      '127.0.0.1:27990',
      '--http',
      '127.0.0.1:27998',
    )
    assert.equal(code, 2, err)
    assert.match(out + err, /wrong\.yaml:\d+/)
    assert.match(out + err, /201/)
    assert.match(out + err, /bbo/)
    assert.match(out + err, /bob/, 'it says what was probably meant')
  })

  test('without an exchange status says so, with code 1 or 2', () => {
    const { code, err } = x.try('status', '--data', join(x.folder, 'nothing'))
    assert.notEqual(code, 0)
    assert.doesNotMatch(err, /at .*\.ts:\d+/, 'no stack trace')
  })
})
