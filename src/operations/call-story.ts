/**
 * The story of a call in plain words (IN-10): what was decided and why, with the place in the plan; who was rung, who
 * answered, what was said and recorded, how it ended. Computed from the call's events alone, so that it can be told of any
 * call at any time; `switchroom why CALL`, the console and the HTTP interface all call this function.
 *
 * Each line carries a code and its values beside the English text, so that it can be told in other languages.
 */
import type { CallEvent, LoggedEvent, Party } from '../call/events.ts'
import type { LegMedia } from '../media/leg-media.ts'
import type { Action, Place } from '../plan/decision.ts'

export type StoryKind = 'start' | 'reason' | 'action' | 'ring' | 'answer' | 'talk' | 'media' | 'recording' | 'failure' | 'recovery' | 'end'

export interface StoryLine {
  readonly at: number
  /** Since the call's start. */
  readonly afterMs: number
  readonly kind: StoryKind
  readonly text: string
  readonly code: string
  readonly values: Readonly<Record<string, string>>
  readonly place: Place | null
}

type Said = Omit<StoryLine, 'at' | 'afterMs'>

export function callStory(events: readonly LoggedEvent[]): StoryLine[] {
  const teller = new Teller()
  const startedAt = events[0]?.at ?? 0
  return events.flatMap(({ at, event }) => teller.tell(event).map(said => ({ at, afterMs: at - startedAt, ...said })))
}

/** Remembers who is on which leg while the story goes on. */
class Teller {
  private readonly parties = new Map<string, Party>()
  private readonly trunks = new Map<string, string>()
  private readonly held = new Set<string>()
  private caller = ''

  tell(event: CallEvent): Said[] {
    switch (event.type) {
      case 'call.started': {
        this.caller = event.leg
        this.parties.set(event.leg, event.from)
        return [this.started(event)]
      }
      case 'call.decided':
        return [
          ...event.reasons.map(reason => ({
            kind: 'reason' as const,
            text: reason.text,
            code: reason.code,
            values: reason.values,
            place: reason.place,
          })),
          ...actionSaid(event.action),
        ]
      case 'leg.started': {
        this.parties.set(event.leg, event.party)
        if (event.trunk) this.trunks.set(event.leg, event.trunk)
        const by = event.trunk ? ` by trunk ${event.trunk}` : ''
        return [say('ring', 'leg.started', `calling ${nameOf(event.party)}${by}`, { party: nameOf(event.party), trunk: event.trunk ?? '' })]
      }
      case 'leg.ringing': {
        const early = event.early ? ' and sends its own ringing tone or announcement' : ''
        return [
          say('ring', 'leg.ringing', `${this.who(event.leg)} ${event.status === 183 ? 'is being reached' : 'rings'}${early}`, {
            party: this.who(event.leg),
            status: String(event.status),
          }),
        ]
      }
      case 'leg.answered':
        return [
          say('answer', 'leg.answered', `${this.who(event.leg)} answers${codecWords(event.media)}`, {
            party: this.who(event.leg),
            codec: event.media?.codec?.name ?? '',
          }),
        ]
      case 'leg.failed':
        return [
          say('failure', `leg.failed.${event.outcome}`, failureWords(this.who(event.leg), event), {
            party: this.who(event.leg),
            status: String(event.status),
            reason: event.reason,
          }),
        ]
      case 'call.answered':
        return [
          say('answer', 'call.answered', `the caller is connected${codecWords(event.media)}`, { codec: event.media?.codec?.name ?? '' }),
        ]
      case 'call.bridged':
        return [
          say('talk', 'call.bridged', `${this.who(event.a)} and ${this.who(event.b)} talk`, { a: this.who(event.a), b: this.who(event.b) }),
        ]
      case 'media.agreed': {
        const party = this.who(event.leg)
        if (event.held && !this.held.has(event.leg)) {
          this.held.add(event.leg)
          return [say('media', 'media.held', `${party} is on hold or has put the other on hold`, { party })]
        }
        if (!event.held && this.held.delete(event.leg)) return [say('media', 'media.resumed', `the hold with ${party} is over`, { party })]
        const codec = event.media?.codec?.name ?? ''
        return [say('media', 'media.agreed', `audio with ${party} was agreed anew${codecWords(event.media)}`, { party, codec })]
      }
      case 'announcement.played':
        return [
          say(
            'recording',
            event.complete ? 'announcement.complete' : 'announcement.cut',
            `${this.who(event.leg)} heard the announcement (${event.language})${event.complete ? ' to its end' : ', cut short'}`,
            { party: this.who(event.leg), language: event.language, prompts: event.prompts.join(', ') },
          ),
        ]
      case 'setting.changed':
        return [say('action', 'setting.changed', 'it holds from now on', {})]
      case 'menu.heard':
        return [say('action', 'menu.heard', `${this.who(event.leg)} heard the menu to its end`, { party: this.who(event.leg) })]
      case 'menu.pressed':
        return [
          say('action', 'menu.pressed', `${this.who(event.leg)} pressed ${event.keys}`, { party: this.who(event.leg), keys: event.keys }),
        ]
      case 'recording.started': {
        const why = event.decision ? `, rule “${event.decision.rule}”, because: ${event.decision.purpose}` : ''
        const what =
          event.kind === 'voicemail' ? `a message for voicemail box ${event.box ?? ''} is being recorded` : `recording begins${why}`
        return [
          say('recording', 'recording.started', what, {
            recording: event.recording,
            rule: event.decision?.rule ?? '',
            purpose: event.decision?.purpose ?? '',
            box: event.box ?? '',
          }),
        ]
      }
      case 'recording.stopped': {
        const words = { ended: 'the recording ends', paused: 'the recording pauses', failed: 'the recording failed' }
        return [
          say(event.reason === 'failed' ? 'failure' : 'recording', `recording.${event.reason}`, words[event.reason], {
            recording: event.recording,
          }),
        ]
      }
      case 'recording.gap':
        return [
          say(
            'failure',
            'recording.gap',
            `the recording has a gap of ${duration(event.forMs)}, ${duration(event.fromMs)} after its beginning: ${event.cause}`,
            {
              recording: event.recording,
              cause: event.cause,
              forMs: String(event.forMs),
            },
          ),
        ]
      case 'voicemail.left':
        return [
          say(
            'recording',
            'voicemail.left',
            `a message of ${duration(event.durationMs)} was left in box ${event.box}${event.tell.length > 0 ? `; to be told: ${event.tell.join(', ')}` : ''}`,
            {
              box: event.box,
              recording: event.recording,
              tell: event.tell.join(', '),
            },
          ),
        ]
      case 'call.recovered':
        return [
          say(
            'recovery',
            `call.recovered.${event.process}`,
            `the ${event.process} process was away for ${duration(event.awayMs)} and took the call over again`,
            {
              process: event.process,
              awayMs: String(event.awayMs),
            },
          ),
        ]
      case 'leg.ended':
        return [
          say('end', 'leg.ended', legEndWords(this.who(event.leg), event.by) + (event.why?.text ? ` (${event.why.text})` : ''), {
            party: this.who(event.leg),
            by: event.by,
            cause: event.why ? `${event.why.protocol} ${event.why.cause}` : '',
          }),
        ]
      case 'call.ended':
        return [ended(event)]
      case 'transfer.asked':
        return [
          say('action', 'transfer.asked', `${this.who(event.by)} transfers ${this.who(event.stays)} to ${event.to}`, {
            by: this.who(event.by),
            party: this.who(event.stays),
            to: event.to,
          }),
        ]
      case 'transfer.ended':
        return [
          say(
            event.ok ? 'talk' : 'failure',
            event.ok ? 'transfer.done' : 'transfer.failed',
            event.ok ? 'the transfer is done' : `the transfer failed (${event.status})`,
            {
              by: this.who(event.by),
              status: String(event.status),
            },
          ),
        ]
      case 'quality.measured':
      case 'leg.snapshot':
      case 'media.offered':
        return []
      default:
        return []
    }
  }

  private started(event: Extract<CallEvent, { type: 'call.started' }>): Said {
    const { origin } = event
    const caller = nameOf(event.from)
    const from =
      origin.kind === 'trunk'
        ? `${caller} calls ${event.to.number || event.dialled} from outside by trunk ${origin.trunk}`
        : origin.kind === 'device'
          ? `${caller} dials ${event.dialled}`
          : `the office calls ${event.dialled} for ${caller}`
    return say('start', `call.started.${event.direction}`, `${from}; plan revision ${event.revision} decides`, {
      from: caller,
      dialled: event.dialled,
      trunk: origin.kind === 'trunk' ? origin.trunk : '',
      revision: String(event.revision),
    })
  }

  private who(leg: string): string {
    if (leg === this.caller) {
      const party = this.parties.get(leg)
      return party && (party.name || party.number) ? nameOf(party) : 'the caller'
    }
    const party = this.parties.get(leg)
    const trunk = this.trunks.get(leg)
    return party ? nameOf(party) : trunk ? `trunk ${trunk}` : `leg ${leg}`
  }
}

function say(kind: StoryKind, code: string, text: string, values: Record<string, string>): Said {
  return { kind, code, text, values, place: null }
}

/** 'Aida Sadykova (201)', '+7701…', 'a withheld number'. */
export function nameOf(party: Party): string {
  if (party.name && party.number && party.name !== party.number) return `${party.name} (${party.number})`
  return party.name || party.number || 'a withheld number'
}

function actionSaid(action: Action): Said[] {
  switch (action.do) {
    case 'ring': {
      const names = action.targets.map(target => target.who || target.extension).join(', ')
      const order =
        action.targets.length < 2 ? '' : action.order === 'together' ? ' together' : ` one by one, ${duration(action.eachMs)} each`
      return [
        say('action', 'do.ring', `so: ring ${names}${order} for ${duration(action.forMs)}`, {
          targets: names,
          forMs: String(action.forMs),
        }),
      ]
    }
    case 'dial-out': {
      const trunks = action.attempts.map(attempt => attempt.trunk).join(', then ')
      const first = action.attempts[0]
      const shown = first ? `, showing ${first.shows.withheld ? 'no number' : first.shows.number}` : ''
      const what = action.emergency ? 'emergency call' : 'call'
      return [
        say('action', 'do.dial-out', `so: ${what} to ${first?.e164 ?? ''} by ${trunks}${shown}`, {
          trunks,
          number: first?.e164 ?? '',
          shows: first?.shows.number ?? '',
        }),
      ]
    }
    case 'announce':
      return [
        say('action', 'do.announce', `so: play ${action.prompts.join(', ')} (${action.language})`, {
          prompts: action.prompts.join(', '),
          language: action.language,
        }),
      ]
    case 'menu':
      return [
        say('action', 'do.menu', `so: ask the caller to choose in menu ${action.menu} (${action.language})`, {
          menu: action.menu,
          language: action.language,
        }),
      ]
    case 'voicemail':
      return [say('action', 'do.voicemail', `so: take a message for voicemail box ${action.box}`, { box: action.box })]
    case 'echo':
      return [say('action', 'do.echo', 'so: let the caller hear themself (echo test)', {})]
    case 'end':
      return [
        say('action', 'do.end', `so: end the call with ${action.status}${statusWords(action.status)}`, {
          status: String(action.status),
          cause: String(action.cause),
        }),
      ]
  }
}

function failureWords(who: string, event: Extract<CallEvent, { type: 'leg.failed' }>): string {
  switch (event.outcome) {
    case 'busy':
      return `${who} is busy`
    case 'no-answer':
      return `${who} does not answer`
    case 'unreachable':
      return `${who} cannot be reached (${event.status} ${event.reason})`
    case 'rejected':
      return `${who} declines the call`
    case 'cancelled':
      return `${who} stops ringing`
    case 'failed':
      return `calling ${who} failed: ${event.status} ${event.reason}`
  }
}

function legEndWords(who: string, by: string): string {
  switch (by) {
    case 'peer':
      return `${who} hangs up`
    case 'cancel':
      return `${who} gives up before an answer`
    case 'session-timer':
      return `${who} no longer answers the session refresh`
    case 'transport':
      return `the connection with ${who} broke`
    case 'timeout':
    case 'no-ack':
      return `${who} no longer responds`
    default:
      return `the exchange ends the connection with ${who}`
  }
}

function ended(event: Extract<CallEvent, { type: 'call.ended' }>): Said {
  const words: Record<typeof event.outcome, string> = {
    answered: 'answered',
    missed: 'missed',
    busy: 'busy',
    failed: 'failed',
    voicemail: 'voicemail',
    service: 'served by the exchange',
    cancelled: 'given up by the caller',
  }
  const by = event.by ? `, ended by ${nameOf(event.by)}` : ''
  const reason = event.reason ? ` (${event.status} ${event.reason})` : ''
  return say('end', `call.ended.${event.outcome}`, `the call is over: ${words[event.outcome] ?? event.outcome}${by}${reason}`, {
    outcome: event.outcome,
    by: event.by ? nameOf(event.by) : '',
    status: String(event.status),
    cause: String(event.cause),
    reason: event.reason,
  })
}

function codecWords(media: LegMedia | null): string {
  if (!media?.codec) return ''
  return ` (${media.codec.name}${media.srtp.kind === 'none' ? '' : ', encrypted'})`
}

function statusWords(status: number): string {
  const words: Record<number, string> = {
    404: ' (no such number)',
    403: ' (not allowed)',
    480: ' (nobody there)',
    486: ' (busy)',
    503: ' (out of service)',
    603: ' (declined)',
  }
  return words[status] ?? ''
}

/** '340 ms', '2.4 s', '25 s', '3 min 5 s'. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${Number((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min${seconds % 60 ? ` ${seconds % 60} s` : ''}`
}
