/**
 * The browser telephone as a machine: what the person does and what the SIP side reports come in, the next state and the
 * orders for the SIP side go out. No browser, no SIP library: `jssip-phone.ts` carries the orders out, `softphone.ts` owns the clock.
 *
 * Two calls at most (one spoken with, one held or waiting): more than that is a queue's work, not a person's.
 */
import { unreachable } from '../../kernel/result.ts'

export type Registration =
  | { readonly is: 'off' }
  | { readonly is: 'connecting' }
  | { readonly is: 'registered' }
  /** Lost or never got there; tried again by itself. */
  | { readonly is: 'waiting'; readonly trouble: Trouble }
  /** Will not work until the person does something. */
  | { readonly is: 'refused'; readonly trouble: Trouble }
  /** Another tab of this browser has the telephone. */
  | { readonly is: 'elsewhere' }

/** Each has a sentence that says what to do: `phone.trouble.*` in the translations. */
export type Trouble = 'no-connection' | 'no-credentials' | 'not-admitted' | 'no-extension' | 'insecure-page' | 'unsupported-browser'
export type MicrophoneTrouble = 'denied' | 'missing' | 'in-use' | 'failed'

export interface OtherParty {
  readonly number: string
  readonly name: string
}

export type CallPhase = 'dialling' | 'ringing' | 'incoming' | 'answering' | 'up' | 'ending' | 'over'

export type CallEnd =
  | 'ended-here'
  | 'ended-there'
  | 'declined'
  | 'missed'
  | 'answered-elsewhere'
  | 'busy'
  | 'rejected'
  | 'no-answer'
  | 'not-found'
  | 'unavailable'
  | 'microphone'
  | 'connection'
  | 'failed'

export interface PhoneCall {
  readonly id: string
  readonly direction: 'in' | 'out'
  readonly party: OtherParty
  readonly phase: CallPhase
  /** The far end sends its own ringing tone. */
  readonly early: boolean
  readonly held: boolean
  readonly heldThere: boolean
  readonly muted: boolean
  /** Digits sent during the call. */
  readonly digits: string
  readonly startedAt: number
  readonly upAt: number | null
  readonly overAt: number | null
  readonly end: CallEnd | null
}

export interface PhoneState {
  readonly registration: Registration
  readonly calls: readonly PhoneCall[]
  readonly microphone: MicrophoneTrouble | null
}

/** One member of a union for each word, so that a switch over them is checked for completeness. */
type Each<Key extends string, Word extends string, Rest> = Word extends Word ? { readonly [K in Key]: Word } & Rest : never

export type PhoneInput =
  // the person
  | { readonly was: 'switch-on' }
  | { readonly was: 'switch-off' }
  | { readonly was: 'dial'; readonly id: string; readonly party: OtherParty; readonly at: number }
  | Each<'was', 'answer' | 'hang-up' | 'hold' | 'resume' | 'mute' | 'unmute' | 'dismiss', { readonly id: string; readonly at: number }>
  | { readonly was: 'digit'; readonly id: string; readonly digit: string }
  // the SIP side
  | Each<'was', 'connecting' | 'registered' | 'taken-elsewhere', unknown>
  | Each<'was', 'lost' | 'refused', { readonly trouble: Trouble }>
  | { readonly was: 'incoming'; readonly id: string; readonly party: OtherParty; readonly at: number }
  | { readonly was: 'progress'; readonly id: string; readonly early: boolean }
  | { readonly was: 'up'; readonly id: string; readonly at: number }
  | { readonly was: 'identified'; readonly id: string; readonly party: OtherParty }
  | Each<'was', 'held' | 'held-there', { readonly id: string; readonly held: boolean }>
  | { readonly was: 'over'; readonly id: string; readonly end: CallEnd; readonly at: number }
  | { readonly was: 'microphone'; readonly trouble: MicrophoneTrouble | null }

export type PhoneEffect =
  | { readonly do: 'start' }
  | { readonly do: 'stop' }
  | { readonly do: 'dial'; readonly id: string; readonly number: string }
  | Each<'do', 'answer' | 'decline' | 'refuse-busy' | 'hang-up' | 'hold' | 'resume' | 'mute' | 'unmute', { readonly id: string }>
  | { readonly do: 'send-digit'; readonly id: string; readonly digit: string }
  /** Feed `dismiss` after that time. */
  | { readonly do: 'dismiss-later'; readonly id: string; readonly afterMs: number }

export interface PhoneStep {
  readonly state: PhoneState
  readonly effects: readonly PhoneEffect[]
}

export const mostCalls = 2
/** How long the end of a call stays to be read. */
const shownAfterEndMs = 6_000

export const phoneOff: PhoneState = { registration: { is: 'off' }, calls: [], microphone: null }

export function step(state: PhoneState, input: PhoneInput): PhoneStep {
  switch (input.was) {
    case 'switch-on':
      return isOn(state) ? stay(state) : to({ ...state, registration: { is: 'connecting' }, microphone: null }, { do: 'start' })
    case 'switch-off':
      return switchOff(state, { is: 'off' })
    case 'taken-elsewhere':
      return switchOff(state, { is: 'elsewhere' })
    case 'connecting':
    case 'registered':
      return isOn(state) ? to({ ...state, registration: { is: input.was } }) : stay(state)
    case 'lost':
      return isOn(state) ? to({ ...state, registration: { is: 'waiting', trouble: input.trouble } }) : stay(state)
    case 'refused':
      return isOn(state) ? to({ ...state, registration: { is: 'refused', trouble: input.trouble } }) : stay(state)
    case 'microphone':
      return to({ ...state, microphone: input.trouble })
    case 'dial':
      return dial(state, input)
    case 'incoming':
      return incoming(state, input)
    default:
      return onCall(state, input)
  }
}

type CallInput = Exclude<
  PhoneInput,
  {
    was:
      | 'switch-on'
      | 'switch-off'
      | 'taken-elsewhere'
      | 'connecting'
      | 'registered'
      | 'lost'
      | 'refused'
      | 'microphone'
      | 'dial'
      | 'incoming'
  }
>

function dial(state: PhoneState, input: Extract<PhoneInput, { was: 'dial' }>): PhoneStep {
  if (!canDial(state) || input.party.number === '' || state.calls.some(call => call.id === input.id)) return stay(state)
  const quiet = holdOthers(state, input.id)
  const call: PhoneCall = { ...blankCall(input.id, 'out', input.party, input.at), phase: 'dialling' }
  return to({ ...quiet.state, microphone: null, calls: [...withoutOver(quiet.state), call] }, ...quiet.effects, {
    do: 'dial',
    id: input.id,
    number: input.party.number,
  })
}

function incoming(state: PhoneState, input: Extract<PhoneInput, { was: 'incoming' }>): PhoneStep {
  if (state.calls.some(call => call.id === input.id)) return stay(state)
  // The plan decides where a call goes when its target is busy (IN-03): a third one is told so at once.
  if (!isOn(state) || liveCalls(state).length >= mostCalls) return { state, effects: [{ do: 'refuse-busy', id: input.id }] }
  const call: PhoneCall = { ...blankCall(input.id, 'in', input.party, input.at), phase: 'incoming' }
  return to({ ...state, calls: [...withoutOver(state), call] })
}

function onCall(state: PhoneState, input: CallInput): PhoneStep {
  const call = state.calls.find(one => one.id === input.id)
  if (!call) return stay(state)
  if (input.was === 'dismiss') return to({ ...state, calls: call.phase === 'over' ? state.calls.filter(one => one !== call) : state.calls })
  if (call.phase === 'over') return stay(state)
  switch (input.was) {
    case 'answer': {
      if (call.phase !== 'incoming') return stay(state)
      const quiet = holdOthers(state, call.id)
      return to(put({ ...quiet.state, microphone: null }, { ...call, phase: 'answering' }), ...quiet.effects, { do: 'answer', id: call.id })
    }
    case 'hang-up':
      if (call.phase === 'ending') return stay(state)
      if (call.phase === 'incoming') return to(put(state, { ...call, phase: 'ending', end: 'declined' }), { do: 'decline', id: call.id })
      return to(put(state, { ...call, phase: 'ending', end: 'ended-here' }), { do: 'hang-up', id: call.id })
    case 'hold':
      return call.phase === 'up' && !call.held ? to(put(state, { ...call, held: true }), { do: 'hold', id: call.id }) : stay(state)
    case 'resume': {
      if (call.phase !== 'up' || !call.held) return stay(state)
      const quiet = holdOthers(state, call.id)
      return to(put(quiet.state, { ...call, held: false }), ...quiet.effects, { do: 'resume', id: call.id })
    }
    case 'mute':
    case 'unmute': {
      const muted = input.was === 'mute'
      if (call.phase === 'incoming' || call.phase === 'ending' || call.muted === muted) return stay(state)
      return to(put(state, { ...call, muted }), { do: input.was, id: call.id })
    }
    case 'digit':
      if (call.phase !== 'up' || call.held || !/^[\dA-D*#]$/.test(input.digit)) return stay(state)
      return to(put(state, { ...call, digits: (call.digits + input.digit).slice(-40) }), {
        do: 'send-digit',
        id: call.id,
        digit: input.digit,
      })
    case 'progress':
      return call.phase === 'dialling' || call.phase === 'ringing'
        ? to(put(state, { ...call, phase: 'ringing', early: call.early || input.early }))
        : stay(state)
    case 'up':
      return call.phase === 'up' || call.phase === 'ending' ? stay(state) : to(put(state, { ...call, phase: 'up', upAt: input.at }))
    case 'identified':
      return to(put(state, { ...call, party: input.party }))
    case 'held':
      return to(put(state, { ...call, held: input.held }))
    case 'held-there':
      return to(put(state, { ...call, heldThere: input.held }))
    case 'over': {
      const over: PhoneCall = { ...call, phase: 'over', overAt: input.at, end: call.end ?? input.end, held: false, heldThere: false }
      return to(put(state, over), { do: 'dismiss-later', id: call.id, afterMs: shownAfterEndMs })
    }
    default:
      return unreachable(input)
  }
}

// ── what the page asks of a state ─────────────────────────────────────────────────────────────────────────────────────

export function isOn(state: PhoneState): boolean {
  return state.registration.is !== 'off' && state.registration.is !== 'elsewhere'
}

export function liveCalls(state: PhoneState): readonly PhoneCall[] {
  return state.calls.filter(call => call.phase !== 'over')
}

/** A new call can be begun: registered, a place free, and nothing that is just being set up. */
export function canDial(state: PhoneState): boolean {
  const live = liveCalls(state)
  return (
    state.registration.is === 'registered' && live.length < mostCalls && live.every(call => call.phase === 'up' || call.phase === 'ending')
  )
}

/** The call that keys and digits go to: the ringing one first, else the one spoken with, else the newest. */
export function callInHand(state: PhoneState): PhoneCall | null {
  const live = liveCalls(state)
  return live.find(call => call.phase === 'incoming') ?? live.find(call => call.phase === 'up' && !call.held) ?? live.at(-1) ?? null
}

export type Sound = 'ring' | 'call-waiting' | 'ringback' | 'none'

/** What shall be heard now besides voices. */
export function soundOf(state: PhoneState): Sound {
  const live = liveCalls(state)
  if (live.some(call => call.phase === 'incoming'))
    return live.some(call => call.phase === 'up' || call.phase === 'answering') ? 'call-waiting' : 'ring'
  return live.some(call => call.phase === 'ringing' && !call.early) ? 'ringback' : 'none'
}

// ── helpers ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function switchOff(state: PhoneState, registration: Registration): PhoneStep {
  if (!isOn(state)) return to({ ...state, registration })
  const effects = liveCalls(state).map((call): PhoneEffect => ({ do: call.phase === 'incoming' ? 'decline' : 'hang-up', id: call.id }))
  return to({ registration, calls: [], microphone: null }, ...effects, { do: 'stop' })
}

/** One voice at a time: whoever else is spoken with is put on hold. */
function holdOthers(state: PhoneState, id: string): PhoneStep {
  const spoken = state.calls.filter(call => call.id !== id && call.phase === 'up' && !call.held)
  const calls = state.calls.map(call => (spoken.includes(call) ? { ...call, held: true } : call))
  return to({ ...state, calls }, ...spoken.map((call): PhoneEffect => ({ do: 'hold', id: call.id })))
}

function blankCall(id: string, direction: 'in' | 'out', party: OtherParty, startedAt: number): PhoneCall {
  return {
    id,
    direction,
    party,
    phase: 'dialling',
    early: false,
    held: false,
    heldThere: false,
    muted: false,
    digits: '',
    startedAt,
    upAt: null,
    overAt: null,
    end: null,
  }
}

function put(state: PhoneState, call: PhoneCall): PhoneState {
  return { ...state, calls: state.calls.map(one => (one.id === call.id ? call : one)) }
}

function withoutOver(state: PhoneState): readonly PhoneCall[] {
  return state.calls.filter(call => call.phase !== 'over')
}

function to(state: PhoneState, ...effects: readonly PhoneEffect[]): PhoneStep {
  return { state, effects }
}

function stay(state: PhoneState): PhoneStep {
  return { state, effects: [] }
}
