/**
 * One call in both plans at once, step by step, in every way it can go: whatever comes of ringing, each key, each thing that
 * a decision asked about the world supposed otherwise. Two places in the plans from which everything goes alike are looked at
 * once, whoever comes there. Where the plans part company the difference is noted and the way is not followed further.
 * A little over 400 lines: one walk, whose memory of places is of no use to anything else.
 */
import type { CompiledPlan, NodeKey } from '../compiled.ts'
import { decode } from '../decide/journey.ts'
import { enter, next } from '../decide.ts'
import type { Action, Outcome, Step } from '../decision.ts'
import { dutyWord } from '../rota.ts'
import { type AspectKind, aspects, destination, differs, OWN_NAMES } from './aspects.ts'
import type { CallSubject, CompareCall } from './calls.ts'
import { type Bounds, type Deviation, deviations, type Otherwise } from './deviations.ts'
import type { Naming } from './naming.ts'
import type { Said } from './say.ts'
import { nothingAsked, SupposedPlan } from './supposed.ts'

export type Subject =
  | { readonly is: 'call'; readonly call: CallSubject }
  /** A place where calls are; `after` tells the outcome there that leads on. */
  | { readonly is: 'place'; readonly key: NodeKey; readonly outcome: Outcome | null }

export type DifferenceKind = AspectKind | 'reach' | 'owner' | 'new-number' | 'number-gone'

export interface Difference {
  readonly kind: DifferenceKind
  readonly subject: Subject
  readonly before: Said
  readonly after: Said
  readonly otherwise: Otherwise | null
  readonly witness: Witness
}

/** How to come there: replayed with `enter` and `next`. */
export interface Witness {
  readonly call: CompareCall
  readonly atMs: number
  readonly path: readonly PathStep[]
  readonly supposed: Deviation | null
}

export interface PathStep {
  readonly outcome: Outcome
  readonly tookMs: number
}

/** What became of looking from one place on. */
export interface Looked {
  /** Calendars that were asked, and how they stood. */
  readonly asked: ReadonlyMap<string, string>
  /** Indices of `differences`. */
  readonly found: ReadonlySet<number>
  readonly places: ReadonlySet<NodeKey>
}

interface Trail {
  readonly call: CompareCall
  readonly atMs: number
  readonly path: readonly PathStep[]
}

const WELL: Deviation | null = null
const NOTHING: ReadonlySet<DifferenceKind> = new Set()

export class Lockstep {
  readonly differences: Difference[] = []
  /** Pairs of steps that were compared. */
  situations = 0
  private readonly before: SupposedPlan
  private readonly after: SupposedPlan
  private readonly names: Naming
  private readonly bounds: Bounds
  private readonly known = new Map<string, Looked[]>()
  private readonly underWay = new Set<string>()
  private readonly noted = new Map<string, number>()
  private readonly special: ReadonlySet<string>
  private readonly rooms: readonly string[]
  private readonly matters: { readonly keys: boolean; readonly languages: boolean }
  /** What has one name in both plans is the same. */
  private readonly sameWords: boolean

  constructor(before: CompiledPlan, after: CompiledPlan, names: Naming, bounds: Bounds) {
    this.before = new SupposedPlan(before, 'before', null)
    this.after = new SupposedPlan(after, 'after', names)
    this.names = names
    this.bounds = bounds
    this.special = specialLines(before, after)
    this.rooms = dialThrough(before, after)
    this.matters = whatMatters(before, after)
    this.sameWords = sameContent(before, after)
  }

  /** Everything that may become of `call` when it is made at `atMs`. */
  compare(call: CompareCall, atMs: number): Looked {
    const trail: Trail = { call, atMs, path: [] }
    const look = new Look()
    this.at(atMs)
    this.fork(
      trail,
      null,
      side => {
        const one = side === 'before' ? this.before : this.after
        return enter(one.plan, one.factsAt(atMs), call.origin(side), call.dialled)
      },
      look,
    )
    return look
  }

  private at(atMs: number): void {
    this.before.atMs = atMs
    this.after.atMs = atMs
  }

  /** One step in both plans: as all is well, then in every world that could make it come out otherwise. */
  private fork(trail: Trail, from: { key: NodeKey; outcome: Outcome } | null, step: (side: 'before' | 'after') => Step, look: Look): void {
    const asked = nothingAsked()
    this.suppose(WELL, asked)
    const b = step('before')
    const a = step('after')
    const kinds = this.examine(trail, from, b, a, null, null, look)
    if (kinds !== null) this.follow(trail, b, a, look)
    for (const deviation of deviations(asked, b.action, this.bounds)) {
      this.suppose(deviation, asked)
      const b2 = step('before')
      const a2 = step('after')
      // What is as when all is well has been told.
      const same = alike(b2, b) && alike(a2, a)
      if (same) continue
      if (this.examine(trail, from, b2, a2, deviation, { kinds, base: b }, look) !== null) this.follow(trail, b2, a2, look)
    }
    this.suppose(WELL, asked)
    for (const [calendar, state] of asked.calendars) look.asked.set(calendar, state)
  }

  private suppose(deviation: Deviation | null, asked: ReturnType<typeof nothingAsked>): void {
    for (const one of [this.before, this.after]) {
      one.supposed = deviation?.supposed ?? {}
      one.asked = asked
    }
  }

  /** Notes what differs; null when the call is at different places and need not be followed. */
  private examine(
    trail: Trail,
    from: { key: NodeKey; outcome: Outcome } | null,
    b: Step,
    a: Step,
    deviation: Deviation | null,
    well: { readonly kinds: ReadonlySet<DifferenceKind> | null; readonly base: Step } | null,
    look: Look,
  ): ReadonlySet<DifferenceKind> | null {
    this.situations++
    const atB = decode(b.position).n
    look.places.add(atB)
    if (this.sameWords && b.position.at === a.position.at && JSON.stringify(b.action) === JSON.stringify(a.action) && sameAbout(b, a))
      return NOTHING
    const atA = decode(a.position).n
    const whereB = destination(this.before.original, atB, b.action, OWN_NAMES)
    const whereA = destination(this.after.original, atA, a.action, this.names)
    const kinds = new Set<DifferenceKind>()
    const note = (kind: DifferenceKind, subject: Subject, before: Said, after: Said): void => {
      kinds.add(kind)
      if (well?.kinds?.has(kind) === true || (well !== null && well.kinds === null)) return
      const like = deviation?.like !== undefined && well?.base.action.do === 'ring' ? deviation.like : null
      const otherwise = like === null ? (deviation?.otherwise ?? null) : null
      const told: Subject =
        like === null || kind !== 'reach' ? subject : { is: 'place', key: decode(well!.base.position).n, outcome: { was: like } }
      this.note({ kind, subject: told, before, after, otherwise, witness: { ...trail, supposed: deviation } }, look)
    }
    const call: Subject = from === null ? { is: 'call', call: trail.call.about } : { is: 'place', ...from }
    if (from === null && deviation === null) {
      const [ownerB, ownerA] = [b.about?.owner ?? '', this.names.who(a.about?.owner ?? '')]
      if (ownerB !== ownerA) note('owner', call, text(ownerB), text(a.about?.owner ?? ''))
    }
    const partsB = aspects(this.before.original, b.action, OWN_NAMES)
    const partsA = aspects(this.after.original, a.action, this.names)
    if (whereB.mark !== whereA.mark && !sameInAll(b.action, a.action, partsB, partsA)) {
      const kind = from !== null || deviation !== null ? 'reach' : (this.newOrGone(trail.call) ?? 'reach')
      note(kind, call, whereB.said, whereA.said)
      return null
    }
    const where: Subject = { is: 'place', key: atB, outcome: null }
    for (const [i, part] of partsB.entries()) {
      const other = partsA[i]!
      if (!differs(part, other)) continue
      const own = PLACE_KINDS.has(part.kind) && (b.action.do !== 'dial-out' || atB.startsWith('outside:'))
      note(part.kind, own ? where : call, part.said, other.said)
    }
    return kinds
  }

  private newOrGone(call: CompareCall): 'new-number' | 'number-gone' | null {
    const { about } = call
    if (about.is !== 'line' && about.is !== 'number') return null
    const has = (plan: CompiledPlan): boolean => (about.is === 'line' ? plan.lines : plan.dial).has(about.number)
    const [was, is] = [has(this.before.original), has(this.after.original)]
    return was === is ? null : is ? 'new-number' : 'number-gone'
  }

  private note(difference: Difference, look: Look): void {
    const key = JSON.stringify([
      difference.kind,
      subjectMark(difference.subject),
      difference.before,
      difference.after,
      difference.otherwise,
    ])
    let index = this.noted.get(key)
    if (index === undefined) {
      index = this.differences.push(difference) - 1
      this.noted.set(key, index)
    }
    look.found.add(index)
  }

  /** Goes on from a place that both plans have reached alike. */
  private follow(trail: Trail, b: Step, a: Step, look: Look): void {
    const outcomes = outcomesOf(b.action, a.action, this.rooms)
    if (outcomes.length === 0) return
    const key = `${this.mark(b)}\n${this.mark(a)}`
    for (const known of this.known.get(key) ?? [])
      if (this.holds(known.asked)) {
        look.take(known)
        return
      }
    if (this.underWay.has(key)) return
    this.underWay.add(key)
    const sub = new Look()
    const journeyB = decode(b.position)
    const journeyA = decode(a.position)
    for (const outcome of outcomes) {
      const tookB = tookMs(b.action, outcome)
      const tookA = tookMs(a.action, outcome)
      this.fork(
        { ...trail, path: [...trail.path, { outcome, tookMs: tookB }] },
        { key: journeyB.n, outcome },
        side =>
          side === 'before'
            ? next(this.before.plan, this.before.factsAt(journeyB.t + tookB), b.position, outcome)
            : next(this.after.plan, this.after.factsAt(journeyA.t + tookA), a.position, outcome),
        sub,
      )
    }
    this.underWay.delete(key)
    const list = this.known.get(key)
    if (list === undefined) this.known.set(key, [sub])
    else list.push(sub)
    look.take(sub)
  }

  /** Whether the calendars stand as they stood. */
  private holds(asked: ReadonlyMap<string, string>): boolean {
    for (const [calendar, state] of asked) if (this.stateAt(calendar) !== state) return false
    return true
  }

  private stateAt(calendar: string): string {
    const [side, name] = calendar.split(' ') as ['before' | 'after', string]
    const one = side === 'before' ? this.before : this.after
    const id = name.slice(name.indexOf(':') + 1)
    if (name.startsWith('hours:')) return one.original.hours.get(id)!.at(one.atMs).open ? 'open' : 'closed'
    return dutyWord(one.original.rotas.get(id)!.at(one.atMs))
  }

  /** A place in the plan as far as what comes after depends on it. */
  private mark(step: Step): string {
    // `h` and `kp` follow from `v`, and how often a caller may go back is no matter of the plan.
    const { t, f, b, w, h, kp, mk, lang, lc, cn, cd, oa, ck, l, v, ...rest } = decode(step.position) as ReturnType<typeof decode> & {
      w?: number
    }
    return JSON.stringify([
      rest,
      this.matters.keys ? mk : '',
      this.matters.languages ? [lang, lc] : '',
      cn === '' ? 0 : 1,
      oa === '' ? 0 : rest.o === 'trunk' ? 0 : oa,
      ck,
      this.special.has(l) ? l : l === '' ? '' : 'line',
      v.filter(key => !key.startsWith('line:')),
      step.action.do === 'ring' ? step.action.targets.length : 0,
    ])
  }
}

class Look implements Looked {
  readonly asked = new Map<string, string>()
  readonly found = new Set<number>()
  readonly places = new Set<NodeKey>()

  take(other: Looked): void {
    for (const [calendar, state] of other.asked) this.asked.set(calendar, state)
    for (const index of other.found) this.found.add(index)
    for (const place of other.places) this.places.add(place)
  }
}

/** Parts that belong to a place, whoever comes there; the others belong to the call. */
const PLACE_KINDS: ReadonlySet<DifferenceKind> = new Set([
  'who-rings',
  'telephones',
  'announcement',
  'trunks',
  'number-shown',
  'dialled-form',
  'ring-order',
  'ring-time',
  'recording',
  'queue',
  'words',
  'keys',
  'silence',
  'message',
  'told',
  'answered',
])

function subjectMark(subject: Subject): unknown {
  if (subject.is === 'place') return [subject.key, subject.outcome]
  const { call } = subject
  return call.is === 'out' ? [call.class, call.number, call.callers[0]] : call
}

function alike(one: Step, other: Step): boolean {
  return one.position.at === other.position.at && JSON.stringify(one.action) === JSON.stringify(other.action)
}

/** Another place of the plan, and yet the same for everyone: the same people ring, the same is heard. */
function sameInAll(b: Action, a: Action, partsB: ReturnType<typeof aspects>, partsA: ReturnType<typeof aspects>): boolean {
  return (
    b.do === a.do && (b.do === 'ring' || b.do === 'announce' || b.do === 'menu') && partsB.every((part, i) => !differs(part, partsA[i]!))
  )
}

function text(value: string): Said {
  return { code: 'text', values: { text: value === '' ? '-' : value } }
}

function sameAbout(b: Step, a: Step): boolean {
  return b.about?.owner === a.about?.owner
}

/** The same words under the same names: prompts, names of people, places of the trunks. */
function sameContent(before: CompiledPlan, after: CompiledPlan): boolean {
  const prompts = (plan: CompiledPlan): string => JSON.stringify([...plan.prompts])
  return prompts(before) === prompts(after)
}

/** Lines that recording or queues name, or whose own words differ: calls by them are not like calls by others. */
function specialLines(before: CompiledPlan, after: CompiledPlan): ReadonlySet<string> {
  const out = new Set<string>()
  for (const plan of [before, after]) {
    for (const rule of plan.recording) if (rule.scope.of === 'line') out.add(rule.scope.number)
    for (const node of plan.nodes.values())
      if (node.kind === 'hunt' && node.queue !== null)
        for (const wish of [node.queue.prefer, node.queue.require, ...node.queue.priority])
          if (wish?.if?.is === 'line') out.add(wish.if.number)
  }
  for (const [number, line] of before.lines) {
    const then = after.lines.get(number)
    if (then !== undefined && (then.label !== line.label || then.language !== line.language)) out.add(number)
  }
  return out
}

/** Whether it matters later which key was pressed, or which language was chosen. */
function whatMatters(before: CompiledPlan, after: CompiledPlan): { readonly keys: boolean; readonly languages: boolean } {
  let keys = false
  let languages = before.language !== after.language
  for (const plan of [before, after])
    for (const node of plan.nodes.values()) {
      if (node.kind === 'hunt' && node.queue !== null)
        for (const wish of [node.queue.prefer, node.queue.require, ...node.queue.priority]) {
          if (wish?.if?.is === 'menu-key') keys = true
          if (wish?.if?.is === 'language') languages = true
        }
      if (node.kind === 'menu' || node.kind === 'voicemail') {
        const other = before.nodes.get(node.key)
        if (other?.kind === node.kind && other.language !== node.language) languages = true
      }
    }
  return { keys, languages }
}

/** Numbers for callers in a menu who dial through: one that exists, and one that nobody has. */
function dialThrough(before: CompiledPlan, after: CompiledPlan): readonly string[] {
  for (const [number, key] of before.dial)
    if (/^\d+$/.test(number) && key.startsWith('person:') && after.dial.has(number)) return [number, '99999']
  return ['99999']
}

function outcomesOf(b: Action, a: Action, rooms: readonly string[]): readonly Outcome[] {
  if (b.do === 'menu' && a.do === 'menu') {
    const keys = new Set([...b.keys, ...a.keys])
    const wrong = ['#', '*', '9', '8', '7'].find(k => !keys.has(k))
    return [
      ...[...keys].map((k): Outcome => ({ was: 'keys', keys: k })),
      ...(wrong === undefined ? [] : [{ was: 'keys', keys: wrong } as const]),
      ...(b.dialThrough || a.dialThrough ? rooms.map((k): Outcome => ({ was: 'keys', keys: k })) : []),
      { was: 'silence' },
    ]
  }
  return OUTCOMES[b.do]
}

const OUTCOMES: Readonly<Record<Action['do'], readonly Outcome[]>> = {
  ring: [{ was: 'no-answer' }, { was: 'busy' }, { was: 'unreachable' }, { was: 'rejected' }],
  'dial-out': [{ was: 'no-answer' }, { was: 'busy' }, { was: 'unreachable' }, { was: 'rejected' }, { was: 'failed', status: 503 }],
  announce: [{ was: 'finished' }],
  menu: [],
  voicemail: [{ was: 'finished' }],
  echo: [{ was: 'finished' }],
  end: [],
}

export function tookMs(action: Action, outcome: Outcome): number {
  if (action.do === 'ring' || action.do === 'dial-out') return outcome.was === 'no-answer' ? action.forMs : 1_000
  return action.do === 'menu' ? 3_000 : 6_000
}
