/** One fuzz run over some targets. */
import { Dice, hostile } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

export interface FuzzOptions {
  /** Inputs over all targets together, dealt out evenly. */
  readonly count: number
  readonly seed: number
  /** Number of the first input of each target, to repeat a finding. */
  readonly from: number
  /** Stops after this time; 0 for no bound. */
  readonly seconds: number
}

export interface Finding {
  readonly target: string
  readonly input: number
  readonly error: string
  readonly bytes: Uint8Array
}

export interface Tally {
  readonly target: string
  readonly inputs: number
  readonly accepted: number
  readonly bytes: number
  readonly ms: number
  readonly slowestMs: number
  readonly slowestInput: number
}

export interface FuzzReport {
  readonly tallies: readonly Tally[]
  readonly findings: readonly Finding[]
}

const FINDINGS_PER_TARGET = 5
const BATCH = 256

/** Inputs are drawn by a target's number in the whole registry, so that a finding is made again when its target runs alone. */
export function fuzz(all: readonly FuzzTarget[], chosen: readonly FuzzTarget[], options: FuzzOptions): FuzzReport {
  const each = Math.ceil(options.count / chosen.length)
  const began = performance.now()
  const tallies: Tally[] = []
  const findings: Finding[] = []
  chosen.forEach((target, place) => {
    // Time left is shared by the targets left.
    const until = options.seconds === 0 ? Number.POSITIVE_INFINITY : began + (options.seconds * 1000 * (place + 1)) / chosen.length
    tallies.push(fuzzOne(target, all.indexOf(target), each, options, until, findings))
  })
  return { tallies, findings }
}

function fuzzOne(target: FuzzTarget, number: number, count: number, options: FuzzOptions, until: number, findings: Finding[]): Tally {
  const dice = new Dice()
  const began = performance.now()
  let accepted = 0
  let bytes = 0
  let slowestMs = 0
  let slowestInput = -1
  let found = 0
  let done = 0
  while (done < count && performance.now() < until && found < FINDINGS_PER_TARGET) {
    for (const stop = Math.min(count, done + BATCH); done < stop && found < FINDINGS_PER_TARGET; done++) {
      const input = options.from + done
      dice.throwFor(options.seed, number, input)
      const given = hostile(dice, target.seeds, target.maxBytes)
      bytes += given.length
      const kept = Uint8Array.from(given)
      const at = performance.now()
      try {
        if (target.run(given)) accepted++
      } catch (error) {
        found++
        findings.push({
          target: target.name,
          input,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
          bytes: kept,
        })
      }
      const took = performance.now() - at
      if (took > slowestMs) {
        slowestMs = took
        slowestInput = input
      }
    }
  }
  return { target: target.name, inputs: done, accepted, bytes, ms: performance.now() - began, slowestMs, slowestInput }
}
