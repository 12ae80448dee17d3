/**
 * The one decision function's vocabulary. `enter` starts a call, `next` goes on after an outcome; both are pure.
 * A live call, the simulator, the verifier and the documents all use them: there is no second reading of the plan.
 *
 *   enter(plan, facts, origin, dialled) → Step
 *   next(plan, facts, position, outcome) → Step
 *
 * Both are in `decide.ts`. Additions since the first version are optional fields, so that older readers go on working.
 */

/** Where the call came from, as established (never as claimed in From). */
export type Origin =
  /** A registered device of a person or room. */
  | {
      readonly kind: 'device'
      readonly account: string
      /** The secret whose value the caller has just proven to know (a PIN): it opens rules that name it. */
      readonly pin?: string
    }
  /** A trunk, matched by source address or credentials. `number` is the caller as the trunk says, null if withheld. */
  | { readonly kind: 'trunk'; readonly trunk: string; readonly number: string | null; readonly display?: string }
  /** The exchange itself: click-to-call, drills, callbacks; acts with the rights of `account`. */
  | { readonly kind: 'office'; readonly account: string }

/** What the world is like now. Implemented over live state by the switch, over a table by the simulator. */
export interface Facts {
  /** Epoch milliseconds. */
  readonly nowMs: number
  /** Has at least one reachable contact. */
  registered(account: string): boolean
  /** Calls the account is in at the moment (ringing and up). */
  activeCalls(account: string): number
  trunkUp(trunk: string): boolean
  /** Calls up on a trunk, to respect `channels`. */
  trunkCalls(trunk: string): number
  /** For guards against fraud: what has left by outgoing rule `rule` (its index). Absent: guards of amount are not applied. */
  outgoingUse?(rule: number): {
    readonly todayMs: number
    readonly atOnce: number
    /** Calls begun within the last hour; absent: not known, not guarded. */
    readonly lastHourCalls?: number
    /** In the currency of the rule's guard; absent: not known, not guarded. */
    readonly todaySpent?: number
  }
  /** Whether outage treatment `index` of the plan is in force: its condition holds and, where asked for, somebody has confirmed it. */
  treatment?(index: number): boolean
  /** What a person has set at the telephone or in the console, within what the plan lets them (`may-forward`). Absent or null: nothing. */
  forward?(person: string): UserForward | null
  /** A queue as it is now. Absent: empty, with every agent logged in. */
  queue?(id: string): QueueFacts
  /** Hours that somebody has opened or closed by hand (SCH-04). Absent or null: as the calendar says. */
  override?(hours: string): 'open' | 'closed' | null
  /** The line by which this outside number last spoke with us (E.164); for rules that show it. Absent or null: none is known. */
  lastLine?(number: string): string | null
  /** Whoever only wants to know what follows, a million times over, needs no sentences: `text` of the reasons stays empty. */
  readonly wordless?: true
}

/** A user's own forwarding. Values are inside numbers, outside numbers as dialled, or 'voicemail'. */
export interface UserForward {
  readonly always?: string
  readonly busy?: string
  readonly noAnswer?: string
  readonly unreachable?: string
  readonly doNotDisturb?: boolean
}

export type ForwardWhen = Exclude<keyof UserForward, 'doNotDisturb'>

/** What is set by hand: at the telephone by a code of the plan, in the console, or at the machine. Null as `untilMs`: until it is set otherwise. */
export type Setting =
  /** `state` null: the calendar holds again. An override always ends by itself. */
  | { readonly is: 'override'; readonly hours: string; readonly state: 'open' | 'closed' | null; readonly untilMs: number | null }
  | {
      readonly is: 'forward'
      readonly person: string
      readonly when: ForwardWhen
      /** An inside number, an outside number as dialled, or 'voicemail'; null: none any more. */
      readonly to: string | null
      readonly untilMs: number | null
    }
  | { readonly is: 'do-not-disturb'; readonly person: string; readonly on: boolean; readonly untilMs: number | null }

export interface QueueFacts {
  /** Calls waiting before this one. */
  readonly waiting: number
  /** How long this call would wait, ms; null when not known. */
  readonly expectedWaitMs: number | null
  /** Agents (person or role ids) who are logged in and not paused; null: all of them. */
  readonly loggedIn: ReadonlySet<string> | null
}

/** A place in the plan's text, for explanations. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** 'groups.reception-desk.on-no-answer' */
  readonly path: string
}

/** Why, in words. `code` with `values` is the translatable form; `text` is English, ready to show. */
export interface Reason {
  readonly code: string
  readonly text: string
  readonly values: Readonly<Record<string, string>>
  readonly place: Place | null
}

/** Where in the plan the call stands. JSON, small, opaque to all but `plan/`; goes into the log. */
export interface Position {
  readonly revision: number
  /** Opaque: node, branch, hop count, visited targets, origin, dialled (normalised). */
  readonly at: string
}

export interface Step {
  readonly position: Position
  readonly action: Action
  readonly reasons: readonly Reason[]
  /** Who calls whom, for the call's record; given by `enter`. */
  readonly about?: CallAbout
}

/** The two ends of a call as the plan knows them at its beginning. Numbers are E.164 or inside numbers, '' when withheld. */
export interface CallAbout {
  readonly direction: 'in' | 'out' | 'internal'
  readonly from: { readonly number: string; readonly name?: string; readonly who?: string }
  readonly to: { readonly number: string; readonly name?: string; readonly who?: string }
  /** The line that was dialled from outside. */
  readonly line?: string
  /** The person or role answerable when the call is missed. */
  readonly owner?: string
  readonly language: string
}

export type Action =
  /** Ring people. Contacts of an account are all rung together. */
  | {
      readonly do: 'ring'
      readonly targets: readonly RingTarget[]
      readonly order: 'together' | 'one-by-one'
      /** Total ring time, ms; for one-by-one per target as well. */
      readonly forMs: number
      readonly eachMs: number
      /** Shown to the called: caller's number/name, maybe prefixed with the line or group. */
      readonly shows: Shown
      /** Holds whoever answers, unless their target says otherwise. */
      readonly recording: RecordingDecision | null
      /** To be spoken to the caller before anyone is rung. Given once per call: later steps have null. */
      readonly announcement: Announcement | null
      /** The call waits in a queue: `targets` may be empty (all are busy), and it stays for `forMs` even when nobody rings. */
      readonly queue?: QueueWait
    }
  /** Leave by a trunk. */
  | {
      readonly do: 'dial-out'
      readonly attempts: readonly TrunkAttempt[]
      /** Go to the next attempt when nothing better than 100 came within this time. */
      readonly nextAfterMs: number
      readonly forMs: number
      readonly recording: RecordingDecision | null
      /** To be spoken when the far party has answered, before the two are connected. */
      readonly announcement: Announcement | null
      readonly emergency: boolean
      /** Emergency calls: whom to tell at once (nodes of the plan), and from which number and address the call comes. */
      readonly alert?: { readonly tell: readonly string[]; readonly from: string; readonly address: string }
    }
  | {
      readonly do: 'announce'
      readonly language: string
      readonly prompts: readonly string[] /** Answer first (billable) or as early media. */
      readonly answer: boolean
      /** The caller has dialled a code that sets something: it is set as the announcement begins, which confirms it. */
      readonly sets?: Setting
    }
  | {
      readonly do: 'voicemail'
      readonly box: string
      readonly language: string
      readonly greeting: readonly string[]
      readonly maxMs: number
      readonly tell: readonly string[]
    }
  /** Speak, and take a key or an extension. The caller may press while it speaks (barge-in). */
  | {
      readonly do: 'menu'
      readonly menu: string
      readonly language: string
      /** Said in each of these, one after the other: nobody knows yet which the caller understands. Absent: in `language`. */
      readonly languages?: readonly string[]
      readonly prompts: readonly string[]
      /** Single keys that mean something here. */
      readonly keys: readonly string[]
      /** Whether an extension may be dialled: several digits, ended by a pause or '#'. */
      readonly dialThrough: boolean
      /** With which digits extensions begin and how long they get: what cannot become one is not waited for. */
      readonly extensions?: { readonly first: string; readonly longest: number }
      /** Silence after the prompts for this long is the outcome 'silence', ms. */
      readonly silenceMs: number
    }
  | { readonly do: 'echo'; readonly language: string; readonly prompts: readonly string[] }
  /** Refuse or end: the SIP status and Q.850 cause for the caller's side, and a prompt when the plan wants one spoken. */
  | {
      readonly do: 'end'
      readonly status: number
      readonly cause: number
      readonly language: string
      readonly prompts: readonly string[]
      /** Somebody who knows this PIN (a secret's name) would be let out: ask for it, and enter again with `origin.pin`. */
      readonly needsPin?: string
    }

export interface QueueWait {
  readonly id: string
  readonly music: string | null
  readonly says: readonly ('position' | 'expected-wait')[]
  /** How the agents of one tier take turns; who that is now, the live layer knows. `targets` are in order of tier, then as written. */
  readonly strategy?: 'together' | 'one-by-one' | 'round-robin' | 'longest-idle' | 'fewest-calls' | 'weighted'
  /** Before calls of less priority; 0 when nothing is said. */
  readonly priority?: number
  /** An agent who has just ended a call of this queue is left in peace for so long, ms. */
  readonly wrapUpMs?: number
}

export interface RingTarget {
  /** SIP account (person's device credentials); the registrar knows its contacts. '' for an outside leg. */
  readonly account: string
  /** Further accounts of the same person, to be rung together with `account` when targets are rung one by one. */
  readonly also?: readonly string[]
  /** Person, role or room for the records. */
  readonly who: string
  readonly extension: string
  /** Outside legs (a mobile) go through a trunk instead of an account. */
  readonly outside?: {
    readonly number: string
    readonly attempts: readonly TrunkAttempt[]
    /** Go to the next attempt when nothing better than 100 came within this time. */
    readonly nextAfterMs?: number
  }
  /** When this target answers, recording is as said here and not as the action says. Absent: as the action says. */
  readonly recording?: RecordingDecision | null
  /** The key that a called mobile presses to accept the call. */
  readonly acceptBy?: string
  /** In which language they are asked. */
  readonly language?: string
  /** Queues: targets of a lower tier are rung first; within one, the queue's strategy holds. */
  readonly tier?: number
}

export interface TrunkAttempt {
  readonly trunk: string
  /** As the provider wants it dialled. */
  readonly number: string
  readonly e164: string
  readonly shows: Shown
  readonly reason: string
  /** The outgoing rule that lets it leave, by its index; absent for emergency calls. */
  readonly rule?: number
}

export interface Shown {
  readonly number: string
  readonly name?: string
  /** RFC 3323 Privacy: id. */
  readonly withheld?: boolean
}

export interface RecordingDecision {
  readonly rule: string
  readonly purpose: string
  readonly keepDays: number
  readonly heardBy: readonly string[]
  /** Shorter recordings are thrown away when the call ends. */
  readonly onlyIfLongerMs?: number
  /** REC-06: what to do with the call when it cannot be recorded. */
  readonly onFailure?: 'go-on' | 'refuse'
}

/** Spoken to the caller once per call, before the first human. */
export interface Announcement {
  readonly language: string
  readonly prompts: readonly string[]
}

export type Outcome =
  | { readonly was: 'busy' }
  | { readonly was: 'no-answer' }
  | { readonly was: 'unreachable' }
  | { readonly was: 'rejected' }
  /** All attempts failed; `status` is the best SIP status heard. */
  | { readonly was: 'failed'; readonly status: number }
  /** An announcement, greeting or recording has ended. */
  | { readonly was: 'finished' }
  /** A menu's caller pressed this: a key, or the digits of an extension. Whether it means something the plan decides. */
  | { readonly was: 'keys'; readonly keys: string }
  /** A menu's caller pressed nothing in time. */
  | { readonly was: 'silence' }
  /** A call in a queue goes on waiting: who can be rung now, and for how long may it still wait? Asked when an agent becomes free. */
  | { readonly was: 'waiting' }
