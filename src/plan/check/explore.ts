/**
 * Every way a call can go from where it enters, through the live decision function: after each ringing it may be busy,
 * unanswered, unreachable; after each trunk it may have failed. What was explored from a place once is not explored again.
 */
import type { CompiledPlan } from '../compiled.ts'
import { decode } from '../decide/journey.ts'
import { enter, next } from '../decide.ts'
import type { Action, Facts, Origin, Outcome, Step } from '../decision.ts'

export interface Seen {
  readonly origin: Origin
  readonly dialled: string
  readonly atMs: number
  readonly step: Step
  /** 0 for the step that `enter` gave. */
  readonly depth: number
  /** Whether somebody heard something or could be rung on the way here. */
  readonly served: boolean
}

const OUTCOMES: Readonly<Record<Action['do'], readonly Outcome[]>> = {
  ring: [{ was: 'no-answer' }, { was: 'busy' }, { was: 'unreachable' }, { was: 'rejected' }],
  'dial-out': [{ was: 'no-answer' }, { was: 'busy' }, { was: 'failed', status: 503 }],
  announce: [{ was: 'finished' }],
  menu: [{ was: 'silence' }],
  voicemail: [],
  echo: [],
  end: [],
}

const ALL_WELL = { registered: () => true, activeCalls: () => 0, trunkUp: () => true, trunkCalls: () => 0 } as const

export class Explorer {
  private readonly plan: CompiledPlan
  private readonly report: (seen: Seen) => void
  private readonly done = new Set<string>()
  /** Steps looked at. */
  situations = 0

  constructor(plan: CompiledPlan, report: (seen: Seen) => void) {
    this.plan = plan
    this.report = report
  }

  explore(origin: Origin, dialled: string, atMs: number): void {
    const facts: Facts = { nowMs: atMs, ...ALL_WELL }
    const step = enter(this.plan, facts, origin, dialled)
    this.go({ origin, dialled, atMs, step, depth: 0, served: false })
  }

  private go(seen: Seen): void {
    this.situations++
    this.report(seen)
    const { action, position } = seen.step
    const outcomes = OUTCOMES[action.do]
    if (outcomes.length === 0) return
    const journey = decode(position)
    // Where it stands, how it got there and when: who called and what was dialled change nothing that comes after.
    const key = `${journey.n}|${JSON.stringify(journey.q)}|${journey.v.filter(v => !v.startsWith('line:')).sort()}|${journey.r}|${seen.atMs}|${journey.o}`
    if (this.done.has(key)) return
    this.done.add(key)
    const forMs = action.do === 'ring' || action.do === 'dial-out' ? action.forMs : 0
    const served = seen.served || action.do !== 'end'
    for (const outcome of outcomes) {
      const facts: Facts = { nowMs: seen.atMs + (outcome.was === 'no-answer' ? forMs : 0), ...ALL_WELL }
      const step = next(this.plan, facts, position, outcome)
      this.go({ ...seen, step, depth: seen.depth + 1, served })
    }
  }
}
