/** From what the readers of the log keep to what the interface shows. */
import { type Filter, permits, type Subject } from '../../access/rights.ts'
import type { CallProgress } from '../../operations/call-record.ts'
import type { RecordingEntry } from '../../recording/recording-entry.ts'
import type { IndexedRecording } from '../../store/office-store-recordings.ts'
import type { Recording, StoryLeg, VoicemailMessage } from './schemas.ts'

export interface HearingRights {
  readonly listen: Filter
  readonly download: Filter
}

export function subjectOf(entry: RecordingEntry): Subject {
  return { at: entry.startedAt, people: entry.people, queue: entry.queue, group: entry.group, box: entry.box, heardBy: entry.heardBy }
}

export function recordingView(entry: RecordingEntry, rights: HearingRights): Recording {
  const subject = subjectOf(entry)
  const there = entry.state === 'ready'
  return {
    id: entry.id,
    call: entry.call,
    kind: entry.kind,
    startedAt: entry.startedAt,
    durationMs: entry.durationMs,
    state: entry.state,
    problem: entry.problem,
    left: entry.left,
    right: entry.right,
    direction: entry.direction,
    line: entry.line,
    box: entry.box,
    rule: entry.rule,
    purpose: entry.purpose,
    keepUntilAt: entry.keepUntilAt,
    format: entry.format,
    sizeBytes: entry.sizeBytes,
    encrypted: entry.encrypted,
    checks: entry.checks,
    gaps: [...entry.gaps],
    may: { listen: there && permits(rights.listen, subject), download: there && permits(rights.download, subject) },
  }
}

export function voicemailView({ entry, heardAt }: IndexedRecording, rights: HearingRights): VoicemailMessage {
  const view = recordingView(entry, rights)
  return {
    recording: entry.id,
    call: entry.call,
    box: entry.box ?? '',
    from: entry.left,
    leftAt: entry.startedAt,
    durationMs: entry.durationMs,
    state: entry.state,
    heardAt,
    may: view.may,
  }
}

export function legViews(call: CallProgress): StoryLeg[] {
  return Object.entries(call.legs).map(([id, leg]) => ({
    leg: id,
    party: leg.party,
    role: id === call.callerLeg ? 'caller' : 'called',
    trunk: leg.trunk,
    startedAt: leg.startedAt,
    ringingAt: leg.ringingAt,
    answeredAt: leg.answeredAt,
    endedAt: leg.endedAt,
    codec: leg.codec,
    encrypted: leg.encrypted,
    result: leg.result,
  }))
}
