/**
 * What happened to calls: facts in the past tense, appended to the one log and never changed.
 * The state of a call is the fold of its events (`call-state.ts`); call records, the live board, `why`, the recording index
 * and crash recovery are readers of the same list. JSON; `v` counts the shape of one type of event.
 */
import type { LegMedia } from '../media/leg-media.ts'
import type { LocalMedia, LocalOffer, MediaProfile } from '../media/media-profile.ts'
import type { LegFigures } from '../media/protocol.ts'
import type { Action, Origin, Position, Reason, RecordingDecision, Setting } from '../plan/decision.ts'
import type { InviteFacts, LegSnapshot, ReasonValue } from '../sip/leg.ts'

export interface LoggedEvent {
  /** Position in the log: strictly increasing, no meaning beyond order. */
  readonly seq: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly call: string
  readonly event: CallEvent
}

/** A party as people and reports see it. */
export interface Party {
  /** E.164 with '+', an extension, or '' when withheld. */
  readonly number: string
  readonly name?: string
  /** Person, role, trunk … of the plan, where known. */
  readonly who?: string
}

export type CallOutcome = 'answered' | 'missed' | 'busy' | 'failed' | 'voicemail' | 'service' | 'cancelled'

export type CallEvent =
  | {
      readonly type: 'call.started'
      readonly v: 1
      readonly leg: string
      readonly origin: Origin
      readonly direction: 'in' | 'out' | 'internal'
      readonly from: Party
      readonly to: Party
      readonly dialled: string
      readonly revision: number
      readonly invite: InviteFacts
      /** The caller's offer, kept so that a restarted switch can still answer. */
      readonly offer: string | null
      /** Our end of the caller's media, and how we describe it. */
      readonly local: LocalMedia
      readonly profile: MediaProfile
      /** The media process that carries the call. */
      readonly node: string
    }
  /** The plan's decision: the step taken and why. */
  | {
      readonly type: 'call.decided'
      readonly v: 1
      readonly position: Position
      readonly action: Action
      readonly reasons: readonly Reason[]
    }
  /** An outgoing leg was begun. Durable before its INVITE leaves. */
  | {
      readonly type: 'leg.started'
      readonly v: 1
      readonly leg: string
      readonly party: Party
      readonly account: string | null
      readonly trunk: string | null
      readonly contact: string
      readonly offer: LocalOffer
      /** The outgoing rule by which it leaves. */
      readonly rule?: number
    }
  | { readonly type: 'leg.ringing'; readonly v: 1; readonly leg: string; readonly status: number; readonly early: boolean }
  /** 2xx from the called side. Durable before our ACK and before the caller hears of it. */
  | { readonly type: 'leg.answered'; readonly v: 1; readonly leg: string; readonly snapshot: LegSnapshot; readonly media: LegMedia }
  | {
      readonly type: 'leg.failed'
      readonly v: 1
      readonly leg: string
      readonly status: number
      readonly reason: string
      readonly outcome: 'busy' | 'no-answer' | 'unreachable' | 'rejected' | 'failed' | 'cancelled'
    }
  /** We answered the caller. Durable before our 2xx leaves. */
  | {
      readonly type: 'call.answered'
      readonly v: 1
      readonly leg: string
      /** The SDP of our 2xx: an answer, or an offer when the INVITE had none (then `media` comes with the ACK). */
      readonly answer: string
      readonly media: LegMedia | null
      readonly offered: LocalOffer | null
    }
  | { readonly type: 'leg.snapshot'; readonly v: 1; readonly leg: string; readonly snapshot: LegSnapshot }
  /** Two legs talk to each other from now on. */
  | { readonly type: 'call.bridged'; readonly v: 1; readonly a: string; readonly b: string }
  /** A leg's media was agreed anew (hold, codec, address). */
  | {
      readonly type: 'media.agreed'
      readonly v: 1
      readonly leg: string
      readonly media: LegMedia
      readonly held: boolean /** The SDP we sent, when it was ours to answer. */
      readonly answer?: string
    }
  /** We made an offer to a leg that is up (or asked for one) and wait for the answer. */
  | { readonly type: 'media.offered'; readonly v: 1; readonly leg: string; readonly offer: LocalOffer }
  /** The party wants somebody else to take its place (REFER): the plan is asked on behalf of the one who stays. */
  | {
      readonly type: 'transfer.asked'
      readonly v: 1
      readonly by: string
      readonly stays: string
      readonly refer: number
      readonly to: string
    }
  | { readonly type: 'transfer.ended'; readonly v: 1; readonly by: string; readonly ok: boolean; readonly status: number }
  /** The announcement that calls are recorded was played to the end (or cut short by hang-up) to this leg. */
  | {
      readonly type: 'announcement.played'
      readonly v: 1
      readonly leg: string
      readonly language: string
      readonly prompts: readonly string[]
      readonly complete: boolean
    }
  /** The caller dialled a code that sets something: from now on it holds (`switch/settings-by-hand.ts`). */
  | { readonly type: 'setting.changed'; readonly v: 1; readonly by: Party; readonly setting: Setting }
  /** A menu's prompts were spoken to their end. */
  | { readonly type: 'menu.heard'; readonly v: 1; readonly leg: string }
  /** What a menu's caller has pressed so far. */
  | { readonly type: 'menu.pressed'; readonly v: 1; readonly leg: string; readonly keys: string }
  | {
      readonly type: 'recording.started'
      readonly v: 1
      readonly recording: string
      readonly path: string
      readonly decision: RecordingDecision | null
      readonly kind: 'call' | 'voicemail'
      readonly box?: string
      /** Who speaks on which channel. */
      readonly left: Party
      readonly right: Party | null
    }
  | { readonly type: 'recording.stopped'; readonly v: 1; readonly recording: string; readonly reason: 'ended' | 'paused' | 'failed' }
  | {
      readonly type: 'recording.gap'
      readonly v: 1
      readonly recording: string
      readonly fromMs: number
      readonly forMs: number
      readonly cause: string
    }
  | {
      readonly type: 'voicemail.left'
      readonly v: 1
      readonly box: string
      readonly recording: string
      readonly durationMs: number
      readonly tell: readonly string[]
    }
  | { readonly type: 'quality.measured'; readonly v: 1; readonly legs: readonly LegFigures[] }
  /** A restarted process took the call over. */
  | { readonly type: 'call.recovered'; readonly v: 1; readonly process: 'switch' | 'media'; readonly awayMs: number }
  | { readonly type: 'leg.ended'; readonly v: 1; readonly leg: string; readonly by: string; readonly why?: ReasonValue }
  | {
      readonly type: 'call.ended'
      readonly v: 1
      readonly outcome: CallOutcome
      readonly by: Party | null
      readonly status: number
      readonly cause: number
      readonly reason: string
    }
