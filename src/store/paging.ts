/** Pages newest first, found again by the last row's time and id; and the text by which calls and recordings are searched. */
import type { Party } from '../call/events.ts'
import type { Condition } from './access-sql.ts'

export interface PageQuery {
  readonly text?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

export function cursorOf(at: number, id: string): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

/** Null for none and for one that we did not make: the first page then. */
export function parseCursor(cursor: string | undefined): { at: number; id: string } | null {
  if (!cursor) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(value)) return null
    const [at, id] = value as unknown[]
    return typeof at === 'number' && typeof id === 'string' ? { at, id } : null
  } catch {
    return null
  }
}

/** One line per row: names in small letters, numbers as digits between bars so that they can be matched as a whole. */
export function searchText(parties: readonly (Party | null)[], more: readonly string[]): string {
  const words = new Set<string>()
  for (const party of parties) {
    if (party === null) continue
    if (party.number) words.add(digits(party.number) || party.number.toLowerCase())
    if (party.name) words.add(party.name.toLowerCase())
    if (party.who) words.add(party.who.toLowerCase())
  }
  for (const word of more) if (word) words.add(/^[+\d\s()-]+$/.test(word) ? digits(word) : word.toLowerCase())
  return `|${[...words].join('|')}|`
}

/**
 * '8 (701) 111-22-33', '+7 701 1112233' and '7011112233' find the same calls: of a long number only the last ten digits
 * count. A short one ('201') is an extension and must fit as a whole; anything else is found anywhere.
 */
export function textCondition(text: string): Condition {
  const trimmed = text.trim().toLowerCase()
  const number = /^[+\d\s().-]+$/.test(trimmed) ? digits(trimmed) : ''
  const pattern =
    number.length >= 10
      ? `%${number.slice(-10)}|%`
      : number.length > 0 && number.length <= 4
        ? `%|${number}|%`
        : `%${likeLiteral(number || trimmed)}%`
  return { sql: "search LIKE ? ESCAPE '\\'", values: [pattern] }
}

function digits(text: string): string {
  return text.replace(/\D/g, '')
}

function likeLiteral(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
