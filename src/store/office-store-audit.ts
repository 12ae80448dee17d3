/** The audit log: entries are appended, never changed; each carries the hash of the one before it (`access/audit-chain.ts`). */
import type { SQLInputValue } from 'node:sqlite'
import { type AuditEntry, CHAIN_START, type ChainVerdict, entryHash, verifyChain } from '../access/audit-chain.ts'
import type { Database } from './sqlite.ts'

interface AuditRow {
  seq: number
  at: number
  who: string
  action: string
  object: string
  address: string
  details: string
  hash: string
}

export interface AuditQuery {
  readonly who?: string | undefined
  readonly action?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Entries before this one. */
  readonly before?: number | undefined
  readonly limit: number
}

export class OfficeAudit {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  append(entry: Omit<AuditEntry, 'seq' | 'hash'>): AuditEntry {
    return this.db.transaction(() => {
      const last = this.db.get<{ seq: number; hash: string }>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')
      const numbered = { seq: (last?.seq ?? 0) + 1, ...entry }
      const hash = entryHash(last?.hash ?? CHAIN_START, numbered)
      this.db.run(
        'INSERT INTO audit (seq, at, who, action, object, address, details, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        numbered.seq,
        entry.at,
        entry.who,
        entry.action,
        entry.object,
        entry.address,
        JSON.stringify(entry.details),
        hash,
      )
      return { ...numbered, hash }
    })
  }

  /** Newest first. */
  list(query: AuditQuery): AuditEntry[] {
    const conditions: string[] = []
    const values: SQLInputValue[] = []
    const add = (sql: string, value: SQLInputValue | undefined) => {
      if (value === undefined) return
      conditions.push(sql)
      values.push(value)
    }
    add('who = ?', query.who)
    add('action = ?', query.action)
    add('at >= ?', query.from)
    add('at < ?', query.to)
    add('seq < ?', query.before)
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    return this.db.all<AuditRow>(`SELECT * FROM audit ${where} ORDER BY seq DESC LIMIT ?`, ...values, query.limit).map(entryOf)
  }

  verify(): ChainVerdict {
    return verifyChain(this.inOrder())
  }

  private *inOrder(): Iterable<AuditEntry> {
    for (const row of this.db.prepare('SELECT * FROM audit ORDER BY seq').iterate()) yield entryOf(row as unknown as AuditRow)
  }
}

function entryOf(row: AuditRow): AuditEntry {
  return { ...row, details: JSON.parse(row.details) as Record<string, unknown> }
}
