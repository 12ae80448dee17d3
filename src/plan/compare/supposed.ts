/**
 * The same supposed world for both plans, and a note of what each decision asked of it. What nobody asked cannot matter,
 * so only what was asked is supposed otherwise. Calendars are held still: a call is compared as if made within one moment.
 */
import type { CompiledPlan } from '../compiled.ts'
import type { Facts, QueueFacts, UserForward } from '../decision.ts'
import type { Hours } from '../hours.ts'
import { dutyWord, type Rota } from '../rota.ts'
import type { Naming } from './naming.ts'

export type Side = 'before' | 'after'

/** What differs from "all is well", in the old plan's names. */
export interface Supposed {
  readonly away?: ReadonlySet<string>
  /** Calls that each account is in. */
  readonly calls?: ReadonlyMap<string, number>
  readonly down?: ReadonlySet<string>
  readonly trunkCalls?: ReadonlyMap<string, number>
  /** Outage conditions, in the plan's words. */
  readonly outages?: ReadonlySet<string>
  readonly forwards?: ReadonlyMap<string, UserForward>
  readonly queues?: ReadonlyMap<string, QueueFacts>
  readonly overrides?: ReadonlyMap<string, 'open' | 'closed'>
  readonly use?: { readonly todayMs: number; readonly atOnce: number; readonly todaySpent: number }
}

export interface Asked {
  readonly accounts: Set<string>
  readonly trunks: Set<string>
  readonly outages: Set<string>
  readonly forwards: Set<string>
  readonly queues: Set<string>
  readonly hours: Set<string>
  /** Calendars of either plan, with how they stood. */
  readonly calendars: Map<string, string>
  use: boolean
}

export function nothingAsked(): Asked {
  return {
    accounts: new Set(),
    trunks: new Set(),
    outages: new Set(),
    forwards: new Set(),
    queues: new Set(),
    hours: new Set(),
    calendars: new Map(),
    use: false,
  }
}

const WELL: Supposed = {}
const UNUSED = { todayMs: 0, atOnce: 0, todaySpent: 0 }
const EMPTY: QueueFacts = { waiting: 0, expectedWaitMs: null, loggedIn: null }
/** A calendar's answer is said to hold so long; who asks for what comes then is told that it turns. */
const STILL_MS = 40 * 86_400_000

/** One plan in the supposed world. `plan` is the compiled plan with calendars that stand still at `atMs`. */
export class SupposedPlan {
  readonly plan: CompiledPlan
  readonly original: CompiledPlan
  atMs = 0
  supposed: Supposed = WELL
  asked: Asked = nothingAsked()
  private nowMs = 0
  private readonly facts: Facts

  constructor(original: CompiledPlan, side: Side, names: Naming | null) {
    this.original = original
    this.plan = {
      ...original,
      hours: new Map([...original.hours].map(([id, hours]) => [id, this.hours(id, hours, side)])),
      rotas: new Map([...original.rotas].map(([id, rota]) => [id, { ...rota, ...this.rota(id, rota, side) }])),
    }
    const account = (id: string): string => (names === null ? id : names.account(id))
    const trunk = (id: string): string => (names === null ? id : names.trunk(id))
    const self = this
    this.facts = {
      get nowMs() {
        return self.nowMs
      },
      registered(id) {
        const name = account(id)
        self.asked.accounts.add(name)
        return self.supposed.away?.has(name) !== true
      },
      activeCalls(id) {
        return self.supposed.calls?.get(account(id)) ?? 0
      },
      trunkUp(id) {
        const name = trunk(id)
        self.asked.trunks.add(name)
        return self.supposed.down?.has(name) !== true
      },
      trunkCalls(id) {
        return self.supposed.trunkCalls?.get(trunk(id)) ?? 0
      },
      outgoingUse() {
        self.asked.use = true
        return self.supposed.use ?? UNUSED
      },
      treatment(index) {
        const text = original.outages[index]?.text ?? ''
        self.asked.outages.add(text)
        return self.supposed.outages?.has(text) === true
      },
      forward(person) {
        const name = names === null ? person : names.who(person)
        self.asked.forwards.add(name)
        return self.supposed.forwards?.get(name) ?? null
      },
      queue(id) {
        const name = names === null ? id : names.queue(id)
        self.asked.queues.add(name)
        return self.supposed.queues?.get(name) ?? EMPTY
      },
      override(id) {
        const name = names === null ? id : names.hours(id)
        self.asked.hours.add(name)
        return self.supposed.overrides?.get(name) ?? null
      },
    }
  }

  factsAt(nowMs: number): Facts {
    this.nowMs = nowMs
    return this.facts
  }

  private hours(id: string, real: Hours, side: Side): Hours {
    const key = `${side} hours:${id}`
    return {
      ...real,
      at: ms => {
        const answer = real.at(this.atMs)
        this.asked.calendars.set(key, answer.open ? 'open' : 'closed')
        return ms - this.atMs < STILL_MS / 2
          ? { ...answer, untilMs: this.atMs + STILL_MS }
          : { ...answer, open: !answer.open, untilMs: ms + STILL_MS }
      },
    }
  }

  private rota(id: string, real: Rota, side: Side): Rota {
    const key = `${side} rota:${id}`
    return {
      ...real,
      at: () => {
        const turn = real.at(this.atMs)
        this.asked.calendars.set(key, dutyWord(turn))
        return turn
      },
    }
  }
}
