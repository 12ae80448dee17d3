/** Reading the log of an exchange, running or not: read-only, straight from the database file. */
import { existsSync } from 'node:fs'
import type { CallEvent, LoggedEvent } from '../call/events.ts'
import { dataPaths } from '../store/exchange-config.ts'
import { Database } from '../store/sqlite.ts'
import { UsageError } from './usage-error.ts'

interface EventRow {
  readonly seq: number
  readonly at: number
  readonly call: string
  readonly data: string
}

export class LogView {
  private readonly db: Database

  constructor(data: string) {
    const path = dataPaths(data).switchDb
    if (!existsSync(path))
      throw new UsageError(`no exchange has run on ${data} yet`, 'start one with `switchroom up`, or name its folder with --data DIR')
    this.db = new Database(path, { readOnly: true })
  }

  eventsOf(call: string): LoggedEvent[] {
    return this.rows(this.db.all<EventRow>('SELECT seq, at, call, data FROM event WHERE call = ? ORDER BY seq', call))
  }

  /** Ids that begin with what was typed. */
  callsLike(prefix: string): string[] {
    return this.db
      .all<{ call: string }>('SELECT DISTINCT call FROM event WHERE call >= ? AND call < ? LIMIT 20', prefix, prefix + '\uffff')
      .map(r => r.call)
  }

  /** The newest calls, oldest of them first. */
  newest(count: number): string[] {
    return this.db
      .all<{ call: string }>("SELECT call FROM event WHERE type = 'call.started' ORDER BY seq DESC LIMIT ?", count)
      .map(r => r.call)
      .reverse()
  }

  after(seq: number, limit = 1000): LoggedEvent[] {
    return this.rows(this.db.all<EventRow>('SELECT seq, at, call, data FROM event WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit))
  }

  lastSeq(): number {
    return this.db.get<{ seq: number | null }>('SELECT max(seq) AS seq FROM event')?.seq ?? 0
  }

  close(): void {
    this.db.close()
  }

  private rows(rows: readonly EventRow[]): LoggedEvent[] {
    return rows.map(r => ({ seq: r.seq, at: r.at, call: r.call, event: JSON.parse(r.data) as CallEvent }))
  }
}
