/**
 * What callers and the called notice of one action, in parts that can be compared and told: where the call is, who rings,
 * for how long, what is spoken, recorded, shown. Ids do not count, only what they stand for.
 */
import { unreachable as impossible } from '../../kernel/result.ts'
import type { CompiledPlan, NodeKey } from '../compiled.ts'
import type { Action, Announcement, RecordingDecision, RingTarget, Shown, TrunkAttempt } from '../decision.ts'
import { type Said, say } from './say.ts'

export type AspectKind =
  | 'who-rings'
  | 'telephones'
  | 'ring-order'
  | 'ring-time'
  | 'queue'
  | 'shown-inside'
  | 'recording'
  | 'announcement'
  | 'trunks'
  | 'number-shown'
  | 'dialled-form'
  | 'next-trunk'
  | 'alert'
  | 'language'
  | 'words'
  | 'keys'
  | 'silence'
  | 'answered'
  | 'message'
  | 'told'

export interface Aspect {
  readonly kind: AspectKind
  /** Equal exactly when nobody notices a difference. */
  readonly value: string
  readonly said: Said
  /** Compared only where both have them: by trunk, say. */
  readonly parts?: ReadonlyMap<string, string>
}

/** Whether anybody notices that one is not the other. */
export function differs(one: Aspect, other: Aspect): boolean {
  if (one.parts === undefined || other.parts === undefined) return one.value !== other.value
  for (const [key, value] of one.parts) if (other.parts.has(key) && other.parts.get(key) !== value) return true
  return false
}

/** How one plan's names become those of the old plan. */
export interface Names {
  node(key: NodeKey): NodeKey
  who(id: string): string
  account(id: string): string
  trunk(id: string): string
  queue(id: string): string
  box(id: string): string
  access(id: string): string
}

export const OWN_NAMES: Names = { node: k => k, who: k => k, account: k => k, trunk: k => k, queue: k => k, box: k => k, access: k => k }

/** Where the call is: two actions of one kind at one place differ only in their parts. */
export function destination(plan: CompiledPlan, at: NodeKey, action: Action, names: Names): { readonly mark: string; readonly said: Said } {
  switch (action.do) {
    case 'ring':
      return { mark: `ring ${names.node(at)}`, said: say('place', { name: placeName(plan, at), with: rungNames(plan, action.targets) }) }
    case 'dial-out':
      return {
        mark: `out ${action.attempts[0]?.e164 ?? ''}${action.emergency ? ' emergency' : ''}`,
        said: say('out', { number: action.attempts[0]?.e164 ?? '', trunks: action.attempts.map(a => a.trunk).join(', ') }),
      }
    case 'announce':
      return { mark: `announce ${names.node(at)}`, said: say('announcement', { name: placeName(plan, at) }) }
    case 'menu':
      return { mark: `menu ${names.node(at)}`, said: say('menu', { name: placeName(plan, at) }) }
    case 'voicemail':
      return { mark: `voicemail ${names.box(action.box)}`, said: say('voicemail', { name: placeName(plan, `voicemail:${action.box}`) }) }
    case 'echo':
      return { mark: 'echo', said: say('echo', {}) }
    case 'end':
      return {
        mark: `end ${action.status} ${spoken(plan, action.prompts)} ${action.needsPin === undefined ? '' : 'pin'}`,
        said: say(endWord(action.status), { status: String(action.status), words: action.prompts.join(', ') }),
      }
    default:
      return impossible(action)
  }
}

function endWord(status: number): 'busy-tone' | 'unknown-number' | 'refusal' | 'no-trunk' | 'end' {
  if (status === 486) return 'busy-tone'
  if (status === 404 || status === 484) return 'unknown-number'
  if (status === 403 || status === 603) return 'refusal'
  if (status === 503) return 'no-trunk'
  return 'end'
}

export function aspects(plan: CompiledPlan, action: Action, names: Names): readonly Aspect[] {
  const out: Aspect[] = []
  const add = (kind: AspectKind, value: unknown, said: Said): void => {
    out.push({ kind, value: typeof value === 'string' ? value : JSON.stringify(value), said })
  }
  const addParts = (kind: AspectKind, parts: readonly (readonly [string, string])[], said: Said): void => {
    out.push({ kind, value: JSON.stringify(parts), said, parts: new Map(parts) })
  }
  const addAnnouncement = (a: Announcement | null): void => {
    add('announcement', a === null ? '' : spoken(plan, a.prompts), say(a === null ? 'unannounced' : 'announced', {}))
    addParts('language', a === null ? [] : [['announcement', a.language]], say('language', { language: a?.language ?? '' }))
  }
  switch (action.do) {
    case 'ring': {
      add('who-rings', uniqueTargets(action.targets, names), say('names', { names: rungNames(plan, action.targets) }))
      const inside = action.targets.filter(t => t.outside === undefined)
      addParts(
        'telephones',
        inside.map(t => [
          names.who(t.who),
          JSON.stringify(inside.filter(o => o.who === t.who).map(o => [o.account, ...(o.also ?? [])].map(names.account))),
        ]),
        say('text', { text: inside.flatMap(t => [t.account, ...(t.also ?? [])]).join(', ') }),
      )
      const attempts = action.targets.flatMap(t => t.outside?.attempts.map(a => [t.outside!.number, a] as const) ?? [])
      const byNumber = (what: (a: TrunkAttempt) => string): (readonly [string, string])[] =>
        [...new Set(attempts.map(([number]) => number))].map(n => [
          n,
          attempts
            .filter(([number]) => number === n)
            .map(([, a]) => what(a))
            .join(', '),
        ])
      addParts(
        'trunks',
        byNumber(a => names.trunk(a.trunk)),
        say('text', { text: [...new Set(byNumber(a => a.trunk).map(([, by]) => by))].join('; ') }),
      )
      addParts(
        'number-shown',
        attempts.map(([number, a]) => [`${number} ${names.trunk(a.trunk)}`, shown(a.shows)]),
        say('text', { text: [...new Set(attempts.map(([, a]) => shownText(a.shows)))].join(', ') }),
      )
      addParts(
        'dialled-form',
        attempts.map(([number, a]) => [`${number} ${names.trunk(a.trunk)}`, a.number]),
        say('text', { text: [...new Set(attempts.map(([, a]) => a.number))].join(', ') }),
      )
      add('ring-order', [action.order, action.queue?.strategy ?? ''], say('order', { order: action.queue?.strategy ?? action.order }))
      const turn = action.order === 'one-by-one' && action.eachMs !== action.forMs
      add(
        'ring-time',
        turn ? [action.forMs, action.eachMs] : [action.forMs],
        turn
          ? say('seconds-each', { seconds: seconds(action.forMs), each: seconds(action.eachMs) })
          : say('seconds', { seconds: seconds(action.forMs) }),
      )
      add('shown-inside', shown(action.shows), say('text', { text: shownText(action.shows) }))
      const each = action.targets.filter(t => t.recording !== undefined)
      add(
        'recording',
        [recording(action.recording, names), each.map(t => [names.who(t.who), recording(t.recording ?? null, names)])],
        each.length > 0
          ? say('recorded-some', {
              names: rungNames(
                plan,
                each.filter(t => t.recording !== null),
              ),
            })
          : recordingSaid(action.recording),
      )
      addAnnouncement(action.announcement)
      const q = action.queue
      add(
        'queue',
        q === undefined ? '' : [q.music, q.says, q.priority ?? 0, q.wrapUpMs ?? 0],
        q === undefined
          ? say('none', {})
          : say('queue', {
              music: q.music ?? '-',
              says: q.says.join(', ') || '-',
              priority: String(q.priority ?? 0),
              pause: seconds(q.wrapUpMs ?? 0),
            }),
      )
      return out
    }
    case 'dial-out': {
      const by = action.attempts
      add(
        'trunks',
        by.map(a => names.trunk(a.trunk)),
        say('text', { text: by.map(a => a.trunk).join(', ') }),
      )
      addParts(
        'number-shown',
        by.map(a => [names.trunk(a.trunk), shown(a.shows)]),
        say('text', { text: [...new Set(by.map(a => shownText(a.shows)))].join(', ') }),
      )
      addParts(
        'dialled-form',
        by.map(a => [names.trunk(a.trunk), a.number]),
        say('text', { text: [...new Set(by.map(a => a.number))].join(', ') }),
      )
      add('ring-time', [action.forMs], say('seconds', { seconds: seconds(action.forMs) }))
      add('next-trunk', [action.nextAfterMs], say('seconds', { seconds: seconds(action.nextAfterMs) }))
      add('recording', recording(action.recording, names), recordingSaid(action.recording))
      addAnnouncement(action.announcement)
      const alert = action.alert
      add(
        'alert',
        alert === undefined ? '' : [alert.tell.map(names.node), alert.address],
        alert === undefined
          ? say('none', {})
          : say('alert', { name: alert.tell.map(key => placeName(plan, key)).join(', '), address: alert.address }),
      )
      return out
    }
    case 'announce':
      add('language', action.language, say('language', { language: action.language }))
      // What a code sets is confirmed by these words.
      add('words', [spoken(plan, action.prompts), action.sets ?? null], say('words', { prompts: heard(plan, action.prompts) }))
      add('answered', String(action.answer), say(action.answer ? 'answered' : 'unanswered', {}))
      return out
    case 'menu':
      add('language', action.language, say('language', { language: action.language }))
      add('words', spoken(plan, action.prompts), say('words', { prompts: heard(plan, action.prompts) }))
      add(
        'keys',
        [[...action.keys].sort(), action.dialThrough],
        say(action.dialThrough ? 'keys-extensions' : 'keys', { keys: action.keys.join(' ') }),
      )
      add('silence', [action.silenceMs], say('seconds', { seconds: seconds(action.silenceMs) }))
      return out
    case 'voicemail':
      add('language', action.language, say('language', { language: action.language }))
      add('words', spoken(plan, action.greeting), say('words', { prompts: heard(plan, action.greeting) }))
      add('message', [action.maxMs], say('seconds', { seconds: seconds(action.maxMs) }))
      add('told', action.tell.map(names.who), say('names', { names: action.tell.map(t => whoName(plan, t)).join(', ') || '-' }))
      return out
    case 'echo':
      add('language', action.language, say('language', { language: action.language }))
      add('words', spoken(plan, action.prompts), say('words', { prompts: heard(plan, action.prompts) }))
      return out
    case 'end':
      add('language', action.prompts.length === 0 ? '' : action.language, say('language', { language: action.language }))
      return out
    default:
      return impossible(action)
  }
}

/** The people of a ringing, each once. */
export function rungNames(plan: CompiledPlan, targets: readonly RingTarget[]): string {
  return [
    ...new Set(targets.map(t => (t.outside === undefined ? whoName(plan, t.who) : `${whoName(plan, t.who)} (${t.outside.number})`))),
  ].join(', ')
}

export function placeName(plan: CompiledPlan, key: NodeKey): string {
  return plan.nodes.get(key)?.name ?? key.slice(key.indexOf(':') + 1)
}

export function whoName(plan: CompiledPlan, id: string): string {
  for (const kind of ['person', 'room', 'role']) {
    const node = plan.nodes.get(`${kind}:${id}`)
    if (node !== undefined) return node.name
  }
  return id
}

/** People in order, each once: which of their telephones ring is another matter. */
function uniqueTargets(targets: readonly RingTarget[], names: Names): readonly string[] {
  return [...new Set(targets.map(t => JSON.stringify(target(t, names))))]
}

function target(t: RingTarget, names: Names): unknown {
  return [names.who(t.who), t.outside?.number ?? '', t.acceptBy ?? '', t.tier ?? 0]
}

function shown(s: Shown): string {
  return `${s.number}|${s.name ?? ''}|${s.withheld === true}`
}

function shownText(s: Shown): string {
  return s.withheld === true ? '-' : s.name === undefined ? s.number : `${s.name} ${s.number}`
}

function recording(r: RecordingDecision | null, names: Names): unknown {
  return r === null ? '' : [r.purpose, r.keepDays, r.heardBy.map(names.access), r.onlyIfLongerMs ?? 0, r.onFailure ?? 'go-on']
}

function recordingSaid(r: RecordingDecision | null): Said {
  if (r === null) return say('unrecorded', {})
  const values = { purpose: r.purpose, days: String(r.keepDays), who: r.heardBy.join(', '), failure: r.onFailure ?? 'go-on' }
  return r.onlyIfLongerMs === undefined
    ? say('recorded', values)
    : say('recorded-longer', { ...values, seconds: seconds(r.onlyIfLongerMs) })
}

/** What is heard, not what it is called. */
function spoken(plan: CompiledPlan, prompts: readonly string[]): string {
  return JSON.stringify(prompts.map(p => plan.prompts.get(p)?.texts ?? p))
}

/** The words themselves where the plan has them, else the name of what comes with the exchange. */
function heard(plan: CompiledPlan, prompts: readonly string[]): string {
  return prompts
    .map(p => {
      const texts = plan.prompts.get(p)?.texts
      return texts === undefined ? p : `“${[...new Set(Object.values(texts))].join(' / ')}”`
    })
    .join(', ')
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10)
}
