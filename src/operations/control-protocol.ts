/**
 * What `office` and the command line ask the switch: JSON lines over DATA/run/switch.sock, one reply per request id,
 * notices unasked after `watch`. The log itself is read from the database file directly; this socket is for what only the
 * running process knows or does.
 */
import type { Setting } from '../plan/decision.ts'

export type ControlRequest =
  | { readonly id: number; readonly ask: 'status' }
  /** Get a `log` notice whenever events were appended. */
  | { readonly id: number; readonly ask: 'watch' }
  | { readonly id: number; readonly ask: 'registrations' }
  | { readonly id: number; readonly ask: 'hang-up'; readonly call: string; readonly by: string }
  /** The plan's revision `revision` lies in the data folder: new calls follow it from now on. Answers `PlanApplied`. */
  | { readonly id: number; readonly ask: 'apply-plan'; readonly revision: number }
  /** What follows from the plan in force for a call to each line at `at`, all being well (`plan/first-steps.ts`). Answers `PlanFollowed`. */
  | { readonly id: number; readonly ask: 'plan-followed'; readonly at: number }
  /** What is set by hand: all hours, and of `person` (null: of nobody). `as`: whose leave counts, null: that of somebody who may all. Answers `ByHand`. */
  | { readonly id: number; readonly ask: 'by-hand'; readonly person: string | null; readonly as: string | null }
  /** Set this. `as` as above. Answers `SettingView`. */
  | { readonly id: number; readonly ask: 'set-by-hand'; readonly setting: Setting; readonly as: string | null }
  /** How many messages wait in every voicemail box, all boxes at once: for message-waiting lamps. */
  | { readonly id: number; readonly ask: 'mailboxes'; readonly boxes: readonly MailboxCount[] }
  /** Accept these SIP credentials for `account` until `expiresAt` (browser softphone of a signed-in person). */
  | {
      readonly id: number
      readonly ask: 'admit'
      readonly account: string
      readonly username: string
      readonly password: string
      readonly expiresAt: number
    }

export interface PlanApplied {
  readonly revision: number
  /** Of telephones, by user name. */
  readonly accounts: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly otherPassword: readonly string[] }
  readonly registrationsEnded: number
  readonly trunks: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] }
  /** Calls that go on by the revision they began with. */
  readonly callsOnOlder: number
}

export interface PlanFollowed {
  readonly revision: number
  readonly accounts: number
  readonly lines: readonly LineStep[]
}

/** Where a call to a line goes first. */
export interface LineStep {
  readonly line: string
  readonly step: string
}

export interface MailboxCount {
  readonly box: string
  readonly fresh: number
  readonly old: number
}

export type ControlReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string }

export type ControlNotice = { readonly notice: 'log'; readonly upTo: number }

export interface SwitchStatus {
  readonly version: string
  readonly startedAt: number
  readonly planRevision: number
  readonly planName: string
  readonly calls: number
  readonly registrations: number
  readonly media: readonly { readonly node: string; readonly connected: boolean }[]
  readonly listening: readonly { readonly transport: string; readonly address: string; readonly port: number }[]
  readonly trunks: readonly { readonly trunk: string; readonly up: boolean; readonly registered: boolean | null; readonly why: string }[]
}

export interface RegistrationView {
  readonly account: string
  readonly contact: string
  readonly transport: string
  readonly userAgent: string
  readonly expiresAt: number
  readonly reachable: boolean
}
