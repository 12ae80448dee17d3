/** Telephones make themselves known; strangers do not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { header } from '../../../src/wire/sip/message.ts'
import { EXCHANGE, RAIN, World } from './world.ts'

test('SEC-01 a telephone registers with digest, refreshes, and unregisters', () => {
  const w = new World()
  const dana = w.phone('202')
  const statuses: number[] = []
  const granted: string[] = []
  const note = (r: Parameters<NonNullable<Parameters<typeof dana.register>[1]>>[0]): void => {
    statuses.push(r.status)
    granted.push(header(r, 'Contact') ?? '')
  }
  dana.register(600, note)
  w.run(1000)
  w.shows(
    `
    202 -> exchange: REGISTER (1)
    exchange -> 202: 401 REGISTER
    202 -> exchange: REGISTER (2)
    exchange -> 202: 200 REGISTER`,
    null,
  )
  assert.equal(w.core.registrar.size, 1)
  assert.match(granted[0]!, /expires=600/)
  w.run(500_000)
  dana.register(600, note)
  w.run(500_000)
  assert.equal(w.core.registrar.isRegistered('202', w.nowMs), true)
  dana.register(0, note)
  w.run(1000)
  assert.equal(w.core.registrar.isRegistered('202', w.nowMs), false)
  assert.deepEqual(statuses, [200, 200, 200])
  assert.deepEqual(w.log.bindings(), [])
  w.end()
})

test('a registration that is not refreshed runs out, and calls find nobody', () => {
  const w = new World()
  const dana = w.phone('202')
  const aida = w.phone('201')
  dana.register(3600)
  aida.register(120)
  w.run(119_000)
  assert.equal(w.core.registrar.isRegistered('201', w.nowMs), true)
  w.run(3000)
  assert.equal(w.core.registrar.isRegistered('201', w.nowMs), false)
  assert.equal(w.log.bindings().length, 1)
  const call = dana.dial('201')
  w.run(2000)
  assert.equal(aida.calls.length, 0)
  dana.hangUp(call)
  w.end()
})

test('registrations shorter than the least are refused with 423 and the least', () => {
  const w = new World()
  let least = ''
  w.phone('202').register(5, r => {
    assert.equal(r.status, 423)
    least = header(r, 'Min-Expires') ?? ''
  })
  w.run(1000)
  assert.equal(least, '60')
  w.end()
})

test('on a bad network everyone registers all the same', () => {
  const w = new World({ weather: RAIN, seed: 3 })
  for (const account of w.plan.accounts.keys()) w.phone(account).register()
  w.run(40_000)
  for (const account of w.plan.accounts.keys()) assert.equal(w.core.registrar.isRegistered(account, w.nowMs), true, account)
  w.end()
})

test('SEC-01 a wrong password and an unknown name are told the same, and learn nothing', () => {
  const w = new World()
  const answers = ['202', '298'].map(name => {
    const phone = w.phone(name, { is: 'rings' }, { password: 'wrong', key: `${name}-wrong` })
    const heard: string[] = []
    phone.register(600, r => heard.push(`${r.status} ${r.reason} ${r.headers.map(h => h.name).join()}`))
    w.run(1000)
    return heard
  })
  assert.deepEqual(answers[0], answers[1])
  assert.match(answers[0]![0]!, /^401/)
  assert.equal(w.core.registrar.size, 0)
  w.end()
})

test('SEC-01 guessing passwords ends in silence', () => {
  const w = new World()
  const thief = w.phone('202', { is: 'rings' }, { password: 'wrong', key: 'thief' })
  const heard: number[] = []
  for (let i = 0; i < 20; i++) {
    thief.register(600, r => heard.push(r.status))
    w.run(500)
  }
  const answered = heard.filter(s => s === 401).length
  assert.ok(answered > 5 && answered < 15, `${answered} answers`)
  w.clear()
  thief.register(600)
  w.run(20_000)
  assert.ok(w.network.sent.length > 0 && w.network.sent.every(p => p.from !== EXCHANGE), 'silence')
  assert.match(w.alarms.splice(0).join(), /banned/)
  w.end()
})

test('SEC-01 a scanner hears nothing at all', () => {
  const w = World.office()
  const io = w.network.join('198.51.100.99', () => assert.fail('an answer'))
  const probe = (method: string, agent: string): Uint8Array =>
    new TextEncoder().encode(
      [
        `${method} sip:100@${EXCHANGE} SIP/2.0`,
        'Via: SIP/2.0/UDP 198.51.100.99:5060;branch=z9hG4bK1;rport',
        'Max-Forwards: 70',
        'From: "sipvicious"<sip:100@1.1.1.1>;tag=1',
        `To: <sip:100@${EXCHANGE}>`,
        `Call-ID: ${method}`,
        `CSeq: 1 ${method}`,
        'Contact: <sip:100@198.51.100.99>',
        `User-Agent: ${agent}`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    )
  for (const method of ['OPTIONS', 'REGISTER', 'INVITE'])
    io.send({ transport: 'udp', host: EXCHANGE, port: 5060 }, probe(method, 'friendly-scanner'))
  w.run(5000)
  io.send({ transport: 'udp', host: EXCHANGE, port: 5060 }, new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'))
  w.run(5000)
  assert.deepEqual(w.callIds, [])
  assert.match(w.alarms.splice(0).join(), /banned: scanner/)
  w.end()
})
