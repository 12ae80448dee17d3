/** The help desk's plan, changed where a test wants it, and calls to it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { compile } from '../../src/plan/compile.ts'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { enter, next } from '../../src/plan/decide.ts'
import type { Action, Facts, Origin, Outcome, Step } from '../../src/plan/decision.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import type { PlanProblem } from '../../src/plan/problem.ts'

const TEXT = readFileSync(new URL('valid/desk.yaml', import.meta.url), 'utf8')

/** What is wrong with the plan when `from` is written as `to`: what compiling says, before any check. */
export function problemsOf(from: string, to: string): readonly PlanProblem[] {
  return compile(parsePlan([{ name: 'desk.yaml', text: changed(from, to) }]), 1).problems.filter(p => p.severity === 'error')
}

export function deskPlan(from = '', to = ''): CompiledPlan {
  const { plan, problems } = compile(parsePlan([{ name: 'desk.yaml', text: changed(from, to) }]), 1)
  assert.ok(plan, JSON.stringify(problems))
  return plan
}

function changed(from: string, to: string): string {
  assert.ok(TEXT.includes(from), `the plan does not hold '${from}'`)
  return TEXT.replace(from, to)
}

export const MONDAY_MS = Date.parse('2026-11-23T10:00:00+05:00')

/** A world in which all is well, but for what is said. */
export function world(more: Partial<Facts> = {}): Facts {
  return {
    nowMs: MONDAY_MS,
    registered: () => true,
    activeCalls: () => 0,
    trunkUp: () => true,
    trunkCalls: () => 0,
    ...more,
  }
}

export const OUTSIDE: Origin = { kind: 'trunk', trunk: 'one', number: '87015550101' }
export const phone = (account: string): Origin => ({ kind: 'device', account })

/** The last step of a call that had these outcomes. */
export function follow(plan: CompiledPlan, facts: Facts, origin: Origin, dialled: string, ...outcomes: Outcome[]): Step {
  let step = enter(plan, facts, origin, dialled)
  for (const outcome of outcomes) step = next(plan, facts, step.position, outcome)
  return step
}

export function doing<D extends Action['do']>(step: Step, what: D): Extract<Action, { do: D }> {
  assert.equal(step.action.do, what, step.reasons.map(r => r.text).join(' '))
  return step.action as Extract<Action, { do: D }>
}

export const codes = (step: Step): readonly string[] => step.reasons.map(r => r.code)
