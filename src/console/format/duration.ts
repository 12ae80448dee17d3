/** Lengths of time as people read them on a clock: `0:07`, `12:03`, `1:02:03`. */
export function formatDuration(ms: number): string {
  const total = Math.max(0, Math.floor((Number.isFinite(ms) ? ms : 0) / 1000))
  const hours = Math.floor(total / 3600)
  const minutes = Math.floor((total % 3600) / 60)
  const seconds = String(total % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`
}

/** How long after the start of a call something happened: `+0.4 s` below ten seconds, `+1:05` above. */
export function formatAfter(ms: number): string {
  return ms < 10_000 ? `+${(Math.max(0, ms) / 1000).toFixed(1)} s` : `+${formatDuration(ms)}`
}

/** ISO 8601 for `<time datetime>`: what assistive software reads. */
export function isoDuration(ms: number): string {
  return `PT${Math.max(0, Math.round(ms / 1000))}S`
}
