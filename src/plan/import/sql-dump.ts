/**
 * Dumps as mysqldump and MariaDB write them: the columns of CREATE TABLE, the rows of INSERT. Only tables that are wanted are kept.
 * Never throws; a dump that ends in the middle gives what was whole and says where it ends.
 */

export type DumpRow = Readonly<Record<string, string>>

export interface SqlDump {
  readonly tables: ReadonlyMap<string, readonly DumpRow[]>
  readonly truncated: boolean
  /** Statements that were understood at all: none means that this is no dump. */
  readonly statements: number
}

/** NULL is read as ''. */
export function readSqlDump(sql: string, wanted: (table: string) => boolean): SqlDump {
  const scan = new Scanner(sql)
  const columns = new Map<string, readonly string[]>()
  const tables = new Map<string, DumpRow[]>()
  let statements = 0
  while (scan.skipBlank()) {
    const verb = scan.word().toUpperCase()
    if (verb === 'CREATE' && scan.word().toUpperCase() === 'TABLE') {
      scan.words('IF', 'NOT', 'EXISTS')
      const table = scan.name()
      const names = scan.columnsOfTable()
      if (table !== '' && names !== null) {
        columns.set(table, names)
        statements++
      }
    } else if (verb === 'INSERT' || verb === 'REPLACE') {
      scan.words('LOW_PRIORITY', 'DELAYED', 'IGNORE', 'INTO')
      const table = scan.name()
      const names = scan.names() ?? columns.get(table)
      if (table !== '' && /^VALUES?$/i.test(scan.word())) {
        statements++
        const keep = wanted(table)
        const rows = tables.get(table) ?? []
        for (let row = scan.row(); row !== null; row = scan.row()) if (keep) rows.push(named(row, names))
        if (keep) tables.set(table, rows)
      }
    } else if (verb !== '') statements += /^(?:DROP|LOCK|UNLOCK|SET|USE|ALTER|START|COMMIT|CREATE)$/.test(verb) ? 1 : 0
    scan.endStatement()
  }
  return { tables, truncated: scan.truncated, statements }
}

function named(row: readonly string[], names: readonly string[] | undefined): DumpRow {
  const out: Record<string, string> = {}
  row.forEach((value, i) => {
    out[names?.[i] ?? String(i)] = value
  })
  return out
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0', b: '\b', Z: '\u001a' }

class Scanner {
  private readonly sql: string
  private at = 0
  truncated = false

  constructor(sql: string) {
    this.sql = sql
  }

  /** Over white space and comments; false at the end. */
  skipBlank(): boolean {
    const { sql } = this
    while (this.at < sql.length) {
      const c = sql[this.at]!
      if (/\s/.test(c) || c === ';' || c === '\ufeff') this.at++
      else if (c === '#' || sql.startsWith('-- ', this.at) || sql.startsWith('--\n', this.at) || sql.startsWith('--\r', this.at))
        this.to('\n')
      else if (sql.startsWith('/*', this.at)) this.to('*/')
      else return true
    }
    return false
  }

  word(): string {
    if (!this.skipInside()) return ''
    const start = this.at
    while (this.at < this.sql.length && /[A-Za-z_]/.test(this.sql[this.at]!)) this.at++
    return this.sql.slice(start, this.at)
  }

  /** Over any of these words, in any order. */
  words(...list: readonly string[]): void {
    for (;;) {
      const before = this.at
      if (!list.includes(this.word().toUpperCase())) {
        this.at = before
        return
      }
    }
  }

  /** A table or column: `name`, "name" or name, perhaps with its database before it. */
  name(): string {
    if (!this.skipInside()) return ''
    const quote = this.sql[this.at]!
    let name = ''
    if (quote === '`' || quote === '"') {
      this.at++
      const start = this.at
      this.to(quote)
      name = this.sql.slice(start, Math.max(start, this.at - 1))
    } else {
      const start = this.at
      while (this.at < this.sql.length && /[\w$]/.test(this.sql[this.at]!)) this.at++
      name = this.sql.slice(start, this.at)
    }
    if (this.sql[this.at] === '.') {
      this.at++
      return this.name()
    }
    return name
  }

  /** (a, b, c) or null when no bracket is there. */
  names(): string[] | null {
    if (!this.skipInside() || this.sql[this.at] !== '(') return null
    this.at++
    const out: string[] = []
    while (this.skipInside()) {
      const c = this.sql[this.at]!
      if (c === ')') {
        this.at++
        return out
      }
      if (c === ',') this.at++
      else {
        const name = this.name()
        if (name === '') return out
        out.push(name)
      }
    }
    return out
  }

  /** Column names of a table's definition; keys and constraints are passed over. */
  columnsOfTable(): string[] | null {
    if (!this.skipInside() || this.sql[this.at] !== '(') return null
    this.at++
    const out: string[] = []
    while (this.skipInside()) {
      if (this.sql[this.at] === ')') {
        this.at++
        return out
      }
      const quoted = this.sql[this.at] === '`' || this.sql[this.at] === '"'
      const name = this.name()
      if (name !== '' && (quoted || !/^(?:PRIMARY|UNIQUE|KEY|INDEX|CONSTRAINT|FULLTEXT|FOREIGN|CHECK|SPATIAL)$/i.test(name))) out.push(name)
      this.passItem()
    }
    return null
  }

  /** The next (…) of VALUES; null when there is none, or only part of one. */
  row(): string[] | null {
    if (!this.skipInside()) return null
    if (this.sql[this.at] === ',') {
      this.at++
      if (!this.skipInside()) return null
    }
    if (this.sql[this.at] !== '(') return null
    this.at++
    const out: string[] = []
    while (this.skipInside()) {
      const c = this.sql[this.at]!
      if (c === ')') {
        this.at++
        return out
      }
      if (c === ',') this.at++
      else out.push(this.value())
    }
    this.truncated = true
    return null
  }

  /** To the end of the statement, however it goes on. */
  endStatement(): void {
    while (this.at < this.sql.length && this.sql[this.at] !== ';') this.pass()
    if (this.at >= this.sql.length) this.truncated ||= !/[;/\s]$/.test(this.sql.slice(-1)) && this.sql.length > 0
    else this.at++
  }

  private value(): string {
    const c = this.sql[this.at]!
    if (c === "'" || c === '"') return this.quoted(c)
    const start = this.at
    while (this.at < this.sql.length && !/[,)\s'"]/.test(this.sql[this.at]!)) this.at++
    if (this.at === start) this.at++
    const text = this.sql.slice(start, this.at)
    // A character set before the text: _binary 'x', _utf8mb4'x'.
    if (text.startsWith('_') && this.skipInside() && this.sql[this.at] === "'") return this.quoted("'")
    return /^NULL$/i.test(text) ? '' : text
  }

  private quoted(quote: string): string {
    const { sql } = this
    let out = ''
    this.at++
    let start = this.at
    while (this.at < sql.length) {
      const c = sql[this.at]!
      if (c === '\\') {
        const next = sql[this.at + 1] ?? ''
        out += sql.slice(start, this.at) + (ESCAPES[next] ?? next)
        this.at += 2
        start = this.at
      } else if (c === quote) {
        out += sql.slice(start, this.at)
        this.at++
        if (sql[this.at] !== quote) return out
        start = this.at
        this.at++
      } else this.at++
    }
    this.at = sql.length
    this.truncated = true
    return out + sql.slice(start)
  }

  /** One character, or one quoted text or bracket as a whole. */
  private pass(): void {
    const c = this.sql[this.at]
    if (c === "'" || c === '"') this.quoted(c)
    else if (c === '`') {
      this.at++
      this.to('`')
    } else if (this.sql.startsWith('/*', this.at)) this.to('*/')
    else this.at++
  }

  /** To the next comma at this depth, or before the closing bracket. */
  private passItem(): void {
    let depth = 0
    while (this.at < this.sql.length) {
      const c = this.sql[this.at]!
      if (depth === 0 && (c === ',' || c === ')')) {
        if (c === ',') this.at++
        return
      }
      if (c === '(') depth++
      if (c === ')') depth--
      this.pass()
    }
  }

  private skipInside(): boolean {
    while (this.at < this.sql.length && /\s/.test(this.sql[this.at]!)) this.at++
    return this.at < this.sql.length
  }

  private to(end: string): void {
    const found = this.sql.indexOf(end, this.at)
    this.at = found < 0 ? this.sql.length : found + end.length
  }
}
