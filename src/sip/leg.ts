/**
 * A leg is one INVITE usage of one or more dialogs (RFC 3261 §12–15, RFC 5057): one party of a call as SIP sees it.
 * The call layer speaks to legs in `LegCommand`s and hears `LegNotice`s; everything that is only SIP's business
 * (transactions, CSeq, tags, 2xx retransmission, ACK, PRACK, 491 glare, session refresh, CANCEL races, forked dialogs)
 * stays inside. All of it is plain data so that a leg can be logged and restored.
 */
import type { HeaderField } from '../wire/sip/message.ts'
import type { Flow, Hop } from './flow.ts'

/** Unique among all legs of all time, e.g. `c1f3…-a`. The call layer chooses it for outgoing legs. */
export type LegId = string

export interface NameAddr {
  readonly display?: string
  readonly uri: string
}

/** What an incoming INVITE said, already verified for syntax. Numbers in it are as sent: `plan/` normalises. */
export interface InviteFacts {
  readonly callId: string
  readonly from: NameAddr
  readonly to: NameAddr
  readonly requestUri: string
  /** User part of the request URI, unescaped. */
  readonly dialled: string
  readonly flow: Flow
  /** P-Asserted-Identity values; the caller decides whether to trust them (RFC 3325 §5). */
  readonly asserted: readonly NameAddr[]
  /** Privacy header tokens (RFC 3323). */
  readonly privacy: readonly string[]
  readonly diversion: readonly NameAddr[]
  readonly userAgent?: string
  readonly supported: readonly string[]
  readonly replaces?: { readonly callId: string; readonly toTag: string; readonly fromTag: string; readonly earlyOnly: boolean }
  readonly maxForwards: number
  /** X-… and other headers that the call layer may want (Alert-Info, Call-Info, Reason, Subject). */
  readonly extra: readonly HeaderField[]
}

export interface ReasonValue {
  readonly protocol: 'SIP' | 'Q.850' | string
  readonly cause: number
  readonly text?: string
}

export type LegCommand =
  // outgoing leg
  | {
      readonly do: 'invite'
      readonly requestUri: string
      readonly from: NameAddr
      readonly to: NameAddr
      /** Resolved hops in order; the SIP layer fails over on 503/transport error/timeout (RFC 3263 §4.3). */
      readonly hops: readonly Hop[]
      readonly routes?: readonly string[]
      /** Absent: INVITE without offer. */
      readonly sdp?: string
      readonly headers?: readonly HeaderField[]
      readonly credentials?: Credentials
      readonly maxForwards?: number
      readonly sessionTimer?: boolean
      readonly reliableProvisional?: 'supported' | 'required' | 'off'
    }
  // incoming leg
  | {
      readonly do: 'progress'
      readonly status: number
      readonly reason?: string
      readonly sdp?: string
      readonly headers?: readonly HeaderField[]
    }
  | { readonly do: 'accept'; readonly sdp: string; readonly headers?: readonly HeaderField[] }
  | {
      readonly do: 'reject'
      readonly status: number
      readonly reason?: string
      readonly headers?: readonly HeaderField[]
      readonly why?: ReasonValue
    }
  // both
  /** Our answer to an offer that came in a 2xx, a reliable 1xx, a re-INVITE or UPDATE: the leg knows which message carries it. */
  | { readonly do: 'answer'; readonly sdp: string }
  | { readonly do: 'refuse-offer'; readonly status: number }
  /** Renegotiate: re-INVITE when confirmed, UPDATE when early (RFC 3311). `sdp` absent asks the peer for an offer. */
  | { readonly do: 'offer'; readonly sdp?: string; readonly headers?: readonly HeaderField[] }
  /** Tell the peer who it is connected to now (RFC 4916 / UPDATE with P-Asserted-Identity). */
  | { readonly do: 'identify'; readonly who: NameAddr }
  | { readonly do: 'info'; readonly contentType: string; readonly body: string }
  | { readonly do: 'refer-reply'; readonly refer: number; readonly status: number }
  | { readonly do: 'refer-progress'; readonly refer: number; readonly status: number; readonly reason: string; readonly final: boolean }
  | { readonly do: 'send-refer'; readonly to: NameAddr; readonly replaces?: string }
  /** Ends the leg whatever its state: CANCEL, final response or BYE. A leg that already ended ignores it. */
  | { readonly do: 'hang-up'; readonly why?: ReasonValue; readonly status?: number }

export interface Credentials {
  readonly username: string
  readonly password: string
  readonly realm?: string
}

export type LegNotice =
  /** Incoming INVITE. `sdp` absent: the peer wants us to offer (in 2xx or reliable 1xx through `accept`/`progress`). */
  | { readonly is: 'offered'; readonly invite: InviteFacts; readonly sdp?: string }
  /** 1xx on an outgoing leg. `sdp` is an answer (or offer, if we sent none) of early dialog `early`. 100 is not reported. */
  | {
      readonly is: 'progress'
      readonly status: number
      readonly sdp?: string
      readonly early: string
      readonly headers: readonly HeaderField[]
    }
  /** 2xx on an outgoing leg; ACK has been or will be sent by the leg (after `answer` when the 2xx carried an offer). */
  | {
      readonly is: 'answered'
      readonly sdp?: string
      readonly needsAnswer: boolean
      readonly asserted?: NameAddr
      readonly snapshot: LegSnapshot
    }
  /** Final refusal of an outgoing leg (also 408 for time-out, 503 for transport failure, 487 for our own cancel). */
  | {
      readonly is: 'failed'
      readonly status: number
      readonly reason: string
      readonly contacts: readonly string[]
      readonly retryAfterS?: number
      readonly why?: ReasonValue
    }
  /** ACK to our 2xx arrived; `sdp` is the answer when our 2xx offered. */
  | { readonly is: 'confirmed'; readonly sdp?: string; readonly snapshot: LegSnapshot }
  /** The peer renegotiates. Reply with `answer` or `refuse-offer`. No `sdp`: the peer wants our offer (reply with `answer`, the peer's answer comes as `offer-answered`). */
  | { readonly is: 'offer'; readonly sdp?: string }
  | { readonly is: 'offer-answered'; readonly sdp: string; readonly snapshot: LegSnapshot }
  | { readonly is: 'offer-refused'; readonly status: number }
  | { readonly is: 'dtmf'; readonly digit: string; readonly durationMs: number }
  | {
      readonly is: 'refer'
      readonly refer: number
      readonly to: NameAddr
      readonly replaces?: { readonly callId: string; readonly toTag: string; readonly fromTag: string }
      readonly by?: NameAddr
    }
  /** The leg is over. Always the last notice of a leg that was answered or offered. */
  | {
      readonly is: 'ended'
      readonly by: 'peer' | 'us' | 'cancel' | 'no-ack' | 'session-timer' | 'transport' | 'timeout'
      readonly why?: ReasonValue
    }
  /** Dialog state changed in a way recovery needs (target refresh, CSeq, session timer). */
  | { readonly is: 'snapshot'; readonly snapshot: LegSnapshot }

/** Everything needed to go on with a confirmed dialog in a new process. JSON. */
export interface LegSnapshot {
  readonly role: 'uac' | 'uas'
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  readonly localUri: NameAddr
  readonly remoteUri: NameAddr
  readonly remoteTarget: string
  readonly routeSet: readonly string[]
  readonly localSeq: number
  readonly remoteSeq: number
  /** CSeq of the INVITE whose 2xx may still need (re)ACKing or retransmitting. */
  readonly inviteSeq: number
  readonly hop: Hop
  readonly ourContact: string
  /** The peer's Contact cannot be reached: requests go to `hop`. */
  readonly behindNat?: boolean
  readonly session?: { readonly intervalS: number; readonly refresher: 'us' | 'peer' }
  readonly peerAllows: readonly string[]
  readonly peerSupports: readonly string[]
  readonly credentials?: { readonly username: string; readonly secretRef?: string }
  /** 2xx not yet acknowledged: kept so that a restarted UAS goes on retransmitting it. */
  readonly pending2xx?: string
  /**
   * The INVITE had no final response yet. A leg restored from such a snapshot rings on: it can be accepted, rejected, cancelled, and hears
   * its peer's answer, CANCEL or refusal.
   */
  readonly ringing?: {
    /** Start line and the headers that name the transaction, as received (Via completed) or as sent. */
    readonly invite: string
    /** It carried an offer. */
    readonly offers: boolean
    /** Incoming: the flow it came by. */
    readonly flow?: Flow
  }
}
