/**
 * The filters of `access/rights.ts` as SQL, for tables with the columns `started_at`, `people` (JSON array), `queue`,
 * `group_name`, `box` and `heard_by` (JSON array): what a query returns is exactly what `permits` would let through.
 */
import type { SQLInputValue } from 'node:sqlite'
import type { Filter } from '../access/rights.ts'

export interface Condition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

export function filterSql(filter: Filter): Condition {
  const clauses = filter.map((clause): Condition => {
    const values: SQLInputValue[] = []
    const any: string[] = []
    if (clause.everything) any.push('1')
    if (clause.people.length > 0) {
      any.push('EXISTS (SELECT 1 FROM json_each(people) AS p WHERE p.value IN (SELECT value FROM json_each(?)))')
      values.push(JSON.stringify(clause.people))
    }
    for (const [column, names] of [
      ['queue', clause.queues],
      ['group_name', clause.groups],
      ['box', clause.boxes],
    ] as const) {
      if (names.length === 0) continue
      any.push(`${column} IN (SELECT value FROM json_each(?))`)
      values.push(JSON.stringify(names))
    }
    const all = [any.length === 0 ? '0' : `(${any.join(' OR ')})`]
    if (clause.notBeforeAt !== null) {
      all.push('started_at >= ?')
      values.push(clause.notBeforeAt)
    }
    if (clause.narrowedByRule) {
      all.push("(heard_by = '[]' OR EXISTS (SELECT 1 FROM json_each(heard_by) AS h WHERE h.value = ?))")
      values.push(clause.grant)
    }
    return { sql: all.join(' AND '), values }
  })
  if (clauses.length === 0) return { sql: '0', values: [] }
  return { sql: clauses.map(clause => `(${clause.sql})`).join(' OR '), values: clauses.flatMap(clause => clause.values) }
}

/** All of them; an empty list is true. */
export function allOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '1', values: [] }
  return { sql: conditions.map(condition => `(${condition.sql})`).join(' AND '), values: conditions.flatMap(condition => condition.values) }
}
