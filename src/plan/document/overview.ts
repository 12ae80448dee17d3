/**
 * All lines in one drawing that stays one sheet however large the office is: lines and places that look alike (the same kind,
 * from which calls go on in the same way to places that look alike) are drawn once, with their count.
 */
import type { CompiledPlan } from '../compiled.ts'
import { byTime, causesText, conditionText, rankOf, toldApart } from './causes.ts'
import type { Diagram, DiagramBox, DiagramRow } from './diagram.ts'
import { hoursNotes, placeTitle, shapeOf } from './line-diagram.ts'
import { kindOf, nameOf, numberOf, phoneText } from './places.ts'
import type { Say } from './say.ts'
import type { Exit, Way, WayPlace } from './way.ts'
import type { Cause } from './way-steps.ts'

/** So many boxes fit a sheet. */
const MOST_BOXES = 26
const MOST_ROUNDS = 6
const EXAMPLES = 3
const MOST_NOTES = 8

export function overviewDiagram(plan: CompiledPlan, ways: ReadonlyMap<string, Way>, nowMs: number, say: Say): Diagram {
  const union = unite(ways)
  const alike = grouped(union)
  const groups = new Map<string, WayPlace[]>()
  for (const [id, place] of union.places) {
    const key = alike.get(id)!
    const list = groups.get(key)
    if (list === undefined) groups.set(key, [place])
    else list.push(place)
  }
  const boxes = [...groups].map(([key, places]) => boxOf(plan, union, alike, key, places, say))
  const names = new Map(boxes.map(b => [b.id, b.title]))
  const hours = [...new Set([...ways.values()].flatMap(w => w.calendars))]
  return {
    title: say('overview-title'),
    sentences: boxes.flatMap(b =>
      b.rows.map(r => say('diagram-from-to', { from: b.title, why: r.text === '' ? say('exit-always') : r.text, to: names.get(r.to)! })),
    ),
    boxes,
    compact: boxes.length > 9,
    notes: hours.length > MOST_NOTES ? [] : hoursNotes(plan, hours, nowMs, say),
  }
}

interface Union {
  readonly places: ReadonlyMap<string, WayPlace>
  readonly exits: ReadonlyMap<string, readonly Exit[]>
  /** All places, drawn or not. */
  readonly found: ReadonlyMap<string, WayPlace>
}

/** One drawing of all lines. What is rare is left to each line's own drawing: this one says who answers, and who when nobody does. */
function unite(ways: ReadonlyMap<string, Way>): Union {
  const found = new Map<string, WayPlace>()
  const exits = new Map<string, Exit[]>()
  const known = new Map<string, Exit & { readonly via: Set<string> }>()
  for (const way of ways.values()) {
    for (const [id, place] of way.places) if (!found.has(id)) found.set(id, place)
    for (const exit of way.exits) {
      const key = `${exit.from}|${exit.to}|${exit.cause}`
      if (!MAIN.has(kindOfCause(exit.cause)) || exit.from === exit.to) continue
      const same = known.get(key)
      for (const id of exit.via) same?.via.add(id)
      if (same !== undefined) continue
      const own = { ...exit, via: new Set(exit.via) }
      known.set(key, own)
      const list = exits.get(exit.from)
      if (list === undefined) exits.set(exit.from, [own])
      else list.push(own)
    }
  }
  // Only what the main ways lead to.
  const places = new Map<string, WayPlace>()
  const visit = (id: string): void => {
    if (places.has(id)) return
    places.set(id, found.get(id)!)
    for (const exit of exits.get(id) ?? []) visit(exit.to)
  }
  for (const way of ways.values()) if (found.has(way.entry)) visit(way.entry)
  return { places, exits, found }
}

const MAIN: ReadonlySet<string> = new Set(['pass', 'forward', 'finished', 'silence', 'key', 'waited', 'no-answer'])

function kindOfCause(cause: Cause): string {
  const space = cause.indexOf(' ')
  return space < 0 ? cause : cause.slice(0, space)
}

/** Each place's group. Begins with the kinds of places and divides what goes on differently, as long as the sheet has room. */
function grouped(union: Union): ReadonlyMap<string, string> {
  if (union.places.size <= MOST_BOXES) return new Map([...union.places.keys()].map(id => [id, id]))
  let groups = new Map([...union.places].map(([id, p]) => [id, p.node === null ? id : kindOf(p.node)]))
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const names = new Map<string, string>()
    const finer = new Map<string, string>()
    for (const id of union.places.keys()) {
      const ways = (union.exits.get(id) ?? []).map(e => `${kindOfCause(e.cause)} ${whenShape(e)} ${groups.get(e.to)!}`)
      const key = `${groups.get(id)!} > ${[...new Set(ways)].sort().join(' & ')}`
      if (!names.has(key)) names.set(key, `${round}.${names.size}`)
      finer.set(id, names.get(key)!)
    }
    const before = new Set(groups.values()).size
    if (names.size > MOST_BOXES || names.size === before) break
    groups = finer
  }
  return groups
}

function whenShape(exit: Exit): string {
  if (exit.when === null) return ''
  return exit.when.is === 'sometimes' ? '?' : exit.when.of.map(s => (s.calendar.startsWith('hours:') ? s.state : 'turn')).join('+')
}

function boxOf(
  plan: CompiledPlan,
  union: Union,
  alike: ReadonlyMap<string, string>,
  key: string,
  places: readonly WayPlace[],
  say: Say,
): DiagramBox {
  const first = places[0]!
  const rows = rowsOf(plan, union, alike, places, say)
  const kind = first.node === null ? 'kind-end' : kindOf(first.node)
  if (places.length === 1) {
    const title = placeTitle(first, say)
    const number = first.node === null || first.node.kind === 'line' ? '' : numberOf(first.node)
    const body = first.node?.kind === 'line' && first.node.label !== '' ? [first.node.label] : []
    return {
      id: key,
      shape: shapeOf(first),
      label: number === '' || number === title ? say(kind) : `${say(kind)} · ${number}`,
      title,
      body,
      rows,
    }
  }
  const title =
    first.node?.kind === 'line' ? say('overview-lines', { n: places.length }) : `${say(kind)} ×\u00a0${say.number(places.length)}`
  const names = [
    ...new Set(places.slice(0, 12).map(p => (p.node === null ? '' : p.node.kind === 'line' ? lineName(p) : nameOf(p.node)))),
  ].slice(0, EXAMPLES)
  return { id: key, shape: shapeOf(first), label: '', title, body: [say('for-example', { names: names.join(', ') })], rows }
}

function lineName(place: WayPlace): string {
  return place.node?.kind === 'line' ? phoneText(place.node.number).replaceAll(' ', '\u00a0') : ''
}

function rowsOf(
  plan: CompiledPlan,
  union: Union,
  alike: ReadonlyMap<string, string>,
  places: readonly WayPlace[],
  say: Say,
): readonly DiagramRow[] {
  const exits = places.flatMap(p => union.exits.get(p.id) ?? [])
  const groups = new Map<string, Exit[]>()
  for (const exit of exits) {
    const group = `${alike.get(exit.to)!}|${whenShape(exit)}`
    const list = groups.get(group)
    if (list === undefined) groups.set(group, [exit])
    else list.push(exit)
  }
  const rows = [...groups.values()]
    .map(list => {
      const distinct = [...new Map(list.map(e => [e.cause, e])).values()].sort((a, b) => rankOf(a.cause) - rankOf(b.cause))
      const times = new Set(distinct.map(e => e.afterMs))
      // Different times are not told: the drawing speaks of all of them.
      const alikeTimes =
        places.length === 1 && times.size <= 2
          ? distinct
          : distinct.map(e => ({ ...e, afterMs: null, cause: e.cause === 'waited' ? ('no-answer' as const) : e.cause }))
      const causes = causesText(alikeTimes, plan, say)
      const text = [whenText(plan, list, say), causes].filter(t => t !== '').join(': ')
      return { text, to: alike.get(list[0]!.to)!, rank: rankOf(distinct[0]!.cause), when: list[0]!.when, exits: list }
    })
    .sort((a, b) => a.rank - b.rank || byTime(a.when, b.when))
  const apart = places.length === 1 ? toldApart(rows, id => placeTitle(union.found.get(id)!, say), say) : rows
  return apart.map(({ text, to }) => ({ text, to }))
}

function whenText(plan: CompiledPlan, exits: readonly Exit[], say: Say): string {
  const conditions = new Set(exits.map(e => (e.when === null ? '' : conditionText(e.when, plan, say))))
  if (conditions.size === 1) return [...conditions][0]!
  const shape = whenShape(exits[0]!)
  if (shape === 'open') return say('when-its-hours-open')
  return shape === 'closed' ? say('when-its-hours-closed') : shape === '' ? '' : say('when-sometimes')
}
