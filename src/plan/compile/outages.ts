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
import { e164 } from '../../kernel/e164.ts'
import type { Member, NodeKey, OutageCondition, PersonNode, Treatment, TreatmentEffect } from '../compiled.ts'
import type { Place } from '../decision.ts'
import { didYouMean } from '../problem.ts'
import { CALL_CLASSES, type CallClass } from '../schema/call-classes.ts'
import { durationMs } from '../schema/durations.ts'
import type { Path } from '../source.ts'
import type { Names } from './names.ts'
import type { Workbench } from './workbench.ts'

/** What outages need of the places of the plan: rings these people by mobile, one after another. */
export interface MobilesMaker {
  /** A new place with these members; its key. */
  inTurn(id: string, name: string, members: readonly Member[], place: Place): NodeKey
  member(word: string, path: Path): readonly Member[]
  person(id: string): PersonNode | undefined
}

/** Prompts that come with the exchange and may explain a refusal. */
const PROMPTS = ['all-lines-busy', 'call-refused', 'nobody-available', 'outside-hours'] as const
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

/** A department's lines: those that show as its number, and those whose owner works there. */
function linesOfDepartment(bench: Workbench, id: string): ReadonlySet<string> {
  const { people, roles, departments, lines } = bench.plan
  const shown = departments[id]?.shows
  const out = new Set<string>()
  for (const [number, line] of Object.entries(lines)) {
    const owners = people[line.owner] === undefined ? (roles[line.owner]?.['held-by'] ?? []) : [line.owner]
    if (number === shown || line.to === id || owners.some(o => people[o]?.department === id)) out.add(number)
  }
  return out
}

function linesOfSite(bench: Workbench, site: string): ReadonlySet<string> {
  const { people, roles, lines, sites, trunks } = bench.plan
  const first = Object.keys(sites)[0]
  const out = new Set<string>()
  for (const [number, line] of Object.entries(lines)) {
    const owners = people[line.owner] === undefined ? (roles[line.owner]?.['held-by'] ?? []) : [line.owner]
    const trunk = line.trunk === undefined ? undefined : trunks[line.trunk]?.site
    if (sites[site]?.shows === number || trunk === site || owners.some(o => (people[o]?.site ?? first) === site)) out.add(number)
  }
  return out
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

class EffectReader {
  private readonly bench: Workbench
  private readonly names: Names
  private readonly make: MobilesMaker
  private readonly index: number

  constructor(bench: Workbench, names: Names, make: MobilesMaker, index: number) {
    this.bench = bench
    this.names = names
    this.make = make
    this.index = index
  }

  read(text: string, path: Path): TreatmentEffect | null {
    const carries = /^(.+?) (?:carry|carries) all(?: calls)?$/.exec(text)
    if (carries !== null) {
      const trunks = carries[1]!.split(/\s*,\s*|\s+and\s+/)
      return trunks.every(t => this.bench.known(t, this.bench.plan.trunks, 'trunk', path)) ? { does: 'carry-all', trunks } : null
    }
    const lines = /^(?:all )?lines?(?: of (department|site) (\S+)| (\+\d+))? to (.+)$/.exec(text)
    if (lines !== null) return this.lines(lines[1], lines[2], lines[3], lines[4]!, path)
    const refused = /^(?:(.+) )?calls(?: out)? refused(?: with (\S+))?$/.exec(text)
    if (refused !== null) return this.refused(refused[1], refused[2], path)
    this.unreadable(text, path)
    return null
  }

  private lines(
    of: string | undefined,
    id: string | undefined,
    number: string | undefined,
    to: string,
    path: Path,
  ): TreatmentEffect | null {
    const { plan } = this.bench
    let lines: ReadonlySet<string> | 'all' = 'all'
    if (number !== undefined) {
      if (!this.bench.known(number, plan.lines, 'line', path)) return null
      lines = new Set([number])
    } else if (of === 'department') {
      if (!this.bench.known(id!, plan.departments, 'department', path)) return null
      lines = linesOfDepartment(this.bench, id!)
    } else if (of === 'site') {
      if (!this.bench.known(id!, plan.sites, 'site', path)) return null
      lines = linesOfSite(this.bench, id!)
    }
    const target = this.target(to, path)
    return target === null ? null : { does: 'lines-to', lines, to: target }
  }

  /** 'on-call mobiles', 'their mobiles', or any destination. */
  private target(text: string, path: Path): NodeKey | 'their-mobiles' | null {
    const m = /^(\S+) mobiles?$/.exec(text)
    if (m === null) return this.names.resolve(text, path)
    const who = m[1]!
    if (who === 'their') {
      if (Object.values(this.bench.plan.departments).some(d => d['if-office-is-cut-off'] !== undefined)) return 'their-mobiles'
      this.bench.problem(
        'bad-treatment',
        path,
        'No department says whose mobiles these are.',
        "Write 'if-office-is-cut-off: [aida, \"+77014445567\"]' under a department, or name a role: 'on-call mobiles'.",
      )
      return null
    }
    const { plan } = this.bench
    const words = plan.departments[who] !== undefined ? peopleOf(plan, who) : (plan.groups[who]?.ring ?? [who])
    const members = words.flatMap(word => this.make.member(word, path)).map((m): Member => ({ ...m, reach: 'mobile' }))
    return members.length === 0
      ? null
      : this.make.inTurn(`outage-${this.index + 1}`, `${who} (mobiles)`, members, this.bench.place(...path))
  }

  private refused(classes: string | undefined, prompt: string | undefined, path: Path): TreatmentEffect | null {
    const { bench } = this
    const all = classes === undefined ? CALL_CLASSES : classes.split(/\s*,\s*|\s+and\s+/)
    const wrong = all.find(c => !(CALL_CLASSES as readonly string[]).includes(c))
    if (wrong !== undefined) {
      bench.problem(
        'bad-treatment',
        path,
        `'${wrong}' is no class of calls.`,
        didYouMean(wrong, CALL_CLASSES) || `There are: ${CALL_CLASSES.join(', ')}.`,
      )
      return null
    }
    const service = prompt === undefined ? undefined : bench.plan.services[prompt]
    const spoken = prompt ?? 'call-refused'
    if (service === undefined && !(PROMPTS as readonly string[]).includes(spoken)) {
      bench.problem(
        'dangling-reference',
        path,
        `There is no announcement called '${spoken}'.`,
        didYouMean(spoken, [...Object.keys(bench.plan.services), ...PROMPTS]) ||
          `Add it under 'services:', or use one of: ${PROMPTS.join(', ')}.`,
      )
      return null
    }
    const prompts = service === undefined ? [spoken] : service.prompt !== undefined ? [service.prompt] : [`services/${prompt}`]
    return { does: 'refuse-out', classes: new Set(all as readonly CallClass[]), prompts }
  }

  private unreadable(text: string, path: Path): void {
    const forms = [
      'telecom-b carries all',
      'lines to reception',
      'lines of department sales to on-call mobiles',
      'calls out refused with all-lines-busy',
    ]
    this.bench.problem(
      'bad-treatment',
      path,
      `'${text}' does not say what happens to the calls.`,
      didYouMean(text, forms) || `Write for instance ${forms.map(f => `'${f}'`).join(', ')}.`,
    )
  }
}

function peopleOf(plan: Workbench['plan'], department: string): string[] {
  return Object.entries(plan.people).flatMap(([id, p]) => (p.department === department && p.mobile !== undefined ? [id] : []))
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

/** Lines by number → the place of their department's mobiles, for 'their mobiles'. */
export function mobilesOfLines(bench: Workbench): ReadonlyMap<string, NodeKey> {
  const out = new Map<string, NodeKey>()
  for (const [id, department] of Object.entries(bench.plan.departments))
    if (department['if-office-is-cut-off'] !== undefined)
      for (const number of linesOfDepartment(bench, id))
        if (!out.has(number) && e164(number) !== null) out.set(number, `outage:cut-off-${id}`)
  return out
}
