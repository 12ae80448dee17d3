/** `office.db`: its schema, and the stores that speak to it. Only the office process writes it. */
import { OfficeAudit } from './office-store-audit.ts'
import { OfficeCalls } from './office-store-calls.ts'
import { OfficeRecordings } from './office-store-recordings.ts'
import { OfficeUsers } from './office-store-users.ts'
import { PlanChanges } from './plan-changes.ts'
import { Database } from './sqlite.ts'

const MIGRATIONS = [
  `
  CREATE TABLE user (
    user TEXT PRIMARY KEY COLLATE NOCASE,
    name TEXT NOT NULL,
    person TEXT,
    administrator INTEGER NOT NULL,
    hash TEXT NOT NULL,
    must_change INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    otp_secret TEXT,
    otp_last INTEGER,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
  ) STRICT;
  -- Only a hash of the session's id: who reads this file cannot become anybody.
  CREATE TABLE session (
    id_hash TEXT PRIMARY KEY,
    user TEXT NOT NULL COLLATE NOCASE REFERENCES user(user) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    address TEXT NOT NULL,
    details TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  -- How far each reader of the switch's log has come; written in the transaction that writes what it read.
  CREATE TABLE reader (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE call_open (call TEXT PRIMARY KEY, progress TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE call_record (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    direction TEXT NOT NULL,
    outcome TEXT,
    people TEXT NOT NULL,
    queue TEXT,
    group_name TEXT,
    box TEXT,
    heard_by TEXT NOT NULL DEFAULT '[]',
    search TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX call_record_started ON call_record (started_at, id);
  CREATE TABLE recording (
    id TEXT PRIMARY KEY,
    call TEXT NOT NULL,
    kind TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    direction TEXT NOT NULL,
    people TEXT NOT NULL,
    queue TEXT,
    group_name TEXT,
    box TEXT,
    heard_by TEXT NOT NULL,
    search TEXT NOT NULL,
    heard_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    entry TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX recording_started ON recording (started_at, id);
  CREATE INDEX recording_call ON recording (call);
  CREATE INDEX recording_unfinished ON recording (state) WHERE state IN ('recording', 'waiting', 'failed');
  `,
  `CREATE INDEX recording_box ON recording (box) WHERE kind = 'voicemail';`,
  `
  CREATE TABLE plan_change_event (
    seq INTEGER PRIMARY KEY,
    change INTEGER NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    type TEXT NOT NULL,
    address TEXT NOT NULL,
    data TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX plan_change_event_change ON plan_change_event (change, seq);
  CREATE INDEX plan_change_event_type ON plan_change_event (type, change);
  `,
]

export class OfficeStore {
  readonly db: Database
  readonly users: OfficeUsers
  readonly audit: OfficeAudit
  readonly calls: OfficeCalls
  readonly recordings: OfficeRecordings
  readonly planChanges: PlanChanges

  constructor(path: string) {
    this.db = new Database(path, { migrations: MIGRATIONS })
    this.users = new OfficeUsers(this.db)
    this.audit = new OfficeAudit(this.db)
    this.calls = new OfficeCalls(this.db)
    this.recordings = new OfficeRecordings(this.db)
    this.planChanges = new PlanChanges(this.db)
  }

  close(): void {
    this.db.close()
  }
}
