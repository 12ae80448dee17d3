/**
 * What a decision costs: calls of every kind through `enter` and `next`, each step timed by itself. Calls come in by lines at all
 * hours, people call each other, dial out in every way the country knows, press keys in menus, and are not answered.
 */
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { enter, next } from '../../src/plan/decide.ts'
import type { Action, Facts, Origin, Outcome, Step } from '../../src/plan/decision.ts'
import { bytesPer, quantile } from './measure.ts'

export interface DecisionCost {
  readonly steps: number
  readonly p50Us: number
  readonly p99Us: number
  readonly bytes: number
}

interface Call {
  readonly origin: Origin
  readonly dialled: string
  readonly facts: Facts
}

const MONDAY = Date.UTC(2026, 10, 23, 5)
const HOUR = 3_600_000

export function decisionCost(plan: CompiledPlan, calls: number): DecisionCost {
  const list = callsOf(plan, calls)
  // Once to warm up, once to measure.
  for (const call of list) play(plan, call, null)
  const times: number[] = []
  for (const call of list) play(plan, call, times)
  let n = 0
  let steps = 0
  const bytes = bytesPer(() => {
    steps += play(plan, list[n++ % list.length]!, null)
  })
  const perCall = steps / n
  return { steps: times.length, p50Us: quantile(times, 0.5) / 1_000, p99Us: quantile(times, 0.99) / 1_000, bytes: bytes / perCall }
}

/** Follows a call to its end; returns how many steps that took. */
function play(plan: CompiledPlan, call: Call, times: number[] | null): number {
  let start = times === null ? 0n : process.hrtime.bigint()
  let step: Step = enter(plan, call.facts, call.origin, call.dialled)
  if (times !== null) times.push(Number(process.hrtime.bigint() - start))
  let count = 1
  for (; count < 20; count++) {
    const outcome = outcomeOf(step.action, count)
    if (outcome === null) return count
    start = times === null ? 0n : process.hrtime.bigint()
    step = next(plan, call.facts, step.position, outcome)
    if (times !== null) times.push(Number(process.hrtime.bigint() - start))
  }
  return count
}

function outcomeOf(action: Action, count: number): Outcome | null {
  switch (action.do) {
    case 'ring':
      return { was: count % 3 === 2 ? 'busy' : 'no-answer' }
    case 'dial-out':
      return { was: 'failed', status: 503 }
    case 'announce':
      return { was: 'finished' }
    case 'menu':
      return action.keys.length > 0 && count % 2 === 1
        ? { was: 'keys', keys: action.keys[count % action.keys.length]! }
        : { was: 'silence' }
    default:
      return null
  }
}

function callsOf(plan: CompiledPlan, count: number): readonly Call[] {
  const accounts = [...plan.accounts.keys()]
  const lines = [...plan.lines.keys()]
  const trunk = plan.trunks.keys().next().value!
  const inside = [...plan.dial.keys()]
  const area = plan.home.habit.area
  return Array.from({ length: count }, (_, n): Call => {
    const nowMs = MONDAY + ((n * 7) % 168) * HOUR
    const facts: Facts = { nowMs, registered: () => true, activeCalls: () => 0, trunkUp: () => true, trunkCalls: () => 0 }
    const pick = <T>(list: readonly T[]): T => list[(n * 7_919) % list.length]!
    const phone: Origin = { kind: 'device', account: pick(accounts) }
    const digits = String(2_000_000 + ((n * 104_729) % 7_999_999))
    switch (n % 6) {
      case 0:
      case 1:
        return { origin: { kind: 'trunk', trunk, number: `+7701${digits}` }, dialled: pick(lines), facts }
      case 2:
      case 3:
        return { origin: phone, dialled: pick(inside), facts }
      case 4:
        return { origin: phone, dialled: `8${area}${digits}`.slice(0, 11), facts }
      default:
        return { origin: phone, dialled: n % 12 === 5 ? `8701${digits}` : `810493${digits}`, facts }
    }
  })
}
