/**
 * Call records, as a reader of the log: what happened in open calls is kept as progress, so that a restarted office goes on
 * where it stopped, and every change of a record is written in the same transaction as the position in the log.
 */

import type { Filter } from '../access/rights.ts'
import type { LoggedEvent } from '../call/events.ts'
import { type CallProgress, type CallRecord, foldCall } from '../operations/call-record.ts'
import { allOf, type Condition, filterSql } from './access-sql.ts'
import { cursorOf, type PageQuery, parseCursor, searchText, textCondition } from './paging.ts'
import type { Database } from './sqlite.ts'

export interface CallsQuery extends PageQuery {
  readonly direction?: string | undefined
  readonly outcome?: string | undefined
}

export class OfficeCalls {
  private readonly db: Database
  /** Calls that have not ended, by id. */
  private open: Map<string, CallProgress>
  private pending = new Map<string, CallProgress>()

  constructor(db: Database) {
    this.db = db
    const rows = db.all<{ call: string; progress: string }>('SELECT call, progress FROM call_open')
    this.open = new Map(rows.map(row => [row.call, JSON.parse(row.progress) as CallProgress]))
  }

  /** The calls that go on at the moment. */
  live(): readonly CallProgress[] {
    return [...this.open.values()]
  }

  liveOne(id: string): CallProgress | undefined {
    return this.open.get(id)
  }

  /** To be called inside the transaction that moves the reader's position; `settle` or `forget` follows. */
  apply(events: readonly LoggedEvent[]): ReadonlyMap<string, CallProgress> {
    for (const logged of events) {
      const after = foldCall(this.progressOf(logged.call), logged)
      if (after) this.pending.set(logged.call, after)
      // Something that belongs to a call that is over: its story reaches further.
      else this.db.run('UPDATE call_record SET last_seq = ? WHERE id = ? AND last_seq < ?', logged.seq, logged.call, logged.seq)
    }
    for (const progress of this.pending.values()) this.write(progress)
    return this.pending
  }

  /** The state of a call as of the last event applied. */
  progressOf(call: string): CallProgress | null {
    return this.pending.get(call) ?? this.open.get(call) ?? null
  }

  /** The transaction was committed. Returns what changed. */
  settle(): CallProgress[] {
    const changed = [...this.pending.values()]
    for (const progress of changed) {
      if (progress.record.endedAt === null) this.open.set(progress.record.id, progress)
      else this.open.delete(progress.record.id)
    }
    this.pending = new Map()
    return changed
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.pending = new Map()
  }

  /** One record and where its events lie in the log, if `filter` lets it through. */
  find(id: string, filter: Filter): { record: CallRecord; firstSeq: number; lastSeq: number } | null {
    const { sql, values } = filterSql(filter)
    const row = this.db.get<{ record: string; first_seq: number; last_seq: number }>(
      `SELECT record, first_seq, last_seq FROM call_record WHERE id = ? AND (${sql})`,
      id,
      ...values,
    )
    return row ? { record: JSON.parse(row.record) as CallRecord, firstSeq: row.first_seq, lastSeq: row.last_seq } : null
  }

  /** Newest first. */
  list(query: CallsQuery, filter: Filter): { calls: CallRecord[]; next: string | null } {
    const conditions: Condition[] = [filterSql(filter)]
    if (query.direction) conditions.push({ sql: 'direction = ?', values: [query.direction] })
    if (query.outcome) conditions.push({ sql: 'outcome = ?', values: [query.outcome] })
    if (query.from !== undefined) conditions.push({ sql: 'started_at >= ?', values: [query.from] })
    if (query.to !== undefined) conditions.push({ sql: 'started_at < ?', values: [query.to] })
    if (query.text) conditions.push(textCondition(query.text))
    const after = parseCursor(query.cursor)
    if (after) conditions.push({ sql: '(started_at, id) < (?, ?)', values: [after.at, after.id] })
    const { sql, values } = allOf(conditions)
    const rows = this.db.all<{ id: string; started_at: number; record: string }>(
      `SELECT id, started_at, record FROM call_record WHERE ${sql} ORDER BY started_at DESC, id DESC LIMIT ?`,
      ...values,
      query.limit + 1,
    )
    const page = rows.slice(0, query.limit)
    const last = page.at(-1)
    return {
      calls: page.map(row => JSON.parse(row.record) as CallRecord),
      next: rows.length > query.limit && last ? cursorOf(last.started_at, last.id) : null,
    }
  }

  private write(progress: CallProgress): void {
    const { record } = progress
    this.db.run(
      `INSERT INTO call_record (id, started_at, ended_at, direction, outcome, people, queue, group_name, box, search, first_seq, last_seq, record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome, people = excluded.people, queue = excluded.queue,
         group_name = excluded.group_name, search = excluded.search, last_seq = excluded.last_seq, record = excluded.record`,
      record.id,
      record.startedAt,
      record.endedAt,
      record.direction,
      record.outcome,
      JSON.stringify(progress.people),
      record.queue,
      record.group,
      searchText(
        [record.from, record.to, record.answeredBy, ...Object.values(progress.legs).map(leg => leg.party)],
        [record.dialled, record.id],
      ),
      progress.firstSeq,
      progress.lastSeq,
      JSON.stringify(record),
    )
    if (record.endedAt === null)
      this.db.run(
        'INSERT INTO call_open (call, progress) VALUES (?, ?) ON CONFLICT (call) DO UPDATE SET progress = excluded.progress',
        record.id,
        JSON.stringify(progress),
      )
    else this.db.run('DELETE FROM call_open WHERE call = ?', record.id)
  }
}
