/** How much of one frequency a stretch of sound holds (Goertzel). For tests, drills and the intelligibility check. */

/** Mean square of the sine at `hz` within `samples[from, to)`; a full-scale sine gives 2^29. Best over whole periods or many of them. */
export function tonePower(samples: Int16Array, from: number, to: number, clockHz: number, hz: number): number {
  const n = to - from
  if (n <= 0) return 0
  const c = 2 * Math.cos((2 * Math.PI * hz) / clockHz)
  let s1 = 0
  let s2 = 0
  for (let i = from; i < to; i++) {
    const s = samples[i]! + c * s1 - s2
    s2 = s1
    s1 = s
  }
  return Math.max(0, (2 * (s1 * s1 + s2 * s2 - c * s1 * s2)) / (n * n))
}

/** Level of the sine at `hz`; 0 dBFS is a full-scale sine. */
export function toneLevelDbfs(samples: Int16Array, from: number, to: number, clockHz: number, hz: number): number {
  return 10 * Math.log10(Math.max(tonePower(samples, from, to, clockHz, hz), 1e-9) / (32768 * 16384))
}

/** Which share of all the power lies at `hz`, in [0, 1]: near 1 for a clean tone, near 0 for anything else. */
export function toneShare(samples: Int16Array, from: number, to: number, clockHz: number, hz: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += samples[i]! * samples[i]!
  if (sum === 0) return 0
  return Math.min(1, (tonePower(samples, from, to, clockHz, hz) * (to - from)) / sum)
}
