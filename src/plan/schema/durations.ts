/** Durations as a plan writes them. Apart from the schema, so that a switch that restarts reads them without loading it. */

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  min: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
  week: 604_800_000,
  weeks: 604_800_000,
  month: 30 * 86_400_000,
  months: 30 * 86_400_000,
  year: 365 * 86_400_000,
  years: 365 * 86_400_000,
}

/** '25s', '1.5min', '90 days' → milliseconds; null when it is no duration. */
export function durationMs(text: string): number | null {
  const m = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(text.trim())
  const unit = m === null ? undefined : UNITS[m[2]!]
  return unit === undefined ? null : Math.round(Number(m![1]) * unit)
}
