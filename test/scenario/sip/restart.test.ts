import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegSnapshot } from '../../../src/sip/leg.ts'
import { type FakeNetwork, firstLine } from './fake-network.ts'
import { A, B, IN, meeting, quiet } from './meeting.ts'
import { ANSWER, answering, HELD, HOLD, type Party } from './party.ts'

/** Through JSON, as the log keeps it. */
function logged(snapshot: LegSnapshot): LegSnapshot {
  return JSON.parse(JSON.stringify(snapshot)) as LegSnapshot
}

test('RES-07 the called side dies: the restored leg is hung up by the peer', () => {
  const { net, a, b } = meeting({ react: answering() })
  a.call(B)
  net.run(1000)
  const snapshot = logged(b.lastSnapshot())
  b.restart()
  b.legs.restore('again', snapshot)
  a.command('out', { do: 'hang-up' })
  net.run(1000)
  assert.deepEqual(b.diary.at(-1), { leg: 'again', notice: { is: 'ended', by: 'peer' } })
  quiet(net, a, b)
})

test('RES-07 the called side dies: the restored leg holds, is held and hangs up', () => {
  const { net, a, b } = meeting({ react: answering() }, { react: answering() })
  a.call(B)
  net.run(1000)
  b.command(IN, { do: 'offer', sdp: HOLD })
  net.run(1000)
  const snapshot = logged(b.lastSnapshot())
  b.command(IN, { do: 'info', contentType: 'application/dtmf-relay', body: 'Signal=1\r\n' })
  net.run(1000)
  b.restart()
  b.legs.restore('again', snapshot)
  b.command('again', { do: 'offer', sdp: HOLD })
  net.run(1000)
  a.command('out', { do: 'offer', sdp: HELD })
  net.run(1000)
  b.command('again', { do: 'hang-up' })
  net.run(1000)
  assert.deepEqual(
    b.diary.filter(d => d.leg === 'again' && d.notice.is !== 'snapshot').map(d => d.notice.is),
    ['offer-answered', 'offer', 'ended'],
  )
  assert.equal(a.story.at(-1), 'ended peer')
  // Whatever was sent after the last snapshot, CSeq never goes back.
  const seqs = net.sent
    .filter(p => p.from === B && /^(INVITE|INFO|BYE|UPDATE) /.test(firstLine(p)))
    .map(p => Number(/CSeq: (\d+)/.exec(new TextDecoder().decode(p.bytes))![1]))
  assert.deepEqual(
    seqs,
    [...seqs].sort((x, y) => x - y),
  )
  assert.equal(new Set(seqs).size, seqs.length)
  quiet(net, a, b)
})

test('RES-07 the called side dies between its 200 and the ACK: the new process goes on repeating the 200', () => {
  const { net, a, b } = meeting({ react: answering() })
  net.drop = p => p.from === B && firstLine(p) === 'SIP/2.0 200 OK' && net.elapsedMs < 2000
  a.call(B)
  net.run(1800)
  const snapshot = logged(b.lastSnapshot())
  assert.ok(snapshot.pending2xx?.startsWith('SIP/2.0 200'))
  b.restart()
  b.legs.restore('again', snapshot)
  net.run(5000)
  assert.deepEqual(a.story, ['progress 180', 'answered'])
  assert.equal(a.notices('answered')[0]!.sdp, ANSWER)
  assert.equal(b.diary.at(-1)!.notice.is, 'confirmed')
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
  assert.deepEqual(
    b.notices('ended').map(n => n.by),
    ['peer'],
  )
})

test('RES-07 an INVITE repeated into the new process is no new call', () => {
  const { net, a, b } = meeting({ react: answering() })
  net.drop = p => p.from === B && net.elapsedMs < 1000
  a.call(B)
  net.run(400)
  b.restart()
  b.legs.restore('again', logged(b.lastSnapshot()))
  net.run(5000)
  assert.equal(b.notices('offered').length, 1)
  assert.deepEqual(a.story, ['answered'])
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})

test('RES-07 the calling side dies before its ACK arrives: a repeated 200 is acknowledged by the new process', () => {
  const { net, a, b } = meeting({ react: answering() })
  net.drop = p => firstLine(p).startsWith('ACK') && net.elapsedMs < 300
  a.call(B)
  net.run(300)
  const snapshot = logged(a.lastSnapshot())
  a.restart()
  a.legs.restore('again', snapshot)
  net.run(5000)
  assert.deepEqual(b.story, ['offered', 'confirmed'])
  a.command('again', { do: 'hang-up' })
  net.run(1000)
  assert.equal(b.story.at(-1), 'ended peer')
  quiet(net, a, b)
})

test('RES-07 session timers go on in the new process, both as refresher and as the one refreshed', () => {
  const { net, a, b } = meeting({ react: answering() }, { legConfig: { sessionExpiresS: 100 } })
  a.call(B)
  net.run(1000)
  const ours = logged(a.lastSnapshot())
  const theirs = logged(b.lastSnapshot())
  a.restart()
  b.restart()
  a.legs.restore('a2', ours)
  b.legs.restore('b2', theirs)
  net.run(400_000)
  assert.equal(a.legs.size, 1)
  assert.equal(b.legs.size, 1)
  assert.ok(net.sent.filter(p => firstLine(p).startsWith('UPDATE')).length >= 6)
  a.command('a2', { do: 'hang-up' })
  quiet(net, a, b)
})

test('a snapshot holds no password, and the new process asks for it by name', () => {
  const challenged: string[] = []
  const { net, a, b } = meeting(
    { react: answering() },
    {
      authenticate: (_c, _r, credentials) => {
        challenged.push(credentials.password)
        return [{ name: 'Authorization', value: 'Digest' }]
      },
    },
  )
  a.call(B, { credentials: { username: 'alice', password: 'secret' } })
  net.run(1000)
  const snapshot = logged(a.lastSnapshot())
  assert.ok(!JSON.stringify(snapshot).includes('secret'))
  assert.equal(snapshot.credentials?.username, 'alice')
  a.restart()
  a.legs.restore('again', snapshot)
  const before = b.endpoint
  b.endpoint = { ...before, receive: () => {} } as typeof before
  a.command('again', { do: 'hang-up' })
  const bye = net.sent.findLast(p => firstLine(p).startsWith('BYE'))!
  const text = new TextDecoder().decode(bye.bytes)
  const via = /^Via: (.*)$/m.exec(text)![1]!
  const refusal = `SIP/2.0 401 Unauthorized\r\nVia: ${via.trim()}\r\n${/From: .*\r\nTo: .*\r\nCall-ID: .*\r\nCSeq: .*\r\n/.exec(text)![0]}\r\n`
  a.endpoint.receive(new TextEncoder().encode(refusal), {
    transport: 'udp',
    local: { host: A, port: 5060 },
    remote: { host: B, port: 5060 },
    connection: '',
  })
  assert.deepEqual(challenged, ['restored'])
  b.endpoint = before
  b.command(IN, { do: 'hang-up' })
  quiet(net, a, b)
})

/** Kills a party while its call rings and takes the call up again. */
function ringing(): { net: FakeNetwork; a: Party; b: Party } {
  return meeting({ react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'progress', status: 180 }) })
}

test('RES-07 the called side dies while ringing: the new process accepts, with the same To tag', () => {
  const { net, a, b } = ringing()
  a.call(B)
  net.run(1000)
  const snapshot = logged(b.lastSnapshot())
  b.restart()
  b.legs.restore('again', snapshot)
  net.run(1000)
  b.command('again', { do: 'accept', sdp: ANSWER })
  net.run(1000)
  assert.deepEqual(a.story, ['progress 180', 'answered'])
  assert.equal(a.notices('progress')[0]!.early, a.lastSnapshot().remoteTag)
  assert.equal(b.diary.at(-1)!.notice.is, 'confirmed')
  b.command('again', { do: 'hang-up' })
  quiet(net, a, b)
  assert.equal(a.story.at(-1), 'ended peer')
})

test('RES-07 the called side dies while ringing: the new process hears CANCEL, or refuses', () => {
  for (const cancels of [true, false]) {
    const { net, a, b } = ringing()
    a.call(B)
    net.run(1000)
    b.restart()
    b.legs.restore('again', logged(b.lastSnapshot()))
    if (cancels) a.command('out', { do: 'hang-up' })
    else b.command('again', { do: 'reject', status: 480 })
    net.run(1000)
    assert.equal(a.story.at(-1), cancels ? 'failed 487' : 'failed 480')
    assert.equal(b.story.at(-1), cancels ? 'ended cancel' : 'ended us')
    quiet(net, a, b)
  }
})

test('RES-07 the calling side dies while it rings: the new process hears the answer and goes on', () => {
  const { net, a, b } = ringing()
  a.call(B)
  net.run(1000)
  const snapshot = logged(a.lastSnapshot())
  assert.equal(snapshot.ringing?.offers, true)
  a.restart()
  a.legs.restore('again', snapshot)
  b.command(IN, { do: 'accept', sdp: ANSWER })
  net.run(1000)
  assert.deepEqual(
    a.diary.filter(d => d.leg === 'again').map(d => d.notice.is),
    ['answered'],
  )
  assert.equal(a.notices('answered')[0]!.sdp, ANSWER)
  assert.equal(b.story.at(-1), 'confirmed')
  a.command('again', { do: 'hang-up' })
  quiet(net, a, b)
  assert.equal(b.story.at(-1), 'ended peer')
})

test('RES-07 the calling side dies while it rings: the new process cancels', () => {
  const { net, a, b } = ringing()
  a.call(B)
  net.run(1000)
  a.restart()
  a.legs.restore('again', logged(a.lastSnapshot()))
  a.command('again', { do: 'hang-up' })
  net.run(1000)
  assert.deepEqual(a.diary.at(-1)!.notice.is, 'failed')
  assert.deepEqual(b.story, ['offered', 'ended cancel'])
  quiet(net, a, b)
})

test('RES-07 the called side dies while ringing for a caller whose connection cannot be had again: the leg ends', () => {
  const { net, a, b } = meeting(
    { transport: 'tcp', react: (p, leg, n) => n.is === 'offered' && p.command(leg, { do: 'progress', status: 180 }) },
    { transport: 'tcp' },
  )
  a.call(B)
  net.run(1000)
  b.restart()
  b.legs.restore('again', logged(b.lastSnapshot()))
  net.refuse(A)
  b.command('again', { do: 'progress', status: 180 })
  net.run(1000)
  assert.equal(b.story.at(-1), 'ended transport')
  assert.equal(b.legs.size, 0)
})

test('RES-07 a snapshot of a ringing leg whose INVITE cannot be read leaves nothing behind', () => {
  const { net, a, b } = ringing()
  a.call(B)
  net.run(1000)
  const snapshot = logged(b.lastSnapshot())
  b.restart()
  b.legs.restore('again', { ...snapshot, ringing: { ...snapshot.ringing!, invite: 'nonsense' } })
  assert.equal(b.legs.size, 0)
  a.command('out', { do: 'hang-up' })
  quiet(net, a, b)
})
