/** What is wrong with one step of an explored call, if anything. */
import type { CompiledPlan, RoleNode } from '../compiled.ts'
import { decode } from '../decide/journey.ts'
import type { Action, Reason, Step } from '../decision.ts'
import { reasonText } from '../reasons.ts'
import type { Flaw } from './flaw.ts'

export interface Circumstances {
  /** The first step of a call for which everybody is there and everything works. */
  readonly allWell: boolean
  /** Somebody has set a forward in this call. */
  readonly byUser: boolean
}

const SENDS = new Set(['goes-to', 'forward-always', 'forward-on', 'route-step', 'line-open', 'menu-silence', 'menu-key'])

export function judge(plan: CompiledPlan, step: Step, how: Circumstances): readonly Flaw[] {
  const { action } = step
  switch (action.do) {
    case 'end':
      return judgeEnd(plan, step, action, how)
    case 'ring':
    case 'dial-out':
      return judgeRinging(plan, step, action)
    default:
      return NONE
  }
}

const NONE: readonly Flaw[] = []
/** What matters only to callers from outside. */
const OUTSIDE: ReadonlySet<Flaw['code']> = new Set(['dead-end', 'ends-without-a-word', 'unannounced-recording', 'outside-to-paid'])

function judgeEnd(plan: CompiledPlan, step: Step, action: Extract<Action, { do: 'end' }>, how: Circumstances): readonly Flaw[] {
  const { reasons } = step
  const sender = reasons.findLast(r => SENDS.has(r.code) && r.place !== null)
  const bad = reasons.find(r => r.code === 'loop' || r.code === 'hops-limit')
  // A forward that a user has set badly is caught at every call; the plan did not write it.
  if (how.byUser || step.position.at.includes('"fw":')) return NONE
  if (bad !== undefined) {
    const path = (sender?.place ?? bad.place)?.path ?? ''
    if (bad.code === 'loop')
      return one(
        'loop',
        'error',
        path,
        `{call} can come back to ${bad.values['target']}, where they have been: a loop. ${sender === undefined ? '' : reasonText(sender, 'en')}`.trim(),
        'Send them somewhere new, best to a voicemail box.',
      )
    const most = `{call} can pass more than ${plan.mostHops} places of the plan.`
    return one('too-many-hops', 'error', path, most, "Shorten the way, or raise 'defaults.most-hops'.")
  }
  if (declared(step) || reasons.some(r => r.code === 'ends' && r.values['why'] === '@end-said')) return NONE
  if (how.allWell)
    return one(
      'dead-end',
      'error',
      '{line}',
      `{call} reach nobody even when everyone is there: ${lastWords(reasons)}`,
      'Send them to people who have telephones, or to a voicemail box.',
    )
  if (action.prompts.length === 0 && action.status >= 400)
    return one(
      'ends-without-a-word',
      'warning',
      '{line}',
      `{call} can end without person, message or announcement: ${lastWords(reasons)}`,
      "Say what follows: 'on-busy', 'on-no-answer', or once for all under 'defaults'.",
    )
  return NONE
}

/** The plan itself says 'busy' or 'hang-up', so somebody wanted it. */
function declared(step: Step): boolean {
  return step.position.at.startsWith('{"n":"end:')
}

function judgeRinging(plan: CompiledPlan, step: Step, action: Extract<Action, { do: 'ring' | 'dial-out' }>): readonly Flaw[] {
  const flaws: Flaw[] = []
  if (action.do === 'ring') {
    const stray = action.targets.find(t => !namedBy(plan, step, t.who))
    if (stray !== undefined)
      flaws.push({
        code: 'reaches-unnamed',
        severity: 'error',
        path: step.reasons.findLast(r => r.place !== null)?.place?.path ?? '',
        message: `{call} ring ${stray.who}, whom no rule of the plan names here.`,
        remedy: 'Name them where the call rings, or remove what leads to them.',
        way: null,
        outside: false,
      })
  }
  const recordings = action.do === 'ring' ? [action.recording, ...action.targets.map(t => t.recording)] : [action.recording]
  const recording = recordings.find(r => r != null)
  if (recording != null && action.announcement === null && decode(step.position).s === 0)
    flaws.push({
      code: 'unannounced-recording',
      severity: 'warning',
      path: recording.rule.replace(/^recording\.(\d+)$/, 'recording.$1'),
      message: `{call} are recorded (${recording.purpose}) without having been told.`,
      remedy: "Write 'announce: yes'.",
      way: null,
      outside: true,
    })
  if (action.do === 'dial-out') for (const reason of step.reasons) if (reason.code === 'rule-allows') flaws.push(...paidByUs(plan, reason))
  return flaws
}

/** SEC-02: from outside a call can leave again to a dear number that a user chose and the plan does not name, and nothing limits it. */
function paidByUs(plan: CompiledPlan, reason: Reason): readonly Flaw[] {
  const kind = /international|premium/.exec(reason.values['class'] ?? '')?.[0]
  const rule = plan.outgoing[Number(reason.values['rule']) - 1]
  if (kind === undefined || rule === undefined || rule.guard !== null) return NONE
  return one(
    'outside-to-paid',
    'warning',
    rule.place.path,
    `{call} can leave again to ${kind === 'premium' ? 'a premium' : 'an international'} number that ${reason.values['who']} forwards to, by rule ${rule.index + 1}, and nothing limits how often.`,
    "Limit the rule: 'guard: { at-once: 2, per-day: 60min }', or write 'may-forward: own-mobile'.",
  )
}

function namedBy(plan: CompiledPlan, step: Step, who: string): boolean {
  const { at } = step.position
  const node = plan.nodes.get(at.slice(6, at.indexOf('"', 6)))
  switch (node?.kind) {
    case 'person':
      return node.id === who
    case 'role':
      return holds(plan, node, who)
    case 'hunt':
      return node.members.some(({ target }) =>
        'person' in target ? target.person.id === who : 'outside' in target ? target.who === who : roleNames(plan, target.role.id, who),
      )
    default:
      return true
  }
}

function roleNames(plan: CompiledPlan, role: string, who: string): boolean {
  const node = plan.nodes.get(`role:${role}`)
  return node?.kind === 'role' && holds(plan, node, who)
}

function holds(plan: CompiledPlan, role: RoleNode, who: string): boolean {
  if (role.holders.some(h => h.id === who)) return true
  return role.rota !== null && plan.rotas.get(role.rota)?.turns.includes(who) === true
}

function lastWords(reasons: readonly Reason[]): string {
  return reasons
    .slice(-3)
    .map(r => reasonText(r, 'en'))
    .join(' ')
}

function one(code: Flaw['code'], severity: Flaw['severity'], path: string, message: string, remedy: string): readonly Flaw[] {
  return [{ code, severity, path, message, remedy, way: null, outside: OUTSIDE.has(code) }]
}
