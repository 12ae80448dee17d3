/**
 * Every way one call can go, as a tree: `route --tree`. At each step everything that may come of it; ways that go on alike are one
 * branch, and a part that has been shown is referred to. The decisions are those of the live exchange, in a supposed world.
 */
import { ok, type Result } from '../kernel/result.ts'
import { placeName, rungNames } from './compare/aspects.ts'
import type { CompiledPlan } from './compiled.ts'
import { decode } from './decide/journey.ts'
import { enter, next } from './decide.ts'
import type { Action, Outcome, Step } from './decision.ts'
import { reasonText } from './reasons.ts'
import type { Language } from './schema/scalars.ts'
import { originOf, type RouteQuestion } from './story.ts'
import { suppose } from './suppose.ts'

export interface RouteTree {
  /** Names this part; the same name means the same part. */
  readonly id: number
  /** What happens here, in words. */
  readonly told: string
  readonly action: Action['do']
  /** Why, in words. */
  readonly reasons: readonly string[]
  readonly branches: readonly RouteBranch[]
}

export interface RouteBranch {
  /** 'busy', 'no-answer', 'key 1'. */
  readonly outcomes: readonly string[]
  readonly words: string
  /** Null: the tree was cut here. */
  readonly to: RouteTree | null
}

/** A tree larger than this is cut: nobody reads it. */
const MOST_PARTS = 2_000
const MOST_DEPTH = 24

export function routeTree(plan: CompiledPlan, question: RouteQuestion): Result<RouteTree> {
  const world = suppose(plan, question.suppose ?? [])
  if (!world.ok) return world
  const origin = originOf(plan, question.from, question.to)
  if (!origin.ok) return origin
  const language = question.language ?? 'en'
  const w = WORDS[language]
  const parts = new Map<string, RouteTree>()
  const known = new Map<string, RouteTree>()
  let looked = 0

  /** The part with this content: two that read alike are one. */
  const part = (content: Omit<RouteTree, 'id'>): RouteTree => {
    const key = JSON.stringify([content.told, content.branches.map(b => [b.words, b.to?.id ?? 0])])
    let one = parts.get(key)
    if (one === undefined) parts.set(key, (one = { id: parts.size + 1, ...content }))
    return one
  }
  /** After a wrong key or silence a menu is said again: what comes when that happens often enough. */
  const after = (step: Step, outcome: Outcome, atMs: number): { readonly then: Step; readonly times: number } => {
    const go = (from: Step, at: number): Step => next(plan, world.value.facts(at + tookMs(from.action, outcome)), from.position, outcome)
    const place = decode(step.position).n
    const wanders =
      outcome.was === 'silence' || (outcome.was === 'keys' && step.action.do === 'menu' && !step.action.keys.includes(outcome.keys))
    let then = go(step, atMs)
    let times = 0
    while (wanders && times < MOST_DEPTH && then.action.do === 'menu' && decode(then.position).n === place) {
      then = go(then, decode(then.position).t)
      times++
    }
    return { then, times }
  }
  const grow = (step: Step, depth: number, menus: readonly string[]): RouteTree | null => {
    const journey = decode(step.position)
    // A caller who is back in a menu has the same choices as before.
    if (step.action.do === 'menu' && menus.includes(journey.n))
      return part({ told: `${tell(plan, journey.n, step.action, w)} ${w.again}`, action: 'menu', reasons: [], branches: [] })
    const inside = step.action.do === 'menu' ? [...menus, journey.n] : menus
    const { t, f, h, b, ...rest } = journey
    const state = JSON.stringify([rest, step.action])
    const seen = known.get(state)
    if (seen !== undefined) return seen
    if (++looked > MOST_PARTS || depth > MOST_DEPTH) return null
    const ways = new Map<string, { outcomes: Outcome[]; to: RouteTree | null; times: number }>()
    for (const outcome of outcomesOf(step.action)) {
      const { then, times } = after(step, outcome, journey.t)
      const to = grow(then, depth + 1, inside)
      const key = `${to?.id ?? 0} ${times}`
      const way = ways.get(key)
      if (way === undefined) ways.set(key, { outcomes: [outcome], to, times })
      else way.outcomes.push(outcome)
    }
    const made = part({
      told: tell(plan, journey.n, step.action, w),
      action: step.action.do,
      reasons: step.reasons.map(r => reasonText(r, language)),
      branches: [...ways.values()].map(({ outcomes, to, times }) => ({
        outcomes: outcomes.map(mark),
        words:
          outcomes.map(o => (o.was === 'keys' ? keyWords(o.keys, step.action, w) : w.outcomes[o.was])).join(', ') +
          (times === 0 ? '' : ` ${w.times.replace('{count}', String(times + 1))}`),
        to,
      })),
    })
    known.set(state, made)
    return made
  }
  const step = enter(plan, world.value.facts(question.at), origin.value, question.to)
  return ok(grow(step, 0, []) ?? part({ told: w.cut, action: 'end', reasons: [], branches: [] }))
}

/** For a terminal. */
export function treeText(tree: RouteTree, language: Language): string {
  const w = WORDS[language]
  const shown = new Set<number>()
  const out: string[] = []
  const again = references(tree)
  const walk = (node: RouteTree, indent: string): void => {
    shown.add(node.id)
    for (const [i, branch] of node.branches.entries()) {
      const last = i === node.branches.length - 1
      const lead = `${indent}${last ? '└─' : '├─'} ${branch.words}: `
      if (branch.to === null) out.push(`${lead}${w.cut}`)
      else if (branch.to.branches.length === 0) out.push(`${lead}${branch.to.told}`)
      else if (shown.has(branch.to.id)) out.push(`${lead}${branch.to.told} ${w.above.replace('{id}', String(branch.to.id))}`)
      else {
        out.push(`${lead}${branch.to.told}${again.has(branch.to.id) ? ` [${branch.to.id}]` : ''}`)
        walk(branch.to, `${indent}${last ? '   ' : '│  '}`)
      }
    }
  }
  out.push(tree.told + (again.has(tree.id) ? ` [${tree.id}]` : ''))
  walk(tree, '')
  return out.join('\n')
}

/** Parts to which more than one branch leads. */
function references(tree: RouteTree): ReadonlySet<number> {
  const seen = new Set<number>()
  const again = new Set<number>()
  const walk = (node: RouteTree): void => {
    if (seen.has(node.id)) {
      again.add(node.id)
      return
    }
    seen.add(node.id)
    for (const branch of node.branches) if (branch.to !== null) walk(branch.to)
  }
  walk(tree)
  return again
}

function outcomesOf(action: Action): readonly Outcome[] {
  switch (action.do) {
    case 'ring':
      if (action.queue !== undefined) return [{ was: 'no-answer' }, { was: 'unreachable' }]
      return [{ was: 'no-answer' }, { was: 'busy' }, { was: 'unreachable' }, { was: 'rejected' }]
    case 'dial-out':
      return [{ was: 'no-answer' }, { was: 'busy' }, { was: 'rejected' }, { was: 'unreachable' }, { was: 'failed', status: 503 }]
    case 'menu': {
      const wrong = ['#', '*', '9', '8', '7', '6'].find(key => !action.keys.includes(key))
      const keys = wrong === undefined ? action.keys : [...action.keys, wrong]
      return [...keys.map((key): Outcome => ({ was: 'keys', keys: key })), { was: 'silence' }]
    }
    case 'announce':
      return [{ was: 'finished' }]
    case 'voicemail':
    case 'echo':
    case 'end':
      return []
  }
}

function tookMs(action: Action, outcome: Outcome): number {
  if (action.do === 'ring' || action.do === 'dial-out') return outcome.was === 'no-answer' ? action.forMs : 1_000
  return action.do === 'menu' && outcome.was === 'silence' ? 6_000 + action.silenceMs : 6_000
}

function mark(outcome: Outcome): string {
  return outcome.was === 'keys' ? `key ${outcome.keys}` : outcome.was
}

function keyWords(key: string, action: Action, w: Words): string {
  return action.do === 'menu' && !action.keys.includes(key) ? w.wrongKey : w.key.replace('{key}', key)
}

function tell(plan: CompiledPlan, at: string, action: Action, w: Words): string {
  const say = (template: string, values: Readonly<Record<string, string>>): string =>
    template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
  const recorded = (action.do === 'ring' || action.do === 'dial-out') && action.recording !== null ? w.recorded : ''
  switch (action.do) {
    case 'ring': {
      const names = rungNames(plan, action.targets)
      const values = { place: placeName(plan, at), names: names || '-', seconds: String(Math.round(action.forMs / 1000)) }
      if (action.queue !== undefined) return say(w.queue, values) + recorded
      return say(values.place === names ? w.ring : w.rings, values) + recorded
    }
    case 'dial-out':
      return say(w.out, { number: action.attempts[0]?.e164 ?? '', trunks: action.attempts.map(a => a.trunk).join(', ') }) + recorded
    case 'announce':
      return say(w.announce, { name: placeName(plan, at) })
    case 'menu':
      return say(w.menu, { name: placeName(plan, at) })
    case 'voicemail':
      return say(w.voicemail, { name: placeName(plan, `voicemail:${action.box}`) })
    case 'echo':
      return w.echo
    case 'end':
      return say(w.end, { status: String(action.status), words: action.prompts.length === 0 ? '' : ` (${action.prompts.join(', ')})` })
  }
}

interface Words {
  readonly ring: string
  readonly rings: string
  readonly queue: string
  readonly out: string
  readonly announce: string
  readonly menu: string
  readonly voicemail: string
  readonly echo: string
  readonly end: string
  readonly recorded: string
  readonly key: string
  readonly wrongKey: string
  readonly above: string
  readonly cut: string
  readonly again: string
  readonly times: string
  readonly outcomes: Readonly<Record<Exclude<Outcome['was'], 'keys'>, string>>
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    ring: '{names} rings for {seconds} s',
    rings: '{place}: {names}, for {seconds} s',
    queue: 'queue {place}: waits up to {seconds} s for {names}',
    out: '{number} is called by {trunks}',
    announce: 'announcement {name}',
    menu: 'menu {name}',
    voicemail: 'voicemail {name}',
    echo: 'echo test',
    end: 'end {status}{words}',
    recorded: ', recorded',
    key: 'key {key}',
    wrongKey: 'wrong key',
    above: '(as above, [{id}])',
    cut: 'and so on',
    again: '(again)',
    times: '({count} times)',
    outcomes: {
      busy: 'busy',
      'no-answer': 'no answer',
      unreachable: 'unreachable',
      rejected: 'refused',
      failed: 'no trunk takes it',
      finished: 'afterwards',
      silence: 'no key',
      waiting: 'waiting',
    },
  },
  ru: {
    ring: 'звонит {names}, {seconds} с',
    rings: '{place}: {names}, {seconds} с',
    queue: 'очередь {place}: ожидание до {seconds} с ({names})',
    out: 'вызов {number} через {trunks}',
    announce: 'объявление {name}',
    menu: 'меню {name}',
    voicemail: 'голосовая почта {name}',
    echo: 'эхо-тест',
    end: 'конец {status}{words}',
    recorded: ', с записью',
    key: 'клавиша {key}',
    wrongKey: 'неверная клавиша',
    above: '(как выше, [{id}])',
    cut: 'и так далее',
    again: '(ещё раз)',
    times: '({count} раза)',
    outcomes: {
      busy: 'занято',
      'no-answer': 'нет ответа',
      unreachable: 'недоступно',
      rejected: 'отклонено',
      failed: 'ни один канал не принял',
      finished: 'затем',
      silence: 'ничего не нажато',
      waiting: 'ожидание',
    },
  },
  kk: {
    ring: '{names} телефоны шырылдайды, {seconds} с',
    rings: '{place}: {names}, {seconds} с',
    queue: '{place} кезегі: {seconds} с дейін күту ({names})',
    out: '{number} нөміріне {trunks} арқылы қоңырау',
    announce: '{name} хабарландыруы',
    menu: '{name} мәзірі',
    voicemail: '{name} дауыстық поштасы',
    echo: 'жаңғырық сынағы',
    end: 'соңы {status}{words}',
    recorded: ', жазылады',
    key: '{key} пернесі',
    wrongKey: 'қате перне',
    above: '(жоғарыдағыдай, [{id}])',
    cut: 'және тағысын тағы',
    again: '(қайтадан)',
    times: '({count} рет)',
    outcomes: {
      busy: 'бос емес',
      'no-answer': 'жауап жоқ',
      unreachable: 'қолжетімсіз',
      rejected: 'қабылданбады',
      failed: 'ешбір арна қабылдамады',
      finished: 'содан кейін',
      silence: 'ештеңе басылмады',
      waiting: 'күту',
    },
  },
}
