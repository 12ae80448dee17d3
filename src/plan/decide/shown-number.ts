/**
 * The number that the called party sees, and whose it is: OUT-01. First the rule's own wish (a number, or the line by which this
 * client last spoke with us), then the device's, the person's, their role's, their department's, their site's; where the trunk may not
 * show it, the trunk's, the office's, or the number that the trunk is registered with.
 */
import { e164 } from '../../kernel/e164.ts'
import type { OutgoingRule, Trunk } from '../compiled.ts'
import type { Shown } from '../decision.ts'
import type { Word } from '../reason-words.ts'
import type { Walk } from './journey.ts'

type ShowsWord = Extract<Word, `shows-${string}`>
export type Whose = ShowsWord extends `shows-${infer W}` ? W : never

interface Wanted {
  readonly number: string
  readonly whose: Whose
}

export function shownBy(
  walk: Walk,
  trunk: Trunk,
  called: string,
  rule: OutgoingRule['shows'],
): { readonly shows: Shown; readonly because: Whose } {
  const wanted = walk.fromOutside() ? ofOutsideCaller(walk, trunk, rule) : (byRule(walk, called, rule) ?? own(walk))
  const { number, whose } = wanted !== null && mayShow(trunk, wanted.number) ? wanted : ofTrunk(walk, trunk)
  const caller = walk.caller()
  const shows: Shown = caller === null || walk.fromOutside() ? { number } : { number, name: caller.name }
  return caller?.hidesNumber ? { shows: { ...shows, withheld: true }, because: whose } : { shows, because: whose }
}

function mayShow(trunk: Trunk, number: string): boolean {
  return trunk.mayShow === null || trunk.mayShow === 'any' || trunk.mayShow.has(number)
}

/** A call that came from outside and leaves again: the caller's own number where the trunk passes it, else the line they dialled. */
function ofOutsideCaller(walk: Walk, trunk: Trunk, rule: OutgoingRule['shows']): Wanted | null {
  const { journey } = walk
  if (trunk.passesCaller && journey.cn !== '') return { number: journey.cn, whose: 'caller' }
  if (rule !== null && rule !== 'last-line') return { number: rule, whose: 'rule' }
  return journey.l === '' ? null : { number: journey.l, whose: 'line' }
}

function byRule(walk: Walk, called: string, rule: OutgoingRule['shows']): Wanted | null {
  if (rule === null) return null
  if (rule !== 'last-line') return { number: rule, whose: 'rule' }
  const line = walk.facts.lastLine?.(called) ?? null
  // A line that has left the plan since is nobody's number now.
  return line !== null && walk.plan.lines.has(line) ? { number: line, whose: 'last-line' } : null
}

function own(walk: Walk): Wanted | null {
  const { plan, journey } = walk
  const device = plan.accounts.get(journey.oa)?.shows ?? null
  if (device !== null) return { number: device, whose: 'device' }
  const caller = walk.caller()
  const site = walk.callerSite().shows
  if (caller !== null) {
    if (caller.shows !== null) return { number: caller.shows, whose: 'person' }
    for (const id of caller.roles) {
      const role = plan.nodes.get(`role:${id}`)
      if (role?.kind === 'role' && role.shows !== null) return { number: role.shows, whose: 'role' }
    }
    const department = plan.departments.get(caller.department ?? '')?.shows ?? null
    if (department !== null) return { number: department, whose: 'department' }
    if (caller.site.shows !== null) return { number: caller.site.shows, whose: 'site' }
  }
  return site === null ? null : { number: site, whose: 'site' }
}

function ofTrunk(walk: Walk, trunk: Trunk): Wanted {
  if (trunk.shows !== null) return { number: trunk.shows, whose: 'trunk' }
  if (walk.plan.office.shows !== null) return { number: walk.plan.office.shows, whose: 'office' }
  const user = trunk.register?.user ?? ''
  const registered = e164(user.startsWith('+') ? user : '+' + user)
  return registered === null ? { number: '', whose: 'nobody' } : { number: registered, whose: 'registered' }
}
