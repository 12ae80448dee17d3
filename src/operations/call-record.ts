/**
 * The record of a call (CRM-01): numbers, times, who answered, how it ended, what was recorded. A fold of the call's events
 * and nothing else, so that it can be recomputed at any time and two readers never disagree.
 *
 *   let progress: CallProgress | null = null
 *   for (const logged of events) progress = foldCall(progress, logged)
 *   progress.record
 *
 * `CallProgress` is plain JSON: a reader keeps it beside its position in the log and goes on after a restart.
 */
import type { CallEvent, CallOutcome, LoggedEvent, Party } from '../call/events.ts'
import type { LegMedia } from '../media/leg-media.ts'

export interface CallRecord {
  readonly id: string
  readonly direction: 'in' | 'out' | 'internal'
  readonly from: Party
  readonly to: Party
  readonly dialled: string
  /** The office's own number that was called, for calls from outside. */
  readonly line: string | null
  readonly startedAt: number
  /** When the caller was connected, to whomever or whatever. */
  readonly answeredAt: number | null
  readonly endedAt: number | null
  readonly ringMs: number
  /** Time in which the caller was connected with a person. */
  readonly talkMs: number
  readonly answeredBy: Party | null
  readonly outcome: CallOutcome | null
  readonly trunk: string | null
  readonly group: string | null
  readonly queue: string | null
  readonly endedBy: Party | null
  readonly status: number | null
  readonly cause: number | null
  readonly reason: string | null
  readonly recordings: readonly string[]
  readonly revision: number
}

export type LiveState = 'deciding' | 'ringing' | 'talking' | 'held' | 'announcement' | 'voicemail' | 'echo' | 'ending'

export interface LegProgress {
  readonly party: Party
  readonly account: string | null
  readonly trunk: string | null
  readonly startedAt: number
  readonly ringingAt: number | null
  readonly answeredAt: number | null
  readonly endedAt: number | null
  readonly codec: string | null
  readonly encrypted: boolean
  readonly held: boolean
  /** 'talking', 'no-answer', 'hung up by peer' …; '' while it rings. */
  readonly result: string
}

export interface CallProgress {
  readonly record: CallRecord
  readonly state: LiveState
  readonly stateSinceAt: number
  readonly callerLeg: string
  readonly legs: Readonly<Record<string, LegProgress>>
  /** The two legs that talk, and since when. */
  readonly bridge: { readonly a: string; readonly b: string; readonly sinceAt: number } | null
  /** Recordings that run at the moment. */
  readonly recording: readonly string[]
  /** Everybody of the plan who had a part (callers, called, those who were rung), and their accounts as 'account:NAME'. For rights. */
  readonly people: readonly string[]
  readonly firstSeq: number
  readonly lastSeq: number
}

/** Takes one more event into account. Events of a call whose start is not in the log are ignored (null stays null). */
export function foldCall(before: CallProgress | null, logged: LoggedEvent): CallProgress | null {
  if (before === null) return logged.event.type === 'call.started' ? begin(logged, logged.event) : null
  if (logged.seq <= before.lastSeq) return before
  return { ...follow(before, logged.at, logged.event), lastSeq: logged.seq }
}

/** The folds of whole lists: for tools that have read a call at once. */
export function foldCalls(events: Iterable<LoggedEvent>): Map<string, CallProgress> {
  const calls = new Map<string, CallProgress>()
  for (const logged of events) {
    const after = foldCall(calls.get(logged.call) ?? null, logged)
    if (after) calls.set(logged.call, after)
  }
  return calls
}

type Started = Extract<CallEvent, { type: 'call.started' }>

function begin(logged: LoggedEvent, event: Started): CallProgress {
  const { origin } = event
  return {
    record: {
      id: logged.call,
      direction: event.direction,
      from: event.from,
      to: event.to,
      dialled: event.dialled,
      line: event.direction === 'in' ? event.to.number || event.dialled : null,
      startedAt: logged.at,
      answeredAt: null,
      endedAt: null,
      ringMs: 0,
      talkMs: 0,
      answeredBy: null,
      outcome: null,
      trunk: origin.kind === 'trunk' ? origin.trunk : null,
      group: null,
      queue: null,
      endedBy: null,
      status: null,
      cause: null,
      reason: null,
      recordings: [],
      revision: event.revision,
    },
    state: 'deciding',
    stateSinceAt: logged.at,
    callerLeg: event.leg,
    legs: {
      [event.leg]: leg(
        event.from,
        origin.kind === 'trunk' ? null : origin.account,
        origin.kind === 'trunk' ? origin.trunk : null,
        logged.at,
      ),
    },
    bridge: null,
    recording: [],
    people: whoIs([event.from, event.to], origin.kind === 'trunk' ? null : origin.account),
    firstSeq: logged.seq,
    lastSeq: logged.seq,
  }
}

function follow(call: CallProgress, at: number, event: CallEvent): CallProgress {
  switch (event.type) {
    case 'call.started':
      return call
    case 'call.decided': {
      const record = {
        ...call.record,
        group: section(event, 'groups') ?? call.record.group,
        queue: section(event, 'queues') ?? call.record.queue,
      }
      const state = stateOf(event.action.do)
      return become({ ...call, record }, call.bridge && state !== 'ending' ? call.state : state, at)
    }
    case 'leg.started': {
      const added = { ...call, legs: { ...call.legs, [event.leg]: leg(event.party, event.account, event.trunk, at) } }
      const record = event.trunk && !call.record.trunk ? { ...call.record, trunk: event.trunk } : call.record
      return { ...added, record, people: whoIs([event.party], event.account, call.people) }
    }
    case 'leg.ringing':
      return onLeg(call, event.leg, old => ({ ...old, ringingAt: old.ringingAt ?? at }))
    case 'leg.answered': {
      const trunk = call.legs[event.leg]?.trunk
      const answered = onLeg(call, event.leg, old => ({ ...old, answeredAt: at, ...media(event.media), result: 'answered' }))
      return trunk ? { ...answered, record: { ...answered.record, trunk } } : answered
    }
    case 'leg.failed':
      return onLeg(call, event.leg, old => ({ ...old, endedAt: at, result: event.outcome }))
    case 'call.answered': {
      const answered = onLeg(call, event.leg, old => ({
        ...old,
        answeredAt: old.answeredAt ?? at,
        ...media(event.media),
        result: 'answered',
      }))
      const { record } = answered
      return {
        ...answered,
        record: {
          ...record,
          answeredAt: record.answeredAt ?? at,
          ringMs: record.answeredAt === null ? at - record.startedAt : record.ringMs,
        },
      }
    }
    case 'call.bridged': {
      const parted = part(call, at)
      const other = event.a === call.callerLeg ? event.b : event.b === call.callerLeg ? event.a : null
      const answeredBy = parted.record.answeredBy ?? (other === null ? null : (call.legs[other]?.party ?? null))
      const bridged = { ...parted, record: { ...parted.record, answeredBy }, bridge: { a: event.a, b: event.b, sinceAt: at } }
      return become(bridged, anyHeld(bridged) ? 'held' : 'talking', at)
    }
    case 'media.agreed': {
      const agreed = onLeg(call, event.leg, old => ({ ...old, ...media(event.media), held: event.held }))
      if (!agreed.bridge) return agreed
      return become(agreed, anyHeld(agreed) ? 'held' : 'talking', at)
    }
    case 'recording.started': {
      const again = call.record.recordings.includes(event.recording)
      const record = again ? call.record : { ...call.record, recordings: [...call.record.recordings, event.recording] }
      return { ...call, record, recording: [...call.recording.filter(id => id !== event.recording), event.recording] }
    }
    case 'recording.stopped':
      return { ...call, recording: call.recording.filter(id => id !== event.recording) }
    case 'leg.ended': {
      const ended = onLeg(call, event.leg, old => ({ ...old, endedAt: old.endedAt ?? at, result: `ended by ${event.by}` }))
      const { bridge } = ended
      return bridge && (bridge.a === event.leg || bridge.b === event.leg) ? become(part(ended, at), 'ending', at) : ended
    }
    case 'call.ended': {
      const parted = part(call, at)
      const { record } = parted
      const legs = Object.fromEntries(Object.entries(parted.legs).map(([id, old]) => [id, { ...old, endedAt: old.endedAt ?? at }]))
      const ended: CallRecord = {
        ...record,
        endedAt: at,
        ringMs: record.answeredAt === null ? at - record.startedAt : record.ringMs,
        outcome: event.outcome,
        endedBy: event.by,
        status: event.status,
        cause: event.cause,
        reason: event.reason,
      }
      return become({ ...parted, record: ended, legs, recording: [] }, 'ending', at)
    }
    case 'leg.snapshot':
    case 'announcement.played':
    case 'setting.changed':
    case 'menu.heard':
    case 'menu.pressed':
    case 'recording.gap':
    case 'voicemail.left':
    case 'quality.measured':
    case 'call.recovered':
    case 'media.offered':
    case 'transfer.asked':
    case 'transfer.ended':
      return call
    default:
      // An event of a later version of the program: what it means is not ours to guess, the rest of the record still holds.
      return call
  }
}

/** The group or queue on whose behalf people are rung: the reasons for it stand there in the plan. */
function section(event: Extract<CallEvent, { type: 'call.decided' }>, name: 'groups' | 'queues'): string | null {
  if (event.action.do !== 'ring') return null
  const place = event.reasons.findLast(reason => reason.place?.path.startsWith(`${name}.`))?.place
  return place?.path.split('.')[1] ?? null
}

function leg(party: Party, account: string | null, trunk: string | null, startedAt: number): LegProgress {
  return {
    party,
    account,
    trunk,
    startedAt,
    ringingAt: null,
    answeredAt: null,
    endedAt: null,
    codec: null,
    encrypted: false,
    held: false,
    result: '',
  }
}

function media(agreed: LegMedia | null): Partial<Pick<LegProgress, 'codec' | 'encrypted'>> {
  if (agreed === null) return {}
  return { codec: agreed.codec?.name ?? null, encrypted: agreed.srtp.kind !== 'none' }
}

function onLeg(call: CallProgress, id: string, change: (old: LegProgress) => LegProgress): CallProgress {
  const old = call.legs[id]
  return old ? { ...call, legs: { ...call.legs, [id]: change(old) } } : call
}

function anyHeld(call: CallProgress): boolean {
  const { bridge, legs } = call
  return bridge !== null && ((legs[bridge.a]?.held ?? false) || (legs[bridge.b]?.held ?? false))
}

/** The two no longer talk: their time together counts. Only time with the caller counts as talk of this call. */
function part(call: CallProgress, at: number): CallProgress {
  if (!call.bridge) return call
  return { ...call, bridge: null, record: { ...call.record, talkMs: call.record.talkMs + Math.max(0, at - call.bridge.sinceAt) } }
}

function become(call: CallProgress, state: LiveState, at: number): CallProgress {
  return call.state === state ? call : { ...call, state, stateSinceAt: at }
}

function stateOf(action: Extract<CallEvent, { type: 'call.decided' }>['action']['do']): LiveState {
  const states = {
    ring: 'ringing',
    'dial-out': 'ringing',
    announce: 'announcement',
    menu: 'announcement',
    voicemail: 'voicemail',
    echo: 'echo',
    end: 'ending',
  } as const
  return states[action] ?? 'deciding'
}

function whoIs(parties: readonly Party[], account: string | null, known: readonly string[] = []): readonly string[] {
  const names = parties.flatMap(party => (party.who ? [party.who.replace(/^person:/, '')] : []))
  if (account !== null) names.push(`account:${account}`)
  const fresh = names.filter(name => !known.includes(name))
  return fresh.length === 0 ? known : [...known, ...new Set(fresh)]
}
