/**
 * Forwards and do-not-disturb that users set themselves: IN-04, CALL-01, SEC-02. They are followed within what the plan lets this
 * person do (`may-forward`), only so many of them for one call (`defaults.forwards`), and outside only where the person who forwards
 * could call themselves. One that leads back to where the call has been, or nowhere, is passed over: a user's slip ends no call.
 */
import type { CompiledPlan, NodeKey, PersonNode } from '../compiled.ts'
import type { ForwardWhen, Step } from '../decision.ts'
import { insideForm, outsideNumber } from '../normalise.ts'
import { reason } from '../reasons.ts'
import type { CallClass } from '../schema/call-classes.ts'
import type { Miss } from './ending.ts'
import type { Walk } from './journey.ts'
import { dialOut, forwardAttempts } from './outgoing.ts'

type When = ForwardWhen

export const FORWARD_WORD: Readonly<Record<When, string>> = {
  always: '@when-always',
  busy: '@when-busy',
  noAnswer: '@when-no-answer',
  unreachable: '@when-unreachable',
}

export function doNotDisturb(walk: Walk, person: PersonNode): boolean {
  return person.is === 'person' && walk.facts.forward?.(person.id)?.doNotDisturb === true
}

/** Where the person's own forward for this occasion leads; null: there is none that may be followed. */
export function userForward(walk: Walk, person: PersonNode, when: When): Step | NodeKey | null {
  if (person.is !== 'person' || walk.facts.forward === undefined) return null
  const value = walk.facts.forward(person.id)?.[when] ?? ''
  if (value === '') return null
  const { journey, plan } = walk
  const to = read(plan, person, value)
  const said = { who: person.name, outcome: FORWARD_WORD[when], to: typeof to === 'string' ? walk.nameOf(to) : (to?.number ?? value) }
  const no = (why: 'may-not' | 'limit' | 'loop' | 'nowhere'): null => {
    walk.because(`forward-${why}`, said, person.place)
    return null
  }
  const fault = faultOf(person, to)
  if (fault !== null) return no(fault)
  if (to === null) return null
  if ((journey.fw ?? 0) >= plan.forwards.most) return no('limit')
  if (typeof to === 'string') {
    const seen = journey.v.indexOf(to)
    if (seen >= (journey.kp ?? 0)) return no('loop')
    journey.fw = (journey.fw ?? 0) + 1
    walk.because('forward-on', said, person.place)
    return to
  }
  if ((journey.fo ?? 0) >= plan.forwards.outside) return no('limit')
  const budget = walk.ringBudgetMs()
  if (budget < 1_000) return null
  // The forward is told before what lets it out, but only once that is known.
  const at = walk.reasons.length
  const attempts = forwardAttempts(walk, to, person)
  if (attempts.length === 0) return no(walk.reasons.at(-1)?.code === 'no-trunk' ? 'nowhere' : 'may-not')
  journey.fw = (journey.fw ?? 0) + 1
  journey.fo = (journey.fo ?? 0) + 1
  walk.reasons.splice(at, 0, reason('forward-on', said, person.place))
  return dialOut(walk, person.key, attempts, Math.min(walk.ringForMs ?? plan.outsideRingMs, budget), false)
}

/** Why this person may not set this forward; null: they may. Whether a call can leave there is known when one comes. */
export function forwardFault(plan: CompiledPlan, person: PersonNode, value: string): 'may-not' | 'nowhere' | 'loop' | null {
  const to = read(plan, person, value)
  return to === person.key ? 'loop' : faultOf(person, to)
}

function faultOf(person: PersonNode, to: Target | null): 'may-not' | 'nowhere' | null {
  if (person.mayForward === 'no') return 'may-not'
  if (to === null) return 'nowhere'
  if (typeof to === 'string' || person.mayForward === 'anywhere') return null
  return person.mayForward === 'own-mobile' && to.number === person.mobile ? null : 'may-not'
}

type Target = NodeKey | { readonly number: string; readonly class: CallClass }

/** The forward for a call that was missed in this way. */
export function forwardFor(miss: Miss): When {
  return miss === 'busy' || miss === 'rejected' ? 'busy' : miss === 'no-answer' ? 'noAnswer' : 'unreachable'
}

/** What a user has written: 'voicemail', an inside number, or a number as they would dial it. */
function read(plan: CompiledPlan, person: PersonNode, value: string): Target | null {
  if (value === 'voicemail') return person.box
  const number = insideForm(value.slice(0, 64))
  const inside = plan.dial.get(number)
  if (inside !== undefined) {
    const node = plan.nodes.get(inside)
    // What a code sets, it sets for whoever dials it: nobody is sent there.
    if (node?.kind === 'service' && node.sets !== null) return null
    return node?.kind === 'outside'
      ? { number: node.number, class: outsideNumber(node.number, person.site.habit)?.class ?? 'international' }
      : inside
  }
  if (plan.emergency.has(number) || /[*#]/.test(number)) return null
  const prefix = plan.outsidePrefix
  const dialled = prefix !== '' && !number.startsWith('+') && number.startsWith(prefix) ? number.slice(prefix.length) : number
  const outside = outsideNumber(dialled, person.site.habit)
  if (outside === null || plan.emergency.has(dialled)) return null
  return plan.lines.get(outside.e164)?.key ?? { number: outside.e164, class: outside.class }
}
