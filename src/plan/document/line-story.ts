/** A line in a row of a table: when, who answers, and what happens when nobody does. Told from the walked ways, like the drawings. */
import type { CompiledPlan } from '../compiled.ts'
import { byTime, conditionText, rankOf } from './causes.ts'
import type { Condition } from './condition.ts'
import { placeTitle } from './line-diagram.ts'
import { kindOf, whoText } from './places.ts'
import type { Say } from './say.ts'
import type { Exit, Way, WayPlace } from './way.ts'
import type { Cause } from './way-steps.ts'

export interface LineStory {
  /** '' when it is the same at all times. */
  readonly when: string
  readonly answers: string
  /** The same with few of a menu's keys. */
  readonly answersInShort: string
  /** What follows, in order; empty when nothing does. */
  readonly after: readonly string[]
  /** The same without the names of people. */
  readonly afterInShort: readonly string[]
}

/** What most calls that nobody takes do next. */
const ONWARD: readonly Cause[] = ['finished', 'waited', 'no-answer', 'silence', 'forward', 'unreachable']
const LONGEST = 10

interface Branch {
  readonly when: readonly Condition[]
  readonly at: WayPlace
}

export function lineStories(plan: CompiledPlan, way: Way, say: Say): readonly LineStory[] {
  const exits = new Map<string, Exit[]>()
  for (const exit of way.exits) {
    const list = exits.get(exit.from)
    if (list === undefined) exits.set(exit.from, [exit])
    else list.push(exit)
  }
  return branchesFrom(way, exits, way.places.get(way.entry)!, [], 0).map(({ when, at }) => {
    const [first, ...after] = follow(way, exits, at, when)
    return {
      when: [...new Set(when.map(c => conditionText(c, plan, say)))].join(', '),
      answers: first === undefined ? '' : placeText(plan, first, say) + keysText(way, exits, first, MOST_KEYS, say),
      answersInShort: first === undefined ? '' : placeText(plan, first, say) + keysText(way, exits, first, FEW_KEYS, say),
      after: after.map(p => placeText(plan, p, say)),
      afterInShort: after.map(p => shortText(p, say)),
    }
  })
}

/** Where calls first meet somebody or something, by the time of day. */
function branchesFrom(
  way: Way,
  exits: ReadonlyMap<string, readonly Exit[]>,
  place: WayPlace,
  when: readonly Condition[],
  depth: number,
): readonly Branch[] {
  const passes = (exits.get(place.id) ?? []).filter(e => e.cause === 'pass' || e.cause === 'forward').sort((a, b) => byTime(a.when, b.when))
  const branches: Branch[] = []
  if (place.actions.length > 0 || passes.length === 0 || depth > LONGEST) {
    const other = passes.length === 1 ? opposite(passes[0]!.when) : null
    branches.push({ when: other === null ? when : [...when, other], at: place })
  }
  if (depth > LONGEST) return branches
  for (const pass of passes)
    branches.push(...branchesFrom(way, exits, way.places.get(pass.to)!, pass.when === null ? when : [...when, pass.when], depth + 1))
  return branches
}

function opposite(condition: Condition | null): Condition | null {
  if (condition?.is !== 'all' || condition.of.length !== 1) return null
  const { calendar, state } = condition.of[0]!
  if (!calendar.startsWith('hours:')) return null
  return { is: 'all', of: [{ calendar, state: state === 'open' ? 'closed' : 'open' }] }
}

function follow(way: Way, exits: ReadonlyMap<string, readonly Exit[]>, start: WayPlace, when: readonly Condition[]): readonly WayPlace[] {
  const passed: WayPlace[] = []
  const seen = new Set<string>()
  for (let at: WayPlace | undefined = start; at !== undefined && !seen.has(at.id) && passed.length < LONGEST; ) {
    seen.add(at.id)
    if (at.actions.length > 0) passed.push(at)
    const out: readonly Exit[] = (exits.get(at.id) ?? []).filter(e => e.to !== e.from)
    const onward: readonly Cause[] = at.actions.length === 0 ? ['pass', ...ONWARD] : ONWARD
    const next: Exit | undefined = onward.flatMap(c => out.filter(e => e.cause === c).sort((a, b) => fits(b, when) - fits(a, when)))[0]
    at = next === undefined ? undefined : way.places.get(next.to)
  }
  return passed
}

/** How well an exit's time agrees with the time of the story. */
function fits(exit: Exit, when: readonly Condition[]): number {
  if (exit.when === null) return 1
  const states = new Set(when.flatMap(c => (c.is === 'all' ? c.of.map(s => `${s.calendar}=${s.state}`) : [])))
  return exit.when.is === 'all' && exit.when.of.every(s => states.has(`${s.calendar}=${s.state}`)) ? 2 : 0
}

const MOST_KEYS = 12
const FEW_KEYS = 4

/** ' (1: Reception desk, 2: Support)', for menus. */
function keysText(way: Way, exits: ReadonlyMap<string, readonly Exit[]>, place: WayPlace, most: number, say: Say): string {
  if (!place.actions.some(a => a.do === 'menu')) return ''
  const keys = (exits.get(place.id) ?? [])
    .filter(e => e.cause.startsWith('key ') && e.to !== e.from)
    .sort((a, b) => rankOf(a.cause) - rankOf(b.cause))
    .map(e => `${e.cause.slice(4)}: ${placeTitle(way.places.get(e.to)!, say)}`)
  const told = [...new Set(keys)]
  if (told.length === 0) return ''
  return ` (${told.slice(0, most).join(', ')}${told.length > most ? `, ${say('and-more', { n: told.length - most })}` : ''})`
}

function shortText(place: WayPlace, say: Say): string {
  const title = placeTitle(place, say)
  const action = place.actions.find(a => a.do !== 'end')
  if (action?.do === 'ring') return `${title}, ${say.time(action.forMs)}`
  return action?.do === 'voicemail' ? `${say('kind-voicemail')}: ${title}` : title
}

/** 'Reception desk: Aida Sadykova and Dana Omarova, 25 s' */
export function placeText(plan: CompiledPlan, place: WayPlace, say: Say): string {
  const title = placeTitle(place, say)
  const { node } = place
  if (node === null) return title
  const kind = say(kindOf(node))
  for (const action of place.actions)
    switch (action.do) {
      case 'ring': {
        const all = place.actions.flatMap(a => (a.do === 'ring' ? a.targets : []))
        const names = [
          ...new Set(all.map(t => (t.outside === undefined ? whoText(plan, t.who) : say('on-mobile', { who: whoText(plan, t.who) })))),
        ]
        const some = names.length > 4 ? [...names.slice(0, 3), say('and-more', { n: names.length - 3 })].join(', ') : say.list(names)
        const who = names.length === 1 && names[0] === title ? title : `${title}: ${some}`
        return `${who}, ${action.queue === undefined ? say.time(action.forMs) : say('story-waits', { time: say.time(action.forMs) })}`
      }
      case 'voicemail': {
        const told = action.tell.map(t => whoText(plan, t))
        return told.length === 0 ? `${kind}: ${title}` : `${kind}: ${title} (${say('message-told', { who: told.join(', ') })})`
      }
      case 'announce':
        return `${say('says-prompt')}: ${title}`
      case 'menu':
      case 'dial-out':
      case 'echo':
        return `${kind}: ${title}`
      case 'end':
        break
    }
  return `${kind}: ${title}`
}
