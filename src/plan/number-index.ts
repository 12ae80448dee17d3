/** Numbers looked up by other than their whole selves: the range that a number lies in, the line that ends with some digits. */
import type { LineNode, Range } from './compiled.ts'

/** Finds the range in which a number lies, in a few steps however many ranges there are. */
export function rangeFinder(ranges: readonly Range[]): (number: string) => Range | null {
  const byLength = new Map<number, Range[]>()
  for (const range of ranges) {
    const alike = byLength.get(range.digits)
    if (alike === undefined) byLength.set(range.digits, [range])
    else alike.push(range)
  }
  for (const alike of byLength.values()) alike.sort((a, b) => a.first - b.first)
  return number => {
    const alike = byLength.get(number.length)
    if (alike === undefined || !/^\d+$/.test(number)) return null
    const n = Number(number)
    let low = 0
    let high = alike.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const range = alike[middle]!
      if (n < range.first) high = middle - 1
      else if (n > range.last) low = middle + 1
      else return range
    }
    return null
  }
}

const SHORTEST = 3
const LONGEST = 9

/** Finds the only line whose number ends with these 3 to 9 digits: some providers send no more. */
export function lineFinder(lines: Iterable<LineNode>): (ending: string) => LineNode | null {
  let endings: Map<string, LineNode | null> | null = null
  const read = (): Map<string, LineNode | null> => {
    const out = new Map<string, LineNode | null>()
    for (const line of lines)
      for (let length = SHORTEST; length <= LONGEST && length < line.number.length; length++) {
        const ending = line.number.slice(-length)
        out.set(ending, out.has(ending) ? null : line)
      }
    return out
  }
  return ending => {
    if (ending.length < SHORTEST || ending.length > LONGEST || !/^\d+$/.test(ending)) return null
    // Most offices have a provider that sends whole numbers: they need no such table.
    endings ??= read()
    return endings.get(ending) ?? null
  }
}
