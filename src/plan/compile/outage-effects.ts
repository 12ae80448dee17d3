/** What a treatment does, from words to data: 'telecom-b carries all', 'lines to on-call mobiles', 'calls out refused with PROMPT'. */
import type { Member, NodeKey, PersonNode, TreatmentEffect } from '../compiled.ts'
import type { Place } from '../decision.ts'
import { didYouMean } from '../problem.ts'
import { CALL_CLASSES, type CallClass } from '../schema/call-classes.ts'
import type { Path } from '../source.ts'
import type { Names } from './names.ts'
import { linesOfDepartment, linesOfSite } from './outage-lines.ts'
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
export class EffectReader {
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
