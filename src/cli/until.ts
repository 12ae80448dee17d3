/** Ends that people write: 18:00 (the next one of this machine's clock), 2026-12-31T22:00, or a duration: 8h. */
import { durationMs } from '../plan/schema/durations.ts'
import { UsageError } from './usage-error.ts'

export function untilOf(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null
  const forMs = durationMs(text)
  if (forMs !== null) return nowMs + forMs
  try {
    if (/Z$|[+-]\d\d:?\d\d$/.test(text)) return Temporal.Instant.from(text).epochMilliseconds
    const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(Temporal.Now.timeZoneId())
    if (!/^\d\d?:\d\d$/.test(text)) return Temporal.PlainDateTime.from(text).toZonedDateTime(now.timeZoneId).epochMilliseconds
    const today = now.withPlainTime(Temporal.PlainTime.from(text.padStart(5, '0')))
    return (today.epochMilliseconds > nowMs ? today : today.add({ days: 1 })).epochMilliseconds
  } catch {
    throw new UsageError(`--until ${text}: not a time`, 'write 18:00, 2026-12-31T22:00 or 8h')
  }
}
