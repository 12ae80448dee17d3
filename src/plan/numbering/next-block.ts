/** A block of numbers for a new branch, cut from a reserved window: NUM-06. No number that exists changes. */
import { fault, ok, type Result } from '../../kernel/result.ts'
import type { CompiledPlan, Range } from '../compiled.ts'
import type { RangeUse as Use } from '../schema/office.ts'
import { clashFinder } from './next-free.ts'
import { numberIn, rangeUse } from './range-use.ts'

export interface BlockQuestion {
  readonly for: Use
  /** The branch it is for; need not be in the plan yet. */
  readonly site: string | null
  readonly size: number
}

export interface Block {
  /** '430-439' */
  readonly key: string
  readonly first: string
  readonly last: string
  /** The reserved window it is cut from; null: numbers that lie in no range. */
  readonly window: Range | null
  /** What stays reserved of the window. */
  readonly remains: readonly string[]
  /** Lines for `numbering.ranges`, instead of the window's own. */
  readonly yaml: readonly string[]
  /** How many numbers the plan has; all of them stay. */
  readonly unchanged: number
}

/** The smallest reserved window that is large enough, or else numbers that lie in no range. Blocks begin at a round number where they can. */
export function nextBlock(plan: CompiledPlan, question: BlockQuestion): Result<Block> {
  if (!Number.isInteger(question.size) || question.size < 1) return fault('bad-size', 'A block has at least one number.')
  const { ranges } = rangeUse(plan)
  const clashes = clashFinder(plan)
  const windows = ranges
    .filter(u => u.range.reserved !== null && u.taken.length === 0)
    .map(u => u.range)
    .sort((a, b) => near(b, question) - near(a, question) || a.last - a.first - (b.last - b.first) || a.first - b.first)
  const isFree = (digits: number) => (n: number) => {
    const number = String(n).padStart(digits, '0')
    return !plan.dial.has(number) && clashes(number) === null && !likeOtherLength(plan.ranges, n, digits)
  }
  for (const window of windows) {
    const first = roomIn(window.first, window.last, question.size, isFree(window.digits))
    if (first !== null) return ok(cut(plan, question, window, window.digits, first))
  }
  for (const gap of gapsBetween(ranges.map(u => u.range))) {
    const first = roomIn(gap.first, gap.last, question.size, isFree(gap.digits))
    if (first !== null) return ok(cut(plan, question, null, gap.digits, first))
  }
  const largest = Math.max(0, ...windows.map(w => w.last - w.first + 1))
  return fault(
    'no-room',
    `No reserved window has ${question.size} numbers in a row${largest > 0 ? ` (the largest has ${largest})` : ''}, and no other numbers of these lengths are left.`,
  )
}

/** A window that names the site in its words is meant for it. */
function near(window: Range, question: BlockQuestion): number {
  return question.site !== null && (window.site === question.site || window.reserved?.toLowerCase().includes(question.site) === true)
    ? 1
    : 0
}

function roomIn(first: number, last: number, size: number, free: (n: number) => boolean): number | null {
  for (const step of [10 ** (String(size).length - 1), 1])
    for (let at = Math.ceil(first / step) * step; at + size - 1 <= last; at += step) {
      let n = 0
      while (n < size && free(at + n)) n++
      if (n === size) return at
    }
  return null
}

/** Whether a range of another length has numbers that begin like this one: nobody could tell when dialling ends. */
function likeOtherLength(ranges: readonly Range[], n: number, digits: number): boolean {
  return ranges.some(r => {
    if (r.digits === digits) return false
    const unit = 10 ** Math.abs(r.digits - digits)
    if (r.digits > digits) return Math.floor(r.first / unit) <= n && n <= Math.floor(r.last / unit)
    const beginning = Math.floor(n / unit)
    return r.first <= beginning && beginning <= r.last
  })
}

/** Stretches that lie in no range, among numbers as long as those of some range. */
function gapsBetween(ranges: readonly Range[]): readonly { readonly first: number; readonly last: number; readonly digits: number }[] {
  const lengths = [...new Set(ranges.map(r => r.digits))].filter(d => d > 1 && d < 6)
  return lengths.flatMap(digits => {
    const gaps: { first: number; last: number; digits: number }[] = []
    // Numbers that begin with 0 are not given: telephones and people take it for the way outside.
    let at = 10 ** (digits - 1)
    for (const r of ranges.filter(x => x.digits === digits)) {
      if (r.first > at) gaps.push({ first: at, last: r.first - 1, digits })
      at = Math.max(at, r.last + 1)
    }
    if (at < 10 ** digits) gaps.push({ first: at, last: 10 ** digits - 1, digits })
    return gaps
  })
}

function cut(plan: CompiledPlan, question: BlockQuestion, window: Range | null, digits: number, first: number): Block {
  const text = (n: number): string => String(n).padStart(digits, '0')
  const span = (a: number, b: number): string => (a === b ? text(a) : `${text(a)}-${text(b)}`)
  const last = first + question.size - 1
  const key = span(first, last)
  const remains =
    window === null
      ? []
      : [...(first > window.first ? [span(window.first, first - 1)] : []), ...(last < window.last ? [span(last + 1, window.last)] : [])]
  const site = question.site === null ? '' : `, site: ${question.site}`
  const yaml = [
    `"${key}": { for: ${question.for}, purpose: ${question.site === null ? 'New branch' : `Branch ${question.site}`}${site} }`,
    ...remains.map(r => `"${r}": { reserved: ${JSON.stringify(window!.reserved)} }`),
  ].sort()
  return {
    key,
    first: window === null ? text(first) : numberIn(window, first),
    last: text(last),
    window,
    remains,
    yaml,
    unchanged: plan.dial.size,
  }
}
