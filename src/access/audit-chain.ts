/**
 * The audit log's hash chain (ACC-03): every entry carries SHA-256 over itself and the hash before it. Whoever changes,
 * removes or inserts an entry must recompute all that follow, and then no longer matches a head that was noted elsewhere.
 */
import { createHash } from 'node:crypto'

export interface AuditEntry {
  readonly seq: number
  readonly at: number
  /** User name, or 'system'. */
  readonly who: string
  readonly action: string
  /** 'recording:ID', 'call:ID', 'user:NAME'. */
  readonly object: string
  readonly address: string
  readonly details: Readonly<Record<string, unknown>>
  readonly hash: string
}

/** The hash before the first entry. */
export const CHAIN_START = '0'.repeat(64)

export function entryHash(previous: string, entry: Omit<AuditEntry, 'hash'>): string {
  const fields = [entry.seq, entry.at, entry.who, entry.action, entry.object, entry.address, canonical(entry.details)]
  return createHash('sha256').update(previous).update('\n').update(JSON.stringify(fields)).digest('hex')
}

export interface ChainVerdict {
  readonly ok: boolean
  readonly entries: number
  /** `seq` of the first entry that does not follow from the one before it. */
  readonly brokenAt: number | null
  /** The hash of the last entry: note it elsewhere to detect a cut-off end. */
  readonly head: string
}

export function verifyChain(entries: Iterable<AuditEntry>): ChainVerdict {
  let previous = CHAIN_START
  let count = 0
  for (const { hash, ...entry } of entries) {
    count++
    if (entry.seq !== count || hash !== entryHash(previous, entry))
      return { ok: false, entries: count, brokenAt: entry.seq, head: previous }
    previous = hash
  }
  return { ok: true, entries: count, brokenAt: null, head: previous }
}

/** Keys sorted at every depth: the same details always give the same text. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  )
}
