/** The part of an address after `?`, read with care: people edit addresses, and links grow old. */
import type { CallDirection, CallOutcome } from '../office/api/schemas.ts'

export interface CallsSearch {
  readonly text?: string
  readonly direction?: CallDirection
  readonly outcome?: CallOutcome
  /** Days, `2026-11-22`. */
  readonly from?: string
  readonly to?: string
}

export interface RecordingsSearch {
  readonly text?: string
  readonly kind?: 'call' | 'voicemail'
  readonly direction?: CallDirection
  readonly from?: string
  readonly to?: string
  readonly minSeconds?: number
}

export const directions: readonly CallDirection[] = ['in', 'out', 'internal']
export const outcomes: readonly CallOutcome[] = ['answered', 'missed', 'busy', 'failed', 'voicemail', 'service', 'cancelled']

type Raw = Readonly<Record<string, unknown>>

export function callsSearch(raw: Raw): CallsSearch {
  return present({
    text: asText(raw['text']),
    direction: oneOf(raw['direction'], directions),
    outcome: oneOf(raw['outcome'], outcomes),
    from: asDay(raw['from']),
    to: asDay(raw['to']),
  })
}

export function recordingsSearch(raw: Raw): RecordingsSearch {
  const minSeconds = Number(raw['minSeconds'])
  return present({
    text: asText(raw['text']),
    kind: oneOf(raw['kind'], ['call', 'voicemail'] as const),
    direction: oneOf(raw['direction'], directions),
    from: asDay(raw['from']),
    to: asDay(raw['to']),
    minSeconds: Number.isFinite(minSeconds) && minSeconds > 0 ? minSeconds : undefined,
  })
}

/** The router reads `?text=201` as a number; a search for 201 is a text all the same. */
export function asText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).slice(0, 100)
  return text.trim() === '' ? undefined : text
}

function asDay(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined
}

function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find(word => word === value)
}

/** Only what is set: an address carries no empty filters. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
