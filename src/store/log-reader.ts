/**
 * Reads the switch's log. `LogSource` is the log itself (read-only, perhaps not there yet); `LogReader` feeds what is new to
 * its folds, each event exactly once: the position is stored in the transaction that stores what the folds made of it.
 */
import { existsSync } from 'node:fs'
import type { CallEvent, LoggedEvent } from '../call/events.ts'
import { Database } from './sqlite.ts'

interface EventRow {
  seq: number
  at: number
  call: string
  data: string
}

export class LogSource {
  private readonly path: string
  private db: Database | null = null
  /** Rows that could not be read as events since the start: a sign of a damaged log. */
  unreadable = 0

  constructor(path: string) {
    this.path = path
  }

  /** Events after `seq`, in order; none while the switch has not made its database. */
  after(seq: number, limit: number): { events: LoggedEvent[]; upTo: number; rows: number } {
    const db = this.open()
    if (!db) return { events: [], upTo: seq, rows: 0 }
    const rows = db.all<EventRow>('SELECT seq, at, call, data FROM event WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit)
    return { events: this.parse(rows), upTo: rows.at(-1)?.seq ?? seq, rows: rows.length }
  }

  /** All events of one call. Where its first and last lie, if known, spares a walk through the whole log. */
  ofCall(call: string, firstSeq = 0, lastSeq = Number.MAX_SAFE_INTEGER): LoggedEvent[] {
    const db = this.open()
    if (!db) return []
    return this.parse(
      db.all<EventRow>(
        'SELECT seq, at, call, data FROM event WHERE seq BETWEEN ? AND ? AND call = ? ORDER BY seq',
        firstSeq,
        lastSeq,
        call,
      ),
    )
  }

  /** The last event's position; 0 when there is none. */
  head(): number {
    return this.open()?.get<{ head: number | null }>('SELECT max(seq) AS head FROM event')?.head ?? 0
  }

  close(): void {
    this.db?.close()
    this.db = null
  }

  private open(): Database | null {
    if (this.db) return this.db
    if (!existsSync(this.path)) return null
    const db = new Database(this.path, { readOnly: true, cacheKiB: 1024 })
    if (!db.hasTable('event')) {
      db.close()
      return null
    }
    this.db = db
    return db
  }

  private parse(rows: readonly EventRow[]): LoggedEvent[] {
    return rows.flatMap(row => {
      try {
        return [{ seq: row.seq, at: row.at, call: row.call, event: JSON.parse(row.data) as CallEvent }]
      } catch {
        this.unreadable++
        return []
      }
    })
  }
}

/** What a reader makes of events. */
export interface LogFold {
  /** Inside the transaction: store what follows from them. */
  apply(events: readonly LoggedEvent[]): void
  /** The transaction is committed: what was only remembered becomes valid. */
  settle(): void
  /** It was rolled back: forget it. */
  forget(): void
}

export class LogReader {
  private readonly source: LogSource
  private readonly db: Database
  private readonly name: string
  private readonly fold: LogFold
  position: number

  /** `db` has the table `reader` and is the one that `fold` writes to. */
  constructor(source: LogSource, db: Database, name: string, fold: LogFold) {
    this.source = source
    this.db = db
    this.name = name
    this.fold = fold
    this.position = db.get<{ seq: number }>('SELECT seq FROM reader WHERE name = ?', name)?.seq ?? 0
  }

  /** Reads up to `limit` new events; returns how many there were. */
  read(limit = 500): number {
    const { events, upTo, rows } = this.source.after(this.position, limit)
    if (rows === 0) return 0
    try {
      this.db.transaction(() => {
        this.fold.apply(events)
        this.db.run('INSERT INTO reader (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq', this.name, upTo)
      })
    } catch (error) {
      this.fold.forget()
      throw error
    }
    this.position = upTo
    this.fold.settle()
    return rows
  }

  /** How many positions the reader is behind; negative when the log was replaced by a shorter one. */
  behind(): number {
    return this.source.head() - this.position
  }

  /** Begins anew, for a log that was replaced: events already known are recognised by their position within the call. */
  restart(): void {
    this.db.run('DELETE FROM reader WHERE name = ?', this.name)
    this.position = 0
  }
}
