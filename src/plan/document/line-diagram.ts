/** The drawing of all ways that calls to one line can go. */
import type { CompiledPlan } from '../compiled.ts'
import type { Action, RingTarget } from '../decision.ts'
import { byTime, causesText, conditionText, rankOf, toldApart } from './causes.ts'
import type { BoxShape, Diagram, DiagramBox, DiagramRow } from './diagram.ts'
import { oddDays, weekText } from './hours-text.ts'
import { kindOf, nameOf, numberOf, phoneText, roleText, whoText } from './places.ts'
import type { Say } from './say.ts'
import { shorten } from './text-width.ts'
import type { Exit, Way, WayPlace } from './way.ts'

const MOST_NAMES = 6
const MOST_WORDS = 110
/** Drawings of more places than this say less in each, so that they can be read on one sheet. */
const COMPACT_FROM = 13
const FEWEST_NAMES = 1
const MOST_ODD_DAYS = 3

export function lineDiagram(plan: CompiledPlan, way: Way, title: string, nowMs: number, say: Say): Diagram {
  const compact = way.places.size > COMPACT_FROM
  const boxes = [...way.places.values()].map(place => boxOf(plan, way, place, compact, say))
  const names = new Map(boxes.map(b => [b.id, b.title]))
  const sentences = boxes.flatMap(b =>
    b.rows.map(r =>
      say('diagram-from-to', { from: b.title, why: r.text === '' ? say('exit-always') : r.text, to: names.get(r.to) ?? r.to }),
    ),
  )
  const notes = hoursNotes(plan, way.calendars, nowMs, say)
  return { title, sentences, boxes, compact, notes: way.complete ? notes : [say('diagram-cut'), ...notes] }
}

/** 'office: Mon–Fri 09:00–18:00, Sat 10:00–14:00 · other days differ: …' */
export function hoursNotes(plan: CompiledPlan, calendars: readonly string[], nowMs: number, say: Say): readonly string[] {
  return calendars
    .filter(c => c.startsWith('hours:'))
    .map(c => {
      const id = c.slice('hours:'.length)
      const hours = plan.hours.get(id)
      if (hours === undefined) return id
      const odd = oddDays(hours, nowMs, MOST_ODD_DAYS, say).map(
        d => `${say.date(d.dateMs)} ${d.text}${d.name === '' ? '' : ` (${d.name})`}`,
      )
      const week = say('hours-week', { hours: id, week: weekText(hours, nowMs, say) })
      return odd.length === 0 ? week : `${week}; ${say('hours-holidays', { days: odd.join('; ') })} …`
    })
}

/** A place of the plan, or an end, as the reader knows it. */
export function placeTitle(place: WayPlace, say: Say): string {
  const { node } = place
  if (place.end !== null) return say(`end-${place.end}`)
  if (node === null) return phoneText(place.id.slice(place.id.indexOf(':') + 1))
  return node.kind === 'line' ? phoneText(node.number) : nameOf(node)
}

function boxOf(plan: CompiledPlan, way: Way, place: WayPlace, compact: boolean, say: Say): DiagramBox {
  const { node } = place
  const rows = rowsOf(plan, way, place, say)
  const title = placeTitle(place, say)
  if (node === null)
    return {
      id: place.id,
      shape: place.end === null ? 'outside' : 'end',
      label: say(place.end === null ? 'kind-outside' : 'kind-end'),
      title,
      body: bodyOf(plan, place, compact, say),
      rows,
    }
  const number = node.kind === 'line' ? '' : numberOf(node)
  const label = `${say(kindOf(node))}${number === '' || number === title ? '' : ` · ${number}`}`
  const body: string[] = []
  if (node.kind === 'line') {
    if (node.label !== '') body.push(node.label)
    body.push(say('owner-is', { who: roleText(plan, node.owner, say) }))
  }
  body.push(...bodyOf(plan, place, compact, say))
  return { id: place.id, shape: shapeOf(place), label, title, body, rows }
}

export function shapeOf(place: WayPlace): BoxShape {
  switch (place.node?.kind) {
    case 'line':
      return 'line'
    case 'menu':
    case 'service':
      return 'spoken'
    case 'voicemail':
      return 'box'
    case 'outside':
      return 'outside'
    case 'route':
      return 'passed'
    case 'person':
    case 'role':
    case 'hunt':
      return 'people'
    default:
      return 'end'
  }
}

function bodyOf(plan: CompiledPlan, place: WayPlace, compact: boolean, say: Say): readonly string[] {
  const rings = place.actions.filter(a => a.do === 'ring')
  if (rings.length > 0) return ringBody(plan, rings, compact ? FEWEST_NAMES : MOST_NAMES, say)
  const action = place.actions.find(a => a.do !== 'end')
  switch (action?.do) {
    case 'menu':
    case 'announce':
      return [words(plan, action.prompts, compact ? MOST_WORDS / 2 : MOST_WORDS, say)]
    case 'voicemail': {
      const told = action.tell.map(t => whoText(plan, t)).join(', ')
      return [...(compact ? [] : [say('may-leave-message')]), ...(told === '' ? [] : [say('message-told', { who: told })])]
    }
    case 'dial-out':
      return [say('leaves-by', { trunks: [...new Set(action.attempts.map(a => plan.trunks.get(a.trunk)?.name ?? a.trunk))].join(', ') })]
    case 'echo':
      return [say('echo-test')]
    default:
      return []
  }
}

function words(plan: CompiledPlan, prompts: readonly string[], most: number, say: Say): string {
  const spoken = prompts.map(id => {
    const texts = plan.prompts.get(id)?.texts
    return texts?.[say.language] ?? texts?.[plan.language] ?? Object.values(texts ?? {})[0] ?? ''
  })
  const text = spoken.filter(t => t !== '').join(' ')
  return text === '' ? say('says-prompt') : say('says-words', { words: shorten(text, most) })
}

function ringBody(plan: CompiledPlan, rings: readonly Extract<Action, { do: 'ring' }>[], most: number, say: Say): readonly string[] {
  const first = rings[0]!
  const people = (targets: readonly RingTarget[]): readonly string[] => [
    ...new Set(targets.map(t => (t.outside === undefined ? whoWithNumber(plan, t) : say('on-mobile', { who: whoText(plan, t.who) })))),
  ]
  const each = rings.map(r => people(r.targets))
  const all = [...new Set(each.flat())]
  // Different people at different times: a rota.
  const byTurn = rings.length > 1 && each.every(names => names.length === 1) && all.length > 1
  const time = say.time(first.forMs)
  const body: string[] = []
  const brief = first.queue !== undefined && all.length > most + 1 && most === FEWEST_NAMES
  if (brief) body.push(say('queue-in-short', { time, n: all.length }))
  else if (first.queue !== undefined) body.push(say('waits-in-queue', { time }))
  else if (each[0]!.length === 1) body.push(say('rings-one', { time }))
  else
    body.push(first.order === 'together' ? say('rings-together', { time }) : say('rings-in-turn', { time, each: say.time(first.eachMs) }))
  if (byTurn) body.push(say('by-turn'))
  if (!brief) body.push(...(all.length > most + 1 ? all.slice(0, most) : all))
  if (!brief && all.length > most + 1) body.push(say('and-more', { n: all.length - most }))
  const purposes = new Set(
    rings.flatMap(r => [r.recording?.purpose, ...r.targets.map(t => t.recording?.purpose)]).filter(p => p !== undefined),
  )
  if (purposes.size > 0) body.push(say('recorded', { why: [...purposes].join(', ') }))
  return body
}

function whoWithNumber(plan: CompiledPlan, target: RingTarget): string {
  const who = whoText(plan, target.who)
  return target.extension === '' ? who : `${who} ${target.extension}`
}

function rowsOf(plan: CompiledPlan, way: Way, place: WayPlace, say: Say): readonly DiagramRow[] {
  const groups = new Map<string, Exit[]>()
  for (const exit of way.exits.filter(e => e.from === place.id)) {
    const key = `${exit.to}|${exit.when === null ? '' : conditionText(exit.when, plan, say)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [exit])
    else group.push(exit)
  }
  const rows = [...groups.values()].map(group => {
    const exits = [...group].sort((a, b) => rankOf(a.cause) - rankOf(b.cause))
    const { to, when, cause } = exits[0]!
    const told = [when === null ? '' : conditionText(when, plan, say), causesText(exits, plan, say)].filter(t => t !== '').join(': ')
    return { text: to === place.id ? `${told}: ${say('exit-again')}` : told, to, when, rank: rankOf(cause), exits }
  })
  rows.sort((a, b) => a.rank - b.rank || byTime(a.when, b.when))
  const dialThrough = place.actions.some(a => a.do === 'menu' && a.dialThrough)
  return [
    ...toldApart(rows, id => placeTitle(way.places.get(id)!, say), say).map(({ text, to }) => ({ text, to })),
    ...(dialThrough ? [{ text: say('exit-extension'), to: '' }] : []),
  ]
}
