/**
 * A plan made ready for deciding: every name resolved, every number an entry of a table, every duration in milliseconds.
 * Frozen by convention; one per revision; a call keeps the one it began with.
 * Over 400 lines: it is one vocabulary, which whoever decides, checks or draws reads as a whole.
 */
import type { E164 } from '../kernel/e164.ts'
import type { ForwardWhen, Place } from './decision.ts'
import type { Hours } from './hours.ts'
import type { DiallingHabit } from './normalise.ts'
import type { Rota } from './rota.ts'
import type { CallClass } from './schema/call-classes.ts'
import type { Plan } from './schema/plan-schema.ts'
import type { Language } from './schema/scalars.ts'

/** Names a place in the plan where a call can be: 'person:aida', 'group:sales', 'voicemail:sales', 'outside:+7701…', 'end:busy'. */
export type NodeKey = string

/** What follows when a target was not reached. Null: the office's defaults, then the plain end of the call. */
export interface Fallbacks {
  readonly busy: NodeKey | null
  readonly noAnswer: NodeKey | null
  readonly unreachable: NodeKey | null
  readonly rejected: NodeKey | null
}

interface Common {
  readonly key: NodeKey
  readonly id: string
  /** As shown to people. */
  readonly name: string
  readonly place: Place
}

/** Someone, or a room or machine with its own extension. */
export interface PersonNode extends Common {
  readonly kind: 'person'
  readonly is: 'person' | 'room'
  readonly extension: string
  readonly accounts: readonly string[]
  readonly department: string | null
  readonly site: Site
  readonly language: Language | null
  readonly mobile: E164 | null
  /** Skill → level, 1 to 10. */
  readonly skills: ReadonlyMap<string, number>
  readonly shows: E164 | null
  readonly hidesNumber: boolean
  readonly rights: Rights
  /** What this person may set at the telephone or in the console. */
  readonly mayForward: ForwardReach
  /** Where messages for this person go; null when there is no box. */
  readonly box: NodeKey | null
  readonly roles: readonly string[]
  readonly callsAtOnce: number
  readonly ringForMs: number
  readonly fallbacks: Fallbacks
  readonly forward: {
    readonly always: NodeKey | null
    readonly busy: NodeKey | null
    readonly noAnswer: NodeKey | null
    readonly unreachable: NodeKey | null
  }
}

/** Null ceiling and list: only what the rules allow everyone. */
export interface Rights {
  /** Index into CALL_CLASSES, or null when the plan gives no ceiling. */
  readonly ceiling: number | null
  readonly exactly: ReadonlySet<CallClass> | null
}

export type Reach = 'phone' | 'mobile' | 'both'

/** Someone rung as part of a group, queue or role. */
export interface Member {
  readonly target: { readonly person: PersonNode } | { readonly role: RoleNode } | { readonly outside: E164; readonly who: string }
  readonly reach: Reach
  /** Queues: 1 is rung first. */
  readonly tier: number
  readonly place: Place
}

/** A group, a queue or a whole department: several who are rung for one call. */
export interface HuntNode extends Common {
  readonly kind: 'hunt'
  readonly is: 'group' | 'queue' | 'department'
  readonly number: string
  readonly members: readonly Member[]
  readonly order: 'together' | 'one-by-one'
  /** Total, ms. */
  readonly forMs: number
  readonly eachMs: number
  readonly fallbacks: Fallbacks
  /** What only queues have; null for groups and departments. */
  readonly queue: QueueRules | null
}

/** How agents take turns; the live layer knows who is longest idle. */
export type QueueStrategy = 'together' | 'one-by-one' | 'round-robin' | 'longest-idle' | 'fewest-calls' | 'weighted'

/** Something about a call that the plan may ask for: 'caller is vip', 'menu-key 3'. */
export type CallCondition =
  | { readonly is: 'vip' }
  | { readonly is: 'anonymous' }
  | { readonly is: 'menu-key'; readonly key: string }
  | { readonly is: 'language'; readonly language: Language }
  | { readonly is: 'line'; readonly number: string }

export interface SkillWish {
  readonly skill: string
  readonly level: number
  /** Null: for every call. */
  readonly if: CallCondition | null
}

export interface QueueRules {
  readonly strategy: QueueStrategy
  readonly music: string | null
  readonly says: readonly ('position' | 'expected-wait')[]
  /** How many may wait; null: any number. */
  readonly roomFor: number | null
  readonly wrapUpMs: number
  /** Callers who would wait longer than this are sent on at once. */
  readonly onExpectedWait: { readonly afterMs: number; readonly to: NodeKey } | null
  readonly prefer: SkillWish | null
  readonly require: SkillWish | null
  readonly priority: readonly { readonly if: CallCondition; readonly add: number }[]
}

export interface RoleNode extends Common {
  readonly kind: 'role'
  readonly number: string
  readonly holders: readonly PersonNode[]
  readonly rota: string | null
  readonly order: 'together' | 'one-by-one'
  readonly reach: Reach
  readonly acceptBy: string | null
  readonly ringForMs: number
  readonly shows: E164 | null
  readonly fallbacks: Fallbacks
}

export interface MenuNode extends Common {
  readonly kind: 'menu'
  readonly number: string
  readonly prompts: readonly string[]
  readonly language: Language | null
  readonly during: string | null
  readonly otherwise: NodeKey | null
  /** 'again:menu' repeats it, 'back:menu' goes to the menu before. */
  readonly keys: ReadonlyMap<string, NodeKey>
  /** Keys that choose the caller's language; the menu is repeated in it, or the key's way is gone. */
  readonly languages: ReadonlyMap<string, Language>
  /** Languages that its words are written in; none when they are one text for all. */
  readonly spokenIn: readonly Language[]
  readonly dialThrough: boolean
  /** How often a wrong key is answered by saying it all again. */
  readonly wrongKeys: number
  readonly onWrongKey: NodeKey | null
  readonly silenceMs: number
  /** How often silence is answered by saying it all again. */
  readonly silences: number
  readonly onSilence: NodeKey | null
}

export interface RouteNode extends Common {
  readonly kind: 'route'
  readonly number: string
  /** Two ways, by the hours; then there are no steps. */
  readonly divided: { readonly during: string; readonly to: NodeKey; readonly otherwise: NodeKey } | null
  readonly steps: readonly { readonly to: NodeKey; readonly forMs: number | null; readonly during: string | null; readonly place: Place }[]
}

export interface VoicemailNode extends Common {
  readonly kind: 'voicemail'
  readonly number: string
  readonly greeting: readonly string[]
  readonly maxMs: number
  /** Person ids and e-mail addresses, as the plan says. */
  readonly tell: readonly string[]
  readonly keepDays: number
  readonly language: Language | null
}

export interface ServiceNode extends Common {
  readonly kind: 'service'
  readonly number: string
  readonly does: 'echo' | 'announce' | 'set'
  readonly prompts: readonly string[]
  readonly answer: boolean
  readonly afterwards: NodeKey | null
  /** What the code sets, when it does so. */
  readonly sets: SettingRule | null
}

/** What a code of the plan lets people set at the telephone: SCH-04, CALL-01. `forMs` null: no end of its own. */
export type SettingRule =
  /** `to` null: to and fro between the calendar and its opposite. Null `forMs`: until the calendar turns. */
  | {
      readonly is: 'override'
      readonly hours: string
      readonly to: 'open' | 'closed' | 'calendar' | null
      readonly forMs: number | null
      readonly who: Whoever
    }
  /** Off, or to the number that is dialled behind the code (and off when there is none). */
  | { readonly is: 'forward'; readonly when: ForwardWhen; readonly off: boolean; readonly forMs: number | null }
  /** `on` null: on when it is off, and the other way round. */
  | { readonly is: 'do-not-disturb'; readonly on: boolean | null; readonly forMs: number | null }

/** People, by themselves, by the roles they hold or by their departments. */
export interface Whoever {
  readonly people: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  readonly departments: ReadonlySet<string>
}

/** An outside number that the plan names: a person's mobile, or a number written as a destination. */
export interface OutsideNode extends Common {
  readonly kind: 'outside'
  readonly number: E164
  readonly person: PersonNode | null
}

/** A line from outside. Also stands for the place where its hours divide day from night. */
export interface LineNode extends Common {
  readonly kind: 'line'
  readonly number: E164
  readonly to: NodeKey
  readonly during: string | null
  readonly otherwise: NodeKey | null
  readonly owner: string
  readonly language: Language | null
  readonly label: string
}

export interface EndNode extends Common {
  readonly kind: 'end'
  readonly status: number
  readonly cause: number
  readonly prompts: readonly string[]
}

export type Node = PersonNode | HuntNode | RoleNode | MenuNode | RouteNode | VoicemailNode | ServiceNode | OutsideNode | LineNode | EndNode

export interface Site {
  readonly id: string
  readonly address: string
  readonly timezone: string
  readonly habit: DiallingHabit
  readonly links: readonly string[]
  readonly trunks: readonly string[]
  readonly shows: E164 | null
}

/** What a phone may speak; the same form as the media layer's profile. */
export interface MediaWish {
  readonly kind: 'rtp' | 'sdes' | 'sdes-optional' | 'webrtc'
  readonly codecs: readonly ('PCMA' | 'PCMU' | 'G722' | 'opus')[]
  readonly dtmf: 'rfc4733' | 'info' | 'in-band'
  readonly latch: boolean
  /** The plan wants no encryption, wherever the phone comes from (`srtp: none`). */
  readonly plain?: true
}

/** SIP credentials of one device (or of a person who brings a softphone of their own). */
export interface Account {
  /** The SIP user name; names the account everywhere. */
  readonly username: string
  /** Name in the secret store. */
  readonly secret: string
  readonly device: string | null
  readonly kind: string
  /** Whose it is: 'person:aida' or 'room:door'. */
  readonly owner: NodeKey
  readonly extension: string
  readonly displayName: string
  readonly site: Site
  /** The number that calls from this device show; null: its owner's. */
  readonly shows: E164 | null
  /** Null: any. */
  readonly transports: readonly ('udp' | 'tcp' | 'tls' | 'ws')[] | null
  readonly media: MediaWish
  readonly fax: 't38' | 'g711' | null
  readonly place: Place
}

export interface Trunk {
  readonly id: string
  readonly name: string
  readonly host: string
  /** 0: by DNS (RFC 3263). */
  readonly port: number
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly proxy: string | null
  readonly register: { readonly user: string; readonly secret: string; readonly realm: string | null; readonly expiresS: number } | null
  /** Credentials for challenged calls: those of `register`, or of `login`. */
  readonly login: { readonly user: string; readonly secret: string; readonly realm: string | null } | null
  /** How the provider's own calls prove themselves by digest; null when its address is enough. */
  readonly incoming: { readonly user: string; readonly secret: string } | null
  /** Addresses, networks and host names from which its calls come; empty when only registration identifies it. */
  readonly sources: readonly string[]
  readonly channels: number
  readonly link: string | null
  readonly site: string | null
  readonly media: MediaWish
  readonly numberForm: '+e164' | 'e164' | 'national'
  readonly prefix: string
  readonly country: string
  readonly shows: E164 | null
  /** Null: any of the office's own numbers. */
  readonly mayShow: ReadonlySet<string> | 'any' | null
  readonly passesCaller: boolean
  readonly trustsIdentity: boolean
  readonly emergency: boolean
  readonly otherwise: NodeKey | null
  readonly checkEveryMs: number
  readonly place: Place
}

export interface OutgoingRule {
  readonly index: number
  readonly classes: ReadonlySet<CallClass | 'emergency'>
  readonly who: 'everyone' | 'allowed' | ReadonlySet<NodeKey>
  /** Departments in `who`. */
  readonly departments: ReadonlySet<string>
  readonly trunks: readonly string[]
  /** The trunks of the caller's site are tried before these. */
  readonly ownSiteFirst: boolean
  readonly starting: readonly string[]
  readonly during: string | null
  readonly guard: {
    readonly perDayMs: number | null
    readonly atOnce: number | null
    /** Calls begun within an hour. */
    readonly perHour: number | null
    readonly hours: string | null
    /** Per day, of all calls by this rule together. */
    readonly spend: { readonly amount: number; readonly currency: string } | null
  } | null
  readonly shows: E164 | 'last-line' | null
  /** Name in the secret store of the PIN that opens this rule to anybody. */
  readonly pin: string | null
  readonly place: Place
}

/** Callers by whole numbers and by beginnings of numbers. */
export interface CallerList {
  readonly exact: ReadonlySet<string>
  readonly beginnings: readonly string[]
}

export type CallerTreatment = { readonly do: 'refuse' } | { readonly do: 'announce' } | { readonly do: 'send'; readonly to: NodeKey }

export interface Callers {
  /** Never blocked, whatever the other lists say. */
  readonly vip: CallerList
  readonly blocked: CallerList
  readonly onBlocked: CallerTreatment
  readonly spam: CallerList
  readonly onSpam: CallerTreatment
  /** Null: served like others. */
  readonly anonymous: CallerTreatment | null
}

/** A failure that can be noticed, as the plan names it. */
export type OutageCondition =
  | { readonly is: 'link-down'; readonly link: string }
  | { readonly is: 'trunk-down'; readonly trunk: string }
  /** All trunks of the provider. */
  | { readonly is: 'provider-down'; readonly provider: string }
  /** All links of the site. */
  | { readonly is: 'site-cut-off'; readonly site: string }
  /** All links of the office. */
  | { readonly is: 'office-cut-off' }
  | { readonly is: 'all-trunks-down' }
  | { readonly is: 'power-low'; readonly ups: string }

export type TreatmentEffect =
  /** These trunks are tried first for every call that leaves. */
  | { readonly does: 'carry-all'; readonly trunks: readonly string[] }
  /** 'their-mobiles': each line's to its department's mobiles. */
  | { readonly does: 'lines-to'; readonly lines: ReadonlySet<string> | 'all'; readonly to: NodeKey | 'their-mobiles' }
  | { readonly does: 'refuse-out'; readonly classes: ReadonlySet<CallClass>; readonly prompts: readonly string[] }

/** What holds during an outage. Whether it is in force is a fact (`Facts.treatment`), for somebody may have to confirm it. */
export interface Treatment {
  readonly index: number
  /** The condition in the plan's words. */
  readonly text: string
  /** All must hold, for so long, before it begins. */
  readonly conditions: readonly OutageCondition[]
  readonly forMs: number
  readonly effect: TreatmentEffect
  /** People or roles, any of whom confirms that it begins; empty: it begins by itself. */
  readonly confirm: readonly string[]
  /** It ends by itself so long after the failure has; null: when it is said to be over. */
  readonly returnAfterMs: number | null
  readonly place: Place
}

/** How far a person may forward their own calls. */
export type ForwardReach = 'no' | 'inside' | 'own-mobile' | 'anywhere'

export interface RecordingRule {
  readonly id: string
  readonly scope:
    | { readonly of: 'all' | 'incoming' | 'outgoing' | 'internal' | 'on-demand' }
    | { readonly of: 'node'; readonly key: NodeKey }
    | { readonly of: 'department'; readonly department: string }
    | { readonly of: 'line'; readonly number: string }
  readonly purpose: string
  readonly announce: boolean
  readonly keepDays: number
  readonly heardBy: readonly string[]
  readonly onlyIfLongerMs: number | null
  readonly onFailure: 'go-on' | 'refuse'
  readonly place: Place
}

/** Words of the plan that have to be spoken; the office turns them into audio under the same name. */
export interface PromptText {
  readonly id: string
  readonly texts: Readonly<Partial<Record<Language, string>>>
}

export interface CompiledPlan {
  readonly revision: number
  /** The plan as written, for the rooms that act on its other sections. */
  readonly source: Plan
  readonly office: { readonly name: string; readonly country: string; readonly timezone: string; readonly shows: E164 | null }
  readonly language: Language
  readonly languages: readonly Language[]
  readonly sites: ReadonlyMap<string, Site>
  /** Where phones stand that nobody placed. */
  readonly home: Site
  readonly nodes: ReadonlyMap<NodeKey, Node>
  /** Everything that can be dialled inside: extensions, numbers of groups and services, short codes. */
  readonly dial: ReadonlyMap<string, NodeKey>
  /** Codes behind which a number may be dialled ('*72201'), longest first. */
  readonly codes: readonly ServiceNode[]
  /** What callers in a menu with dial-through may dial: with which digits it begins, and how long it gets. */
  readonly extensions: { readonly first: string; readonly longest: number }
  readonly emergency: ReadonlySet<string>
  readonly emergencyTell: readonly NodeKey[]
  readonly cityNumbers: ReadonlySet<string>
  readonly outsidePrefix: string
  /** Inside numbers that belong to a range although nobody has them: dialling one never leaves the office. */
  readonly ranges: readonly Range[]
  rangeOf(number: string): Range | null
  readonly lines: ReadonlyMap<string, LineNode>
  /** The only line whose number ends with these digits. */
  lineEndingWith(digits: string): LineNode | null
  readonly accounts: ReadonlyMap<string, Account>
  readonly trunks: ReadonlyMap<string, Trunk>
  readonly hours: ReadonlyMap<string, Hours>
  readonly rotas: ReadonlyMap<string, Rota & { readonly reach: Reach; readonly acceptBy: string | null; readonly place: Place }>
  readonly outgoing: readonly OutgoingRule[]
  readonly nextTrunkAfterMs: number
  readonly outsideRingMs: number
  readonly recording: readonly RecordingRule[]
  readonly callers: Callers
  /** Those of the plan in its order, then those of departments that name whom to call when they are cut off. */
  readonly outages: readonly Treatment[]
  /** Line → the place that rings its department's mobiles. */
  readonly mobilesOfLines: ReadonlyMap<string, NodeKey>
  /** How many forwards set by users one call may follow, and how many of them may leave the office. */
  readonly forwards: { readonly most: number; readonly outside: number }
  readonly departments: ReadonlyMap<
    string,
    { readonly id: string; readonly name: string; readonly shows: E164 | null; readonly lead: string | null; readonly place: Place }
  >
  readonly prompts: ReadonlyMap<string, PromptText>
  readonly defaults: Fallbacks
  readonly mostHops: number
  readonly longestRingingMs: number
  /** Where things stand that have no node: 'numbering.emergency', 'outgoing'. */
  place(path: string): Place
}

export interface Range {
  readonly key: string
  readonly first: number
  readonly last: number
  readonly digits: number
  readonly use: string | null
  readonly reserved: string | null
  readonly site: string | null
  readonly owner: string | null
  readonly place: Place
}
