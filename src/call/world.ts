/**
 * What the call machine may know of the world, and what it may take from it. The switch implements it over live state,
 * tests over tables. Everything it hands out (ports, keys, ids) is recorded in events, so a fold never asks again.
 */
import type { LocalMedia, MediaProfile } from '../media/media-profile.ts'
import type { Origin, Outcome, Position, Shown, Step, TrunkAttempt } from '../plan/decision.ts'
import type { Hop } from '../sip/flow.ts'
import type { Credentials, NameAddr } from '../sip/leg.ts'
import type { HeaderField } from '../wire/sip/message.ts'
import type { CallState } from './call-state.ts'

/** One way to reach somebody: a registered contact, or a trunk. */
export interface Reach {
  /** Named in the log: never a number in clear beyond what the plan says. */
  readonly contact: string
  /** Whose it is, as people call them; absent for trunks. */
  readonly name?: string
  readonly requestUri: string
  readonly from: NameAddr
  readonly to: NameAddr
  readonly hops: readonly Hop[]
  readonly routes: readonly string[]
  readonly headers: readonly HeaderField[]
  readonly profile: MediaProfile
  readonly credentials: Credentials | null
}

export interface CallWorld {
  readonly nowMs: number
  /**
   * `legs`: the call's own as they are at this point of the step, so that whoever was just given up does not count as busy;
   * null when the call begins, and its caller counts as in a call already.
   */
  enter(origin: Origin, dialled: string, legs: CallState['legs'] | null): Step
  /** Decides by the revision that the call began with. */
  next(position: Position, outcome: Outcome, legs: CallState['legs']): Step
  /** The account's contacts, best first; empty when none is reachable. */
  reachAccount(account: string, shows: Shown): readonly Reach[]
  /** Null when the trunk cannot be used now. */
  reachTrunk(attempt: TrunkAttempt): Reach | null
  /** A fresh RTP port with keys, `peer` being the host of the leg's signalling; null when none is left. */
  takeMedia(leg: string, profile: MediaProfile, peer: string | null): LocalMedia | null
  /** A fresh id for a recording. */
  newRecordingId(): string
  spoolPath(recording: string): string
}
