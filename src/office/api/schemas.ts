/**
 * Every value that crosses the HTTP interface, as zod schemas: requests are checked against them, the OpenAPI document is
 * generated from them, and the console takes its types from here (`import type`). Times ending in `At` are epoch
 * milliseconds, lengths ending in `Ms` are milliseconds. What is not known is `null`, never left out.
 * Over 400 lines because it is the interface's one table of contents.
 *
 * | method, path | body or query | reply |
 * |---|---|---|
 * | POST /api/session | `SignIn` | `Me` and the session cookie |
 * | DELETE /api/session | | 204 |
 * | GET /api/me | | `Me` |
 * | POST /api/me/password | `ChangePassword` | `Me` |
 * | GET /api/status | | `Status` |
 * | GET /api/calls | `CallsQuery` | `CallsPage` |
 * | GET /api/calls/live | | `LiveBoard` |
 * | GET /api/calls/:id | | `CallStory` |
 * | POST /api/calls/:id/hang-up | | 204 |
 * | WS /api/live | | `LiveMessage`s |
 * | GET /api/recordings | `RecordingsQuery` | `RecordingsPage` |
 * | GET /api/recordings/:id | | `Recording` |
 * | GET /api/recordings/:id/audio | Range | audio bytes, to be played in the page |
 * | GET /api/recordings/:id/download | | audio bytes, as a file |
 * | GET /api/voicemail | `VoicemailQuery` | `VoicemailPage` |
 * | POST /api/softphone | | `Softphone` |
 * | GET /api/directory | | `Directory` |
 * | GET /api/users | | `Users` |
 * | POST /api/users | `NewUser` | `OneTimePassword` |
 * | POST /api/users/:user/one-time-password | | `OneTimePassword` |
 * | PATCH /api/users/:user | `UserChange` | 204 |
 * | GET /api/audit | `AuditQuery` | `AuditPage` |
 * | GET /api/audit/verification | | `AuditVerification` |
 *
 * Every request that changes something carries the header `x-switchroom: console` (or any other value): a page of
 * another site cannot set it. Errors are `Problem`s (RFC 9457, `application/problem+json`). While `mustChangePassword`
 * holds, only `/api/me`, `/api/me/password` and `DELETE /api/session` answer; the others say `password-change-required`.
 */
import { z } from 'zod'

export const CSRF_HEADER = 'x-switchroom'

const epochMs = z.number().int()
const cursor = z.string().max(200)
const pageSize = z.coerce.number().int().min(1).max(200).default(50)
/** Query times: epoch milliseconds or an ISO 8601 moment. */
const moment = z
  .union([z.coerce.number<string | number>().int().min(0), z.iso.datetime({ offset: true })])
  .transform(value => (typeof value === 'number' ? value : Date.parse(value)))

// ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const Problem = z.object({
  /** `about:blank#CODE`-like reference into docs/errors.md. */
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What happened, where, and what to do, for people. */
  detail: z.string(),
  /** Stable, for programs: see `problems.ts`. */
  code: z.string(),
  /** Which fields of the request were wrong. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  retryAfterS: z.number().optional(),
})
export type Problem = z.infer<typeof Problem>

// ── who is signed in ──────────────────────────────────────────────────────────────────────────────────────────────────

export const Right = z.enum([
  'see-calls',
  'end-calls',
  'search',
  'listen',
  'download',
  'extend',
  'hold',
  'delete',
  'ask-export',
  'approve-export',
  'configure',
  'see-audit',
])
export type Right = z.infer<typeof Right>

export const SignIn = z.object({
  user: z.string().min(1).max(100),
  password: z.string().min(1).max(1000),
  /** Second factor, when the person has one. */
  code: z.string().max(20).optional(),
})
export type SignIn = z.infer<typeof SignIn>

export const ChangePassword = z.object({ old: z.string().min(1).max(1000), new: z.string().min(1).max(1000) })
export type ChangePassword = z.infer<typeof ChangePassword>

export const Me = z.object({
  user: z.string(),
  name: z.string(),
  /** Person of the plan; null for an account that belongs to none. */
  person: z.string().nullable(),
  extension: z.string().nullable(),
  administrator: z.boolean(),
  /** The plan names this person among those who approve changes of it. */
  approves: z.boolean(),
  mustChangePassword: z.boolean(),
  /** Rights held over at least something; what exactly, each recording says in `may`. */
  rights: z.array(Right),
  /** When this session ends if nothing is done. */
  idleUntilAt: epochMs,
  expiresAt: epochMs,
  /** Names for the page header. */
  office: z.object({ name: z.string(), timezone: z.string(), languages: z.array(z.string()) }),
})
export type Me = z.infer<typeof Me>

// ── the running system ────────────────────────────────────────────────────────────────────────────────────────────────

export const Status = z.object({
  at: epochMs,
  office: z.object({ version: z.string(), startedAt: epochMs, memoryBytes: z.number() }),
  /** Null while the switch does not answer: then `switchAway` says so in words. */
  switch: z
    .object({
      version: z.string(),
      startedAt: epochMs,
      planRevision: z.number(),
      planName: z.string(),
      calls: z.number(),
      registrations: z.number(),
      media: z.array(z.object({ node: z.string(), connected: z.boolean() })),
      listening: z.array(z.object({ transport: z.string(), address: z.string(), port: z.number() })),
      trunks: z.array(z.object({ trunk: z.string(), up: z.boolean(), registered: z.boolean().nullable(), why: z.string() })),
    })
    .nullable(),
  switchAway: z.string().nullable(),
  /** How far the readers are behind the log. */
  log: z.object({ upTo: z.number(), read: z.number() }),
  recordings: z.object({ waiting: z.number(), failed: z.number() }),
})
export type Status = z.infer<typeof Status>

// ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const Party = z.object({
  /** E.164 with '+', an extension, or '' when withheld. */
  number: z.string(),
  name: z.string().optional(),
  /** Person, role, trunk … of the plan. */
  who: z.string().optional(),
})
export type Party = z.infer<typeof Party>

export const CallDirection = z.enum(['in', 'out', 'internal'])
export const CallOutcome = z.enum(['answered', 'missed', 'busy', 'failed', 'voicemail', 'service', 'cancelled'])
export type CallDirection = z.infer<typeof CallDirection>
export type CallOutcome = z.infer<typeof CallOutcome>

/** CRM-01: what is known of every call. */
export const CallRecord = z.object({
  id: z.string(),
  direction: CallDirection,
  from: Party,
  to: Party,
  dialled: z.string(),
  /** The office's number (DID) that was called, for calls from outside. */
  line: z.string().nullable(),
  startedAt: epochMs,
  /** When the caller was connected (to a person, voicemail or service). */
  answeredAt: epochMs.nullable(),
  endedAt: epochMs.nullable(),
  /** From start to answer, or to the end when nobody answered. */
  ringMs: z.number(),
  /** From being connected with a person to the end. */
  talkMs: z.number(),
  answeredBy: Party.nullable(),
  /** Null while the call lasts. */
  outcome: CallOutcome.nullable(),
  trunk: z.string().nullable(),
  group: z.string().nullable(),
  queue: z.string().nullable(),
  endedBy: Party.nullable(),
  /** SIP status and Q.850 cause of the end. */
  status: z.number().nullable(),
  cause: z.number().nullable(),
  reason: z.string().nullable(),
  /** Recording ids, in order. */
  recordings: z.array(z.string()),
  revision: z.number(),
})
export type CallRecord = z.infer<typeof CallRecord>

export const CallsQuery = z.object({
  /** A number in any format, a part of one, a name or a person. */
  text: z.string().max(100).optional(),
  direction: CallDirection.optional(),
  outcome: CallOutcome.optional(),
  from: moment.optional(),
  to: moment.optional(),
  cursor: cursor.optional(),
  limit: pageSize,
})
export type CallsQuery = z.infer<typeof CallsQuery>

/** Newest first; `next` is the cursor of the following page. */
export const CallsPage = z.object({ calls: z.array(CallRecord), next: z.string().nullable() })
export type CallsPage = z.infer<typeof CallsPage>

export const LiveState = z.enum(['deciding', 'ringing', 'talking', 'held', 'announcement', 'voicemail', 'echo', 'ending'])
export type LiveState = z.infer<typeof LiveState>

export const LiveCall = z.object({
  id: z.string(),
  direction: CallDirection,
  from: Party,
  to: Party,
  dialled: z.string(),
  startedAt: epochMs,
  answeredAt: epochMs.nullable(),
  state: LiveState,
  stateSinceAt: epochMs,
  /** Who is being rung at the moment. */
  ringing: z.array(Party),
  /** Who the caller speaks with. */
  with: Party.nullable(),
  trunk: z.string().nullable(),
  group: z.string().nullable(),
  recording: z.boolean(),
  /** Whether the viewer may end it. */
  mayEnd: z.boolean(),
})
export type LiveCall = z.infer<typeof LiveCall>

export const LiveBoard = z.object({ at: epochMs, switchHere: z.boolean(), calls: z.array(LiveCall) })
export type LiveBoard = z.infer<typeof LiveBoard>

/** What WS /api/live sends: one `board` first, then `change`s. `calls` replaces or adds, `ended` removes. */
export const LiveMessage = z.discriminatedUnion('is', [
  z.object({ is: z.literal('board'), at: epochMs, switchHere: z.boolean(), calls: z.array(LiveCall) }),
  z.object({ is: z.literal('change'), at: epochMs, calls: z.array(LiveCall), ended: z.array(z.string()) }),
  z.object({ is: z.literal('switch'), at: epochMs, here: z.boolean() }),
])
export type LiveMessage = z.infer<typeof LiveMessage>

// ── the story of a call ───────────────────────────────────────────────────────────────────────────────────────────────

export const Place = z.object({ file: z.string(), line: z.number(), column: z.number(), path: z.string() })
export type Place = z.infer<typeof Place>

export const StoryKind = z.enum(['start', 'reason', 'action', 'ring', 'answer', 'talk', 'media', 'recording', 'failure', 'recovery', 'end'])

export const StoryLine = z.object({
  at: epochMs,
  /** Since the call's start. */
  afterMs: z.number(),
  kind: StoryKind,
  /** English, ready to show; `code` and `values` are the translatable form. */
  text: z.string(),
  code: z.string(),
  values: z.record(z.string(), z.string()),
  place: Place.nullable(),
})
export type StoryLine = z.infer<typeof StoryLine>

export const StoryLeg = z.object({
  leg: z.string(),
  party: Party,
  role: z.enum(['caller', 'called']),
  trunk: z.string().nullable(),
  startedAt: epochMs,
  ringingAt: epochMs.nullable(),
  answeredAt: epochMs.nullable(),
  endedAt: epochMs.nullable(),
  codec: z.string().nullable(),
  encrypted: z.boolean(),
  result: z.string(),
})
export type StoryLeg = z.infer<typeof StoryLeg>

/** What was measured on a leg over the whole call (QOS-01). Null: not measured. */
export const LegQuality = z.object({
  leg: z.string(),
  party: Party.nullable(),
  codec: z.string(),
  packetsIn: z.number(),
  packetsOut: z.number(),
  lost: z.number(),
  /** In [0,1]; null when no packet was expected. */
  lossShare: z.number().nullable(),
  jitterMs: z.number(),
  maxJitterMs: z.number(),
  rttMs: z.number().nullable(),
  farLoss: z.number().nullable(),
})
export type LegQuality = z.infer<typeof LegQuality>

// ── recordings ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const RecordingState = z.enum(['recording', 'waiting', 'ready', 'failed', 'empty'])
export type RecordingState = z.infer<typeof RecordingState>

/** REC-04: is this channel fit to be understood? */
export const ChannelCheck = z.object({
  /** Seconds in which somebody speaks. */
  speechS: z.number(),
  /** Active speech level, dBFS; null when silent throughout. */
  levelDb: z.number().nullable(),
  peakDb: z.number().nullable(),
  /** Share of samples at full scale. */
  clippedShare: z.number(),
  /** Share of the time for which packets were missing. */
  lossShare: z.number(),
  /** 'fine' or what is wrong: 'silent', 'too-quiet', 'clipped', 'lossy'. */
  verdict: z.enum(['fine', 'silent', 'too-quiet', 'clipped', 'lossy']),
})
export type ChannelCheck = z.infer<typeof ChannelCheck>

export const Gap = z.object({ fromMs: z.number(), forMs: z.number(), cause: z.string() })

export const Recording = z.object({
  id: z.string(),
  call: z.string(),
  kind: z.enum(['call', 'voicemail']),
  startedAt: epochMs,
  durationMs: z.number(),
  state: RecordingState,
  /** Why it failed, in words. */
  problem: z.string().nullable(),
  /** Who speaks on which channel; `right` is null for one voice. */
  left: Party,
  right: Party.nullable(),
  direction: CallDirection,
  line: z.string().nullable(),
  box: z.string().nullable(),
  /** Which rule of the plan recorded it and what for (REC-01). */
  rule: z.string().nullable(),
  purpose: z.string().nullable(),
  keepUntilAt: epochMs.nullable(),
  format: z.enum(['opus', 'wav']).nullable(),
  sizeBytes: z.number(),
  encrypted: z.boolean(),
  checks: z.object({ left: ChannelCheck, right: ChannelCheck.nullable() }).nullable(),
  gaps: z.array(Gap),
  may: z.object({ listen: z.boolean(), download: z.boolean() }),
})
export type Recording = z.infer<typeof Recording>

export const RecordingsQuery = z.object({
  text: z.string().max(100).optional(),
  kind: z.enum(['call', 'voicemail']).optional(),
  direction: CallDirection.optional(),
  from: moment.optional(),
  to: moment.optional(),
  minSeconds: z.coerce.number().min(0).optional(),
  cursor: cursor.optional(),
  limit: pageSize,
})
export type RecordingsQuery = z.infer<typeof RecordingsQuery>

export const RecordingsPage = z.object({ recordings: z.array(Recording), next: z.string().nullable() })
export type RecordingsPage = z.infer<typeof RecordingsPage>

export const CallStory = z.object({
  call: CallRecord,
  lines: z.array(StoryLine),
  legs: z.array(StoryLeg),
  quality: z.array(LegQuality),
  recordings: z.array(Recording),
})
export type CallStory = z.infer<typeof CallStory>

// ── voicemail ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const VoicemailQuery = z.object({ box: z.string().max(100).optional(), cursor: cursor.optional(), limit: pageSize })
export type VoicemailQuery = z.infer<typeof VoicemailQuery>

export const VoicemailMessage = z.object({
  /** Its audio is at /api/recordings/ID/audio. */
  recording: z.string(),
  call: z.string(),
  box: z.string(),
  from: Party,
  leftAt: epochMs,
  durationMs: z.number(),
  state: RecordingState,
  heardAt: epochMs.nullable(),
  may: z.object({ listen: z.boolean(), download: z.boolean() }),
})
export type VoicemailMessage = z.infer<typeof VoicemailMessage>

export const VoicemailPage = z.object({
  boxes: z.array(z.object({ box: z.string(), messages: z.number(), unheard: z.number() })),
  messages: z.array(VoicemailMessage),
  next: z.string().nullable(),
})
export type VoicemailPage = z.infer<typeof VoicemailPage>

// ── softphone and directory ───────────────────────────────────────────────────────────────────────────────────────────

/** Short-lived SIP credentials of the signed-in person for the softphone in the page. Ask anew before `expiresAt`. */
export const Softphone = z.object({
  uri: z.string(),
  username: z.string(),
  password: z.string(),
  /** In order of preference. */
  wsUrls: z.array(z.string()),
  displayName: z.string(),
  extension: z.string().nullable(),
  expiresAt: epochMs,
})
export type Softphone = z.infer<typeof Softphone>

export const DirectoryEntry = z.object({
  id: z.string(),
  kind: z.enum(['person', 'role', 'group', 'service']),
  name: z.string(),
  number: z.string(),
  department: z.string().nullable(),
  /** Null: unknown (switch away) or not applicable. */
  registered: z.boolean().nullable(),
  inCall: z.boolean(),
})
export type DirectoryEntry = z.infer<typeof DirectoryEntry>

export const Directory = z.object({ entries: z.array(DirectoryEntry) })
export type Directory = z.infer<typeof Directory>

// ── people who may sign in ────────────────────────────────────────────────────────────────────────────────────────────

export const User = z.object({
  user: z.string(),
  name: z.string(),
  person: z.string().nullable(),
  administrator: z.boolean(),
  mustChangePassword: z.boolean(),
  disabled: z.boolean(),
  secondFactor: z.boolean(),
})
export type User = z.infer<typeof User>

/** `withoutUser`: people of the plan who cannot sign in yet. */
export const Users = z.object({ users: z.array(User), withoutUser: z.array(z.object({ person: z.string(), name: z.string() })) })
export type Users = z.infer<typeof Users>

export const NewUser = z.object({
  user: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,99}$/u, 'a user name is letters, digits, dots, hyphens'),
  /** A person of the plan; null for somebody who is not in it. */
  person: z.string().max(100).nullable(),
  name: z.string().max(200).optional(),
  administrator: z.boolean().default(false),
})
export type NewUser = z.infer<typeof NewUser>

export const UserChange = z.object({
  disabled: z.boolean().optional(),
  administrator: z.boolean().optional(),
  secondFactor: z.literal(false).optional(),
})
export type UserChange = z.infer<typeof UserChange>

/** Shown this once: to be replaced at the next sign-in. */
export const OneTimePassword = z.object({ user: z.string(), oneTimePassword: z.string() })
export type OneTimePassword = z.infer<typeof OneTimePassword>

// ── audit ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const AuditQuery = z.object({
  who: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  from: moment.optional(),
  to: moment.optional(),
  cursor: cursor.optional(),
  limit: pageSize,
})
export type AuditQuery = z.infer<typeof AuditQuery>

export const AuditEntry = z.object({
  seq: z.number(),
  at: epochMs,
  /** User name, or 'system'. */
  who: z.string(),
  action: z.string(),
  /** What it was done to: 'recording:ID', 'call:ID', 'user:NAME'. */
  object: z.string(),
  /** The address of the request, '' for the system. */
  address: z.string(),
  details: z.record(z.string(), z.unknown()),
  /** SHA-256 over the entry and the hash before it, hex (ACC-03). */
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditPage = z.object({ entries: z.array(AuditEntry), next: z.string().nullable() })
export type AuditPage = z.infer<typeof AuditPage>

export const AuditVerification = z.object({
  ok: z.boolean(),
  entries: z.number(),
  /** The first entry that does not follow from the one before it. */
  brokenAt: z.number().nullable(),
  head: z.string(),
})
export type AuditVerification = z.infer<typeof AuditVerification>
