/** How full the ranges of the numbering plan are: NUM-03. Counted from the table that calls are dialled by. */
import type { CompiledPlan, NodeKey, Range } from '../compiled.ts'

export interface TakenNumber {
  readonly number: string
  readonly key: NodeKey
}

export interface RangeUse {
  readonly range: Range
  /** How many numbers it has. */
  readonly size: number
  /** Numbers that somebody or something has, lowest first. */
  readonly taken: readonly TakenNumber[]
  readonly free: number
  /** Reserved windows that follow this range without a gap: where it may grow without touching anybody's number. */
  readonly reserve: readonly Range[]
}

export interface NumberingUse {
  /** In the order of their numbers. */
  readonly ranges: readonly RangeUse[]
  /** Numbers that lie in no range: service codes such as *43, short codes, everything in a plan without ranges. */
  readonly elsewhere: readonly TakenNumber[]
}

export function rangeUse(plan: CompiledPlan): NumberingUse {
  const ranges = [...plan.ranges].sort((a, b) => a.digits - b.digits || a.first - b.first)
  const taken = new Map<Range, TakenNumber[]>(ranges.map(r => [r, []]))
  const elsewhere: TakenNumber[] = []
  for (const [number, key] of plan.dial) {
    const range = rangeOf(ranges, number)
    if (range === null) elsewhere.push({ number, key })
    else taken.get(range)!.push({ number, key })
  }
  elsewhere.sort((a, b) => byNumber(a.number, b.number))
  return {
    elsewhere,
    ranges: ranges.map((range, i) => {
      const size = range.last - range.first + 1
      const held = taken.get(range)!.sort((a, b) => byNumber(a.number, b.number))
      return { range, size, taken: held, free: size - held.length, reserve: reserveAfter(ranges, i) }
    }),
  }
}

/** '9' before '10' before '*43'. */
export function byNumber(a: string, b: string): number {
  const [x, y] = [/^\d/.test(a), /^\d/.test(b)]
  if (x !== y) return x ? -1 : 1
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/** A range's number with all its digits. */
export function numberIn(range: Range, n: number): string {
  return String(n).padStart(range.digits, '0')
}

/** `ranges` in order of digits and first number. */
function rangeOf(ranges: readonly Range[], number: string): Range | null {
  if (!/^\d+$/.test(number)) return null
  const n = Number(number)
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]!
    if (range.digits < number.length || (range.digits === number.length && range.last < n)) low = middle + 1
    else if (range.digits > number.length || range.first > n) high = middle - 1
    else return range
  }
  return null
}

function reserveAfter(ranges: readonly Range[], i: number): readonly Range[] {
  const windows: Range[] = []
  if (ranges[i]!.reserved !== null) return windows
  for (let before = ranges[i]!; ; before = windows.at(-1)!) {
    const after = ranges[i + windows.length + 1]
    if (after === undefined || after.reserved === null || after.digits !== before.digits || after.first !== before.last + 1) return windows
    windows.push(after)
  }
}
