/**
 * What the plan does in an outage, from a manager's words to data: RES-02, RES-03, OUT-06.
 *
 *   if:   link isp-a down | trunk telecom-b down | provider kaztel down | site main cut off | office cut off | all trunks down
 *         | power ups-main low          (several joined by 'and'; 'for 30s' at the end: only when it has lasted so long)
 *   then: telecom-b carries all
 *         | lines to DEST | lines of department sales to DEST | lines of site main to DEST | line +7727… to DEST
 *         | calls out refused with PROMPT | international calls refused with PROMPT
 *   DEST: any destination of the plan; 'on-call mobiles', 'sales mobiles': those people by mobile, one after another;
 *         'their mobiles': those that the line's department names under 'if-office-is-cut-off'.
 */
import type { Member, NodeKey, OutageCondition, Treatment } from '../compiled.ts'
import { durationMs } from '../schema/durations.ts'
import type { Path } from '../source.ts'
import type { Names } from './names.ts'
import { EffectReader, type MobilesMaker } from './outage-effects.ts'
import { linesOfDepartment } from './outage-lines.ts'
import type { Workbench } from './workbench.ts'

const RETURN_AFTER_MS = 60_000

export function compileOutages(bench: Workbench, names: Names, make: MobilesMaker): Treatment[] {
  const treatments: Treatment[] = []
  bench.plan.outage.forEach((written, index) => {
    const path: Path = ['outage', index]
    const held = / for (\S+(?: \w+)?)$/.exec(written.if)
    const heldMs = held === null ? 0 : durationMs(held[1]!)
    if (heldMs === null) bench.problem('bad-duration', [...path, 'if'], `'${held![1]}' is not a duration.`, "Write for instance 'for 30s'.")
    const conditions = (held === null ? written.if : written.if.slice(0, held.index))
      .split(/ and /)
      .flatMap(text => readOutageCondition(bench, text.trim(), [...path, 'if']) ?? [])
    const effect = new EffectReader(bench, names, make, index).read(written.then, [...path, 'then'])
    const confirm = (written.confirm ?? ['nobody']).filter(who => who !== 'nobody')
    confirm.forEach(who => {
      bench.known(who, [bench.plan.people, bench.plan.roles], 'person or role', [...path, 'confirm'])
    })
    const back = readReturn(bench, written.return, [...path, 'return'])
    if (effect !== null && conditions.length > 0)
      treatments.push({
        index: treatments.length,
        text: written.if,
        conditions,
        forMs: heldMs ?? 0,
        effect,
        confirm,
        returnAfterMs: back,
        place: bench.place(...path),
      })
  })
  for (const [id, department] of Object.entries(bench.plan.departments)) {
    const list = department['if-office-is-cut-off']
    if (list === undefined) continue
    const path: Path = ['departments', id, 'if-office-is-cut-off']
    const to = cutOffMobiles(bench, make, id, list, path)
    const site = department.site ?? firstSite(bench, id)
    if (to === null) continue
    treatments.push({
      index: treatments.length,
      text: site === null ? 'office cut off' : `site ${site} cut off`,
      conditions: [site === null ? { is: 'office-cut-off' } : { is: 'site-cut-off', site }],
      forMs: 0,
      effect: { does: 'lines-to', lines: linesOfDepartment(bench, id), to },
      confirm: [],
      returnAfterMs: RETURN_AFTER_MS,
      place: bench.place(...path),
    })
  }
  return treatments
}

/** The site where a department's first person sits. */
function firstSite(bench: Workbench, department: string): string | null {
  for (const person of Object.values(bench.plan.people))
    if (person.department === department && person.site !== undefined) return person.site
  return Object.keys(bench.plan.sites)[0] ?? null
}

/** The mobiles of the people, and the numbers, that a department names: one after another. */
function cutOffMobiles(bench: Workbench, make: MobilesMaker, id: string, list: readonly string[], path: Path): NodeKey | null {
  const members = list.flatMap((word, i): readonly Member[] => {
    const at = [...path, i]
    if (word.startsWith('+') || /^[\d ()-]+$/.test(word)) {
      const number = bench.number(word, at)
      return number === null ? [] : [{ target: { outside: number, who: number }, reach: 'mobile', tier: 1, place: bench.place(...at) }]
    }
    const person = make.person(word)
    if (person === undefined) return []
    if (person.mobile === null)
      bench.problem('no-mobile', at, `${person.name} has no mobile number in the plan.`, `Add 'mobile:' to people.${word}.`)
    return [{ target: { person }, reach: 'mobile', tier: 1, place: bench.place(...at) }]
  })
  const name = bench.plan.departments[id]?.name ?? id
  return members.length === 0 ? null : make.inTurn(`cut-off-${id}`, `${name} (mobiles)`, members, bench.place(...path))
}

const CONDITIONS = [
  'link isp-a down',
  'trunk telecom-b down',
  'provider kaztel down',
  'site main cut off',
  'office cut off',
  'all trunks down',
  'power ups-main low',
]

export function readOutageCondition(bench: Workbench, text: string, path: Path): OutageCondition | null {
  const { links, trunks, providers, sites, power } = bench.plan
  if (text === 'office cut off' || text === 'internet down') return { is: 'office-cut-off' }
  if (text === 'all trunks down') return { is: 'all-trunks-down' }
  const m = /^(link|trunk|provider|site|power|ups) (\S+) (down|fails|cut off|low|out)$/.exec(text)
  const [, what, id, how] = m ?? []
  if (id !== undefined) {
    const down = how === 'down' || how === 'fails'
    if (what === 'link' && down) return bench.known(id, links, 'link', path) ? { is: 'link-down', link: id } : null
    if (what === 'trunk' && down) return bench.known(id, trunks, 'trunk', path) ? { is: 'trunk-down', trunk: id } : null
    if (what === 'provider' && down) return bench.known(id, providers, 'provider', path) ? { is: 'provider-down', provider: id } : null
    if (what === 'site' && (down || how === 'cut off'))
      return bench.known(id, sites, 'site', path) ? { is: 'site-cut-off', site: id } : null
    if ((what === 'power' || what === 'ups') && (how === 'low' || how === 'out'))
      return bench.known(id, power, 'UPS', path) ? { is: 'power-low', ups: id } : null
  }
  bench.problem(
    'bad-condition',
    path,
    `'${text}' is no outage that can be noticed.`,
    `Write for instance ${CONDITIONS.map(c => `'${c}'`).join(', ')}.`,
  )
  return null
}

/** 'automatic', 'automatic after 5min' → ms; null: whoever confirmed it says when it is over. */
function readReturn(bench: Workbench, text: string | undefined, path: Path): number | null {
  if (text === undefined || text === 'automatic') return RETURN_AFTER_MS
  if (text === 'when confirmed' || text === 'by hand') return null
  const after = /^automatic after (.+)$/.exec(text)
  const ms = after === null ? null : durationMs(after[1]!)
  if (ms !== null) return ms
  bench.problem(
    'bad-treatment',
    path,
    `'${text}' does not say when calls return to normal.`,
    "Write 'automatic', 'automatic after 5min' or 'when confirmed'.",
  )
  return RETURN_AFTER_MS
}
