/**
 * A span of time (a year ahead, say) cut wherever some calendar changes: hours open or close, a holiday or an exception
 * comes, clocks are put forward, a rota hands over. Moments at which all calendars stand alike are one class: the plan
 * decides alike at them, so whatever was proven of one is proven of all.
 */
import type { CompiledPlan } from './compiled.ts'
import { dutyWord } from './rota.ts'

/** Something that stands one way or another at each moment. */
export interface Calendar {
  /** 'hours:office', 'rota:support'. */
  readonly key: string
  /** How it stands at `ms`, and until when it surely stands so (later than `ms`). */
  at(ms: number): { readonly state: string; readonly untilMs: number }
}

export interface TimeSpan {
  readonly fromMs: number
  readonly untilMs: number
}

export interface TimeClass {
  /** Its first moment, which stands for all of them. */
  readonly atMs: number
  /** In order, not touching. */
  readonly spans: readonly TimeSpan[]
  /** How each calendar stands, by its key. */
  readonly states: ReadonlyMap<string, string>
}

/** Classes of the moments from `fromMs` until before `untilMs`, in order of their first moments. Their spans cover all of it, once. */
export function timeClasses(calendars: readonly Calendar[], fromMs: number, untilMs: number): readonly TimeClass[] {
  if (!(fromMs < untilMs)) return []
  const turns = calendars.map(c => turnsOf(c, fromMs, untilMs))
  const changes: { readonly atMs: number; readonly calendar: number; readonly state: string }[] = []
  for (const [calendar, list] of turns.entries())
    for (const turn of list.slice(1)) changes.push({ atMs: turn.fromMs, calendar, state: turn.state })
  changes.sort((a, b) => a.atMs - b.atMs)

  const standing = new Standing(turns.map(list => list[0]!.state))
  const classes = new Map<number, { atMs: number; spans: TimeSpan[]; states: ReadonlyMap<string, string> }>()
  let next = 0
  for (let at = fromMs; at < untilMs; ) {
    for (; next < changes.length && changes[next]!.atMs <= at; next++) standing.change(changes[next]!.calendar, changes[next]!.state)
    const end = changes[next]?.atMs ?? untilMs
    const id = standing.id()
    let alike = classes.get(id)
    if (alike === undefined) {
      alike = { atMs: at, spans: [], states: new Map(calendars.map((c, i) => [c.key, standing.states[i]!])) }
      classes.set(id, alike)
    }
    const last = alike.spans.at(-1)
    if (last?.untilMs === at) alike.spans[alike.spans.length - 1] = { fromMs: last.fromMs, untilMs: end }
    else alike.spans.push({ fromMs: at, untilMs: end })
    at = end
  }
  return [...classes.values()]
}

/** The plan's hours and rotas, or those of `keys` ('hours:office') alone. */
export function calendarsOf(plan: CompiledPlan, keys?: Iterable<string>): readonly Calendar[] {
  const wanted = keys === undefined ? null : new Set(keys)
  const calendars: Calendar[] = []
  for (const [id, hours] of plan.hours)
    calendars.push({
      key: `hours:${id}`,
      at(ms) {
        const answer = hours.at(ms)
        return { state: answer.open ? 'open' : 'closed', untilMs: answer.untilMs }
      },
    })
  for (const [id, rota] of plan.rotas)
    calendars.push({
      key: `rota:${id}`,
      at(ms) {
        const { turn, untilMs } = rota.standing(ms)
        return { state: dutyWord(turn), untilMs }
      },
    })
  return wanted === null ? calendars : calendars.filter(c => wanted.has(c.key))
}

interface StateFrom {
  readonly fromMs: number
  readonly state: string
}

/** One calendar's states in order; a calendar that does not say when it changes is asked again a moment later, so that this ends. */
function turnsOf(calendar: Calendar, fromMs: number, untilMs: number): readonly StateFrom[] {
  const turns: StateFrom[] = []
  for (let at = fromMs; at < untilMs; ) {
    const { state, untilMs: until } = calendar.at(at)
    if (turns.at(-1)?.state !== state) turns.push({ fromMs: at, state })
    at = until > at ? until : at + 60_000
  }
  return turns
}

/**
 * How all calendars stand together, as one number. A balanced tree over them: a node's number stands for its pair of
 * children, so one calendar's change costs its depth and two moments are alike exactly when their roots are.
 */
class Standing {
  readonly states: string[]
  private readonly size: number
  private readonly nodes: Float64Array
  private readonly leaves = new Map<string, number>()
  private readonly pairs = new Map<number, Map<number, number>>()
  private numbers = 0

  constructor(states: readonly string[]) {
    this.states = [...states]
    this.size = 1
    while (this.size < states.length) this.size *= 2
    this.nodes = new Float64Array(2 * this.size)
    for (const [i, state] of states.entries()) this.nodes[this.size + i] = this.leaf(state)
    for (let i = this.size - 1; i > 0; i--) this.nodes[i] = this.pair(this.nodes[2 * i]!, this.nodes[2 * i + 1]!)
  }

  change(calendar: number, state: string): void {
    this.states[calendar] = state
    let i = this.size + calendar
    this.nodes[i] = this.leaf(state)
    for (i >>= 1; i > 0; i >>= 1) this.nodes[i] = this.pair(this.nodes[2 * i]!, this.nodes[2 * i + 1]!)
  }

  id(): number {
    return this.nodes[1]!
  }

  private leaf(state: string): number {
    let id = this.leaves.get(state)
    if (id === undefined) this.leaves.set(state, (id = ++this.numbers))
    return id
  }

  private pair(left: number, right: number): number {
    let of = this.pairs.get(left)
    if (of === undefined) this.pairs.set(left, (of = new Map()))
    let id = of.get(right)
    if (id === undefined) of.set(right, (id = ++this.numbers))
    return id
  }
}
