/**
 * A call told before it happens: `route`. The same decision function as a live call's, in a supposed world,
 * with a clock that goes on by what each step takes.
 */
import { fault, ok, type Result } from '../kernel/result.ts'
import type { CompiledPlan } from './compiled.ts'
import { enter, next } from './decide.ts'
import type { Action, CallAbout, Origin, Outcome, Reason, Step } from './decision.ts'
import { zoned } from './hours.ts'
import { outsideNumber } from './normalise.ts'
import { reasonText } from './reasons.ts'
import type { Language } from './schema/scalars.ts'
import { type SupposedWorld, suppose } from './suppose.ts'

export interface RouteQuestion {
  /** An extension, person or device of the office; an outside number; or 'anonymous'. */
  readonly from: string
  /** As dialled. */
  readonly to: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly suppose?: readonly string[]
  readonly language?: Language
}

export interface StoryStep {
  readonly atMs: number
  /** Local time of the office. */
  readonly clock: string
  readonly action: Action
  readonly reasons: readonly Reason[]
  /** What is supposed to come of it; null for the last step. */
  readonly outcome: Outcome | null
  readonly told: string
}

export interface RouteStory {
  readonly about: CallAbout | null
  readonly steps: readonly StoryStep[]
  readonly ending: 'answered' | 'voicemail' | 'echo' | 'announced' | 'refused'
  /** How long somebody's phone rang, ms. */
  readonly rangMs: number
  readonly text: string
}

const ANSWER_AFTER_MS = 4_000
const SPEAKING_MS = 6_000
const MOST_STEPS = 60

export function tellRoute(plan: CompiledPlan, question: RouteQuestion): Result<RouteStory> {
  const world = suppose(plan, question.suppose ?? [])
  if (!world.ok) return world
  const origin = originOf(plan, question.from, question.to)
  if (!origin.ok) return origin
  return ok(play(plan, world.value, origin.value, question))
}

function play(plan: CompiledPlan, world: SupposedWorld, origin: Origin, question: RouteQuestion): RouteStory {
  const steps: StoryStep[] = []
  let atMs = question.at
  let rangMs = 0
  let spoke = false
  let pressed = 0
  let ending: RouteStory['ending'] = 'refused'
  let step: Step = enter(plan, world.facts(atMs), origin, question.to)
  const about = step.about ?? null
  for (let n = 0; n < MOST_STEPS; n++) {
    const came = supposedOutcome(step.action, world, pressed)
    if (came.outcome?.was === 'keys') pressed++
    const told = tell(step.action, came, question.language ?? 'en')
    steps.push({
      atMs,
      clock: clockText(atMs, plan.office.timezone),
      action: step.action,
      reasons: step.reasons,
      outcome: came.outcome,
      told,
    })
    if (step.action.do === 'ring' || step.action.do === 'dial-out') rangMs += came.tookMs
    if (step.action.do === 'announce' || step.action.do === 'menu') spoke = true
    if (came.ending !== null) {
      ending = came.ending === 'refused' && spoke ? 'announced' : came.ending
      break
    }
    atMs += came.tookMs
    step = next(plan, world.facts(atMs), step.position, came.outcome!)
  }
  const story = { about, steps, ending, rangMs }
  return { ...story, text: storyText(story, question.language ?? 'en') }
}

interface Came {
  readonly outcome: Outcome | null
  readonly ending: RouteStory['ending'] | null
  readonly tookMs: number
  readonly by: string
  /** The trunk that carried it. */
  readonly via?: string
}

function supposedOutcome(action: Action, world: SupposedWorld, pressed: number): Came {
  switch (action.do) {
    case 'ring': {
      const states = action.targets.map(t => world.of(t))
      const answers = states.indexOf('answers')
      if (answers >= 0) {
        const tookMs = (action.order === 'one-by-one' ? answers * action.eachMs : 0) + ANSWER_AFTER_MS
        if (tookMs <= action.forMs) return { outcome: null, ending: 'answered', tookMs, by: action.targets[answers]!.who }
      }
      // Whoever waits in a queue waits on, whatever becomes of those who are rung.
      if (action.queue !== undefined) return { outcome: { was: 'no-answer' }, ending: null, tookMs: action.forMs, by: '' }
      if (states.every(s => s === 'refuses')) return { outcome: { was: 'rejected' }, ending: null, tookMs: 2_000, by: '' }
      if (states.every(s => s === 'busy')) return { outcome: { was: 'busy' }, ending: null, tookMs: 1_000, by: '' }
      if (states.every(s => s === 'away')) return { outcome: { was: 'unreachable' }, ending: null, tookMs: 1_000, by: '' }
      return { outcome: { was: 'no-answer' }, ending: null, tookMs: action.forMs, by: '' }
    }
    case 'dial-out': {
      let tookMs = 0
      for (const attempt of action.attempts) {
        const trunk = world.trunk(attempt)
        if (trunk !== 'up') {
          tookMs += action.nextAfterMs
          continue
        }
        const party = world.outside(attempt.e164)
        if (party === 'answers')
          return { outcome: null, ending: 'answered', tookMs: tookMs + ANSWER_AFTER_MS, by: attempt.e164, via: attempt.trunk }
        if (party === 'busy') return { outcome: { was: 'busy' }, ending: null, tookMs: tookMs + 2_000, by: '' }
        if (party === 'refuses') return { outcome: { was: 'rejected' }, ending: null, tookMs: tookMs + 2_000, by: '' }
        if (party === 'away') return { outcome: { was: 'unreachable' }, ending: null, tookMs: tookMs + 2_000, by: '' }
        return { outcome: { was: 'no-answer' }, ending: null, tookMs: action.forMs, by: '' }
      }
      return { outcome: { was: 'failed', status: 503 }, ending: null, tookMs, by: '' }
    }
    case 'announce':
      return { outcome: { was: 'finished' }, ending: null, tookMs: SPEAKING_MS, by: '' }
    case 'menu':
      if (pressed < world.keys.length)
        return { outcome: { was: 'keys', keys: world.keys[pressed]! }, ending: null, tookMs: SPEAKING_MS, by: '' }
      return { outcome: { was: 'silence' }, ending: null, tookMs: SPEAKING_MS + action.silenceMs, by: '' }
    case 'voicemail':
      return { outcome: null, ending: 'voicemail', tookMs: 0, by: '' }
    case 'echo':
      return { outcome: null, ending: 'echo', tookMs: 0, by: '' }
    case 'end':
      return { outcome: null, ending: 'refused', tookMs: 0, by: '' }
  }
}

/** Someone of the office by extension, person or device; else an outside caller by the trunk that the call would come by. */
export function originOf(plan: CompiledPlan, from: string, to: string): Result<Origin> {
  if (plan.accounts.has(from)) return ok({ kind: 'device', account: from })
  for (const account of plan.accounts.values())
    if (account.device === from || account.extension === from) return ok({ kind: 'device', account: account.username })
  const person = plan.nodes.get(`person:${from}`)
  if (person?.kind === 'person' && person.accounts.length > 0) return ok({ kind: 'device', account: person.accounts[0]! })
  const line = plan.lines.get(outsideNumber(to, plan.home.habit)?.e164 ?? to)
  const written = line === undefined ? undefined : plan.source.lines[line.number]?.trunk
  const trunk = written ?? plan.trunks.keys().next().value
  const anonymous = from === 'anonymous' || from === ''
  if (!anonymous && outsideNumber(from, plan.home.habit) === null)
    return fault('unknown-caller', `'${from}' is nobody of the office and no outside number.`)
  if (trunk === undefined) return fault('no-trunk', 'The plan has no trunk: no call can come from outside.')
  return ok({ kind: 'trunk', trunk, number: anonymous ? null : from })
}

const WORDS: Readonly<
  Record<
    Language,
    Readonly<
      Record<
        | 'answers'
        | 'answersBy'
        | 'silent'
        | 'pressed'
        | 'pressedNothing'
        | 'waited'
        | 'busy'
        | 'rejected'
        | 'unreachable'
        | 'failed'
        | 'spoken'
        | 'voicemail'
        | 'echo'
        | 'ended'
        | 'why',
        string
      >
    >
  >
> = {
  en: {
    answers: '{by} answers.',
    answersBy: '{by} by {trunk} answers.',
    silent: 'No answer.',
    pressed: 'The caller presses {keys}.',
    pressedNothing: 'The caller presses nothing.',
    waited: 'The caller has waited {seconds} s.',
    busy: 'Busy.',
    rejected: 'Refused.',
    unreachable: 'Not reachable.',
    failed: 'No trunk took the call.',
    spoken: 'Spoken to the end.',
    voicemail: 'The caller may leave a message.',
    echo: 'The caller hears themselves.',
    ended: 'The call has ended ({status}).',
    why: 'because',
  },
  ru: {
    answers: 'Отвечает {by}.',
    answersBy: 'Отвечает {by} через {trunk}.',
    silent: 'Нет ответа.',
    pressed: 'Звонящий нажимает {keys}.',
    pressedNothing: 'Звонящий ничего не нажимает.',
    waited: 'Звонящий прождал {seconds} с.',
    busy: 'Занято.',
    rejected: 'Отклонено.',
    unreachable: 'Недоступно.',
    failed: 'Ни один канал не принял звонок.',
    spoken: 'Прозвучало до конца.',
    voicemail: 'Звонящий может оставить сообщение.',
    echo: 'Звонящий слышит себя.',
    ended: 'Звонок завершён ({status}).',
    why: 'потому что',
  },
  kk: {
    answers: '{by} жауап береді.',
    answersBy: '{by} ({trunk} арқылы) жауап береді.',
    silent: 'Жауап жоқ.',
    pressed: 'Қоңырау шалушы {keys} басады.',
    pressedNothing: 'Қоңырау шалушы ештеңе баспайды.',
    waited: 'Қоңырау шалушы {seconds} с күтті.',
    busy: 'Бос емес.',
    rejected: 'Қабылданбады.',
    unreachable: 'Қолжетімсіз.',
    failed: 'Қоңырауды ешбір арна қабылдамады.',
    spoken: 'Соңына дейін айтылды.',
    voicemail: 'Қоңырау шалушы хабарлама қалдыра алады.',
    echo: 'Қоңырау шалушы өзін естиді.',
    ended: 'Қоңырау аяқталды ({status}).',
    why: 'себебі',
  },
}

function tell(action: Action, came: Came, language: Language): string {
  const w = WORDS[language]
  if (came.ending === 'answered')
    return (came.via === undefined ? w.answers : w.answersBy.replace('{trunk}', came.via)).replace('{by}', came.by)
  if (action.do === 'voicemail') return w.voicemail
  if (action.do === 'echo') return w.echo
  if (action.do === 'end') return w.ended.replace('{status}', String(action.status))
  if (action.do === 'ring' && action.queue !== undefined) return w.waited.replace('{seconds}', String(came.tookMs / 1000))
  switch (came.outcome?.was) {
    case 'keys':
      return w.pressed.replace('{keys}', came.outcome.keys)
    case 'silence':
      return w.pressedNothing
    case 'busy':
      return w.busy
    case 'rejected':
      return w.rejected
    case 'unreachable':
      return w.unreachable
    case 'failed':
      return w.failed
    case 'finished':
      return w.spoken
    default:
      return w.silent
  }
}

function storyText(story: Omit<RouteStory, 'text'>, language: Language): string {
  const out: string[] = []
  for (const step of story.steps) {
    for (const [i, r] of step.reasons.entries()) {
      const place = r.place === null ? '' : `  [${r.place.file}:${r.place.line}]`
      out.push(`${i === 0 ? step.clock : ' '.repeat(step.clock.length)}  ${reasonText(r, language)}${place}`)
    }
    out.push(`${' '.repeat(step.clock.length)}  → ${step.told}`)
  }
  return out.join('\n') + '\n'
}

function clockText(ms: number, timezone: string): string {
  return zoned(ms, timezone).toPlainTime().toString({ smallestUnit: 'second' })
}
