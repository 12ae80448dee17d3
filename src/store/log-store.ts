/**
 * The switch's database: the one log of what happened to calls, which calls are open, registrations and temporary credentials.
 *
 * Writes are gathered and committed together: the switch calls `commit` before anything that was decided leaves the process
 * (docs/adr/0003). WAL with synchronous=NORMAL: a commit is a write to the page cache and survives a killed process; the log is
 * synced to disk by checkpoints, which another process does (wal_autocheckpoint=0 here: nothing in the switch waits for a disk).
 */
import type { CallEvent, LoggedEvent } from '../call/events.ts'
import { Database } from './sqlite.ts'

const migrations = [
  `CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, call TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL);
   CREATE INDEX event_call ON event (call, seq);
   CREATE TABLE open_call (call TEXT PRIMARY KEY, first_seq INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE binding (id TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE admitted (username TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
]

export interface Admitted {
  readonly account: string
  readonly username: string
  readonly password: string
  readonly expiresAt: number
}

type Write =
  | { readonly kind: 'event'; readonly seq: number; readonly at: number; readonly call: string; readonly event: CallEvent }
  | { readonly kind: 'closed'; readonly call: string }
  | { readonly kind: 'binding'; readonly id: string; readonly data: string | null }

export class LogStore {
  private readonly db: Database
  private queue: Write[] = []
  private nextSeq: number

  constructor(path: string) {
    this.db = new Database(path, { autocheckpointPages: 0, synchronous: 'normal', cacheKiB: 4096, migrations })
    this.nextSeq = (this.db.get<{ seq: number | null }>('SELECT max(seq) AS seq FROM event')?.seq ?? 0) + 1
  }

  /** Queues an event; it is durable after the next `commit`. Returns its place in the log. */
  append(at: number, call: string, event: CallEvent): number {
    const seq = this.nextSeq++
    this.queue.push({ kind: 'event', seq, at, call, event })
    return seq
  }

  /** Nothing of the call is left to be done: a restart need not look at it. */
  closed(call: string): void {
    this.queue.push({ kind: 'closed', call })
  }

  putBinding(id: string, data: unknown): void {
    this.queue.push({ kind: 'binding', id, data: JSON.stringify(data) })
  }

  removeBinding(id: string): void {
    this.queue.push({ kind: 'binding', id, data: null })
  }

  /** Whether anything waits for `commit`. */
  get dirty(): boolean {
    return this.queue.length > 0
  }

  get lastSeq(): number {
    return this.nextSeq - 1
  }

  commit(): void {
    if (this.queue.length === 0) return
    const batch = this.queue
    this.queue = []
    try {
      this.db.transaction(() => {
        for (const w of batch) this.write(w)
      })
    } catch (error) {
      // Nothing of the batch is in the file: keep it, so that a passing fault (a full disk being emptied) loses no event.
      this.queue = [...batch, ...this.queue]
      throw error
    }
  }

  private write(w: Write): void {
    if (w.kind === 'event') {
      this.db.run(
        'INSERT INTO event (seq, at, call, type, data) VALUES (?, ?, ?, ?, ?)',
        w.seq,
        w.at,
        w.call,
        w.event.type,
        JSON.stringify(w.event),
      )
      if (w.event.type === 'call.started') this.db.run('INSERT OR REPLACE INTO open_call (call, first_seq) VALUES (?, ?)', w.call, w.seq)
    } else if (w.kind === 'closed') this.db.run('DELETE FROM open_call WHERE call = ?', w.call)
    else if (w.data === null) this.db.run('DELETE FROM binding WHERE id = ?', w.id)
    else this.db.run('INSERT OR REPLACE INTO binding (id, data) VALUES (?, ?)', w.id, w.data)
  }

  /** Every event of every call that is not closed, call by call in order. */
  *openCalls(): Generator<{ readonly call: string; readonly events: readonly LoggedEvent[] }> {
    for (const { call } of this.db.all<{ call: string }>('SELECT call FROM open_call ORDER BY first_seq'))
      yield { call, events: this.eventsOf(call) }
  }

  eventsOf(call: string): LoggedEvent[] {
    return this.db
      .all<{ seq: number; at: number; data: string }>('SELECT seq, at, data FROM event WHERE call = ? ORDER BY seq', call)
      .map(r => ({ seq: r.seq, at: r.at, call, event: JSON.parse(r.data) as CallEvent }))
  }

  bindings(): unknown[] {
    return this.db.all<{ data: string }>('SELECT data FROM binding').map(r => JSON.parse(r.data) as unknown)
  }

  admit(a: Admitted): void {
    this.db.run('INSERT OR REPLACE INTO admitted (username, data) VALUES (?, ?)', a.username, JSON.stringify(a))
  }

  admitted(nowMs: number): Admitted[] {
    const all = this.db.all<{ data: string }>('SELECT data FROM admitted').map(r => JSON.parse(r.data) as Admitted)
    for (const old of all.filter(a => a.expiresAt <= nowMs)) this.db.run('DELETE FROM admitted WHERE username = ?', old.username)
    return all.filter(a => a.expiresAt > nowMs)
  }

  /** Small facts of the process itself: when it was last alive, its signing key. */
  fact(name: string): string | undefined {
    return this.db.get<{ value: string }>('SELECT value FROM fact WHERE name = ?', name)?.value
  }

  setFact(name: string, value: string): void {
    this.db.run('INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)', name, value)
  }

  close(): void {
    this.commit()
    this.db.close()
  }
}
