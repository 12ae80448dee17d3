/** The lamp of a telephone: a message left in a box lights it, listening in the console puts it out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestExchange } from './exchange.ts'
import { OfficeApi } from './office-api.ts'
import { officePlan } from './office-plan.ts'
import { PhoneRoom } from './phone-room.ts'
import { needs } from './programs.ts'

const plan = officePlan(`voicemail:
  ann: { number: "610", tell: [ann], keep: 30 days }
trunks:
  t: { host: 127.0.0.9, by-address: true, channels: 2, check-every: 0s }
lines:
  "+77272500000": { to: ann, owner: ann }
outgoing:
  rules: [ { calls: emergency, by: any } ]
access:
  admin: { who: [ann], may: [configure] }
  own: { who: [ann], may: [search, listen], of: person ann }
`).replace('for: groups, purpose: Groups', 'for: voicemail, purpose: Boxes')

test('CALL-03 CALL-02 message-waiting: a voicemail lights the lamp, listening puts it out', needs('baresip'), async () => {
  const x = await TestExchange.start({ plan, port: 30760, rtp: '30800-30899', tag: 'lamps-' })
  const room = new PhoneRoom(x, { sip: 30780, rtp: 30900 })
  try {
    const ann = await room.phone('201', 440, { mailbox: true })
    const bob = await room.phone('202', 700)
    await ann.until(() => /Messages-Waiting: no/i.test(ann.log) || /Voice-Message: 0\/0/.test(ann.log), 'word that nothing waits')
    await bob.dial('610')
    await bob.event('CALL_ESTABLISHED')
    await x.logged(e => e.event.type === 'recording.started', 'the greeting to end', 30_000)
    await sleep(2500)
    await bob.hangUp()
    await ann.until(() => /Voice-Message: 1\/0/.test(ann.log), 'the lamp', 20_000)
    const api = await OfficeApi.signIn(x)
    const list = (await (await api.raw('GET', '/api/voicemail')).json()) as { messages: { recording: string }[] }
    const [message] = list.messages
    assert.ok(message, 'the message is listed')
    for (let i = 0; i < 60; i++) {
      const sound = await api.raw('GET', `/api/recordings/${message.recording}/audio`)
      const said = sound.ok ? '' : await sound.text()
      if (sound.ok) break
      assert.ok(i < 59, `listening: ${sound.status} ${said}`)
      await sleep(250)
    }
    await ann.until(() => /Voice-Message: 0\/1/.test(ann.log), 'the lamp to go out', 15_000)
  } finally {
    await room.close()
    await x.stop()
  }
})
