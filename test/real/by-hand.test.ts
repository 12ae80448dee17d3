/** Codes at real telephones, the API and the command: hours closed by hand, forwards, do-not-disturb; through a kill of the switch. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestExchange } from './exchange.ts'
import { OfficeApi } from './office-api.ts'
import { PhoneRoom } from './phone-room.ts'
import { needs } from './programs.ts'

const plan = `plan: 1
office: { name: Test Office, country: KZ, timezone: Asia/Almaty, languages: [en], owner: ann }
numbering:
  ranges: { "200-299": { for: people, purpose: Office, owner: ann }, "620-629": { for: services, purpose: Codes } }
people:
  ann: { name: Ann, extension: "201" }
  bob: { name: Bob, extension: "202" }
  cid: { name: Cid, extension: "203" }
hours: { office: { daily: "00:00-24:00" } }
routes: { desk: { number: "620", during: office, to: ann, otherwise: bob } }
services:
  night-switch: { number: "*21", does: override, hours: office, who: [ann], for: 8h }
  forward-all:  { number: "*72", does: forward }
  quiet:        { number: "*78", does: do-not-disturb, set: on }
  loud:         { number: "*79", does: do-not-disturb, set: off }
access: { admin: { who: [ann], may: [configure] } }
`

test('SCH-04 CALL-01 codes at telephones, the API and the command set what the next call finds', needs('baresip'), async () => {
  const x = await TestExchange.start({ plan, port: 24300, rtp: '24340-24399', tag: 'by-hand-' })
  const room = new PhoneRoom(x, { sip: 24400, rtp: 24440 })
  try {
    const ann = await room.phone('201', 440, { secret: 'ann' })
    const bob = await room.phone('202', 700, { secret: 'bob' })
    const cid = await room.phone('203', 900, { secret: 'cid' })
    const codes = async (code: string): Promise<void> => {
      const closed = ann.count('CALL_CLOSED')
      await ann.dial(code)
      await ann.event('CALL_CLOSED', closed + 1)
    }
    /** Who rings when Cid dials. */
    const rings = async (number: string): Promise<string> => {
      const before = [ann.count('CALL_ESTABLISHED'), bob.count('CALL_ESTABLISHED')]
      await cid.dial(number)
      await cid.until(
        () => ann.count('CALL_ESTABLISHED') > before[0]! || bob.count('CALL_ESTABLISHED') > before[1]!,
        `somebody to ring at ${number}`,
      )
      const who = ann.count('CALL_ESTABLISHED') > before[0]! ? 'ann' : 'bob'
      await cid.hangUp()
      await sleep(500)
      return who
    }
    assert.equal(await rings('620'), 'ann')
    await codes('*21')
    assert.equal(await rings('620'), 'bob', 'closed by the code')
    assert.match(x.command('override', '--as', 'ann'), /office\s+closed\s+by hand until/)
    await x.kill('switch')
    await sleep(2500)
    assert.equal(await rings('620'), 'bob', 'the next switch knows it')
    assert.match(x.command('override', 'office', 'calendar', '--as', 'ann'), /office\s+open\s+by the calendar/)
    assert.equal(await rings('620'), 'ann')
    assert.match(x.command('override', 'office', 'closed', '--until', '2h', '--as', 'ann'), /office\s+closed\s+by hand until/)
    assert.equal(await rings('620'), 'bob')
    x.command('override', 'office', 'calendar', '--as', 'ann')

    await codes('*72202')
    assert.equal(await rings('201'), 'bob', 'forwarded by the code')
    assert.match(x.command('forward', 'ann', '--as', 'ann'), /always\s+to 202/)
    x.command('forward', 'ann', 'always', 'off', '--as', 'ann')
    assert.equal(await rings('201'), 'ann')
    const api = await OfficeApi.signIn(x)
    const put = await api.raw('PUT', '/api/people/ann/forwards/always', { to: '202' })
    assert.equal(put.status, 200, await put.text())
    assert.equal(await rings('201'), 'bob', 'forwarded over HTTP')
    const audit = await api.get<{ entries: { who: string; action: string; object: string; address: string }[] }>('/api/audit?limit=100')
    assert.ok(audit.entries.some(e => e.action === 'override.set' && e.object === 'hours:office' && e.address === 'this machine'))
    const refused = await api.raw('PUT', '/api/people/ann/forwards/always', { to: '+77015550101' })
    assert.equal(refused.status, 403, await refused.text())
  } finally {
    await room.close()
    await x.stop()
  }
})
