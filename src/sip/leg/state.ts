/** The whole state of a leg, as plain data, and what goes in and out of its machine. */
import type { HeaderField, SipRequest, SipResponse } from '../../wire/sip/message.ts'
import type { Dialog } from '../dialog/dialog.ts'
import type { RespondOptions } from '../endpoint/contract.ts'
import type { Flow, Hop } from '../flow.ts'
import type { Credentials, LegCommand, LegNotice, LegSnapshot, NameAddr, ReasonValue } from '../leg.ts'
import type { SipTimers } from '../transaction/timer-values.ts'
import type { LegConfig } from './contract.ts'

export type Phase =
  /** Nothing happened yet. */
  | 'idle'
  /** UAC: the INVITE is out, no final response. */
  | 'calling'
  /** UAS: the INVITE is in, no final response. */
  | 'incoming'
  /** UAS: 2xx sent, ACK not here yet. */
  | 'accepted'
  /** UAC: a 2xx with an offer came; the ACK waits for our answer. */
  | 'owing'
  | 'up'
  /** Nothing more is told; late messages are still answered. */
  | 'over'

/** An early dialog of an outgoing leg. */
export interface Fork {
  readonly dialog: Dialog
  /** RSeq of the last reliable 1xx, -1 before any. */
  readonly rseq: number
  /** The latest SDP from this fork. */
  readonly sdp: string | null
  /** Offer and answer are complete by way of reliable 1xx and PRACK: the 2xx needs none. */
  readonly agreed: boolean
}

/** What our INVITE says, kept for trying again (422) and for reading its responses. */
export interface OutgoingInvite {
  readonly command: LegCommand & { readonly do: 'invite' }
  readonly callId: string
  readonly localTag: string
  readonly seq: number
  /** Which try: responses of an older one are stale. */
  readonly attempt: number
  readonly sessionExpiresS: number
  readonly minSessionS: number
  readonly cancelled: boolean
  /** It rang too long: the 487 to come is told as 408. */
  readonly expired: boolean
  /** Taken up from another process: CSeq numbers beyond `seq` may be in use (PRACK). */
  readonly resumed: boolean
  /** Remote tags of 2xx that we acknowledged and ended. */
  readonly refusedForks: readonly string[]
}

/** An offer of the peer's that waits for our answer, and the message that will carry it. */
export type Owed =
  | { readonly in: 'invite' }
  | { readonly in: '2xx' }
  | { readonly in: 'reliable-1xx'; readonly remoteTag: string; readonly rseq: number }
  | { readonly in: 'prack'; readonly tx: number }
  | { readonly in: 'update'; readonly tx: number; readonly target: string | undefined; readonly remoteTag: string }
  | { readonly in: 'reinvite'; readonly tx: number; readonly seq: number; readonly target: string | undefined; readonly offerless: boolean }
  | { readonly in: 'reinvite-2xx'; readonly seq: number }

/** A reliable provisional response of ours (RFC 3262). */
export interface Reliable {
  readonly rseq: number
  readonly carriesSdp: boolean
  /** The SDP was an offer: PRACK brings the answer. */
  readonly offers: boolean
  readonly intervalMs: number
}

export interface Unacknowledged {
  readonly seq: number
  readonly initial: boolean
  /** Our 2xx offered: the ACK brings the answer. */
  readonly offers: boolean
  readonly intervalMs: number
}

/** A re-INVITE or UPDATE of ours. */
export interface Renegotiation {
  readonly id: number
  readonly method: 'INVITE' | 'UPDATE'
  readonly why: 'offer' | 'refresh' | 'identify'
  /** Null: the peer shall offer (or no SDP at all, for UPDATE). */
  readonly sdp: string | null
  readonly headers: readonly HeaderField[]
  readonly tries: number
  /** In flight, or resting after 491. */
  readonly resting: boolean
}

export interface WaitingOffer {
  readonly why: 'offer' | 'refresh' | 'identify'
  readonly sdp: string | null
  readonly headers: readonly HeaderField[]
}

export interface Session {
  readonly intervalS: number
  readonly refresher: 'us' | 'peer'
}

export interface ReferSubscription {
  readonly refer: number
  readonly tx: number | null
  readonly seq: number
  /** RFC 4488: no subscription wanted. */
  readonly quiet: boolean
  readonly state: 'asked' | 'active' | 'closed'
}

export interface LegState {
  readonly role: 'uac' | 'uas'
  readonly phase: Phase
  readonly dialog: Dialog | null
  readonly forks: readonly Fork[]
  readonly invite: OutgoingInvite | null
  /** The INVITE server transaction without a final response: the initial one or a re-INVITE. */
  readonly serverInvite: number | null
  readonly serverSeq: number
  /** CSeq of the INVITE that the present session stands on. */
  readonly inviteSeq: number
  readonly owed: Owed | null
  readonly ours: Renegotiation | null
  readonly waiting: WaitingOffer | null
  readonly reliable: Reliable | null
  readonly nextRseq: number
  readonly queued: readonly (LegCommand & { readonly do: 'progress' })[]
  readonly acceptWhenPracked: (LegCommand & { readonly do: 'accept' }) | null
  /** UAS: offer and answer of the INVITE are complete (by reliable 1xx). */
  readonly agreed: boolean
  readonly peerOffered: boolean
  readonly reliableWanted: 'required' | 'supported' | 'off'
  readonly lastProgress: number
  readonly unacknowledged: Unacknowledged | null
  readonly byeWhenAcknowledged: { readonly why: ReasonValue | undefined } | null
  readonly localSdp: string | null
  readonly peerAllows: readonly string[]
  readonly peerSupports: readonly string[]
  readonly session: Session | null
  readonly minSessionS: number
  readonly identity: NameAddr | null
  readonly refers: readonly ReferSubscription[]
  readonly nextId: number
  readonly credentials: Credentials | null
  readonly secretRef: string | undefined
  /** The session as the INVITE asked for it, for the 2xx (RFC 4028 §9). */
  readonly wantedSession: { readonly intervalS: number; readonly refresher: 'uac' | 'uas' | null; readonly peerSupports: boolean } | null
}

export type LegTimer =
  /** Resend of a 2xx, and its end. */
  | '2xx'
  | '2xx-end'
  /** Resend of a reliable 1xx, and its end. */
  | '1xx'
  | '1xx-end'
  | 'keep-ringing'
  | 'ring-end'
  | 'answer-due'
  | 'rest'
  | 'refresh'
  | 'expiry'

/** What a request of ours was for; comes back with its responses. */
export type Purpose =
  | { readonly for: 'invite'; readonly attempt: number }
  | { readonly for: 'renegotiation'; readonly id: number; readonly seq: number }
  | { readonly for: 'prack' }
  | { readonly for: 'bye' }
  | { readonly for: 'info' }
  | { readonly for: 'notify'; readonly refer: number }
  | { readonly for: 'refer' }

export type LegInput =
  | { readonly kind: 'command'; readonly command: LegCommand }
  | { readonly kind: 'incoming'; readonly tx: number; readonly request: SipRequest; readonly flow: Flow; readonly dialog: Dialog }
  | { readonly kind: 'request'; readonly tx: number; readonly request: SipRequest; readonly hop: Hop }
  | { readonly kind: 'ack'; readonly request: SipRequest }
  | { readonly kind: 'cancelled'; readonly tx: number; readonly cancel: SipRequest }
  /** Our response to an INVITE of before a restart cannot be delivered: its connection is gone, and nobody listens at its other end. */
  | { readonly kind: 'unreachable'; readonly tx: number }
  | {
      readonly kind: 'response'
      readonly purpose: Purpose
      readonly response: SipResponse
      readonly hop: Hop
      readonly local: boolean
      readonly contact: string
    }
  /** A 2xx to INVITE without a transaction. */
  | { readonly kind: 'stray'; readonly response: SipResponse; readonly hop: Hop }
  | { readonly kind: 'timer'; readonly timer: LegTimer }
  /** `tx` for an incoming INVITE that still rings. */
  | { readonly kind: 'restore'; readonly snapshot: LegSnapshot; readonly credentials: Credentials | null; readonly tx: number | null }

export type LegEffect =
  | {
      readonly do: 'request'
      readonly purpose: Purpose
      readonly request: SipRequest
      readonly hops: readonly Hop[]
      readonly dialog: Dialog | null
    }
  | { readonly do: 'cancel'; readonly headers: readonly HeaderField[] }
  /** `key` names the ACK for sending it again. */
  | { readonly do: 'ack'; readonly key: string; readonly request: SipRequest; readonly hop: Hop }
  | { readonly do: 'ack-again'; readonly key: string }
  | {
      readonly do: 'respond'
      readonly tx: number
      readonly status: number
      readonly options: RespondOptions
      readonly keep?: '1xx' | '2xx'
    }
  | { readonly do: 'resend'; readonly what: '1xx' | '2xx' }
  /** The kept response is acknowledged: drop its bytes. */
  | { readonly do: 'drop'; readonly what: '1xx' | '2xx' }
  | { readonly do: 'notice'; readonly notice: LegNotice }
  | { readonly do: 'start'; readonly timer: LegTimer; readonly ms: number }
  | { readonly do: 'stop'; readonly timer: LegTimer }

export interface LegOptions {
  readonly timers: SipTimers
  readonly config: LegConfig
  readonly allow: string
  readonly supported: readonly string[]
  /** Random: [0, 1) and `n` bytes in hex. */
  fraction(): number
  hex(n: number): string
  nextHop(dialog: Dialog): Hop
}

export function idleLeg(role: 'uac' | 'uas'): LegState {
  return {
    role,
    phase: 'idle',
    dialog: null,
    forks: [],
    invite: null,
    serverInvite: null,
    serverSeq: -1,
    inviteSeq: 0,
    owed: null,
    ours: null,
    waiting: null,
    reliable: null,
    nextRseq: 0,
    queued: [],
    acceptWhenPracked: null,
    agreed: false,
    peerOffered: false,
    reliableWanted: 'off',
    lastProgress: 0,
    unacknowledged: null,
    byeWhenAcknowledged: null,
    localSdp: null,
    peerAllows: [],
    peerSupports: [],
    session: null,
    minSessionS: 0,
    identity: null,
    refers: [],
    nextId: 1,
    credentials: null,
    secretRef: undefined,
    wantedSession: null,
  }
}
