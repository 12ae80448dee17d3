/**
 * What the index knows of one recording. The first half is a fold of the call's events; `format` and everything after it is
 * filled in when the recording has been finished (spool → file).
 */
import type { LoggedEvent, Party } from '../call/events.ts'
import type { ChannelCheck } from './intelligibility.ts'

/** 'recording' → 'waiting' (call over, to be finished) → 'ready' | 'empty' (nothing was heard) | 'failed'. */
export type RecordingState = 'recording' | 'waiting' | 'ready' | 'empty' | 'failed'

export interface Gap {
  readonly fromMs: number
  readonly forMs: number
  readonly cause: string
}

export interface RecordingEntry {
  readonly id: string
  readonly call: string
  readonly kind: 'call' | 'voicemail'
  readonly spoolPath: string
  readonly startedAt: number
  readonly stoppedAt: number | null
  readonly state: RecordingState
  readonly problem: string | null
  readonly durationMs: number
  readonly left: Party
  readonly right: Party | null
  readonly direction: 'in' | 'out' | 'internal'
  readonly line: string | null
  readonly box: string | null
  readonly people: readonly string[]
  readonly queue: string | null
  readonly group: string | null
  /** Rule and purpose under which it was made (REC-01), until when it is kept, and by which grants it may be heard. */
  readonly rule: string | null
  readonly purpose: string | null
  readonly keepUntilAt: number | null
  readonly heardBy: readonly string[]
  /** The rule keeps only longer ones. */
  readonly onlyIfLongerMs?: number
  readonly gaps: readonly Gap[]
  readonly format: 'opus' | 'wav' | null
  /** Relative to the recordings folder: 'YYYY/MM/DD/ID.opus'. */
  readonly file: string | null
  readonly sizeBytes: number
  readonly encrypted: boolean
  readonly checks: { readonly left: ChannelCheck; readonly right: ChannelCheck | null } | null
}

/** What the call's own fold knows at this moment. */
export interface CallFacts {
  readonly direction: 'in' | 'out' | 'internal'
  readonly line: string | null
  readonly people: readonly string[]
  readonly queue: string | null
  readonly group: string | null
}

const DAY_MS = 86_400_000

/** The recording an event speaks of: its id, all recordings of the call, or none. */
export function concerns(logged: LoggedEvent): { readonly id: string } | { readonly call: string } | null {
  const { event } = logged
  switch (event.type) {
    case 'recording.started':
    case 'recording.stopped':
    case 'recording.gap':
    case 'voicemail.left':
      return { id: event.recording }
    case 'call.ended':
      return { call: logged.call }
    default:
      return null
  }
}

/** Takes an event into account that `concerns` this recording. Finished recordings change no more. */
export function foldRecording(before: RecordingEntry | null, logged: LoggedEvent, call: CallFacts): RecordingEntry | null {
  const { event, at } = logged
  if (before === null) return event.type === 'recording.started' ? begin(logged.call, at, event, call) : null
  if (before.state === 'ready' || before.state === 'empty' || before.state === 'failed') return before
  switch (event.type) {
    case 'recording.started':
      // Goes on after a pause, or the log says it again after a crash.
      return {
        ...before,
        state: before.state === 'waiting' ? 'recording' : before.state,
        stoppedAt: null,
        right: event.right ?? before.right,
      }
    case 'recording.gap':
      return { ...before, gaps: [...before.gaps, { fromMs: event.fromMs, forMs: event.forMs, cause: event.cause }] }
    case 'voicemail.left':
      return { ...before, durationMs: event.durationMs, box: event.box }
    case 'recording.stopped':
      if (event.reason === 'paused') return before
      return stop(
        { ...before, problem: event.reason === 'failed' ? 'the media process could not go on recording' : before.problem },
        at,
        call,
      )
    case 'call.ended':
      return stop(before, at, call)
    default:
      return before
  }
}

function begin(
  call: string,
  at: number,
  event: Extract<LoggedEvent['event'], { type: 'recording.started' }>,
  facts: CallFacts,
): RecordingEntry {
  const { decision } = event
  return {
    id: event.recording,
    call,
    kind: event.kind,
    spoolPath: event.path,
    startedAt: at,
    stoppedAt: null,
    state: 'recording',
    problem: null,
    durationMs: 0,
    left: event.left,
    right: event.right,
    direction: facts.direction,
    line: facts.line,
    box: event.box ?? null,
    people: facts.people,
    queue: facts.queue,
    group: facts.group,
    rule: decision?.rule ?? null,
    purpose: decision?.purpose ?? null,
    keepUntilAt: decision ? at + decision.keepDays * DAY_MS : null,
    heardBy: decision?.heardBy ?? [],
    ...(decision?.onlyIfLongerMs === undefined ? {} : { onlyIfLongerMs: decision.onlyIfLongerMs }),
    gaps: [],
    format: null,
    file: null,
    sizeBytes: 0,
    encrypted: false,
    checks: null,
  }
}

function stop(before: RecordingEntry, at: number, call: CallFacts): RecordingEntry {
  if (before.state !== 'recording') return before
  const durationMs = before.durationMs || at - before.startedAt
  return { ...before, state: 'waiting', stoppedAt: at, durationMs, people: call.people, queue: call.queue, group: call.group }
}
