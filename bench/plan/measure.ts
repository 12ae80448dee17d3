/** Measuring on a machine that does other things too: medians of runs, a calibration loop beside every figure, bytes allocated. */

/** Nanoseconds of one round of an integer loop, the least of three tries: how fast this core is now. */
export function calibrationNs(rounds = 10_000_000): number {
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n < 3; n++) {
    const start = process.hrtime.bigint()
    let h = 1
    for (let i = 0; i < rounds; i++) h = (Math.imul(h, 1_664_525) + 1_013_904_223) | 0
    const ns = Number(process.hrtime.bigint() - start) / rounds
    // The loop's result is used, or it would be left out.
    if (h !== 0 && ns < least) least = ns
  }
  return least
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export interface Timed<T> {
  readonly value: T
  /** Median over the runs. */
  readonly ms: number
  /** Of the first run: nothing is warm. */
  readonly firstMs: number
}

/**
 * Runs it `runs` times and keeps the last result. What is counted is the time that all threads spent on processors: what one core
 * would take, whoever else wants it meanwhile.
 */
export function timed<T>(runs: number, work: () => T): Timed<T> {
  const times: number[] = []
  let value!: T
  for (let n = 0; n < Math.max(1, runs); n++) {
    const before = process.cpuUsage()
    value = work()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1_000)
  }
  return { value, ms: median(times), firstMs: times[0]! }
}

/** Bytes of heap that one call of `work` takes: small batches, of which the median is not disturbed by collections. */
export function bytesPer(work: () => void, batches = 60, size = 50): number {
  const taken: number[] = []
  for (let b = 0; b < batches; b++) {
    const before = process.memoryUsage().heapUsed
    for (let n = 0; n < size; n++) work()
    const after = process.memoryUsage().heapUsed
    if (after >= before) taken.push((after - before) / size)
  }
  return median(taken)
}
