/** Calls as a switch would log them, for tests of everything that reads the log. Times are milliseconds after `startAt`. */
import type { CallEvent, LoggedEvent } from '../call/events.ts'
import type { LegMedia } from '../media/leg-media.ts'
import type { RecordingDecision } from '../plan/decision.ts'

export const AIDA = { number: '201', name: 'Aida Sadykova', who: 'aida' }
export const DANA = { number: '202', name: 'Dana Omarova', who: 'dana' }
export const CALLER = { number: '+77011234567' }

/** A log under construction: positions rise by one from call to call. */
export class SampleLog {
  readonly events: LoggedEvent[] = []

  call(id: string, startAt: number, steps: readonly (readonly [afterMs: number, event: CallEvent])[]): LoggedEvent[] {
    const added = steps.map(([afterMs, event], i) => ({ seq: this.events.length + i + 1, at: startAt + afterMs, call: id, event }))
    this.events.push(...added)
    return added
  }
}

export function started(overrides: Partial<Extract<CallEvent, { type: 'call.started' }>> = {}): CallEvent {
  return {
    type: 'call.started',
    v: 1,
    leg: 'a',
    origin: { kind: 'device', account: '201' },
    direction: 'internal',
    from: AIDA,
    to: DANA,
    dialled: '202',
    revision: 3,
    // What these carry matters to the switch only.
    invite: {} as never,
    local: {} as never,
    profile: {} as never,
    offer: null,
    node: 'media-0',
    ...overrides,
  }
}

export function fromOutside(line: string, from: { number: string } = CALLER): CallEvent {
  return started({
    origin: { kind: 'trunk', trunk: 'telecom-a', number: from.number },
    direction: 'in',
    from,
    to: { number: line },
    dialled: line,
  })
}

export function decidedRing(
  who: string,
  extension: string,
  reasons: Extract<CallEvent, { type: 'call.decided' }>['reasons'] = [],
): CallEvent {
  return {
    type: 'call.decided',
    v: 1,
    position: { revision: 3, at: 'x' },
    action: {
      do: 'ring',
      targets: [{ account: extension, who, extension }],
      order: 'together',
      forMs: 25_000,
      eachMs: 25_000,
      shows: { number: extension },
      recording: null,
      announcement: null,
    },
    reasons,
  }
}

export function decidedVoicemail(box: string): CallEvent {
  return {
    type: 'call.decided',
    v: 1,
    position: { revision: 3, at: 'y' },
    action: { do: 'voicemail', box, language: 'en', greeting: [], maxMs: 120_000, tell: [] },
    reasons: [],
  }
}

export function legStarted(leg: string, party: { number: string; name?: string; who?: string }, trunk: string | null = null): CallEvent {
  return {
    type: 'leg.started',
    v: 1,
    leg,
    party,
    account: trunk === null ? party.number : null,
    trunk,
    contact: 'sip:x',
    offer: {} as never,
  }
}

export function ringing(leg: string): CallEvent {
  return { type: 'leg.ringing', v: 1, leg, status: 180, early: false }
}

export function legAnswered(leg: string): CallEvent {
  return { type: 'leg.answered', v: 1, leg, snapshot: {} as never, media: media(leg) }
}

export function legFailed(
  leg: string,
  outcome: Extract<CallEvent, { type: 'leg.failed' }>['outcome'],
  status: number,
  reason: string,
): CallEvent {
  return { type: 'leg.failed', v: 1, leg, status, reason, outcome }
}

export function answered(leg = 'a'): CallEvent {
  return { type: 'call.answered', v: 1, leg, answer: '', media: media(leg), offered: null }
}

export function bridged(a: string, b: string): CallEvent {
  return { type: 'call.bridged', v: 1, a, b }
}

export function held(leg: string, isHeld: boolean): CallEvent {
  return { type: 'media.agreed', v: 1, leg, media: media(leg), held: isHeld }
}

export function recordingStarted(recording: string, more: Partial<Extract<CallEvent, { type: 'recording.started' }>> = {}): CallEvent {
  return {
    type: 'recording.started',
    v: 1,
    recording,
    path: `spool/${recording}.tap`,
    decision: null,
    kind: 'call',
    left: CALLER,
    right: AIDA,
    ...more,
  }
}

export function recordingStopped(recording: string, reason: 'ended' | 'paused' | 'failed' = 'ended'): CallEvent {
  return { type: 'recording.stopped', v: 1, recording, reason }
}

export function legEnded(leg: string, by = 'peer'): CallEvent {
  return { type: 'leg.ended', v: 1, leg, by }
}

export function ended(
  outcome: Extract<CallEvent, { type: 'call.ended' }>['outcome'],
  by: { number: string } | null = null,
  status = 200,
): CallEvent {
  return { type: 'call.ended', v: 1, outcome, by, status, cause: 16, reason: status === 200 ? '' : 'Busy Here' }
}

export const RECORDED: RecordingDecision = {
  rule: 'calls-in-queue-support',
  purpose: 'service quality',
  keepDays: 180,
  heardBy: ['lead-support'],
}

/** An outside call: the line rings Aida, who answers after 8 s and talks for 60 s, recorded; `withRecording` names the recording. */
export function answeredCall(line: string, recording: string | null): (readonly [number, CallEvent])[] {
  return [
    [0, fromOutside(line)],
    [2, decidedRing('aida', '201')],
    [3, legStarted('b', AIDA)],
    [150, ringing('b')],
    [8000, legAnswered('b')],
    [8001, answered()],
    [8002, bridged('a', 'b')],
    ...(recording === null ? [] : ([[8003, recordingStarted(recording, { decision: RECORDED })]] as const)),
    [68_002, legEnded('a')],
    [68_003, legEnded('b', 'us')],
    ...(recording === null ? [] : ([[68_004, recordingStopped(recording)]] as const)),
    [68_010, ended('answered', CALLER)],
  ]
}

function media(leg: string): LegMedia {
  return {
    leg,
    local: { address: '127.0.0.1', port: 20_000 },
    remote: null,
    rtcpMux: false,
    direction: 'sendrecv',
    codec: { name: 'PCMA', sendType: 8, receiveType: 8, clockHz: 8000, channels: 1, ptimeMs: 20 },
    dtmf: null,
    comfortNoiseType: null,
    srtp: { kind: 'none' },
    ice: null,
    latch: true,
    inBandDtmf: false,
  }
}
