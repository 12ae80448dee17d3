/** Telephony first: on a machine whose cores are all busy, search, reports and recordings wait, calls do not. */
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/** A tenth of what the switch gets when both want the same core; all of it when nobody else does. */
const NICENESS = 10

export function stepBack(): void {
  try {
    setPriority(NICENESS)
  } catch {
    // not allowed here: then we run as equals
  }
  try {
    // Linux weighs sessions before it weighs the processes within one, and each of our processes leads its own.
    writeFileSync('/proc/self/autogroup', String(NICENESS))
  } catch {
    // no such thing here
  }
}
