/** What the leg layer needs and offers. The vocabulary (`LegCommand`, `LegNotice`, `LegSnapshot`) is `src/sip/leg.ts`. */
import type { Clock, Random } from '../../kernel/clock.ts'
import type { TimerQueue } from '../../kernel/timer-queue.ts'
import type { HeaderField, SipRequest, SipResponse } from '../../wire/sip/message.ts'
import type { Endpoint, ServerTransaction } from '../endpoint/contract.ts'
import type { Hop } from '../flow.ts'
import type { Credentials, LegCommand, LegId, LegNotice, LegSnapshot } from '../leg.ts'

export interface LegsOptions {
  readonly endpoint: Endpoint
  readonly timers: TimerQueue
  readonly clock: Clock
  readonly random: Random
  /** Called synchronously, in order, while a message or command is being handled; may call `command` again. */
  readonly notify: (leg: LegId, notice: LegNotice) => void
  /** A leg is over, and all that it asked of its peer has been answered or given up. */
  readonly heardOut?: (leg: LegId) => void
  /** The Contact URI by which peers on that side reach us, without angle brackets, e.g. `sip:192.0.2.1:5060;transport=tcp`. */
  readonly contactFor: (hop: Hop) => string
  /** Digest: headers for another try, or null to give up. The maths is `sip/digest`. */
  readonly authenticate?: (challenge: SipResponse, request: SipRequest, credentials: Credentials) => readonly HeaderField[] | null
  /** Passwords of legs restored from a snapshot, by `secretRef` or user name. */
  readonly credentialsFor?: (username: string, secretRef: string | undefined) => Credentials | null
  /** Resolves a Route or Contact URI with a host name from a cache; null: use the learned hop (RFC 3263 cannot wait here). */
  readonly resolve?: (uri: string) => Hop | null
  readonly config?: Partial<LegConfig>
}

export interface LegConfig {
  /** Session-Expires we ask for, seconds (RFC 4028 §4). */
  readonly sessionExpiresS: number
  /** The shortest session interval we accept, seconds; never below 90 (RFC 4028 §5). */
  readonly minSessionS: number
  /** When an incoming leg sends 1xx reliably: only when the peer requires it, or also for SDP in 1xx when it supports it. */
  readonly reliableProvisional: 'required' | 'with-sdp'
  /** An outgoing INVITE that only rings is cancelled after this long. */
  readonly maxRingMs: number
  /** Tell snapshots of legs that still ring, so that another process can take them up (one more notice per leg). */
  readonly snapshotRinging: boolean
}

export interface Legs {
  /** A new INVITE outside any dialog, accepted for processing: an `offered` notice follows at once, unless it is refused here (4xx). */
  incoming(transaction: ServerTransaction, leg: LegId): void
  /** For outgoing legs the first command is `invite` under a fresh id. Commands to unknown or ended legs are ignored. */
  command(leg: LegId, command: LegCommand): void
  /**
   * Takes up a leg after a restart: an established one, or one that rings (`snapshot.ringing`). Tells nothing by itself. `unheard`: no response to
   * its INVITE is known, so that it is sent again, with this body.
   */
  restore(leg: LegId, snapshot: LegSnapshot, unheard?: { readonly sdp: string | null }): void
  /** Whether something is still to be heard of this leg: it is not over, or a request of its has no answer (`heardOut` will tell). */
  awaits(leg: LegId): boolean
  /** The present snapshot of a leg with an established dialog. */
  snapshot(leg: LegId): LegSnapshot | null
  /** Legs that are not over. */
  readonly size: number
  /** Legs that are over but still absorb late messages. */
  readonly lingering: number
}
