/**
 * What `switch` tells a media process and hears from it: JSON lines over a local socket.
 * The switch states what a session shall be (`put` is idempotent, the newest wins); the media process makes it so.
 * The switch owns the port numbers, so that a session can be re-created on the same ports after a crash.
 */
import type { CodecName, LegMedia } from './leg-media.ts'

export type MediaCommand =
  | { readonly op: 'put'; readonly session: MediaSession }
  /** Ends the session, closes its recordings, frees its ports; answered by `dropped` with the last figures. */
  | { readonly op: 'drop'; readonly id: string }
  /** Sends RFC 4733 digits (or tones in-band where the leg has no telephone-event) to one leg. */
  | { readonly op: 'send-dtmf'; readonly id: string; readonly leg: string; readonly digits: string }
  | { readonly op: 'figures'; readonly id: string }
  /** After a reconnect: the sessions that shall exist. Anything else is dropped. */
  | { readonly op: 'only'; readonly ids: readonly string[] }

export type MediaNotice =
  | { readonly is: 'ready'; readonly node: string; readonly since: number; readonly sessions: readonly string[] }
  | {
      readonly is: 'dtmf'
      readonly id: string
      readonly leg: string
      readonly digit: string
      readonly durationMs: number
      readonly by: 'rfc4733' | 'in-band'
    }
  /** A play item ended by itself. */
  | { readonly is: 'played'; readonly id: string; readonly leg: string; readonly token: string }
  /** First RTP from the leg's peer (after `put` or after silence). */
  | { readonly is: 'heard'; readonly id: string; readonly leg: string; readonly at: number }
  /** No RTP from a leg that should send, for `forMs`. */
  | { readonly is: 'silent'; readonly id: string; readonly leg: string; readonly forMs: number }
  | { readonly is: 'figures'; readonly id: string; readonly legs: readonly LegFigures[]; readonly final: boolean }
  | { readonly is: 'refused'; readonly id: string; readonly leg?: string; readonly code: string; readonly message: string }
  | {
      readonly is: 'recording'
      readonly id: string
      readonly recording: string
      readonly state: 'started' | 'gap' | 'stopped' | 'failed'
      readonly at: number
      readonly detail?: string
      /** Of a gap that is over: how long nothing was recorded. */
      readonly forMs?: number
    }

export interface MediaSession {
  /** The call's id. */
  readonly id: string
  readonly legs: readonly LegMedia[]
  /** Who hears whom. One source with a shared codec is relayed; otherwise decoded and mixed. */
  readonly paths: readonly { readonly from: string; readonly to: string }[]
  readonly plays: readonly Play[]
  readonly recordings: readonly RecordingTap[]
}

/**
 * Something a leg hears instead of its sources. `token` names it: a put with the same token does not restart it. Several plays of one leg sound one after
 * the other, each when the one before has ended; the sources are heard again when none is left. A play that cannot be found counts as ended, and is told.
 */
export interface Play {
  readonly leg: string
  readonly token: string
  readonly source:
    | { readonly kind: 'prompts'; readonly language: string; readonly names: readonly string[] }
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'tone'; readonly tone: 'ringback' | 'busy' | 'congestion' | 'beep' | 'dial' }
    | { readonly kind: 'music'; readonly name: string }
    /** The leg hears itself. */
    | { readonly kind: 'echo' }
  readonly repeat: boolean
}

export interface RecordingTap {
  readonly id: string
  /** Spool file to append to (`…/spool/ID.tap`), see `media/spool-format.ts`. */
  readonly path: string
  /** Leg ids whose sent audio makes the left and the right channel. */
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly paused: boolean
}

export interface LegFigures {
  readonly leg: string
  readonly codec: CodecName
  readonly packetsIn: number
  readonly packetsOut: number
  readonly bytesIn: number
  readonly lost: number
  readonly discarded: number
  /** RFC 3550 §6.4.1, milliseconds. */
  readonly jitterMs: number
  readonly maxJitterMs: number
  /** Round trip from RTCP; null when not measured. */
  readonly rttMs: number | null
  /** What the far end reports it lost, in [0,1]; null when not reported. */
  readonly farLoss: number | null
  readonly heardAt: number | null
}
