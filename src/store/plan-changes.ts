/**
 * The record of changes of the plan: events are appended, never altered, each with the hash of the one before it
 * (`access/audit-chain.ts`). What is shown of a change is the fold of its events (`operations/plan-change.ts`).
 */
import { type AuditEntry, CHAIN_START, type ChainVerdict, entryHash, verifyChain } from '../access/audit-chain.ts'
import { type Actor, type ChangeEvent, foldChange, type PlanChange } from '../operations/plan-change.ts'
import type { Database } from './sqlite.ts'

interface EventRow {
  seq: number
  change: number
  at: number
  who: string
  type: string
  address: string
  data: string
  hash: string
}

export class PlanChanges {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** The number of the next change. */
  next(): number {
    return (this.db.get<{ id: number | null }>('SELECT max(change) AS id FROM plan_change_event')?.id ?? 0) + 1
  }

  append(change: number, at: number, event: ChangeEvent, address: string): PlanChange {
    this.db.transaction(() => {
      const last = this.db.get<{ seq: number; hash: string }>('SELECT seq, hash FROM plan_change_event ORDER BY seq DESC LIMIT 1')
      const data = JSON.stringify(event)
      // Hashed as it will be read back: what JSON leaves out is not in the record.
      const details = JSON.parse(data) as Record<string, unknown>
      const entry = { seq: (last?.seq ?? 0) + 1, at, who: whoOf(event), action: event.type, object: `change:${change}`, address, details }
      const hash = entryHash(last?.hash ?? CHAIN_START, entry)
      this.db.run(
        'INSERT INTO plan_change_event (seq, change, at, who, type, address, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        entry.seq,
        change,
        at,
        entry.who,
        event.type,
        address,
        data,
        hash,
      )
    })
    return this.get(change)!
  }

  get(change: number): PlanChange | null {
    return folded(this.db.all<EventRow>('SELECT * FROM plan_change_event WHERE change = ? ORDER BY seq', change))
  }

  /** The newest `limit` changes before `before`, newest first. */
  list(limit: number, before = Number.MAX_SAFE_INTEGER): PlanChange[] {
    const ids = this.db.all<{ change: number }>(
      'SELECT DISTINCT change FROM plan_change_event WHERE change < ? ORDER BY change DESC LIMIT ?',
      before,
      limit,
    )
    return ids.map(({ change }) => this.get(change)!)
  }

  /** Changes in this state. Only those that ever came to it are looked at: this is asked every second. */
  in(state: 'scheduled' | 'applying' | 'applied'): PlanChange[] {
    const ids = this.db.all<{ change: number }>('SELECT DISTINCT change FROM plan_change_event WHERE type = ? ORDER BY change', state)
    return ids.map(({ change }) => this.get(change)!).filter(c => c.state === state)
  }

  /** The change that became this revision. */
  ofRevision(revision: number): PlanChange | null {
    const row = this.db.get<{ change: number }>(
      "SELECT change FROM plan_change_event WHERE type IN ('applied', 'applying') AND json_extract(data, '$.revision') = ? ORDER BY seq DESC LIMIT 1",
      revision,
    )
    return row ? this.get(row.change) : null
  }

  verify(): ChainVerdict {
    return verifyChain(this.inOrder())
  }

  private *inOrder(): Iterable<AuditEntry> {
    for (const raw of this.db.prepare('SELECT * FROM plan_change_event ORDER BY seq').iterate()) {
      const row = raw as unknown as EventRow
      const details = JSON.parse(row.data) as Record<string, unknown>
      yield {
        seq: row.seq,
        at: row.at,
        who: row.who,
        action: row.type,
        object: `change:${row.change}`,
        address: row.address,
        details,
        hash: row.hash,
      }
    }
  }
}

function folded(rows: readonly EventRow[]): PlanChange | null {
  let change: PlanChange | null = null
  for (const row of rows) change = foldChange(change, { change: row.change, at: row.at, event: JSON.parse(row.data) as ChangeEvent })
  return change
}

function whoOf(event: ChangeEvent): string {
  const by: Actor | null = 'by' in event ? event.by : null
  return by === null ? 'system' : by.user
}
