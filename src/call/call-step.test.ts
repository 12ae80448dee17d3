import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MediaProfile } from '../media/media-profile.ts'
import { makeOffer } from '../media/offer-answer.ts'
import type { Action, Step } from '../plan/decision.ts'
import type { InviteFacts, LegNotice, LegSnapshot } from '../sip/leg.ts'
import { applyEvent, type CallState } from './call-state.ts'
import { type CallInput, type CallStep, startCall, stepCall } from './call-step.ts'
import type { CallEvent } from './events.ts'
import { sessionOf } from './media-session.ts'
import type { CallWorld, Reach } from './world.ts'

const phone: MediaProfile = { kind: 'rtp', codecs: ['PCMA', 'PCMU', 'G722'], dtmf: 'rfc4733' }

function sdp(port: number, codecs: MediaProfile['codecs'] = ['PCMU'], direction: 'sendrecv' | 'sendonly' = 'sendrecv'): string {
  return makeOffer({ leg: 'x', address: '192.0.2.9', port, sessionId: '1', sessionVersion: 1 }, { ...phone, codecs }, { direction }).sdp
}

const snapshot: LegSnapshot = {
  role: 'uac',
  callId: 'x',
  localTag: 'a',
  remoteTag: 'b',
  localUri: { uri: 'sip:a@x' },
  remoteUri: { uri: 'sip:b@x' },
  remoteTarget: 'sip:b@192.0.2.9',
  routeSet: [],
  localSeq: 1,
  remoteSeq: 0,
  inviteSeq: 1,
  hop: { transport: 'udp', host: '192.0.2.9', port: 5060 },
  ourContact: 'sip:us@192.0.2.1',
  peerAllows: [],
  peerSupports: [],
}

const invite: InviteFacts = {
  callId: 'x',
  from: { uri: 'sip:201@x' },
  to: { uri: 'sip:202@x' },
  requestUri: 'sip:202@x',
  dialled: '202',
  flow: { transport: 'udp', local: { host: '192.0.2.1', port: 5060 }, remote: { host: '192.0.2.9', port: 5060 }, connection: '' },
  asserted: [],
  privacy: [],
  diversion: [],
  supported: [],
  maxForwards: 70,
  extra: [],
}

/** A call under a script of decisions; the outside is what the test says. */
function rig(actions: Action[], contacts: Readonly<Record<string, number>> = {}, called: MediaProfile = phone) {
  const script = [...actions]
  let now = 1_000_000
  let port = 10_000
  const outcomes: string[] = []
  const stepOf = (): Step => ({ position: { revision: 1, at: String(script.length) }, action: script.shift() ?? end(480), reasons: [] })
  const reach = (contact: string): Reach => ({
    contact,
    requestUri: `sip:${contact}@192.0.2.9`,
    from: { uri: 'sip:201@us' },
    to: { uri: 'sip:x@us' },
    hops: [{ transport: 'udp', host: '192.0.2.9', port: 5060 }],
    routes: [],
    headers: [],
    profile: called,
    credentials: null,
  })
  const world: CallWorld = {
    get nowMs() {
      return now
    },
    enter: () => stepOf(),
    next: (_position, outcome) => {
      outcomes.push(outcome.was)
      return stepOf()
    },
    reachAccount: account => Array.from({ length: contacts[account] ?? 1 }, (_, i) => reach(`${account}-${i}`)),
    reachTrunk: attempt => reach(attempt.trunk),
    takeMedia: (leg, profile) => ({
      leg,
      address: '192.0.2.1',
      port: (port += 2),
      sessionId: '9',
      sessionVersion: 1,
      ...(profile.kind === 'rtp' ? {} : {}),
    }),
    newRecordingId: () => 'rec-1',
    spoolPath: id => `/spool/${id}`,
  }
  let state!: CallState
  const events: CallEvent[] = []
  let effects: CallStep['effects'] = []
  const take = (step: CallStep): CallStep => {
    state = step.state
    events.push(...step.events)
    effects = step.effects
    return step
  }
  return {
    start: (offer: string | null = sdp(4000)) =>
      take(
        startCall(
          {
            id: 'c',
            leg: 'c-0',
            origin: { kind: 'device', account: '201' },
            from: { number: '201' },
            dialled: '202',
            revision: 1,
            invite,
            offer,
            local: { leg: 'c-0', address: '192.0.2.1', port: 9998, sessionId: '9', sessionVersion: 1 },
            profile: phone,
            node: 'media-0',
          },
          world,
        ),
      ),
    input: (input: CallInput) => take(stepCall(state, input, world)),
    leg: (leg: string, notice: LegNotice) => take(stepCall(state, { in: 'leg', leg, notice }, world)),
    later: (ms: number) => {
      now += ms
    },
    outcomes,
    events,
    world,
    get state() {
      return state
    },
    get effects() {
      return effects
    },
    commands: (leg: string): string[] => effects.flatMap(e => (e.do === 'leg' && e.leg === leg ? [e.command.do] : [])),
    refold: (): CallState => events.reduce<CallState | null>((s, e) => applyEvent(s, e, s === null ? 1_000_000 : now, 'c'), null)!,
  }
}

const end = (status: number): Action => ({ do: 'end', status, cause: 16, language: 'en', prompts: [] })

function ring(accounts: string[], more: Partial<Extract<Action, { do: 'ring' }>> = {}): Action {
  return {
    do: 'ring',
    targets: accounts.map(a => ({ account: a, who: `p${a}`, extension: a })),
    order: 'together',
    forMs: 20_000,
    eachMs: 10_000,
    shows: { number: '201' },
    recording: null,
    announcement: null,
    ...more,
  }
}

function dialOut(trunks: string[]): Action {
  return {
    do: 'dial-out',
    attempts: trunks.map(t => ({ trunk: t, number: '87010000000', e164: '+77010000000', shows: { number: '+77270000000' }, reason: 'x' })),
    nextAfterMs: 4000,
    forMs: 60_000,
    recording: null,
    announcement: null,
    emergency: false,
  }
}

const ringing: LegNotice = { is: 'progress', status: 180, early: 'e1', headers: [] }
const failed = (status: number): LegNotice => ({ is: 'failed', status, reason: '', contacts: [] })
const answered = (port = 5000): LegNotice => ({ is: 'answered', sdp: sdp(port), needsAnswer: false, snapshot })
const hungUp: LegNotice = { is: 'ended', by: 'peer' }

test('CALL-01 extension to extension: rings, answers, is bridged, ends with the record of who hung up', () => {
  const r = rig([ring(['202'])])
  r.start()
  assert.deepEqual(r.commands('c-1'), ['invite'])
  r.leg('c-1', ringing)
  assert.deepEqual(r.commands('c-0'), ['progress'])
  r.leg('c-1', answered())
  assert.deepEqual(r.commands('c-0'), ['accept'])
  assert.equal(sessionOf(r.state)!.paths.length, 2)
  assert.equal(r.state.legs['c-0']!.media!.codec!.name, r.state.legs['c-1']!.media!.codec!.name)
  r.leg('c-1', hungUp)
  assert.deepEqual(r.commands('c-0'), ['hang-up'])
  const last = r.events.at(-1)!
  assert.equal(last.type === 'call.ended' && last.outcome, 'answered')
  assert.deepEqual(r.refold(), r.state)
})

test('the media session is stated before the 2xx leaves', () => {
  const r = rig([ring(['202'])])
  r.start()
  r.leg('c-1', answered())
  const order = r.effects.map(e => (e.do === 'leg' ? e.command.do : e.do))
  assert.ok(order.indexOf('media') < order.indexOf('accept'))
})

test('forking: the first to answer gets the call, the others are told it was completed elsewhere', () => {
  const r = rig([ring(['202', '203'])], { '202': 2 })
  r.start()
  assert.equal(Object.keys(r.state.legs).length, 4)
  r.leg('c-2', answered())
  for (const lost of ['c-1', 'c-3']) {
    const command = r.effects.find(e => e.do === 'leg' && e.leg === lost)
    assert.ok(command?.do === 'leg' && command.command.do === 'hang-up' && command.command.why?.cause === 200)
  }
  r.leg('c-1', answered())
  assert.deepEqual(r.commands('c-1'), ['hang-up'], 'an answer that crosses our CANCEL is ended, not bridged')
  assert.equal(r.state.peer, 'c-2')
})

test('a telephone that refuses plain sound with keys beside it is asked once more, with nothing but encryption', () => {
  const r = rig([ring(['202']), end(480)], {}, { ...phone, kind: 'sdes-optional' })
  r.start()
  assert.match(r.state.legs['c-1']!.offered!.sdp, /m=audio \d+ RTP\/AVP /)
  r.leg('c-1', failed(488))
  assert.deepEqual(r.commands('c-2'), ['invite'])
  assert.match(r.state.legs['c-2']!.offered!.sdp, /m=audio \d+ RTP\/SAVP /)
  r.leg('c-2', failed(488))
  assert.deepEqual(r.outcomes, ['failed'], 'but not a third time')
})

test('IN-03 busy, no answer, unreachable, rejected each reach the plan as what they are', () => {
  for (const [status, was] of [
    [486, 'busy'],
    [480, 'unreachable'],
    [603, 'rejected'],
    [404, 'unreachable'],
    [600, 'busy'],
  ] as const) {
    const r = rig([ring(['202']), end(480)])
    r.start()
    r.leg('c-1', failed(status))
    assert.deepEqual(r.outcomes, [was], `status ${status}`)
  }
  const r = rig([ring(['202']), end(480)])
  r.start()
  r.later(20_000)
  r.input({ in: 'timer', name: 'hunt' })
  assert.deepEqual(r.outcomes, ['no-answer'])
  assert.deepEqual(r.commands('c-1'), ['hang-up'])
})

test('IN-04 one by one: each has its turn, the next is begun when one fails or does not answer', () => {
  const r = rig([ring(['202', '203', '204'], { order: 'one-by-one' })])
  r.start()
  assert.deepEqual(Object.keys(r.state.legs), ['c-0', 'c-1'])
  r.leg('c-1', failed(486))
  assert.deepEqual(r.commands('c-2'), ['invite'])
  r.input({ in: 'timer', name: 'attempt' })
  assert.deepEqual(r.commands('c-3'), ['invite'])
  r.leg('c-3', failed(480))
  assert.deepEqual(r.outcomes, ['busy'])
})

test('OUT-03 the next trunk on trouble or silence, not after the far party has said busy', () => {
  const trouble = rig([dialOut(['a', 'b'])])
  trouble.start()
  trouble.leg('c-1', failed(503))
  assert.equal(trouble.state.legs['c-2']!.trunk, 'b')

  const silence = rig([dialOut(['a', 'b'])])
  silence.start()
  assert.ok(silence.effects.some(e => e.do === 'timer' && e.name === 'attempt' && e.at === 1_004_000))
  silence.input({ in: 'timer', name: 'attempt' })
  assert.equal(silence.state.legs['c-2']!.trunk, 'b')

  const busy = rig([dialOut(['a', 'b']), end(486)])
  busy.start()
  busy.leg('c-1', failed(486))
  assert.deepEqual(busy.outcomes, ['busy'])
  assert.equal(Object.keys(busy.state.legs).length, 2)
})

test('early media of a single called party reaches the caller, and the 200 repeats the same answer', () => {
  const r = rig([dialOut(['a'])])
  r.start()
  r.leg('c-1', { is: 'progress', status: 183, sdp: sdp(5000), early: 'e', headers: [] })
  assert.deepEqual(r.commands('c-0'), ['progress'])
  assert.equal(sessionOf(r.state)!.paths.length, 2)
  const early = r.state.legs['c-0']!.answer
  r.leg('c-1', answered())
  const accept = r.effects.find(e => e.do === 'leg' && e.leg === 'c-0' && e.command.do === 'accept')
  assert.ok(accept?.do === 'leg' && accept.command.do === 'accept' && accept.command.sdp === early)
})

test('an INVITE without offer gets ours in the 200 and its answer with the ACK', () => {
  const r = rig([ring(['202'])])
  r.start(null)
  r.leg('c-1', answered())
  const accept = r.effects.find(e => e.do === 'leg' && e.leg === 'c-0' && e.command.do === 'accept')
  assert.ok(accept?.do === 'leg')
  assert.equal(r.state.legs['c-0']!.media, null)
  r.leg('c-0', { is: 'confirmed', sdp: sdp(4000, ['PCMA']), snapshot })
  assert.equal(r.state.legs['c-0']!.media!.remote!.port, 4000)
})

test('CALL-01 hold both ways: the held party hears music, and speech returns afterwards', () => {
  const r = rig([ring(['202'])])
  r.start()
  r.leg('c-1', answered())
  for (const [holder, held] of [
    ['c-0', 'c-1'],
    ['c-1', 'c-0'],
  ] as const) {
    r.leg(holder, { is: 'offer', sdp: sdp(4000, ['PCMU'], 'sendonly') })
    assert.deepEqual(r.commands(holder), ['answer'])
    const session = sessionOf(r.state)!
    assert.deepEqual(session.paths, [])
    assert.deepEqual(
      session.plays.map(p => [p.leg, p.source.kind]),
      [[held, 'music']],
    )
    r.leg(holder, { is: 'offer', sdp: sdp(4000) })
    assert.equal(sessionOf(r.state)!.paths.length, 2)
  }
})

test('REC-05 the recording notice is played before the first human, then the call is recorded on two channels', () => {
  const recording = { rule: 'support', purpose: 'quality', keepDays: 90, heardBy: ['lead'] }
  const r = rig([ring(['202'], { recording, announcement: { language: 'ru', prompts: ['recording-notice'] } })])
  r.start()
  assert.deepEqual(r.commands('c-0'), ['accept'])
  assert.equal(Object.keys(r.state.legs).length, 1, 'nobody rings before the notice has been heard')
  const play = sessionOf(r.state)!.plays[0]!
  r.input({ in: 'media', notice: { is: 'played', id: 'c', leg: 'c-0', token: play.token } })
  assert.deepEqual(r.commands('c-1'), ['invite'])
  r.leg('c-1', answered())
  const tap = sessionOf(r.state)!.recordings[0]!
  assert.deepEqual([tap.left, tap.right], [['c-0'], ['c-1']])
  r.leg('c-0', hungUp)
  assert.ok(r.events.some(e => e.type === 'recording.stopped'))
})

test('REC-05 an outside party hears the recording notice after it answers and before it is connected', () => {
  const recording = { rule: 'sales', purpose: 'agreements', keepDays: 90, heardBy: ['lead'] }
  const out = {
    ...(dialOut(['a']) as Extract<Action, { do: 'dial-out' }>),
    recording,
    announcement: { language: 'ru', prompts: ['recording-notice'] },
  }
  const r = rig([out])
  r.start()
  assert.deepEqual(r.commands('c-1'), ['invite'])
  r.leg('c-1', answered())
  assert.deepEqual(r.commands('c-0'), [], 'the caller waits')
  const play = sessionOf(r.state)!.plays.find(p => p.leg === 'c-1')!
  r.input({ in: 'media', notice: { is: 'played', id: 'c', leg: 'c-1', token: play.token } })
  assert.deepEqual(r.commands('c-0'), ['accept'])
  assert.equal(r.state.peer, 'c-1')
  assert.equal(sessionOf(r.state)!.recordings.length, 1)
})

test('CALL-02 voicemail: greeting and tone, then one channel is recorded until hang-up', () => {
  const r = rig([{ do: 'voicemail', box: 'sales', language: 'en', greeting: ['voicemail-greeting'], maxMs: 60_000, tell: ['marat'] }])
  r.start()
  const play = sessionOf(r.state)!.plays[0]!
  assert.deepEqual(play.source, { kind: 'prompts', language: 'en', names: ['voicemail-greeting', 'beep'] })
  r.input({ in: 'media', notice: { is: 'played', id: 'c', leg: 'c-0', token: play.token } })
  assert.deepEqual(
    sessionOf(r.state)!.recordings.map(t => [t.left, t.right]),
    [[['c-0'], []]],
  )
  r.later(7000)
  r.leg('c-0', hungUp)
  const left = r.events.find(e => e.type === 'voicemail.left')
  assert.ok(left?.type === 'voicemail.left' && left.durationMs === 7000)
  const last = r.events.at(-1)!
  assert.equal(last.type === 'call.ended' && last.outcome, 'voicemail')
})

test('the caller who gives up cancels everybody and the record says so', () => {
  const r = rig([ring(['202', '203'])])
  r.start()
  r.leg('c-1', ringing)
  r.leg('c-0', { is: 'ended', by: 'cancel' })
  assert.deepEqual(r.commands('c-1'), ['hang-up'])
  assert.deepEqual(r.commands('c-2'), ['hang-up'])
  const last = r.events.at(-1)!
  assert.equal(last.type === 'call.ended' && last.outcome, 'cancelled')
})

test('CALL-01 blind transfer: the plan is asked for the one who stays; failure gives the call back', () => {
  const good = rig([ring(['202']), ring(['203'])])
  good.start()
  good.leg('c-1', answered())
  good.leg('c-1', { is: 'refer', refer: 7, to: { uri: 'sip:203@us' } })
  assert.deepEqual(good.commands('c-1'), ['refer-reply'])
  assert.deepEqual(good.commands('c-2'), ['invite'])
  good.leg('c-2', answered(6000))
  assert.deepEqual(good.commands('c-1'), ['refer-progress', 'hang-up'])
  assert.deepEqual([good.state.caller, good.state.peer], ['c-0', 'c-2'])
  assert.equal(good.state.ended, null)

  const bad = rig([ring(['202']), ring(['203']), end(486)])
  bad.start()
  bad.leg('c-1', answered())
  bad.leg('c-1', { is: 'refer', refer: 7, to: { uri: 'sip:203@us' } })
  bad.leg('c-2', failed(486))
  assert.deepEqual(bad.commands('c-1'), ['refer-progress'])
  assert.deepEqual([bad.state.caller, bad.state.peer], ['c-0', 'c-1'])
})

test('RES-07 at every point of a call the folded state goes on as the original would', () => {
  const script = (): ReturnType<typeof rig> => rig([ring(['202'])])
  const inputs: ((r: ReturnType<typeof rig>) => void)[] = [
    r => {
      r.start()
      r.leg('c-0', { is: 'snapshot', snapshot })
      r.leg('c-1', { is: 'snapshot', snapshot })
    },
    r => r.leg('c-1', ringing),
    r => r.leg('c-1', answered()),
    r => r.leg('c-0', { is: 'confirmed', snapshot }),
    r => r.leg('c-0', { is: 'offer', sdp: sdp(4000, ['PCMU'], 'sendonly') }),
  ]
  for (let cut = 1; cut <= inputs.length; cut++) {
    const r = script()
    for (const input of inputs.slice(0, cut)) input(r)
    const folded = r.refold()
    assert.deepEqual(folded, r.state, `after input ${cut}`)
    const step = stepCall(folded, { in: 'recovered', process: 'switch', awayMs: 400 }, r.world)
    assert.equal(step.state.ended, null)
    if (cut >= 3) assert.ok(step.effects.some(e => e.do === 'media'))
    else assert.ok(step.effects.some(e => e.do === 'timer' && e.name === 'hunt'))
  }
})

test('a leg that was begun but never logged as sent is given up by the next switch, and the plan goes on', () => {
  const r = rig([ring(['202']), end(480)])
  r.start()
  r.leg('c-0', { is: 'snapshot', snapshot })
  r.input({ in: 'recovered', process: 'switch', awayMs: 400 })
  assert.deepEqual(r.outcomes, ['unreachable'])
})

test('no sequence of notices wedges a call: hanging up always ends it and leaves no leg open', () => {
  const notices: LegNotice[] = [
    ringing,
    answered(),
    failed(486),
    failed(503),
    hungUp,
    { is: 'offer', sdp: sdp(4000, ['PCMU'], 'sendonly') },
    { is: 'offer' },
    { is: 'refer', refer: 1, to: { uri: 'sip:9@x' } },
    { is: 'confirmed', snapshot },
    { is: 'confirmed', sdp: sdp(4000), snapshot },
    { is: 'progress', status: 183, sdp: sdp(4100), early: 'x', headers: [] },
  ]
  const act = fc.oneof(
    fc.record({ leg: fc.integer({ min: 0, max: 5 }), notice: fc.integer({ min: 0, max: notices.length - 1 }) }),
    fc.constantFrom('hunt' as const, 'attempt' as const, 'silence' as const),
    fc.constant('played' as const),
  )
  const actions = fc.array(fc.constantFrom('ring', 'one', 'out', 'say', 'mail', 'end'), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(actions, fc.array(act, { maxLength: 30 }), (names, acts) => {
      const make = (n: string): Action =>
        n === 'ring'
          ? ring(['202', '203'])
          : n === 'one'
            ? ring(['202', '203'], { order: 'one-by-one', announcement: { language: 'en', prompts: ['x'] } })
            : n === 'out'
              ? dialOut(['a', 'b'])
              : n === 'say'
                ? { do: 'announce', language: 'en', prompts: ['x'], answer: true }
                : n === 'mail'
                  ? { do: 'voicemail', box: 'b', language: 'en', greeting: ['x'], maxMs: 9000, tell: [] }
                  : end(480)
      const r = rig(names.map(make))
      r.start()
      for (const a of acts) {
        if (a === 'played') {
          const play = sessionOf(r.state)?.plays[0]
          if (play) r.input({ in: 'media', notice: { is: 'played', id: 'c', leg: play.leg, token: play.token } })
        } else if (typeof a === 'string') r.input({ in: 'timer', name: a })
        else r.leg(`c-${a.leg}`, notices[a.notice]!)
        assert.deepEqual(r.refold(), r.state)
      }
      r.input({ in: 'hang-up', by: 'test' })
      assert.notEqual(r.state.ended, null)
      assert.deepEqual(
        Object.values(r.state.legs).filter(l => l.phase !== 'over'),
        [],
      )
    }),
    { numRuns: 300 },
  )
})
