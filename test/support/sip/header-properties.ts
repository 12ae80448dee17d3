/** The two properties that every header's parser owes: parse∘print = id, and any text gives a Result. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Result } from '../../../src/kernel/result.ts'
import { headerish } from './arbitraries.ts'

export function printsBack<T>(values: fc.Arbitrary<T>, parse: (text: string) => Result<T>, print: (value: T) => string): void {
  fc.assert(
    fc.property(values, value => {
      const printed = print(value)
      assert.deepEqual(parse(printed), { ok: true, value }, printed)
    }),
  )
  readsAnything(parse, print)
}

/** Whatever comes out of a parser also goes through the printer and comes back the same. */
export function readsAnything<T>(parse: (text: string) => Result<T>, print: (value: T) => string): void {
  fc.assert(
    fc.property(headerish, text => {
      const read = parse(text)
      if (!read.ok) return assert.ok(read.error.code.startsWith('sip-') && read.error.message !== '')
      assert.deepEqual(parse(print(read.value)), read, text)
    }),
    { numRuns: 300 },
  )
}

export function taken<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`${result.error.code}: ${result.error.message}`)
  return result.value
}

export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code
}
