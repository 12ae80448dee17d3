import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoggedEvent } from '../call/events.ts'
import { type CallProgress, foldCall, foldCalls } from './call-record.ts'
import { callStory, duration } from './call-story.ts'
import { legQuality } from './leg-quality.ts'
import { liveCall } from './live-call.ts'
import {
  AIDA,
  answered,
  answeredCall,
  bridged,
  CALLER,
  DANA,
  decidedRing,
  decidedVoicemail,
  ended,
  fromOutside,
  held,
  legAnswered,
  legEnded,
  legFailed,
  legStarted,
  recordingStarted,
  ringing,
  SampleLog,
  started,
} from './sample-calls.ts'

const START = Date.UTC(2026, 10, 22, 9, 0, 0)

test('CRM-01 an answered call has numbers, times, talk, who answered, line, trunk, outcome and recording', () => {
  const log = new SampleLog()
  log.call('c1', START, answeredCall('+77272500000', 'r1'))
  const { record } = foldCalls(log.events).get('c1')!
  assert.deepEqual(record, {
    id: 'c1',
    direction: 'in',
    from: CALLER,
    to: { number: '+77272500000' },
    dialled: '+77272500000',
    line: '+77272500000',
    startedAt: START,
    answeredAt: START + 8001,
    endedAt: START + 68_010,
    ringMs: 8001,
    talkMs: 60_000,
    answeredBy: AIDA,
    outcome: 'answered',
    trunk: 'telecom-a',
    group: null,
    queue: null,
    endedBy: CALLER,
    status: 200,
    cause: 16,
    reason: '',
    recordings: ['r1'],
    revision: 3,
  })
})

test('CRM-01 a missed call rang until its end and nobody answered', () => {
  const log = new SampleLog()
  const place = { file: 'plan.yaml', line: 7, column: 3, path: 'groups.sales' }
  const group = [{ code: 'rings', text: 'rings Marat for 25 s', values: {}, place }]
  log.call('c1', START, [
    [0, fromOutside('+77272500010')],
    [1, decidedRing('marat', '410', group)],
    [2, legStarted('b', { number: '410', who: 'marat' })],
    [100, ringing('b')],
    [20_000, legFailed('b', 'no-answer', 408, 'Request Timeout')],
    [20_010, ended('missed', null, 480)],
  ])
  const { record, people } = foldCalls(log.events).get('c1')!
  assert.equal(record.outcome, 'missed')
  assert.equal(record.ringMs, 20_010)
  assert.equal(record.talkMs, 0)
  assert.equal(record.answeredBy, null)
  assert.equal(record.group, 'sales')
  assert.deepEqual(people, ['marat', 'account:410'])
})

test('CRM-01 an outgoing call carries the trunk that answered, not the one that failed', () => {
  const log = new SampleLog()
  log.call('c1', START, [
    [0, started({ direction: 'out', to: CALLER, dialled: '87011234567' })],
    [1, legStarted('b', CALLER, 'telecom-a')],
    [500, legFailed('b', 'failed', 503, 'Service Unavailable')],
    [501, legStarted('c', CALLER, 'telecom-b')],
    [4000, legAnswered('c')],
    [4001, answered()],
    [4002, bridged('a', 'c')],
    [9002, legEnded('a')],
    [9003, ended('answered', AIDA)],
  ])
  const { record } = foldCalls(log.events).get('c1')!
  assert.equal(record.trunk, 'telecom-b')
  assert.deepEqual(record.answeredBy, CALLER)
  assert.equal(record.talkMs, 5000)
  assert.equal(record.line, null)
})

test('CRM-04 after a transfer the call still belongs to who answered first, and only time with a person counts as talk', () => {
  const log = new SampleLog()
  log.call('c1', START, [
    [0, fromOutside('+77272500000')],
    [1, legStarted('b', AIDA)],
    [1000, legAnswered('b')],
    [1000, answered()],
    [1000, bridged('a', 'b')],
    [11_000, legEnded('b')],
    [11_001, legStarted('c', DANA)],
    [15_000, legAnswered('c')],
    [15_000, bridged('a', 'c')],
    [20_000, legEnded('a')],
    [20_001, ended('answered', CALLER)],
  ])
  const { record } = foldCalls(log.events).get('c1')!
  assert.deepEqual(record.answeredBy, AIDA)
  assert.equal(record.talkMs, 10_000 + 5000)
})

test('the fold goes on from its own JSON at every point, and repeated events change nothing', () => {
  const log = new SampleLog()
  log.call('c1', START, answeredCall('+77272500000', 'r1'))
  const whole = foldCalls(log.events).get('c1')
  for (let cut = 1; cut < log.events.length; cut++) {
    let progress = log.events.slice(0, cut).reduce<CallProgress | null>(foldCall, null)
    progress = JSON.parse(JSON.stringify(progress)) as CallProgress
    const again: LoggedEvent[] = [...log.events.slice(0, cut), ...log.events.slice(cut)]
    assert.deepEqual(again.reduce<CallProgress | null>(foldCall, progress), whole, `cut at ${cut}`)
  }
})

test('events of a call whose start is missing, and of later versions, do no harm', () => {
  assert.equal(foldCall(null, { seq: 5, at: START, call: 'x', event: ringing('b') }), null)
  const log = new SampleLog()
  log.call('c1', START, [
    [0, started()],
    [1, { type: 'call.sang', v: 9 } as never],
    [2, legEnded('nobody')],
  ])
  assert.equal(foldCalls(log.events).get('c1')?.record.outcome, null)
  assert.equal(callStory(log.events).length, 2)
})

test('the live board follows: deciding, ringing, talking, on hold, talking, ending', () => {
  const log = new SampleLog()
  log.call('c1', START, [
    [0, started()],
    [1, decidedRing('dana', '202')],
    [2, legStarted('b', DANA)],
    [900, legAnswered('b')],
    [901, answered()],
    [902, bridged('a', 'b')],
    [903, recordingStarted('r1')],
    [2000, held('b', true)],
    [3000, held('b', false)],
    [4000, legEnded('b')],
    [4001, ended('answered')],
  ])
  const states: string[] = []
  let progress: CallProgress | null = null
  for (const logged of log.events) {
    progress = foldCall(progress, logged)
    const live = liveCall(progress!)
    states.push(
      `${live.state}${live.ringing.length > 0 ? ` ringing ${live.ringing[0]!.number}` : ''}${live.with ? ` with ${live.with.number}` : ''}${live.recording ? ' recorded' : ''}`,
    )
  }
  assert.deepEqual(states, [
    'deciding',
    'ringing',
    'ringing ringing 202',
    'ringing',
    'ringing',
    'talking with 202',
    'talking with 202 recorded',
    'held with 202 recorded',
    'talking with 202 recorded',
    'ending recorded',
    'ending',
  ])
})

test('IN-10 the story tells in words who was rung, why, with the place in the plan, and how it ended', () => {
  const log = new SampleLog()
  const place = { file: 'clinic.yaml', line: 42, column: 3, path: 'groups.sales.on-no-answer' }
  log.call('c1', START, [
    [0, fromOutside('+77272500010')],
    [
      1,
      decidedRing('marat', '410', [{ code: 'line-to', text: 'line +77272500010 goes to group sales', values: { group: 'sales' }, place }]),
    ],
    [2, legStarted('b', { number: '410', name: 'Marat Iskakov', who: 'marat' })],
    [100, ringing('b')],
    [20_000, legFailed('b', 'no-answer', 408, 'Request Timeout')],
    [20_001, decidedVoicemail('sales')],
    [20_010, answered()],
    [20_020, recordingStarted('r1', { kind: 'voicemail', box: 'sales', right: null })],
    [32_000, { type: 'voicemail.left', v: 1, box: 'sales', recording: 'r1', durationMs: 11_980, tell: ['marat'] }],
    [32_001, { type: 'call.recovered', v: 1, process: 'media', awayMs: 240 }],
    [32_010, ended('voicemail', CALLER)],
  ])
  const story = callStory(log.events)
  assert.deepEqual(
    story.map(line => `${line.afterMs} ${line.text}`),
    [
      '0 +77011234567 calls +77272500010 from outside by trunk telecom-a; plan revision 3 decides',
      '1 line +77272500010 goes to group sales',
      '1 so: ring marat for 25 s',
      '2 calling Marat Iskakov (410)',
      '100 Marat Iskakov (410) rings',
      '20000 Marat Iskakov (410) does not answer',
      '20001 so: take a message for voicemail box sales',
      '20010 the caller is connected (PCMA)',
      '20020 a message for voicemail box sales is being recorded',
      '32000 a message of 12 s was left in box sales; to be told: marat',
      '32001 the media process was away for 240 ms and took the call over again',
      '32010 the call is over: voicemail, ended by +77011234567',
    ],
  )
  assert.deepEqual(story[1]!.place, place)
  assert.equal(duration(185_000), '3 min 5 s')
})

test('QOS-01 quality is the last figures of each leg; loss is unknown where nothing was expected', () => {
  const figures = {
    codec: 'PCMA',
    packetsOut: 0,
    bytesIn: 0,
    discarded: 0,
    jitterMs: 1,
    maxJitterMs: 2,
    rttMs: null,
    farLoss: null,
    heardAt: null,
  } as const
  const log = new SampleLog()
  log.call('c1', START, [
    [0, started()],
    [1, { type: 'quality.measured', v: 1, legs: [{ ...figures, leg: 'a', packetsIn: 10, lost: 0 }] }],
    [
      2,
      {
        type: 'quality.measured',
        v: 1,
        legs: [
          { ...figures, leg: 'a', packetsIn: 95, lost: 5 },
          { ...figures, leg: 'b', packetsIn: 0, lost: 0 },
        ],
      },
    ],
  ])
  const quality = legQuality(log.events)
  assert.deepEqual(
    quality.map(({ leg, party, lossShare }) => ({ leg, party, lossShare })),
    [
      { leg: 'a', party: AIDA, lossShare: 0.05 },
      { leg: 'b', party: null, lossShare: null },
    ],
  )
})
