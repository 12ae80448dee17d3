/**
 * Plans that nobody wrote, and calls that nobody makes: whatever the check claims of such a plan is held against calls that
 * wander through it at random. One seed, one plan, the same calls.
 */
import { entriesOf } from '../../src/plan/check/entries.ts'
import { factsIn, type SupposedWorld } from '../../src/plan/check/supposed-world.ts'
import type { CheckReport } from '../../src/plan/check.ts'
import type { CompiledPlan } from '../../src/plan/compiled.ts'
import { enter, next } from '../../src/plan/decide.ts'
import type { Action, Outcome, Step } from '../../src/plan/decision.ts'

export type Random = () => number

/** Mulberry32: small, and the same on every machine. */
export function randomOf(seed: number): Random {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const some = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const chance = (random: Random, p: number): boolean => random() < p
const upTo = (random: Random, n: number): number => Math.floor(random() * (n + 1))
const count = (n: number, name: string): string[] => Array.from({ length: n }, (_, i) => `${name}${i + 1}`)

/** A plan's text: well-formed, with names that all lead somewhere; whether calls come to an end in it is what the check has to find out. */
export function randomPlan(seed: number): string {
  const random = randomOf(seed)
  const people = count(2 + upTo(random, 4), 'p')
  const groups = count(upTo(random, 3), 'g')
  const queues = count(upTo(random, 2), 'q')
  const menus = count(upTo(random, 2), 'm')
  const routes = count(upTo(random, 2), 'r')
  const boxes = count(1 + upTo(random, 1), 'v').map(v => `voicemail ${v}`)
  const hours = count(1 + upTo(random, 1), 'h')
  const rotas = count(upTo(random, 1), 'w')
  const roles = ['lead', ...rotas.map((_, i) => `duty${i + 1}`)]
  // Boxes more often than the rest: people do not write plans that only go round.
  const targets = [
    ...people,
    ...groups,
    ...queues,
    ...menus,
    ...routes,
    ...roles,
    ...boxes,
    ...boxes,
    ...boxes,
    'note',
    'busy',
    'mobile p1',
  ]
  const target = (): string => some(random, targets)
  const box = (): string => (chance(random, 0.7) ? some(random, boxes) : target())
  const maybe = (p: number, text: () => string): string => (chance(random, p) ? `, ${text()}` : '')
  const ends = (): string =>
    maybe(0.5, () => `on-no-answer: ${box()}`) + maybe(0.5, () => `on-busy: ${box()}`) + maybe(0.2, () => `on-unreachable: ${box()}`)
  const members = (): string =>
    [...new Set(Array.from({ length: 1 + upTo(random, 2) }, () => some(random, [...people, 'lead'])))].join(', ')
  const out = [
    'plan: 1',
    'office: { name: Random, country: KZ, timezone: Asia/Almaty, languages: [en, ru], area: "727", owner: p1 }',
    'sites: { main: { address: "Abai 1", links: [a] }, far: { address: "Abai 2", links: [b] } }',
    'links: { a: {}, b: {} }',
    `defaults: { ring-for: ${10 + upTo(random, 20)}s, longest-ringing: ${some(random, ['30s', '60s', '90s'])}, most-hops: ${6 + upTo(random, 6)}${maybe(0.8, () => `on-no-answer: ${some(random, boxes)}, on-busy: ${some(random, boxes)}`)} }`,
    'people:',
    ...people.map(
      (p, i) =>
        `  ${p}: { name: P ${i + 1}, extension: "2${i + 10}", mobile: "+7701000000${i}", site: ${some(random, ['main', 'far'])}${ends()}${maybe(0.3, () => `voicemail: ${some(random, boxes).slice(10)}`)}${maybe(0.2, () => `forward: { ${some(random, ['always', 'busy', 'no-answer', 'unreachable'])}: ${box()} }`)}${maybe(0.3, () => `may-forward: ${some(random, ['no', 'inside', 'own-mobile'])}`)}${maybe(0.3, () => `ring-for: ${5 + upTo(random, 40)}s`)} }`,
    ),
    'hours:',
    ...hours.map(
      h =>
        `  ${h}: { ${some(random, ['mon-fri', 'daily', 'sat-sun'])}: "${some(random, ['09:00-18:00', '08:00-12:00, 13:00-17:00', '22:00-24:00'])}"${maybe(0.5, () => 'holidays: KZ')} }`,
    ),
    'roles:',
    `  lead: { number: "650", held-by: [${[...new Set([some(random, people), some(random, people)])].join(', ')}]${ends()} }`,
    ...rotas.map((w, i) => `  duty${i + 1}: { number: "65${i + 1}", rota: ${w}${ends()} }`),
    ...(rotas.length > 0 ? ['rotas:'] : []),
    ...rotas.map(
      w =>
        `  ${w}: { from: 2026-01-05, hand-over: ${some(random, ['mon 09:00', 'daily 20:00'])}, turns: [${[...new Set([some(random, people), some(random, people)])].join(', ')}], reach: ${some(random, ['phone', 'mobile', 'both'])} }`,
    ),
    'trunks:',
    '  one: { host: sip.one.example, register: { user: "77272600000", password: "secret:one" }, channels: 4, link: a }',
    '  two: { host: sip.two.example, by-address: true, channels: 2, link: b, site: far }',
    'lines:',
    ...count(2 + upTo(random, 2), '').map(
      n =>
        `  "+772726000${n.padStart(2, '0')}": { to: ${target()}, owner: p1${maybe(0.5, () => `during: ${some(random, hours)}, otherwise: ${target()}`)} }`,
    ),
    ...(groups.length > 0 ? ['groups:'] : []),
    ...groups.map(
      (g, i) =>
        `  ${g}: { number: "62${i}", ring: [${members()}], ${some(random, ['together: true', `one-by-one: true, each: ${5 + upTo(random, 10)}s`])}${maybe(0.6, () => `for: ${10 + upTo(random, 30)}s`)}${ends()} }`,
    ),
    ...(queues.length > 0 ? ['queues:'] : []),
    ...queues.map(
      (q, i) =>
        `  ${q}: { number: "60${i}", agents: [${members()}]${maybe(0.8, () => `on-waited: { after: ${20 + upTo(random, 100)}s, to: ${box()} }`)}${maybe(0.5, () => `on-nobody: { to: ${box()} }`)}${maybe(0.5, () => `room-for: 3, on-full: { to: ${box()} }`)}${maybe(0.3, () => `on-expected-wait: { after: 2min, to: ${box()} }`)} }`,
    ),
    ...(menus.length > 0 ? ['menus:'] : []),
    ...menus.map(
      (m, i) =>
        `  ${m}: { number: "63${i}", say: "Hello", keys: { "1": ${target()}, "2": ${target()}${maybe(0.3, () => '"9": again')}${maybe(0.3, () => '"*": back')} }${maybe(0.4, () => 'extensions: dial-through')}${maybe(0.7, () => `on-silence: { after: 5s, to: ${box()} }`)}${maybe(0.3, () => `on-wrong-key: { again: 1, to: ${box()} }`)}${maybe(0.3, () => `during: ${some(random, hours)}, otherwise: ${box()}`)} }`,
    ),
    ...(routes.length > 0 ? ['routes:'] : []),
    ...routes.map(
      (r, i) =>
        `  ${r}: { number: "64${i}", steps: [ { to: ${target()}${maybe(0.4, () => `for: ${5 + upTo(random, 30)}s`)} }, { to: ${target()}${maybe(0.3, () => `during: ${some(random, hours)}`)} }, { to: ${some(random, boxes)} } ] }`,
    ),
    'voicemail:',
    ...boxes.map(b => `  ${b.slice(10)}: { tell: [p1], keep: 30 days }`),
    'services:',
    '  note: { does: announce, say: "Closed." }',
    'outgoing:',
    '  rules:',
    '    - { calls: [local, national], by: [one, two] }',
    `    - { calls: mobile, by: ${some(random, ['[one, two]', '[two]', '[two, one]'])}${maybe(0.3, () => `during: ${some(random, hours)}`)}${maybe(0.3, () => 'guard: { at-once: 2 }')} }`,
    ...(chance(random, 0.5)
      ? [
          'outage:',
          `  - { if: ${some(random, ['link a down', 'all trunks down', 'site far cut off'])}, then: two carries all, confirm: nobody }`,
        ]
      : []),
  ]
  return out.join('\n') + '\n'
}

export interface Walked {
  readonly steps: number
  /** Ringing, waiting and the time in which a menu hears nothing. */
  readonly tookMs: number
  readonly wentBack: boolean
}

/** A call that wanders: any entry, any moment of the year, and before each step another world. Throws where a claim does not hold. */
export function walk(plan: CompiledPlan, report: CheckReport, random: Random): Walked {
  const entry = some(random, entriesOf(plan))
  const codes = new Set(report.findings.map(f => f.code))
  let nowMs = report.fromMs + Math.floor(random() * (report.untilMs - report.fromMs - 86_400_000))
  let tookMs = 0
  const failure = chance(random, 0.2) ? some(random, [['one'], ['two'], ['one', 'two']]) : []
  const story: string[] = [`${entry.id} at ${new Date(nowMs).toISOString()}`]
  const wrong = (what: string): never => {
    throw new Error(`${what}\n${story.join('\n')}`)
  }
  let step: Step = enter(plan, factsIn(anyWorld(plan, random, failure), nowMs), entry.origin, entry.dialled)
  for (let n = 0; n < 200; n++) {
    story.push(`${step.reasons.map(r => r.text).join(' ')} → ${JSON.stringify(step.action).slice(0, 160)}`)
    for (const r of step.reasons) {
      if (r.code === 'loop' && !codes.has('loop')) wrong('a loop that the check did not find')
      if (r.code === 'hops-limit' && !codes.has('too-many-hops')) wrong('a way too long that the check did not find')
    }
    const { action } = step
    if (action.do === 'end' || action.do === 'voicemail' || action.do === 'echo' || (rings(action) && chance(random, 0.15))) {
      const said = step.reasons.some(r => r.values['why'] === '@end-said') || step.position.at.startsWith('{"n":"end:')
      if (action.do === 'end' && entry.origin.kind === 'trunk' && action.status >= 400 && action.prompts.length === 0 && !said)
        if (!codes.has('ends-without-a-word') && !codes.has('dead-end')) wrong('an end without a word that the check did not find')
      const wentBack = /"b":/.test(step.position.at)
      const limitMs = wentBack ? report.withReturnsMs : report.endsWithinMs
      if (limitMs === null || tookMs > limitMs) wrong(`${tookMs} ms, and not within ${limitMs}`)
      return { steps: n + 1, tookMs, wentBack }
    }
    const outcome = anyOutcome(plan, action, random)
    const longestMs = rings(action) ? action.forMs : action.do === 'menu' ? action.silenceMs : 0
    const wholeMs = outcome.was === 'no-answer' || outcome.was === 'silence'
    const afterMs = outcome.was === 'waiting' ? Math.floor(random() * 1_000) : wholeMs ? longestMs : Math.floor(random() * longestMs)
    nowMs += afterMs
    tookMs += afterMs
    story.push(`  after ${afterMs} ms: ${JSON.stringify(outcome)}`)
    step = next(plan, factsIn(anyWorld(plan, random, failure), nowMs), step.position, outcome)
  }
  return wrong('a call of two hundred steps')
}

function rings(action: Action): action is Extract<Action, { do: 'ring' | 'dial-out' }> {
  return action.do === 'ring' || action.do === 'dial-out'
}

function anyWorld(plan: CompiledPlan, random: Random, trunksDown: readonly string[]): SupposedWorld {
  const accounts = [...plan.accounts.keys()]
  const mood = random()
  const away = accounts.filter(() => random() < mood * 0.8)
  const busy = accounts.filter(() => random() < 0.2)
  const queues = Object.fromEntries(
    Object.keys(plan.source.queues).flatMap(q => (chance(random, 0.2) ? [[q, some(random, ['full', 'long', 'nobody'] as const)]] : [])),
  )
  const overrides = Object.fromEntries(
    [...plan.hours.keys()].flatMap(h => (chance(random, 0.05) ? [[h, some(random, ['open', 'closed'] as const)]] : [])),
  )
  const treatments = plan.outages.flatMap(o => (trunksDown.length > 0 && chance(random, 0.5) ? [o.index] : []))
  return {
    away,
    busy,
    queues,
    overrides,
    treatments,
    trunksDown: chance(random, 0.05) ? ['one', 'two'] : trunksDown,
    trunksFull: chance(random, 0.1) ? [some(random, ['one', 'two'])] : [],
    spent: chance(random, 0.1) ? [1] : [],
  }
}

function anyOutcome(plan: CompiledPlan, action: Action, random: Random): Outcome {
  switch (action.do) {
    case 'menu':
      return chance(random, 0.3)
        ? { was: 'silence' }
        : { was: 'keys', keys: some(random, [...action.keys, '7', ...(action.dialThrough ? [some(random, [...plan.dial.keys()])] : [])]) }
    case 'ring':
      if (action.queue !== undefined)
        return some(random, [{ was: 'no-answer' }, { was: 'waiting' }, { was: 'waiting' }, { was: 'unreachable' }] as const)
      return some(random, [
        { was: 'no-answer' },
        { was: 'busy' },
        { was: 'rejected' },
        { was: 'unreachable' },
        { was: 'failed', status: 503 },
      ] as const)
    case 'dial-out':
      return some(random, [
        { was: 'no-answer' },
        { was: 'busy' },
        { was: 'rejected' },
        { was: 'failed', status: 503 },
        { was: 'failed', status: 404 },
      ] as const)
    default:
      return { was: 'finished' }
  }
}
