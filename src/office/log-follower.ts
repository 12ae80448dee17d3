/**
 * Keeps the office's readers at the end of the switch's log: reads when the switch says that something was appended, and at
 * least every quarter of a second in case it cannot say so. Works in portions, so that a long backlog (a new office beside an
 * old log) never holds up a request for long.
 */
import type { CallProgress } from '../operations/call-record.ts'
import { type LogFold, LogReader, type LogSource } from '../store/log-reader.ts'
import type { OfficeStore } from '../store/office-store.ts'

export interface FollowerEvents {
  /** Calls that changed, with their new state. */
  readonly onCalls: (changed: readonly CallProgress[]) => void
  /** At least one recording waits to be finished. */
  readonly onRecordingWaits: () => void
  readonly onProblem: (problem: unknown) => void
}

const POLL_MS = 250
const PORTION = 300
const AFTER_PROBLEM_MS = 2000

export class LogFollower {
  private readonly reader: LogReader
  private readonly events: FollowerEvents
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null
  private soon = false
  private closed = false

  constructor(source: LogSource, store: OfficeStore, events: FollowerEvents) {
    this.events = events
    let recordingWaits = false
    const fold: LogFold = {
      apply(batch) {
        store.calls.apply(batch)
        recordingWaits = store.recordings.apply(batch, call => {
          const progress = store.calls.progressOf(call)
          return progress && { ...progress.record, people: progress.people }
        })
      },
      settle() {
        events.onCalls(store.calls.settle())
        if (recordingWaits) events.onRecordingWaits()
      },
      forget: () => store.calls.forget(),
    }
    this.reader = new LogReader(source, store.db, 'office', fold)
  }

  /** Position of the last event read. */
  get position(): number {
    return this.reader.position
  }

  start(): void {
    // A log that ends before our position was replaced by another (a restored backup, a deleted file): read it from its beginning.
    if (this.reader.behind() < 0) {
      this.events.onProblem(new Error('the log is shorter than what was read of it: reading it anew'))
      this.reader.restart()
    }
    this.nudge()
  }

  /** Something was appended. */
  nudge(): void {
    if (this.soon || this.closed) return
    this.soon = true
    if (this.timer) clearTimeout(this.timer as NodeJS.Timeout)
    this.timer = setImmediate(() => this.round())
  }

  close(): void {
    this.closed = true
    if (!this.timer) return
    clearTimeout(this.timer as NodeJS.Timeout)
    clearImmediate(this.timer as NodeJS.Immediate)
  }

  private round(): void {
    this.soon = false
    if (this.closed) return
    let pauseMs = POLL_MS
    try {
      if (this.reader.read(PORTION) === PORTION) {
        this.nudge()
        return
      }
    } catch (error) {
      this.events.onProblem(error)
      pauseMs = AFTER_PROBLEM_MS
    }
    this.timer = setTimeout(() => this.round(), pauseMs)
  }
}
