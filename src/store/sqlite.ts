/**
 * A small helper around `node:sqlite`: open with the pragmas every database here wants, bring the schema up to date,
 * keep prepared statements, run transactions. Synchronous, as SQLite is; whoever calls says how much it asks at once.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export interface OpenOptions {
  readonly readOnly?: boolean
  /** Pages after which a writer checkpoints by itself; 0 leaves that to somebody else. SQLite's own default is 1000. */
  readonly autocheckpointPages?: number
  /** 'normal' survives a killed process, 'full' a power cut as well (every commit is synced). */
  readonly synchronous?: 'normal' | 'full'
  /** How long to wait for another process's lock. */
  readonly busyMs?: number
  /** Page cache of this connection. */
  readonly cacheKiB?: number
  /** Statements that build the schema, in order; each entry is run once, in a transaction, and counted in `user_version`. */
  readonly migrations?: readonly string[]
}

export type Row = Record<string, SQLOutput>
export type SQLOutput = null | number | bigint | string | Uint8Array

export class Database {
  readonly path: string
  private readonly raw: DatabaseSync
  private readonly statements = new Map<string, StatementSync>()
  private depth = 0

  constructor(path: string, options: OpenOptions = {}) {
    this.path = path
    this.raw = new DatabaseSync(path, { readOnly: options.readOnly ?? false, timeout: options.busyMs ?? 5000 })
    if (!options.readOnly) {
      this.raw.exec('PRAGMA journal_mode = WAL')
      this.raw.exec(`PRAGMA synchronous = ${options.synchronous === 'full' ? 'FULL' : 'NORMAL'}`)
      if (options.autocheckpointPages !== undefined) this.raw.exec(`PRAGMA wal_autocheckpoint = ${options.autocheckpointPages}`)
    }
    this.raw.exec(`PRAGMA cache_size = -${options.cacheKiB ?? 2048}`)
    this.raw.exec('PRAGMA foreign_keys = ON')
    if (options.migrations) this.migrate(options.migrations)
  }

  /** The statement for `sql`, prepared once. */
  prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql)
    if (statement === undefined) {
      statement = this.raw.prepare(sql)
      this.statements.set(sql, statement)
    }
    return statement
  }

  /** The row shape is the caller's promise: SQLite does not know it. */
  all<T extends object = Row>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.prepare(sql).all(...values) as unknown as T[]
  }

  get<T extends object = Row>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.prepare(sql).get(...values) as unknown as T | undefined
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.prepare(sql).run(...values).changes)
  }

  /** Statements without values or results, not kept. */
  exec(sql: string): void {
    this.raw.exec(sql)
  }

  /** All or nothing. Inside another transaction it simply joins it. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work()
    this.raw.exec('BEGIN IMMEDIATE')
    this.depth++
    try {
      const value = work()
      this.raw.exec('COMMIT')
      return value
    } catch (error) {
      if (this.raw.isTransaction) this.raw.exec('ROLLBACK')
      throw error
    } finally {
      this.depth--
    }
  }

  hasTable(name: string): boolean {
    return this.raw.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined
  }

  close(): void {
    this.statements.clear()
    if (this.raw.isOpen) this.raw.close()
  }

  private migrate(migrations: readonly string[]): void {
    const version = () => Number(this.raw.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
    const found = version()
    if (found > migrations.length)
      throw new Error(
        `${this.path} was written by a newer version (schema ${found}, this program knows ${migrations.length}): update the program`,
      )
    if (found === migrations.length) return
    this.transaction(() => {
      // Another process may have migrated while we waited for the lock.
      for (let next = version(); next < migrations.length; next++) {
        this.raw.exec(migrations[next]!)
        this.raw.exec(`PRAGMA user_version = ${next + 1}`)
      }
    })
  }
}
