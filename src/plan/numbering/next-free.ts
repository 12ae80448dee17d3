/** Which number to give next, and which block to a new branch: NUM-06. Nothing that somebody has is ever touched. */
import { fault, ok, type Result } from '../../kernel/result.ts'
import type { CompiledPlan, Range } from '../compiled.ts'
import { didYouMean } from '../problem.ts'
import { type RangeUse as Use, rangeUse as uses } from '../schema/office.ts'
import { numberIn, type RangeUse, rangeUse } from './range-use.ts'

export interface FreeQuestion {
  readonly for: Use
  /** Null: at any site. */
  readonly site: string | null
  readonly count: number
  /** Numbers of reserved windows that follow a range may be proposed too. */
  readonly openReserve?: boolean
}

export interface FreeNumber {
  readonly number: string
  readonly range: Range
}

export interface FreeNumbers {
  readonly numbers: readonly FreeNumber[]
  /** Ranges that numbers were looked for in. */
  readonly ranges: readonly RangeUse[]
  /** Free numbers that were not proposed, and what they would be mistaken for. */
  readonly passedOver: readonly { readonly number: string; readonly clash: Clash }[]
}

export interface Clash {
  readonly with: 'emergency' | 'short-code' | 'city' | 'number' | 'prefix'
  readonly number: string
}

/** So many clashes are listed; a range that lies on top of an emergency number would list hundreds. */
const MOST_PASSED_OVER = 10

export function nextFree(plan: CompiledPlan, question: FreeQuestion): Result<FreeNumbers> {
  const known = knownQuestion(plan, question)
  if (!known.ok) return known
  const { ranges } = rangeUse(plan)
  const fitting = rangesFor(ranges, question)
  if (fitting.length === 0) {
    const use = ranges
      .filter(r => r.range.use === question.for)
      .map(r => `${r.range.key}${r.range.site === null ? '' : ` (${r.range.site})`}`)
    const where = question.site === null ? '' : ` at ${question.site}`
    const other = use.length > 0 ? `There are: ${use.join(', ')}.` : `Add one under 'numbering.ranges' with 'for: ${question.for}'.`
    return fault('no-range', `The plan has no range for ${question.for}${where}. ${other}`)
  }
  const clashes = clashFinder(plan)
  const numbers: FreeNumber[] = []
  const passedOver: { number: string; clash: Clash }[] = []
  const windows = [...fitting.map(u => u.range), ...(question.openReserve === true ? fitting.flatMap(u => u.reserve) : [])]
  for (const range of new Set(windows))
    for (let n = range.first; n <= range.last && numbers.length < question.count; n++) {
      const number = numberIn(range, n)
      if (plan.dial.has(number)) continue
      const clash = clashes(number)
      if (clash === null) numbers.push({ number, range })
      else if (passedOver.length < MOST_PASSED_OVER) passedOver.push({ number, clash })
    }
  return ok({ numbers, ranges: fitting, passedOver })
}

function knownQuestion(plan: CompiledPlan, question: FreeQuestion): Result<true> {
  if (!(uses.options as readonly string[]).includes(question.for))
    return fault(
      'unknown-use',
      `No range is for '${question.for}'. ${didYouMean(question.for, uses.options)} One of: ${uses.options.join(', ')}.`,
    )
  if (question.site !== null && !(question.site in plan.source.sites))
    return fault(
      'unknown-site',
      `The plan has no site '${question.site}'. ${didYouMean(question.site, Object.keys(plan.source.sites))}`.trim(),
    )
  return ok(true)
}

/** Ranges of that use at that site; when the site has none of its own, those that belong to no site. */
function rangesFor(ranges: readonly RangeUse[], question: FreeQuestion): readonly RangeUse[] {
  const right = ranges.filter(u => u.range.use === question.for)
  if (question.site === null) return right
  const near = right.filter(u => u.range.site === question.site)
  return near.length > 0 ? near : right.filter(u => u.range.site === null)
}

/** What a new number would be mistaken for by a telephone that sends digits as they are pressed: NUM-04, NUM-09. */
export function clashFinder(plan: CompiledPlan): (number: string) => Clash | null {
  const codes = Object.keys(plan.source.numbering['short-codes'])
  const special: readonly (readonly [Clash['with'], Iterable<string>])[] = [
    ['emergency', plan.emergency],
    ['short-code', codes],
    ['city', plan.cityNumbers],
  ]
  const taken = new Set<string>()
  const beginnings = new Map<string, string>()
  for (const number of plan.dial.keys()) {
    taken.add(number)
    for (let n = 1; n < number.length; n++) beginnings.set(number.slice(0, n), number)
  }
  return number => {
    if (plan.outsidePrefix !== '' && number.startsWith(plan.outsidePrefix)) return { with: 'prefix', number: plan.outsidePrefix }
    for (const [kind, list] of special)
      for (const other of list) if (other.startsWith(number) || number.startsWith(other)) return { with: kind, number: other }
    for (let n = 1; n < number.length; n++) if (taken.has(number.slice(0, n))) return { with: 'number', number: number.slice(0, n) }
    const longer = beginnings.get(number)
    return longer === undefined ? null : { with: 'number', number: longer }
  }
}
