/** What the steps of compiling share: the plan as written, where things stand in it, and the problems found so far. */
import { type E164, e164 } from '../../kernel/e164.ts'
import type { Place } from '../decision.ts'
import { type DiallingHabit, outsideNumber } from '../normalise.ts'
import type { Places } from '../places.ts'
import { didYouMean, type PlanProblem, type Severity } from '../problem.ts'
import type { ProblemCode } from '../problem-codes.ts'
import type { Plan } from '../schema/plan-schema.ts'
import type { Path } from '../source.ts'

type Section = Readonly<Record<string, unknown>>

export class Workbench {
  readonly plan: Plan
  readonly source: Places
  readonly problems: PlanProblem[] = []
  readonly habit: DiallingHabit

  constructor(plan: Plan, source: Places) {
    this.plan = plan
    this.source = source
    this.habit = { country: plan.office.country, area: plan.office.area ?? '' }
  }

  place(...path: Path): Place {
    return this.source.place(path)
  }

  problem(code: ProblemCode, path: Path, message: string, remedy: string, severity: Severity = 'error', key = false): void {
    this.problems.push({ code, severity, place: key ? this.source.keyPlace(path) : this.source.place(path), message, remedy })
  }

  /** Reports a name that none of the sections has; true when one does. */
  known(id: string, sections: Section | readonly Section[], what: string, path: Path): boolean {
    const among = Array.isArray(sections) ? (sections as readonly Section[]) : [sections as Section]
    if (among.some(section => Object.hasOwn(section, id))) return true
    const all = among.flatMap(section => Object.keys(section))
    const listed =
      all.length === 0
        ? `The plan has no ${what} yet.`
        : all.length <= 8
          ? `There are: ${all.join(', ')}.`
          : `Add '${id}', or correct the name.`
    this.problem(
      'dangling-reference',
      path,
      `There ${what === 'hours' ? 'are' : 'is'} no ${what} called '${id}'.`,
      didYouMean(id, all) || listed,
    )
    return false
  }

  /** An outside number of the plan in E.164, or null with a problem. */
  number(text: string | undefined, path: Path, habit: DiallingHabit = this.habit): E164 | null {
    if (text === undefined) return null
    const plain = e164(text)
    const read = outsideNumber(text, habit)
    if (read?.valid) return read.e164
    if (plain !== null && read !== null) {
      this.problem('doubtful-number', path, `No such number can exist: ${text}.`, 'Check its digits.', 'warning')
      return plain
    }
    this.problem('bad-number', path, `'${text}' is no telephone number in ${habit.country}.`, 'Write it in full, with + and country code.')
    return null
  }
}
