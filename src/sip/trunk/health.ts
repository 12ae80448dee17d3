/**
 * Is a trunk usable? OPTIONS probes, live calls and the registration all testify; a verdict changes only after several in a row, and
 * a trunk that flaps has to behave well for longer each time (RES-01). Pure: JSON state, inputs, effects, next deadline.
 */
import { unreachable } from '../../kernel/result.ts'

export interface HealthSettings {
  /** Failures in a row that bring it down, successes in a row that bring it back. */
  readonly downAfter: number
  readonly upAfter: number
  readonly everyMs: number
  /** Between probes while in doubt: after a first failure, or while down. */
  readonly doubtMs: number
  /** Falls within this time count as flapping: each doubles `upAfter`, up to 16. */
  readonly flapMs: number
  /** False: no OPTIONS; calls and the registration alone decide. */
  readonly probes: boolean
}

export const HEALTH: HealthSettings = { downAfter: 3, upAfter: 2, everyMs: 30_000, doubtMs: 5000, flapMs: 900_000, probes: true }

export interface HealthState {
  readonly up: boolean
  /** Testimony against the present verdict, in a row. */
  readonly against: number
  readonly probing: boolean
  readonly nextAt: number
  /** Moments of the latest falls. */
  readonly falls: readonly number[]
  readonly registered: boolean
}

export type HealthInput =
  | { readonly is: 'time' }
  /** The probe's outcome: the status, 408 or 503 also when nobody sent it. */
  | { readonly is: 'probed'; readonly status: number }
  /** A call over this trunk: the first response beyond 100, or 408/503 when there was none. */
  | { readonly is: 'call'; readonly status: number }
  | { readonly is: 'registration'; readonly up: boolean }

export type HealthEffect =
  | { readonly do: 'probe' }
  | { readonly do: 'report'; readonly up: boolean; readonly why: 'probe' | 'call' | 'registration' | 'time'; readonly status: number }

export interface HealthStep {
  readonly state: HealthState
  readonly effects: readonly HealthEffect[]
}

/** A trunk is taken to be up until shown otherwise: after a restart calls must not wait for probes. */
export function initialHealth(nowMs: number): HealthState {
  return { up: true, against: 0, probing: false, nextAt: nowMs, falls: [], registered: true }
}

export function stepHealth(state: HealthState, input: HealthInput, settings: HealthSettings, nowMs: number): HealthStep {
  switch (input.is) {
    case 'time':
      if (state.probing || nowMs < state.nextAt) return { state, effects: [] }
      if (!settings.probes) return withoutProbes(state)
      return { state: { ...state, probing: true, nextAt: Number.MAX_SAFE_INTEGER }, effects: [{ do: 'probe' }] }
    case 'probed':
      return testify({ ...state, probing: false }, alive(input.status), 'probe', input.status, settings, nowMs)
    case 'call':
      return testify(state, alive(input.status), 'call', input.status, settings, nowMs)
    case 'registration': {
      const next = { ...state, registered: input.up }
      if (input.up === state.registered) return { state, effects: [] }
      // The provider itself says whether we may use it: no hysteresis, but a probe soon.
      if (!input.up) return state.up ? fall(next, 'registration', 0, settings, nowMs) : { state: next, effects: [] }
      return { state: again(next, 0, nowMs), effects: [] }
    }
    default:
      return unreachable(input)
  }
}

/** Any answer shows life, except those that say "not now": a busy callee or an unknown number is the callee's, not the trunk's. */
function alive(status: number): boolean {
  return status !== 408 && status !== 500 && status !== 502 && status !== 503 && status !== 504
}

function testify(
  state: HealthState,
  good: boolean,
  why: 'probe' | 'call',
  status: number,
  settings: HealthSettings,
  nowMs: number,
): HealthStep {
  if (good === state.up)
    return { state: again({ ...state, against: 0 }, good ? settings.everyMs : doubt(state, settings, nowMs), nowMs), effects: [] }
  const against = state.against + 1
  const needed = state.up ? settings.downAfter : recoveryNeeds(state, settings, nowMs)
  if (against < needed || (!state.up && !state.registered))
    return { state: again({ ...state, against: Math.min(against, needed) }, settings.doubtMs, nowMs), effects: [] }
  if (state.up) return fall(state, why, status, settings, nowMs)
  return { state: again({ ...state, up: true, against: 0 }, settings.everyMs, nowMs), effects: [{ do: 'report', up: true, why, status }] }
}

function fall(
  state: HealthState,
  why: 'probe' | 'call' | 'registration',
  status: number,
  settings: HealthSettings,
  nowMs: number,
): HealthStep {
  const falls = [...state.falls.filter(f => nowMs - f < settings.flapMs), nowMs].slice(-8)
  const fallen = { ...state, up: false, against: 0, falls }
  return { state: again(fallen, doubt(fallen, settings, nowMs), nowMs), effects: [{ do: 'report', up: false, why, status }] }
}

/** Nobody asks a trunk without probes how it is: after a while it gets calls again, and they show. */
function withoutProbes(state: HealthState): HealthStep {
  const next: HealthState = { ...state, nextAt: Number.MAX_SAFE_INTEGER }
  if (state.up || !state.registered) return { state: next, effects: [] }
  return { state: { ...next, up: true, against: 0 }, effects: [{ do: 'report', up: true, why: 'time', status: 0 }] }
}

/** While down: until the next probe; without probes, until it is tried again with calls. */
function doubt(state: HealthState, settings: HealthSettings, nowMs: number): number {
  return settings.probes ? settings.doubtMs : settings.everyMs * recoveryNeeds(state, settings, nowMs)
}

function recoveryNeeds(state: HealthState, settings: HealthSettings, nowMs: number): number {
  const recent = state.falls.filter(f => nowMs - f < settings.flapMs).length
  return Math.min(16, settings.upAfter * 2 ** Math.max(0, recent - 1))
}

function again(state: HealthState, inMs: number, nowMs: number): HealthState {
  return state.probing ? state : { ...state, nextAt: nowMs + inMs }
}
