/** The real time. */
import type { Clock } from '../kernel/clock.ts'

export const systemClock: Clock = { nowMs: () => Date.now() }
