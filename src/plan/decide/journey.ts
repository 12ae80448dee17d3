/**
 * Where one call stands in the plan, and what it has passed. Between two steps it is a short JSON text in the log;
 * within a step it is a `Walk`, which also collects the reasons.
 */
import type { CompiledPlan, Node, NodeKey, PersonNode, Site } from '../compiled.ts'
import type { Action, Facts, Origin, Place, Position, Reason, Step } from '../decision.ts'
import { type ReasonCode, reason } from '../reasons.ts'
import type { Language } from '../schema/scalars.ts'

export type Doing = Action['do']

/** Short names, as it is written into the log at every step. */
export interface Journey {
  /** The node whose action runs now. */
  n: NodeKey
  /** What that action is. */
  a: Doing
  /** When it began, epoch ms, and for how long it may ring. */
  t: number
  f: number
  /** Hops so far, ringing time of finished steps in ms. */
  h: number
  r: number
  /** Nodes passed. */
  v: NodeKey[]
  /** Routes being followed: node and index of the current step. */
  q: [NodeKey, number][]
  /** Whether the caller has been told of recording. */
  s: 0 | 1
  /** The caller: origin, account or trunk, number ('' when withheld), name, node. */
  o: Origin['kind']
  oa: string
  cn: string
  cd: string
  ck: NodeKey
  /** The line dialled from outside. */
  l: string
  lang: Language
  /** Absent until it matters, so that positions stay short. `m`: wrong keys, and `mi`: silences, at the menu where the call is. */
  m?: number
  mi?: number
  /** Since when the call waits in its queue, once the plan was asked again who can be rung. */
  qt?: number
  /** The menu key pressed last. */
  mk?: string
  /** How many places had been passed when a key was pressed last: going back to one of them is the caller's wish and no loop. */
  kp?: number
  /** How often the call has gone back like that. */
  b?: number
  /** Forwards set by users that the call has followed, and those of them that left the office. */
  fw?: number
  fo?: number
  /** The PIN that the caller has proven to know. */
  pin?: string
  /** The caller has chosen a language, which goes before that of menus and boxes. */
  lc?: 1
}

function encode(revision: number, journey: Journey): Position {
  return { revision, at: JSON.stringify(journey) }
}

/** Positions come from our own log; one that does not read is a fault of ours. */
export function decode(position: Position): Journey {
  // Whoever asks what would follow asks of one position many times: a copy costs a fifth of reading.
  if (position.at !== readAt) {
    read = JSON.parse(position.at) as Journey
    readAt = position.at
  }
  return { ...read!, v: read!.v.slice(), q: read!.q.map(([route, step]) => [route, step]) }
}

let readAt = ''
let read: Journey | null = null

export class Walk {
  readonly plan: CompiledPlan
  readonly facts: Facts
  readonly journey: Journey
  readonly reasons: Reason[] = []
  /** How long the next target may ring, when a route's step says so. */
  ringForMs: number | null = null
  /** What was dialled behind a code. */
  given = ''

  constructor(plan: CompiledPlan, facts: Facts, journey: Journey) {
    this.plan = plan
    this.facts = facts
    this.journey = journey
  }

  because(code: ReasonCode, values: Readonly<Record<string, string>>, place: Place | null = null): void {
    this.reasons.push(this.facts.wordless ? { code, text: '', values, place } : reason(code, values, place))
  }

  node(key: NodeKey): Node | undefined {
    return this.plan.nodes.get(key)
  }

  /** As a sentence calls it. */
  nameOf(key: NodeKey): string {
    const node = this.node(key)
    if (node === undefined) return key.slice(key.indexOf(':') + 1)
    if (node.kind === 'voicemail') return `@voicemail-box ${node.id}`
    return node.kind === 'outside' && node.person !== null ? `@mobile-of ${node.person.name}` : node.name
  }

  /** The person or room calling from inside, if the caller is one. */
  caller(): PersonNode | null {
    const node = this.journey.ck === '' ? undefined : this.node(this.journey.ck)
    return node?.kind === 'person' ? node : null
  }

  callerSite(): Site {
    const account = this.journey.o === 'trunk' ? undefined : this.plan.accounts.get(this.journey.oa)
    return account?.site ?? this.plan.home
  }

  fromOutside(): boolean {
    return this.journey.o === 'trunk'
  }

  /** In which language to speak, where the plan may name one. */
  language(own: Language | null): Language {
    return this.journey.lc === 1 ? this.journey.lang : (own ?? this.journey.lang)
  }

  /** Ringing time left to this call. */
  ringBudgetMs(): number {
    return this.plan.longestRingingMs - this.journey.r
  }

  /** Ends this step with an action at `key`. */
  act(key: NodeKey, action: Action): Step {
    this.journey.n = key
    this.journey.a = action.do
    this.journey.t = this.facts.nowMs
    this.journey.f = action.do === 'ring' || action.do === 'dial-out' ? action.forMs : 0
    return { position: encode(this.plan.revision, this.journey), action, reasons: this.reasons }
  }
}
