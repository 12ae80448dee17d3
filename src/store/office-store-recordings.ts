/** The index of recordings and the list of voicemail: a reader of the log, completed by what finishing finds out. */
import type { Filter } from '../access/rights.ts'
import type { LoggedEvent } from '../call/events.ts'
import { type CallFacts, concerns, foldRecording, type RecordingEntry } from '../recording/recording-entry.ts'
import { allOf, type Condition, filterSql } from './access-sql.ts'
import { cursorOf, type PageQuery, parseCursor, searchText, textCondition } from './paging.ts'
import type { Database } from './sqlite.ts'

export interface RecordingsQuery extends PageQuery {
  readonly kind?: string | undefined
  readonly box?: string | undefined
  readonly direction?: string | undefined
  readonly minSeconds?: number | undefined
}

export interface IndexedRecording {
  readonly entry: RecordingEntry
  /** Voicemail: when somebody first listened. */
  readonly heardAt: number | null
}

interface Row {
  id: string
  started_at: number
  heard_at: number | null
  entry: string
}

export class OfficeRecordings {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** To be called inside the reader's transaction. `factsOf` gives the call's own fold. True when something waits to be finished. */
  apply(events: readonly LoggedEvent[], factsOf: (call: string) => CallFacts | null): boolean {
    let waiting = false
    for (const logged of events) {
      const about = concerns(logged)
      if (about === null) continue
      const known = 'id' in about ? [this.raw(about.id)] : this.ofCallRaw(about.call)
      for (const before of known) {
        // Of a call that is over only the recording itself still knows.
        const facts = factsOf(logged.call) ?? before
        if (facts === null) continue
        const after = foldRecording(before, logged, facts)
        if (after === null || after === before) continue
        this.put(after)
        if (after.state === 'waiting') waiting = true
      }
    }
    return waiting
  }

  put(entry: RecordingEntry): void {
    this.db.run(
      `INSERT INTO recording (id, call, kind, started_at, duration_ms, state, direction, people, queue, group_name, box, heard_by, search, entry)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET duration_ms = excluded.duration_ms, state = excluded.state, people = excluded.people, queue = excluded.queue,
         group_name = excluded.group_name, box = excluded.box, heard_by = excluded.heard_by, search = excluded.search, entry = excluded.entry`,
      entry.id,
      entry.call,
      entry.kind,
      entry.startedAt,
      Math.round(entry.durationMs),
      entry.state,
      entry.direction,
      JSON.stringify(entry.people),
      entry.queue,
      entry.group,
      entry.box,
      JSON.stringify(entry.heardBy),
      searchText([entry.left, entry.right], [entry.line ?? '', entry.box ?? '', entry.rule ?? '', entry.id, entry.call]),
      JSON.stringify(entry),
    )
  }

  /** Whatever anybody's rights are: for the finisher. */
  raw(id: string): RecordingEntry | null {
    const row = this.db.get<Row>('SELECT entry FROM recording WHERE id = ?', id)
    return row ? (JSON.parse(row.entry) as RecordingEntry) : null
  }

  find(id: string, filter: Filter): IndexedRecording | null {
    const { sql, values } = filterSql(filter)
    const row = this.db.get<Row>(`SELECT entry, heard_at FROM recording WHERE id = ? AND (${sql})`, id, ...values)
    return row ? indexed(row) : null
  }

  ofCall(call: string, filter: Filter): IndexedRecording[] {
    const { sql, values } = filterSql(filter)
    return this.db
      .all<Row>(`SELECT entry, heard_at FROM recording WHERE call = ? AND (${sql}) ORDER BY started_at`, call, ...values)
      .map(indexed)
  }

  /** Newest first. */
  list(query: RecordingsQuery, filter: Filter): { recordings: IndexedRecording[]; next: string | null } {
    const conditions: Condition[] = [filterSql(filter)]
    if (query.kind) conditions.push({ sql: 'kind = ?', values: [query.kind] })
    if (query.box) conditions.push({ sql: 'box = ?', values: [query.box] })
    if (query.direction) conditions.push({ sql: 'direction = ?', values: [query.direction] })
    if (query.from !== undefined) conditions.push({ sql: 'started_at >= ?', values: [query.from] })
    if (query.to !== undefined) conditions.push({ sql: 'started_at < ?', values: [query.to] })
    if (query.minSeconds) conditions.push({ sql: 'duration_ms >= ?', values: [query.minSeconds * 1000] })
    if (query.text) conditions.push(textCondition(query.text))
    const after = parseCursor(query.cursor)
    if (after) conditions.push({ sql: '(started_at, id) < (?, ?)', values: [after.at, after.id] })
    const { sql, values } = allOf(conditions)
    const rows = this.db.all<Row>(
      `SELECT id, started_at, heard_at, entry FROM recording WHERE ${sql} ORDER BY started_at DESC, id DESC LIMIT ?`,
      ...values,
      query.limit + 1,
    )
    const page = rows.slice(0, query.limit)
    const last = page.at(-1)
    return { recordings: page.map(indexed), next: rows.length > query.limit && last ? cursorOf(last.started_at, last.id) : null }
  }

  boxes(filter: Filter): { box: string; messages: number; unheard: number }[] {
    const { sql, values } = filterSql(filter)
    return this.db.all<{ box: string; messages: number; unheard: number }>(
      `SELECT box, count(*) AS messages, sum(heard_at IS NULL) AS unheard FROM recording
       WHERE kind = 'voicemail' AND box IS NOT NULL AND state <> 'empty' AND (${sql}) GROUP BY box ORDER BY box`,
      ...values,
    )
  }

  /** Every voicemail box that has messages. */
  mailboxes(): { box: string; fresh: number; old: number }[] {
    return this.db.all<{ box: string; fresh: number; old: number }>(
      `SELECT box, sum(heard_at IS NULL) AS fresh, sum(heard_at IS NOT NULL) AS old FROM recording
       WHERE kind = 'voicemail' AND box IS NOT NULL AND state <> 'empty' GROUP BY box ORDER BY box`,
    )
  }

  markHeard(id: string, nowMs: number): void {
    this.db.run("UPDATE recording SET heard_at = ? WHERE id = ? AND kind = 'voicemail' AND heard_at IS NULL", nowMs, id)
  }

  /** Ids of what waits to be finished, oldest first. */
  waiting(limit: number): string[] {
    return this.db
      .all<{ id: string }>("SELECT id FROM recording WHERE state = 'waiting' ORDER BY started_at LIMIT ?", limit)
      .map(row => row.id)
  }

  /** Counts one more try to finish it and says how many that makes. */
  countAttempt(id: string): number {
    this.db.run('UPDATE recording SET attempts = attempts + 1 WHERE id = ?', id)
    return this.db.get<{ attempts: number }>('SELECT attempts FROM recording WHERE id = ?', id)?.attempts ?? 0
  }

  counts(): { waiting: number; failed: number } {
    const rows = this.db.all<{ state: string; n: number }>(
      "SELECT state, count(*) AS n FROM recording WHERE state IN ('waiting', 'failed') GROUP BY state",
    )
    const of = (state: string) => rows.find(row => row.state === state)?.n ?? 0
    return { waiting: of('waiting'), failed: of('failed') }
  }

  private ofCallRaw(call: string): RecordingEntry[] {
    return this.db.all<Row>('SELECT entry FROM recording WHERE call = ?', call).map(row => JSON.parse(row.entry) as RecordingEntry)
  }
}

function indexed(row: Pick<Row, 'entry' | 'heard_at'>): IndexedRecording {
  return { entry: JSON.parse(row.entry) as RecordingEntry, heardAt: row.heard_at }
}
