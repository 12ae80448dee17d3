/**
 * The state of one call: the fold of its events and nothing else. What is not derivable from here does not survive a crash,
 * so nothing that matters may live anywhere else.
 */
import { unreachable } from '../kernel/result.ts'
import type { LegMedia } from '../media/leg-media.ts'
import type { LocalMedia, LocalOffer, MediaProfile } from '../media/media-profile.ts'
import type { Action, Origin, Position, RecordingDecision } from '../plan/decision.ts'
import type { InviteFacts, LegSnapshot } from '../sip/leg.ts'
import type { CallEvent, CallOutcome, Party } from './events.ts'

export interface Leg {
  readonly id: string
  readonly role: 'caller' | 'called'
  /** Its channel in recordings; whoever replaces it by transfer speaks on the same one. */
  readonly side: 'left' | 'right'
  readonly party: Party
  readonly account: string | null
  readonly trunk: string | null
  /** The outgoing rule by which it left, by its index. */
  readonly rule: number | null
  readonly contact: string
  readonly local: LocalMedia
  readonly profile: MediaProfile
  readonly phase: 'calling' | 'ringing' | 'up' | 'over'
  /** The offer that came with a caller's INVITE; null when it wants ours, and for called legs. */
  readonly offer: string | null
  /** The offer that we sent and that waits for its answer. */
  readonly offered: LocalOffer | null
  /** What we answered a caller, kept for a retransmitted or late-offer exchange. */
  readonly answer: string | null
  readonly media: LegMedia | null
  readonly snapshot: LegSnapshot | null
  readonly held: boolean
  /** How many SDPs we have sent it: the o= line's version follows. */
  readonly sdpCount: number
  /** The decision it was begun for. */
  readonly decision: number
  readonly startedAt: number
  /** How it failed, once it has. */
  readonly outcome: LegOutcome | null
  readonly status: number
}

export type LegOutcome = Extract<CallEvent, { type: 'leg.failed' }>['outcome']

export interface Transfer {
  readonly by: string
  readonly refer: number
}

export interface Recording {
  readonly id: string
  readonly path: string
  readonly kind: 'call' | 'voicemail'
  readonly decision: RecordingDecision | null
  readonly running: boolean
  readonly startedAt: number
}

export interface CallState {
  readonly id: string
  readonly startedAt: number
  readonly origin: Origin
  readonly direction: 'in' | 'out' | 'internal'
  readonly from: Party
  readonly to: Party
  readonly dialled: string
  readonly revision: number
  readonly invite: InviteFacts
  readonly node: string
  readonly legs: Readonly<Record<string, Leg>>
  /** The leg on whose behalf the plan runs. */
  readonly caller: string
  /** The leg it talks to. */
  readonly peer: string | null
  readonly action: Action | null
  readonly position: Position | null
  readonly decidedAt: number
  /** How many decisions were taken: names the plays of each. */
  readonly decisions: number
  /** The recording notice was played to the caller. */
  readonly announced: boolean
  /** In a menu: what was pressed, and when that, or the prompts, ended. Null while the prompts are spoken. */
  readonly menu: { readonly keys: string; readonly at: number } | null
  readonly answeredAt: number | null
  readonly bridgedAt: number | null
  readonly recordings: readonly Recording[]
  readonly voicemailLeft: boolean
  readonly transfer: Transfer | null
  readonly ended: CallOutcome | null
  /** Numbers legs: the next leg's suffix. */
  readonly legCount: number
}

export function applyEvent(state: CallState | null, event: CallEvent, at: number, call: string): CallState {
  if (event.type === 'call.started') return started(event, at, call)
  if (state === null) throw new Error(`the log of call ${call} begins with ${event.type} instead of call.started`)
  switch (event.type) {
    case 'call.decided':
      return {
        ...state,
        action: event.action,
        position: event.position,
        decidedAt: at,
        decisions: state.decisions + 1,
        menu: null,
      }
    case 'leg.started':
      return {
        ...putLeg(state, {
          id: event.leg,
          role: 'called',
          side: state.legs[state.caller]!.side === 'left' ? 'right' : 'left',
          party: event.party,
          account: event.account,
          trunk: event.trunk,
          rule: event.rule ?? null,
          contact: event.contact,
          local: event.offer.local,
          profile: event.offer.profile,
          phase: 'calling',
          offer: null,
          offered: event.offer,
          answer: null,
          media: null,
          snapshot: null,
          held: false,
          sdpCount: 1,
          decision: state.decisions,
          startedAt: at,
          outcome: null,
          status: 0,
        }),
        legCount: state.legCount + 1,
      }
    case 'leg.ringing':
      return changeLeg(state, event.leg, { phase: 'ringing' })
    case 'leg.answered':
      return changeLeg(state, event.leg, { phase: 'up', snapshot: event.snapshot, media: event.media, offered: null })
    case 'leg.failed':
      return changeLeg(state, event.leg, { phase: 'over', outcome: event.outcome, status: event.status })
    case 'call.answered':
      return {
        ...changeLeg(state, event.leg, {
          phase: 'up',
          answer: event.answer,
          media: event.media,
          offered: event.offered,
          sdpCount: state.legs[event.leg]!.sdpCount + 1,
        }),
        answeredAt: at,
      }
    case 'leg.snapshot':
      return changeLeg(state, event.leg, { snapshot: event.snapshot })
    case 'call.bridged':
      return { ...state, caller: event.a, peer: event.b, bridgedAt: at }
    case 'media.agreed':
      return changeLeg(state, event.leg, {
        media: event.media,
        held: event.held,
        offered: null,
        ...(event.answer === undefined ? {} : { answer: event.answer, sdpCount: state.legs[event.leg]!.sdpCount + 1 }),
      })
    case 'media.offered':
      return changeLeg(state, event.leg, { offered: event.offer, sdpCount: state.legs[event.leg]!.sdpCount + 1 })
    case 'transfer.asked':
      return { ...state, transfer: { by: event.by, refer: event.refer }, caller: event.stays, peer: null }
    case 'transfer.ended':
      return { ...state, transfer: null, ...(event.ok ? {} : { peer: event.by }) }
    case 'announcement.played':
      return { ...state, announced: true }
    case 'menu.heard':
      return { ...state, menu: { keys: '', at } }
    case 'menu.pressed':
      return { ...state, menu: { keys: event.keys, at } }
    case 'recording.started':
      return {
        ...state,
        recordings: [
          ...state.recordings,
          { id: event.recording, path: event.path, kind: event.kind, decision: event.decision, running: true, startedAt: at },
        ],
      }
    case 'recording.stopped':
      return {
        ...state,
        recordings: state.recordings.map(r => (r.id === event.recording ? { ...r, running: false } : r)),
      }
    case 'voicemail.left':
      return { ...state, voicemailLeft: true }
    case 'leg.ended':
      return changeLeg(state, event.leg, { phase: 'over' })
    case 'call.ended':
      return { ...state, ended: event.outcome }
    case 'setting.changed':
    case 'recording.gap':
    case 'quality.measured':
    case 'call.recovered':
      return state
    default:
      return unreachable(event)
  }
}

function started(event: Extract<CallEvent, { type: 'call.started' }>, at: number, call: string): CallState {
  const caller: Leg = {
    id: event.leg,
    role: 'caller',
    side: 'left',
    party: event.from,
    account: event.origin.kind === 'trunk' ? null : event.origin.account,
    trunk: event.origin.kind === 'trunk' ? event.origin.trunk : null,
    rule: null,
    contact: '',
    local: event.local,
    profile: event.profile,
    phase: 'calling',
    offer: event.offer,
    offered: null,
    answer: null,
    media: null,
    snapshot: null,
    held: false,
    sdpCount: 0,
    decision: 0,
    startedAt: at,
    outcome: null,
    status: 0,
  }
  return {
    id: call,
    startedAt: at,
    origin: event.origin,
    direction: event.direction,
    from: event.from,
    to: event.to,
    dialled: event.dialled,
    revision: event.revision,
    invite: event.invite,
    node: event.node,
    legs: withLeg(null, caller),
    caller: event.leg,
    peer: null,
    action: null,
    position: null,
    decidedAt: at,
    decisions: 0,
    announced: false,
    menu: null,
    answeredAt: null,
    bridgedAt: null,
    recordings: [],
    voicemailLeft: false,
    transfer: null,
    ended: null,
    legCount: 1,
  }
}

function putLeg(state: CallState, leg: Leg): CallState {
  return { ...state, legs: withLeg(state.legs, leg) }
}

/** Without a prototype: the engine keeps such objects as tables, where it would else learn a new shape for every leg's id. */
function withLeg(legs: CallState['legs'] | null, leg: Leg): CallState['legs'] {
  const out: Record<string, Leg> = Object.create(null) as Record<string, Leg>
  for (const id in legs) out[id] = legs[id]!
  out[leg.id] = leg
  return out
}

/** A leg that the log does not know is a broken log: say so rather than invent one. */
function changeLeg(state: CallState, id: string, change: Partial<Leg>): CallState {
  const leg = state.legs[id]
  if (!leg) throw new Error(`call ${state.id}: the log names leg ${id}, which was never started`)
  return putLeg(state, { ...leg, ...change })
}

/** Called legs of the present decision that can still answer. */
export function openCalledLegs(state: CallState): Leg[] {
  const out: Leg[] = []
  for (const id in state.legs) {
    const leg = state.legs[id]!
    if (leg.role === 'called' && (leg.phase === 'calling' || leg.phase === 'ringing')) out.push(leg)
  }
  return out
}
